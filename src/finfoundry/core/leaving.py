"""Whether anybody still waits for what is being done: engines ask between two tokens, so that an answer nobody reads costs no more."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from finfoundry.core.errors import EngineTimeout

_left: ContextVar[threading.Event | None] = ContextVar("left", default=None)


@contextmanager
def work_until(left: threading.Event) -> Iterator[None]:
    """Work within it, and in threads that take its context along, ends soon after the event is set."""
    token = _left.set(left)
    try:
        yield
    finally:
        _left.reset(token)


def check() -> None:
    """Raises EngineTimeout when nobody waits any more."""
    left = _left.get()
    if left is not None and left.is_set():
        raise EngineTimeout("Nobody waits for the answer any more", remedy="Ask again")
