"""A made paper as a file of a format: the same paper gives the same bytes."""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from email.message import EmailMessage

import docx
import openpyxl
import pypdfium2
from docx.document import Document as WordDocument
from docx.table import _Cell as WordCell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet
from reportlab.lib.colors import black
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as PageTable

from finfoundry.evals.silent_errors.paper_blocks import Block, Cell, CellRow, Heading, Line, NextPage, Running, Table

CHINESE = "STSong-Light"  # every reader of PDFs knows it; nothing is embedded
MADE = (2025, 1, 1, 0, 0, 0)  # when all files were made
SMALL_PAGE = (430.0, 300.0)  # a picture of it is read by text recognition in seconds
LONG = 15  # characters of a cell that break into lines
SHARP = 2.2  # pixels a point of a picture


def cell_of(cell: Cell | str | None) -> Cell | None:
    return Cell(cell) if isinstance(cell, str) else cell


# --- PDF and pictures ---------------------------------------------------------------------------------------------------------


def chinese(text: str) -> bool:
    return bool(re.search(r"[\u2e80-\u9fff\uff00-\uffef]", text))


def font_of(texts: Sequence[str]) -> str:
    """The font that has the characters of the texts."""
    if not any(map(chinese, texts)):
        return "Helvetica"
    if CHINESE not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
    return CHINESE


def as_pdf(blocks: Sequence[Block], page: tuple[float, float] = A4, turn: int = 0) -> bytes:
    """A PDF of pages, shown turned by so many degrees."""
    stream = io.BytesIO()
    heads = [block.text for block in blocks if isinstance(block, Running)]
    paper = SimpleDocTemplate(stream, pagesize=page, leftMargin=45, rightMargin=45, topMargin=50, bottomMargin=40, invariant=1)

    def head(canvas: Canvas, _: object) -> None:
        if turn:
            canvas.setPageRotation(turn)
        for at, text in enumerate(heads):
            canvas.setFont(font_of([text]), 8)
            canvas.drawString(45, page[1] - 28 - 10 * at, text)

    paper.build([one for block in blocks for one in _flowables(block)], onFirstPage=head, onLaterPages=head)
    return stream.getvalue()


def _flowables(block: Block) -> list[Flowable]:
    if isinstance(block, Heading):
        size = 16 if block.level == 1 else 12
        return [Paragraph(html.escape(block.text), _style(block.text, size)), Spacer(1, 4)]
    if isinstance(block, Line):
        return [Paragraph(html.escape(block.text), _style(block.text, block.size)), Spacer(1, 5)]
    if isinstance(block, Table):
        return [_page_table(block), Spacer(1, 8)]
    return [PageBreak()] if isinstance(block, NextPage) else []


def _style(text: str, size: float) -> ParagraphStyle:
    return ParagraphStyle("", fontName=font_of([text]), fontSize=size, leading=size * 1.35, wordWrap="CJK" if chinese(text) else None)


def _page_table(table: Table) -> PageTable:
    rows = [[cell_of(cell) for cell in row] for row in table.rows]
    texts = [cell.text for row in rows for cell in row if cell]
    font = font_of(texts)
    style: list[tuple[object, ...]] = [("FONT", (0, 0), (-1, -1), font, 9), ("ALIGN", (1, 0), (-1, -1), "RIGHT")]
    style += [("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 2)]
    style.append(
        ("GRID", (0, 0), (-1, -1), 0.4, black) if table.ruled else ("LINEBELOW", (0, table.heads - 1), (-1, table.heads - 1), 0.7, black)
    )
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell and (cell.span > 1 or cell.down > 1):
                style += [
                    ("SPAN", (column, at), (column + cell.span - 1, at + cell.down - 1)),
                    ("ALIGN", (column, at), (column, at), "CENTER"),
                ]
    width = len(rows[0]) - 1
    rest = min(85.0, (500 - table.wide) / max(1, width))
    return PageTable(
        [[_drawn(cell, column, font) for column, cell in enumerate(row)] for row in rows],
        [table.wide, *[rest] * width],
        style=style,
        hAlign="LEFT",
    )


def _drawn(cell: Cell | None, column: int, font: str) -> Flowable | str:
    if cell is None:
        return ""
    if not cell.sup and column and len(cell.text) < LONG:
        return cell.text
    marked = html.escape(cell.text).replace("\n", "<br/>") + (f"<super size=6>{html.escape(cell.sup)}</super>" if cell.sup else "")
    style = ParagraphStyle(
        "", fontName=font, fontSize=9, leading=11, alignment=2 if column else 0, wordWrap="CJK" if font == CHINESE else None
    )
    return Paragraph(marked, style)


def as_picture(blocks: Sequence[Block]) -> bytes:
    """A PNG of one small page."""
    with pypdfium2.PdfDocument(as_pdf(blocks, SMALL_PAGE)) as document:
        picture = document[0].render(scale=SHARP).to_pil().convert("L")
    stream = io.BytesIO()
    picture.save(stream, "PNG", dpi=(SHARP * 72, SHARP * 72))
    return stream.getvalue()


# --- web pages and mails ------------------------------------------------------------------------------------------------------


def as_html(blocks: Sequence[Block], charset: str = "utf-8", style: str = "") -> bytes:
    """A web page; what runs at the head of pages is a header of it."""
    inner = "\n".join(map(_marked, blocks))
    css = f"<style>{style}</style>" if style else ""
    return f"<!DOCTYPE html>\n<html><head><meta charset='{charset}'>{css}</head><body>\n{inner}\n</body></html>\n".encode(charset)


def _marked(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{html.escape(block.text)}</h{block.level}>"
    if isinstance(block, Line):
        return f"<p>{html.escape(block.text)}</p>"
    if isinstance(block, Running):
        return f"<header>{html.escape(block.text)}</header>"
    return as_table(block) if isinstance(block, Table) else "<hr>"


def as_table(table: Table) -> str:
    """The table as HTML."""
    rows = ["".join(_marked_cell(cell, at < table.heads) for cell in map(cell_of, row) if cell) for at, row in enumerate(table.rows)]
    return "<table>" + "".join(f"<tr>{row}</tr>\n" for row in rows) + "</table>"


def _marked_cell(cell: Cell, head: bool) -> str:
    tag = "th" if head else "td"
    spans = (f" colspan='{cell.span}'" if cell.span > 1 else "") + (f" rowspan='{cell.down}'" if cell.down > 1 else "")
    text = html.escape(cell.text).replace("\n", "<br>") + (f"<sup>{html.escape(cell.sup)}</sup>" if cell.sup else "")
    return f"<{tag}{spans}>{text}</{tag}>"


def as_mail(blocks: Sequence[Block], attached: Sequence[tuple[str, bytes]] = (), charset: str = "utf-8") -> bytes:
    """A mail whose body is the paper, with files attached."""
    message = EmailMessage()
    message["From"] = "Anna Weber <a.weber@nordfjord.example>"
    message["To"] = "board@nordfjord.example"
    message["Date"] = "Tue, 04 Feb 2025 10:00:00 +0100"
    message["Subject"] = "Figures"
    message["Message-ID"] = "<1@nordfjord.example>"
    message.set_content("Dear all,\n\nthe figures are below.\n")
    message.add_alternative(as_html(blocks, charset).decode(charset), subtype="html", charset=charset)
    for name, data in attached:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"====part-{number}====")
    return message.as_bytes()


# --- Office -------------------------------------------------------------------------------------------------------------------


def as_word(blocks: Sequence[Block], alter: Callable[[WordDocument], None] | None = None) -> bytes:
    """A Word document; ``alter`` may change it before it is saved."""
    document = docx.Document()
    for block in blocks:
        if isinstance(block, Heading):
            document.add_heading(block.text, block.level)
        elif isinstance(block, Line):
            document.add_paragraph(block.text)
        elif isinstance(block, Running):
            document.sections[0].header.paragraphs[0].text = block.text
        elif isinstance(block, Table):
            _word_table(document, block)
        else:
            document.add_page_break()  # type: ignore[no-untyped-call]
    if alter:
        alter(document)
    stream = io.BytesIO()
    document.save(stream)
    return steady(stream.getvalue())


def _word_table(document: WordDocument, table: Table) -> None:
    grid = document.add_table(rows=len(table.rows), cols=len(table.rows[0]))
    grid.style = "Table Grid" if table.ruled else None
    for at, row in enumerate(table.rows):
        cells = grid.rows[at].cells
        for column, cell in enumerate(map(cell_of, row)):
            if cell is None:
                continue
            if cell.span > 1 or cell.down > 1:
                cells[column].merge(grid.cell(at + cell.down - 1, column + cell.span - 1))
            _fill(cells[column], cell)


def _fill(there: WordCell, cell: Cell) -> None:
    there.text = cell.text
    if cell.sup:
        there.paragraphs[0].add_run(cell.sup).font.superscript = True


def as_sheet(blocks: Sequence[Block], alter: Callable[[Worksheet], None] | None = None) -> bytes:
    """A workbook of one sheet; ``alter`` may change the sheet before it is saved."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101  a new workbook has one
    at = 1
    for block in blocks:
        if isinstance(block, Heading | Line):
            sheet.cell(at, 1, block.text)
            at += 1
        elif isinstance(block, Running):
            head = sheet.oddHeader
            assert head is not None  # noqa: S101  every sheet has one
            head.left.text = block.text
        elif isinstance(block, Table):
            for row in block.rows:
                _fill_row(sheet, at, row)
                at += 1
            at += 1
    if alter:
        alter(sheet)
    return saved(book)


def _fill_row(sheet: Worksheet, at: int, row: CellRow) -> None:
    for column, cell in enumerate(map(cell_of, row), 1):
        if cell is None or (not cell.text and cell.number is None):
            continue
        there = sheet.cell(at, column)
        there.value = number_in(cell) if cell.number is not None and not cell.sup else _rich(cell)
        there.number_format = cell.pattern
        if "\n" in cell.text:
            there.alignment = Alignment(wrap_text=True)
        if cell.span > 1 or cell.down > 1:
            sheet.merge_cells(start_row=at, start_column=column, end_row=at + cell.down - 1, end_column=column + cell.span - 1)


def number_in(cell: Cell) -> int | float:
    """The number that a sheet keeps."""
    number = cell.number
    assert number is not None  # noqa: S101  asked before
    return int(number) if number == number.to_integral_value() else float(number)


def _rich(cell: Cell) -> str | CellRichText:
    return CellRichText(cell.text, TextBlock(InlineFont(vertAlign="superscript"), cell.sup)) if cell.sup else cell.text


def saved(book: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    stream = io.BytesIO()
    book.save(stream)
    return steady(stream.getvalue())


def steady(data: bytes) -> bytes:
    """An Office file without the moment at which it was made."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2025-01-01T00:00:00Z", content)
            after.writestr(zipfile.ZipInfo(name, MADE), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


# --- separated values ---------------------------------------------------------------------------------------------------------


def as_csv(blocks: Sequence[Block], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """Rows of separated values; headings and lines are rows of one."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    for block in blocks:
        if isinstance(block, Heading | Line):
            writer.writerow([block.text])
        elif isinstance(block, Table):
            writer.writerows([[cell.text if cell else "" for cell in map(cell_of, row)] for row in block.rows])
    return stream.getvalue().encode(encoding)


WRITERS: dict[str, Callable[[Sequence[Block]], bytes]] = {
    "pdf": as_pdf, "html": as_html, "docx": as_word, "xlsx": as_sheet, "csv": as_csv, "png": as_picture, "eml": as_mail,
}  # fmt: skip
SUFFIXES = {"ixbrl": "html"}  # the end of a file's name, where it is not its format


def written(blocks: Sequence[Block], format: str) -> bytes:
    """The bytes of a paper in a format."""
    return WRITERS[format](blocks)
