"""Closing balances that no word names: what is below an opening balance proves them by the numbers.

"Beginning balance … Currency translation adjustments" closes a part of equity under its own name. It is the sum of what stands since the
opening balance, or what a later year opens with, or the same for three months as for six, which end on one day.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from finfoundry.knowledge.facts.periods.period_resolution import closes, opens
from finfoundry.knowledge.facts.periods.row_walk import LabelledRow
from finfoundry.knowledge.facts.table.column_headers import HeaderColumn

TELLING = 100  # a number so large is not met again by chance
Values = dict[int, Decimal]  # by column


def mark_closings(lines: Sequence[LabelledRow]) -> bool:
    """Give rows that their numbers prove to be closing balances that edge; whether there was any."""
    opening: Values | None = None
    parts: list[Values] = []
    found = False
    for line in lines:
        values = {value.column: value.number.value for value in line.row.values}
        label = next((path[-1] for path in line.paths.values() if path), "")
        if line.date is not None or closes(label):
            opening = None
        elif opens(label):
            opening, parts = values, []
        elif opening is not None and parts and _proves(opening, parts, values, line.columns):
            line.edge, opening, found = "closing", None, True
        elif opening is not None:
            parts.append(values)
    return found


def _proves(opening: Values, parts: Sequence[Values], values: Values, columns: dict[int, HeaderColumn]) -> bool:
    if len(opening) < 2 or not opening.keys() <= values.keys():
        return False
    return _sums_up(opening, parts, values) or _opens_the_next(opening, values, columns) or _on_one_day(opening, values, columns)


def _sums_up(opening: Values, parts: Sequence[Values], values: Values) -> bool:
    """Whether a row is the opening balance with all that moved it; what was rounded may be off by one, in some columns."""
    moved = {column: sum((part.get(column, Decimal(0)) for part in parts), Decimal(0)) for column in opening}
    off = {column: abs(opening[column] + moved[column] - values[column]) for column in opening}
    exact = [column for column in opening if not off[column] and moved[column] and abs(values[column]) >= TELLING]
    return len(exact) >= 2 and max(off.values()) <= 1


def _opens_the_next(opening: Values, values: Values, columns: dict[int, HeaderColumn]) -> bool:
    """Whether each year of a row is what the year after it opens with."""
    years = [(later, earlier) for later, earlier in _alike(opening, columns) if _year(columns[later]) == (_year(columns[earlier]) or 0) + 1]
    carried = [opening[later] == values[earlier] for later, earlier in years]
    return all(carried) and any(abs(opening[later]) >= TELLING for later, _ in years)


def _on_one_day(opening: Values, values: Values, columns: dict[int, HeaderColumn]) -> bool:
    """Whether a row is the same over different lengths that end on one day, though they opened with different balances."""
    ends = [
        (one, other)
        for one, other in _alike(opening, columns)
        if (end := columns[one].timing.end) and end == columns[other].timing.end and opening[one] != opening[other]
    ]
    return bool(ends) and all(values[one] == values[other] for one, other in ends) and any(abs(values[one]) >= TELLING for one, _ in ends)


def _alike(opening: Values, columns: dict[int, HeaderColumn]) -> list[tuple[int, int]]:
    """Pairs of columns of one thing."""
    known = [column for column in opening if column in columns]
    return [
        (one, other)
        for one in known
        for other in known
        if one != other and columns[one].dimension == columns[other].dimension and columns[one].timing.dated
    ]


def _year(column: HeaderColumn) -> int | None:
    return column.timing.end.year if column.timing.end else column.timing.year
