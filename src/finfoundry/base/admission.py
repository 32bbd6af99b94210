"""Who may use an engine now: a few at once, some more in line, the rest get EngineBusy."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from finfoundry.core.errors import EngineBusy, EngineTimeout


class Admission:
    """``slots`` requests run at a time, ``waiting`` wait in the order of their coming."""

    def __init__(self, slots: int, waiting: int) -> None:
        self.slots = slots
        self.waiting = waiting
        self.running = 0
        self.line: deque[object] = deque()
        self.changed = threading.Condition()

    @contextmanager
    def turn(self, until: float) -> Iterator[None]:
        """Wait for a slot, at most ``until`` (monotonic seconds), and hold it. Raises EngineBusy, EngineTimeout."""
        self._wait(until)
        try:
            yield
        finally:
            with self.changed:
                self.running -= 1
                self.changed.notify_all()

    def _wait(self, until: float) -> None:
        ticket = object()
        with self.changed:
            if self.running >= self.slots and len(self.line) >= self.waiting:
                raise EngineBusy(f"{self.running} requests run and {len(self.line)} wait", remedy="Try again in a moment")
            self.line.append(ticket)
            try:
                while self.line[0] is not ticket or self.running >= self.slots:
                    if not self.changed.wait(until - time.monotonic()):
                        raise EngineTimeout(
                            "the deadline passed while the request waited for its turn", remedy="Try again, or allow more time"
                        )
                self.running += 1
            finally:
                self.line.remove(ticket)
                self.changed.notify_all()
