"""Real files to balance: PDFs, HTML and DOCX with figures, labels and notes."""

from __future__ import annotations

import io
from collections.abc import Sequence

import docx
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Table, TableStyle

from finfoundry.core.balance.digit_balance import DigitBalance
from finfoundry.core.document import Block, Cell, Parsed
from finfoundry.knowledge.ingest.parse_file import parse

Rows = Sequence[Sequence[str]]

ROWS = [
    ["EUR million", "31 December 2024", "31 December 2023"],
    ["Loans to customers", "7,412", "6,988"],
    ["Debt securities", "1,305", "1,117"],
    ["Other assets", "233", "240"],
    ["Total assets", "8,950", "8,345"],
    ["Deposits (1)", "6,120", "5,733"],
]


def pdf(*tables: Rows, ruled: bool = True) -> bytes:
    """A page a table, each under a heading and a sentence with figures."""
    styles = getSampleStyleSheet()
    parts: list[Flowable] = []
    for number, rows in enumerate(tables, 1):
        parts += [PageBreak()] if number > 1 else []
        parts += [
            Paragraph(f"Note {number} Balance sheet of Alder Bank", styles["Heading2"]),
            Paragraph("In 2024 the bank opened 12 branches and paid dividends of EUR 35 million.", styles["BodyText"]),
            Table([list(row) for row in rows], style=_style(rows) if ruled else None, colWidths=[180, *[100] * (len(rows[0]) - 1)]),
        ]
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=A4, invariant=1).build(parts)
    return buffer.getvalue()


def _style(rows: Rows) -> TableStyle:
    return TableStyle([("GRID", (0, 0), (-1, len(rows) - 1), 0.5, colors.black), ("ALIGN", (1, 0), (-1, -1), "RIGHT")])


def html(rows: Rows, *, below: str = "") -> bytes:
    lines = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in rows)
    return f"<html><body><h1>Balance sheet of Alder Bank 2024</h1><table>{lines}</table>{below}</body></html>".encode()


def word(rows: Rows, *, running: str = "") -> bytes:
    paper = docx.Document()
    paper.add_heading("Balance sheet of Alder Bank 2024", 1)
    table = paper.add_table(len(rows), len(rows[0]))
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    if running:
        paper.sections[0].header.paragraphs[0].text = running
    buffer = io.BytesIO()
    paper.save(buffer)
    return buffer.getvalue()


def read(data: bytes, name: str) -> tuple[Parsed, DigitBalance]:
    parsed = parse(data, name)
    assert parsed.certificate.digits is not None
    return parsed, parsed.certificate.digits


def tables_of(parsed: Parsed) -> list[Block]:
    return [block for page in parsed.document.pages for block in page.blocks if block.kind == "table"]


def cell_with(parsed: Parsed, text: str) -> Cell:
    return next(cell for block in tables_of(parsed) for cell in block.cells if cell.text == text)


def cells(rows: Rows) -> Block:
    """A table block with boxes, ten points a row and a hundred a column."""
    found = [
        Cell(r, c, text, (100.0 * c, 10.0 * r, 100.0 * c + 90, 10.0 * r + 9), header=r == 0)
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
        if text
    ]
    return Block("table", "\n".join("\t".join(row) for row in rows), (0, 0, 1000, 1000), found)
