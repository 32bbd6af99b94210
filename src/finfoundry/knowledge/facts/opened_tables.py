"""The tables of a paper that hold numbers, opened: each with its grid, the texts above it, and the measure that it states itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from finfoundry.core.document import Block, Document, Page
from finfoundry.knowledge.facts.table.block_table import BlockTable
from finfoundry.knowledge.facts.table.grid import PLAIN, Grid, Style
from finfoundry.knowledge.facts.table.header_detection import percent_columns, percent_rows, read_grid
from finfoundry.knowledge.facts.table.header_lines import read_headings_anew
from finfoundry.knowledge.facts.table.header_spans import part_titles
from finfoundry.knowledge.facts.table.measured_things import stated_of_things
from finfoundry.knowledge.facts.table.unlabelled_totals import name_wholes
from finfoundry.knowledge.facts.table_measure import currencies_of, measured
from finfoundry.knowledge.facts.table_styles import style_of, usual_writing
from finfoundry.knowledge.facts.units.term_headings import with_terms_called, without_heading_of_terms

NEAR = 6  # blocks above a table that may speak of it
FAR = 40  # blocks above it, of one note, that may name the day of what it is about
TAIL = 400  # characters at the end of each: what introduces a table comes last
RUNNING = 8  # pages on which a line returns
LONGEST_RUNNING = 80  # characters
SHORT = 60  # characters of a line above that may be a title
_SPILL = 100  # characters: a page that holds no more has only caught the footer of the one before
_NOTE = re.compile(r"\s*(?:note\s+)?\d{1,2}\b(?!\s*%)", re.IGNORECASE)
_IN_PERCENT = re.compile(
    r"(?:,?\s+in|,)\s+(?:%|percent|per\s+cent|prozent)(?:\s+(?:per\s+(?:year|annum)|a\s+year|p\.?\s?a\b\.?))?\W*$"
    r"|[(（]\s*(?:in\s+)?[%％](?:\s*(?:of\s|占)[^()（）]{1,30}|\s*p\.?\s?a\.?)?\s*[)）]\s*$|^\s*单位\s*[:：]\s*\S{0,4}[%％]\s*$",
    re.IGNORECASE,
)


def open_tables(document: Document) -> Iterator[BlockTable]:
    """The tables that hold numbers, numbered as all tables of the document are."""
    number = 0
    trail: list[str] = []  # since the last table
    before: list[str] = []
    running, writing = running_lines(document), usual_writing(document)
    note: list[str] = []  # since the heading of the note
    header: tuple[Page, Block] | None = None  # a table of header rows only, at the foot of a page
    leaf = 0
    for page in document.pages:
        leaf += sum(len(block.text) for block in page.blocks) > _SPILL
        for block in page.blocks:
            if block.kind == "table" and _numbered(_one_row(block)) in running:
                number += 1
            elif block.kind == "table":
                before = trail or before  # a text above one table introduces the next too, where nothing is between
                above = tuple(text[-TAIL:] for text in reversed(before[-NEAR:]))
                whole = _joined(header, page, block)
                begun = tuple(text[:TAIL] for text in reversed(note[-FAR:]))
                table = open_table(number, page, whole, above, leaf, style_of(page, whole, writing), begun)
                if table is not None:
                    yield table
                header = (page, block) if table is None else None
                number += 1
                trail = []
            elif block.kind not in {"header", "footer"} and not block.text.strip().isdigit() and _numbered(block.text) not in running:
                trail.append(block.text)
                note = [block.text] if block.kind == "heading" and _NOTE.match(block.text) else [*note[-FAR:], block.text]


def running_lines(document: Document) -> set[str]:
    """Lines that return on page after page with another number: "2024 FORM 10-K 61" is not about the table below it."""
    blocks = [block for page in document.pages for block in page.blocks]
    texts = {_one_row(block) if block.kind == "table" else block.text for block in blocks}
    lines = Counter(_numbered(text) for text in texts if 0 < len(text) < LONGEST_RUNNING)
    return {line for line, count in lines.items() if count >= RUNNING}


def _one_row(block: Block) -> str:
    """The text of a table that has one row, as the foot of a page is read where its parts stand far apart; else nothing."""
    return " ".join(cell.text.strip() for cell in block.cells if cell.text.strip()) if not any(cell.row for cell in block.cells) else ""


def _numbered(text: str) -> str:
    """A line with the number at its end or beginning left open, which is that of the page."""
    line, found = re.subn(r"\d+$", "#", text.strip())
    return line if found else re.sub(r"^\d+(?=\s)", "#", line)


def _joined(header: tuple[Page, Block] | None, page: Page, block: Block) -> Block:
    """A table that begins a page, under the header rows that were left at the foot of the page before."""
    if header is None or page.number != header[0].number + 1 or not block.cells or not header[1].cells:
        return block
    rows = max(cell.row for cell in header[1].cells) + 1
    width = max(cell.column + cell.column_span for cell in header[1].cells)
    if rows > 4 or width < max(cell.column + cell.column_span for cell in block.cells):
        return block
    below = [replace(cell, row=cell.row + rows) for cell in block.cells]
    first = header[1]
    return replace(block, cells=[*first.cells, *below], title=block.title or first.title, note=block.note or first.note)


def open_table(
    number: int, page: Page, block: Block, above: tuple[str, ...], leaf: int, style: Style = PLAIN, begun: tuple[str, ...] = ()
) -> BlockTable | None:
    """Read the grid and the measure; None when the table holds no number."""
    grid = read_grid(with_terms_called(block, above), style)
    if not any(row.values for row in grid.rows):
        return None
    part_titles(grid, page.words)
    return _opened(grid, BlockTable(number, page, block, above, grid, leaf, style, begun))


def with_headings_anew(table: BlockTable) -> BlockTable | None:
    """The table with headings read from the words of its page alone; None where there are none."""
    grid = read_grid(with_terms_called(table.block, table.above), table.style)
    if not read_headings_anew(grid, table.page):
        return None
    anew = _opened(grid, BlockTable(table.number, table.page, table.block, table.above, grid, table.leaf, table.style, table.begun))
    return replace(anew, measure=table.measure, assumed=table.assumed)


def _opened(grid: Grid, table: BlockTable) -> BlockTable:
    block, above, title = table.block, table.above, table.block.title or ""
    name_wholes(grid, above if title in above else (title, *above))
    first = grid.labels[0] if grid.labels else 0
    table = measured(replace(table, labels=[row.text_at(first) for row in grid.rows if row.values]))
    grid = table.grid
    corners = (cell.text for row in grid.rows if row.kind == "header" for cell in row.cells if cell.column in grid.labels)
    nearest = without_heading_of_terms(block, above)[:1]
    lines = (*corners, block.note or "", title, *(text for text in nearest if len(text) <= SHORT))
    return replace(
        table,
        measure=replace(table.measure, things=stated_of_things(lines)),
        percent=percent_columns(grid),
        percent_rows=percent_rows(grid),
        signed={value.column for row in grid.rows for value in row.values if value.number.percent},
        in_percent=any(map(_IN_PERCENT.search, lines)) and not currencies_of(table),
    )
