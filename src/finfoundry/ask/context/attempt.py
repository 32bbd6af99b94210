"""Several answers to one question, of which one is told: what each says of it besides its text is kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

from finfoundry.ask.context.question import QuestionContext, Trace

_LISTS = ("warnings", "terms", "doubts", "undecided", "together", "lacking")
_VALUES = ("explained", "unprinted", "composed", "stated", "left_out", "wholes")


def kept(context: QuestionContext) -> dict[str, Any]:
    """What an answer says besides its text, as it is now."""
    return {name: list(getattr(context, name)) for name in _LISTS} | {name: getattr(context, name) for name in _VALUES}


def put_back(context: QuestionContext, before: Mapping[str, Any]) -> None:
    """As it was ``before`` an answer that is not told."""
    for name, value in before.items():
        setattr(context, name, value)


def attempt(context: QuestionContext, warned: Sequence[str]) -> QuestionContext:
    """The same question for another answer, of which so far no more is said than what was ``warned`` of."""
    anew = copy(context)
    anew.trace, anew.conversation = Trace(), copy(context.conversation)
    anew.warnings, anew.doubts, anew.undecided, anew.together, anew.lacking = list(warned), [], [], [], []
    return anew


def adopt(context: QuestionContext, made: QuestionContext) -> None:
    """What was said of the question by an attempt whose answer is told."""
    put_back(context, kept(made))
    context.trace.steps += [step for step in made.trace.steps if step not in context.trace.steps]
    context.trace.published |= made.trace.published


def note_guards(context: QuestionContext, made: QuestionContext) -> None:
    """What guards did about an attempt is recorded, though it may not be told."""
    context.trace.steps += [step for step in made.trace.steps if step.kind in ("guard", "stopped") and step not in context.trace.steps]
