"""Small files that mean much: each is refused or cut at a bound, and says which."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import fields
from itertools import count
from typing import Any

import docx
import openpyxl
import pytest
from tests.knowledge.formats.drawn import pdf, text

from finfoundry.core.document import Block
from finfoundry.core.errors import ParseError
from finfoundry.knowledge.bounds import BOUNDS, KINDS, Bounds
from finfoundry.knowledge.formats import parse_document
from finfoundry.knowledge.formats import text as reading
from finfoundry.runtime.settings import Settings


def changed(file: Any, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook or letter with one part of its archive changed."""
    file.save(whole := io.BytesIO())
    made = io.BytesIO()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, change(source.read(name)) if name == part else source.read(name))
    return made.getvalue()


def test_a_merge_over_the_whole_sheet_is_left_out_and_said() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Revenue", 2024])
    book.worksheets[0].append(["Fees", 3])
    merge = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    document = parse_document(changed(book, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</sheetData>", merge)), "a.xlsx")
    assert "cover 17,179,869,184 cells" in document.losses[0]
    assert "Fees" in document.pages[0].text


def test_a_quarter_of_a_million_paragraphs_are_refused_before_they_are_read() -> None:
    letter = docx.Document()
    letter.add_paragraph("x")
    many = b"<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 250_000
    data = changed(letter, "word/document.xml", lambda xml: xml.replace(b"<w:p>", many + b"<w:p>", 1))
    assert len(data) < 100_000
    with pytest.raises(ParseError, match=r"250,00\d blocks, more than the limit of 100,000") as refused:
        parse_document(data, "a.docx")
    assert "FINFOUNDRY_MAX_BLOCKS" in str(refused.value)


@pytest.mark.parametrize(("form", "kind"), [("A line.\n", "blocks"), ("# Head\n", "blocks"), ("a\f", "pages")])
def test_a_long_text_is_refused_at_the_bound_and_not_read_to_its_end(form: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = count()
    monkeypatch.setattr(reading, "Block", lambda *args, **named: (next(made), Block(*args, **named))[1])
    with pytest.raises(ParseError, match=f"{kind}, more than the limit of 50"):
        parse_document(form.encode() * 10_000, "a.md", bounds=Bounds(blocks=50, pages=50))
    assert next(made) <= 51


def test_a_cell_over_a_billion_columns_is_refused() -> None:
    letter = docx.Document()
    letter.add_table(1, 1)
    span = b'<w:tcPr><w:gridSpan w:val="1000000000"/>'
    data = changed(letter, "word/document.xml", lambda xml: xml.replace(b"<w:tcPr>", span, 1))
    with pytest.raises(ParseError, match="cells, more than the limit of 300,000"):
        parse_document(data, "a.docx")


def test_forms_that_draw_forms_are_counted() -> None:
    """A few lines of a PDF mean ten thousand objects: each form draws the next ten times."""
    with pytest.raises(ParseError, match=r"objects, more than the limit of 1,000") as refused:
        parse_document(nested_forms(4, 10), "a.pdf", bounds=Bounds(objects=1000))
    assert "FINFOUNDRY_MAX_OBJECTS" in str(refused.value)


def nested_forms(depth: int, times: int) -> bytes:
    def draw(canvas: Any) -> None:
        for level in range(depth):
            canvas.beginForm(f"form{level}")
            for _ in range(times):
                canvas.rect(10, 10, 5, 5) if level == 0 else canvas.doForm(f"form{level - 1}")
            canvas.endForm()
        canvas.doForm(f"form{depth - 1}")
        text(canvas, 60, 100, "page")

    return pdf(draw)


def test_a_table_of_too_many_columns_is_refused() -> None:
    row = "<td colspan=900>x</td>" * 5
    with pytest.raises(ParseError, match=r"4,500 columns, more than the limit of 4,000") as refused:
        parse_document(f"<html><table><tr>{row}</tr></table></html>".encode(), "a.html")
    assert "FINFOUNDRY_MAX_COLUMNS" in str(refused.value)


def test_every_parser_answers_to_the_bounds() -> None:
    """What a document holds is counted once more when it is made, so that a parser cannot forget to."""
    note = "\n\n".join(f"Line {number}." for number in range(20)).encode()
    assert parse_document(note, "a.txt", bounds=Bounds(blocks=20)).pages
    for bounds, kind in ((Bounds(blocks=19), "blocks"), (Bounds(characters=30), "characters")):
        with pytest.raises(ParseError, match=f"{kind}, more than the limit"):
            parse_document(note, "a.txt", bounds=bounds)


def test_each_bound_has_a_setting_of_its_name() -> None:
    defaults = {field.name: getattr(BOUNDS, field.name) for field in fields(Bounds)}
    assert {kind: Settings.model_fields[f"max_{kind}"].default for kind in KINDS} == defaults
