"""The rows that a planner learns from: questions as it is sent them, with the plan that each asks for (task ``question-plans``).

Every second metric stands among the lines that are offered under another, invented label, beside the words by which the question calls it:
so a planner learns to copy the label that a store prints, and knows none of them by heart.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.plan.plan_model import read
from finfoundry.ask.reader.filled_questions import FilledQuestion, invented
from finfoundry.ask.reader.tuned_plan import OfferedLine, asked, drawn_text
from finfoundry.ask.reader.written_plan import masked
from finfoundry.ask.understand.intent import understand
from finfoundry.ask.understand.question_text import in_full
from finfoundry.core.errors import PlanError
from finfoundry.core.periods import CALENDAR_YEAR

UNLISTED = 0.3  # share of the questions beside which no lines are offered
RENAMED = 0.5  # share of the metrics of the others that are offered under another label
OTHERS = 4  # lines at most that are offered besides
CALLED = 0.5  # share of these beside which other words stand, too
UNKNOWN_FORM, REFUSED = "no plan of one result", "a plan that does not hold"


@dataclass(frozen=True, slots=True)
class PlanRows:
    """Lines of the file; ``left_out`` counts questions by cause: the schema has no such plan, or what reads plans refuses it."""

    lines: tuple[str, ...]
    left_out: Mapping[str, int]


def plan_rows(filled: Iterable[FilledQuestion], seed: int) -> PlanRows:
    """Rows of questions, each once."""
    rows, left_out = dict[str, str](), Counter[str]()
    for one in filled:
        language: Literal["en", "zh"] = "en" if one.wording.lang == "en" else "zh"
        question = in_full(masked(one.question, one.names, language))
        draw = random.Random(f"{seed}/{question}")  # noqa: S311
        labels = {label: invented(language, draw) for label in one.plan.metrics if draw.random() < RENAMED}
        lines = _offered(one, labels, language, draw) if draw.random() >= UNLISTED else []
        plan = drawn_text(one.plan, one.wording.kind, one.wording.show, labels if lines else {})
        if plan is None or not _holds(plan, question, is_open=one.plan.show == "open"):
            left_out[UNKNOWN_FORM if plan is None else REFUSED] += 1
            continue
        row = {"text": asked(question, lines), "plan": plan, "wording": f"wording {one.wording.number}", "family": one.wording.family}
        rows[row["text"]] = json.dumps(row, ensure_ascii=False) + "\n"
    return PlanRows(tuple(rows.values()), dict(left_out))


def _offered(one: FilledQuestion, labels: Mapping[str, str], language: str, draw: random.Random) -> list[OfferedLine]:
    """The metrics of the question among other lines, in any order."""
    own = [OfferedLine(labels[label], label) if label in labels else OfferedLine(label) for label in one.plan.metrics]
    others = [
        OfferedLine(invented(language, draw), invented(language, draw) if draw.random() < CALLED else "")
        for _ in range(draw.randint(0 if own else 1, OTHERS))
    ]
    return draw.sample([*own, *others], len(own) + len(others))


def _holds(plan: str, question: str, *, is_open: bool) -> bool:
    """Whether what reads the planner's plans takes it for one, or for none where the question asks for no figure."""
    try:
        return (read(plan, understand(question, EntityNames([]), vocabulary()), CALENDAR_YEAR) is None) == is_open
    except PlanError:
        return False
