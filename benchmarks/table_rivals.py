"""Tables of ICDAR-2013: ours beside every flavour of Camelot that needs no downloaded model, by three measures.

    python -m benchmarks.table_rivals [FLAVOUR ...]

``document_f1`` is the contest's: precision and recall averaged over documents. ``mean`` averages F1 over documents, ``relations_f1`` pools
all relations. Differences in ``document_f1`` come with a paired bootstrap over documents. Needs the extra ``evals``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from finfoundry.evals.measures import MEASURES
from finfoundry.evals.rows import Item, Reply, Row
from finfoundry.evals.suites.layout import score_tables, table_items
from finfoundry.evals.systems import camelot
from finfoundry.knowledge.formats.pdf import parse

DATA = Path(os.environ.get("FINFOUNDRY_DATA", Path(__file__).parents[1].parent / "shared" / "data"))
FLAVOURS = ("auto", "network", "lattice", "stream", "hybrid")
SHOWN = ("document_f1", "mean", "relations_f1")
_RESAMPLES = 2000


def ours(item: Item) -> Reply:
    path: Path = item.meta["file"]
    return Reply("", found=parse(path.read_bytes(), path.name).pages)


def rows(items: list[Item], solve: Callable[[Item], Reply]) -> list[Row]:
    found = []
    for item in items:
        score = score_tables(item, solve(item))
        found.append(Row(item.id, "", item.id, "", "", "", "answered", score.verdict, score.value, counts=score.counts))
    return found


def difference(ours: list[Row], other: list[Row]) -> tuple[float, float]:
    """The 95 % interval of ours less the other's, by documents drawn together."""
    measure = MEASURES["document_f1"]
    one, two = measure.counts(ours), measure.counts(other)
    drawn = np.random.default_rng(0).integers(0, len(ours), (_RESAMPLES, len(ours)))
    low, high = np.quantile(measure.value(one[drawn].sum(axis=1)) - measure.value(two[drawn].sum(axis=1)), (0.025, 0.975))
    return float(low), float(high)


def main() -> None:
    items = table_items(DATA)
    systems: dict[str, Callable[[Item], Reply]] = {"ours": ours}
    for name in sys.argv[1:] or FLAVOURS:
        systems[f"camelot {name}"] = partial(camelot.pages, flavour=name)
    product: list[Row] = []
    for name, solve in systems.items():
        started = sum(os.times()[:4])  # of this process and of those that it starts
        found = rows(items, solve)
        told = ", ".join(f"{key} {MEASURES[key].estimate(found).value:.3f}" for key in SHOWN)
        print(f"{name}: {told}; {sum(os.times()[:4]) - started:.0f} processor-seconds", end="", flush=True)
        product = product or found
        print("" if found is product else "; ours - it [{:+.3f}, {:+.3f}]".format(*difference(product, found)), flush=True)


if __name__ == "__main__":
    main()
