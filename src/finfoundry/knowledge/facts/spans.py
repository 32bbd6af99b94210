"""Which columns a header cell stands over, where the page shows it only by position: "Year ended December 31," centred over three years."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from finfoundry.core.document import Cell
from finfoundry.knowledge.facts.grid import Grid, Row

Extent = tuple[float, float]
SKIP = 12.0  # points: what it costs to leave a column without a header, against a header off its centre
MAX_COLUMNS = 40


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


def over(row: Row, columns: Sequence[int], extents: dict[int, Extent], labels: set[int], spreads: Sequence[bool]) -> dict[int, list[Cell]]:
    """Value column -> the cells of a header row above it. ``spreads`` says for each cell of the row whether it may stand over several
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


def _partition(cells: list[tuple[Cell, bool]], columns: list[int], extents: dict[int, Extent]) -> dict[int, Cell]:
    """Give each cell a run of columns so that the cells stand nearest to the middle of their runs."""
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
