"""Columns of changes: whether they hold money or percents, by their own arithmetic where no sign is printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from decimal import Decimal
from itertools import permutations

from finfoundry.core.quantities.cells import CellNumber
from finfoundry.knowledge.facts.table.column_headers import HeaderColumn
from finfoundry.knowledge.facts.table.grid import Grid, GridRow

LARGEST = 200  # percent


def percents_by_arithmetic(grid: Grid, columns: dict[int, HeaderColumn]) -> set[int]:
    """Columns of changes that print no percent sign, and are percents by the two columns that they compare: 110, 100, 10."""
    numbers = sorted(columns)
    found = set()
    for place, number in enumerate(numbers):
        column = columns[number]
        left = [
            other for other in numbers[:place] if columns[other].timing.dated and not columns[other].change and not columns[other].percent
        ]
        if not column.change or column.percent or len(left) < 2:
            continue
        votes = Counter(_compared(row, number, left[-2:]) for row in grid.rows)
        if votes["percent"] >= 2 and votes["percent"] > 3 * votes["difference"]:
            found.add(number)
    return found


def percents_beside(grid: Grid, columns: Mapping[int, HeaderColumn], percent: Set[int]) -> set[tuple[int, int]]:
    """Places, by row and column, of numbers without a sign beside a percent of another time with as many places after the point: "1.04" of
    2023 beside "1.00%" of 2024. ``percent``: columns in which a sign is of all numbers, and so of those beside them where one is. A column
    whose percents stand beside amounts, "28%" beside "6,127", holds what these changed by: "13%" beside "(67)" makes no percent of it.
    """
    dated = {number: column for number, column in columns.items() if column.timing.dated and not column.change}
    rows = [(row.index, {value.column: value.number for value in row.values if not value.number.dash}) for row in grid.rows]
    found = set()
    for bare, signed in permutations(dated, 2):
        if dated[bare].dimension != dated[signed].dimension or bare in percent:
            continue
        pairs = {index: (row[bare], row[signed]) for index, row in rows if bare in row and signed in row}
        if any(number.percent and _is_amount(other) for other, number in pairs.values()):
            continue
        alike = {index: pair for index, pair in pairs.items() if _alike(*pair)}
        own = {index for index, (_, number) in alike.items() if number.percent}
        found |= {(index, bare) for index in (alike if own and signed in percent else own)}
    return found


def _is_amount(number: CellNumber) -> bool:
    return not number.percent and (number.currency is not None or number.scale is not None or abs(number.value) >= LARGEST)


def _alike(bare: CellNumber, percent: CellNumber) -> bool:
    plain = not (bare.percent or bare.currency or bare.unit or bare.scale is not None)
    same = bare.precision == percent.precision and percent.currency is None and max(abs(bare.value), abs(percent.value)) < LARGEST
    return plain and same


def _compared(row: GridRow, change: int, compared: Sequence[int]) -> str | None:
    """Whether a row's change is the percent or the difference of the two figures; None where it fits neither, or both."""
    values = {value.column: value.number for value in row.values}
    if change not in values or not all(column in values for column in compared) or values[change].currency is not None:
        return None
    first, second = (values[column].value for column in compared)
    said, half = abs(values[change].value), Decimal(1).scaleb(-values[change].precision) * Decimal("0.51")
    difference = abs(abs(first - second) - said) <= half
    percent = any(base and abs(abs(100 * (first - second) / base) - said) <= half for base in (first, second))
    return None if difference == percent or not said else "percent" if percent else "difference"
