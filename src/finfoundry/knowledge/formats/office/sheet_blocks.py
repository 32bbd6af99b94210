"""A sheet as blocks: contiguous rows are tables, lines between them are headings and notes. Cells keep their address as locator."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from finfoundry.core.document import Block, Cell, Page
from finfoundry.core.periods import find_periods
from finfoundry.core.quantities.cells import parse_cell
from finfoundry.core.quantities.unit_lines import read_unit_line
from finfoundry.core.workbook import MergedRange, cell_name

ABOVE = 3  # rows over a table among which its note is
LONGEST_HEAD = 40  # characters of a time over one column
YEARS = range(1900, 2100)  # numbers that head columns

_UNIT = re.compile(  # what states the unit of a whole table; a bare "EUR million" may be that of a column
    r"[（(]?\s*(?:(?:金额|货币|计量)?单位|币种)\s*[:：].+|[（(]?\s*(?:currency|units?|amounts?)\s*:.+"
    r"|[（(]?\s*(?:all\s+)?(?:amounts|figures)\s+(?:are\s+)?(?:stated\s+)?in\s.+",
    re.IGNORECASE,
)

Row = list[str]


def sheet_page(page_number: int, title: str, rows: list[Row], spans: Sequence[MergedRange]) -> Page:
    """Cut a sheet at blank rows: regions of at least two columns are tables, single lines are headings and notes."""
    page = Page(page_number, 0.0, 0.0, source="sheet", name=title)
    parts = list(regions(rows))
    for first, last in parts:
        start, end = first, last
        while start < last and is_line(rows, start, last):
            page.blocks += line_blocks(title, rows, start)
            start += 1
        while end - 1 > start and _states_unit(rows[end - 1]):
            end -= 1
        if start < end:
            below = range(end, last) if end < last else range(last, last + 2) if (last + 1, last + 2) == parts[-1] else range(0)
            page.blocks.append(table_block(title, rows, start, end, spans, below))
        for row in range(end, last):
            page.blocks += line_blocks(title, rows, row)
    return page


def is_line(rows: Sequence[Row], row: int, last: int) -> bool:
    """Whether a row is a line of text: it holds one cell, or it ends in the unit of the table, whose header is the row below it. A day or a
    year alone over a column of figures is the head of that column.
    """
    held = [text for text in rows[row] if text]
    if len(held) < 2 or row + 1 >= last:
        return len(held) == 1 and not (row + 1 < last and _heads_figures(rows[row], rows[row + 1]))
    ends = sum(1 for text in held if _UNIT.fullmatch(text)) == 1 and _UNIT.fullmatch(held[-1]) is not None
    if not ends or any(_is_figure(text) for text in held):
        return False
    below = [text for text in rows[row + 1] if text]
    return is_line(rows, row + 1, last) if len(below) == 1 else len(below) >= 2 and not any(map(_is_figure, below))


def _heads_figures(row: Row, below: Row) -> bool:
    """Whether the one cell of a row is a time that stands right above a figure, beside whose label nothing stands."""
    column = next(at for at, text in enumerate(row) if text)
    labelled = any(below[:column]) and column < len(below)
    return labelled and bool(find_periods(row[column])) and len(row[column]) <= LONGEST_HEAD and _is_figure(below[column])


def _is_figure(text: str) -> bool:
    number = parse_cell(text)
    return number is not None and not (number.value in YEARS and text.strip().isdecimal()) and not find_periods(text)


def _states_unit(row: Row) -> bool:
    held = [text for text in row if text]
    return len(held) == 1 and _UNIT.fullmatch(held[0]) is not None


def regions(rows: list[Row]) -> Iterator[tuple[int, int]]:
    """Yield [first, last) of each run of rows that hold something."""
    first = None
    for index, row in enumerate([*rows, []]):
        if any(row) and first is None:
            first = index
        elif not any(row) and first is not None:
            yield first, index
            first = None


def line_blocks(sheet: str, rows: list[Row], row: int) -> Iterator[Block]:
    """The cells of a line, each as a paragraph."""
    for column, text in enumerate(rows[row]):
        if text:
            yield Block("paragraph", text, locator=address(sheet, row, column), section=(sheet,))


def table_block(sheet: str, rows: list[Row], first: int, last: int, spans: Sequence[MergedRange], below: range = range(0)) -> Block:
    """The rows ``first`` to ``last`` (not included) as a table; a text of the rows above, or of those ``below``, is its note."""
    sizes = {(span.top, span.left): span for span in spans}
    cells = []
    for row in range(first, last):
        for column, text in enumerate(rows[row]):
            if not text:
                continue
            span = sizes.get((row, column), MergedRange(row, column, row, column))
            height, width = span.bottom - span.top + 1, span.right - span.left + 1
            cells.append(Cell(row - first, column, text, None, height, width, address(sheet, row, column), header=row == first))
    text = "\n".join("\t".join(row) for row in rows[first:last])
    note = _note(rows, first, below)
    return Block("table", text, cells=cells, section=(sheet,), title=sheet, note=note, locator=address(sheet, first, 0))


def _note(rows: list[Row], first: int, below: range) -> str | None:
    """What states the unit of a table, in the rows above it or else below it; without one the line of one cell right above it."""
    lines = [[text for text in rows[index] if text] for index in range(max(0, first - ABOVE), first)]
    above = [held[-1] for held in lines if len(held) == 1 or (held and _UNIT.fullmatch(held[-1]))]
    under = [text for index in below if index < len(rows) and _states_unit(rows[index]) for text in rows[index] if text]
    units = [text for text in (*above[::-1], *under) if _says_unit(text)]
    return units[0] if units else above[-1] if above else None


def _says_unit(text: str) -> bool:
    line = read_unit_line(text)
    return _UNIT.fullmatch(text) is not None or line.scale is not None or line.unread is not None


def address(sheet: str, row: int, column: int) -> dict[str, str]:
    return {"sheet": sheet, "cell": cell_name(row, column)}
