"""The rows that a planner learns from: questions as it is sent them, with the plan that each asks for (task ``question-plans``).

Every second metric stands among the lines that are offered under another, invented label, beside the words by which the question calls it:
so a planner learns to copy the label that a store prints, and knows none of them by heart. Of some questions a metric that no vocabulary
has stands there with its definition, a formula of printed lines, as a term of an institution's own does; the plan is that of the
definition.
"""

from __future__ import annotations

import ast
import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.plan.dimension import asked_for
from finfoundry.ask.plan.plan_model import read
from finfoundry.ask.reader.learnt_plan import years_to_plan
from finfoundry.ask.reader.learnt_reading import written
from finfoundry.ask.reader.tuned_plan import OfferedLine, asked, drawn_text
from finfoundry.ask.reader.written_plan import LETTERS, WrittenPlan, masked
from finfoundry.ask.understand.intent import Intent, understand
from finfoundry.ask.understand.question_text import in_full
from finfoundry.core.errors import PlanError
from finfoundry.core.language import has_han
from finfoundry.core.periods import CALENDAR_YEAR
from finfoundry.usecases.readers.agreement import AgreedReading
from finfoundry.usecases.readers.filled_questions import FilledQuestion, invented

UNLISTED = 0.3  # share of the questions beside which no lines are offered
RENAMED = 0.5  # share of the metrics of the others that are offered under another label
OTHERS = 4  # lines at most that are offered besides
CALLED = 0.5  # share of these beside which other words stand, too
DEFINED = 0.3  # share of the others of which a metric stands there with its definition, where one is in no vocabulary
SUMS, RATES = ("{} + {}", "{} - {}", "{} - {} - {}"), ("{} / {}", "({} - {}) / {}", "{} / ({} + {})")  # what is defined so
UNKNOWN_FORM, REFUSED = "no plan of one result", "a plan that does not hold"
_Language = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class PlanRows:
    """Lines of the file; ``left_out`` counts questions by cause: the schema has no such plan, or what reads plans refuses it."""

    lines: tuple[str, ...]
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Planned:
    """A question with a fixed word for the company's names, its plan, and of which wording and family it is."""

    question: str
    plan: WrittenPlan
    kind: str
    show: str
    wording: str
    family: str

    @property
    def language(self) -> _Language:
        return "zh" if has_han(self.question) else "en"

    def intent(self) -> Intent:
        return understand(self.question, EntityNames([]), vocabulary())


@dataclass(frozen=True, slots=True)
class _Defined:
    """A question whose plan is that of the definition of one of its metrics, and the line that says it."""

    planned: _Planned
    place: int
    line: OfferedLine


def plan_rows(filled: Iterable[FilledQuestion], seed: int, agreed: Iterable[AgreedReading] = ()) -> PlanRows:
    """Rows of questions, each once; ``agreed`` are those of people on whose meaning several readings agree."""
    rows, left_out = dict[str, str](), Counter[str]()
    for one in (*map(_of_filled, filled), *map(_of_agreed, agreed)):
        row = _row(one, seed) if one is not None else REFUSED
        if isinstance(row, str):
            left_out[row] += 1
        else:
            rows[row["text"]] = json.dumps(row, ensure_ascii=False) + "\n"
    return PlanRows(tuple(rows.values()), dict(left_out))


def _of_filled(one: FilledQuestion) -> _Planned:
    question = in_full(masked(one.question, one.names, "en" if one.wording.lang == "en" else "zh"))
    return _Planned(question, one.plan, one.wording.kind, one.wording.show, f"wording {one.wording.number}", one.wording.family)


def _of_agreed(one: AgreedReading) -> _Planned | None:
    """A question that somebody asked, a wording and a family of its own; None where its reading makes no plan."""
    source = f"asked {hashlib.sha256(one.text.encode()).hexdigest()[:16]}"
    intent = understand(one.text, EntityNames([]), vocabulary())
    try:
        plan = written(one.reading, one.text, years_to_plan(intent, one.reading.metrics, CALENDAR_YEAR))
    except PlanError:
        return None
    yes_no = plan.show == "yes_no"
    kind = "yes_no" if yes_no else "lookup" if all(expression.isidentifier() for expression in plan.compute) else "calculation"
    return _Planned(one.text, plan, kind, "money" if yes_no else plan.show, source, source)


def _row(one: _Planned, seed: int) -> dict[str, str] | str:
    """The row of a question, or why it makes none."""
    draw = random.Random(f"{seed}/{one.question}")  # noqa: S311
    labels = {label: invented(one.language, draw) for label in one.plan.metrics if draw.random() < RENAMED}
    listed = draw.random() >= UNLISTED
    lines = _offered(one, labels, draw) if listed else []
    if listed and (defined := _defined(one, random.Random(f"{seed}/defined/{one.question}"))) is not None:  # noqa: S311
        label = one.plan.metrics[defined.place]
        beside = [defined.line if line == _line(label, labels) else line for line in lines]
        plan = _drawn(defined.planned, {name: new for name, new in labels.items() if name != label})
        if plan is not None and _holds(plan, one):
            return _written(one, beside, plan)
    plan = _drawn(one, labels if lines else {})
    if plan is None:
        return UNKNOWN_FORM
    return _written(one, lines, plan) if _holds(plan, one) else REFUSED


def _written(one: _Planned, lines: Sequence[OfferedLine], plan: str) -> dict[str, str]:
    return {"text": asked(one.question, lines), "plan": plan, "wording": one.wording, "family": one.family}


def _drawn(one: _Planned, labels: Mapping[str, str]) -> str | None:
    return drawn_text(one.plan, one.kind, one.show, labels)


def _offered(one: _Planned, labels: Mapping[str, str], draw: random.Random) -> list[OfferedLine]:
    """The metrics of the question among other lines, in any order."""
    own = [_line(label, labels) for label in one.plan.metrics]
    others = [
        OfferedLine(invented(one.language, draw), invented(one.language, draw) if draw.random() < CALLED else "")
        for _ in range(draw.randint(0 if own else 1, OTHERS))
    ]
    return draw.sample([*own, *others], len(own) + len(others))


def _line(label: str, labels: Mapping[str, str]) -> OfferedLine:
    return OfferedLine(labels[label], label) if label in labels else OfferedLine(label)


def _defined(one: _Planned, draw: random.Random) -> _Defined | None:
    """A question with one of its metrics as a term of an institution's own: a sum of lines, or a rate where the question asks for it alone
    and for nothing in particular. None where all are known, and by chance.
    """
    unknown = [place for place, label in enumerate(one.plan.metrics) if vocabulary().exact(label) is None]
    if draw.random() >= DEFINED or not unknown:
        return None
    place = draw.choice(unknown)
    rate = one.plan.compute == ("a1",) and not asked_for(one.intent()).kinds and draw.random() < 0.5
    formula = draw.choice(RATES if rate else SUMS)
    parts = [invented(one.language, draw) for _ in range(formula.count("{}"))]
    if len({*one.plan.metrics, *parts}) < len(one.plan.metrics) + len(parts) or any(" - " in part for part in parts):
        return None
    metrics = (*one.plan.metrics, *parts)
    letters = LETTERS[len(one.plan.metrics) : len(metrics)]
    if len(letters) < len(parts):
        return None
    compute = tuple(_with_parts(expression, LETTERS[place], formula, letters) for expression in one.plan.compute)
    plan = replace(one.plan, metrics=metrics, compute=compute)
    kind = "calculation" if one.kind == "lookup" else one.kind
    planned = replace(one, plan=plan, kind=kind, show="ratio" if rate else one.show)
    return _Defined(planned, place, OfferedLine(one.plan.metrics[place], definition=formula.format(*parts)))


def _with_parts(expression: str, letter: str, formula: str, letters: str) -> str:
    """An expression with a metric, in each year, replaced by the formula over the letters of its parts."""
    made = re.sub(rf"\b{letter}(\d)\b", lambda name: f"({formula.format(*(one + name[1] for one in letters))})", expression)
    return ast.unparse(ast.parse(made)).replace(" ", "")


def _holds(plan: str, one: _Planned) -> bool:
    """Whether what reads the planner's plans takes it for one, or for none where the question asks for no figure."""
    try:
        return (read(plan, one.intent(), CALENDAR_YEAR) is None) == (one.plan.show == "open")
    except PlanError:
        return False
