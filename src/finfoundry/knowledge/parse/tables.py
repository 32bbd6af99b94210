"""All tables of a page: lattices first, then stretches of aligned lines in what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from finfoundry.core.document import Box, Cell, Word
from finfoundry.knowledge.parse.captions import is_note
from finfoundry.knowledge.parse.columns import Column, find_columns
from finfoundry.knowledge.parse.grid import build
from finfoundry.knowledge.parse.lattice import Lattice, find_lattices, inside, lattice_cells
from finfoundry.knowledge.parse.lines import Run, TextLine, group_lines, make_run
from finfoundry.knowledge.parse.regions import Region, find_regions
from finfoundry.knowledge.parse.rulings import Rulings

_MOST_WORDS = 150  # of one cell: a frame around prose is not a table


@dataclass(slots=True)
class Table:
    """Cells and where they stand, in the reading frame."""

    cells: list[Cell]
    box: Box
    lines: list[TextLine]  # the lines it was made of; empty for a lattice


def ruled_tables(words: Sequence[Word], rulings: Rulings) -> tuple[list[Table], list[Word]]:
    """Tables with a lattice, and the words outside them."""
    tables: list[Table] = []
    rest = list(words)
    for lattice in find_lattices(rulings):
        within = [word for word in rest if inside(lattice, word)]
        table = _ruled(lattice, within)
        if table:
            tables.append(table)
            taken = {id(word) for word in within}
            rest = [word for word in rest if id(word) not in taken]
    return tables, rest


def _ruled(lattice: Lattice, words: Sequence[Word]) -> Table | None:
    if not words:
        return None
    cells = [cell for cell in lattice_cells(lattice, words) if cell.text]
    columns = {cell.column for cell in cells}
    if len(cells) < 3 or len(columns) < 2 or any(len(cell.text) > 6 * _MOST_WORDS for cell in cells):
        return None
    lines = _cut_at(group_lines(words), lattice.xs)
    if _rows_open(lines, lattice):
        open_columns = [Column(a, b, numeric=False) for a, b in pairwise(lattice.xs)]
        cells = build(lines, open_columns, Rulings(horizontal=lattice.horizontal))
    else:
        cells = _compact(cells)
        _mark_header(cells)
    return Table(cells, lattice.box, [])


def _cut_at(lines: Sequence[TextLine], xs: Sequence[float]) -> list[TextLine]:
    """Lines whose runs are the words between two vertical rulings."""
    out = []
    for line in lines:
        runs: list[Run] = []
        for low, high in pairwise(xs):
            words = [word for word in line.words if low <= (word.box[0] + word.box[2]) / 2 < high]
            if words:
                runs.append(make_run(words))
        if runs:
            out.append(TextLine(runs))
    return out


def _rows_open(lines: Sequence[TextLine], lattice: Lattice) -> bool:
    """Whether several lines of figures stand between two horizontal rulings: the drawing leaves out row lines."""
    crowded = total = 0
    for low, high in pairwise(lattice.ys):
        rows = [line for line in lines if low <= line.middle < high]
        figures = [line for line in rows if len(line.runs) > 1 and any(run.number and not run.year for run in line.runs)]
        total += bool(figures)
        crowded += len(figures) >= 2
    return crowded > 0 and crowded >= 0.3 * total


def _compact(cells: list[Cell]) -> list[Cell]:
    """Cells without the rows and columns in which no cell begins."""
    rows = {row: index for index, row in enumerate(sorted({cell.row for cell in cells}))}
    columns = {column: index for index, column in enumerate(sorted({cell.column for cell in cells}))}
    for cell in cells:
        cell.row_span = max(1, sum(cell.row <= row < cell.row + cell.row_span for row in rows))
        cell.column_span = max(1, sum(cell.column <= column < cell.column + cell.column_span for column in columns))
        cell.row, cell.column = rows[cell.row], columns[cell.column]
    return cells


def _mark_header(cells: Sequence[Cell]) -> None:
    """Mark the leading rows without figures; none where the first row has some."""
    rows: dict[int, list[Cell]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(cell)
    leading = []
    for number in sorted(rows):
        if any(_figure(cell.text) for cell in rows[number]):
            break
        leading.append(number)
    if len(leading) == len(rows):
        leading = leading[:1]
    while len(leading) > 1 and len(rows[leading[-1]]) == 1 and rows[leading[-1]][0].column == 0:
        leading.pop()  # a group heading, not a column heading
    deepest = max((cell.row + cell.row_span for number in leading[:1] for cell in rows[number]), default=0)
    for number in leading:
        if number < max(deepest, 4):
            for cell in rows[number]:
                cell.header = True


def _figure(text: str) -> bool:
    run = make_run([Word(text, (0, 0, 1, 1), 1)])
    return run.number and not run.year


def aligned_tables(lines: Sequence[TextLine], rulings: Rulings) -> list[Table]:
    """Tables without a lattice among the lines of one column of text."""
    tables = []
    for region in find_regions(lines):
        table = _aligned(region, rulings)
        if table:
            tables.append(table)
    return tables


def _aligned(region: Region, rulings: Rulings) -> Table | None:
    while region.lines and is_note(region.lines[0].text) and not any(run.year for run in region.lines[0].runs):
        region.lines.pop(0)
    if len(region.anchors) < 2:
        return None
    columns = find_columns(region.lines)
    if len(columns) < 2:
        return None
    cells = build(region.lines, columns, rulings)
    return Table(cells, _around(region.lines), region.lines)


def _around(lines: Sequence[TextLine]) -> Box:
    return min(line.x0 for line in lines), lines[0].y0, max(line.x1 for line in lines), lines[-1].y1


def table_text(cells: Sequence[Cell]) -> str:
    """Rows on lines, cells between tabs."""
    rows: dict[int, list[str]] = {}
    for cell in sorted(cells, key=lambda cell: (cell.row, cell.column)):
        rows.setdefault(cell.row, []).append(cell.text)
    return "\n".join("\t".join(texts) for texts in rows.values())
