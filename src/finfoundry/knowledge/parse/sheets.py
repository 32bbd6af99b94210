"""XLSX and CSV: one page a sheet, one table a contiguous region of rows. Cells keep their address as locator."""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from finfoundry.core.document import Block, Cell, Document, Page
from finfoundry.core.errors import ParseError
from finfoundry.knowledge.parse.archive import check_archive
from finfoundry.knowledge.parse.encoding import decode

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_CELLS = 300_000  # of one file; more belongs into a typed import, not into prose
MERGE_LIMIT = 64 * 1024 * 1024  # unpacked bytes up to which merged cells are read (this needs the whole sheet in memory)

Row = list[str]


@dataclass(frozen=True, slots=True)
class Span:
    """A merged range; rows and columns count from 0, ends included."""

    top: int
    left: int
    bottom: int
    right: int


def parse_xlsx(data: bytes, name: str) -> Document:
    """Read every visible sheet. Raises ParseError when the workbook cannot be opened."""
    unpacked = check_archive(data, name)
    streaming = unpacked > MERGE_LIMIT
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=streaming, data_only=True)
    except (InvalidFileException, KeyError, ValueError, TypeError, OSError, EOFError, SyntaxError) as error:
        raise ParseError(f"{name} is not a readable workbook ({error})", remedy="Open it and save it again as .xlsx.") from error
    pages: list[Page] = []
    losses: list[str] = []
    budget = MAX_CELLS
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            losses.append(f"sheet {sheet.title!r} is hidden and was left out")
            continue
        rows = [[printed(cell) for cell in row] for row in limited(sheet.iter_rows(), budget)]
        if len(rows) < (sheet.max_row or 0):
            losses.append(f"sheet {sheet.title!r}: read {len(rows):,} of {sheet.max_row:,} rows (limit of {MAX_CELLS:,} cells a file)")
        budget -= sum(map(len, rows))
        spans = [] if streaming else [Span(r.min_row - 1, r.min_col - 1, r.max_row - 1, r.max_col - 1) for r in sheet.merged_cells.ranges]
        pages.append(sheet_page(len(pages) + 1, sheet.title, rows, spans))
    book.close()
    return Document(name, hashlib.sha256(data).hexdigest(), XLSX, len(data), pages, losses=losses)


def parse_csv(data: bytes, name: str) -> Document:
    """Read separated values; the separator and the encoding (UTF-8, GBK, …) are found from the content."""
    text, losses = decode(data, name)
    try:
        dialect: Any = csv.Sniffer().sniff(text[:20_000], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        reader = csv.reader(io.StringIO(text), dialect)
        rows = [[cell.strip() for cell in row] for row in limited(reader, MAX_CELLS)]
    except csv.Error as error:
        raise ParseError(f"{name} is not readable as separated values ({error})", remedy="Export it again as UTF-8 CSV.") from error
    total = text.count("\n") + 1
    if sum(map(len, rows)) >= MAX_CELLS:
        losses.append(f"read {len(rows):,} of about {total:,} rows (limit of {MAX_CELLS:,} cells a file)")
    page = sheet_page(1, name.rsplit("/", 1)[-1].rsplit(".", 1)[0], rows, [])
    return Document(name, hashlib.sha256(data).hexdigest(), "text/csv", len(data), [page], losses=losses)


def limited(rows: Iterable[Sequence[Any]], budget: int) -> Iterator[Sequence[Any]]:
    for row in rows:
        budget -= len(row)
        if budget < 0:
            return
        yield row


def printed(cell: Any) -> str:
    """The cell as its reader sees it: percent formats as percent, dates as ISO 8601, no binary noise in decimals."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime.datetime | datetime.date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, int | float):
        return number(Decimal(repr(value)), str(cell.number_format or "General"))
    return str(value).strip()


def number(value: Decimal, style: str) -> str:
    if "%" in style:
        digits = re.search(r"\.(0+)", style)
        return f"{value * 100:,.{len(digits[1]) if digits else 0}f}%"
    if value == value.to_integral_value():
        return f"{value:,.0f}"
    return f"{value:,f}"


def sheet_page(page_number: int, title: str, rows: list[Row], spans: list[Span]) -> Page:
    """Cut a sheet at blank rows: regions of at least two columns are tables, single lines are headings and notes."""
    page = Page(page_number, 0.0, 0.0, source="sheet", name=title)
    for first, last in regions(rows):
        start = first
        while start < last and sum(map(bool, rows[start])) == 1:
            page.blocks.append(line_block(title, rows, start))
            start += 1
        if start < last:
            page.blocks.append(table_block(title, rows, start, last, spans))
    return page


def regions(rows: list[Row]) -> Iterator[tuple[int, int]]:
    """Yield [first, last) of each run of rows that hold something."""
    first = None
    for index, row in enumerate([*rows, []]):
        if any(row) and first is None:
            first = index
        elif not any(row) and first is not None:
            yield first, index
            first = None


def line_block(sheet: str, rows: list[Row], row: int) -> Block:
    column = next(index for index, text in enumerate(rows[row]) if text)
    return Block("paragraph", rows[row][column], locator=address(sheet, row, column), section=(sheet,))


def table_block(sheet: str, rows: list[Row], first: int, last: int, spans: list[Span]) -> Block:
    sizes = {(span.top, span.left): span for span in spans}
    cells = []
    for row in range(first, last):
        for column, text in enumerate(rows[row]):
            if not text:
                continue
            span = sizes.get((row, column), Span(row, column, row, column))
            height, width = span.bottom - span.top + 1, span.right - span.left + 1
            cells.append(Cell(row - first, column, text, None, height, width, address(sheet, row, column), header=row == first))
    above = [rows[index][0] for index in range(max(0, first - 3), first) if sum(map(bool, rows[index])) == 1 and rows[index][0]]
    text = "\n".join("\t".join(row) for row in rows[first:last])
    note = above[-1] if above else None
    return Block("table", text, cells=cells, section=(sheet,), title=sheet, note=note, locator=address(sheet, first, 0))


def address(sheet: str, row: int, column: int) -> dict[str, str]:
    return {"sheet": sheet, "cell": f"{get_column_letter(column + 1)}{row + 1}"}
