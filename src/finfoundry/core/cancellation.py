"""Cooperative cancellation: long work asks again and again whether its client still waits, and until when, so that work whose outcome
nobody will read ends.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from finfoundry.core.errors import EngineTimeout


@dataclass(frozen=True, slots=True)
class _Wait:
    """Who waits: until one of the events is set, and no longer than ``until`` (monotonic seconds; None: without a limit)."""

    left: tuple[threading.Event, ...] = ()
    until: float | None = None


_wait: ContextVar[_Wait | None] = ContextVar("wait", default=None)


@contextmanager
def work_until(left: threading.Event | None = None, seconds: float | None = None) -> Iterator[None]:
    """Work within it, and in threads that take its context along, ends soon after the event is set or the seconds are over.

    Within another such block the earlier end counts.
    """
    outer = _wait.get() or _Wait()
    ends = [end for end in (outer.until, None if seconds is None else time.monotonic() + seconds) if end is not None]
    token = _wait.set(_Wait((*outer.left, left) if left else outer.left, min(ends, default=None)))
    try:
        yield
    finally:
        _wait.reset(token)


def remaining() -> float | None:
    """The seconds that are left, never below zero; None where nobody set a limit."""
    wait = _wait.get()
    return None if wait is None or wait.until is None else max(wait.until - time.monotonic(), 0.0)


def check() -> None:
    """Raises EngineTimeout when nobody waits any more, or the time is over."""
    wait = _wait.get()
    if wait is None:
        return
    if any(event.is_set() for event in wait.left):
        raise EngineTimeout("Nobody waits for the answer any more", remedy="Ask again")
    if wait.until is not None and time.monotonic() >= wait.until:
        raise EngineTimeout("The time for the answer is over", remedy="Ask for less at once, or allow more time")
