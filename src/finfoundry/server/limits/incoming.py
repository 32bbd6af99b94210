"""The bodies of requests as they come: not too large, not too slowly, and not too many at once from one address.

A body that comes drop by drop costs nothing to send and holds a connection and memory here. So each has a time between two pieces, a rate
below which it is given up, a time in all, and its address a number and a sum of bytes that may be unfinished.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

CLOSE = {"Connection": "close"}
_USUAL = 512 * 1024  # bytes a second in which the largest body comes within its time


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """Times in seconds, sizes in bytes."""

    patience: float = 30.0  # for the next piece
    grace: float = 10.0  # before the rate counts
    slowest: float = 4096.0  # a second
    whole: float = 60.0  # for all of it, and more for a route that takes large ones
    unfinished: int = 64  # bodies of one address
    held: int = 64 * 1024 * 1024  # of the unfinished bodies of one address that lie in memory

    def seconds(self, most: int) -> float:
        """The time for a whole body of at most ``most`` bytes."""
        return self.whole + most / _USUAL


class Bodies:
    """The bodies of one event loop that are not whole yet, by address."""

    def __init__(self, limits: BodyLimits) -> None:
        self.limits = limits
        self.unfinished: Counter[str] = Counter()
        self.held: Counter[str] = Counter()

    def incoming(self, receive: Receive, address: str, most: int, *, spooled: bool) -> Incoming:
        """A body that may have ``most`` bytes; ``spooled``: it goes to disk as it comes. Raises HTTPException 429."""
        if self.unfinished[address] >= self.limits.unfinished:
            raise _too_many(f"{self.limits.unfinished} bodies of this address are unfinished")
        return Incoming(self, receive, address, most, spooled=spooled)


class Incoming:
    """One body, to be closed by who opened it."""

    def __init__(self, bodies: Bodies, receive: Receive, address: str, most: int, *, spooled: bool) -> None:
        self._bodies, self._receive, self._address, self._most = bodies, receive, address, most
        self._spooled, self._got, self._whole, self._since = spooled, 0, False, time.monotonic()
        bodies.unfinished[address] += 1

    async def piece(self) -> Message:
        """Raises HTTPException 408, 413, 429."""
        if self._whole:
            return await self._receive()  # waits for the client to leave, which may take as long as the answer
        try:
            message = await asyncio.wait_for(self._receive(), self._wait())
        except TimeoutError as error:
            raise HTTPException(408, "The body did not come in time", CLOSE) from error
        self._take(len(message.get("body", b"")))
        if not message.get("more_body", False):
            self.close()
        return message

    def close(self) -> None:
        """Count the body no longer among the unfinished: it is whole, or given up."""
        if not self._whole:
            self._whole = True
            _less(self._bodies.unfinished, self._address, 1)
            _less(self._bodies.held, self._address, 0 if self._spooled else self._got)

    def _take(self, size: int) -> None:
        limits = self._bodies.limits
        self._got += size
        if not self._spooled:
            self._bodies.held[self._address] += size
        if self._got > self._most:
            raise HTTPException(413, too_large(self._most, self._got, whole=False), CLOSE)
        if self._bodies.held[self._address] > limits.held:
            raise _too_many(f"The unfinished bodies of this address have more than {limits.held:,} bytes")

    def _wait(self) -> float:
        """Seconds for the next piece: fewer the slower the body came until now."""
        limits, spent = self._bodies.limits, time.monotonic() - self._since
        return max(min(limits.patience, limits.seconds(self._most) - spent, limits.grace + self._got / limits.slowest - spent), 0.0)


def too_large(most: int, sent: int, *, whole: bool) -> str:
    """What a refusal says: the size that was sent, as far as it is known, beside the limit."""
    return f"The body has {sent:,} bytes{'' if whole else ' or more'}; at most {most:,} are taken"


def _too_many(message: str) -> HTTPException:
    return HTTPException(429, message, {"Retry-After": "5", **CLOSE})


def _less(counts: Counter[str], address: str, by: int) -> None:
    """An address without anything is forgotten."""
    counts[address] -= by
    if counts[address] <= 0:
        del counts[address]
