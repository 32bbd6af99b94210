"""Excel workbooks as rows of typed cells, for all who read one: documents, wide tables, tables of specialists.

A cell is a value (text, number, truth value, date, ``ErrorText``; None where it is empty) with the number format in which the program shows
it: ``(0.052, "0.0%")``. Whoever cites a cell prints it so; whoever computes takes the value. Nothing here bounds what a file may unpack to:
look at files of others with ``check_archive`` first.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from finfoundry.core.errors import ParseError
from finfoundry.core.language import with_raised

StyledCell = tuple[Any, str]


class ErrorText(str):
    """What a cell shows in place of a value that could not be computed: ``#DIV/0!``."""

    __slots__ = ()


class FormulaText(str):
    """A formula, where formulas were asked for in place of their values."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class MergedRange:
    """A merged range; rows and columns count from 0, ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class WorkbookSheet:
    """One sheet, to be read before the next one is taken. ``height`` is the number of rows that the file states; rows begin at A1."""

    name: str
    visible: bool
    height: int
    cells: Callable[[], Iterator[list[StyledCell]]]
    values: Callable[[], Iterator[Sequence[Any]]]  # the same without formats, which is faster
    merged: Sequence[MergedRange] = ()
    hidden_rows: Sequence[int] = ()  # from 0; those of a sheet that is read row by row are not known
    hidden_columns: Sequence[int] = ()
    above: Sequence[str] = ()  # printed at the head of each page
    below: Sequence[str] = ()


def cell_name(row: int, column: int) -> str:
    """Row and column from 0 as a spreadsheet calls the cell: (0, 26) is AA1."""
    letters, left = "", column + 1
    while left:
        left, digit = divmod(left - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{letters}{row + 1}"


def read_workbook(source: bytes | Path, name: str, *, streaming: bool = True, formulas: bool = False) -> Iterator[WorkbookSheet]:
    """The sheets of an .xlsx: row by row without merged cells (``streaming``), or whole in memory, with the raised letters of its texts
    written as such; with ``formulas`` not their values.

    Raises ParseError where it is none.
    """
    opened = io.BytesIO(source) if isinstance(source, bytes) else source
    book = _opened(opened, name, read_only=streaming, data_only=not formulas, rich_text=not streaming)
    with closing(book):
        for sheet in book.worksheets:
            yield _sheet(sheet) if streaming else _whole_sheet(sheet)


def _opened(source: Any, name: str, **how: bool) -> Any:
    import openpyxl  # here: most processes read no workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        return openpyxl.load_workbook(source, **how)
    except (InvalidFileException, KeyError, ValueError, TypeError, OSError, EOFError, SyntaxError, zipfile.BadZipFile) as error:
        raise ParseError(f"{name} is not a readable workbook ({error})", remedy="Open it and save it again as .xlsx.") from error


def _sheet(sheet: Any) -> WorkbookSheet:
    def cells() -> Iterator[list[StyledCell]]:
        return ([_styled(cell) for cell in row] for row in sheet.iter_rows())

    def values() -> Iterator[Sequence[Any]]:
        rows: Iterator[Sequence[Any]] = sheet.iter_rows(values_only=True)
        return rows

    return WorkbookSheet(sheet.title, sheet.sheet_state == "visible", sheet.max_row or 0, cells, values)


def _whole_sheet(sheet: Any) -> WorkbookSheet:
    """A sheet in memory, with all that is known of it as a whole."""
    columns = (one for one in sheet.column_dimensions.values() if one.hidden)
    plain = _sheet(sheet)
    return replace(
        plain,
        values=lambda: ([str(value) if isinstance(value, list) else value for value in row] for row in plain.values()),
        merged=[_range(one) for one in sheet.merged_cells.ranges],
        hidden_rows=sorted(number - 1 for number, row in sheet.row_dimensions.items() if row.hidden),
        hidden_columns=sorted({place - 1 for one in columns for place in range(one.min, min(one.max, sheet.max_column) + 1)}),
        above=_running(sheet, "Header"),
        below=_running(sheet, "Footer"),
    )


def _running(sheet: Any, kind: str) -> list[str]:
    """What is printed at the head or the foot of the pages of a sheet, without its codes for page numbers, days and fonts."""
    shown = {"odd": True, "even": sheet.HeaderFooter.differentOddEven, "first": sheet.HeaderFooter.differentFirst}
    pages = [getattr(sheet.HeaderFooter, f"{name}{kind}") for name, said in shown.items() if said]
    parts = (getattr(page, side).text or "" for page in pages for side in ("left", "center", "right"))
    lines = (" ".join(_CODE.sub(lambda code: "&" if code[0] == "&&" else "", line).split()) for part in parts for line in part.splitlines())
    return list(dict.fromkeys(line for line in lines if any(letter.isalpha() for letter in line)))


def _range(one: Any) -> MergedRange:
    return MergedRange(one.min_row - 1, one.min_col - 1, one.max_row - 1, one.max_col - 1)


def _styled(cell: Any) -> StyledCell:
    value, kind = cell.value, _KINDS.get(cell.data_type)
    if isinstance(value, list):
        return _with_marks(value), str(cell.number_format or "General")
    return (value if value is None or kind is None else kind(value)), str(cell.number_format or "General")


def _with_marks(pieces: Sequence[Any]) -> str:
    """A text of several fonts; raised letters are those of marks, as of footnotes."""
    text = ""
    for piece in pieces:
        font = getattr(piece, "font", None)
        struck = font is not None and font.strike
        raised = font is not None and font.vertAlign == "superscript"
        text += f" {piece} " if struck else with_raised(text, str(piece)) if raised else str(piece)  # "310 311" is no figure
    return text


_CODE = re.compile(r'&(?:&|"[^"]*"|\[[^\]]*\]|K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3}|\d{1,3}|[A-Za-z])')
_KINDS = {"e": ErrorText, "f": FormulaText}


def read_old_workbook(data: bytes) -> Iterator[WorkbookSheet]:
    """The sheets of an .xls (Excel 97 to 2003). Raises what ``xlrd`` raises on a damaged file, here or while a sheet is read."""
    import xlrd  # here: most processes read no workbook

    book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    for sheet in book.sheets():
        merged = [MergedRange(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells]
        rows = _OldRows(book, sheet)
        hidden = sorted(number for number, row in sheet.rowinfo_map.items() if row.hidden)
        away = sorted(number for number, column in sheet.colinfo_map.items() if column.hidden and number < sheet.ncols)
        yield WorkbookSheet(sheet.name, not sheet.visibility, sheet.nrows, rows.cells, rows.values, merged, hidden, away)


@dataclass(frozen=True, slots=True)
class _OldRows:
    book: Any
    sheet: Any

    def cells(self) -> Iterator[list[StyledCell]]:
        for number in range(self.sheet.nrows):
            yield [self._styled(cell) for cell in self.sheet.row(number)]

    def values(self) -> Iterator[Sequence[Any]]:
        for row in self.cells():
            yield [value for value, _ in row]

    def _styled(self, cell: Any) -> StyledCell:
        import xlrd

        style = "General"
        if cell.xf_index is not None and (found := self.book.format_map.get(self.book.xf_list[cell.xf_index].format_key)) is not None:
            style = found.format_str
        match cell.ctype:
            case xlrd.XL_CELL_DATE:
                try:
                    return xlrd.xldate.xldate_as_datetime(cell.value, self.book.datemode), style
                except (xlrd.xldate.XLDateError, OverflowError, ValueError):
                    return _whole(cell.value), "General"
            case xlrd.XL_CELL_BOOLEAN:
                return bool(cell.value), style
            case xlrd.XL_CELL_ERROR:
                return ErrorText(xlrd.error_text_from_code.get(cell.value, "#VALUE!")), style
            case xlrd.XL_CELL_NUMBER:
                return _whole(cell.value), style
            case _:
                return cell.value or None, style


def _whole(value: float) -> float | int:
    """The old format holds every number as a float."""
    return int(value) if value.is_integer() else value
