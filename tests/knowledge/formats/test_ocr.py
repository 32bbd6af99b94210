"""Pages that are pictures."""

from __future__ import annotations

from reportlab.pdfgen.canvas import Canvas
from tests.knowledge.formats.drawn import CHINESE, HEIGHT, grid, pdf, rows, scanned, tables, text

from finfoundry.knowledge.formats.pdf import parse, parse_pages


def test_scanned_table() -> None:
    """Words, rulings and cells come from the picture, each with the confidence of its reading."""
    content = [("项目", "2020年", "2019年"), ("营业收入", "1,581,905", "1,126,639"), ("净利润", "406,195", "220,841")]

    def draw(canvas: Canvas) -> None:
        text(canvas, 60, 130, "单位：万元", font=CHINESE)
        grid(canvas, content, edges=(60, 240, 390, 540), font=CHINESE)

    document = parse(scanned(pdf(draw)), "scan.pdf")
    page = document.pages[0]
    assert page.source == "ocr"
    assert 0.8 < page.confidence <= 1
    (table,) = tables(document)
    assert rows(table) == [list(row) for row in content]
    assert all(0.5 <= cell.confidence <= 1 for cell in table.cells)
    assert document.losses == []  # read well is not lost; the certificate counts the page


def test_blank_page_needs_no_ocr() -> None:
    def line(canvas: Canvas) -> None:
        canvas.line(50, HEIGHT / 2, 51, HEIGHT / 2)

    page = parse(pdf(line), "blank.pdf").pages[0]
    assert (page.source, page.blocks) == ("empty", [])


def test_without_ocr_the_page_is_reported() -> None:
    document = parse(scanned(pdf(lambda c: text(c, 60, 100, "A scan"))), "scan.pdf", ocr=False)
    assert document.pages[0].source == "empty"
    assert any("no text" in loss for loss in document.losses)


def test_no_time_for_ocr_is_said() -> None:
    data = scanned(pdf(lambda c: text(c, 60, 100, "A scan")))
    pages, losses = parse_pages(data, "scan.pdf", [0], ocr_seconds=0)
    assert pages[0].source == "empty"
    assert any("not read by OCR" in loss for loss in losses)
