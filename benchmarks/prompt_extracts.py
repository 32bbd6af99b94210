"""What a prompt of an open question holds: whether the answer stands in the extracts of passages, and how long these are.

    python benchmarks/prompt_extracts.py FILE... --home DIR [--part read|blind] [--without-pieces] [--json]

FILE holds dialogues as ``benchmarks/dialogues.py`` takes them, of which first turns with an answer are taken; DIR is a home that holds
their papers. An answer stands there where each group of ``must`` does, words as they are, figures in any scale and with either sign.
Printed are sums for each language; no model is asked. ``--without-pieces`` leaves out what cannot be quoted where something can, and prints
how many prompts hold such a piece.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from dialogues import Must, Turn, dialogues, holds, plain
from finfoundry.app import App, open_app
from finfoundry.ask.context import reading
from finfoundry.ask.kinds.open_question import of_passages
from finfoundry.ask.retrieve.passages import Extract
from finfoundry.ask.retrieve.quotable import quotables
from finfoundry.core.language import simplified
from finfoundry.core.quantities.numbers import find_numbers
from finfoundry.machine import read_settings

SCALES = (-2, 0, 3, 4, 6, 8, 9)  # powers of ten by which a passage may print less than a figure
ROUNDED = Decimal("0.006")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("files", type=Path, nargs="+")
    options.add_argument("--home", type=Path, required=True, help="a home that holds the papers")
    options.add_argument("--part", choices=("read", "blind"), default="read")
    options.add_argument("--without-pieces", action="store_true", help="leave out what cannot be quoted, where something can")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    asked = [one for file in given.files for one in dialogues(file) if one.part == given.part and states_an_answer(one.turns[0])]
    found = defaultdict[str, list[tuple[bool, int, bool]]](list)
    with open_app(read_settings().model_copy(update={"home": given.home, "worker": False})) as app, app.recorder.recording():
        app.agent.engine = None
        for one in asked:
            every = extracts(app, one.turns[0].question)
            quoted = [extract for extract in every if quotables([extract.hit])]
            texts = [extract.text for extract in ((quoted or every) if given.without_pieces else every)]
            with_piece = 0 < len(quoted) < len(every)
            found[one.lang].append((held("\n".join(texts), one.turns[0].must), sum(map(len, texts)), with_piece))
    lines = [
        {
            "language": lang,
            "questions": len(rows),
            "held": sum(right for right, _, _ in rows),
            "characters": statistics.mean(n for _, n, _ in rows),
            "with a piece": sum(piece for _, _, piece in rows),
        }
        for lang, rows in sorted(found.items())
    ]
    print(json.dumps(lines) if given.json else "\n".join(map(str, lines)))


def states_an_answer(turn: Turn) -> bool:
    """Whether something answers a question, and not a question back."""
    return bool(turn.must) and all(one != "?" for group in turn.must for one in group)


def extracts(app: App, question: str) -> list[Extract]:
    """The extracts of passages that a model would be given."""
    context = app.agent.begun(app.administrator, simplified(question))
    context.intent, context.subject = reading.understood(context)
    context.calendar = context.subject.calendar
    return of_passages(context, context.intent, context.subject)


def held(text: str, must: Must) -> bool:
    """Whether one alternative of each group stands in a text."""
    numbers = [abs(number.value) for number in find_numbers(text)]
    said = plain(text)
    return all(any(printed(numbers, one) if ":" in one else holds(said, one) for one in group) for group in must)


def printed(numbers: list[Decimal], alternative: str) -> bool:
    """Whether one of some numbers is the figure that an alternative names, in any scale."""
    kind, _, told = alternative.partition(":")
    value = abs(Decimal(told)) / (100 if kind == "pct" else 1)
    return any(number == value or (number and value and any(_same(number, value, power) for power in SCALES)) for number in numbers)


def _same(number: Decimal, value: Decimal, power: int) -> bool:
    return abs(value / number / Decimal(10) ** power - 1) < ROUNDED


if __name__ == "__main__":
    main()
