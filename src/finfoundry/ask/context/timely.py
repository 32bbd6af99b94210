"""The engine as one question gets it: every call ends in time, whether or not the engine itself keeps to a deadline.

A question has a limit (``core.cancellation``). What is done without the model is done first; a call of the model gets what is left but for
a reserve in which the answer, or the closest passages in its place, are written down. A call that does not come back by then is left
to itself in its thread, with its stop event set. Without a limit only a model that is not there (no weights, or damaged ones) leaves a
question to its passages: waiting would not bring it.
"""

from __future__ import annotations

import contextvars
import threading
from concurrent.futures import Future
from dataclasses import replace
from typing import Literal

from finfoundry.core import cancellation
from finfoundry.core.errors import EngineBusy, EngineError, EngineTimeout, FinfoundryError, ModelError, NotFound, ProcessError
from finfoundry.core.protocols import Chat, Completion, Request

RESERVE = 1.0  # seconds kept for what follows a call of the model
SLACK = 0.1  # of it, for an engine that keeps to its deadline to say so itself
LEAST = 0.2  # seconds below which a call is not begun
_ABSENT = (ModelError, NotFound)  # what an engine raises whose weights are not there, or not whole
_AWAY = (EngineError, ProcessError, *_ABSENT)  # what one raises that is late, dead, or not to be started
Reason = Literal["late", "busy", "absent"]


class Unanswered(EngineError):
    """The model did not answer: it is late, hangs or is away (``late``), works for others (``busy``), or is not there (``absent``)."""

    def __init__(self, reason: Reason, cause: FinfoundryError) -> None:
        super().__init__(cause.message, remedy=cause.remedy)
        self.reason = reason


class TimelyEngine:
    """An engine for questions that have a limit. Without one, as in evaluations, it is the engine itself, its errors included."""

    def __init__(self, engine: Chat) -> None:
        self._engine = engine
        self.calls = 0  # those that failed, too

    def chat(self, request: Request) -> Completion:
        """Raises Unanswered; where there is no limit, what an engine raises that is late, dead or busy."""
        self.calls += 1
        left = cancellation.remaining()
        if left is None:
            try:
                return self._engine.chat(request)
            except _ABSENT as error:
                raise Unanswered("absent", error) from error
        seconds = left - min(RESERVE, left / 4)
        try:
            return self._within(replace(request, deadline=min(seconds, request.deadline or seconds)), seconds)
        except _AWAY as error:
            raise Unanswered(_reason(error), error) from error

    def _within(self, request: Request, seconds: float) -> Completion:
        late = EngineTimeout("The model did not answer within the time for the question", remedy="Ask again, or allow more time")
        if seconds < LEAST:
            raise late
        stop = threading.Event()
        with cancellation.work_until(stop, seconds):
            context = contextvars.copy_context()
        done: Future[Completion] = Future()
        threading.Thread(target=context.run, args=(_fill, done, self._engine, request), daemon=True, name="engine-call").start()
        try:
            return done.result(seconds + SLACK)
        except TimeoutError as error:
            stop.set()
            raise late from error


def _reason(error: FinfoundryError) -> Reason:
    return "absent" if isinstance(error, _ABSENT) else "busy" if isinstance(error, EngineBusy) else "late"


def _fill(done: Future[Completion], engine: Chat, request: Request) -> None:
    try:
        done.set_result(engine.chat(request))
    except BaseException as error:  # noqa: BLE001  it is raised where the call was made
        done.set_exception(error)
