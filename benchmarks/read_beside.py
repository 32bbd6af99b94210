"""What is read beside a question, of all that the papers found hold: whether what answers is among it, and at which place.

    python benchmarks/read_beside.py FILE… --home HOME [--part read|blind] [--limit N] [--by-meaning N]… [--json]

FILEs hold questions of one turn as ``dialogues.py`` reads them, HOME their papers and models. Of each question the sentences of the
passages found are ranked, as often as there are ``--by-meaning``: so many of them, the first by words, are held against the question by
meaning before the encoder of pairs reads forty. A sentence is right that has a part of what is asked for. Of each question for a figure of
a company, the rows of tables are taken that the base model's states read: those of the pages found alone, and with those of all the
company's papers. A row is right that has a figure asked for. Three seconds a question on two cores.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import hand_rows
from dialogues import Turn, verdict
from finfoundry.app import App, open_app
from finfoundry.ask.context import fetch, reading
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.kinds.quotation import ROWS
from finfoundry.ask.lines import told_rows
from finfoundry.ask.retrieve import evidence_ranking
from finfoundry.core.answer import Answer
from finfoundry.machine import read_settings
from state_heads import has_a_figure

FIRST = (1, 3, 6, 10, 40)
OF_FIGURES = ("metric", "change", "several", "segment")
Place = int | None  # of the first that is right, from 0; None where none is


def begun(app: App, turn: Turn) -> QuestionContext:
    """A question as understood, of which nothing was looked up yet."""
    context = app.agent.begun(app.administrator, turn.question)
    context.intent, context.subject = reading.understood(context)
    context.calendar = context.subject.calendar
    return context


@contextmanager
def changed(module: object, name: str, value: int) -> Iterator[None]:
    """A constant of a module, otherwise for a while."""
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


def place_of_sentence(context: QuestionContext, turn: Turn) -> Place:
    """Where the first sentence stands that has a part of what is asked for."""
    assert context.intent is not None
    assert context.subject is not None
    context.evidence = None
    found = fetch.evidence(context, context.intent, context.subject)
    return next((place for place, one in enumerate(found) if has_a_part(one.quotable.text, turn)), None)


def has_a_part(text: str, turn: Turn) -> bool:
    """Whether a text answers one of the parts of a question."""
    said = Answer("", "answered", "en", text)
    return any(verdict(Turn(turn.question, [group], turn.follow), said)[0] == "right" for group in turn.must)


def has_right_row(context: QuestionContext, turn: Turn) -> bool:
    """Whether a row that is read has a figure that is asked for."""
    assert context.intent is not None
    assert context.subject is not None
    rows = told_rows.rows_told(context, context.intent, context.subject, ROWS)
    return any(has_a_figure([cell.stored.fact.value for cell in row.quotable.cells], turn.must) for row in rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--part", choices=["read", "blind"], default="read")
    parser.add_argument("--limit", type=int, default=150)
    parser.add_argument("--by-meaning", type=int, action="append", help="sentences read by meaning; 32 and as shipped")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = [row for file in given.files for row in hand_rows.rows(file) if row["part"] == given.part and len(row["turns"]) == 1]
    rows = [row for row in rows if row["turns"][0]["must"]]
    chosen = random.Random(4).sample(rows, min(given.limit, len(rows)))
    result = measured(given.home, chosen, given.by_meaning or [32, evidence_ranking.READ_BY_MEANING])
    if given.json:
        print(json.dumps(result))
        return
    for name, counts in result.items():
        print(f"{name:48} {'  '.join(f'{of}: {count:4}' for of, count in counts.items())}")


def measured(home: Path, rows: Sequence[hand_rows.Row], by_meaning: Sequence[int]) -> dict[str, dict[str, int]]:
    """Sums of what is read beside the questions."""
    sentences: dict[int, list[Place]] = {most: [] for most in by_meaning}
    of_pages, of_papers = list[bool](), list[bool]()
    with open_app(read_settings().model_copy(update={"home": home, "worker": False})) as app:
        for row in rows:
            turn = Turn(**row["turns"][0])
            context = begun(app, turn)
            for most in by_meaning:
                with changed(evidence_ranking, "READ_BY_MEANING", most):
                    sentences[most].append(place_of_sentence(context, turn))
            if row["kind"] in OF_FIGURES and context.subject is not None and context.subject.name is not None:
                with changed(told_rows, "ELSEWHERE", 0):
                    of_pages.append(has_right_row(context, turn))
                of_papers.append(has_right_row(context, turn))
    found = [place for place in zip(*sentences.values(), strict=True) if any(one is not None for one in place)]
    first = {
        f"sentences, {most} by meaning": {"questions": len(found)}
        | {str(of): sum(one is not None and one < of for one in places) for of in FIRST}
        for most, places in zip(by_meaning, zip(*found, strict=True), strict=True)
    }
    read = {"rows of the pages found": sum(of_pages), "rows of all papers, too": sum(of_papers)}
    return first | {name: {"questions": len(of_papers), "right": count} for name, count in read.items()}


if __name__ == "__main__":
    main()
