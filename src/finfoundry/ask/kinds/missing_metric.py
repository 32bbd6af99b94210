"""What is said of what the documents do not hold: that a metric, or a company, is not in them, once a search has found nothing of it."""

from __future__ import annotations

from finfoundry.ask.context import endings
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.formula import MissingOperandError
from finfoundry.ask.lexicon.metric_terms import title
from finfoundry.ask.lexicon.ports import Hit, SearchQuery
from finfoundry.ask.lexicon.vocabulary import holds
from finfoundry.ask.plan.rules import Plan
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.answer import Answer

LOOKED_AT = 10  # passages in which a name is looked for


def is_plain(plan: Plan, error: MissingOperandError) -> bool:
    """Whether what is missing is all that a rule looked up: then running text may have it."""
    return plan.source == "rule" and len(plan.items) == 1 and plan.items[0].expression == error.metric


def missing(context: QuestionContext, error: MissingOperandError, plan: Plan, intent: Intent, subject: Subject) -> Answer:
    """Name what is missing; where passages speak of it, only that no answer was found."""
    label = plan.labels.get(error.metric) or title(error.metric, context.language)
    if hits := speaking_of(context, label, subject.name):
        return _no_answer(context, intent, hits)
    name = "missing" if error.span.year else "missing_any"
    text = context.words[name].format(metric=label, entity=context.called(subject), span=error.span.words(context.language))
    return endings.nothing(context, text, intent)


def of_unknown(context: QuestionContext, intent: Intent, _: Subject) -> Answer:
    """That the documents hold nothing about what looks like a company; where they do speak of it, only that no answer was found."""
    name = intent.unknown or ""
    if hits := speaking_of(context, name):
        return _no_answer(context, intent, hits)
    return endings.nothing(context, context.words["unknown"].format(entity=name), intent)


def speaking_of(context: QuestionContext, name: str, entity: str | None = None) -> list[Hit]:
    """Passages that hold a name word for word."""
    query = SearchQuery(name, k=LOOKED_AT, collection=context.collection, entity=entity)
    return [hit for hit in context.search.search(context.principal, query) if holds(hit.text, name)]


def _no_answer(context: QuestionContext, intent: Intent, hits: list[Hit]) -> Answer:
    """That no answer was found, with the passages that speak of what was asked."""
    context.hits, context.evidence = hits, None
    return endings.nothing(context, context.words["nothing"], intent)
