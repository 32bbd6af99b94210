"""Workbooks of papers that print what no workbook can hold: these characters are left out, the rest is there."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest

from finfoundry.core.answer import Answer, Citation, DocumentName, Figure, Reference
from finfoundry.core.document import Block, Cell
from finfoundry.core.principal import Principal
from finfoundry.server.console.ask.written_conversation import figures_workbook
from finfoundry.server.console.figures.fact_grid import FactGrid, grid_workbook
from finfoundry.server.console.papers.paper_files import tables_workbook
from finfoundry.usecases.workbook import plain_text, workbook_cell

BAD = "Rev\x00en\x0bue\x1f\ufffe"


def rows_of(data: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return [[sheet.title], *([cell.value for cell in row] for row in sheet.iter_rows())]


def test_tables_with_control_characters_are_written() -> None:
    block = Block("table", BAD, None, title=BAD, cells=[Cell(0, 0, BAD, None), Cell(0, 1, "1,234", None)])
    page = SimpleNamespace(number=1, blocks=[block])
    store = SimpleNamespace(document=lambda *_: SimpleNamespace(pages=1), page=lambda *_: page)
    app: Any = SimpleNamespace(store=store)
    assert rows_of(tables_workbook(app, Principal("ana"), "00000001")) == [["1 p1 Revenue"], ["Revenue", None], ["Revenue", 1234]]


def test_cells_of_a_table_are_numbers_in_its_writing_and_texts_where_they_say_more() -> None:
    texts = ["1.234", "12,5 %", "3,5", "2,4x", "400 CR", "-", "~300"]
    block = Block("table", "", None, cells=[Cell(0, column, text, None) for column, text in enumerate(texts)])
    store = SimpleNamespace(document=lambda *_: SimpleNamespace(pages=1), page=lambda *_: SimpleNamespace(number=1, blocks=[block]))
    app: Any = SimpleNamespace(store=store)
    assert rows_of(tables_workbook(app, Principal("ana"), "00000001"))[-1] == [1234, "12,5 %", 3.5, "2,4x", "400 CR", "-", "~300"]


def test_figures_with_control_characters_are_written() -> None:
    place = Citation(1, DocumentName("00000001", BAD), 1, None, None, f"={BAD}")
    figures = [Figure(f"5{BAD}", "5", "USD", None, "cell", Reference(citation=1, metric=BAD))]
    row = rows_of(figures_workbook(Answer("a", "answered", "en", "5", [place], figures), []))[-1]
    assert (row[0], row[4], row[7], row[9]) == ("5Revenue", "Revenue", "Revenue", "'=Revenue")


def test_a_grid_with_control_characters_is_written() -> None:
    assert rows_of(grid_workbook(FactGrid([2024], [((BAD, "+net", "USD"), [None])]), []))[-1] == ["Revenue", "'+net", "USD", None]


@pytest.mark.parametrize(("given", "held"), [("\x01=1+1", "'=1+1"), ("-", "-"), ("-5", "'-5"), ("a\tb\nc", "a\tb\nc")])
def test_no_text_becomes_a_formula(given: str, held: str) -> None:
    assert plain_text(given) == held


def test_the_facts_as_a_workbook_leave_them_out_too() -> None:
    assert workbook_cell("text", "\x02=5") == "'=5"
