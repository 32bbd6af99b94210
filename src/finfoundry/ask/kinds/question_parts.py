"""A question of several parts answered part by part, each by rules over facts; the parts without an answer are named."""

from __future__ import annotations

from dataclasses import replace

from finfoundry.ask.context import endings, reading
from finfoundry.ask.context.question import Conversation, QuestionContext
from finfoundry.ask.kinds import figures
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.question_text import QuestionPart, parted
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.answer import Answer


def of_every_part(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:  # noqa: ARG001  each part is read anew
    """The answers to the parts in one text; None where a part has none, or where what follows a conjunction may be no part of its own."""
    return _of_parts(context, sure=True)


def of_some_parts(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:  # noqa: ARG001  each part is read anew
    """The answers to the parts that have one in one text, with what the others are about; None where no part has one."""
    return _of_parts(context, sure=False)


def _of_parts(context: QuestionContext, *, sure: bool) -> Answer | None:
    parts = parted(context.question, context.language, sure=sure)
    if parts and not parts[0].asks and not context.vocabulary.find(parts[0].about):
        return None  # what the rest is asked of: 生物制药这块，毛利率是多少
    told = [(part, asked) for part in parts if (asked := _answered(context, part)) is not None]
    if not told or (sure and len(told) < len(parts)):
        return None
    context.trace.add("parts", [part.question for part in parts])
    for _, asked in told:
        for warning in asked.warnings:
            context.warn(warning)
    context.terms = list(dict.fromkeys([*context.terms, *(term for _, asked in told for term in asked.terms)]))
    done = [part for part, _ in told]
    context.lacking = [line for _, asked in told for line in asked.lacking]
    context.lacking += [part.words if context.language == "en" else part.about for part in parts if part not in done]
    return endings.release(context, endings.bind(context, [sentence for _, asked in told for sentence in asked.stated]))


def _answered(context: QuestionContext, part: QuestionPart) -> QuestionContext | None:
    """A context of its own, of the same company, in which the part was answered without the model."""
    company = context.conversation.entity or next(iter(context.intent.entities if context.intent else ()), None)
    asked = QuestionContext(
        replace(context.services, engine=None, tables=None, specialists=None), context.principal, part.question, context.collection,
        Conversation(entity=company), context.hidden, context.vocabulary,
    )  # fmt: skip
    answer = _by_rules(asked)
    return asked if answer is not None and answer.status == "answered" else None


def _by_rules(context: QuestionContext) -> Answer | None:
    """The answer that rules and labels plan; None where they plan none, or its subject is not clear."""
    intent, subject = reading.understood(context)
    if intent.ambiguous or intent.unknown or subject.name is None:
        return None
    return figures.of_figures(context, intent, subject)
