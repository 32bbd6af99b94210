"""Turns at the model among those who ask. A question that waits for the model gives its own slot to the next, so that lookups, which need
no model, never wait behind it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from finfoundry.core import cancellation
from finfoundry.server.limits.admission import FairAdmission, Held

LONGER = 5.0  # seconds after which an event loop that does not answer is taken for gone


@dataclass(slots=True)
class Asker:
    """The user of a question, and the slot that the question holds while it is worked at."""

    turns: ModelTurns
    loop: asyncio.AbstractEventLoop
    user: str
    tenant: str | None
    held: Held | None = None


_asker: ContextVar[Asker | None] = ContextVar("asker", default=None)


class ModelTurns:
    """The queue before the model, in the event loop of a server; questions come to it from their threads."""

    def __init__(self, queue: FairAdmission) -> None:
        self.queue = queue

    @contextmanager
    def asked_by(self, user: str, tenant: str | None) -> Iterator[Asker]:
        """Work begun within it, and threads that take its context along, calls the model for this user."""
        asker = Asker(self, asyncio.get_running_loop(), user, tenant)
        token = _asker.set(asker)
        try:
            yield asker
        finally:
            _asker.reset(token)


@contextmanager
def model_turn() -> Iterator[None]:
    """A context for one call of the model, in the thread of a question; outside a server's question there is no queue. Raises Busy."""
    asker = _asker.get()
    if asker is None:
        yield
        return
    if asker.held is not None:
        asker.loop.call_soon_threadsafe(asker.held.end)
    longest = cancellation.remaining()
    entering = asyncio.run_coroutine_threadsafe(asker.turns.queue.enter(asker.user, asker.tenant, longest), asker.loop)
    held = entering.result(None if longest is None else longest + LONGER)
    try:
        yield
    finally:
        asker.loop.call_soon_threadsafe(held.end)
