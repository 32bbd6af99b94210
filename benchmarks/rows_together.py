"""Rows of tables that answer a question for several things: the likeliest alone, or with its neighbour, beside any two or three of a paper.

    python benchmarks/rows_together.py FILE… --home HOME [--part read|blind] [--limit N] [--json]

FILEs hold questions of one turn as ``dialogues.py`` reads them, HOME their papers and models. Taken are questions for figures of a company
with a word between things. Of each the rows that may answer are read by the base model's states, one by one with the next of the table or
the likeliest sentence, and together (``ask/lines/rows_together.py``). Printed is how many would be told right and wrong, from so likely on.
Half a minute a question on two cores; nothing is asked whole, so that what sentences and rules answer is counted, too.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path

import hand_rows
from dialogues import Turn, verdict
from finfoundry.app import App, open_app
from finfoundry.ask.context import opinions
from finfoundry.ask.kinds import quotation
from finfoundry.ask.lines.rows_together import rows_together
from finfoundry.ask.lines.told_rows import rows_told
from finfoundry.ask.retrieve.quotable import Quotable
from finfoundry.ask.retrieve.quotation_choice import beside_rows
from finfoundry.ask.understand.coordination import names_several
from finfoundry.core.answer import Answer
from finfoundry.machine import read_settings
from read_beside import OF_FIGURES, begun

BARS = (0.5, 0.6, 0.67, 0.75, 0.85)
Told = tuple[float, bool]  # how likely, and whether it is right


def told_of(app: App, turn: Turn) -> tuple[Told, Told] | None:
    """What would be told alone and together; None where no row may answer, or nothing lies between things."""
    context = begun(app, turn)
    intent, subject = context.intent, context.subject
    assert intent is not None
    assert subject is not None
    if not names_several(intent.core):
        return None
    rows = opinions.rows_by_states(context, rows_told(context, intent, subject, quotation.ROWS))
    if not rows:
        return None
    may = beside_rows(rows, quotation.choose(context, intent, subject).best)
    likely, alone = max(((opinions.quoted_by_states(context, one) or 0.0, one) for one in may), key=lambda one: one[0])
    likelier, together = rows_together(context, [one.quotable for one in rows])
    first = (likely, is_right(alone, turn))
    return first, (likelier, is_right(together, turn)) if likelier > likely else first


def is_right(rows: Sequence[Quotable], turn: Turn) -> bool:
    return verdict(turn, Answer("", "answered", "en", " ".join(row.text for row in rows)))[0] == "right"


def sums(told: Sequence[Told]) -> dict[str, str]:
    """Right and wrong from each bar on."""
    above = {bar: [right for likely, right in told if likely >= bar] for bar in BARS}
    return {f"{bar}": f"{sum(found)} / {len(found) - sum(found)}" for bar, found in above.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--part", choices=["read", "blind"], default="read")
    parser.add_argument("--limit", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = [row for file in given.files for row in hand_rows.rows(file) if row["part"] == given.part and row["kind"] in OF_FIGURES]
    rows = [row for row in rows if len(row["turns"]) == 1 and row["turns"][0]["must"]]
    chosen = random.Random(4).sample(rows, min(given.limit, len(rows)))
    with open_app(read_settings().model_copy(update={"home": given.home, "worker": False})) as app:
        found = [one for row in chosen if (one := told_of(app, Turn(**row["turns"][0])))]
    result = {"alone": sums([alone for alone, _ in found]), "together": sums([together for _, together in found])}
    if given.json:
        print(json.dumps({"questions": len(found)} | result))
        return
    print(f"{len(found)} questions; right / wrong of what would be told, from so likely on:")
    for name, counts in result.items():
        print(f"{name:10} {'  '.join(f'{bar}: {count}' for bar, count in counts.items())}")


if __name__ == "__main__":
    main()
