"""The sums that a statement prints: of which of the lines above it a line is the sum, in both of two years.

Whatever its lines are called, a statement says by its arithmetic what a total is made of: "resin", "energy" and "wages" are the costs of a
trade that no list of names holds. Two years of figures that come out to the last digit are no chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from finfoundry.ask.lexicon.ports import StoredFact

MOST = 20  # lines of one sum


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a statement in two years. ``cost``: an income statement prints it in brackets, as what is taken off."""

    first: StoredFact
    last: StoredFact

    @property
    def label(self) -> str:
        return self.last.fact.metric[-1]

    @property
    def printed(self) -> tuple[Decimal, Decimal]:
        return self.first.fact.value, self.last.fact.value

    @property
    def cost(self) -> bool:
        return (
            self.last.fact.statement == "income" and max(self.printed) <= 0 and any(self.printed) and self.last.fact.concept not in _SIGNED
        )


# which are negative where they are losses
_SIGNED = frozenset({"GrossProfit", "OperatingIncomeLoss", "IncomeLossBeforeIncomeTaxes", "ProfitLoss", "NetIncomeLoss"})


@dataclass(frozen=True, slots=True)
class Part:
    """A line with the sign by which it goes into a sum, of its amount where it is a cost."""

    line: Line
    sign: int


def sums(lines: Sequence[Line]) -> Mapping[int, Sequence[Part]]:
    """The parts of each line that is a sum of lines above it, by its row. What went into a sum goes into none further down."""
    found: dict[int, Sequence[Part]] = {}
    open_ = list[Line]()
    for line in lines:
        for size in range(2, min(len(open_), MOST) + 1) if any(line.printed) else ():
            if signs := _signs(open_[-size:], line):
                found[line.last.fact.row or 0] = [
                    Part(part, -sign if part.cost else sign) for part, sign in zip(open_[-size:], signs, strict=True)
                ]
                del open_[-size:]
                break
        open_.append(line)
    return found


def _signs(parts: Sequence[Line], whole: Line) -> Sequence[int] | None:
    """The signs by which lines as printed make up another one, to the last digit in both years."""
    for signs in _ways(len(parts)):
        if all(
            sum((sign * part.printed[end] for sign, part in zip(signs, parts, strict=True)), Decimal()) == whole.printed[end]
            for end in (0, 1)
        ):
            return signs
    return None


def _ways(count: int) -> Iterator[Sequence[int]]:
    """All added; all but the first taken off; and one of those added all the same: other income among costs."""
    yield [1] * count
    yield [1] + [-1] * (count - 1)
    if count > 2:
        for added in range(1, count):
            yield [1] + [1 if place == added else -1 for place in range(1, count)]
