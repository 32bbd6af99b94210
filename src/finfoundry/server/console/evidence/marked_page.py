"""A page of a stored document with places marked: cells, their rows and columns, the line of the scale, the headings of the period."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from finfoundry.core.document import Block, Box, Cell, Locator, Page
from finfoundry.knowledge.storage.store import StoredDocument
from finfoundry.server.console import shapes
from finfoundry.server.sandbox.rendering import DRAWN

ROWS_AROUND, HEAD_ROWS = 6, 3  # of a table, shown with the cell
Mark = Literal["here", "near", "said", ""]


@dataclass(frozen=True, slots=True)
class Target:
    """A place to mark: a box, or a locator with what is printed there."""

    box: Box | None
    locator: Locator | None = None
    printed: str = ""


@dataclass(frozen=True, slots=True)
class MarkedTable:
    """The rows around the marked cells of a table, each cell with its mark; ``note`` is the line of its scale and currency."""

    title: str | None
    note: str | None
    rows: tuple[tuple[tuple[Cell, Mark], ...], ...]


@dataclass(frozen=True, slots=True)
class MarkedPage:
    """``picture`` is its address, None where there is none to draw; ``top`` where on it to look, as a share of its height."""

    document: StoredDocument
    page: Page
    picture: str | None
    top: float | None
    alt: str
    tables: tuple[MarkedTable, ...] = ()
    cells: tuple[Cell, ...] = field(default=())  # those marked


def marked_page(document: StoredDocument, page: Page, targets: Sequence[Target]) -> MarkedPage:
    """A page with all targets marked at once."""
    found = [hit for one in targets if (one.box or one.locator) and (hit := shapes.cell_at(page, one.box, one.locator or {}, one.printed))]
    boxes = [one.box for one in targets if one.box]
    near = [box for block, cell in found for box in shapes.row_and_column(block.cells, cell)]
    said = [box for block, cell in found for box in _said(page, block, cell)]
    drawn = document.media_type in DRAWN
    middle = sum((box[1] + box[3]) / 2 for box in boxes[:1])
    return MarkedPage(
        document,
        page,
        shapes.picture(document.id, page.number, boxes, near, said) if drawn else None,
        middle / page.height if boxes and page.height else None,
        ", ".join(cell.text for _, cell in found) or page.text[:300],
        tuple(_tables(found)),
        tuple(cell for _, cell in found),
    )


def headings_of(table: Block, cell: Cell) -> list[Cell]:
    """The cells above a cell that head its column: the period, the scope, the currency."""
    above = [one for one in table.cells if one.row < cell.row and _over(one, cell) and one.text.strip()]
    return [one for one in above if one.header or one.row < _first_data_row(table)]


def scale_line(page: Page, table: Block) -> Box | None:
    """The box of the line that states scale and currency of a table, where it stands on the page."""
    note = " ".join((table.note or "").split())
    if not note:
        return None
    inside = [cell.box for cell in table.cells if cell.box and note in " ".join(cell.text.split())]
    top = table.box[1] if table.box else page.height
    above = [one.box for one in page.blocks if one.box and one is not table and one.box[1] <= top and note in " ".join(one.text.split())]
    return max(above, key=lambda box: box[1]) if above else (inside[0] if inside else None)


def _first_data_row(table: Block) -> int:
    heads = [cell.row for cell in table.cells if cell.header]
    return max(heads) + 1 if heads else 1


def _over(heading: Cell, cell: Cell) -> bool:
    return heading.column <= cell.column < heading.column + heading.column_span


def _said(page: Page, table: Block, cell: Cell) -> Iterator[Box]:
    line = scale_line(page, table)
    if line:
        yield line
    yield from (one.box for one in headings_of(table, cell) if one.box)


def _tables(found: Sequence[tuple[Block, Cell]]) -> Iterator[MarkedTable]:
    by_table: dict[int, tuple[Block, list[Cell]]] = {}
    for table, cell in found:
        by_table.setdefault(id(table), (table, []))[1].append(cell)
    for table, cells in by_table.values():
        yield MarkedTable(table.title, table.note, tuple(_rows(table, cells)))


def _rows(table: Block, cells: Sequence[Cell]) -> Iterator[tuple[tuple[Cell, Mark], ...]]:
    heads = {id(one) for cell in cells for one in headings_of(table, cell)}
    rows: dict[int, list[Cell]] = {}
    for cell in whole_table(table):
        rows.setdefault(cell.row, []).append(cell)
    for number in sorted(rows):
        if number < HEAD_ROWS or any(abs(number - cell.row) <= ROWS_AROUND for cell in cells):
            yield tuple((cell, _mark(cell, cells, heads)) for cell in sorted(rows[number], key=lambda one: one.column))


def whole_table(table: Block) -> Iterator[Cell]:
    """Its cells, with an empty one in each place that holds none, so that columns stay below their headings."""
    covered = {
        (row, column)
        for cell in table.cells
        for row in range(cell.row, cell.row + cell.row_span)
        for column in range(cell.column, cell.column + cell.column_span)
    }
    yield from table.cells
    rows, columns = {row for row, _ in covered}, {column for _, column in covered}
    yield from (Cell(row, column, "") for row in rows for column in columns if (row, column) not in covered)


def _mark(cell: Cell, cells: Sequence[Cell], heads: set[int]) -> Mark:
    if any(cell is one for one in cells):
        return "here"
    if id(cell) in heads:
        return "said"
    return "near" if any(cell.row == one.row or cell.column == one.column for one in cells) else ""
