"""The plan that the learnt planner writes: a line of JSON over the letters of metrics and the places of years.

    {"metrics":["net sales"],"years":[2024,2023],"compute":["(a1-a2)/a2"],"show":"percent"}

``metrics`` are copied from the question, in its order, and called a, b, c …; ``years`` are those of the plan, the latest first; a2 is
the first metric in the second year. Where the question names no year, the years are 0 (the latest), -1, …
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from finfoundry.core.errors import PlanError
from finfoundry.core.protocols import JsonSchema

Shown = Literal["money", "percent", "ratio", "days", "number", "yes_no", "open"]
LETTERS = "abcdefgh"
SCHEMA: JsonSchema = {
    "type": "object",
    "properties": {
        "metrics": {"type": "array", "maxItems": 6, "items": {"type": "string", "maxLength": 120}},
        "years": {"type": "array", "maxItems": 8, "items": {"type": "integer"}},
        "compute": {"type": "array", "maxItems": 8, "items": {"type": "string", "maxLength": 80}},
        "show": {"enum": list(get_args(Shown))},
    },
    "required": ["metrics", "years", "compute", "show"],
}
PROMPT = "Question: {question}\nPlan:"
COMPANY = {"en": "the company", "zh": "该公司"}  # what stands for the names of companies
NAME = re.compile(r"\b([a-h])([1-8])\b")


@dataclass(frozen=True, slots=True)
class WrittenPlan:
    """The plan as written. ``compute`` holds expressions over names such as a1."""

    metrics: tuple[str, ...]
    years: tuple[int, ...]
    compute: tuple[str, ...]
    show: Shown

    @property
    def text(self) -> str:
        """The plan as a line of JSON, without a space that says nothing."""
        fields = {"metrics": self.metrics, "years": self.years, "compute": self.compute, "show": self.show}
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def read_written(text: str) -> WrittenPlan:
    """The plan in a line of JSON. Raises PlanError where a field is missing, or a name has no metric or no year."""
    try:
        drawn = json.loads(text)
        plan = WrittenPlan(tuple(drawn["metrics"]), tuple(drawn["years"]), tuple(drawn["compute"]), drawn["show"])
    except (ValueError, KeyError, TypeError) as error:
        raise PlanError("it is not the JSON of a plan") from error
    _check_names(plan)
    return plan


def _check_names(plan: WrittenPlan) -> None:
    used = [match.groups() for one in plan.compute for match in NAME.finditer(one)]
    if plan.show != "open" and not used:
        raise PlanError("it computes nothing")
    for letter, place in used:
        if letter not in LETTERS[: len(plan.metrics)] or int(place) > len(plan.years):
            raise PlanError(f"{letter}{place} has no metric or no year")


def masked(question: str, spans: Sequence[tuple[int, int]], language: Literal["en", "zh"]) -> str:
    """The question with a fixed word for the names of companies at these places."""
    word, end, pieces = COMPANY[language], 0, list[str]()
    for start, stop in sorted(spans):
        if start >= end:
            pieces += [question[end:start], word]
        end = max(end, stop)
    return " ".join("".join([*pieces, question[end:]]).split())
