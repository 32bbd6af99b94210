"""Other readers on the same files: tables as they print them, without unit, scale or period, and without a word on what was lost.

So less is asked of them: a figure is right where its printed number, signed, stands in a row that has its label and, where the file has
years, in a column or row of its year. What they refuse counts as said. A reader that is not installed is told so.
"""

from __future__ import annotations

import csv
import email
import email.policy
import io
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pypdfium2
from lxml import html

from finfoundry.core.errors import SettingsError
from finfoundry.evals.silent_errors.expected import Figure, Truth
from finfoundry.evals.silent_errors.verdicts import Fault, Verdict

Grid = list[list[str]]  # rows of cells
GridReader = Callable[[bytes, str], list[Grid]]  # bytes and the end of a file's name
_SIGNS = str.maketrans({"−": "-", "–": "-", "－": "-", "（": "(", "）": ")", "\u00a0": " "})


class NotInstalled(SettingsError):
    """A reader to compare with is not there."""


def plain_libraries(data: bytes, suffix: str) -> list[Grid]:
    """What a script of an afternoon reads: openpyxl, python-docx, lxml, csv, the lines of pypdfium2. Raises ValueError for pictures."""
    readers: dict[str, Callable[[bytes], Iterator[Grid]]] = {
        "xlsx": _sheets, "docx": _documents, "html": _pages, "csv": _separated, "pdf": _lines, "eml": _mails,
    }  # fmt: skip
    if suffix not in readers:
        raise ValueError(f"no library reads {suffix}")
    return list(readers[suffix](data))


def _sheets(data: bytes) -> Iterator[Grid]:
    for sheet in openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets:
        yield [["" if cell is None else str(cell) for cell in row] for row in sheet.values]


def _documents(data: bytes) -> Iterator[Grid]:
    for table in docx.Document(io.BytesIO(data)).tables:
        yield [[cell.text for cell in row.cells] for row in table.rows]


def _pages(data: bytes) -> Iterator[Grid]:
    for table in html.fromstring(data).iter("table"):
        yield [["".join(map(str, cell.itertext())) for cell in row.iter("td", "th")] for row in table.iter("tr")]


def _separated(data: bytes) -> Iterator[Grid]:
    yield [list(row) for row in csv.reader(io.StringIO(data.decode()))]


def _lines(data: bytes) -> Iterator[Grid]:
    with pypdfium2.PdfDocument(data) as document:
        for page in document:
            text = page.get_textpage().get_text_range()
            yield [[*re.split(r"\s(?=[-(]?[\d$€£¥])", line)] for line in text.splitlines()]


def _mails(data: bytes) -> Iterator[Grid]:
    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            yield from _pages(content if isinstance(content, bytes) else b"")


def docling(data: bytes, suffix: str) -> list[Grid]:
    """The tables of Docling, with its defaults."""
    converter = import_module("docling.document_converter").DocumentConverter()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"paper.{suffix}"
        file.write_bytes(data)
        found = converter.convert(file).document
    return [[[cell.text for cell in row] for row in table.data.grid] for table in found.tables]


def edgartools(data: bytes, suffix: str) -> list[Grid]:
    """The tables of edgartools' parser of filings, each as its data frame and as its cells: what either shows is shown. Raises ValueError
    for what is no HTML.
    """
    if suffix != "html":
        raise ValueError(f"edgartools reads no {suffix}")
    tables = import_module("edgar.documents").parse_html(data.decode(errors="replace")).tables
    cells = [[[cell.text() for cell in row] for row in (*table.headers, *(row.cells for row in table.rows))] for table in tables]
    return [*(_framed(table.to_dataframe().reset_index()) for table in tables), *cells]


def _framed(frame: Any) -> Grid:
    """A data frame as rows of texts, its columns first."""
    return [[str(name) for name in frame.columns], *([str(value) for value in row] for row in frame.itertuples(index=False))]


PEERS: dict[str, GridReader] = {"libraries": plain_libraries, "docling": docling, "edgartools": edgartools}
PACKAGES = {"docling": "docling", "edgartools": "edgar"}  # under which names they are imported


def peer(name: str) -> GridReader:
    """A reader by its name. Raises NotInstalled where its package is not there."""
    if name in PACKAGES and find_spec(PACKAGES[name]) is None:
        raise NotInstalled(f"{name} is not installed", remedy="Install it beside finfoundry to compare with it")
    return PEERS[name]


def judge_grids(truth: Truth, grids: Sequence[Grid]) -> Verdict:
    """Right or silently wrong, by what these readers can tell at all: example: a figure in no row of its label makes a file wrong."""
    faults = [Fault("missing", figure) for figure in truth.figures if not any(_there(figure, grid) for grid in grids)]
    return Verdict("silent" if faults else "correct", len(truth.figures) - len(faults), tuple(faults))


def _there(figure: Figure, grid: Grid) -> bool:
    """Whether the printed number stands in a row of its label, under or beside its year where the table has it."""
    year = figure.period[-10:][:4]
    dated = any(year in cell for row in grid for cell in row)
    return any(
        number_in(cell) == figure.shown
        and _labelled(figure, row)
        and (not dated or any(year in other for other in row) or any(year in above[column] for above in grid[:at] if column < len(above)))
        for at, row in enumerate(grid)
        for column, cell in enumerate(row)
    )


def _labelled(figure: Figure, row: Sequence[str]) -> bool:
    text = re.sub(r"\s", "", "".join(row)).casefold()
    return re.sub(r"\s", "", figure.label[0]).casefold() in text


def number_in(text: str) -> Decimal | None:
    """The number of a cell as a plain script reads it: "(1,250)" is -1250, "5.2%" 5.2; None for anything else."""
    plain = text.translate(_SIGNS).strip()
    less = plain.startswith("(") or plain.startswith("-")
    try:
        number = Decimal(re.sub(r"^[-(]|[)%]$|[$€£¥,\s]", "", plain))
    except InvalidOperation:
        return None
    return (-number if less else number) if number.is_finite() else None
