"""Which columns a header cell heads, where the page shows it only by position: "Year ended December 31," centred over three years."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from finfoundry.core.document import Box, Cell, Word
from finfoundry.knowledge.facts.table.grid import Grid, GridRow, has_period

Extent = tuple[float, float]
SKIP = 12.0  # points: what it costs to leave a column without a header, against a header off its centre
MAX_COLUMNS = 40
_TIME = re.compile(r"\b(?:months?|weeks?|quarters?|years?|half|periods?|ended|ending)\b", re.IGNORECASE)
FLUSH = 5.0  # points between the end of a title and that of the numbers that it is set flush with


def extents_of(grid: Grid) -> dict[int, Extent]:
    """Left and right edge of each value column, from the boxes of its numbers; empty for sheets and HTML."""
    edges: dict[int, Extent] = {}
    for row in grid.rows:
        for value in row.values:
            if value.cell.box is not None:
                left, _, right, _ = value.cell.box
                old = edges.get(value.column, (left, right))
                edges[value.column] = (min(old[0], left), max(old[1], right))
    return edges


def part_titles(grid: Grid, words: Sequence[Word]) -> None:
    """Give each column its own title where titles close to each other were read as one: each ends where the numbers below it end."""
    extents = extents_of(grid)
    for row in grid.rows:
        if row.kind == "header":
            row.cells = [part for cell in row.cells for part in _parted(cell, extents, words)]


def _parted(cell: Cell, extents: dict[int, Extent], words: Sequence[Word]) -> list[Cell]:
    columns = [column for column in range(cell.column, cell.column + cell.column_span) if column in extents]
    if len(columns) < 2 or cell.box is None or has_period(cell.text) or _TIME.search(cell.text):
        return [cell]
    left, top, right, bottom = cell.box
    inside = [
        word
        for word in words
        if left - 1 <= word.box[0] and word.box[2] <= right + 1 and top - 1 <= word.box[1] and word.box[3] <= bottom + 1
    ]
    ends = [next((word.box[2] for word in inside if abs(word.box[2] - extents[column][1]) <= FLUSH), None) for column in columns]
    if any(end is None for end in ends) or max(word.box[2] for word in inside) > (ends[-1] or 0) + 1:
        return [cell]
    groups: list[list[Word]] = [[] for _ in columns]
    for word in inside:
        groups[next(place for place, end in enumerate(ends) if word.box[2] <= (end or 0) + 1)].append(word)
    if not all(groups):
        return [cell]
    return [
        replace(cell, column=column, column_span=1, text=" ".join(word.text for word in group), box=_around(group))
        for column, group in zip(columns, groups, strict=True)
    ]


def _around(words: Sequence[Word]) -> Box:
    boxes = [word.box for word in words]
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))


def over(
    row: GridRow, columns: Sequence[int], extents: dict[int, Extent], labels: set[int], spreads: Sequence[bool]
) -> dict[int, list[Cell]]:
    """Value column -> the cells of a header row above it. ``spreads`` says for each cell of the row whether it may head several
    columns by position alone.
    """
    direct: dict[int, list[Cell]] = {}
    for cell in row.cells:
        for column in range(cell.column, cell.column + cell.column_span):
            direct.setdefault(column, []).append(cell)
    places = [column for column in columns if column in extents]
    cells = [(cell, spread) for cell, spread in zip(row.cells, spreads, strict=True) if cell.column not in labels]
    positioned = all(cell.box is not None for cell, _ in cells) and len(places) == len(columns) <= MAX_COLUMNS
    if not cells or not positioned or all(column in direct for column in columns) or not any(spread for _, spread in cells):
        return direct
    found = _partition(cells, places, extents)
    return {column: [cell] for column, cell in found.items()} | {column: direct[column] for column in direct if column in labels}


def runs_over(boxes: Sequence[Box], extents: dict[int, Extent]) -> list[list[int]]:
    """For each of the headings of a line the columns that it is over, by its place alone."""
    cells = [Cell(0, place, "", box) for place, box in enumerate(boxes)]
    found = _partition([(cell, True) for cell in cells], sorted(extents), extents) if len(extents) <= MAX_COLUMNS else {}
    return [sorted(column for column, cell in found.items() if cell.column == place) for place in range(len(cells))]


def _partition(cells: list[tuple[Cell, bool]], columns: list[int], extents: dict[int, Extent]) -> dict[int, Cell]:
    """Give each cell a run of columns so that the cells are nearest to the middle of their runs."""
    ordered = sorted(cells, key=lambda item: _middle(item[0]))

    @cache
    def best(column: int, cell: int) -> tuple[float, tuple[tuple[int, int, int], ...]]:
        """Cheapest way to place the cells from ``cell`` on over the columns from ``column`` on: cost, runs (cell, first, last)."""
        if cell == len(ordered):
            return SKIP * (len(columns) - column), ()
        if column == len(columns):
            return 1000.0 * (len(ordered) - cell), ()
        cost, runs = best(column + 1, cell)
        choices = [(cost + SKIP, runs)]
        item, spread = ordered[cell]
        for last in range(column, len(columns) if spread else min(column + max(item.column_span, 1), len(columns))):
            middle = (extents[columns[column]][0] + extents[columns[last]][1]) / 2
            cost, runs = best(last + 1, cell + 1)
            choices.append((cost + abs(middle - _middle(item)), ((cell, column, last), *runs)))
        return min(choices, key=lambda choice: choice[0])

    return {columns[place]: ordered[cell][0] for cell, first, last in best(0, 0)[1] for place in range(first, last + 1)}


def _middle(cell: Cell) -> float:
    return (cell.box[0] + cell.box[2]) / 2 if cell.box else 0.0
