"""One question on its way to an answer: understood, asked of the kinds in their order, bound."""

from __future__ import annotations

from dataclasses import replace

from finfoundry.ask import in_parts, late
from finfoundry.ask.context import endings, reading
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.kinds import figures, missing_metric, open_question, registry, regulation, wide_tables
from finfoundry.ask.lexicon.greeting import is_greeting
from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.retrieve.query import search_query
from finfoundry.ask.scores import score_questions
from finfoundry.core.answer import Answer


def answer(context: QuestionContext) -> Answer:
    """The answer; where the time is over, or the model does not answer in time, the closest passages found until then."""
    return late.in_time(context, _answer)


def _answer(context: QuestionContext) -> Answer:
    context.trace.add("question", {"text": context.question, "collection": context.collection})
    if is_greeting(context.question):
        companies = context.services.known.of(context.principal, context.collection).entities
        return endings.end(context, "clarify", context.words["greeting"], options=sorted(companies)[:20])
    if (told := score_questions.of_specialists(context)) is not None:
        return told
    with context.timed("understand"):
        intent, subject = reading.understood(context)
        context.intent, context.calendar = intent, subject.calendar
    context.trace.add("intent", {"entities": intent.entities, "core": intent.core.strip(), "unknown": intent.unknown})
    if intent.ambiguous:
        return endings.end(context, "clarify", context.words["which_entity"], options=list(intent.ambiguous))
    if (told := wide_tables.over_companies(context, intent)) is not None:
        return told
    if (told := regulation.of_articles(context, intent, subject)) is not None:
        return told
    if intent.unknown and not (intent.mentions and intent.periods) and regulation.is_term(context, intent.unknown):
        return open_question.from_passages(context, replace(intent, unknown=None), subject)
    if (told := in_parts.answered(context, _by_rules, sure=True)) is not None:
        return told
    if intent.unknown:
        return in_parts.answered(context, _by_rules, sure=False) or missing_metric.unknown(context, intent, intent.unknown)
    if (told := registry.read(context, intent, subject)) is not None:
        return told
    if (told := figures.of_figures(context, intent, subject)) is not None:
        return told
    return in_parts.answered(context, _by_rules, sure=False) or open_question.from_passages(context, intent, subject)


def _by_rules(context: QuestionContext) -> Answer | None:
    """The answer that rules and labels plan; None where they plan none, or its subject is not clear."""
    intent, subject = reading.understood(context)
    if intent.ambiguous or intent.unknown or subject.name is None:
        return None
    return figures.of_figures(context, intent, subject)


def find(context: QuestionContext, limit: int) -> list[Hit]:
    """Passages for the question, without answering it."""
    query = search_query(*reading.understood(context), context.collection, limit)
    return list(context.search.all(context.principal, query))
