"""What a step of a chain tells, bound to facts: which metrics of which company moved which way between which two years."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from finfoundry.ask.chains.moves import MetricMove, Moves
from finfoundry.ask.compute.operands import Operands, TableLines
from finfoundry.ask.given.given_papers import given_papers
from finfoundry.ask.lexicon.metric_terms import metrics, vocabulary
from finfoundry.ask.lexicon.ports import FactQuery, Hit, SearchQuery, StoredFact
from finfoundry.ask.lexicon.spans import FiscalSpan, span_ending, span_of
from finfoundry.binding.sentence.claim_patterns import only_direction
from finfoundry.binding.sources import fiscal_year
from finfoundry.binding.verify import Report
from finfoundry.core.answer import Figure
from finfoundry.core.document import Parsed
from finfoundry.core.formulas import formulas
from finfoundry.core.periods import CALENDAR_YEAR, FiscalYear, find_periods, parse_iso
from finfoundry.core.principal import ADMINISTRATOR, Principal

_MANY = 400  # facts of one concept
_EVERY = 20_000  # facts of a company
_LOSS = re.compile(r"\b(?:loss|deficit)|亏损", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ToldTime:
    """The company whose figures moved, None of papers that name none, and the two years."""

    entity: str | None
    first: FiscalSpan
    last: FiscalSpan


@dataclass(frozen=True, slots=True)
class ToldStep:
    """``direction``: 1 for a rise, -1 for a fall, 0 where it tells none, or both; ``loss``: it speaks of one, which rises as income falls.
    ``values`` are those of the facts that its figures are bound to; ``ends`` those of one line in two years, without their signs.
    """

    metrics: Sequence[str]
    direction: int
    loss: bool
    time: ToldTime | None
    values: frozenset[Decimal]
    ends: tuple[Decimal, Decimal] | None = None

    def tells(self, move: MetricMove) -> bool:
        """Whether a metric moved as the step says, between figures of which it states one, where it states any."""
        ends = (move.first, move.last)
        way = (move.change > 0) - (move.change < 0)
        held = {abs(operand.value) for end in ends for operand in end.operands.values()}
        losses = self.loss and all(end.value < 0 for end in ends)
        return bool(way) and (way == self.direction or losses) and (not self.values or bool(held & self.values))


def told_step(text: str, report: Report, papers: Sequence[Parsed]) -> ToldStep:
    """What a step tells, by the facts that its figures are bound to; one without figures by its words, of papers of one company."""
    leaves = [leaf for one in report.figures if one.figure for leaf in _leaves(one.figure)]
    names = [mention.name for mention in vocabulary().find(text)]
    ends = _ends(leaves)
    direction = only_direction(text) or (_way(*ends) if ends else 0)  # "10 at the end of 2022, 3 the year before"
    time = _time(text, leaves, papers) if direction else None
    values = frozenset(abs(Decimal(leaf.value)) for leaf in leaves)
    amounts = (abs(ends[0]), abs(ends[1])) if ends else None
    return ToldStep(names, direction, _LOSS.search(text) is not None, time, values, amounts)


def _ends(leaves: Sequence[Figure]) -> tuple[Decimal, Decimal] | None:
    """The values of one line in two years, the earlier first."""
    dated = sorted({(leaf.period or "", leaf.reference.metric, Decimal(leaf.value)) for leaf in leaves})
    return (dated[0][2], dated[1][2]) if len(dated) == 2 and dated[0][1] == dated[1][1] and dated[0][0] < dated[1][0] else None


def _way(first: Decimal, last: Decimal) -> int:
    """Which way an amount moved, a cost printed in brackets as the amount that it is."""
    return ((abs(last) if max(first, last) <= 0 else last) > (abs(first) if max(first, last) <= 0 else first)) * 2 - 1


def _time(text: str, leaves: Sequence[Figure], papers: Sequence[Parsed]) -> ToldTime | None:
    """The two years of the facts, or theirs and the one before; None where there are more, parts of a year, or several companies."""
    entities = {leaf.reference.entity for leaf in leaves} or {paper.document.profile.entity for paper in papers}
    if len(entities) != 1 or (entities == {None} and len(papers) > 1):
        return None
    (entity,) = entities
    calendar = _calendar(_of_company(papers, entity))
    spans = {_year(leaf.period, calendar) for leaf in leaves}
    spans = spans or {span_of(found, calendar) for found in find_periods(text, fiscal_year_end=calendar)}
    years = sorted(span for span in spans if span and span.months == FiscalSpan(0).months)
    if len(years) != len(spans) or not 1 <= len(years) <= 2:  # both ends, or the last
        return None
    return ToldTime(entity, years[0] if len(years) > 1 else years[0].prior, years[-1])


def _year(period: str | None, calendar: FiscalYear) -> FiscalSpan | None:
    found = parse_iso(period) if period else None
    return span_ending(found.end, calendar) if found and (found.instant or found.months == FiscalSpan(0).months) else None


def _leaves(figure: Figure) -> Iterator[Figure]:
    """The facts that a figure is, or is computed from."""
    operands = (figure.reference.operands or {}).values()
    yield from (leaf for operand in operands for leaf in _leaves(operand)) if operands else (figure,)


def _of_company(papers: Sequence[Parsed], entity: str | None) -> list[Parsed]:
    return [paper for paper in papers if entity in (None, paper.document.profile.entity)]


def _calendar(papers: Sequence[Parsed]) -> FiscalYear:
    known = [found for paper in papers if (found := fiscal_year(paper.document.profile))]
    return max(known, key=lambda found: found.end) if known else CALENDAR_YEAR


@dataclass(frozen=True, slots=True)
class PaperMoves:
    """How figures of a company moved between two years, by the facts of its papers."""

    moves: Moves
    facts: Sequence[StoredFact]

    def told_by(self, step: ToldStep) -> list[MetricMove]:
        """The metrics that a step names and that moved as it says; of one that names none the line that its figures are of."""
        named = [move for name in step.metrics if (move := self.moves(name)) and step.tells(move)]
        return named or [move for move in self._lines(step) if step.tells(move)]

    def _lines(self, step: ToldStep) -> Iterator[MetricMove]:
        if step.ends is None:
            return
        calendar = self.moves.operands.calendar
        rows: dict[tuple[str, int | None, int | None], dict[FiscalSpan | None, StoredFact]] = {}
        for one in self.facts:
            if not one.fact.dimensions and one.fact.row is not None:
                rows.setdefault((one.document_id, one.fact.table, one.fact.row), {})[_year(one.fact.period, calendar)] = one
        for row in rows.values():
            first, last = row.get(self.moves.first), row.get(self.moves.last)
            if first and last and (abs(first.fact.value), abs(last.fact.value)) == step.ends:
                yield self.moves.of_line(first, last)


def paper_moves(papers: Sequence[Parsed], time: ToldTime) -> PaperMoves:
    """How figures of a company moved between two years, by the facts of its papers."""
    own = _of_company(papers, time.entity)
    store = given_papers(own, _NoSearch())

    def fetch(concept: str | None, label: str | None) -> Sequence[StoredFact]:
        return store.facts(ADMINISTRATOR, FactQuery(entity=time.entity, concept=concept, metric=label, limit=_MANY))

    def weigh(document: str, statement: str) -> Mapping[int, TableLines]:  # noqa: ARG001  which table is the statement need not be known
        return {}

    def on_page(document: str, page: int) -> Sequence[StoredFact]:
        return [one for one in every if (one.document_id, one.fact.page) == (document, page)]

    every = store.facts(ADMINISTRATOR, FactQuery(entity=time.entity, limit=_EVERY))
    operands = Operands(fetch, weigh, _calendar(own), metrics(), "", {}, {}, on_page=on_page)
    return PaperMoves(Moves(operands, time.first, time.last, formulas(), "en", on_page), every)


class _NoSearch:
    """Facts alone are asked for."""

    def likeness(self, question: str, texts: Sequence[str]) -> Sequence[float]:  # noqa: ARG002
        return ()

    def search(self, principal: Principal, query: SearchQuery) -> Sequence[Hit]:  # noqa: ARG002
        return ()

    def behind(self, principal: Principal, hit: Hit, most: int) -> Sequence[Hit]:  # noqa: ARG002
        return ()
