"""How sure it is that what is quoted answers: how many questions are answered right, and how many wrongly, at each bar.

    python benchmarks/quotation_sureness.py FILE… --home HOME [--fit] [--signs NAME…] [--json]

FILEs hold questions of one turn as ``dialogues.py`` reads them; of these the part that may be read. HOME holds their papers. What would be
quoted for each question that no table answers is held against what it must say; the signs of it are weighed as shipped, and by weights
fitted on the papers of the other nine tenths, as they would be of papers that nobody has seen. Beside them stands the worth of the
likeliest sentence alone. ``--fit`` prints weights fitted on all of them, for ``src/finfoundry/ask/data/evidence.json``. A question that
nothing answers counts twice: a fluent guess is worse than a wrong sentence about the right thing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

import hand_rows
from dialogues import Turn, verdict
from finfoundry.app import App, open_app
from finfoundry.ask.context import reading
from finfoundry.ask.kinds import quotation
from finfoundry.ask.retrieve.sureness import SURE, sureness
from finfoundry.core.answer import Answer
from finfoundry.machine import read_settings

TENTHS = 10
WRONG = (5, 10, 15, 20, 30, 40)
LOOSENESS = 0.2  # the inverse of how much weights are held down; signs are brought to one deviation first
OF_NOTHING = 2.0  # what a question counts that nothing answers
READ = 900  # characters of an answer that are read


@dataclass(frozen=True, slots=True)
class Told:
    """What would be quoted for a question: its signs, whether it is right, and whether anything is."""

    tenth: int
    signs: Mapping[str, float]
    right: bool
    of_nothing: bool


def told(app: App, row: Mapping[str, object], turn: Turn) -> Told | None:
    """None where figures answer the question, or nothing can be quoted for it."""
    whole = app.ask(app.administrator, turn.question)
    if whole.status == "answered" and {one.source for one in whole.figures} - {"span", "question"}:
        return None
    context = app.agent.begun(app.administrator, turn.question)
    intent, subject = reading.understood(context)
    choice = quotation.choose(context, intent, subject)
    if not choice.chosen:
        return None
    text = " ".join(one.text for one in choice.chosen)[:READ]
    right, _ = verdict(turn, Answer("", "answered", context.language, text))
    tenth = int(hashlib.sha256(str(row.get("paper") or row["id"]).encode()).hexdigest(), 16) % TENTHS
    return Told(tenth, quotation.signs(context, intent, subject, choice), right == "right", not turn.must)


def fitted(rows: Sequence[Told], names: Sequence[str]) -> dict[str, float]:
    """Weights by logistic regression over signs of one deviation each."""
    signs = _signs(rows, names)
    deviations = signs.std(axis=0) + 1e-9
    counts = [OF_NOTHING if one.of_nothing else 1.0 for one in rows]
    model = LogisticRegression(C=LOOSENESS, max_iter=1000).fit(signs / deviations, [one.right for one in rows], counts)
    weights = dict(zip(names, map(float, model.coef_[0] / deviations), strict=True))
    return {name: round(weight, 3) for name, weight in {**weights, "bias": float(model.intercept_[0])}.items()}


def _signs(rows: Sequence[Told], names: Sequence[str]) -> NDArray[np.float64]:
    return np.array([[one.signs[name] for name in names] for one in rows])


def curve(name: str, sure: Sequence[float], rows: Sequence[Told]) -> dict[str, object]:
    """How many are right before so many are wrong, the surest first."""
    line: dict[str, object] = {"by": name}
    right, wrong = 0, 0
    for place in np.argsort([-one for one in sure], kind="stable"):
        right, wrong = right + rows[place].right, wrong + (not rows[place].right)
        if wrong in WRONG and not rows[place].right:
            line[f"right at {wrong} wrong"] = right
            line[f"sure at {wrong} wrong"] = round(float(sure[place]), 2)
    return line


def at_bar(name: str, sure: Sequence[float], rows: Sequence[Told], bar: float) -> dict[str, object]:
    kept = [one for one, sureness in zip(rows, sure, strict=True) if sureness >= bar]
    right = sum(one.right for one in kept)
    guesses = sum(one.of_nothing for one in kept)
    return {
        "by": name,
        "bar": bar,
        "right": right,
        "wrong": len(kept) - right,
        "of these nothing answers": guesses,
        "not told": len(rows) - len(kept),
    }


def measure(rows: Sequence[Told], fit: bool, names: Sequence[str] = ()) -> list[dict[str, object]]:
    names = names or [name for name in rows[0].signs if name != "bias"]
    apart = [0.0] * len(rows)
    for tenth in range(TENTHS):
        weights = fitted([one for one in rows if one.tenth != tenth], names)
        for place, one in enumerate(rows):
            if one.tenth == tenth:
                apart[place] = sureness(one.signs, weights)
    shipped = [sureness(one.signs) for one in rows]
    lines: list[dict[str, object]] = [
        {"questions": len(rows), "quoted right": sum(one.right for one in rows), "nothing answers": sum(one.of_nothing for one in rows)},
        curve("worth of the likeliest", [one.signs["worth"] for one in rows], rows),
        curve("signs, of papers unseen", apart, rows),
        at_bar("signs, of papers unseen", apart, rows, SURE),
        at_bar("signs as shipped", shipped, rows, SURE),
    ]
    return [*lines, {"told": dict[str, object](fitted(rows, names))}] if fit else lines


def main() -> None:
    """Print one line for each way of being sure."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("files", type=Path, nargs="+")
    options.add_argument("--home", type=Path, action="append", required=True, help="one for all files, or one for each")
    options.add_argument("--fit", action="store_true")
    options.add_argument("--signs", nargs="*", default=(), help="those that are weighed; all of them unless given")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    rows: list[Told] = []
    for place, file in enumerate(given.files):
        home = given.home[min(place, len(given.home) - 1)]
        asked = [row for row in hand_rows.rows(file) if row["part"] == "read" and len(row["turns"]) == 1]
        with open_app(read_settings().model_copy(update={"home": home, "worker": False})) as app:
            app.agent.engine = None
            found = [told(app, row, Turn(**row["turns"][0])) for row in asked]
        rows += [one for one in found if one is not None]
    lines = measure(rows, given.fit, given.signs)
    print(json.dumps(lines, indent=2, ensure_ascii=False) if given.json else "\n".join(map(str, lines)))


if __name__ == "__main__":
    main()
