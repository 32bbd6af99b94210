"""XLS, the workbooks of Excel 97 to 2003: read like XLSX, through ``xlrd``."""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Iterator, Sequence
from typing import Any

import xlrd
from xlrd.compdoc import CompDocError

from finfoundry.core.document import Document, Page
from finfoundry.core.errors import ParseError
from finfoundry.knowledge.bounds import most
from finfoundry.knowledge.formats.office.sheets import MergedRange, Row, printed, report_errors, sheet_page, with_plain_years

XLS = "application/vnd.ms-excel"
_DAMAGED = (
    xlrd.XLRDError, CompDocError, struct.error, AssertionError, IndexError, KeyError, ValueError, TypeError, AttributeError,
    ZeroDivisionError, OverflowError, NotImplementedError, UnicodeError,
)  # fmt: skip


def parse_xls(data: bytes, name: str) -> Document:
    """Read every visible sheet. Raises ParseError when the workbook cannot be opened."""
    losses: list[str] = []
    pages: list[Page] = []
    missing, budget = 0, most("cells")
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
        for sheet in book.sheets():
            if sheet.visibility:
                losses.append(f"sheet {sheet.name!r} is hidden and was left out")
                continue
            read = list(_rows(book, sheet, budget))
            if len(read) < sheet.nrows:
                losses.append(f"sheet {sheet.name!r}: read {len(read):,} of {sheet.nrows:,} rows (limit of {most('cells'):,} cells a file)")
                missing += sheet.nrows - len(read)
            budget -= sum(map(len, read))
            pages.append(_page(len(pages) + 1, sheet, read))
    except _DAMAGED as error:
        raise _refusal(name, error) from error
    document = Document(name, hashlib.sha256(data).hexdigest(), XLS, len(data), pages, losses=losses, missing_numbers=missing)
    report_errors(document)
    return document


def _refusal(name: str, error: Exception) -> ParseError:
    if "encrypted" in str(error):
        return ParseError(f"{name} is protected by a password", remedy="Remove the password and ingest it again.")
    if "find workbook" in str(error).lower():
        return ParseError(f"{name} is an old Office file without a workbook", remedy="Save it as DOCX or PPTX")
    return ParseError(f"{name} is not a readable workbook ({error})", remedy="Open it and save it again as .xlsx.")


def _rows(book: Any, sheet: Any, budget: int) -> Iterator[list[tuple[Any, str]]]:
    """The values of each row with their number formats."""
    for number in range(sheet.nrows):
        budget -= sheet.row_len(number)
        if budget < 0:
            return
        yield [_value(book, cell) for cell in sheet.row(number)]


def _value(book: Any, cell: Any) -> tuple[Any, str]:
    style = "General"
    if cell.xf_index is not None and (found := book.format_map.get(book.xf_list[cell.xf_index].format_key)) is not None:
        style = found.format_str
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate.xldate_as_datetime(cell.value, book.datemode), style
        except (xlrd.xldate.XLDateError, OverflowError, ValueError):
            return cell.value, "General"
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value), style
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#VALUE!"), style
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return cell.value, style
    return (cell.value or None), style


def _page(number: int, sheet: Any, read: Sequence[Sequence[tuple[Any, str]]]) -> Page:
    rows: list[Row] = [[_shown(value, style) for value, style in row] for row in read]
    with_plain_years(rows, [[value for value, _ in row] for row in read])
    spans = [MergedRange(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells]
    return sheet_page(number, sheet.name, rows, spans)


def _shown(value: Any, style: str) -> str:
    return printed(int(value) if isinstance(value, float) and value.is_integer() else value, style)
