"""One figure of a text with all that the text says of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from finfoundry.binding.sentence.claim_patterns import CLAUSE, COMPARE, listed_name
from finfoundry.binding.sentence.labels import words
from finfoundry.core.document import Scope
from finfoundry.core.periods import FoundPeriod
from finfoundry.core.quantities.numbers import PrintedNumber

_BOUNDED, _LOOSE = 4, 10  # the part of a figure by which the true one may be off: of "more than 600", of "about 600"


@dataclass(frozen=True, slots=True)
class Claim:
    """One figure of a text with what the text says of it. ``contexts`` are the words near it, closest first."""

    number: PrintedNumber
    sentence: str
    contexts: tuple[str, ...]
    nearby: str
    periods: tuple[FoundPeriod, ...]
    scope: Scope | None
    direction: int
    negative: bool
    bound: int  # 1: "more than", -1: "nearly", 0: rounded
    start: int  # of the sentence in the text
    order: tuple[int, int] | None = None  # (k, n): the kth of n figures that follow a list of n names
    lead: str = ""  # the words before that list of figures
    markers: tuple[int, ...] = ()  # citation markers of the sentence
    months: int = 0  # of the span that the words give ("in the quarter"), where no date does; 0 where they give none
    move: int = 0  # of a level: the direction in which the words say that it moved
    earlier: bool = False  # of a level: another one is compared with it
    heads: tuple[str, ...] = ()  # the words before the figure, back to a break, back to the figure before
    loose: bool = False  # "about": a round number may stand for what rounds to it; of a bound: "nearly", which is no "less than"
    beside: tuple[FoundPeriod, ...] = ()  # the one time of the sentence, where the figure's own is only supposed: another line's then
    strict: bool = False  # of a bound: "more than", which just so much is not

    @property
    def name(self) -> str:
        """The words by which the figure is named: the kth of as many names as figures, else those before it, back to a break."""
        before = (head.partition(" … ")[0] for head in self.heads)
        return listed_name(self.lead, self.order) or next((one for one in before if words(one)), "")

    @property
    def behind(self) -> str:
        """The words behind the figure, up to a break or a comparison; none where another figure follows, which they are before."""
        behind = self.contexts[0].partition(" … ")[2]
        end = self.number.end - self.start + len(behind)
        compared = COMPARE.search(behind)
        if compared:
            return behind[: compared.start()]
        return behind if end >= len(self.sentence) or CLAUSE.match(self.sentence, end) else ""

    @property
    def own(self) -> str:
        """The words of the figure since the one before; the sentence where there are none."""
        return self.contexts[1] if words(self.heads[1]) else self.sentence

    @property
    def window(self) -> tuple[Decimal, Decimal]:
        """How far below and above the printed figure the true one may be: half a step; on one side of it where a bound is told."""
        step, value, within = self.number.step, abs(self.number.value), self.number.within
        if within:
            return within[0] - value, within[1] - value
        coarse = max(step, min(_coarsest(self.number), value / (_LOOSE if self.loose else _BOUNDED))) if step else step
        if self.bound:
            return (Decimal(0), coarse) if self.bound > 0 else (-coarse, Decimal(0))
        if self.loose:
            return -max(step, min(_coarsest(self.number), value / _LOOSE)) / 2, max(step, min(_coarsest(self.number), value / _LOOSE)) / 2
        return -step / 2, step / 2

    def admits(self, size: Decimal) -> bool:
        """Whether words that put the true figure above or below the printed one, "more than", let it be of such a size."""
        told = abs(self.number.value)
        if not (self.strict and self.bound):
            return True
        return size > told if self.bound > 0 else size < told


def _coarsest(number: PrintedNumber) -> Decimal:
    """The worth of the last digit of a figure that is no trailing zero: of 600 a hundred."""
    whole = abs(number.value / number.step).to_integral_value(ROUND_DOWN) if number.step else Decimal(0)
    digits = format(whole, "f")  # an int of thousands of digits has no text
    zeros = len(digits) - len(digits.rstrip("0")) if whole else 0
    return number.step.scaleb(zeros)
