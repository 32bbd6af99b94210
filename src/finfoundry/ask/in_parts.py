"""A question of several parts answered part by part, each by rules over facts; the parts without an answer are named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from finfoundry.ask.context import endings
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.conversation_state import Conversation
from finfoundry.ask.understand.parted import QuestionPart, parted
from finfoundry.core.answer import Answer

Answering = Callable[[QuestionContext], Answer | None]


def answered(context: QuestionContext, by_rules: Answering, *, sure: bool) -> Answer | None:
    """The answers to the parts in one text. ``sure``: None unless every part has one; else None where no part has."""
    parts = parted(context.question, context.language, sure=sure)
    told = [(part, asked) for part in parts if (asked := _answered(context, part, by_rules)) is not None]
    if not told or (sure and len(told) < len(parts)):
        return None
    context.trace.add("parts", [part.question for part in parts])
    for _, asked in told:
        for warning in asked.warnings:
            context.warn(warning)
    done = [part for part, _ in told]
    context.lacking = [line for _, asked in told for line in asked.lacking]
    context.lacking += [part.words if context.language == "en" else part.about for part in parts if part not in done]
    return endings.release(context, endings.bind(context, [sentence for _, asked in told for sentence in asked.stated]))


def _answered(context: QuestionContext, part: QuestionPart, by_rules: Answering) -> QuestionContext | None:
    """A context of its own, of the same company, in which the part was answered without the model."""
    company = context.conversation.entity or next(iter(context.intent.entities if context.intent else ()), None)
    asked = QuestionContext(
        replace(context.services, engine=None, tables=None, specialists=None), context.principal, part.question, context.collection,
        Conversation(entity=company), context.hidden,
    )  # fmt: skip
    answer = by_rules(asked)
    return asked if answer is not None and answer.status == "answered" else None
