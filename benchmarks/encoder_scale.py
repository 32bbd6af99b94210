"""The cosines of each encoder for texts that have nothing to do with one another and for a question and the clause that answers it.

    python benchmarks/encoder_scale.py --home DIR [--json]

Over the policies of `finfoundry evaluate law-policies` and the read part of their questions; DIR is a home with the encoders. Printed
with the slope and shift that take an encoder's cosines to those of the first, which bars of likeness are fitted on (``scale`` of the
catalogue), and how often the clause that answers is the nearest of all.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from finfoundry.base.embedder import LocalEmbedder, make_embedder
from finfoundry.evals.rows import Item
from finfoundry.evals.suites.policies import items, policies
from finfoundry.machine import read_settings

ENCODERS = ("multilingual-e5-small", "all-minilm-l6-v2")
SHORTEST, OPENING = 30, 30  # characters of a line that is a clause; by which it is known


def clauses() -> list[str]:
    """The lines of all policies, each under its policy's title."""
    found = []
    for text in policies().values():
        title, *lines = filter(None, map(str.strip, text.split("\n")))
        found += [f"{title}: {line}"[:700] for line in lines if len(line) > SHORTEST]
    return found


def measured(encoder: LocalEmbedder, asked: list[Item], texts: list[str]) -> tuple[float, float, float]:
    """The mean cosine of all pairs, the median of those that answer, and the share of questions whose clause is the nearest."""
    vectors = encoder.passages(texts)
    near, first, every = [], [], []
    for item in asked:
        cosines = vectors @ encoder.query(item.question)
        own = [at for at, text in enumerate(texts) if any(clause[:OPENING] in text for clause in item.meta["clauses"])]
        if own:
            every.append(float(cosines.mean()))
            near.append(float(cosines[own].max()))
            first.append(int(cosines.argmax()) in own)
    return float(np.mean(every)), float(np.median(near)), float(np.mean(first))


def main() -> None:
    """Print a line an encoder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    asked, texts, base = items(Path(), "read"), clauses(), None
    for name in ENCODERS:
        encoder = make_embedder(read_settings().model_copy(update={"home": given.home, "embedder": name, "embedder_english": ""}))
        assert isinstance(encoder, LocalEmbedder)
        far, near, first = measured(encoder, asked, texts)
        base = base or (far, near)
        slope = (base[1] - base[0]) / (near - far)
        row = {"encoder": name, "far": far, "near": near, "first": first, "slope": slope, "shift": base[0] - slope * far}
        row = {key: round(value, 3) if isinstance(value, float) else value for key, value in row.items()}
        print(json.dumps(row) if given.json else "  ".join(f"{key} {value}" for key, value in row.items()))


if __name__ == "__main__":
    main()
