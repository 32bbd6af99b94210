"""Headings read from the words of the page, where those of a table do not tell its columns apart: lines above the table that were not read
as a part of it ("Less than 12 months | 12 months or more" over "Fair value | Losses | Fair value | Losses"), headings read as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from finfoundry.core.document import Box, Cell, Page, Word
from finfoundry.knowledge.facts.table.grid import Grid, GridRow, number_of, unit_note, year_like
from finfoundry.knowledge.facts.table.header_spans import FLUSH, MAX_COLUMNS, Extent, extents_of, runs_over

MOST = 10  # lines
REACH = 150.0  # points above a table
GAP = 2.0  # between the table and the line above it, in heights of the line
BETWEEN = 0.8  # between two lines, in heights
APART = 0.7  # between the words of two headings, in heights
LEFT = 40.0  # points that a heading may begin left of the figures of the first column
CENTRED = 6.0  # points off the middle
LONGEST_MARK = 4  # characters
WIDER = 1.5  # a gap between two headings than those between their words
SPACE = 0.3  # between two words, in heights
SAME_LINE = 2.5  # points between the feet of words in one line

Run = tuple[str, Box]


def read_headings_anew(grid: Grid, page: Page) -> bool:
    """Put headings read from the words of the page, those above the table included, in the place of the grid's; whether there are some."""
    extents = extents_of(grid)
    places = grid.value_columns
    first = next((place for place, row in enumerate(grid.rows) if row.kind == "header"), 0)
    end = next((place for place in range(first, len(grid.rows)) if grid.rows[place].kind != "header"), len(grid.rows))
    placed = 1 < len(places) <= MAX_COLUMNS and all(column in extents for column in places)
    if not placed or end == len(grid.rows) or any(row.values for row in grid.rows[:first]):
        return False
    lines = [GridRow(grid.rows[first].index, cells, "header") for cells in _stacked(list(_lines(grid, end, page, extents)))]
    if lines:
        beside = [cell for row in grid.rows[first:end] for cell in row.cells if cell.column in grid.labels]
        lines[-1].cells = [*beside, *lines[-1].cells]
        grid.rows = [*grid.rows[:first], *lines, *grid.rows[end:]]
    return bool(lines)


def _stacked(lines: Sequence[list[Cell]]) -> list[list[Cell]]:
    """The lines from the top, without those that only go on with the headings above them: "Balance at" over "end of year"."""
    found: list[list[Cell]] = []
    for line in reversed([line for line in lines if line]):
        places = {(cell.column, cell.column_span): cell for cell in line}
        above = {(cell.column, cell.column_span): cell for cell in found[-1]} if found else {}
        if above and all(span == 1 for _, span in (*places, *above)):
            both = [_under(above.get(place), places.get(place)) for place in sorted({*above, *places})]
            found[-1] = [cell for cell in both if cell is not None]
        else:
            found.append(line)
    return found


def _under(above: Cell | None, below: Cell | None) -> Cell | None:
    if above is None or below is None or above.box is None or below.box is None:
        return above or below
    box = (min(above.box[0], below.box[0]), above.box[1], max(above.box[2], below.box[2]), below.box[3])
    return replace(above, text=f"{above.text} {below.text}", box=box)


def _lines(grid: Grid, end: int, page: Page, extents: dict[int, Extent]) -> Iterator[list[Cell]]:
    """The headings of each line above the row ``end``, the nearest line first, each with the columns that it is over."""
    own = [cell.box for row in grid.rows for cell in row.cells if cell.box]
    kept = [cell.box for row in grid.rows for cell in row.cells if cell.box and (row.kind != "header" or cell.column in grid.labels)]
    table = (min(box[0] for box in own), max(box[2] for box in own))
    foot = min((cell.box[3] for cell in grid.rows[end].cells if cell.box), default=0.0)
    top = min((cell.box[1] for cell in grid.rows[end].cells if cell.box), default=0.0)
    first, last = min(left for left, _ in extents.values()), max(right for _, right in extents.values())
    edges = [block.box for block in page.blocks if block.kind in ("header", "footer") and block.box]
    inner = (word for word in page.words if not any(edge[1] <= (word.box[1] + word.box[3]) / 2 <= edge[3] for edge in edges))
    near = (word for word in inner if word.box[2] > table[0] - LEFT and word.box[0] < table[1] + LEFT)  # none of the margin
    above = [word for word in near if foot - REACH < word.box[3] < foot - SAME_LINE and not _inside(word, kept)]
    gap = GAP
    for line in list(_by_line(above))[:MOST]:
        height = max(word.box[3] - word.box[1] for word in line)
        runs = list(_runs(line, APART * height, extents))
        if top - max(word.box[3] for word in line) > (max(gap, GAP) if len(runs) > 1 else gap) * height:
            return
        top, gap = min(word.box[1] for word in line), BETWEEN
        if len(runs) == 1 and runs[0][0].endswith(":") and runs[0][1][0] < first:
            continue  # of the first rows
        if _is_text(runs, table, first, last):
            return
        words = [run for run in runs if _begins_over(run[1], table[0], first) and not _is_mark(run[0])]
        if any(number_of(text) is not None and not year_like(text) for text, _ in words):
            return
        if all(unit_note(text) for text, _ in words):
            continue
        yield [
            Cell(0, columns[0], text, box, column_span=columns[-1] - columns[0] + 1, header=True)
            for (text, box), columns in zip(words, _of_one_size(words, extents), strict=True)
            if columns
        ]


def _of_one_size(heads: Sequence[Run], extents: dict[int, Extent]) -> list[list[int]]:
    """The columns that each heading of a line is over: where those of one name are over different numbers of columns, one each."""
    found = runs_over([box for _, box in heads], extents)
    sizes = defaultdict[str, set[int]](set)
    for (text, _), columns in zip(heads, found, strict=True):
        sizes[text].add(len(columns))
    uneven = any(len(one) > 1 for one in sizes.values())
    return [[_nearest((box[0] + box[2]) / 2, extents)] for _, box in heads] if uneven else found


def _begins_over(box: Box, labels: float, first: float) -> bool:
    """Whether a heading is over the figures: not where the labels begin, unless it reaches as far as the first column."""
    return box[2] > first or (box[2] > first - LEFT and box[0] > labels + LEFT)


def _is_mark(text: str) -> bool:
    """Whether a text marks a footnote: "(1)", "(1) (2)"."""
    return all(part.startswith("(") and len(part) <= LONGEST_MARK for part in text.split())


def _inside(word: Word, boxes: Sequence[Box]) -> bool:
    x, y = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
    return any(box[0] <= x <= box[2] and box[1] <= y <= box[3] for box in boxes)


def _by_line(words: Sequence[Word]) -> Iterator[list[Word]]:
    """The words by the lines that they are in, the lowest first, each from left to right."""
    line: list[Word] = []
    for word in sorted(words, key=lambda word: -word.box[3]):
        if line and line[0].box[3] - word.box[3] > SAME_LINE:
            yield sorted(line, key=lambda word: word.box[0])
            line = []
        line.append(word)
    if line:
        yield sorted(line, key=lambda word: word.box[0])


def _runs(line: Sequence[Word], apart: float, extents: dict[int, Extent]) -> Iterator[Run]:
    """The headings of a line: words with wide gaps between them, or each over the middle or the end of its own column."""
    start = 0
    for place in range(1, len(line) + 1):
        if place == len(line) or line[place].box[0] - line[place - 1].box[2] > apart:
            yield from map(_joined, _over_columns(line[start:place], extents))
            start = place


def _over_columns(words: Sequence[Word], extents: dict[int, Extent]) -> list[Sequence[Word]]:
    """Words parted where those of each part are over one column and set as its figures are, and apart; else as they are."""
    columns = [_nearest((word.box[0] + word.box[2]) / 2, extents) for word in words]
    gaps = [right.box[0] - left.box[2] for left, right in pairwise(words)]
    within = [gap for gap, (left, right) in zip(gaps, pairwise(columns), strict=True) if left == right]
    across = [gap for gap, (left, right) in zip(gaps, pairwise(columns), strict=True) if left != right]
    parts = [[word for _, word in group] for _, group in groupby(zip(columns, words, strict=True), key=lambda pair: pair[0])]
    space = max(within, default=SPACE * (words[0].box[3] - words[0].box[1]))
    apart = bool(across) and min(across) >= WIDER * space
    return list(parts) if apart and all(_is_over(part, extents) for part in parts) else [words]


def _is_over(part: Sequence[Word], extents: dict[int, Extent]) -> bool:
    """Whether words are in the middle of a column, or end where its figures do."""
    left, _, right, _ = _joined(part)[1]
    column = extents[_nearest((part[0].box[0] + part[0].box[2]) / 2, extents)]
    return min(abs(right - column[1]), abs((left + right) - sum(column)) / 2, abs(left - column[0])) <= FLUSH


def _nearest(place: float, extents: dict[int, Extent]) -> int:
    return min(extents, key=lambda column: max(extents[column][0] - place, place - extents[column][1]))


def _joined(part: Sequence[Word]) -> Run:
    boxes = [word.box for word in part]
    box = (boxes[0][0], min(one[1] for one in boxes), boxes[-1][2], max(one[3] for one in boxes))
    return " ".join(word.text for word in part), box


def _is_text(runs: Sequence[Run], table: Extent, first: float, last: float) -> bool:
    """Whether a line is a sentence or a title: it reaches from the labels over the figures, out of the table, or is in its middle."""
    out = any((box[0] < first - LEFT and box[2] > first) or box[2] > last + LEFT or box[0] < table[0] - LEFT for _, box in runs)
    if out or len(runs) > 1:
        return out
    middle = (runs[0][1][0] + runs[0][1][2]) / 2
    off_table, off_columns = abs(middle - sum(table) / 2), abs(middle - (first + last) / 2)
    return off_table < CENTRED and off_table < off_columns
