"""One question on its way to an answer: understood, its kind recognised, asked of that kind, bound."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from finfoundry.ask.context import endings, opinions, reading
from finfoundry.ask.context.attempt import adopt, attempt, kept, note_guards, put_back
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.context.timely import Unanswered
from finfoundry.ask.kinds import engine_reading, figures, likeliest, quotation
from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.plan.unexplained import doubtful, unexplained
from finfoundry.ask.registry import kinds_of
from finfoundry.ask.retrieve.query import search_query
from finfoundry.ask.scores import score_questions
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.question_text import is_greeting
from finfoundry.ask.understand.subject import Subject
from finfoundry.core import cancellation
from finfoundry.core.answer import Answer
from finfoundry.core.errors import EngineTimeout


def answer(context: QuestionContext) -> Answer:
    """The answer; where the time is over, or the model late, away or at work for others, the closest passages found until then.

    Raises EngineTimeout when nobody waits any more.
    """
    try:
        return _answer(context)
    except Unanswered as error:
        return _closest(context, error)
    except EngineTimeout as error:
        if cancellation.remaining() != 0.0:
            raise
        return _closest(context, Unanswered("late", error))


def _answer(context: QuestionContext) -> Answer:
    context.trace.add("question", {"text": context.question, "collection": context.collection})
    if is_greeting(context.question):
        companies = context.services.known.of(context.principal, context.collection).entities
        return endings.end(context, "clarify", context.words["greeting"], options=sorted(companies)[:20])
    if context.services.specialists is not None and (told := score_questions.of_specialists(context)) is not None:
        return told
    with context.timed("understand"):
        intent, subject = reading.understood(context)
        context.intent, context.subject, context.calendar = intent, subject, subject.calendar
    context.trace.add("intent", {"entities": intent.entities, "core": intent.core.strip(), "unknown": intent.unknown})
    if intent.ambiguous:
        return endings.end(context, "clarify", context.words["which_entity"], options=list(intent.ambiguous))
    warned = list(context.warnings)
    for kind in kinds_of(context, intent, subject):
        before = kept(context)
        if (told := kind.answer(context, intent, subject)) is None:
            continue
        unread = (not kind.quotes or subject.of_records) and _refuted(context, intent, subject, told)
        if unread or (context.unfound and not engine_reading.confirms(context, told)):
            put_back(context, before)
            context.refused = True
            continue
        return all_named(context, intent, subject, warned) or _told_whole(context, intent, subject, told, warned) or told
    return endings.nothing(context, context.words["nothing"], intent)


def _refuted(context: QuestionContext, intent: Intent, subject: Subject, told: Answer) -> bool:
    """Whether figures are not told since they hardly answer. A question whose every word is explained is answered by what they explain; so
    is one that a label of the company, or the concept that a reader finds in its words, answers whole.
    """
    if told.status != "answered" or not intent.rest or not (unexplained(intent) or doubtful(intent)):
        return False
    if not subject.of_records:
        return not _by_what_is_stored(context) and opinions.refuted(context, told)
    unread = any(step.kind in ("read", "concept") for step in context.trace.steps)  # a reader's plan needs somebody else's word
    return opinions.refuted_of_records(context, told, unread=unread)


def _by_what_is_stored(context: QuestionContext) -> bool:
    """Whether the last plan is one by a label or a concept and leaves out nothing that is asked for."""
    plans = [step.content for step in context.trace.steps if step.kind == "plan"]
    return bool(plans) and getattr(plans[-1], "source", "") in ("label", "concept") and not context.left_out


def all_named(context: QuestionContext, intent: Intent, subject: Subject, warned: Sequence[str]) -> Answer | None:
    """Of records all metrics that are named, as the base model's states find likely, in place of an answer that leaves one out; None where
    none is left out, or where they find none likely.
    """
    if not subject.of_records or not {one.text for one in intent.mentions} & set(context.left_out):
        return None
    anew = attempt(context, warned)
    told = likeliest.of_named_metrics(anew, intent, subject)
    note_guards(context, anew)
    if told is not None:
        adopt(context, anew)
    return told


def _told_whole(context: QuestionContext, intent: Intent, subject: Subject, part: Answer, warned: Sequence[str]) -> Answer | None:
    """Of a question that was answered in part, the figures, or the sentences as the base model's states tell, that answer all of it and
    hold every figure of that ``part``; None where none do, or where the time is over. ``warned``: before any answer.
    """
    figured = [Decimal(figure.value) for figure in part.figures]
    for answer in (_by_figures, quotation.of_sentences) if context.left_out else ():
        anew = attempt(context, warned)
        try:
            told = answer(anew, intent, subject)
        except (Unanswered, EngineTimeout):
            if cancellation.remaining() == 0.0:
                raise
            return None
        whole = told is not None and told.status == "answered" and not anew.left_out and quotation.holds(told.text, figured)
        if told is not None and whole and not (answer is _by_figures and _refuted(anew, intent, subject, told)):
            context.trace.steps += anew.trace.steps
            context.stated, context.lacking, context.left_out = anew.stated, [], ()
            return told
    return None


def _by_figures(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """By rules, labels and readers, without the base model's words."""
    return figures.of_figures(context, intent, subject, model=False)


def _closest(context: QuestionContext, error: Unanswered) -> Answer:
    """The closest passages, in place of the answer that the model did not give in time."""
    context.trace.add("unanswered", {"reason": error.reason, "message": error.message})
    text, intent = context.words[f"model_{error.reason}"], context.intent
    answer = endings.nothing(context, text, intent) if intent else endings.end(context, "no_evidence", text)
    if answer.status == "no_evidence":
        answer.reason = error.reason
        context.warn(f"{error.message}. {error.remedy}" if error.remedy else error.message)
    return answer


def find(context: QuestionContext, limit: int) -> list[Hit]:
    """Passages for the question, without answering it."""
    query = search_query(*reading.understood(context), context.collection, limit)
    return list(context.search.all(context.principal, query))
