"""Judges the answers that runs kept once more, with the judges as they are now, and says what changes.

    python benchmarks/judge_again.py RUN… [--data ../shared/data] [--show 20] [--write FOLDER]

RUN is the folder of one suite's run. ``--write`` keeps the rows with their new verdicts, one folder a run, for ``finfoundry calibrate``.
Rows of questions that the suite no longer asks are left out and counted.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
from collections import Counter
from pathlib import Path

from finfoundry.evals.rows import Item, Reply, Row, read_rows
from finfoundry.evals.run import ROWS, RUN, Suite
from finfoundry.evals.suites import load_suite
from finfoundry.usecases.evaluation.evaluate import Evaluation  # noqa: F401  its import registers the suites that stand on more than core


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("FINFOUNDRY_DATA", "../shared/data")))
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    for folder in given.runs:
        about = json.loads((folder / RUN).read_text(encoding="utf-8"))
        suite = load_suite(about["suite"])
        items = suite.seeded(given.data, about["seed"]) if suite.seeded else suite.items(given.data)
        again = judged(suite, {item.question: item for item in items}, read_rows(folder / ROWS))
        tell(folder.name, again, given.show)
        if given.write:
            (given.write / folder.name).mkdir(parents=True, exist_ok=True)
            (given.write / folder.name / ROWS).write_text("".join(new.line for _, new in again), encoding="utf-8")


def judged(suite: Suite, items: dict[str, Item], rows: list[Row]) -> list[tuple[Row, Row]]:
    """Each row as it was and as it is judged now."""
    pairs = []
    for row in rows:
        if item := items.get(row.question):
            score = suite.score(item, Reply(row.text, row.status, row.reason))
            pairs.append((row, dataclasses.replace(row, verdict=score.verdict, value=score.value, why=score.why)))
    return pairs


def tell(name: str, pairs: list[tuple[Row, Row]], show: int) -> None:
    before, after = (Counter(pair[place].verdict for pair in pairs) for place in (0, 1))
    print(f"{name}, n = {len(pairs)}: before {dict(before)}; now {dict(after)}")
    for old, new in [pair for pair in pairs if pair[0].verdict != pair[1].verdict][:show]:
        print(f"  {old.verdict} to {new.verdict}: {old.question[:160]} | {old.gold[:60]} | {old.text[:240]} | {new.why}")


if __name__ == "__main__":
    main()
