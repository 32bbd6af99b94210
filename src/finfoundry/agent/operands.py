"""Operands: the one fact that a concept means at a fiscal span, out of all that the documents print.

Consolidated before parent (unless asked), without dimensions before with, the primary statement before notes and summaries, the later
document before the earlier. What differs between two documents is said (``Operand.earlier``); what differs within one rank is a conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from finfoundry.agent.sources import StoredFact
from finfoundry.agent.spans import Span, matches
from finfoundry.agent.vocabulary import tokens
from finfoundry.core.document import Scope
from finfoundry.core.periods import FiscalYear, Period, parse_iso


@dataclass(frozen=True, slots=True)
class Operand:
    """A fact in its role. ``earlier`` is what an older document printed for the same thing, if it differs; ``rivals`` are values of
    the same rank in the same document.
    """

    name: str
    span: Span
    stored: StoredFact
    flipped: bool = False  # an outflow printed as a negative amount, used as the amount
    earlier: StoredFact | None = None
    rivals: tuple[StoredFact, ...] = ()

    @property
    def value(self) -> Decimal:
        return -self.stored.fact.value if self.flipped else self.stored.fact.value


@dataclass(frozen=True, slots=True)
class Metric:
    """What the selection must know of a concept: the statement it stands in, whether it is a balance, whether it is an outflow."""

    statement: str | None = None
    instant: bool | None = None
    outflow: bool = False


@dataclass(slots=True)
class Operands:
    """Finds operands for one entity. ``fetch(concept, label)`` returns the candidate facts of all periods."""

    fetch: Callable[[str | None, str | None], Sequence[StoredFact]]
    calendar: FiscalYear
    metrics: Mapping[str, Metric]
    labels: Mapping[str, str]
    published: Mapping[str, str]  # document id -> ISO date or period of the document, to tell later from earlier
    scope: Scope = "consolidated"
    _cache: dict[str, list[StoredFact]] = field(default_factory=dict)

    def find(self, name: str, span: Span) -> Operand | None:
        """The operand, or None when no document holds it."""
        metric = self.metrics.get(name, Metric())
        wanted = span.at(self.calendar)
        found = [stored for stored in self.candidates(name) if _fits(stored, wanted, metric)]
        if not found:
            return None
        found.sort(key=lambda stored: (self._rank(stored, name, metric), self.published.get(stored.document_id, "")), reverse=True)
        return self._chosen(found, name, span, metric)

    def candidates(self, name: str) -> list[StoredFact]:
        """Facts of all periods that may be meant by a name: of its concept, or with its label's words."""
        if name not in self._cache:
            label = self.labels.get(name)
            found = self.fetch(None, label) if label else self.fetch(name, None)
            self._cache[name] = [stored for stored in found if label is None or covers(stored, label)]
        return self._cache[name]

    def spans(self, name: str) -> list[Span]:
        """The fiscal years for which a name is there, the latest first."""
        years = {self.calendar.year_of(parse_iso(stored.fact.period).end) for stored in self.candidates(name)}
        return [Span(year) for year in sorted(years, reverse=True) if self.find(name, Span(year))]

    def _rank(self, stored: StoredFact, name: str, metric: Metric) -> tuple[bool | int | float, ...]:
        fact = stored.fact
        return (
            fact.scope == self.scope,
            not fact.dimensions,
            metric.statement is not None and fact.statement == metric.statement,
            fact.statement is not None,
            -_surplus(stored, self.labels[name]) if name in self.labels else 0,
            fact.confidence >= 0.9,
        )

    def _chosen(self, found: Sequence[StoredFact], name: str, span: Span, metric: Metric) -> Operand | None:
        best = found[0]
        if best.fact.scope != self.scope:
            return None
        rank = self._rank(best, name, metric)
        equals = [stored for stored in found[1:] if self._rank(stored, name, metric) == rank and differs(stored, best)]
        rivals = tuple(stored for stored in equals if stored.document_id == best.document_id)
        earlier = next((stored for stored in equals if stored.document_id != best.document_id), None)
        flipped = metric.outflow and best.fact.value < 0
        return Operand(name, span, best, flipped, earlier, rivals)


def _fits(stored: StoredFact, wanted: Period, metric: Metric) -> bool:
    instant = "/" not in stored.fact.period
    return (metric.instant is None or metric.instant == instant) and matches(stored.fact.period, wanted)


def differs(one: StoredFact, other: StoredFact) -> bool:
    """Whether two facts differ by more than the rounding of the coarser one (and not by sign alone, which prints differ in)."""
    a, b = one.fact, other.fact
    step = max(a.scale.scaleb(-a.precision), b.scale.scaleb(-b.precision))
    return abs(abs(a.value) - abs(b.value)) > step


def covers(stored: StoredFact, label: str) -> bool:
    """Whether a fact's label path (or its dimensions) holds all words of a label."""
    held = {token.text for token in tokens(" ".join((*stored.fact.metric, *(member for _, member in stored.fact.dimensions))))}
    return {token.text for token in tokens(label)} <= held


def _surplus(stored: StoredFact, label: str) -> int:
    """Words of the fact's own label that the wanted label does not have: the fewer, the closer."""
    wanted = {token.text for token in tokens(label)}
    return len([token for token in tokens(stored.fact.metric[-1] if stored.fact.metric else "") if token.text not in wanted])
