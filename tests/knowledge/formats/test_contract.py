"""Every parser keeps the contract, called as the product calls it: by content."""

from __future__ import annotations

import io

import docx
import openpyxl
import pytest
from reportlab.pdfgen.canvas import Canvas
from tests.contracts.parser import ParserContract

from finfoundry.knowledge.formats import parse_document
from finfoundry.knowledge.ingest.certificate import certify

ROWS = [["Item", "2024", "2023"], ["Revenue", "9,876", "8,765"], ["Net profit", "1,234", "1,100"]]


def drawn() -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(400, 300), invariant=1)
    for number, row in enumerate(ROWS):
        for place, text in zip((60, 260, 340), row, strict=True):
            draw = canvas.drawString if place == 60 else canvas.drawRightString
            draw(place, 220 - 20 * number, text)
    canvas.save()
    return stream.getvalue()


def workbook() -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in ROWS:
        sheet.append(row)
    book.save(stream)
    return stream.getvalue()


def word() -> bytes:
    body, stream = docx.Document(), io.BytesIO()
    table = body.add_table(len(ROWS), 3)
    for r, row in enumerate(ROWS):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    body.save(stream)
    return stream.getvalue()


def lined(left: str, between: str, right: str) -> str:
    return "\n".join(left + between.join(row) + right for row in ROWS)


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (b"The page that you asked for is gone.\n", "report.pdf", "the file is named .pdf, but holds plain text"),
        (b"<!doctype html><p>404 Not found</p>", "Report.PDF", "the file is named .pdf, but holds HTML"),
        (drawn(), "annex.docx", "the file is named .docx, but holds PDF"),
        (drawn(), "annex.pdf", ""),
        (drawn(), "annex", ""),
        (word(), "annex.doc", ""),
        (workbook(), "export.xls", ""),
        (b"a,b\n1,2\n", "export.xls", ""),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_marked(data: bytes, name: str, told: str) -> None:
    certificate = certify(parse_document(data, name), [], threshold=0)
    assert certificate.mark == (told or None)
    assert (told in certificate.losses) == bool(told)


class Whole(ParserContract):
    parse = staticmethod(parse_document)


class TestPdf(Whole):
    name, data = "paper.pdf", drawn()


class TestHtml(Whole):
    name = "paper.html"
    data = f"<html><body><table>{lined('<tr><td>', '</td><td>', '</td></tr>')}</table></body></html>".encode()


class TestXlsx(Whole):
    name, data = "paper.xlsx", workbook()


class TestDocx(Whole):
    name, data = "paper.docx", word()


class TestCsv(Whole):
    name, data = "paper.csv", lined("", ";", "").encode()


class TestMarkdown(Whole):
    name, data = "paper.md", ("# Results\n\n" + lined("| ", " | ", " |").replace("\n", "\n|---|---|---|\n", 1)).encode()
