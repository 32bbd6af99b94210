"""Workbooks: one page a sheet, one table a contiguous region of rows. Cells keep their address as locator."""

from __future__ import annotations

import datetime
import hashlib
import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from lxml import etree
from openpyxl.utils import range_boundaries

from finfoundry.core.document import Block, BlockKind, Document, Page
from finfoundry.core.errors import ParseError
from finfoundry.core.periods import find_periods
from finfoundry.core.quantities.cells import parse_cell
from finfoundry.core.workbook import FormulaText, StyledCell, WorkbookSheet, cell_name, read_workbook
from finfoundry.knowledge.bounds import most
from finfoundry.knowledge.formats.archive import check_archive
from finfoundry.knowledge.formats.content import XLSX
from finfoundry.knowledge.formats.office.number_format import shown_date, shown_number
from finfoundry.knowledge.formats.office.sheet_blocks import Row, regions, sheet_page

MERGE_LIMIT = 64 * 1024 * 1024  # unpacked bytes up to which merged cells are read (this needs the whole sheet in memory)
FIRST_YEAR, LAST_YEAR = 1970, 2060  # of header cells that may be years in the format of amounts
NAMED = 5  # cells that a loss names

_ERROR = re.compile(r"#(?:REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!)")  # "#N/A" is used for what is not available
_BELOW_ZERO = frozenset("-–—−(（△▲")
_YEAR_HEAD = re.compile(r"(?:(?:fiscal|financial|reporting)[ _-]?)?year|fy|年份?|(?:会计)?年度", re.IGNORECASE)


def parse_xlsx(data: bytes, name: str) -> Document:
    """Read every visible sheet. Raises ParseError when the workbook cannot be opened."""
    unpacked = check_archive(data, name)
    merged = _merged_cells(data, name) if unpacked <= MERGE_LIMIT else 0
    streaming = unpacked > MERGE_LIMIT or merged > most("cells")
    losses = [f"merged cells were not read: they cover {merged:,} cells (limit of {most('cells'):,})"] if merged > most("cells") else []
    pages, missing = read_sheets(read_workbook(data, name, streaming=streaming), losses)
    document = Document(name, hashlib.sha256(data).hexdigest(), XLSX, len(data), pages, losses=losses, missing_numbers=missing)
    _report_formulas(data, document)
    report_errors(document)
    return document


def read_sheets(sheets: Iterable[WorkbookSheet], losses: list[str]) -> tuple[list[Page], int]:
    """A page for each visible sheet, and how many rows the bounds left out; what was left out is added to ``losses``."""
    pages: list[Page] = []
    budget, missing = most("cells"), 0
    for sheet in sheets:
        if not sheet.visible:
            losses.append(f"sheet {sheet.name!r} is hidden and was left out")
            continue
        read = list(limited(sheet.cells(), budget))
        if len(read) < sheet.height and (read or sheet.height > 1):  # an empty sheet has one row, too
            losses.append(f"sheet {sheet.name!r}: read {len(read):,} of {sheet.height:,} rows (limit of {most('cells'):,} cells a file)")
            missing += sheet.height - len(read)
        budget -= sum(map(len, read))
        shown = shown_rows(read)
        losses += [*_hidden(sheet, shown), *_shown_otherwise(sheet.name, read, shown)]
        pages.append(_with_running(sheet_page(len(pages) + 1, sheet.name, shown, sheet.merged), sheet))
    return pages, missing


def _with_running(page: Page, sheet: WorkbookSheet) -> Page:
    """The page of a sheet with what is printed at the head and at the foot of its pages."""
    sides: tuple[tuple[BlockKind, Sequence[str]], ...] = (("header", sheet.above), ("footer", sheet.below))
    above, below = ([Block(kind, line, locator={"sheet": sheet.name, "part": kind}) for line in lines] for kind, lines in sides)
    page.blocks = [*above, *page.blocks, *below]
    return page


def _hidden(sheet: WorkbookSheet, rows: Sequence[Row]) -> Iterator[str]:
    """That cells are read which the program does not show."""
    down = [row for row in sheet.hidden_rows if row < len(rows) and any(rows[row])]
    across = [column for column in sheet.hidden_columns if any(column < len(row) and row[column] for row in rows)]
    if down or across:
        places = [*(f"row {row + 1}" for row in down), *(f"column {cell_name(0, column)[:-1]}" for column in across)]
        named = ", ".join(places[:NAMED]) + (", …" if len(places) > NAMED else "")
        yield f"sheet {sheet.name!r}: {len(down)} rows and {len(across)} columns are hidden, and are read all the same ({named})"


def _shown_otherwise(sheet: str, read: Sequence[Sequence[StyledCell]], rows: Sequence[Row]) -> Iterator[str]:
    """That number formats show nothing of a number, or show one above zero as one below."""
    unseen, turned = [], []
    for r, (values, shown) in enumerate(zip(read, rows, strict=True)):
        for c, ((value, _), text) in enumerate(zip(values, shown, strict=True)):
            if not value or isinstance(value, bool) or not isinstance(value, int | float):
                continue
            if not text:
                unseen.append(cell_name(r, c))
            elif value > 0 and text[0] in _BELOW_ZERO and (number := parse_cell(text)) is not None and number.value < 0:
                turned.append(cell_name(r, c))
    for cells, said in (
        (unseen, "a number that their format does not show"),
        (turned, "a number above zero that their format shows as below"),
    ):
        if cells:
            named = ", ".join(cells[:NAMED]) + (", …" if len(cells) > NAMED else "")
            yield f"sheet {sheet!r}: {len(cells)} cells hold {said} ({named})"


def shown_rows(read: Sequence[Sequence[StyledCell]]) -> list[Row]:
    """Rows of cells as their number formats show them."""
    rows = [[printed(value, style) for value, style in row] for row in read]
    with_plain_years(rows, [[value for value, _ in row] for row in read])
    return rows


def _merged_cells(data: bytes, name: str) -> int:
    """How many cells all merged ranges cover: opening the workbook would make each of them."""
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.namelist():
                if not entry.startswith("xl/worksheets/") or not entry.endswith(".xml"):
                    continue
                with archive.open(entry) as sheet:
                    total += sum(_area(element.get("ref")) for _, element in etree.iterparse(sheet, tag="{*}mergeCell"))
    except (zipfile.BadZipFile, etree.XMLSyntaxError, OSError, EOFError, NotImplementedError) as error:
        raise ParseError(f"{name} is not a readable workbook ({error})", remedy="Open it and save it again as .xlsx.") from error
    return total


def _area(reference: str | None) -> int:
    try:
        left, top, right, bottom = range_boundaries(reference or "")
        return (right - left + 1) * (bottom - top + 1)  # type: ignore[operator]  # None where a whole row or column is meant
    except (ValueError, TypeError):
        return 0


def _report_formulas(data: bytes, document: Document) -> None:
    """Say which formulas have no stored value: a program wrote them that does not calculate, so their cells are empty to a reader."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [entry for entry in archive.infolist() if entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml")]
        if not any(b"<f" in archive.read(entry) for entry in sheets):
            return
    known = {(page.name, (cell.locator or {}).get("cell")) for page in document.pages for block in page.blocks for cell in block.cells}
    for sheet in read_workbook(data, document.name, formulas=True):
        if sheet.name not in {page.name for page in document.pages}:
            continue
        rows = enumerate(limited(sheet.cells(), most("cells")))
        formulas = [cell_name(r, c) for r, row in rows for c, (value, _) in enumerate(row) if isinstance(value, FormulaText)]
        empty = [place for place in formulas if (sheet.name, place) not in known]
        if empty:
            named = ", ".join(empty[:NAMED]) + (", …" if len(empty) > NAMED else "")
            document.losses.append(
                f"sheet {sheet.name!r}: {len(empty)} formulas have no stored value ({named}); calculate and save the file in a spreadsheet"
            )
            document.missing_numbers += len(empty)


def report_errors(document: Document) -> None:
    """Say which cells show an error instead of a value."""
    for page in document.pages:
        wrong = [cell for block in page.blocks for cell in block.cells if _ERROR.fullmatch(cell.text)]
        if wrong:
            named = ", ".join((cell.locator or {}).get("cell", "") for cell in wrong[:NAMED]) + (", …" if len(wrong) > NAMED else "")
            document.losses.append(f"sheet {page.name!r}: {len(wrong)} cells show an error such as {wrong[0].text} ({named})")
            document.missing_numbers += len(wrong)


def limited(rows: Iterable[Sequence[Any]], budget: int) -> Iterator[Sequence[Any]]:
    """The first rows that have at most ``budget`` cells together."""
    for row in rows:
        budget -= len(row)
        if budget < 0:
            return
        yield row


def printed(value: Any, style: str) -> str:
    """The cell as its number format shows it; a date in the detail that its format shows, a whole day as ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime.datetime | datetime.date):
        return shown_date(value, style)
    if isinstance(value, int | float | Decimal):
        return shown_number(Decimal(repr(value)) if isinstance(value, float) else Decimal(value), style)
    return str(value).strip()


def with_plain_years(rows: list[Row], values: Sequence[Sequence[Any]]) -> None:
    """Years that head columns, or are below a cell that says so, are shown as years where they bear the format of amounts ("2,022")."""
    for first, last in regions(rows):
        below: set[int] = set()  # columns of years
        header = True
        for row, read in zip(rows[first:last], values[first:last], strict=True):
            numbers = {at: value for at, value in enumerate(read) if isinstance(value, int | float) and not isinstance(value, bool)}
            years = (
                numbers if header and numbers and _are_years(list(numbers.values())) else {at: numbers[at] for at in below & numbers.keys()}
            )
            for at, year in years.items():
                row[at] = str(int(year)) if year == int(year) and FIRST_YEAR <= year <= LAST_YEAR else row[at]
            below |= {at for at, text in enumerate(row) if _YEAR_HEAD.fullmatch(text)}
            header = header and not numbers and not any(find_periods(text) for text in row if text)


def _are_years(numbers: list[float]) -> bool:
    """Whether a row of numbers counts years up or down."""
    steps = {abs(later - year) for year, later in itertools.pairwise(numbers)}
    return len(numbers) > 1 and steps == {1} and all(FIRST_YEAR <= year <= LAST_YEAR for year in numbers)
