"""Inputs that were silently wrong once, made anew with variants: each is right, or what is not right in it is said.

    python benchmarks/faults.py --faults FILE.jsonl [--only ID…] [--json] [--all]

FILE has a line of JSON for each fault: id, kind, input, right, seen, place. For each id a recipe of ``benchmarks/fault_recipes`` makes the
literal input and variants of it and runs them through the product: papers through reading and certificate, questions through the agent by
rules alone over a home that goes with the run, specialists and the toolchain by their own functions. An id counts by its worst trial:
*right*, *said* (a loss, a mark, a refusal or a warning names it), *silently wrong*, or *waits* (silently wrong, and its cause lies where
questions are answered). An id of the file without a recipe is *not tried*, and told by name. Exits 1 where one is silently wrong or not
tried.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import fault_recipes
from fault_recipes.book import RECIPES, WORST, Bench, Seen, Trial

NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one fault: the outcome of its worst trial, and of each trial its name and what was seen."""

    id: str
    kind: str
    outcome: str
    trials: tuple[tuple[str, Seen], ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=Path, required=True, help="a file of faults, a line of JSON each")
    parser.add_argument("--only", nargs="+", default=(), metavar="ID")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--all", action="store_true", help="every trial in the table, not only those that are not right")
    given = parser.parse_args()
    rows = run([json.loads(line) for line in given.faults.read_text("utf-8").splitlines() if line.strip()], given.only)
    if given.json:
        print(json.dumps([_plain(row) for row in rows], ensure_ascii=False, indent=1))
    else:
        _show(rows, every=given.all)
    raise SystemExit(any(row.outcome in ("silent", NOT_TRIED) for row in rows))


def run(faults: Sequence[dict[str, str]], only: Sequence[str] = ()) -> list[Row]:
    """A row for each fault, in their order."""
    for module in pkgutil.iter_modules(fault_recipes.__path__):
        importlib.import_module(f"fault_recipes.{module.name}")
    if unknown := set(only) - {one["id"] for one in faults}:
        raise SystemExit(f"no such faults: {', '.join(sorted(unknown))}")
    bench = Bench()
    with bench.stack:
        return [tried(one, bench) for one in faults if not only or one["id"] in only]


def tried(one: dict[str, str], bench: Bench) -> Row:
    """The trials of one fault."""
    recipe = RECIPES.get(one["id"])
    if recipe is None:
        return Row(one["id"], one["kind"], NOT_TRIED, ())
    trials = tuple((trial.name, _seen(trial)) for trial in recipe(bench))
    outcome = min((seen.outcome for _, seen in trials), key=WORST.index)
    return Row(one["id"], one["kind"], outcome, trials)


def _seen(trial: Trial) -> Seen:
    """A traceback is silently wrong: nobody is told what to do."""
    try:
        return trial.run()
    except Exception as error:  # noqa: BLE001  the other trials are run all the same
        place = traceback.extract_tb(error.__traceback__)[-1]
        return Seen("silent", f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})")


def _show(rows: Sequence[Row], *, every: bool) -> None:
    for row in rows:
        counts = Counter[str](seen.outcome for _, seen in row.trials)
        told = " ".join(f"{counts[name]} {name}" for name in reversed(WORST) if counts[name])
        print(f"{row.id:8} {row.outcome:9} {told:28} {row.kind[:90]}")
        for name, seen in row.trials:
            if every or seen.outcome != "right":
                print(f"           {seen.outcome:7} {name}: {seen.text[:600]}")
    outcomes = Counter(row.outcome for row in rows)
    trials = Counter[str](seen.outcome for row in rows for _, seen in row.trials)
    print(f"\n{'':10} {'right':>9} {'said':>9} {'silent':>9} {'waits':>9} {NOT_TRIED:>9} {'all':>9}")
    for what, found in (("faults", outcomes), ("inputs", trials)):
        numbers = [found[one] for one in ("right", "said", "silent", "waits", NOT_TRIED)]
        print(f"{what:10} " + " ".join(f"{number:9}" for number in (*numbers, found.total())))
    if without := [row.id for row in rows if row.outcome == NOT_TRIED]:
        print(f"{NOT_TRIED}: {', '.join(without)}")


def _plain(row: Row) -> dict[str, object]:
    trials = [{"trial": name, "outcome": seen.outcome, "seen": seen.text} for name, seen in row.trials]
    return {"id": row.id, "kind": row.kind, "outcome": row.outcome, "trials": trials}


if __name__ == "__main__":
    main()
