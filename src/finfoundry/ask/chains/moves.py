"""How figures moved between two spans: metrics by their names, and the lines of a statement, by the sums that it prints."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from finfoundry.ask.chains.statement_sums import Line, Part, sums
from finfoundry.ask.compute.operands import Operand, Operands
from finfoundry.ask.compute.results import Computed, compute
from finfoundry.ask.lexicon.metric_terms import title
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.core.answer import Language
from finfoundry.core.errors import PlanError
from finfoundry.core.formulas import Formula

LINE = "line_"  # how the name of a line begins that is no metric: its table and row follow
OnPage = Callable[[str, int], Sequence[StoredFact]]


@dataclass(frozen=True, slots=True)
class MetricMove:
    """A metric at two spans, by its name in the library; or a line of a statement."""

    name: str
    first: Computed
    last: Computed

    @property
    def change(self) -> Decimal:
        return self.last.value - self.first.value

    @property
    def called(self) -> str:
        """Its name, or of a line what it is printed as."""
        return self.last.item.title if self.name.startswith(LINE) else self.name

    @property
    def printed(self) -> tuple[StoredFact, StoredFact] | None:
        """The facts that it is at both ends, where nothing was computed but for a sign."""
        ends = [next(iter(end.operands.values())) for end in (self.first, self.last) if _is_fact(end)]
        return (ends[0].stored, ends[1].stored) if len(ends) == 2 else None


def _is_fact(end: Computed) -> bool:
    return len(end.operands) == 1 and end.expression.strip("(-)") in end.operands


@dataclass(slots=True)
class Moves:
    """The moves of one company between two spans; None of what is not there at both. ``on_page`` gives the facts of a page."""

    operands: Operands
    first: FiscalSpan
    last: FiscalSpan
    library: Mapping[str, Formula]
    language: Language
    on_page: OnPage
    _found: dict[str, MetricMove | None] = field(default_factory=dict)
    _sums: dict[tuple[str, int, str, str], Mapping[int, Sequence[Part]]] = field(default_factory=dict)

    def __call__(self, name: str) -> MetricMove | None:
        if name not in self._found:
            formula = self.library.get(name)
            spoken = formula_title(formula, self.language) if formula else title(name, self.language)
            item = PlannedExpression(spoken, name, formula.show if formula else None, formula.better if formula else None)
            try:
                ends = [compute(item, span, self.operands, self.library) for span in (self.first, self.last)]
                self._found[name] = MetricMove(name, *ends)
            except PlanError:
                self._found[name] = None
        return self._found[name]

    def parts(self, effect: MetricMove, known: Sequence[str]) -> str | None:
        """The sum that a statement prints above a line, or by which a total was made of lines, as a definition: over ``known`` metrics
        where a line is one of them, else over the lines. None where there is none.
        """
        printed = effect.printed
        parts = self._parts(*printed) if printed else _added(effect)
        if not parts:
            return None
        names = [(self._name(part.line, known), part) for part in parts]
        return " ".join(f"{'+' if part.sign > 0 else '-'} {name}" for name, part in names).removeprefix("+ ")

    def of_line(self, first: StoredFact, last: StoredFact) -> MetricMove:
        """The move of a line of a statement, by its own name."""
        return self._line(Line(first, last))

    def _parts(self, first: StoredFact, last: StoredFact) -> Sequence[Part] | None:
        place = (first.document_id, first.fact.table)
        if place != (last.document_id, last.fact.table) or first.fact.row is None or first.fact.table is None or first.structured:
            return None
        key = (first.document_id, first.fact.table, first.fact.period, last.fact.period)
        if key not in self._sums:
            self._sums[key] = sums(_lines(self.on_page(first.document_id, first.fact.page), first, last))
        return self._sums[key].get(first.fact.row)

    def _name(self, line: Line, known: Sequence[str]) -> str:
        """What a line is called in a definition; its move is kept by that name."""
        own = self._line(line)
        same = (move for name in known if (move := self(name)) and move.printed and move.printed[1].id == line.last.id)
        return next((move.name for move in same if move.last.value == own.last.value), own.name)

    def _line(self, line: Line) -> MetricMove:
        name = f"{LINE}{line.last.fact.table}_{line.last.fact.row}"
        item = PlannedExpression(line.label, name, None)
        ends = [_end(item, span, stored, line.cost) for span, stored in ((self.first, line.first), (self.last, line.last))]
        self._found[name] = move = MetricMove(name, *ends)
        return move


def _added(effect: MetricMove) -> list[Part]:
    """The lines of one table that a figure was added up from, at both ends the same ones; none where it was made otherwise."""
    ends = [{(one.stored.document_id, one.stored.fact.table, one.stored.fact.row): one for one in end.operands.values()}
            for end in (effect.first, effect.last)]  # fmt: skip
    first, last = ends
    plain = all(re.fullmatch(r"[\w\s()+]+", end.expression) for end in (effect.first, effect.last))
    if not plain or len(first) < 2 or first.keys() != last.keys() or any(place[2] is None for place in first):
        return []
    return [Part(Line(one.stored, last[place].stored), 1) for place, one in first.items()]


def _end(item: PlannedExpression, span: FiscalSpan, stored: StoredFact, cost: bool) -> Computed:
    operand = Operand(item.expression, span, stored, flipped=cost)
    expression = f"(-{item.expression})" if cost else item.expression
    return Computed(item, span, operand.value, stored.fact.unit, expression, {item.expression: operand})


def _lines(facts: Sequence[StoredFact], first: StoredFact, last: StoredFact) -> list[Line]:
    """The rows of a table that print both periods, in their order; of a row that prints one twice, none."""
    held: dict[int, dict[str, list[StoredFact]]] = {}
    for one in facts:
        fact = one.fact
        if (fact.table, fact.unit, fact.dimensions) == (first.fact.table, first.fact.unit, ()) and fact.row is not None and fact.metric:
            held.setdefault(fact.row, {}).setdefault(fact.period, []).append(one)
    pairs = ((of.get(first.fact.period, []), of.get(last.fact.period, [])) for _, of in sorted(held.items()))
    return [Line(before[0], after[0]) for before, after in pairs if len(before) == 1 and len(after) == 1]


def formula_title(formula: Formula, language: Language) -> str:
    """What a formula is called; by its own name where the language has none for it."""
    called = formula.zh if language == "zh" else formula.en
    return next(iter(called), title(formula.name.removesuffix("_computed"), language))
