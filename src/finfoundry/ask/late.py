"""What is told where the time is over, or the model is late, away or works for others: the closest passages found until then."""

from __future__ import annotations

from collections.abc import Callable

from finfoundry.ask.context import endings
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.context.timely import Unanswered
from finfoundry.ask.retrieve import passages
from finfoundry.ask.retrieve.query import search_text
from finfoundry.core import cancellation
from finfoundry.core.answer import Answer
from finfoundry.core.errors import EngineTimeout


def in_time(context: QuestionContext, answer: Callable[[QuestionContext], Answer]) -> Answer:
    """The answer, or the closest passages in its place. Raises EngineTimeout when nobody waits any more."""
    try:
        return answer(context)
    except Unanswered as error:
        return _closest(context, error)
    except EngineTimeout as error:
        if cancellation.remaining() != 0.0:
            raise
        return _closest(context, Unanswered("late", error))


def _closest(context: QuestionContext, error: Unanswered) -> Answer:
    context.trace.add("unanswered", {"reason": error.reason, "message": error.message})
    text, intent = context.words[f"model_{error.reason}"], context.intent
    answer = endings.nothing(context, text, intent) if intent else endings.end(context, "no_evidence", text)
    if answer.status == "no_evidence":
        answer.reason = error.reason
        answer.nearest = passages.closest(context.hits or (), search_text(intent), context.language) if intent else []
        context.warn(f"{error.message}. {error.remedy}" if error.remedy else error.message)
    return answer
