"""Where the line that a question means stands among the lines of its company's papers, and what is told of the likeliest.

    python benchmarks/likely_lines.py FILE… --home HOME [--part read|blind] [--limit N] [--told] [--json]

FILEs hold questions of one turn as ``dialogues.py`` reads them, HOME their papers and models. Of each question for a figure of a company
the lines of all its papers with a figure of the times asked about are ranked: by words and encoder, as where a line is looked for on the
pages that were found (the baseline), and as ``ask/lines/likely_lines.py`` does. Right is a line with a figure that the answer must hold.
``--told`` carries them out and reads them, too (``ask/kinds/likeliest.py``): right and wrong answers of those questions that nothing else
answers. Two seconds a question on two cores, fifteen with ``--told``.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import hand_rows
from dialogues import Turn, verdict
from finfoundry.app import App, open_app
from finfoundry.ask.context import reading
from finfoundry.ask.lines.likely_lines import likely_lines
from finfoundry.ask.plan.rules import asks_openly
from finfoundry.ask.retrieve.figure_lines import FoundLine
from finfoundry.machine import read_settings
from state_heads import has_a_figure

FIRST = (1, 3, 12)
EVERY = 10_000


@dataclass(frozen=True, slots=True)
class Ranked:
    """The place of the first right line of a question, by words and encoder and as it is ranked; None where no line is right."""

    plainly: int | None
    ranked: int | None


def ranked(app: App, turns: Sequence[Turn]) -> Iterator[Ranked]:
    """The places for each question for a figure whose company has a right line."""
    for turn in turns:
        context = app.agent.begun(app.administrator, turn.question)
        intent, subject = reading.understood(context)
        if subject.name is None or asks_openly(intent):
            continue
        found = likely_lines(context, intent, subject, EVERY)
        right = [one for one in found if has_a_figure([stored.fact.value for stored in one.facts], turn.must)]
        if right:
            plainly = sorted(found, key=lambda one: -one.likely * one.said)
            yield Ranked(_place(plainly, right), _place(found, right))


def _place(lines: Sequence[FoundLine], right: Sequence[FoundLine]) -> int | None:
    return next((place for place, one in enumerate(lines) if one in right), None)


def told(app: App, turns: Sequence[Turn]) -> Iterator[str]:
    """The verdict on each answer that was chosen among candidates."""
    for turn in turns:
        answer, trace = app.agent.ask(app.administrator, turn.question)
        if answer.status == "answered" and any(step.kind == "candidates" for step in trace.steps):
            yield verdict(turn, answer)[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--part", choices=["read", "blind"], default="read")
    parser.add_argument("--limit", type=int, default=150)
    parser.add_argument("--told", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = [row for file in given.files for row in hand_rows.rows(file) if row["part"] == given.part and len(row["turns"]) == 1]
    rows = [row for row in rows if row.get("kind") in ("metric", "change", "several", "segment")]
    turns = [Turn(**row["turns"][0]) for row in random.Random(4).sample(rows, min(given.limit, len(rows)))]
    with open_app(read_settings().model_copy(update={"home": given.home, "worker": False})) as app:
        app.agent.engine = None
        places = list(ranked(app, turns))
        verdicts = list(told(app, turns)) if given.told else []
    first = {
        how: {most: sum(place is not None and place < most for place in found) for most in FIRST}
        for how, found in (("words", [one.plainly for one in places]), ("likely", [one.ranked for one in places]))
    }
    result = {"questions": len(places), "first": first, "told": {name: verdicts.count(name) for name in ("right", "wrong")}}
    if given.json:
        print(json.dumps(result))
        return
    print(f"{len(places)} questions whose company prints a right line; among the first {', '.join(map(str, FIRST))}:")
    for how, counts in first.items():
        print(f"  {how:8} {'  '.join(f'{count:4}' for count in counts.values())}")
    if given.told:
        print(f"  told of candidates alone: {verdicts.count('right')} right, {verdicts.count('wrong')} wrong")


if __name__ == "__main__":
    main()
