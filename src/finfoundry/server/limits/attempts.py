"""Wrong keys by the address that they come from: who sends many has to wait longer and longer.

A key that has opened something before is let through all the same, so that nobody is locked out by a neighbour behind the same address.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from finfoundry.governance.api_keys import UnknownKey, digest_of

FREE = 10  # wrong keys that cost nothing
LONGEST = 60.0  # seconds of waiting
FORGOTTEN = 600.0  # seconds after the last wrong key
MOST = 10_000  # addresses, and keys known to be right, that are remembered
Key = TypeVar("Key")
Value = TypeVar("Value")
log = logging.getLogger("finfoundry.server")


class TooManyWrongKeys(UnknownKey):
    """``retry_after`` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("Too many wrong keys came from this address", remedy=f"Come again in {retry_after} s, with a key that is valid")
        self.retry_after = retry_after


@dataclass(slots=True)
class _Address:
    wrong: int = 0
    last: float = 0.0
    until: float = 0.0


class Attempts:
    """Wrong keys of one process; safe to use from several threads. ``clock`` gives seconds that never go back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._addresses: OrderedDict[str, _Address] = OrderedDict()
        self._right: OrderedDict[bytes, None] = OrderedDict()
        self._lock = threading.Lock()

    def admit(self, address: str, credential: str | None) -> None:
        """Called before a key is looked at. Raises TooManyWrongKeys."""
        with self._lock:
            found = self._addresses.get(address)
            left = found.until - self._clock() if found else 0.0
            if left > 0 and digest_of(credential or "") not in self._right:
                raise TooManyWrongKeys(max(1, round(left)))

    def right(self, credential: str) -> None:
        """A key that opened something."""
        with self._lock:
            _put(self._right, digest_of(credential), None)

    def wrong(self, address: str) -> None:
        """A key that opened nothing; from the eleventh on each doubles the wait."""
        with self._lock:
            now, found = self._clock(), self._addresses.get(address, _Address())
            if now - found.last > FORGOTTEN:
                found = _Address()
            found.wrong, found.last = found.wrong + 1, now
            wait = min(2.0 ** min(found.wrong - FREE - 1, 10), LONGEST) if found.wrong > FREE else 0.0
            found.until = now + wait
            _put(self._addresses, address, found)
        if wait:
            log.warning("%d wrong keys from %s: it waits %d s", found.wrong, address, wait)


def _put(kept: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > MOST:
        kept.popitem(last=False)
