"""Columns of changes: whether they hold money or percents, by their own arithmetic where no sign is printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

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


def percents_beside(grid: Grid, columns: dict[int, HeaderColumn], percent: set[int]) -> set[tuple[int, int]]:
    """Places, by row and column, of numbers without a sign beside a percent of another time with as many places after the point: "1.04" of
    2023 beside "1.00%" of 2024. ``percent``: columns in which a sign is of all numbers.
    """
    dated = {number: column for number, column in columns.items() if column.timing.dated and not column.change}
    found = set()
    for row in grid.rows:
        numbers = {value.column: value.number for value in row.values if value.column in dated and not value.number.dash}
        signed = [place for place, number in numbers.items() if number.percent or (place in percent and number.currency is None)]
        for place, number in numbers.items():
            beside = [numbers[other] for other in signed if other != place and dated[other].dimension == dated[place].dimension]
            if place not in percent and beside and all(_alike(number, other) for other in beside):
                found.add((row.index, place))
    return found


def _alike(bare: CellNumber, percent: CellNumber) -> bool:
    plain = not (bare.percent or bare.currency or bare.unit or bare.scale is not None)
    return plain and bare.precision == percent.precision and abs(bare.value) < LARGEST


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
