"""All tables of a page: lattices first, then stretches of aligned lines in what is left."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from finfoundry.core.document import Box, Cell, Word
from finfoundry.knowledge.layout.captions import is_caption, is_note
from finfoundry.knowledge.layout.lattice import Face, Lattice, filled_faces, find_lattices, inside, make_cells
from finfoundry.knowledge.layout.lines import TextLine, group_lines, make_run
from finfoundry.knowledge.layout.regions import Region, find_regions
from finfoundry.knowledge.layout.rulings import Rulings
from finfoundry.knowledge.layout.table_cells import build
from finfoundry.knowledge.layout.unruled_columns import find_columns, unglued, with_blank

_DATED = re.compile(r"(?:19|20)\d\d")
_MOST_WORDS = 150  # of one cell: a frame around prose is not a table


@dataclass(slots=True)
class PageTable:
    """Cells and their places, in the reading frame."""

    cells: list[Cell]
    box: Box
    lines: list[TextLine]  # the lines it was made of; empty for a lattice


def ruled_tables(words: Sequence[Word], rulings: Rulings) -> tuple[list[PageTable], list[Word]]:
    """Tables with a lattice, and the words outside them."""
    tables: list[PageTable] = []
    rest = list(words)
    for lattice in find_lattices(rulings):
        within = [word for word in rest if inside(lattice, word)]
        table = None if _goes_beyond(lattice, rest) or _goes_aside(lattice, rest) else _ruled(lattice, within)
        if table:
            tables.append(table)
            rest = [word for word in rest if not _within(table.box, word)]
    return tables, rest


def _goes_beyond(lattice: Lattice, words: Sequence[Word]) -> bool:
    """Whether figures are close above or below, in line with the columns: the drawing frames only some rows of a larger table."""
    x0, y0, x1, y1 = lattice.box
    columns = set()
    for word in words:
        x, reach = (word.box[0] + word.box[2]) / 2, 0.6 * word.size
        near = abs(y0 - word.box[3]) < reach or abs(word.box[1] - y1) < reach
        if near and x0 < x < x1 and not inside(lattice, word) and make_run([word]).number:
            columns.add(sum(edge < x for edge in lattice.xs))
    return len(columns - {1}) >= min(2, len(lattice.xs) - 2)


def _goes_aside(lattice: Lattice, words: Sequence[Word]) -> bool:
    """Whether the rows go on outside the drawing: it frames figures whose labels, or further figures, are left or right of it."""
    beyond, rows = 0, 0
    for line in group_lines(word for word in words if lattice.ys[0] < (word.box[1] + word.box[3]) / 2 < lattice.ys[-1]):
        framed = [run for run in line.runs if lattice.box[0] <= run.middle <= lattice.box[2]]
        if not any(run.number for run in framed):
            continue
        rows += 1
        left = [run for run in line.runs if run.middle < lattice.box[0]]
        right = [run for run in line.runs if run.middle > lattice.box[2]]
        beyond += (bool(left) and framed[0].number) or (bool(right) and right[0].number)
    return rows > 0 and beyond >= 0.6 * rows


def _within(box: Box, word: Word) -> bool:
    x, y = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _ruled(lattice: Lattice, words: Sequence[Word]) -> PageTable | None:
    if not words:
        return None
    faces = _between_captions(filled_faces(lattice, words), len(lattice.xs) - 1)
    if len(faces) < 3 or len({face.column for face in faces}) < 2 or any(len(face.words) > _MOST_WORDS for face in faces):
        return None
    top, bottom = min(face.row for face in faces), max(face.row + face.row_span for face in faces)
    box = (lattice.xs[0], lattice.ys[top], lattice.xs[-1], lattice.ys[bottom])
    if _rulings_left_out(faces):
        return None
    cells = _compact(make_cells(lattice, faces), lattice)
    _mark_header(cells)
    return PageTable(cells, box, [])


def _between_captions(faces: list[Face], columns: int) -> list[Face]:
    """The faces without those above and below that are as wide as the table: its title, its source."""
    wide = {face.row for face in faces if face.column_span == columns}
    inner = [face for face in faces if face.row not in wide]
    if not inner:
        return []
    top, bottom = min(face.row for face in inner), max(face.row for face in inner)
    return [face for face in faces if top <= face.row <= bottom]


def _rulings_left_out(faces: Sequence[Face]) -> bool:
    """Whether faces hold several figures each: then words must show the rows and columns that no ruling shows."""
    figures = [face.figures for face in faces]
    crowded = sum(count > 1 for count in figures)
    return (crowded >= 2 and crowded >= 0.25 * sum(count > 0 for count in figures)) or max(figures) > 5


def _compact(cells: list[Cell], lattice: Lattice) -> list[Cell]:
    """Cells numbered without the rows and columns in which no face of the lattice begins."""
    first = min(cell.row for cell in cells)
    rows = {row: index for index, row in enumerate(sorted(row for row in lattice.rows if row >= first))}
    columns = {column: index for index, column in enumerate(sorted(lattice.columns))}
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


def aligned_tables(lines: Sequence[TextLine], rulings: Rulings) -> list[PageTable]:
    """Tables without a lattice among the lines of one column of text."""
    tables = []
    for region in find_regions(lines):
        table = _aligned(region, rulings)
        if table:
            tables.append(table)
    return tables


def _aligned(region: Region, rulings: Rulings) -> PageTable | None:
    _drop_caption(region)
    if len(region.anchors) < 2:
        return None
    columns = find_columns(region.lines)
    if len(columns) < 2 or _is_axis(region.lines):
        return None
    columns = with_blank(columns, region.lines)
    cells = build([unglued(line, columns) for line in region.lines], columns, rulings)
    return PageTable(cells, _around(region.lines), region.lines)


def _drop_caption(region: Region) -> None:
    """Take the caption and the unit line off the top of the region."""
    lines = region.lines
    while lines:
        first = lines[0]
        if is_caption(first.text):
            starts = [run.x0 for run in first.runs[:2]]
            lines.pop(0)
            while lines and lines[0].y0 - first.y1 < 0.5 * first.height and min(abs(lines[0].x0 - x) for x in starts) < 2:
                first = lines.pop(0)
        elif is_note(first.text) and not any(run.year for run in first.runs) and not _heads_columns(first):
            lines.pop(0)
        else:
            return


def _heads_columns(line: TextLine) -> bool:
    """Whether a unit line ("(in millions)  June 29, 2025  December 29, 2024", "2024 (EUR million)  2023 (EUR thousand)") is also the line
    of the column headings.
    """
    dated = [run for run in line.runs if _DATED.search(run.text)]
    if len(dated) > 1:
        return True
    first, *others = (run.text for run in line.runs)
    return is_note(first) and (len(others) > 1 or any(map(_DATED.search, others))) and not any(map(is_note, others))


def _is_axis(lines: Sequence[TextLine]) -> bool:
    """Whether the first runs are the ticks of a chart: figures that fall by the same step down the page."""
    ticks = [run.text for line in lines for run in line.runs[:1] if run.number and not run.year and not run.dash]
    if len(ticks) < 4 or len(ticks) < 0.6 * len(lines):
        return False
    values = [float(re.sub(r"[^\d.]", "", tick) or 0) for tick in ticks]
    steps = {round(a - b, 6) for a, b in pairwise(values)}
    return len(steps) == 1 and steps.pop() > 0


def _around(lines: Sequence[TextLine]) -> Box:
    return min(line.x0 for line in lines), lines[0].y0, max(line.x1 for line in lines), lines[-1].y1
