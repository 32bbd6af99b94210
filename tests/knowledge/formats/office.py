"""Files as Office, mail programs, scanners and archivers write them, made by the libraries that write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage

import openpyxl
import pptx
import xlwt
from PIL import Image, ImageDraw, ImageFont
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

Rows = Sequence[Sequence[str | float | None]]
ROWS: Rows = [["Item (USD million)", 2024, 2023], ["Revenue", 9876, 8765], ["Net profit", 1234, -1100]]
TEXTS = [["Item (USD million)", "2024", "2023"], ["Revenue", "9,876", "8,765"], ["Net profit", "1,234", "(1,100)"]]
AMOUNTS = "#,##0_);(#,##0)"


def workbook(rows: Rows = ROWS, title: str = "Results") -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for cells in sheet.iter_rows(min_row=2, min_col=2):
        for cell in cells:
            cell.number_format = AMOUNTS
    book.save(stream)
    return stream.getvalue()


def old_workbook(rows: Rows = ROWS, title: str = "Results") -> bytes:
    book, stream = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet(title)
    style = xlwt.easyxf(num_format_str=AMOUNTS)
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value is not None:
                sheet.write(r, c, value, *([style] if r and c else []))
    book.add_sheet("secret").visibility = 1
    book.save(stream)
    return stream.getvalue()


def presentation(rows: Sequence[Sequence[str]] = TEXTS, notes: str = "Revenue grew by 12.7% in 2024.") -> bytes:
    deck, stream = pptx.Presentation(), io.BytesIO()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Results"
    table = slide.shapes.add_table(len(rows), len(rows[0]), Inches(1), Inches(2), Inches(6), Inches(2)).table
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    slide.notes_slide.notes_text_frame.text = notes
    second = deck.slides.add_slide(deck.slide_layouts[5])
    second.shapes.title.text = "People"
    data = CategoryChartData(number_format="#,##0")  # type: ignore[no-untyped-call]
    data.categories = ["2023", "2024"]
    data.add_series("Headcount", (1200, 1350))  # type: ignore[no-untyped-call]
    second.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(2), Inches(5), Inches(3), data)
    hidden = deck.slides.add_slide(deck.slide_layouts[5])
    hidden._element.set("show", "0")
    deck.save(stream)
    return stream.getvalue()


def mail(attachments: Mapping[str, bytes] | None = None, *, subject: str = "Results of 2024", html: str | None = None) -> bytes:
    message = EmailMessage()
    message["From"] = "Anna Weber <a.weber@nordfjord.example>"
    message["To"] = "board@nordfjord.example"
    message["Date"] = "Tue, 04 Feb 2025 10:00:00 +0100"
    message["Subject"] = subject
    message["Message-ID"] = "<1@nordfjord.example>"
    message.set_content("Dear all,\n\nthe figures are attached.\n\nAnna")
    if html:
        message.add_alternative(html, subtype="html")
    for name, data in (attachments or {}).items():
        if name.endswith(".eml"):
            inner = EmailMessage()
            inner["Subject"] = name
            inner["From"] = "x@nordfjord.example"
            inner["Date"] = "Tue, 04 Feb 2025 10:00:00 +0100"
            inner.set_content(data.decode())
            message.add_attachment(inner, filename=name)
        else:
            message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def archive(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in files.items():
            opened.writestr(name, data)
    return stream.getvalue()


def scan(rows: Sequence[Sequence[str]] = TEXTS, *, kind: str = "PNG", turn: int = 0, pages: int = 1) -> bytes:
    """A picture of a page with a table, turned counter-clockwise by so many degrees."""
    picture = Image.new("RGB", (1300, 100 + 70 * len(rows)), "white")
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(30)
    for r, row in enumerate(rows):
        for x, text in zip((60, 760, 1040), row, strict=True):
            pen.text((x, 50 + 70 * r), text, font=font, fill="black")
    turned = picture.rotate(turn, expand=True)
    stream = io.BytesIO()
    more = {"save_all": True, "append_images": [turned] * (pages - 1)} if pages > 1 else {}
    turned.save(stream, kind, dpi=(150, 150), **more)
    return stream.getvalue()
