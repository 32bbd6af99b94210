"""A cheap model before the dear one: what rules and facts leave to a model is asked of the cheap one first, and of the dear where the
answer is not sure enough. How sure is enough was learned on judged answers (``finfoundry cascade``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from finfoundry.ask import pipeline
from finfoundry.ask.compose.confidence import Calibration, weighed
from finfoundry.ask.context.question import QuestionContext
from finfoundry.core import cancellation
from finfoundry.core.answer import Answer
from finfoundry.core.errors import EngineError
from finfoundry.core.protocols import Engine

TIME = 0.5  # of what is left for a question, for the cheap model: the dear one needs the rest


@dataclass(frozen=True, slots=True)
class CheapModel:
    """``bar``: how sure (``calibration``) an answer has to be that this model took part in. ``silence``: whether it is believed where it
    finds no evidence.
    """

    engine: Engine
    bar: float
    calibration: Calibration
    silence: bool = False


def answered(begun: Callable[[Engine], QuestionContext], cheap: CheapModel, dear: Engine) -> tuple[QuestionContext, Answer]:
    """The cheap model's answer where it suffices, or where no model had to be asked; else the dear one's. The trace says which, and why."""
    context = begun(cheap.engine)
    left = cancellation.remaining()
    try:
        with cancellation.work_until(seconds=None if left is None else left * TIME):
            answer = pipeline.answer(context)
    except EngineError as error:
        return _asked_dear(begun, dear, {"model": cheap.engine.model, "failed": error.message})
    if context.engine is None or not context.engine.calls:
        return context, answer
    sure = weighed(answer, context.question, cheap.calibration, None).confidence if answer.status == "answered" else None
    told: dict[str, object] = {"model": cheap.engine.model, "status": answer.status, "confidence": sure, "bar": cheap.bar}
    if (sure is not None and sure >= cheap.bar) or (cheap.silence and answer.status == "no_evidence"):
        context.trace.add("cascade", told | {"taken": True})
        return context, answer
    return _asked_dear(begun, dear, told | {"taken": False})


def _asked_dear(begun: Callable[[Engine], QuestionContext], dear: Engine, told: dict[str, object]) -> tuple[QuestionContext, Answer]:
    context = begun(dear)
    context.trace.add("cascade", told)
    return context, pipeline.answer(context)
