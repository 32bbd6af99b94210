"""Tables whose border a person drew: rows and columns from the words within it, whatever the page would have been taken for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from finfoundry.core.document import Box, Word
from finfoundry.knowledge.layout.lines import TextLine, TextRun, group_lines, make_run
from finfoundry.knowledge.layout.page_tables import PageTable, ruled_tables
from finfoundry.knowledge.layout.rulings import Rulings
from finfoundry.knowledge.layout.table_border import TableBorder
from finfoundry.knowledge.layout.table_cells import build
from finfoundry.knowledge.layout.unruled_columns import ColumnInterval, find_columns, unglued

_RULED = 0.9  # of the words within the border: drawn lines that hold as many show its rows and columns


def drawn_tables(words: Sequence[Word], rulings: Rulings, borders: Sequence[TableBorder]) -> tuple[list[PageTable], list[Word]]:
    """A table for each border in which words stand in two columns, and the words outside these."""
    tables: list[PageTable] = []
    rest = list(words)
    for border in borders:
        within = [word for word in rest if _inside(border.box, word)]
        table = _table(within, rulings, border)
        if table is not None:
            tables.append(table)
            taken = set(map(id, within))
            rest = [word for word in rest if id(word) not in taken]
    return tables, rest


def _inside(box: Box, word: Word) -> bool:
    x, y = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _table(words: Sequence[Word], rulings: Rulings, border: TableBorder) -> PageTable | None:
    if not words:
        return None
    if not border.columns:
        ruled, outside = ruled_tables(words, rulings)
        if len(ruled) == 1 and len(outside) <= (1 - _RULED) * len(words):
            return ruled[0]
    lines = group_lines(words)
    columns = _parted(lines, border) if border.columns else find_columns(lines)
    if len(columns) < 2:
        return None
    if border.columns:
        lines = [_cut(line, columns) for line in lines]
    cells = build([unglued(line, columns) for line in lines], columns, rulings)
    return PageTable(cells, border.box, lines)


def _parted(lines: Sequence[TextLine], border: TableBorder) -> list[ColumnInterval]:
    """The columns between the edges given; those in which figures stand are columns of figures."""
    edges = [border.box[0], *(x for x in sorted(border.columns) if border.box[0] < x < border.box[2]), border.box[2]]
    columns = [ColumnInterval(x0, x1, numeric=False) for x0, x1 in pairwise(edges)]
    for run in (run for line in lines for run in _cut(line, columns).runs):
        column = columns[_place(run.middle, columns)]
        column.numeric = column.numeric or (run.number and not run.year)
    return columns


def _cut(line: TextLine, columns: Sequence[ColumnInterval]) -> TextLine:
    """The line with a run for each column in which it has words."""
    parts: dict[int, list[Word]] = {}
    for word in line.words:
        parts.setdefault(_place((word.box[0] + word.box[2]) / 2, columns), []).append(word)
    return TextLine([_held(make_run(found), columns[place]) for place, found in sorted(parts.items())])


def _held(run: TextRun, column: ColumnInterval) -> TextRun:
    """A run within its column: what reaches over the edge is no span."""
    run.x0, run.x1 = max(run.x0, column.x0), min(run.x1, column.x1)
    return run


def _place(x: float, columns: Sequence[ColumnInterval]) -> int:
    return next((number for number, column in enumerate(columns) if x < column.x1), len(columns) - 1)
