"""What is told where the time is over, or the model is late, away or works for others: the closest passages found until then."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from finfoundry.agent import passages
from finfoundry.agent.retrieval import search_text
from finfoundry.agent.timely import Unanswered
from finfoundry.core import leaving
from finfoundry.core.answer import Answer
from finfoundry.core.errors import EngineTimeout

if TYPE_CHECKING:
    from finfoundry.agent.inquiry import Inquiry


def in_time(inquiry: Inquiry, answer: Callable[[], Answer]) -> Answer:
    """The answer, or the closest passages in its place. Raises EngineTimeout when nobody waits any more."""
    try:
        return answer()
    except Unanswered as error:
        return _closest(inquiry, error)
    except EngineTimeout as error:
        if leaving.remaining() != 0.0:
            raise
        return _closest(inquiry, Unanswered("late", error))


def _closest(inquiry: Inquiry, error: Unanswered) -> Answer:
    inquiry.trace.add("unanswered", {"reason": error.reason, "message": error.message})
    text, intent = inquiry.words[f"model_{error.reason}"], inquiry.intent
    answer = inquiry.nothing(text, intent) if intent else inquiry.ended("no_evidence", text)
    if answer.status == "no_evidence":
        answer.reason = error.reason
        answer.nearest = passages.closest(inquiry.hits or (), search_text(intent), inquiry.language) if intent else []
        inquiry.warn(f"{error.message}. {error.remedy}" if error.remedy else error.message)
    return answer
