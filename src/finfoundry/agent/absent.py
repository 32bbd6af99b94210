"""What is answered of a metric that the documents do not hold: which operand is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finfoundry.agent.formula import MissingOperandError
from finfoundry.agent.labels import plan_by_words
from finfoundry.agent.metrics import title
from finfoundry.agent.plan import Plan
from finfoundry.agent.subject import Subject
from finfoundry.agent.understand import Intent
from finfoundry.core.answer import Answer

if TYPE_CHECKING:
    from finfoundry.agent.inquiry import Inquiry


def missing(inquiry: Inquiry, error: MissingOperandError, plan: Plan, intent: Intent, subject: Subject) -> Answer | None:
    """Name what is missing; None for a plain lookup, which may stand in running text."""
    if plan.source == "rule" and len(plan.items) == 1 and plan.items[0].expression == error.metric:
        return None
    if (words := plan_by_words(plan, error.metric)) and (answer := inquiry._from_facts(words, intent, subject)) is not None:
        return answer  # a ratio that the papers print themselves
    label = plan.labels.get(error.metric) or title(error.metric, inquiry.language)
    name = "missing" if error.span.year else "missing_any"
    text = inquiry.words[name].format(metric=label, entity=subject.name, span=error.span.words(inquiry.language))
    return inquiry._nothing(text, intent)
