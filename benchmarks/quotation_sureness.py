"""How sure it is that what is quoted answers: how many questions are answered right, and how many wrongly, at each bar.

    python benchmarks/quotation_sureness.py FILE… --home HOME [--fit] [--signs NAME…] [--rows] [--limit N] [--json]

FILEs hold questions of one turn as ``dialogues.py`` reads them; of these the part that may be read. HOME holds their papers. What would be
quoted for each question that no table answers is held against what it must say; the signs of it are weighed as shipped, and by weights
fitted on the papers of the other nine tenths, as they would be of papers that nobody has seen. Beside them stands the worth of the
likeliest sentence alone. ``--fit`` prints weights fitted on all of them, for ``src/finfoundry/ask/data/evidence.json``. A question that
nothing answers counts twice: a fluent guess is worse than a wrong sentence about the right thing. ``--rows``: of the questions whose
sentences are not sure enough, the rows of tables that would be told, at several bars. What is sure enough, and yet not told, is counted by
the reason that the trace gives, and shown where it holds all that is asked for.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections import Counter
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
from finfoundry.ask.context.question import Trace
from finfoundry.ask.kinds import quotation
from finfoundry.ask.retrieve.sureness import SURE, sureness
from finfoundry.core.answer import Answer
from finfoundry.core.language import language_of
from finfoundry.machine import read_settings
from measures import carried_out

TENTHS = 10
BARS = (0.4, 0.5, 0.55, SURE, 0.8)
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


def told(app: App, row: Mapping[str, object], turn: Turn, kept_back: list[KeptBack], *, rows: bool) -> Told | None:
    """None where figures answer the question, or nothing can be quoted for it; of ``rows`` where sentences are sure enough, too."""
    whole, trace = app.agent.ask(app.administrator, turn.question)
    kept_back += (kept_back_by(turn, step.content) for step in trace.steps if step.kind == "not quoted" and whole.status != "answered")
    if whole.status == "answered" and {one.source for one in whole.figures} - {"span", "question"} and not (rows and _of_rows(trace)):
        return None
    context = app.agent.begun(app.administrator, turn.question)
    intent, subject = reading.understood(context)
    choice = quotation.choose(context, intent, subject)
    if rows:
        if choice.chosen and sureness(quotation.signs(context, intent, subject, choice)) >= SURE:
            return None
        choice = quotation.with_rows(context, intent, subject, choice)
    if not choice.chosen:
        return None
    text = " ".join(one.text for one in choice.chosen)[:READ]
    tenth = int(hashlib.sha256(str(row.get("paper") or row["id"]).encode()).hexdigest(), 16) % TENTHS
    return Told(tenth, quotation.signs(context, intent, subject, choice), _is_right(turn, text), not turn.must)


def _of_rows(trace: Trace) -> bool:
    """Whether the last that was weighed were rows of tables."""
    signs = [step.content for step in trace.steps if step.kind == "sureness"]
    return bool(signs) and isinstance(signs[-1], dict) and "cells" in signs[-1]


@dataclass(frozen=True, slots=True)
class KeptBack:
    """What was sure enough and not told: why, and whether it holds all that is asked for."""

    why: str
    right: bool
    question: str


def kept_back_by(turn: Turn, step: object) -> KeptBack:
    told = step if isinstance(step, dict) else {}
    return KeptBack(str(told["why"]), _is_right(turn, str(told["text"])[:READ]), turn.question)


def _is_right(turn: Turn, text: str) -> bool:
    return bool(turn.must) and verdict(turn, Answer("", "answered", language_of(text), text))[0] == "right"


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


def _of_rows_by_language(rows: Sequence[Told]) -> list[dict[str, object]]:
    lines: list[dict[str, object]] = []
    for name, zh in (("rows, Chinese", 1.0), ("rows, English", 0.0)):
        own = [one for one in rows if one.signs["zh"] == zh]
        lines += [at_bar(name, [sureness(one.signs) for one in own], own, bar) for bar in BARS]
    return lines


def main() -> None:
    """Print one line for each way of being sure."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("files", type=Path, nargs="+")
    options.add_argument("--home", type=Path, action="append", required=True, help="one for all files, or one for each")
    options.add_argument("--fit", action="store_true")
    options.add_argument("--signs", nargs="*", default=(), help="those that are weighed; all of them unless given")
    options.add_argument("--rows", action="store_true", help="rows of tables, where no sentence is sure enough")
    options.add_argument("--limit", type=int, help="of each file so many questions, drawn by --seed")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    rows, kept_back = list[Told](), list[KeptBack]()
    for place, file in enumerate(given.files):
        home = given.home[min(place, len(given.home) - 1)]
        asked = [row for row in hand_rows.rows(file) if row["part"] == "read" and len(row["turns"]) == 1]
        random.Random(given.seed).shuffle(asked)
        with open_app(read_settings().model_copy(update={"home": home, "worker": False})) as app:
            app.agent.engine = None
            found = [told(app, row, Turn(**row["turns"][0]), kept_back, rows=given.rows) for row in asked[: given.limit]]
        rows += [one for one in found if one is not None]
    lines = _of_rows_by_language(rows) if given.rows else measure(rows, given.fit, given.signs)
    lines += [{"not told since": why, "times": times} for why, times in Counter(one.why for one in kept_back).most_common()]
    lines += [{"right and not told": one.question, "since": one.why} for one in kept_back if one.right]
    print(json.dumps(lines, indent=2, ensure_ascii=False) if given.json else "\n".join(map(str, lines)))


if __name__ == "__main__":
    carried_out(main)
