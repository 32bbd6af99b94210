"""PDFs for the tests, drawn with reportlab: nothing in them is a real document."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import pypdfium2
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from finfoundry.core.document import Block, Cell, Document
from finfoundry.demo.writer import CHINESE as CHINESE
from finfoundry.demo.writer import register_fonts

WIDTH, HEIGHT = 595.0, 842.0
register_fonts()  # CHINESE among them: a page that is drawn, or read from its picture, needs no font of the machine

Row = Sequence[str | None]


def pdf(*pages: Callable[[Canvas], None], size: tuple[float, float] = (WIDTH, HEIGHT), **options: object) -> bytes:
    """A PDF with one page for each function that draws one."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size, **options)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def text(canvas: Canvas, x: float, top: float, line: str, *, font: str = "Helvetica", size: float = 10, right: bool = False) -> None:
    """A line of text whose baseline is ``top`` points below the top of the page."""
    canvas.setFont(font, size)
    (canvas.drawRightString if right else canvas.drawString)(x, HEIGHT - top, line)


def statement(
    canvas: Canvas,
    rows: Sequence[Row],
    *,
    top: float = 150,
    pitch: float = 14,
    columns: Sequence[float] = (400, 500),
    font: str = "Helvetica",
) -> None:
    """Rows without rulings: a label (leading spaces indent it), then figures aligned right at ``columns``."""
    for index, row in enumerate(rows):
        name = row[0] or ""
        label = name.lstrip()
        text(canvas, 60 + 8 * (len(name) - len(label)), top + index * pitch, label, font=font)
        for right, figure in zip(columns, row[1:], strict=False):
            if figure:
                text(canvas, right, top + index * pitch, figure, font=font, right=True)


def grid(
    canvas: Canvas, rows: Sequence[Row], *, top: float = 150, pitch: float = 20, edges: Sequence[float], font: str = "Helvetica"
) -> None:
    """Rows with all rulings drawn. A cell of None takes part in the cell left of it."""
    bottom = top + pitch * len(rows)
    for index in range(len(rows) + 1):
        canvas.line(edges[0], HEIGHT - top - index * pitch, edges[-1], HEIGHT - top - index * pitch)
    for index, row in enumerate(rows):
        for column, x in enumerate(edges):
            if column in (0, len(row)) or row[column] is not None:
                canvas.line(x, HEIGHT - top - index * pitch, x, HEIGHT - top - (index + 1) * pitch)
        for column, cell in enumerate(row):
            if cell:
                text(canvas, edges[column] + 3, top + index * pitch + 14, cell, font=font)
    assert bottom < HEIGHT


def paragraph(canvas: Canvas, x: float, top: float, lines: Sequence[str], *, pitch: float = 12, size: float = 9) -> None:
    for index, line in enumerate(lines):
        text(canvas, x, top + index * pitch, line, size=size)


def scanned(data: bytes, scale: float = 2.5) -> bytes:
    """The first page as a picture on a page of its own."""
    picture = pypdfium2.PdfDocument(data)[0].render(scale=scale).to_pil()
    return pdf(lambda canvas: canvas.drawImage(ImageReader(picture), 0, 0, WIDTH, HEIGHT))


def tables(document: Document, page: int = 1) -> list[Block]:
    return [block for block in document.pages[page - 1].blocks if block.kind == "table"]


def rows(table: Block) -> list[list[str]]:
    """The texts of a table row by row, blank where no cell begins."""
    height, width = max(c.row for c in table.cells) + 1, max(c.column for c in table.cells) + 1
    out = [[""] * width for _ in range(height)]
    for cell in table.cells:
        out[cell.row][cell.column] = cell.text
    return out


def cell(table: Block, content: str) -> Cell:
    return next(cell for cell in table.cells if cell.text == content)
