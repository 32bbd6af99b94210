"""Cells that could be read as another figure than they print: figures one below another, amounts that look like months, crores, rents."""

from __future__ import annotations

import io
from collections.abc import Sequence

import docx
import pytest
from tests.knowledge.facts.papers import Rows, document, table
from tests.knowledge.formats.office import workbook

from finfoundry.core.document import Block, Fact
from finfoundry.core.quantities.cells import in_one_cell, parse_cell
from finfoundry.knowledge.facts.extract import extract
from finfoundry.knowledge.ingest.parse_file import parse

COVER = [Block("heading", "Heron Bank plc"), Block("heading", "Annual report 2024")]


def told(rows: Rows, note: str | None = None) -> list[tuple[str, str, str | None, str]]:
    """Label, value, unit and period of each fact."""
    facts = extract(document([table(rows, note=note)], cover=COVER))
    return [(fact.metric[-1], format(fact.value, "f"), fact.unit, fact.period) for fact in facts]


def page(cells: Sequence[Sequence[str]]) -> bytes:
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells)
    return f"<html><body><h1>Heron Bank plc</h1><p>in EUR million</p><table>{rows}</table></body></html>".encode()


def texts(facts: Sequence[Fact]) -> list[str]:
    return [fact.text for fact in facts]


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("850<br>120", []), ("<p>850</p><p>120</p>", []), ("<div>850</div><div>120</div>", []), ("850<br/><br/>120", []),
        ("1 850", ["1 850"]), ("1&nbsp;850", ["1 850"]), ("<p>850</p>", ["850"]), ("850<br>", ["850"]), ("850<br>*", ["850 *"]),
    ],
)  # fmt: skip
def test_figures_one_below_another_in_a_cell_of_a_page_are_not_one_and_are_said(cell: str, read: list[str]) -> None:
    parsed = parse(page([["", "2024"], ["Revenue", cell], ["Tax", "12"], ["Profit", "70"]]), "page.html")
    assert texts(parsed.facts) == [*read, "12", "70"]
    assert any("digits are in no account" in loss for loss in parsed.certificate.losses) == (not read)


def test_figures_one_below_another_in_sheets_and_word_papers_are_not_one() -> None:
    rows = [["EUR million", "2024", "2023"], ["Revenue", "850\n120", "800\n110"], ["Tax", "12", "13"]]
    assert texts(parse(workbook(rows), "book.xlsx").facts) == ["12", "13"]
    paper, stream = docx.Document(), io.BytesIO()
    cells = paper.add_table(3, 3)
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            cells.cell(r, c).text = text
    paper.save(stream)
    assert texts(parse(stream.getvalue(), "paper.docx").facts) == ["12", "13"]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["850", "120"], "850 / 120"), (["(5)", "1,200", "12 %"], "(5) / 1,200 / 12 %"), (["Year ended 31", "2024"], "Year ended 31 2024"),
        (["31", "2024"], "31 2024"), (["2024", "2023"], "2024 2023"), (["营业", "收入"], "营业 收入"), (["850"], "850"),
    ],
)  # fmt: skip
def test_only_figures_stay_apart_in_a_cell(lines: list[str], text: str) -> None:
    assert in_one_cell(lines) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("+61 448 881 174", None),
        ("+41 787 698 694", None),
        ("+1 234", "1234"),
        ("+1 234 567", "1234567"),
        ("61 448 881 174", "61448881174"),
    ],
)
def test_the_number_of_a_telephone_is_no_amount(text: str, value: str | None) -> None:
    number = parse_cell(text)
    assert (None if number is None else str(number.value)) == value


@pytest.mark.parametrize("amounts", [("2012.08", "1998.12"), ("2024.10", "2023.05"), ("2001.01", "2000.03")])
def test_amounts_that_look_like_months_are_amounts(amounts: tuple[str, str]) -> None:
    found = told([["", "2024", "2023"], ["Revenue", *amounts], ["Costs", "812.30", "798.10"]], note="in EUR million")
    assert [period for *_, period in found] == ["2024-01-01/2024-12-31", "2023-01-01/2023-12-31"] * 2


@pytest.mark.parametrize("months", [("202401", "202402"), ("2024.06", "2023.06"), ("2024.03", "2024.06"), ("12/2024", "12/2023")])
def test_months_that_follow_each_other_head_columns(months: tuple[str, str]) -> None:
    found = told([["", *months], ["Revenue", "812.30", "798.10"], ["Costs", "1.30", "8.10"]], note="in EUR million")
    assert {label for label, *_ in found} == {"Revenue", "Costs"}


def test_a_credit_in_rupees_may_be_crores_and_is_not_told() -> None:
    assert told([["INR", "2024"], ["Revenue", "400 CR"], ["Costs", "380"]]) == [("Costs", "380", "INR", "2024-01-01/2024-12-31")]


@pytest.mark.parametrize(
    ("currency", "other", "value"), [("INR", "380 DR", "400"), ("EUR", "380", "400"), ("EUR", "380 DR", "400"), ("INR", "₹ 3", "400")]
)
def test_a_credit_beside_a_debit_or_in_another_currency_is_told(currency: str, other: str, value: str) -> None:
    cell = "400 CR" if other != "₹ 3" else "₹ 400"
    assert told([[currency, "2024"], ["Suspense", cell], ["Clearing", other]])[0][1] == value


@pytest.mark.parametrize("heading", ["租金(年)", "押金(年)", "费用(年)"])
def test_an_amount_a_year_is_no_length_of_time(heading: str) -> None:
    assert {unit for _, _, unit, _ in told([["", heading], ["一号楼", "1,200"], ["二号楼", "2,200"]])} == {None}


@pytest.mark.parametrize("heading", ["剩余期限(年)", "使用寿命（年）", "使用年限（年）", "Useful life (years)"])
def test_a_length_of_time_in_years_is_one(heading: str) -> None:
    assert {unit for _, _, unit, _ in told([["", heading], ["一号楼", "12"], ["二号楼", "22"]])} == {"years"}


@pytest.mark.parametrize("heads", [("31 December 2024 USD", "31 December 2023 USD"), ("Group USD", "Bank USD"), ("2024 US$", "2023 US$")])
@pytest.mark.parametrize("label", ["Effective tax rate", "Return on equity (%)", "Net interest margin"])
def test_a_rate_below_a_heading_that_ends_in_a_currency_is_a_rate(heads: tuple[str, str], label: str) -> None:
    found = told([["Item", *heads], ["Total assets", "2,312", "2,198"], [label, "25.0", "24.1"]])
    assert {(name, unit) for name, _, unit, _ in found} == {("Total assets", "USD"), (label, "ratio")}


@pytest.mark.parametrize(
    ("label", "unit"), [("Total assets", "USD"), ("Loans", "USD"), ("Employees", "count"), ("Shares outstanding", "shares")]
)
def test_amounts_below_such_a_heading_are_in_its_currency(label: str, unit: str) -> None:
    found = told([["Item", "31 December 2024 USD", "31 December 2023 USD"], [label, "2,312", "2,198"], ["Total liabilities", "12", "11"]])
    assert found[0][2] == unit
