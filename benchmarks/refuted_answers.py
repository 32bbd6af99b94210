"""Figures that words of the question leave in doubt, as rules and plans tell them: right and wrong ones that their bar would let pass.

    python benchmarks/refuted_answers.py FILE… --home HOME [--part PART] [--json]

FILEs hold questions of one turn as ``dialogues.py`` reads them, HOME their papers, the models and a state reader. Each answer that would be
read before it is told (``ask/context/opinions.py``) is told here whatever the reader finds, and judged; the first line is the baseline, all
of them. Five seconds a question on two cores.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import hand_rows
from dialogues import Turn, verdict
from finfoundry.app import App, open_app
from finfoundry.ask.context import opinions
from finfoundry.ask.context.question import QuestionContext
from finfoundry.core.answer import Answer
from finfoundry.machine import read_settings

BARS = (0.0, 0.05, 0.1, 0.2, 0.3, opinions.UNLIKELY_TOLD, 0.55)


def read(app: App, turns: Iterable[Turn]) -> Iterator[tuple[float, bool]]:
    """How likely each answer that is read was found, and whether it is right."""
    found: list[tuple[float, Answer]] = []

    def noted(context: QuestionContext, answer: Answer) -> bool:
        if (likely := opinions.told_likely(context, answer)) is not None:
            found.append((likely, answer))
        return False

    opinions.refuted = noted
    for turn in turns:
        found.clear()
        app.agent.ask(app.administrator, turn.question)
        yield from ((likely, verdict(turn, answer)[0] == "right") for likely, answer in found)


def table(found: list[tuple[float, bool]]) -> list[dict[str, float]]:
    """By bar, the right and the wrong answers that pass it."""
    passed = {bar: [right for likely, right in found if likely >= bar] for bar in BARS}
    return [{"bar": bar, "right": sum(of), "wrong": len(of) - sum(of)} for bar, of in passed.items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--part", choices=["read", "blind"], default="read")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = [row for file in given.files for row in hand_rows.rows(file) if row["part"] == given.part and len(row["turns"]) == 1]
    with open_app(read_settings().model_copy(update={"home": given.home, "worker": False})) as app:
        app.agent.engine = None
        lines = table(list(read(app, (Turn(**row["turns"][0]) for row in rows))))
    print(
        json.dumps(lines) if given.json else "\n".join(f"{one['bar']:.2f}  right {one['right']:3}  wrong {one['wrong']:3}" for one in lines)
    )


if __name__ == "__main__":
    main()
