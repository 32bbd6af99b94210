"""What is said of what the documents do not hold: that a metric, or a company, is not in them, once a search has found nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finfoundry.agent import passages
from finfoundry.agent.formula import MissingOperandError
from finfoundry.agent.labels import plan_by_words
from finfoundry.agent.metrics import title
from finfoundry.agent.plan import Plan
from finfoundry.agent.sources import Hit, SearchQuery
from finfoundry.agent.subject import Subject
from finfoundry.agent.understand import Intent
from finfoundry.agent.vocabulary import holds
from finfoundry.core.answer import Answer

if TYPE_CHECKING:
    from finfoundry.agent.inquiry import Inquiry

LOOKED_AT = 10  # passages in which a name is looked for


def missing(inquiry: Inquiry, error: MissingOperandError, plan: Plan, intent: Intent, subject: Subject) -> Answer | None:
    """Name what is missing; None for a plain lookup, which may stand in running text."""
    if plan.source == "rule" and len(plan.items) == 1 and plan.items[0].expression == error.metric:
        return None
    if (words := plan_by_words(plan, error.metric)) and (answer := inquiry.from_facts(words, intent, subject)) is not None:
        return answer  # a ratio that the papers print themselves
    label = plan.labels.get(error.metric) or title(error.metric, inquiry.language)
    if hits := speaking_of(inquiry, label, subject.name):
        return _no_answer(inquiry, intent, label, hits)
    name = "missing" if error.span.year else "missing_any"
    text = inquiry.words[name].format(metric=label, entity=subject.name, span=error.span.words(inquiry.language))
    return inquiry.nothing(text, intent)


def unknown(inquiry: Inquiry, intent: Intent, name: str) -> Answer:
    """That the documents hold nothing about what looks like a company; where they do speak of it, only that no answer was found."""
    if hits := speaking_of(inquiry, name):
        return _no_answer(inquiry, intent, name, hits)
    return inquiry.nothing(inquiry.words["unknown"].format(entity=name), intent)


def speaking_of(inquiry: Inquiry, name: str, entity: str | None = None) -> list[Hit]:
    """Passages that hold a name word for word."""
    query = SearchQuery(name, k=LOOKED_AT, collection=inquiry.collection, entity=entity)
    return [hit for hit in inquiry.search.search(inquiry.principal, query) if holds(hit.text, name)]


def _no_answer(inquiry: Inquiry, intent: Intent, name: str, hits: list[Hit]) -> Answer:
    """That no answer was found, with the passages that speak of what was asked."""
    answer = inquiry.nothing(inquiry.words["nothing"], intent)
    if answer.status == "no_evidence":
        answer.nearest = passages.closest(hits, name, inquiry.language)
    return answer
