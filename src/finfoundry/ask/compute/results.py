"""A plan carried out: each item at each span expanded to operands and evaluated in Decimal, with its unit; on which side of its name a
value is (a profit of -5 is a loss), and which way it moved.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from finfoundry.ask.compute.operands import Operand, Operands
from finfoundry.ask.compute.unprinted_totals import ANCHORS
from finfoundry.ask.lexicon.asked_periods import of_whole_years
from finfoundry.ask.lexicon.formula import MissingOperandError, concepts_in, expand, names_in, unprinted
from finfoundry.ask.lexicon.polarity import OTHER, TAKEN, Polarity, polarity
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.plan.dimension import Dimension, dimension_of, spelled
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.ask.plan.rules import Plan
from finfoundry.binding.expression import evaluate
from finfoundry.core.errors import PlanError
from finfoundry.core.formulas import Formula
from finfoundry.core.periods import parse_iso


@dataclass(frozen=True, slots=True)
class Computed:
    """One value with all that led to it. ``expression`` is plain arithmetic over the names of ``operands``."""

    item: PlannedExpression
    span: FiscalSpan
    value: Decimal
    unit: str | None
    expression: str
    operands: Mapping[str, Operand]

    @property
    def lookup(self) -> Operand | None:
        """The operand whose printed value this is, when nothing was computed."""
        only = next(iter(self.operands.values()))
        return only if len(self.operands) == 1 and self.expression in self.operands and not only.flipped else None


def carry_out(plan: Plan, operands: Operands, library: Mapping[str, Formula]) -> list[list[Computed]]:
    """For each item its values, one for each span, in order of time.

    Raises:
        MissingOperandError: an operand is not there (names which).
        PlanError: the plan cannot be carried out (units that do not mix, division by zero).
    """
    return [[compute(item, span, operands, library) for span in spans_for(plan, item, operands, library)] for item in plan.items]


def carry_out_in_part(
    plan: Plan, operands: Operands, library: Mapping[str, Formula]
) -> tuple[list[list[Computed]], list[tuple[PlannedExpression, FiscalSpan]]]:
    """The values of a plan for several values that are there, and which are not; nothing where a single value is asked for.

    Raises PlanError as ``carry_out``.
    """
    rows: list[list[Computed]] = []
    lacking: list[tuple[PlannedExpression, FiscalSpan]] = []
    if plan.ask != "value" or len(plan.items) * len(plan.spans) < 2:
        return rows, lacking
    for item in plan.items:
        row: list[Computed] = []
        for span in plan.spans:
            try:
                row.append(compute(item, span, operands, library))
            except MissingOperandError:
                lacking.append((item, span))
        rows += [row] if row else []
    return rows, lacking


def spans_for(plan: Plan, item: PlannedExpression, operands: Operands, library: Mapping[str, Formula]) -> tuple[FiscalSpan, ...]:
    """The plan's spans; without any, the latest year for which all operands are there, of a level of a single line the part of a year
    behind it that it is there for; with one to compare, the year before it as well.
    Raises MissingOperandError where the plan has no spans and no document holds an operand for any year.
    """
    spans = plan.spans or (_latest(item, operands, library, parts=plan.ask == "value" and not plan.recent),)
    if plan.recent and not plan.spans:
        return tuple(FiscalSpan(year) for year in range(spans[0].year - plan.recent + 1, spans[0].year + 1))
    if plan.ask in ("direction", "change") and len(spans) == 1:
        return (spans[0].prior, spans[0])
    return (spans[-1],) if plan.ask in ("sign", "exists", "norm", "compare", "limit") else spans


def _latest(item: PlannedExpression, operands: Operands, library: Mapping[str, Formula], *, parts: bool) -> FiscalSpan:
    names = sorted(concepts_in(item.expression, library))
    later = _parts_of_years(operands, item.expression) if parts and names == [item.expression] else []
    formula = unprinted(item.expression, library)
    parts_of_it = concepts_in(formula.expression, library) if formula else set()
    spans = later + sorted({span for name in (*names, *parts_of_it) for span in operands.spans(name)}, reverse=True)
    if not spans:
        raise MissingOperandError(names[0], FiscalSpan(0))
    for span in spans:
        try:
            compute(item, span, operands, library)
        except PlanError:
            continue
        return span
    return spans[0]


def _parts_of_years(operands: Operands, name: str) -> list[FiscalSpan]:
    """The parts of years behind the latest year for which a name is there, the latest first and of one end the shortest: of a balance those
    that end with a day of it; of what flows any, where no paper holds a whole year. None where whole years are meant.
    """
    if operands.compared or of_whole_years(operands.said):
        return []
    latest = max((span.at(operands.calendar).end for span in operands.spans(name)), default=None)
    periods = [one.fact.period for one in operands.candidates(name)]
    ends = {parse_iso(period).end for period in periods if "/" not in period or latest is None}
    balances = all("/" not in period for period in periods)
    parts = [
        FiscalSpan(year, through, months)
        for year in {operands.calendar.year_of(day) for day in ends if latest is None or day > latest}
        for through in (3, 6, 9)
        for months in ((6 if through == 6 else 3,) if balances else range(3, through + 1, 3))
    ]
    ended = [part for part in parts if (end := part.at(operands.calendar).end) in ends and (latest is None or end > latest)]
    found = [part for part in ended if operands.find(name, part)]
    return sorted(found, key=lambda part: (part.at(operands.calendar).end, -part.months), reverse=True)


def compute(item: PlannedExpression, span: FiscalSpan, operands: Operands, library: Mapping[str, Formula]) -> Computed:
    """One item at one span. Raises as ``carry_out``."""
    expansion = expand(item.expression, span, operands.find, library, operands.lines)
    if (formula := _stand_in(item, span, expansion.operands, library)) is not None:
        item = replace(item, show=item.show or formula.show)
    if (twice := _under_two_names(expansion.operands)) is not None:
        raise PlanError(f"{item.title} names one line twice: {twice}")
    if item.difference:
        expansion = replace(expansion, operands=_of_one_sign(expansion.operands))
    if item.show == "percent":
        expansion = replace(
            expansion, operands={name: replace(one, flipped=one.flipped or one.cost) for name, one in expansion.operands.items()}
        )
    expression = _as_printed(expansion.expression, expansion.operands)
    found = dimension_of(expression, {name: operand.stored.fact.unit for name, operand in expansion.operands.items()})
    item, expression = _percent_once(item, expression, found)
    try:
        value = evaluate(expression, {name: operand.stored.fact.value for name, operand in expansion.operands.items()})
    except (ArithmeticError, ValueError) as error:
        raise PlanError(f"{item.title} cannot be computed: {error}") from error
    return Computed(item, span, value, _unit(item, found, expansion.operands), expression, expansion.operands)


def _stand_in(item: PlannedExpression, span: FiscalSpan, operands: Mapping[str, Operand], library: Mapping[str, Formula]) -> Formula | None:
    """The formula by which the item was computed since it is not printed; None where it is.

    Raises MissingOperandError where an operand is of a column or a member: a part of what the formula means, or its average; and within an
    expression, of which nobody could tell any more that it is of ratios.
    """
    taken = {operand.name for operand in operands.values()}
    for name in names_in(item.expression) - taken - {item.expression}:
        if unprinted(name, library) is not None:
            raise MissingOperandError(name, span)
    formula = unprinted(item.expression, library)
    if formula is None or f"{item.expression}_{span.key}" in operands:
        return None
    if any(operand.stored.fact.dimensions for operand in operands.values()):
        raise MissingOperandError(item.expression, span)
    return formula


def _under_two_names(operands: Mapping[str, Operand]) -> str | None:
    """The label of a fact that two names of an expression came to: it would be added to itself, or divided by itself. A line of a total
    that is not printed may well be taken off it: current assets without inventory.
    """
    seen: set[str] = set()
    count = Counter((operand.name, operand.span) for operand in operands.values())
    for operand in (one for one in operands.values() if count[one.name, one.span] == 1 or one.name not in ANCHORS):
        if operand.stored.id in seen:
            return " ".join(operand.stored.fact.metric)
        seen.add(operand.stored.id)
    return None


def _percent_once(item: PlannedExpression, expression: str, found: Dimension) -> tuple[PlannedExpression, str]:
    """A plain number that the expression multiplies by 100, as a fraction that is shown in percent: printing adds the percent sign.

    Raises:
        PlanError: an amount is multiplied by 100, or a number more than once; what is meant cannot be known.
    """
    if not found.hundreds:
        return item, expression
    if found.kind != "number" or abs(found.hundreds) > 1:
        raise PlanError(f"{item.title}: {spelled(found)} of a kind that is not multiplied by 100")
    shown = replace(item, show="percent") if found.hundreds == 1 else item
    return shown, f"({expression}) {'/' if found.hundreds == 1 else '*'} 100"


def _of_one_sign(operands: dict[str, Operand]) -> dict[str, Operand]:
    """The operands of a difference: where one outflow is taken as an amount, each that is printed as a negative is."""
    if not any(operand.flipped for operand in operands.values()):
        return operands
    return {name: replace(operand, flipped=operand.flipped or operand.stored.fact.value < 0) for name, operand in operands.items()}


def _as_printed(expression: str, operands: Mapping[str, Operand]) -> str:
    """The expression over the values as the filings print them: an outflow that they print as a negative is taken with the other sign."""
    for name, operand in operands.items():
        if operand.flipped:
            expression = re.sub(rf"\b{re.escape(name)}\b", f"(-{name})", expression)
    return expression


def _unit(item: PlannedExpression, found: Dimension, operands: Mapping[str, Operand]) -> str | None:
    """The unit of the outcome, by its dimension; None where no document states the currency.

    Raises:
        PlanError: amounts of different currencies are mixed, or the outcome is not of the kind that is to be shown.
    """
    units = {operand.stored.fact.unit for operand in operands.values()}
    currencies = {base for unit in units if unit and len(base := unit.removesuffix("/share")) == 3 and base.isupper()}
    if len(currencies) > 1:
        raise PlanError(f"amounts in {' and '.join(sorted(currencies))} are not mixed without a rate")
    if item.show == "per_share":
        return (
            f"{next(iter(currencies))}/share" if currencies else None
        )  # the number of shares may be read from share capital, which is printed in a currency
    if found.kind == "other":
        raise PlanError(f"{item.title}: {spelled(found)} is no result")
    if item.show in ("percent", "ratio", "times") and found.kind != "number":
        raise PlanError(f"{item.title}: {spelled(found)} is no percentage")
    if item.show == "days" and found.kind not in ("days", "number"):
        raise PlanError(f"{item.title}: {spelled(found)} is no number of days")
    return "days" if item.show == "days" else found.unit or next(iter(sorted(units, key=str)))


# --- the side that a value is on, and which way it moved ---------------------------------------------------------------------------


def worth(computed: Computed) -> Decimal:
    """The value in the sense of its title: 5 of a net loss, whether a filing prints the loss as 5 or as (5)."""
    title = side_of(computed)
    if title is None:
        return computed.value
    printed = computed.lookup.stored.fact.metric[-1:] if computed.lookup else ()
    label = polarity(printed[0]) if printed else None
    taken = computed.value > 0 and label is not None and label in TAKEN and title in (label, OTHER[label])
    value = -computed.value if taken else computed.value
    return -value if title in TAKEN else value


def gained(computed: Computed) -> Decimal:
    """The value in the sense of a profit or an inflow, whatever its title."""
    return -worth(computed) if side_of(computed) in TAKEN else worth(computed)


def side_of(computed: Computed) -> Polarity | None:
    """The side of a value's title, where the value is an amount."""
    amount = computed.item.show in (None, "money", "per_share") and computed.unit not in ("ratio", "shares", "count", "days", "employees")
    return polarity(computed.item.title) if amount else None


MovementKind = Literal["growth", "compound", "change"]

_TITLES: Mapping[MovementKind, re.Pattern[str]] = {  # as plans name what they compute
    "compound": re.compile(r"(?:compound annual growth in (?P<in>.+)|(?P<of>.+) compound annual growth rate|(?P<zh>.+)年复合增长率)"),
    "growth": re.compile(r"(?:growth in (?P<in>.+)|(?P<of>.+) growth|(?P<zh>.+)增长率)"),
    "change": re.compile(r"(?:(?:change|(?P<fall>decrease)) in (?P<in>.+)|(?P<of>(?!.))|(?P<zh>.+)(?:变动|(?P<fall_zh>减少))额)"),
}
_RATE = re.compile(r"\b(?:margin|rate|ratio|yield|returns?|percentage)\b|率|比$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Movement:
    """``title`` is what moved, ``way`` 1 up, -1 down; ``size`` has the value as it is told, a change without its sign."""

    kind: MovementKind
    title: str
    way: int
    size: Computed
    first: FiscalSpan
    last: FiscalSpan


def movement_of(computed: Computed) -> Movement | None:
    """What moved by a value. None of a value that is no movement or zero; of a growth from nothing or less, which has no direction; and of
    the growth of a rate, whose fall by 2 % would read as one by two points.
    """
    if not computed.value or computed.item.expression.isidentifier():
        return None
    kind, found = next(((kind, found) for kind, title in _TITLES.items() if (found := title.fullmatch(computed.item.title))), (None, None))
    if kind is None or found is None or (kind != "change") != (computed.unit == "ratio"):
        return None
    spans = sorted({operand.span for operand in computed.operands.values()})
    first = spans[0] if len(spans) > 1 else computed.span.prior
    told = found.groupdict()
    title = told["in"] or told["of"] or told["zh"]
    if kind != "change":
        start = [operand.value for operand in computed.operands.values() if operand.span == first]
        directed = all(value > 0 for value in start) and not _RATE.search(title)
        return Movement(kind, title, _way(computed), computed, first, computed.span) if directed else None
    fallen = -1 if told["fall"] or told["fall_zh"] else 1
    size = computed if computed.value > 0 else opposite(computed)
    return Movement(kind, title, _way(computed) * fallen, size, first, computed.span)


def opposite(computed: Computed) -> Computed:
    """The value with the other sign: a fall as the amount by which something fell."""
    return replace(computed, value=-computed.value, expression=f"-({computed.expression})")


def _way(computed: Computed) -> int:
    return 1 if computed.value > 0 else -1
