"""Scales that are stated away from their table: in running lines, behind footnote marks, over one column, once for a whole paper."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from decimal import Decimal

import openpyxl
import pytest
from reportlab.pdfgen.canvas import Canvas
from tests.knowledge.formats.drawn import CHINESE, Row, pdf, statement, text

from finfoundry.core.document import Certificate, Document
from finfoundry.knowledge.facts.extract import extract
from finfoundry.knowledge.formats.office.sheets import parse_xlsx
from finfoundry.knowledge.formats.pdf import parse
from finfoundry.knowledge.ingest.certificate import certify
from finfoundry.knowledge.ingest.parse_file import parse as read_whole

DATES = ("", "31 December 2024", "31 December 2023")
BODY: Sequence[Row] = [
    ("Cash", "1,258", "1,277"),
    ("Loans", "1,803", "1,550"),
    ("Total assets", "3,061", "2,827"),
    ("Deposits", "2,000", "1,900"),
    ("Equity", "1,061", "927"),
]
DATES_ZH = ("", "2024年12月31日", "2023年12月31日")
BODY_ZH: Sequence[Row] = [
    ("现金", "1,258", "1,277"),
    ("贷款", "1,803", "1,550"),
    ("资产总计", "3,061", "2,827"),
    ("存款", "2,000", "1,900"),
]
Draw = Callable[[Canvas], None]
Told = list[tuple[Decimal, str | None]]


def cover(*lines: str) -> Draw:
    def draw(canvas: Canvas) -> None:
        text(canvas, 60, 100, "Verbena Bank plc", size=20)
        text(canvas, 60, 140, "Annual report 2024", size=16)
        text(canvas, 60, 200, "For the year ended 31 December 2024")
        for place, line in enumerate(lines):
            text(canvas, 60, 300 + 40 * place, line)

    return draw


def page(running: str = "", head: Row = DATES, *, above: str = "", foot: str = "", bottom: str = "") -> Draw:
    def draw(canvas: Canvas) -> None:
        text(canvas, 60, 40, running, size=8)
        text(canvas, 60, 110, "Consolidated balance sheet", size=13, font="Helvetica-Bold")
        text(canvas, 60, 130, above, size=9)
        statement(canvas, [head, *BODY], columns=(340, 540))
        text(canvas, 60, 150 + 14 * (len(BODY) + 1) + 6, foot, size=8)
        text(canvas, 60, 810, bottom, size=8)

    return draw


def page_zh(*running: str, head: Row = DATES_ZH, foot: str = "") -> Draw:
    def draw(canvas: Canvas) -> None:
        for place, line in enumerate(running):
            text(canvas, 60, 30 + 12 * place, line, font=CHINESE, size=8)
        text(canvas, 60, 110, "合并资产负债表", font=CHINESE, size=14)
        statement(canvas, [head, *BODY_ZH], font=CHINESE)
        text(canvas, 60, 150 + 14 * (len(BODY_ZH) + 1) + 10, foot, font=CHINESE, size=8)

    return draw


def cover_zh(canvas: Canvas) -> None:
    text(canvas, 60, 100, "示例银行股份有限公司", font=CHINESE, size=20)
    text(canvas, 60, 140, "2024年年度报告", font=CHINESE, size=16)


def read(*pages: Draw) -> tuple[Document, Told, Certificate]:
    """The paper, its total assets as read, and its certificate."""
    document = parse(pdf(*pages), "a.pdf")
    facts = extract(document)
    told = [(fact.value, fact.unit) for fact in facts if fact.metric[-1] in ("Total assets", "资产总计")]
    return document, told, certify(document, facts)


def both(scale: int, unit: str | None = "EUR") -> Told:
    return [(Decimal(3061) * scale, unit), (Decimal(2827) * scale, unit)]


@pytest.mark.parametrize(
    ("line", "scale", "unit"),
    [
        ("Verbena Bank plc - amounts in EUR million unless stated", 10**6, "EUR"),
        ("Verbena Bank | (in thousands)", 1000, None),
        ("Verbena Bank | EUR'000", 1000, "EUR"),
        ("Verbena Bank plc - all figures are in thousands of euros", 1000, "EUR"),
    ],
)
@pytest.mark.parametrize("place", ["running", "bottom"])
def test_the_scale_of_a_running_line_is_that_of_the_tables_on_its_pages(line: str, scale: int, unit: str | None, place: str) -> None:
    _, told, certificate = read(cover(), *[page(line) if place == "running" else page(bottom=line) for _ in range(3)])
    assert told == 3 * both(scale, unit)
    assert certificate.mark is None


@pytest.mark.parametrize(
    "line", ["Verbena Bank plc", "EUR 5 million notes due 2030", "Thousand Oaks Bank Annual Report", "Million, Inc. Annual report 2024"]
)
def test_a_running_line_that_states_no_scale_gives_none(line: str) -> None:
    _, told, _ = read(cover(), page(line), page(line), page(line))
    assert {value for value, _ in told} == {Decimal(3061), Decimal(2827)}


@pytest.mark.parametrize(
    ("line", "scale"),
    [
        ("(除特别注明外，金额单位均为人民币百万元)", 10**6),
        ("单位：百万元 币种：人民币", 10**6),
        ("单位：万元 币种：人民币", 10**4),
        ("单位：元 币种：人民币", 1),
    ],
)
def test_a_chinese_unit_line_in_the_header_of_every_page_is_read(line: str, scale: int) -> None:
    head = ("示例银行股份有限公司", "2024年度财务报表附注", line)
    document, told, _ = read(cover_zh, page_zh(*head), page_zh(*head), page_zh(*head))
    assert line in {block.text for block in document.pages[1].blocks if block.kind == "header"}
    assert told == 3 * both(scale, "CNY")


def test_a_tables_own_scale_goes_before_that_of_its_running_line() -> None:
    line = "Verbena Bank plc - amounts in EUR million unless stated"
    _, told, _ = read(cover(), page(line, above="(in thousands of euros)"), page(line), page(line))
    assert told == [*both(1000), *both(10**6), *both(10**6)]


def test_running_lines_that_disagree_on_one_page_leave_its_amounts_without_a_scale() -> None:
    pages = [page("Amounts in EUR million", bottom="Figures in EUR thousand") for _ in range(3)]
    _, told, certificate = read(cover(), *pages)
    assert told == 3 * both(1, None)
    assert certificate.mark is not None
    assert any("EUR million" in loss and "EUR thousand" in loss for loss in certificate.losses)


@pytest.mark.parametrize(
    ("corner", "foot", "scale"),
    [
        ("EUR*", "* All amounts in millions.", 10**6),
        ("EUR (1)", "(1) All figures are expressed in thousands of euros.", 1000),
        ("EUR†", "† Amounts in EUR million.", 10**6),
        ("EUR*", "* in thousands", 1000),
    ],
)
def test_a_scale_behind_a_footnote_mark_at_the_head_is_the_tables(corner: str, foot: str, scale: int) -> None:
    _, told, _ = read(cover(), page(head=(corner, *DATES[1:]), foot=foot), page(head=("EUR", *DATES[1:]), above="in units of one"))
    assert told[:2] == both(scale)


def test_a_scale_behind_a_chinese_footnote_mark_is_the_tables() -> None:
    _, told, _ = read(cover_zh, page_zh(head=("项目（注1）", *DATES_ZH[1:]), foot="注1：金额单位为人民币百万元。"))
    assert told == both(10**6, "CNY")


@pytest.mark.parametrize(
    ("corner", "foot"),
    [
        ("EUR*", "* Includes a loan of EUR 5 million."),
        ("EUR*", "† In millions."),
        ("EUR*", "* Restated, see note 3."),
        ("EUR (1)", "(2) In thousands."),
    ],
)
def test_a_footnote_of_another_mark_or_about_a_figure_states_no_scale(corner: str, foot: str) -> None:
    _, told, _ = read(cover(), page(head=(corner, *DATES[1:]), foot=foot))
    assert told == both(1)


def test_a_footnote_that_contradicts_the_head_leaves_both_unread() -> None:
    _, told, certificate = read(cover(), page(head=("EUR million*", "2024", "2023"), foot="* Amounts in EUR thousand."))
    assert told == both(1, None)
    assert any("EUR million" in loss and "EUR thousand" in loss for loss in certificate.losses)


def test_a_footnote_that_repeats_the_scale_of_the_head_changes_nothing() -> None:
    _, told, certificate = read(cover(), page(head=("EUR million*", "2024", "2023"), foot="* Amounts in millions of euros."))
    assert told == both(10**6)
    assert certificate.mark is None


MIXED: Told = [(Decimal(3061) * 10**6, "EUR"), (Decimal(2827) * 1000, "EUR")]


@pytest.mark.parametrize(
    ("head", "above", "foot"),
    [
        (("", "31 December 2024", "31 December 2023 (EUR thousand)"), "EUR million", ""),
        (("", "2024", "2023 EUR thousand"), "EUR million", ""),
        (("", "2024 (EUR million)", "2023 (EUR thousand)"), "", ""),
        (("", "2024", "2023*"), "EUR million", "* Amounts in EUR thousand."),
    ],
)
def test_a_scale_over_one_column_is_that_columns(head: Row, above: str, foot: str) -> None:
    _, told, _ = read(cover(), page(head=head, above=above, foot=foot))
    assert told == MIXED


def test_a_column_beside_one_with_a_scale_is_not_in_ones_where_none_is_known() -> None:
    _, told, certificate = read(cover(), page(head=("", "31 December 2024", "31 December 2023 (EUR thousand)")))
    assert told == [(Decimal(3061), None), (Decimal(2827) * 1000, "EUR")]
    assert certificate.mark is not None


@pytest.mark.parametrize(
    ("head", "above"),
    [
        (("(EUR thousand)", "2024", "2023"), ""),
        (("", "2024 (EUR thousand)", "2023 (EUR thousand)"), ""),
        (DATES, "As at 31 December 2024 and 2023 (EUR thousand)"),
        (DATES, "(EUR thousand)"),
    ],
)
def test_a_scale_over_all_columns_stays_the_tables(head: Row, above: str) -> None:
    _, told, certificate = read(cover(), page(head=head, above=above))
    assert told == both(1000)
    assert certificate.mark is None


@pytest.mark.parametrize("line", ["All amounts in EUR million.", "Unless stated otherwise, all figures are in EUR million."])
def test_a_line_that_states_all_amounts_once_holds_for_tables_that_state_nothing(line: str) -> None:
    _, told, _ = read(cover(line), page())
    assert told == both(10**6)


def test_sentences_for_all_tables_that_disagree_leave_amounts_without_a_scale() -> None:
    far = ["The tables below are presented in millions.", *["We grew in all our markets again this year."] * 7]
    _, told, certificate = read(cover("Tables in this report are stated in thousands.", *far), page())
    assert told == both(1, None)
    assert certificate.mark is not None


@pytest.mark.parametrize("second", ["* All amounts in millions.", "* In EUR millions"])
def test_in_a_flow_of_text_a_footnote_below_an_earlier_table_is_not_a_later_ones(second: str) -> None:
    def part(amount: str) -> str:
        rows = (("EUR*", "2024", "2023"), ("Revenue", amount, "1198"), ("Costs", "819", "820"))
        return "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows) + "</table>"

    text = f"{part('2312')}<p>* In thousands.</p><h2>Segments</h2><p>Text</p><p>Text</p><p>Text</p><p>Text</p>{part('3312')}<p>{second}</p>"
    facts = read_whole(f"<html><body><h1>Annual report 2024</h1>{text}</body></html>".encode(), "page.html").facts
    scales = {fact.text: fact.scale for fact in facts if fact.unit}
    assert scales["2312"] == 1000
    assert scales.get("3312") in {None, 10**6}


def with_header(rows: Sequence[Sequence[str | int]], line: str) -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    sheet.oddHeader.center.text = line  # type: ignore[union-attr]
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("running", "currency", "scale"),
    [
        ("Assets under management: USD million", "EUR", None), ("Amounts in USD million", "EUR", None),
        ("Amounts in EUR million", "EUR", 10**6),
        ("Amounts in million", "EUR", 10**6), ("Amounts in $ million", "CAD", 10**6), ("Verbena Bank plc", "EUR", 1),
    ],
)  # fmt: skip
def test_a_running_line_in_another_currency_than_a_tables_own_gives_it_no_scale(running: str, currency: str, scale: int | None) -> None:
    rows: list[list[str | int]] = [[currency, "31 Dec 2024", "31 Dec 2023"], ["Revenue", 2312, 1198], ["Costs", 819, 820], ["Tax", 9, 20]]
    read = parse_xlsx(with_header(rows, running), "book.xlsx")
    own = extract(read)
    assert {fact.scale if fact.unit else None for fact in own} == {scale}
    assert bool(read.doubts.unread_scales) == (scale is None)
