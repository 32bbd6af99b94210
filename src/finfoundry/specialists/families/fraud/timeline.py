"""How far the known history of payments reaches, and where it has holes: windows that look into one are blind there."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

DAY = 86_400_000_000  # microseconds; times are whole microseconds
WINDOWS = {"1d": DAY, "7d": 7 * DAY, "30d": 30 * DAY}  # how far the features of a payment look back
LONGEST = max(WINDOWS.values())
Hole = tuple[int, int]  # the payments before and after it


@dataclass
class Timeline:
    """Times of the first and the last known payment, and stretches between two payments that are longer than ``patience``.

    ``patience`` is the delay of labels, and a day at least: a history that ends earlier than that says little of today.
    """

    patience: int
    first: int | None = None
    last: int | None = None
    holes: list[Hole] = field(default_factory=list)

    @classmethod
    def of(cls, delay: int, times: Iterable[int] = ()) -> Timeline:
        """The timeline of a history; ``delay`` and ``times`` in microseconds."""
        found = cls(max(delay, DAY))
        found.add(times)
        return found

    def add(self, times: Iterable[int]) -> None:
        """Payments that became known, in any order."""
        for at in sorted(set(times)):
            if self.first is None or self.last is None:
                self.first = self.last = at
            elif at > self.last:
                self._open(self.last, at)
                self.last = at
            elif at < self.first:
                self._open(at, self.first)
                self.first = at
            else:
                self._fill(at)

    def blind(self, at: int) -> str | None:
        """Why a payment at this time cannot be scored: no payment is known before it that is recent enough."""
        if self.first is None or self.last is None or at <= self.first:
            return "no earlier payment is known: its windows would be empty"
        before = next((start for start, end in self.holes if start < at <= end), self.last if at > self.last else at)
        if at - before <= self.patience:
            return None
        return f"the known history ends {day(before)}, {(at - before) / DAY:.0f} days before: send the payments in between first"

    def hole_before(self, at: int) -> Hole | None:
        """The latest hole that the longest window of a payment at this time looks into."""
        return next((hole for hole in reversed(self.holes) if at - LONGEST < hole[1] < at), None)

    def _open(self, start: int, end: int) -> None:
        if end - start > self.patience:
            self.holes.insert(bisect_left(self.holes, (start, end)), (start, end))

    def _fill(self, at: int) -> None:
        """A payment inside: a hole around it becomes two, or smaller, or none."""
        for hole in [one for one in self.holes if one[0] < at < one[1]]:
            self.holes.remove(hole)
            self._open(hole[0], at)
            self._open(at, hole[1])


def day(at: int) -> str:
    """A moment (microseconds since 1970) as it is printed: "2024-01-31 09:30", in UTC."""
    return datetime.fromtimestamp(at / 1e6, UTC).strftime("%Y-%m-%d %H:%M")
