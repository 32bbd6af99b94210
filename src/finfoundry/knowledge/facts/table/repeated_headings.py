"""Titles over headings that repeat: "2022 | 2021" over "Number | Price | Number | Price"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from finfoundry.core.document import Cell
from finfoundry.knowledge.facts.table.grid import GridRow, unit_note
from finfoundry.knowledge.facts.table.header_spans import Extent, runs_over

Above = tuple[GridRow, dict[int, list[Cell]]]  # a header row, and its cells over each column


def over_repetitions(rows: Sequence[Above], columns: Sequence[int], labels: set[int], extents: dict[int, Extent]) -> list[Above]:
    """The header rows, where titles above others that repeat ("Media | Parks | Total | Media | Parks | Other | Total") head one
    repetition each, wherever their spans end. What repeats may take several rows.
    """
    named = [place for place, (row, _) in enumerate(rows) if not _states_units(row, labels)]
    for first in reversed(named[1:]):
        sizes = _repetitions([rows[place] for place in named if place >= first], columns)
        if sizes:
            return [_heading_each(above, columns, labels, sizes, extents) if place < first else above for place, above in enumerate(rows)]
    for last in named[:-1]:  # the titles are below
        sizes = _repetitions([rows[place] for place in named if place <= last], columns)
        if sizes:
            return [_heading_each(above, columns, labels, sizes, extents) if place > last else above for place, above in enumerate(rows)]
    return list(rows)


def _states_units(row: GridRow, labels: set[int]) -> bool:
    """Whether a row is one note on units, perhaps in several cells: "(Dollars in | thousands)"."""
    text = " ".join(cell.text for cell in row.cells if cell.column not in labels)
    return text.startswith("(") and unit_note(text)


def _repetitions(rows: Sequence[Above], columns: Sequence[int]) -> list[int]:
    """How many columns each repetition has; empty where the headings do not repeat, or a column has none."""
    texts = [tuple(tuple(cell.text for cell in above.get(number, ())) for _, above in rows) for number in columns]
    starts = [place for place, text in enumerate(texts) if text == texts[0]]
    groups = [texts[start:end] for start, end in pairwise([*starts, len(texts)])]
    if len(groups) < 2 or not all(map(any, texts)) or any(len(group) < 2 or group[-1] != groups[0][-1] for group in groups):
        return []
    return [len(group) for group in groups]


def _heading_each(above: Above, columns: Sequence[int], labels: set[int], sizes: Sequence[int], extents: dict[int, Extent]) -> Above:
    row, over = above
    titles = _titles_from(columns[0], row, labels)
    titles = titles if len(titles) == len(sizes) else _titles_from(columns[0] - 1, row, labels)
    if len(titles) != len(sizes):
        return row, _over_whole(titles, over, columns, sizes, extents)
    beside = {number: cells for number, cells in over.items() if number in labels}
    heads = [title for title, size in zip(titles, sizes, strict=True) for _ in range(size)]
    return row, beside | {number: [head] for number, head in zip(columns, heads, strict=True)}


def _titles_from(column: int, row: GridRow, labels: set[int]) -> list[Cell]:
    """The titles of a header row that reach as far as a column, from left to right: right of "Note"."""
    over = (cell for cell in row.cells if cell.column not in labels and cell.column + cell.column_span > column and cell.text.strip())
    return sorted(over, key=lambda cell: cell.column)


def _over_whole(
    titles: Sequence[Cell], over: dict[int, list[Cell]], columns: Sequence[int], sizes: Sequence[int], extents: dict[int, Extent]
) -> dict[int, list[Cell]]:
    """Fewer titles than repetitions: each heads one or several that it is in the middle of, none a part of one."""
    boxes = [title.box for title in titles if title.box]
    if not 1 < len(titles) < len(sizes) or len(boxes) < len(titles) or any(column not in extents for column in columns):
        return over
    ends = list(accumulate(sizes))
    groups = [columns[end - size : end] for end, size in zip(ends, sizes, strict=True)]
    places = {number: (extents[group[0]][0], extents[group[-1]][1]) for number, group in enumerate(groups)}
    heads: dict[int, list[Cell]] = {column: [] for group in groups for column in group} | {
        column: [title]
        for title, found in zip(titles, runs_over(boxes, places), strict=True)
        for number in found
        for column in groups[number]
    }
    return over | heads
