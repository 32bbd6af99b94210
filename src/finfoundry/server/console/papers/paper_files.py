"""A stored document as files to take away: its tables as a workbook, its text as Markdown, all of it as JSON."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from finfoundry.app import App
from finfoundry.core.document import Block, Page
from finfoundry.core.principal import Principal
from finfoundry.core.quantities.cells import parse_cell
from finfoundry.core.quantities.writings import Writing, writing_of
from finfoundry.knowledge.shown.views import json_text, page_view
from finfoundry.usecases.workbook import legal_text, plain_text

MOST_SHEETS = 500  # tables of one workbook
_NO_SHEET = re.compile(r"[\[\]:*?/\\']")


def pages_of(app: App, principal: Principal, document: str) -> Iterator[Page]:
    """Every page in order. Raises NotFound."""
    for number in range(1, app.store.document(principal, document).pages + 1):
        yield app.store.page(principal, document, number)


def tables_workbook(app: App, principal: Principal, document: str) -> bytes:
    """A sheet a table as it was read, with its title and the line of its scale above: numbers as printed, as numbers where they are some.

    Raises NotFound.
    """
    import openpyxl  # here: most processes write no workbook

    book = openpyxl.Workbook(write_only=True)
    number = 0
    for page in pages_of(app, principal, document):
        for block in page.blocks:
            if block.cells and number < MOST_SHEETS:
                number += 1
                sheet = book.create_sheet(f"{number} p{page.number} {_NO_SHEET.sub(' ', legal_text(block.title or ''))}"[:31].strip())
                for row in _table_rows(block):
                    sheet.append(row)
    if not number:
        book.create_sheet("no tables")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _table_rows(block: Block) -> Iterator[Sequence[Any]]:
    yield from ([plain_text(line)] for line in (block.title, block.note) if line)
    writing = writing_of(cell.text for cell in block.cells) or "unknown"
    for row in grid(block):
        yield [_value(text, writing) for text in row]


def grid(block: Block) -> list[list[str]]:
    """The cells of a table in rows of one length; spans stand in their first place."""
    width = max((cell.column + cell.column_span for cell in block.cells), default=0)
    height = max((cell.row + cell.row_span for cell in block.cells), default=0)
    rows = [[""] * width for _ in range(height)]
    for cell in block.cells:
        rows[cell.row][cell.column] = cell.text
    return rows


def _value(text: str, writing: Writing) -> Any:
    """A printed number as a number; anything else, percents, multiples, sides of an account and dashes, as text."""
    number = parse_cell(text, writing)
    told = number is not None and not (number.percent or number.scale or number.unit or number.side or number.dash)
    return number.value if number is not None and told else plain_text(text)


def as_markdown(app: App, principal: Principal, document: str) -> str:
    """Headings, paragraphs and tables in reading order, a comment where a page begins. Raises NotFound."""
    parts: list[str] = []
    for page in pages_of(app, principal, document):
        parts.append(f"<!-- page {page.number} -->")
        parts += [_block(block) for block in page.blocks if block.kind not in ("header", "footer")]
    return "\n\n".join(part for part in parts if part) + "\n"


def _block(block: Block) -> str:
    if block.cells:
        rows = [[_escaped(cell) for cell in row] for row in grid(block)]
        head, *body = rows or [[]]
        lines = [head, ["---"] * len(head), *body]
        return "\n".join(f"| {' | '.join(row)} |" for row in lines)
    text = _escaped(block.text)
    return f"{'#' * min(max(block.level or 2, 1), 6)} {text}" if block.kind == "heading" else text


def _escaped(text: str) -> str:
    """In one line; what Markdown would take for markup is text."""
    return "".join(f"\\{one}" if one in "\\`*_[]<>#|" else one for one in " ".join(text.split()))


def as_json(app: App, principal: Principal, document: str) -> str:
    """The document with its certificate, its pages and its facts, as the API gives them. Raises NotFound."""
    view = app.document(principal, document)
    pages = [page_view(page) for page in pages_of(app, principal, document)]
    return json_text({"document": view, "pages": pages})
