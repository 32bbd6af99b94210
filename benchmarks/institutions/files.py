"""A report as a file: a PDF, a web page or a Word document of its blocks."""

from __future__ import annotations

import html
import io
from collections.abc import Sequence
from dataclasses import replace

import docx
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from institutions.composed import Report
from institutions.statements import Block, Grid, Heading, NewPage, Prose
from institutions.terms import Kind, Lang

CHINESE = "STSong-Light"  # every reader of PDFs knows it; nothing is embedded
RULE = HexColor("#5b6b7a")
WIDTH = A4[0] - 90


def made(kind: Kind, lang: Lang, seed: int, number: int = 0, file: str | None = None) -> Report:
    """The report of a seed; ``file`` in place of the form that the seed draws."""
    report = Report(kind, lang, seed, number)
    if file:
        report.style = replace(report.style, file=file)
    return report


def written(report: Report) -> tuple[str, bytes]:
    """The name and the bytes of the file; the same report gives the same bytes, a Word document apart."""
    make = {"pdf": _pdf, "html": _web, "docx": _word}[report.style.file]
    return f"{report.title}.{report.style.file}".replace("/", "-"), make(report)


def _pdf(report: Report) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
    stream = io.BytesIO()
    document = SimpleDocTemplate(stream, pagesize=A4, leftMargin=45, rightMargin=45, topMargin=55, bottomMargin=50, invariant=1)
    font = CHINESE if report.lang == "zh" else "Helvetica"

    def foot(canvas: Canvas, page: SimpleDocTemplate) -> None:
        canvas.setFont(font, 8)
        canvas.drawString(45, A4[1] - 35, report.title)
        canvas.drawRightString(A4[0] - 45, 28, str(page.page))

    story = [one for block in report.blocks for one in _flowables(block, report)]
    document.build(story, onFirstPage=lambda *_: None, onLaterPages=foot)
    return stream.getvalue()


def _flowables(block: Block, report: Report) -> list[Flowable]:
    zh = report.lang == "zh"
    font, bold = (CHINESE, CHINESE) if zh else ("Helvetica", "Helvetica-Bold")
    wrap = "CJK" if zh else None
    if isinstance(block, NewPage):
        return [PageBreak()]
    if isinstance(block, Heading):
        size = (24, 15, 11.5)[block.level]
        style = ParagraphStyle("", fontName=bold, fontSize=size, leading=size * 1.4, spaceBefore=8, spaceAfter=4, wordWrap=wrap)
        style.keepWithNext = report.style.repeats
        return [Paragraph(html.escape(block.text), style)]
    if isinstance(block, Prose):
        return [Paragraph(html.escape(block.text), ParagraphStyle("", fontName=font, fontSize=10, leading=15, spaceAfter=6, wordWrap=wrap))]
    over = [one for one in (block.title, block.unit_line) if one]
    small = ParagraphStyle("", fontName=font, fontSize=8.5, leading=12, wordWrap=wrap, alignment=2 if zh else 0)
    under = [Paragraph(html.escape(block.footnote), small)] if block.footnote else []
    return [*(Paragraph(html.escape(one), small) for one in over), _table(block, report, font, bold), *under, Spacer(1, 10)]


def _table(grid: Grid, report: Report, font: str, bold: str) -> Table:
    columns, notes = len(grid.rows[0]), "附注" in grid.heads[0] or "Note" in grid.heads[0]
    narrow = 34 if notes else 0
    first = min(230, max(130, WIDTH - 88 * (columns - 1 - notes) - narrow))
    rest = (WIDTH - first - narrow) / (columns - 1 - notes)
    style = ParagraphStyle("", fontName=font, fontSize=8.5, leading=10.5, wordWrap="CJK" if report.lang == "zh" else None)
    heads = [[Paragraph(html.escape(cell or ""), _head(row, at, style, bold)) for at, cell in enumerate(row)] for row in grid.heads]
    body = [
        [Paragraph(html.escape(row[0].strip()), _label(row[0], at in grid.bold, style, bold)), *row[1:]] for at, row in enumerate(grid.rows)
    ]
    count = len(heads)
    rules: list[tuple[object, ...]] = [
        ("FONT", (0, 0), (-1, -1), font, 8.5), ("ALIGN", (1, 0), (-1, -1), "RIGHT"), ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
        ("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("LINEBELOW", (0, count - 1), (-1, count - 1), 0.7, RULE),
    ]  # fmt: skip
    for line, row in enumerate(grid.heads):
        rules += [("SPAN", (at - 1, line), (at, line)) for at, cell in enumerate(row) if cell is None]
    rules += [("LINEABOVE", (1, at + count), (-1, at + count), 0.5, RULE) for at in grid.bold]
    widths = [first, *([narrow] if notes else []), *[rest] * (columns - 1 - notes)]
    return Table([*heads, *body], colWidths=widths, style=TableStyle(rules), repeatRows=count if report.style.repeats else 0)


def _head(row: list[str | None], at: int, style: ParagraphStyle, font: str) -> ParagraphStyle:
    """The first on the left, one over several columns in their middle, others on the right."""
    over = at + 1 < len(row) and row[at + 1] is None
    return ParagraphStyle("", parent=style, alignment=0 if at == 0 else 1 if over else 2, fontName=font)


def _label(text: str, total: bool, style: ParagraphStyle, bold: str) -> ParagraphStyle:
    return ParagraphStyle("", parent=style, fontName=bold if total else style.fontName, leftIndent=8 if text[0] == " " else 0)


def _web(report: Report) -> bytes:
    parts = [one for block in report.blocks for one in _marked(block)]
    head = f"<head><meta charset='utf-8'><title>{html.escape(report.title)}</title></head>"
    return f"<!DOCTYPE html><html lang='{report.lang}'>{head}<body>{''.join(parts)}</body></html>".encode()


def _marked(block: Block) -> list[str]:
    if isinstance(block, NewPage):
        return ["<hr>"]
    if isinstance(block, Heading):
        return [f"<h{block.level + 1}>{html.escape(block.text)}</h{block.level + 1}>"]
    if isinstance(block, Prose):
        return [f"<p>{html.escape(block.text)}</p>"]
    rows = ["<tr>" + "".join(_spanned(row)) + "</tr>" for row in block.heads]
    rows += ["<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in block.rows]
    lines = [f"<p>{html.escape(one)}</p>" for one in (block.title, block.unit_line) if one]
    return [*lines, f"<table>{''.join(rows)}</table>", *([f"<p>{html.escape(block.footnote)}</p>"] if block.footnote else [])]


def _spanned(row: list[str | None]) -> list[str]:
    found: list[tuple[str, int]] = []
    for cell in row:
        found = [*found[:-1], (found[-1][0], found[-1][1] + 1)] if cell is None else [*found, (cell, 1)]
    return [f"<th{f' colspan={wide!r}' if wide > 1 else ''}>{html.escape(text)}</th>" for text, wide in found]


def _word(report: Report) -> bytes:
    document, stream = docx.Document(), io.BytesIO()
    for block in report.blocks:
        if isinstance(block, NewPage):
            document.add_page_break()  # type: ignore[no-untyped-call]
        elif isinstance(block, Heading):
            document.add_heading(block.text, block.level)
        elif isinstance(block, Prose):
            document.add_paragraph(block.text)
        else:
            _word_table(document, block)
    document.save(stream)
    return stream.getvalue()


def _word_table(document: docx.document.Document, grid: Grid) -> None:
    for line in (grid.title, grid.unit_line):
        if line:
            document.add_paragraph(line)
    table = document.add_table(rows=0, cols=len(grid.rows[0]))
    rows: Sequence[Sequence[str | None]] = [*grid.heads, *grid.rows]
    for row in rows:
        cells = table.add_row().cells
        for at, text in enumerate(row):
            if text is None:
                cells[at - 1].merge(cells[at])
            else:
                cells[at].text = text.strip()
    if grid.footnote:
        document.add_paragraph(grid.footnote)
