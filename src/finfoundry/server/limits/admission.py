"""A bounded queue before the work that needs a thread or the model: tenants take turns, and within a tenant its users; nobody holds all
slots alone; whose turn took as long as several of the others waits as many rounds; who cannot wait, or whose turn would come too late, gets
Busy with the time to come again.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from finfoundry.server.limits.errors import Busy

LONGEST_RETRY = 60  # seconds
MOST_ROUNDS = 30  # that a long turn costs
_WEIGHT = 0.2  # of the latest duration in the running mean
Turn = asyncio.Future[None]


class FairAdmission:
    """``slots`` at once, but one, where there are several, of one user; at most ``waiting`` in the queue, ``tenant`` of one tenant,
    ``each`` of one user. Lives in one event loop.
    """

    def __init__(self, slots: int, *, waiting: int = 256, tenant: int = 128, each: int = 32) -> None:
        self.slots = slots
        self._free = slots
        self._most = waiting
        self._most_of_tenant = tenant
        self._most_of_user = each
        self._queues: OrderedDict[str, OrderedDict[str, deque[Turn]]] = OrderedDict()  # tenant → user → turns, whose turn it is first
        self._running: Counter[str] = Counter()  # turns of each user
        self._owed: Counter[str] = Counter()  # rounds that each user lets pass
        self._seconds = 1.0  # that a turn takes, on average

    @property
    def waiting(self) -> int:
        return sum(map(_length, self._queues.values()))

    @property
    def full(self) -> bool:
        return not self._free and self.waiting >= self._most

    @property
    def running(self) -> int:
        return self.slots - self._free

    @asynccontextmanager
    async def turn(self, user: str, tenant: str | None = None, longest: float | None = None) -> AsyncIterator[Held]:
        """Wait for a slot and hold it. Without a tenant a user is one. Raises Busy as ``enter``; a cancelled wait leaves the queue."""
        held = await self.enter(user, tenant, longest)
        try:
            yield held
        finally:
            held.end()

    async def enter(self, user: str, tenant: str | None = None, longest: float | None = None) -> Held:
        """Wait for a slot, at most ``longest`` seconds. Raises Busy: at once when the queue is full or the turn would come later than that,
        else when it did not come by then.
        """
        if longest is not None and not self._free and self._expected() > longest:
            raise Busy(self._retry_after(), f"a turn would not come within {longest:.0f} s (FINFOUNDRY_ASK_DEADLINE)")
        try:
            async with asyncio.timeout(longest):
                await self._enter(user, f"tenant {tenant}" if tenant else f"user {user}")
        except TimeoutError as error:
            raise Busy(self._retry_after(), f"no turn came within {longest:.0f} s (FINFOUNDRY_ASK_DEADLINE)") from error
        return Held(self, user)

    def ended(self, user: str, seconds: float) -> None:
        if (rounds := min(int(seconds / self._seconds), MOST_ROUNDS)) > 1:
            self._owed[user] += rounds - 1
        self._seconds += _WEIGHT * (min(seconds, MOST_ROUNDS * self._seconds) - self._seconds)
        self._leave(user)

    def _expected(self) -> float:
        """Seconds until the turn of who comes last now."""
        return self._seconds * (self.waiting + 1) / self.slots

    async def _enter(self, user: str, tenant: str) -> None:
        if self._free and self._may_run(user):
            self._begin(user)
            return
        users = self._queues.get(tenant, OrderedDict())
        self._refuse_more(len(users.get(user, ())), _length(users))
        turn: Turn = asyncio.get_running_loop().create_future()
        self._queues.setdefault(tenant, users).setdefault(user, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave(user)  # the turn came in the same moment
            else:
                self._forget(tenant, user, turn)
            raise

    def _refuse_more(self, of_user: int, of_tenant: int) -> None:
        """Raises Busy that names the bound."""
        for waiting, most, whose, setting in (
            (of_user, self._most_of_user, "of this user", "_USER"),
            (of_tenant, self._most_of_tenant, "of this tenant", "_TENANT"),
            (self.waiting, self._most, "", ""),
        ):
            if waiting >= most:
                raise Busy(self._retry_after(), f"{most} requests {whose}".rstrip() + f" wait already (FINFOUNDRY_ASK_WAITING{setting})")

    def _may_run(self, user: str) -> bool:
        return self._running[user] < max(self.slots - 1, 1)

    def _begin(self, user: str) -> None:
        self._free -= 1
        self._running[user] += 1

    def _forget(self, tenant: str, user: str, turn: Turn) -> None:
        users = self._queues.get(tenant, OrderedDict())
        queue = users.get(user, deque())
        if turn in queue:
            queue.remove(turn)
        self._drop_empty(tenant, user)

    def _drop_empty(self, tenant: str, user: str) -> None:
        users = self._queues.get(tenant, OrderedDict())
        if not users.get(user):
            users.pop(user, None)
        if not users:
            self._queues.pop(tenant, None)

    def _leave(self, user: str) -> None:
        """A slot is free again. It goes to the tenant that has waited longest for a turn, there to the user who has."""
        self._free += 1
        _less(self._running, user)
        if not self._queues:
            self._owed.clear()  # nobody waits for what was taken
        while self._free and (turn := self._next()):
            turn.set_result(None)

    def _next(self) -> Turn | None:
        """The turn of who comes next, which begins; what follows of user and tenant goes last. None where nobody may begin."""
        able = [(tenant, user) for tenant, users in self._queues.items() for user in users if self._may_run(user)]
        if not able:
            return None
        for tenant, user in able:
            if not self._owed[user]:
                return self._taken(tenant, user)
            self._pass(tenant, user)
        return self._taken(*min(able, key=lambda one: self._owed[one[1]]))  # all let a round pass: who owes least

    def _pass(self, tenant: str, user: str) -> None:
        _less(self._owed, user)
        self._queues[tenant].move_to_end(user)
        self._queues.move_to_end(tenant)

    def _taken(self, tenant: str, user: str) -> Turn | None:
        turn = self._queues[tenant][user].popleft()
        self._queues[tenant].move_to_end(user)
        self._queues.move_to_end(tenant)
        self._drop_empty(tenant, user)
        if turn.done():  # who waited has left in this moment
            return self._next()
        self._begin(user)
        return turn

    def _retry_after(self) -> int:
        return min(LONGEST_RETRY, max(1, math.ceil(self._expected())))


class Held:
    """A slot that is held."""

    def __init__(self, queue: FairAdmission, user: str) -> None:
        self._queue: FairAdmission | None = queue
        self._user = user
        self._since = time.monotonic()

    def end(self) -> None:
        """Pass it on, once; to be called in the event loop of the queue."""
        queue, self._queue = self._queue, None
        if queue is not None:
            queue.ended(self._user, time.monotonic() - self._since)


def _length(users: OrderedDict[str, deque[Turn]]) -> int:
    return sum(map(len, users.values()))


def _less(counts: Counter[str], user: str) -> None:
    """Count one less for a user; a user without any is forgotten."""
    counts[user] -= 1
    if counts[user] <= 0:
        del counts[user]
