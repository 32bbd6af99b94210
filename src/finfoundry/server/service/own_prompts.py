"""Which prompts of the base itself go on from what the engine said to the same user.

An engine that keeps earlier prompts reads one that begins alike sooner: who measures that could learn what others have asked. So a prompt
of one's own words is read anew, unless all but its last message is a conversation that this user has had.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence

from finfoundry.core.protocols import Message
from finfoundry.runtime.audit import canonical, plain

MOST = 10_000  # conversations that are remembered, by their digests


class OwnPrompts:
    """The conversations that users had with the base itself, in one process, as digests."""

    def __init__(self) -> None:
        self._had: OrderedDict[bytes, None] = OrderedDict()
        self._lock = threading.Lock()

    def goes_on(self, user: str, messages: Sequence[Message]) -> bool:
        """Whether all before the last message is a conversation that this user had with this process."""
        with self._lock:
            return _digest(user, messages[:-1]) in self._had

    def keep(self, user: str, messages: Sequence[Message], reply: str) -> None:
        """Remember a user's messages and the reply to them."""
        had = _digest(user, [*messages, Message("assistant", reply)])
        with self._lock:
            self._had[had] = None
            self._had.move_to_end(had)
            if len(self._had) > MOST:
                self._had.popitem(last=False)


def _digest(user: str, messages: Sequence[Message]) -> bytes:
    return hashlib.sha256(canonical(plain([user, *messages]))).digest()
