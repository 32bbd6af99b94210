"""What was sure enough to be quoted and was not told, by reason: of how many questions it holds all that is asked for, and of how many not.

    python benchmarks/held_back.py FILE… --home HOME [--part read|blind] [--kinds metric,policy] [--limit N] [--show] [--json]

FILEs hold questions of one turn as ``dialogues.py`` reads them, HOME their papers and models; no text is written by a model. A reason that
stands against more right answers than wrong ones is a bar to be taken down. Of the blind part counts alone are printed, whatever is asked
for. Ten seconds a question on two cores.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import hand_rows
from dialogues import Turn
from finfoundry.app import App, open_app
from finfoundry.machine import read_settings
from quotation_sureness import KeptBack, kept_back_by

_SAID = re.compile(r"\d.*")  # the numbers that a reason names


def of_question(app: App, turn: Turn, collection: str | None) -> list[KeptBack]:
    """What was kept back of one question; nothing where it is answered. Each text once."""
    answer, trace = app.agent.ask(app.administrator, turn.question, collection, None, ())
    found = [kept_back_by(turn, step.content) for step in trace.steps if step.kind == "not quoted" and answer.status != "answered"]
    return list(dict.fromkeys(found))


def counts(kept: Iterable[KeptBack]) -> dict[str, Counter[bool]]:
    """By reason, how often what was kept back is right, and is not."""
    table: dict[str, Counter[bool]] = defaultdict(Counter)
    for one in kept:
        table[_SAID.sub("…", one.why)][one.right] += 1
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--collection")
    parser.add_argument("--part", choices=["read", "blind"], default="read")
    parser.add_argument("--kinds", type=lambda text: text.split(","), help="such as metric,policy; all where none are given")
    parser.add_argument("--limit", type=int, default=100)
    parser.add_argument("--show", action="store_true", help="Print each question of the read part.")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = [row for file in given.files for row in hand_rows.rows(file) if row["part"] == given.part and len(row["turns"]) == 1]
    rows = [row for row in rows if not given.kinds or row["kind"] in given.kinds]
    chosen = random.Random(4).sample(rows, min(given.limit, len(rows)))
    with open_app(read_settings().model_copy(update={"home": given.home, "worker": False})) as app:
        kept = [one for row in chosen for one in of_question(app, Turn(**row["turns"][0]), given.collection)]
    table = counts(kept)
    if given.json:
        print(json.dumps({"questions": len(chosen), "kept": {why: {"right": n[True], "wrong": n[False]} for why, n in table.items()}}))
        return
    for why, number in sorted(table.items(), key=lambda one: -one[1].total()):
        print(f"{number[True]:4} right {number[False]:4} not  {why}")
    print(f"of {len(chosen)} questions")
    for one in kept if given.show and given.part == "read" else ():
        print(f"{'right' if one.right else 'not':6} {one.why}: {one.question}")


if __name__ == "__main__":
    main()
