"""Each figure of a text against the items of the evidence: which one it is, or why it is none.

A figure is bound when its value rounds to what is printed and nothing in the sentence speaks against the item: unit, sign, period,
scope, entity, and the name of the metric, for which no other item may fit better.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from finfoundry.binding.claims import Claim, read_claims
from finfoundry.binding.derive import derive, supposed
from finfoundry.binding.evidence import Evidence, EvidenceItem
from finfoundry.binding.index import EvidenceIndex
from finfoundry.binding.sense import NAMED, Reason, Sense
from finfoundry.core import cancellation

_ORDER: tuple[Reason, ...] = ("sign differs", "other unit", "other scope", "other year", "other entity", "sibling row", "metric not found")
_FACTORS = [Decimal(10) ** sign for power in (3, 6, 9, 2, 4, 8, 1) for sign in (power, -power)]  # scales, the usual ones first


@dataclass(frozen=True, slots=True)
class Match:
    """A figure of the text with the item that it is, or the reason why it is none and the nearest item, if any."""

    claim: Claim
    item: EvidenceItem | None
    reason: Reason | None = None
    nearest: EvidenceItem | None = None


class Matcher:
    """Matches the figures of texts against evidence."""

    def __init__(self, evidence: Sequence[Evidence], question: str = "") -> None:
        self.index = EvidenceIndex(evidence, question)

    def match(self, text: str) -> list[Match]:
        """All figures of the text in order."""
        names = (*self.index.entities.spans(text), *self.index.computed_for.spans(text))
        return [self._match(claim, text) for claim in read_claims(self._without_name_digits(text), names)]

    def _without_name_digits(self, text: str) -> str:
        """The text with the digits masked where it repeats a row's name: they are no figures and no years."""
        lowered = text.lower()
        for name in self.index.digit_names:
            start = lowered.find(name)
            while start >= 0:
                end = start + len(name)
                text = text[:start] + re.sub(r"\d", "#", text[start:end]) + text[end:]
                start = lowered.find(name, end)
        return text

    def _match(self, claim: Claim, text: str) -> Match:
        cancellation.check()
        sense = Sense(self.index, claim, text)
        near = [(index, sense.conflicts(index)) for index in self._rounding_to(claim)]
        fitting = [index for index, conflicts in near if not conflicts]
        if fitting:
            return Match(claim, self.index.items[min(fitting, key=sense.rank)])
        derived = derive(sense)
        if derived:
            return Match(claim, derived)
        given = self._given(claim)
        if given:
            return Match(claim, given)
        if near:
            index, conflicts = min(near, key=lambda pair: (len(pair[1]), -sense.score(pair[0])))
            return Match(claim, None, next(reason for reason in _ORDER if reason in conflicts), self.index.items[index])
        return self._missing(claim, sense)

    def _rounding_to(self, claim: Claim) -> Iterable[int]:
        """Items that print as this figure at its own precision: within half a step, or below or above as the words say."""
        value, step = abs(claim.number.value), claim.number.step
        if not value:  # what is printed as nothing must be nothing
            return range(bisect.bisect_left(self.index.values, 0), bisect.bisect_right(self.index.values, 0))
        low, high = value - step / 2, value + step / 2
        if claim.bound > 0:
            high = value + step
        elif claim.bound < 0:
            low = value - step
        return range(bisect.bisect_left(self.index.values, low), bisect.bisect_right(self.index.values, high))

    def _missing(self, claim: Claim, sense: Sense) -> Match:
        """No item has the value: say how the item that is meant differs."""
        meant = sense.meant()
        number = abs(claim.number.value)
        for index in meant:
            if _scaled(number, abs(self.index.items[index].value), claim.number.step):
                return Match(claim, None, "wrong scale", self.index.items[index])
        for index in self._values_scaled(claim):
            if sense.score(index) >= NAMED:
                return Match(claim, None, "wrong scale", self.index.items[index])
        for index in meant:
            if _one_digit(claim, self.index.items[index]):
                return Match(claim, None, "digit differs", self.index.items[index])
        return Match(claim, None, "not there", self.index.items[meant[0]] if meant else None)

    def _values_scaled(self, claim: Claim) -> Iterable[int]:
        low, high = abs(claim.number.value) - claim.number.step / 2, abs(claim.number.value) + claim.number.step / 2
        for factor in _FACTORS if self.index.values else ():
            first = bisect.bisect_left(self.index.values, low * factor)
            if first < len(self.index.values) and self.index.values[first] <= high * factor:
                yield from range(first, bisect.bisect_right(self.index.values, high * factor))

    def _given(self, claim: Claim) -> EvidenceItem | None:
        """A number that the question supposes ("at a tax rate of 25 %") and the answer repeats."""
        question = self.index.question
        return next((item for item in question.items if supposed(claim, item, question.text)), None)


def _scaled(value: Decimal, other: Decimal, step: Decimal) -> bool:
    if not value or not other:
        return False
    power = (other / value).adjusted() if other >= value else -(value / other).adjusted()
    return any(
        shift and abs(value * Decimal(10) ** shift - other) <= step * Decimal(10) ** shift / 2 for shift in (power - 1, power, power + 1)
    )


def _one_digit(claim: Claim, item: EvidenceItem) -> bool:
    """The figure and the item, printed alike, differ in one or two digits of the same place."""
    step = claim.number.step
    if not step:
        return False
    ours, theirs = str(abs((claim.number.value / step).to_integral_value())), str(abs((item.value / step).to_integral_value()))
    return len(ours) == len(theirs) and len(ours) > 1 and sum(a != b for a, b in zip(ours, theirs, strict=True)) <= 2
