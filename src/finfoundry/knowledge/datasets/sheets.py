"""A workbook or a CSV as grids of text: the first row with several cells is the header, what follows are the rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from finfoundry.core.errors import ParseError
from finfoundry.core.workbook import read_workbook
from finfoundry.knowledge.formats.archive import check_archive
from finfoundry.knowledge.formats.encoding import decode

MAX_ROWS = 1_048_576  # of one sheet, the most that XLSX itself allows
MAX_CELLS = 20_000_000  # of one file
HEADER_WITHIN = 20  # rows looked through for the header

NOTHING = frozenset({"", "nan", "NaN", "NAN", "#N/A", "#NULL!", "null", "NULL", "None", "<NA>"})  # how software writes an empty cell

Row = list[str | None]


@dataclass(slots=True)
class SheetGrid:
    """One sheet. ``header`` are the names of its columns; ``rows`` are (row number in the sheet from 1, cells in order of the columns);
    ``above`` are the texts over the header, such as titles and statements of units.
    """

    sheet: str
    header: list[str]
    rows: list[tuple[int, Row]]
    above: tuple[str, ...] = ()


def read(data: bytes, name: str) -> list[SheetGrid]:
    """The visible sheets that hold a table. Raises ParseError for a file that is no workbook and no separated text."""
    grids = [grid for sheet, rows in _sheets(data, name) if (grid := _grid(sheet, rows))]
    if not grids:
        raise ParseError(f"{name} holds no table", remedy="The first rows must name the columns, each row below is one record")
    return grids


def _sheets(data: bytes, name: str) -> Iterator[tuple[str, Iterable[Sequence[str | None]]]]:
    if not data.startswith(b"PK\x03\x04"):
        yield name.rsplit("/", 1)[-1].rsplit(".", 1)[0], _separated(data, name)
        return
    check_archive(data, name)
    for sheet in read_workbook(data, name):
        if sheet.visible:
            yield sheet.name, ([_text(value) for value in row] for row in sheet.values())


def _separated(data: bytes, name: str) -> Iterator[Sequence[str | None]]:
    text, _ = decode(data, name)
    try:
        dialect: Any = csv.Sniffer().sniff(text[:20_000], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        for row in csv.reader(io.StringIO(text), dialect):
            yield [None if cell.strip() in NOTHING else cell.strip() for cell in row]
    except csv.Error as error:
        raise ParseError(f"{name} is not readable as separated values ({error})", remedy="Export it again as UTF-8 CSV.") from error


def _grid(sheet: str, rows: Iterable[Sequence[str | None]]) -> SheetGrid | None:
    header: list[str] = []
    above: list[str] = []
    kept: list[tuple[int, Row]] = []
    cells = 0
    for number, row in enumerate(rows, 1):
        if not header:
            if sum(1 for cell in row if cell) >= 2:
                header = [cell or "" for cell in row]
            elif number > HEADER_WITHIN:
                return None
            else:
                above.extend(cell for cell in row if cell)
            continue
        cells += len(row)
        if number > MAX_ROWS or cells > MAX_CELLS:
            raise ParseError(f"The sheet {sheet!r} has more than {MAX_CELLS:,} cells", remedy="Split it into several files")
        if any(row):
            kept.append((number, [*row, *[None] * (len(header) - len(row))][: len(header)]))
    return SheetGrid(sheet, header, kept, tuple(above)) if header and kept else None


def _text(value: Any) -> str | None:
    """A cell as text; numbers without binary noise, dates as ISO 8601."""
    if value is None:
        return None
    if isinstance(value, str):
        return None if value.strip() in NOTHING else value.strip()
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float):
        number = Decimal(repr(value))
        return f"{number:f}" if number != number.to_integral_value() else f"{number.to_integral_value():f}"
    return str(value)
