"""A bounded queue before the work that needs a thread or the model: users take turns, and who cannot wait is told when to come again."""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from finfoundry.server.errors import Busy

LONGEST_RETRY = 60  # seconds
_WEIGHT = 0.2  # of the latest duration in the running mean


class Admission:
    """``slots`` at once; at most ``waiting`` in the queue, ``each`` of one user. Lives in one event loop."""

    def __init__(self, slots: int, *, waiting: int = 256, each: int = 32) -> None:
        self.slots = slots
        self._free = slots
        self._most = waiting
        self._each = each
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._seconds = 1.0  # that a turn takes, on average

    @property
    def waiting(self) -> int:
        return sum(map(len, self._queues.values()))

    @property
    def running(self) -> int:
        return self.slots - self._free

    @asynccontextmanager
    async def turn(self, user: str) -> AsyncIterator[None]:
        """Wait for a slot and hold it. Raises Busy at once when the queue is full; a cancelled wait leaves the queue."""
        await self._enter(user)
        started = time.monotonic()
        try:
            yield
        finally:
            self._seconds += _WEIGHT * (time.monotonic() - started - self._seconds)
            self._pass_on()

    async def _enter(self, user: str) -> None:
        if self._free:
            self._free -= 1
            return
        queue = self._queues.setdefault(user, deque())
        if len(queue) >= self._each or self.waiting >= self._most:
            if not queue:
                del self._queues[user]
            raise Busy(self._retry_after())
        turn = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._pass_on()  # the turn came in the same moment
            else:
                self._forget(user, turn)
            raise

    def _forget(self, user: str, turn: asyncio.Future[None]) -> None:
        queue = self._queues.get(user)
        if queue is not None and turn in queue:
            queue.remove(turn)
            if not queue:
                del self._queues[user]

    def _pass_on(self) -> None:
        """The slot goes to the user who has waited longest for a turn; that user's next request goes behind the other users'."""
        while self._queues:
            user, queue = self._queues.popitem(last=False)
            turn = queue.popleft()
            if queue:
                self._queues[user] = queue
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _retry_after(self) -> int:
        return min(LONGEST_RETRY, max(1, math.ceil(self._seconds * (self.waiting + 1) / self.slots)))
