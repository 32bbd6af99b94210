"""Tables side by side: one drawing, but labels and figures begin anew further right under the same headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from finfoundry.core.document import Box, Cell

_NEAR = 2.0  # points
_LETTER = re.compile(r"[^\W\d_]")


def split_panels(cells: Sequence[Cell]) -> list[list[Cell]]:
    """The cells as one table for each panel, columns counted anew; as they are where there is one panel.

    A panel begins at a column of labels. Panels are apart only if their figures are under the same headings ("Assets · 2021 · 2020 ·
    Liabilities · 2021 · 2020"), or if nothing heads the labels of any and each has headings of its own over figures: otherwise a column of
    words among figures is an ordinary column.
    """
    starts = _label_columns(cells)
    if len(starts) < 2:
        return [list(cells)]
    width = max((cell.column + cell.column_span for cell in cells), default=0)
    bounds = list(zip(starts, [*starts[1:], width], strict=True))
    headings = [[_heading(cells, column) for column in range(start + 1, end)] for start, end in bounds]
    same = bool(headings[0]) and all(headings[0]) and all(other == headings[0] for other in headings[1:])
    if not same and not _headed_apart(cells, bounds):
        return [list(cells)]
    edges = [*(_left(cells, start) for start, _ in bounds[1:]), float("inf")]
    panels = [
        [_moved(cell, start, end) for cell in cells if _is_of(cell, start, end, edges[number - 1] if number else 0.0, edges[number])]
        for number, (start, end) in enumerate(bounds)
    ]
    return panels if all(sum(not cell.header for cell in panel) >= 4 for panel in panels) else [list(cells)]


def _headed_apart(cells: Sequence[Cell], bounds: Sequence[tuple[int, int]]) -> bool:
    """Whether the lowest row of headings has one over each column of figures of each panel, and none over labels."""
    row = max((cell.row for cell in cells if cell.header), default=-1)
    heads = {cell.column for cell in cells if cell.header and cell.row == row and cell.column_span == 1}
    values = {column for start, end in bounds for column in range(start + 1, end)}
    figures = all(_in_figures(cells, column) for column in values)
    return all(end - start > 1 for start, end in bounds) and heads == values and figures


def _in_figures(cells: Sequence[Cell], column: int) -> bool:
    body = [cell.text for cell in cells if cell.column == column and not cell.header]
    return bool(body) and not any(map(_LETTER.search, body))


def _left(cells: Sequence[Cell], column: int) -> float:
    """Where the labels of a panel begin."""
    return min((cell.box[0] for cell in cells if cell.column == column and not cell.header and cell.box), default=float("inf"))


def _is_of(cell: Cell, start: int, end: int, left: float, right: float) -> bool:
    """Whether a cell is of a panel by its columns, and is no heading that stands over another panel alone."""
    elsewhere = cell.header and cell.box is not None and (cell.box[2] <= left - _NEAR or cell.box[0] >= right)
    return not elsewhere and cell.column < end and cell.column + cell.column_span > start


def _label_columns(cells: Sequence[Cell]) -> list[int]:
    """The first column, and each later one whose cells are mostly words."""
    columns = sorted({cell.column for cell in cells})
    found = []
    for column in columns:
        body = [cell for cell in cells if cell.column == column and not cell.header]
        wordy = sum(bool(_LETTER.search(cell.text)) for cell in body)
        if column == 0 or (len(body) >= 3 and wordy > 0.8 * len(body)):
            found.append(column)
    return found


def _heading(cells: Sequence[Cell], column: int) -> str:
    return " ".join(cell.text for cell in cells if cell.header and cell.column <= column < cell.column + cell.column_span)


def _moved(cell: Cell, start: int, end: int) -> Cell:
    first, last = max(cell.column, start), min(cell.column + cell.column_span, end)
    return replace(cell, column=first - start, column_span=last - first)


def around(cells: Sequence[Cell]) -> Box | None:
    """The box around cells that have one."""
    boxes = [cell.box for cell in cells if cell.box]
    if not boxes:
        return None
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def table_text(cells: Sequence[Cell]) -> str:
    """The cells as text: a row a line, tabs between cells."""
    rows: dict[int, list[str]] = {}
    for cell in sorted(cells, key=lambda cell: (cell.row, cell.column)):
        rows.setdefault(cell.row, []).append(cell.text)
    return "\n".join("\t".join(texts) for texts in rows.values())
