"""Figures of real sheets and pages in other ways of writing: read, or not told at all; none is told as another number."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pytest
from reportlab.pdfgen.canvas import Canvas
from tests.knowledge.formats.drawn import pdf, statement, text
from tests.knowledge.formats.office import workbook

from finfoundry.core.document import Fact
from finfoundry.knowledge.ingest.parse_file import parse

Rows = list[list[str | float | None]]


def told(rows: Rows) -> dict[str, tuple[str, str | None]]:
    """Value and unit by the printed text, of a sheet with two years."""
    facts: list[Fact] = parse(workbook([["EUR", "2024", "2023"], *rows]), "book.xlsx").facts
    return {fact.text: (format(fact.value, "f"), fact.unit) for fact in facts}


def test_a_sheet_with_figures_as_texts_in_many_ways_of_writing() -> None:
    found = told(
        [
            ["Loans", "1 100", "1\u00a0234"], ["Deposits", "1'234'567", "1.234,56"], ["Cash", "1,23,456", "1,000 DR"],
            ["Fees", "CR 400", "400 CR"], ["Staff", "~300", "ca. 250"], ["Result", "'-700", "500-"], ["Tax", 650, -12],
        ]
    )  # fmt: skip
    assert {text: value for text, (value, _) in found.items()} == {
        "1 100": "1100", "1\u00a0234": "1234", "1'234'567": "1234567", "1.234,56": "1234.56", "1,23,456": "123456", "1,000 DR": "1000",
        "CR 400": "400", "400 CR": "400", "'-700": "-700", "500-": "-500", "650": "650", "(12)": "-12",
    }  # fmt: skip


def test_debit_and_credit_are_told_apart() -> None:
    facts = parse(workbook([["EUR", "2024"], ["Suspense", "1,000 DR"], ["Clearing", "CR 400"], ["Cash", "20"]]), "book.xlsx").facts
    assert [dict(fact.dimensions).get("side") for fact in facts] == ["debit", "credit", None]


def test_a_decimal_comma_that_is_sure_in_one_cell_is_that_of_the_table() -> None:
    found = told([["Umsatz", "1.234", "1.100"], ["Aufwand", "(987)", "(900)"], ["Marge", "12,5 %", "11,0 %"]])
    assert found["1.234"] == ("1234", "EUR")
    assert found["12,5 %"] == ("0.125", "ratio")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["Yield", "1.234", "1.100"], ["Duration", "4.5", "4.2"]], "1.234"),
        ([["Yield", "1.234", "1.100"], ["Loans", "12", "11"]], "1.234"),
        ([["Yield", "1.234", "1.100"], ["Loans", "1,200", "1,100"]], "1.234"),
        ([["Yield", "1.234", "1.100"], ["Loans", "12,5 %", "1,234.5"]], None),  # written in both ways
    ],
)  # fmt: skip
def test_a_point_before_three_digits_is_one_without_such_a_cell_and_not_told_where_cells_differ(rows: Rows, expected: str | None) -> None:
    found = told(rows)
    assert found.get("1.234", (None, None))[0] == expected


def test_a_table_without_a_sure_cell_is_written_as_the_others_of_the_paper() -> None:
    book = openpyxl.Workbook()
    for number, rows in enumerate(([["TEUR", "2024"], ["Umsatz", "1.234,5"]], [["TEUR", "2024"], ["Zinsen", "2.345"], ["Rest", "12"]])):
        sheet = book.create_sheet(f"T{number}")
        for row in rows:
            sheet.append(row)
    del book["Sheet"]
    assert {fact.text: fact.value for fact in parse(_bytes(book), "book.xlsx").facts} == {
        "1.234,5": Decimal("1234500.0"), "2.345": Decimal(2_345_000), "12": Decimal(12_000)
    }  # fmt: skip


def _bytes(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_page_with_spaces_between_thousands() -> None:
    def draw(canvas: Canvas) -> None:
        text(canvas, 60, 60, "Heron Mills plc", size=16)
        text(canvas, 60, 90, "Annual report 2024")
        text(canvas, 60, 130, "EUR thousand")
        statement(
            canvas, [("", "2024", "2023"), ("Revenue", "12 345", "11 234"), ("Costs", "(9 876)", "(8 765)"), ("Profit", "2 469", "999")]
        )

    facts = parse(pdf(draw), "paper.pdf").facts
    assert [format(fact.value, "f") for fact in facts] == ["12345000", "11234000", "-9876000", "-8765000", "2469000", "999000"]


def test_a_number_before_a_figure_is_no_part_of_it_where_the_table_groups_by_commas() -> None:
    found = told([["Loans", "5 234", "1,100"], ["Deposits", "2,300", "2,200"]])
    assert "5 234" not in found
    assert found["1,100"][0] == "1100"
