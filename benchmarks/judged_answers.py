"""Answers of the product to questions by hand, judged strictly, as runs that ``finfoundry calibrate`` fits the confidence of answers on.

    python benchmarks/judged_answers.py FILE... --home DIR --out FOLDER [--collection NAME] [--limit N] [--seed S] [--seconds S]

FILE holds questions by hand (``benchmarks/by_hand/NAME.jsonl``), of which the part that may be read is asked, each by itself and as
delivered: those of a single turn whose paper lies in the collection. The verdict is that of ``dialogues.py``. FOLDER gets a run a file,
``FOLDER/NAME/rows.jsonl``: ids, papers, verdicts, signals and seconds, and not a word of what was asked or answered. A run that was stopped
goes on. ``--limit`` draws so many of all files. Printed is how many of the answers told were right, by file.

    finfoundry calibrate FOLDER/* --out src/finfoundry/ask/data/confidence.json
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dialogues import Turn, verdict
from finfoundry.app import App, open_app
from finfoundry.core.answer import Answer
from finfoundry.evals.intervals import wilson
from finfoundry.evals.rows import ANSWERED, Item, Judgement, Reply, Row, read_rows
from finfoundry.machine import read_settings
from finfoundry.usecases.evaluation.systems import reply_of

LATE = frozenset({"late", "busy"})


def name_of(paper: str) -> str:
    """The name that a paper has in a collection of papers: those from Taiwan are numbered, a folder each."""
    path = Path(paper.removesuffix(".gz"))
    return f"{path.parent.name}-{path.stem}" if "zh_tw/" in paper else path.stem


def asked(files: Sequence[Path], there: frozenset[str]) -> list[tuple[str, dict[str, Any]]]:
    """Hand and row of each question that may be read, of one turn, whose paper is there."""
    rows = [(file.stem, json.loads(line)) for file in files for line in file.read_text("utf-8").splitlines() if line.strip()]
    return [
        (hand, row) for hand, row in rows if row["part"] == "read" and len(row["turns"]) == 1 and name_of(row.get("paper", "")) in there
    ]


def judged(row: dict[str, Any], answer: Answer, seconds: float) -> Row:
    """The row of a run: no word of the paper, the question or the answer."""
    turn = Turn(**row["turns"][0])
    how = verdict(turn, answer)[0]
    told = {"right": "correct", "wrong": "wrong"}[how] if answer.status == "answered" else answer.status
    told = "late" if answer.reason in LATE else told
    found = reply_of(answer, turn.question)
    kept = Reply("", found.status, confidence=found.confidence, signals={name: round(value, 4) for name, value in found.signals.items()})
    item = Item(row["id"], "", kind=row["kind"], group=row["paper"])
    return Row.of(item, kept, Judgement(told, float(told == "correct")), seconds)


def ask(app: App, questions: Sequence[tuple[str, dict[str, Any]]], collection: str, out: Path, seconds: float) -> None:
    """Ask what no run has yet, and write each verdict at once."""
    done = {row.id for run in out.glob("*/rows.jsonl") for row in read_rows(run)}
    for hand, row in questions:
        if row["id"] in done:
            continue
        began = time.perf_counter()
        answer = app.ask(app.administrator, row["turns"][0]["question"], collection=collection, seconds=seconds)
        line = judged(row, answer, time.perf_counter() - began).line
        (out / hand).mkdir(parents=True, exist_ok=True)
        with (out / hand / "rows.jsonl").open("a", encoding="utf-8") as file:
            file.write(line)


def show(out: Path) -> None:
    """How many of the answers told are right, by file and in all."""
    runs = {run.parent.name: [row for row in read_rows(run) if row.verdict in ANSWERED] for run in sorted(out.glob("*/rows.jsonl"))}
    for name, told in [*runs.items(), ("all", [row for rows in runs.values() for row in rows])]:
        if told:
            right = wilson(sum(row.correct for row in told), len(told))
            print(f"{name:<14} told {right.n:>4}  right {right.value:.1%} [{right.low:.1%}, {right.high:.1%}]")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("files", type=Path, nargs="+")
    options.add_argument("--home", type=Path, required=True, help="a home that holds the papers")
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--collection", default="default")
    options.add_argument("--limit", type=int)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--seconds", type=float, default=30.0, help="for a question; the default limit of the service")
    given = options.parse_args()
    with open_app(read_settings().model_copy(update={"home": given.home, "worker": False})) as app:
        there = frozenset(Path(one.name).stem for one in app.documents(app.administrator, given.collection))
        questions = asked(given.files, there)
        random.Random(given.seed).shuffle(questions)
        ask(app, questions[: given.limit], given.collection, given.out, given.seconds)
    show(given.out)


if __name__ == "__main__":
    main()
