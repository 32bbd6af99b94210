"""The windows of fraud: what an entity (card, merchant …) did before a moment, in whole numbers, and the features made of it.

A ledger holds the pasts of entities in memory. Payments and labels may come in any order: a payment counts from its own time on, a label
from the time of its payment plus the delay on, so that what is seen at a moment depends on what came, never on when it came.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from finfoundry.core import cancellation
from finfoundry.specialists.families.fraud.timeline import DAY, LONGEST, WINDOWS, Timeline

_AMOUNT = 10_000  # an amount's unit in the sums
_MOST = 10_000_000  # tenths: larger amounts count as this in the squares, so that 64 bits hold them
_UNUSUAL = 2.0  # standard deviations
Units = tuple[int, int]  # an amount in ten-thousandths and in tenths
Sums = tuple[int, int, int]
Key = tuple[int, str]  # number of the entity, its value


@dataclass(slots=True)
class Payment:
    """One payment. ``place`` orders those of one moment as they came; ``fraud`` is None as long as nothing is known; ``odd``: it was fraud,
    and no amount explains it.
    """

    id: str
    at: int
    keys: tuple[str, ...]
    units: Units
    place: int = 0
    fraud: bool | None = None
    odd: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """What one entity's past says at one moment, in whole numbers. ``last`` and ``last_fraud`` are times, -1 where there is none."""

    windows: list[tuple[int, int]]  # count, amounts
    labels: list[tuple[int, int, int]]  # known labels, frauds, frauds that no amount explains
    usual: tuple[int, int, int]  # count, tenths, squares of tenths over the longest window, without known frauds
    recent: tuple[int, int]  # of the last three known labels: how many there are, how many are frauds
    last: int
    last_fraud: int


def names_of(entities: tuple[str, ...]) -> list[str]:
    """The features in their order, without what the file itself brings."""
    found = ["hour", "weekday", "amount"]
    for entity in entities:
        found += [f"{entity} seconds since last", f"{entity} seconds since known fraud", f"{entity} last labels"]
        found += [f"{entity} amount deviation", f"{entity} amount to usual", f"{entity} usual spread"]
        for window in WINDOWS:
            found += [f"{entity} count {window}", f"{entity} mean amount {window}", f"{entity} amount to mean {window}"]
            found += [f"{entity} frauds known {window}", f"{entity} fraud rate known {window}", f"{entity} unexplained frauds {window}"]
    return found


def whole(amount: float) -> Units:
    """An amount in whole units; a missing one counts as 0."""
    if amount != amount or abs(amount) == float("inf"):
        return 0, 0
    return round(amount * _AMOUNT), max(min(round(amount * 10), _MOST), -_MOST)


def clock(at: int) -> tuple[float, float]:
    """Hour of the day with fraction, and day of the week (0 = Monday; 1970-01-01 was a Thursday)."""
    return at % DAY / (DAY / 24), float((at // DAY + 3) % 7)


def deviation(tenths: int, usual: tuple[int, int, int]) -> float:
    """How many standard deviations (plus one unit of money) an amount lies above what is usual; NaN with fewer than two."""
    count, total, squares = usual
    if count < 2:
        return float("nan")
    spread = (max(count * squares - total * total, 0) / (count * count)) ** 0.5
    return float((tenths - total / count) / (spread + 10))


def unexplained(deviations: Iterable[float]) -> bool:
    """No amount of this transaction is unusual for any of its entities: were it fraud, the amount would not show it."""
    return not any(one > _UNUSUAL for one in deviations)


def entity_features(now: int, units: Units, view: View) -> list[float]:
    """From whole numbers to floats: the only arithmetic on floats, shared by file and service."""
    cents, tenths = units
    count, total, squares = view.usual
    nan = float("nan")
    found = [
        (now - view.last) / 1e6 if view.last >= 0 else nan,
        (now - view.last_fraud) / 1e6 if view.last_fraud >= 0 else nan,
        view.recent[1] / view.recent[0] if view.recent[0] else nan,
        deviation(tenths, view.usual),
        (tenths + 10) * count / (total + 10 * count) if count and total + 10 * count > 0 else nan,
        (max(count * squares - total * total, 0) / (count * count)) ** 0.5 / 10 if count else nan,
    ]
    for (count, amounts), (labelled, frauds, odd) in zip(view.windows, view.labels, strict=True):
        found += [float(count), amounts / (count * _AMOUNT) if count else nan, cents * count / amounts if amounts else nan]
        found += [float(frauds), (frauds + 0.01) / (labelled + 1.0), float(odd)]
    return found


@dataclass(slots=True)
class Past:
    """One entity: its payments by time with running sums (the first entry is 0), and the same of those whose label is known."""

    payments: list[Payment] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    sums: list[Sums] = field(default_factory=lambda: [(0, 0, 0)])  # amounts, tenths, squares of tenths
    told: list[Payment] = field(default_factory=list)
    known: list[int] = field(default_factory=list)  # their times
    frauds: list[Sums] = field(default_factory=lambda: [(0, 0, 0)])  # of those in ``told``: frauds, their tenths, squares
    odd: list[int] = field(default_factory=lambda: [0])  # of those in ``told``: frauds that no amount explains
    fraud_at: list[int] = field(default_factory=list)

    def add(self, new: list[Payment]) -> None:
        """Payments in any order, with what is known of them; what comes after all others is cheap."""
        new.sort(key=_in_order)
        if self.at and new[0].at < self.at[-1]:
            new = sorted([*self.payments, *new], key=_in_order)
            self.payments, self.at, self.sums = [], [], [(0, 0, 0)]
        self.payments += new
        amounts, tenths, squares = self.sums[-1]
        for one in new:
            self.at.append(one.at)
            amounts, tenths, squares = amounts + one.units[0], tenths + one.units[1], squares + one.units[1] ** 2
            self.sums.append((amounts, tenths, squares))
        self.tell([one for one in new if one.fraud is not None])

    def tell(self, labelled: list[Payment]) -> None:
        """Take up the labels of these payments of ours."""
        labelled.sort(key=_in_order)
        if labelled and self.told and _in_order(labelled[0]) <= _in_order(self.told[-1]):
            self.told, self.known, self.frauds, self.odd, self.fraud_at = [], [], [(0, 0, 0)], [0], []
            labelled = [one for one in self.payments if one.fraud is not None]
        frauds, tenths, squares = self.frauds[-1]
        for one in labelled:
            if one.fraud:
                frauds, tenths, squares = frauds + 1, tenths + one.units[1], squares + one.units[1] ** 2
                self.fraud_at.append(one.at)
            self.frauds.append((frauds, tenths, squares))
            self.odd.append(self.odd[-1] + bool(one.fraud and one.odd))
            self.known.append(one.at)
        self.told += labelled

    def find(self, wanted: Payment) -> Payment:
        """Our own object of a payment."""
        place = bisect_left(self.at, wanted.at)
        while self.payments[place].id != wanted.id:
            place += 1
        return self.payments[place]

    def judged(self, wanted: Payment) -> None:
        """Take up whether an amount explains this fraud."""
        place = bisect_left(self.known, wanted.at)
        while self.told[place].id != wanted.id:
            place += 1
        change = int(wanted.odd) - (self.odd[place + 1] - self.odd[place])
        self.told[place].odd = wanted.odd
        if change:
            self.odd[place + 1 :] = [one + change for one in self.odd[place + 1 :]]

    def usual(self, at: int, delay: int) -> Sums:
        """Count, tenths and squares over the longest window before ``at`` without known frauds."""
        now, told = bisect_left(self.at, at), bisect_left(self.known, at - delay)
        first = bisect_left(self.at, at - LONGEST, 0, now)
        since = min(bisect_left(self.known, at - LONGEST), told)
        (_, tenths, squares), (_, tenths_before, squares_before) = self.sums[now], self.sums[first]
        frauds, before = self.frauds[told], self.frauds[since]
        return (
            now - first - (frauds[0] - before[0]),
            tenths - tenths_before - (frauds[1] - before[1]),
            squares - squares_before - (frauds[2] - before[2]),
        )

    def view(self, at: int, delay: int) -> View:
        """The past before ``at``, with the labels of payments before ``at`` less the delay."""
        now, told = bisect_left(self.at, at), bisect_left(self.known, at - delay)
        end, frauds = self.sums[now][0], self.frauds[told][0]
        windows, labels = [], []
        for width in WINDOWS.values():
            first = bisect_left(self.at, at - width, 0, now)
            windows.append((now - first, end - self.sums[first][0]))
            since = bisect_left(self.known, at - delay - width, 0, told)
            labels.append((told - since, frauds - self.frauds[since][0], self.odd[told] - self.odd[since]))
        recent = max(told - 3, 0)
        fraud = bisect_left(self.fraud_at, at - delay)
        latest = (told - recent, frauds - self.frauds[recent][0])
        return View(
            windows, labels, self.usual(at, delay), latest, self.at[now - 1] if now else -1, self.fraud_at[fraud - 1] if fraud else -1
        )  # fmt: skip


def _in_order(one: Payment) -> tuple[int, int]:
    return one.at, one.place


Load = Callable[[Sequence[Key]], Iterable[tuple[Key, list[Payment]]]]


class Ledger:
    """The pasts of entities. ``load`` fetches those that are not here yet, each with its payments.

    A payment may be in the pasts of its entities as different objects: what becomes known of it is noted in each.
    """

    def __init__(self, entities: tuple[str, ...], delay_days: float, load: Load | None = None) -> None:
        self.entities = entities
        self.delay = round(delay_days * DAY)
        self.size = 0  # payments held, once for each entity
        self.load = load
        self.timeline: Timeline | None = None  # of all payments, those of other entities, too
        self._pasts: dict[Key, Past] = {}

    def fetch(self, keys: Iterable[Key]) -> None:
        """Have the pasts of these keys here."""
        missing = [key for key in dict.fromkeys(keys) if key not in self._pasts]
        self._pasts |= {key: Past() for key in missing}
        for key, payments in self.load(missing) if self.load and missing else ():
            self._pasts[key].add(payments)
            self.size += len(payments)

    def forget(self, keys: Iterable[Key]) -> None:
        """Let these be fetched again."""
        for key in keys:
            past = self._pasts.pop(key, None)
            self.size -= len(past.payments) if past else 0

    def enter(self, payments: Sequence[Payment]) -> None:
        """Take in payments that are not here, with what is known of them."""
        by_key = _by_key(payments)
        self.fetch(by_key)
        for key, found in by_key.items():
            self._pasts[key].add(found)
            self.size += len(found)

    def tell(self, payments: Sequence[Payment]) -> None:
        """Take up the labels of payments that are here."""
        by_key = _by_key(payments)
        self.fetch(by_key)
        for key, found in by_key.items():
            past = self._pasts[key]
            ours = [past.find(one) for one in found]
            for own, one in zip(ours, found, strict=True):
                own.fraud, own.odd = one.fraud, one.odd
            past.tell(ours)

    def judge(self, frauds: Sequence[Payment]) -> list[Payment]:
        """Find out of frauds whether an amount explains them; returns those of which another thing was said before."""
        changed = []
        for one in frauds:
            cancellation.check()
            odd = unexplained(deviation(one.units[1], past.usual(one.at, self.delay)) for past in self._of(one.keys))
            if odd != one.odd:
                one.odd = odd
                changed.append(one)
                for past in self._of(one.keys):
                    past.judged(one)
        return changed

    def features(self, at: int, keys: tuple[str, ...], amount: float) -> list[float]:
        """The features of a payment at ``at`` (microseconds), from strictly earlier ones."""
        units = whole(amount)
        found = [*clock(at), amount]
        for past in self._of(keys):
            found += entity_features(at, units, past.view(at, self.delay))
        return found

    def fraud_after(self, key: Key, at: int) -> bool:
        """Whether a fraud of this key is known later than ``at``."""
        past = self._pasts[key]
        return bool(past.fraud_at) and past.fraud_at[-1] > at

    def _of(self, keys: tuple[str, ...]) -> list[Past]:
        found = [self._pasts.get(key) for key in enumerate(keys)]
        if None in found:
            self.fetch(enumerate(keys))
        return [self._pasts[key] for key in enumerate(keys)]


def _by_key(payments: Sequence[Payment]) -> dict[Key, list[Payment]]:
    found: dict[Key, list[Payment]] = {}
    for one in payments:
        for key in enumerate(one.keys):
            found.setdefault(key, []).append(one)
    return found
