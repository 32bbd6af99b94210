"""Prices, shares and amounts of one table told apart by what stands around them: places after the point, sums, signs of a currency."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby

from finfoundry.core.document import Fact
from finfoundry.core.quantities.cells import CellNumber
from finfoundry.knowledge.facts.periods.acquisitions import INTRODUCES
from finfoundry.knowledge.facts.periods.period_resolution import is_edge
from finfoundry.knowledge.facts.periods.row_walk import LabelledRow
from finfoundry.knowledge.facts.table.grid import Value
from finfoundry.knowledge.facts.table.scale import speaks_of_one_piece, speaks_of_one_share, speaks_of_shares

Place = tuple[int, int]  # the number of a row and of a column
CENTS = 2  # places after the point of a price
FEW = 2
FURTHEST = 5  # rows from a count of shares to what it and others sum up to


def prices(lines: Sequence[LabelledRow], titles: Sequence[str], heads: Mapping[int, str]) -> set[Place]:
    """The places of a table's prices: all, where each has cents and the title is per share; else rows with cents beside one per share, or
    below a heading of it. ``heads``: what stands first in the rows of headings, by their index.
    """
    if all(map(_has_cents, lines)) and any(speaks_of_one_share(text[-INTRODUCES:]) for text in titles):
        return {place for line in lines for place in _places(line)}
    whole = [value for line in lines for value in line.row.values if value.number.currency and not value.number.precision]
    found: set[Place] = set()
    for cents, run in groupby(lines, _has_cents):
        rows = list(run)
        head = heads.get(max((index for index in heads if index < rows[0].row.index), default=-1), "")
        names = [head, *(path[-1] for line in rows for path in line.paths.values() if path)]
        if cents and whole and any(map(speaks_of_one_share, names)):
            found |= {place for line in rows for place in _places(line)}
    return found


def of_one_piece(lines: Sequence[LabelledRow], titles: Sequence[str]) -> bool:
    """Whether all amounts of a table have cents, beside changes in percent, and its title is of money of one piece or user."""
    amounts = [value.number for line in lines for value in line.row.values if not (value.number.percent or value.number.dash)]
    return bool(amounts) and all(map(_in_cents, amounts)) and any(speaks_of_one_piece(text[-INTRODUCES:]) for text in titles)


def _has_cents(line: LabelledRow) -> bool:
    plain = [value.number for value in line.row.values if not value.number.dash]
    return bool(plain) and all(_in_cents(number) and not number.percent for number in plain)


def _in_cents(number: CellNumber) -> bool:
    return number.precision >= CENTS and number.scale is None and abs(number.value) < 10_000


def _places(line: LabelledRow) -> Iterator[Place]:
    yield from ((line.row.index, value.column) for value in line.row.values)


def columns_of_money(lines: Sequence[LabelledRow]) -> set[Place]:
    """The places in columns whose balances bear the sign of a currency: what moved them is money, also "Shares issued for options"."""
    balances = [line for line in lines if line.date is not None or line.edge in {"opening", "closing"} or is_edge(_label(line))]
    signed = Counter((id(line.columns), value.column) for line in balances for value in line.row.values if value.number.currency)
    last = max((line.row.index for line in balances), default=-1)
    return {
        (line.row.index, value.column)
        for line in lines
        if line.row.index <= last and not any(speaks_of_shares(part) for path in line.paths.values() for part in path[:-1])
        for value in line.row.values
        if signed[id(line.columns), value.column] >= FEW
    }


def headings_of_both(lines: Sequence[LabelledRow]) -> dict[str, int]:
    """Headings that name shares, though money is printed below them, too ("Number of shares on which earnings are calculated"), and the row
    from which on it is.
    """
    signed = [line for line in lines if any(value.number.currency and not value.number.precision for value in line.row.values)]
    parts = ((part, line.row.index) for line in reversed(signed) for path in line.paths.values() for part in path[:-1])
    return {part: row for part, row in parts if speaks_of_shares(part)}


def shares_between(lines: Sequence[LabelledRow], facts: Sequence[Fact]) -> Iterator[Fact]:
    """The facts; numbers that lead from a count of shares to a sum are shares, and so is the sum: "Effect of dilutive securities"."""
    units: dict[int, set[tuple[str | None, Decimal]]] = defaultdict(set)
    for fact in facts:
        if fact.row is not None and not _is_inside(fact):
            units[fact.row].add((fact.unit, fact.scale))
    rows = [({value.cell.column: value for value in line.row.values}, line.row.values[0].cell.row) for line in lines if line.row.values]
    scales: dict[int, Decimal] = {}
    for place, (first, row) in enumerate(rows):
        if {unit for unit, _ in units[row]} != {"shares"}:
            continue
        scale = max(scale for _, scale in units[row])
        for last in range(place + 2, min(place + 2 + FURTHEST, len(rows))):
            if _leads(first, [values for values, _ in rows[place + 1 : last]], rows[last][0]):
                scales |= {row: scale for _, row in rows[place + 1 : last + 1]}
                break
    for fact in facts:
        known = None if _is_inside(fact) or fact.unit == "shares" else scales.get(-1 if fact.row is None else fact.row)
        yield fact if known is None else replace(fact, value=fact.value / fact.scale * known, unit="shares", scale=known, concept=None)


def _leads(first: dict[int, Value], between: Sequence[dict[int, Value]], last: dict[int, Value]) -> bool:
    """Whether numbers without a sign of their own lead from one row to another: exactly in one column, within rounding in all."""
    if any(value.number.currency or value.number.percent for values in (*between, last) for value in values.values()):
        return False
    columns = [column for column in last if column in first]
    moved = {column: sum((values[column].number.value for values in between if column in values), Decimal(0)) for column in columns}
    off = {column: abs(first[column].number.value + moved[column] - last[column].number.value) for column in columns}
    step = max((Decimal(1).scaleb(-last[column].number.precision) for column in columns), default=Decimal(0))
    return len(columns) == len(last) > 1 and max(off.values()) <= step and any(moved[column] and not off[column] for column in columns)


def _is_inside(fact: Fact) -> bool:
    return any(name == "figure" for name, _ in fact.dimensions)


def _label(line: LabelledRow) -> str:
    return next((path[-1] for path in line.paths.values() if path), "")
