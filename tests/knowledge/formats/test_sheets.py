"""XLSX and CSV: what the reader sees is what the cells hold, each with its address."""

import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.worksheet.worksheet import Worksheet

from finfoundry.core.errors import ParseError
from finfoundry.core.language import unified
from finfoundry.knowledge.formats.office.separated import parse_csv
from finfoundry.knowledge.formats.office.sheets import parse_xlsx
from finfoundry.knowledge.ingest.parse_file import parse


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "资产负债表"
    rows: list[list[str | float | None]] = [
        ["合并资产负债表"],
        ["单位：万元"],
        ["项目", "2020年", "2019年"],
        ["货币资金", 1234.5, -20],
        ["占比", 0.052, None],
    ]
    for row in rows:
        sheet.append(row)
    sheet["B5"].number_format = "0.0%"
    sheet.append([])
    sheet.append(["Note", "x"])
    sheet.merge_cells("B7:C7")
    book.create_sheet("secret").sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_sheet_is_a_page_with_tables_and_lines() -> None:
    document = parse_xlsx(workbook(), "book.xlsx")
    (page,) = document.pages
    assert page.name == "资产负债表"
    assert [block.kind for block in page.blocks] == ["paragraph", "paragraph", "table", "table"]
    table = page.blocks[2]
    assert table.note == "单位：万元"
    cells = {cell.text: cell for cell in table.cells}
    assert cells["1234.5"].locator == {"sheet": "资产负债表", "cell": "B4"}
    assert cells["-20"].row == 1
    assert "5.2%" in cells
    assert page.blocks[3].cells[1].column_span == 2


def test_a_hidden_sheet_is_said_to_be_left_out() -> None:
    assert any("secret" in loss for loss in parse_xlsx(workbook(), "book.xlsx").losses)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_a_csv_is_read_in_its_encoding(encoding: str) -> None:
    text = "项目;2020年\n营业收入;1,234.50\n净利润;(20)\n"
    document = parse_csv(text.encode(encoding), "data.csv")
    assert [cell.text for cell in document.pages[0].blocks[0].cells] == ["项目", "2020年", "营业收入", "1,234.50", "净利润", "(20)"]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"\x00\x01\x02\x03" * 100])
def test_a_broken_workbook_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(ParseError, match=r"bad\.xlsx"):
        parse_xlsx(data, "bad.xlsx")


def test_a_zip_bomb_is_refused_before_unpacking() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (64 * 1024 * 1024))
    with pytest.raises(ParseError, match="zip bomb"):
        parse_xlsx(stream.getvalue(), "bomb.xlsx")


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters='\r\n",;\t|\x00'), max_size=8), min_size=2, max_size=4), max_size=6
    )
)
def test_csv_cells_come_back_as_written(rows: list[list[str]]) -> None:
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    text = "head,er\n" + "\n".join(",".join(row) for row in rows)
    document = parse_csv(text.encode(), "x.csv")
    found = [cell.text for block in document.pages[0].blocks for cell in block.cells if block.kind == "table"]
    lines = [block.text for block in document.pages[0].blocks if block.kind == "paragraph"]
    assert sorted(found + lines) == sorted(["head", "er"] + [unified(cell.strip()) for row in rows for cell in row if cell.strip()])


def test_years_typed_as_numbers_date_their_columns() -> None:
    """With no format, and with the format of amounts that a careless hand put over the whole sheet."""
    for style in ("General", "#,##0"):
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for row in (["EUR thousand", 2023, 2022], ["Revenue", 12345, 11111], ["Net profit", 1234, 1111]):
            sheet.append(row)
        for cells in sheet.iter_rows():
            for cell in cells:
                cell.number_format = style
        read = parse(saved(book), "figures.xlsx")
        assert {(fact.metric[-1], fact.period[:4], fact.value) for fact in read.facts} >= {
            ("Revenue", "2023", 12_345_000),
            ("Net profit", "2022", 1_111_000),
        }


def test_formulas_without_a_stored_value_are_said_to_be_missing() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Item", 2023, 2022], ["Sales", 10, 9], ["Costs", 4, 3], ["Profit", "=B2-B3", "=C2-C3"], ["Rate", "#REF!", 1]):
        sheet.append(row)
    document = parse_xlsx(saved(book), "formulas.xlsx")
    assert any("2 formulas have no stored value (B4, C4)" in loss for loss in document.losses)
    assert any("#REF!" in loss and "B5" in loss for loss in document.losses)
    assert document.missing_numbers == 3


Line = list[str | float | None]
BALANCE: list[Line] = [["项目", "期末余额", "期初余额"], ["货币资金", 1234.5, 1100], ["应收账款", 300, 200], ["资产总计", 5000, 4000]]


def of_rows(*rows: Line) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    return book


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ([["资产负债表"], ["2024年12月31日", None, "单位：万元"]], []),
        ([["资产负债表"], ["编制单位：示例科技股份有限公司", "2024年12月31日", "单位：万元"]], []),
        ([["资产负债表", None, "单位：万元"], ["2024年12月31日"]], []),
        ([["资产负债表"], ["2024年12月31日"], ["单位：万元"]], []),
        ([["资产负债表"], ["2024年12月31日"], [None, None, "单位：万元"]], []),
        ([["资产负债表"], ["截至2024年12月31日止"], ["金额单位：人民币万元"]], []),
        ([["资产负债表"], ["2024年12月31日"]], [["单位：万元"]]),
        ([["资产负债表"], ["2024年12月31日"]], [[], ["单位：万元"]]),
    ],
)
def test_the_unit_of_a_sheet_and_its_day_are_read_wherever_they_stand(above: list[Line], below: list[Line]) -> None:
    read = parse(saved(of_rows(*above, *BALANCE, *below)), "balance.xlsx")
    found = {(fact.metric[-1], fact.period, fact.value, fact.unit) for fact in read.facts}
    assert ("货币资金", "2024-12-31", Decimal(12_345_000), "CNY") in found
    assert ("资产总计", "2023-12-31", Decimal(40_000_000), "CNY") in found
    assert len(found) == 6


@pytest.mark.parametrize(
    ("rows", "scales"),
    [
        ([["项目", "单位：万元"], ["货币资金", 100]], None),
        ([["单位：万元", "2024年", "2023年"], ["货币资金", 100, 90]], {10_000}),
        ([["Item", "Volume (t)", "EUR million"], ["", 2024, 2024], ["Ore", 7, 5]], None),
        ([["Unit: EUR thousand"], ["Item", 2024, 2023], ["Revenue", 100, 90]], {1000}),
        ([["Annual report", None, "All amounts in EUR thousand"], ["Item", 2024, 2023], ["Revenue", 100, 90]], {1000}),
    ],
)
def test_a_header_that_states_units_stays_a_header(rows: list[Line], scales: set[int] | None) -> None:
    read = parse(saved(of_rows(*rows)), "a.xlsx")
    table = next(block for block in read.document.pages[0].blocks if block.kind == "table")
    header = next(row for row in rows if len(row) > 1 and None not in row)
    assert table.text.split("\n")[0].split("\t")[: len(header)] == [str(one) for one in header]
    assert scales is None or {int(fact.scale) for fact in read.facts} == scales


@pytest.mark.parametrize("line", ["编制于2024年12月31日之前的协议", "审计报告日期为2024年12月31日，见附注", "合同于2024年12月31日签署"])
def test_a_line_that_says_more_than_a_day_dates_no_balances(line: str) -> None:
    read = parse(saved(of_rows(["资产负债表"], [line], ["单位：万元"], *BALANCE)), "balance.xlsx")
    assert not read.facts
    assert read.certificate.mark


def test_a_day_alone_dates_no_flow() -> None:
    rows: list[Line] = [["项目", "本期金额", "上期金额"], ["营业收入", 1234.5, 1100], ["营业成本", 300, 200]]
    assert not parse(saved(of_rows(["利润表"], ["2024年6月30日"], ["单位：万元"], *rows)), "income.xlsx").facts
    read = parse(saved(of_rows(["利润表"], ["2024年度"], ["单位：万元"], *rows)), "income.xlsx")
    assert ("营业收入", "2024-01-01/2024-12-31", Decimal(12_345_000)) in {(fact.metric[-1], fact.period, fact.value) for fact in read.facts}


AMOUNTS: list[Line] = [["EUR million", 2024, 2023], ["Revenue", 310, 300], ["Result", 5, -12]]


def of_amounts(*more: Line) -> tuple[openpyxl.Workbook, Worksheet]:
    book = of_rows(*AMOUNTS, *more)
    assert isinstance(book.active, Worksheet)
    return book, book.active


def around(sheet: Worksheet, place: str, **sides: str) -> None:
    for side, text in sides.items():
        getattr(getattr(sheet, place), side).text = text


def test_what_is_printed_around_the_pages_of_a_sheet_is_kept_apart() -> None:
    book, sheet = of_amounts()
    around(sheet, "oddHeader", center='&"Arial,Bold"&12All amounts in EUR million', right="R&&D &D")
    around(sheet, "oddFooter", center="&P / &N", left="Confidential")
    around(sheet, "evenHeader", center="Not shown")
    blocks = parse_xlsx(saved(book), "a.xlsx").pages[0].blocks
    assert [block.text for block in blocks if block.kind == "header"] == ["All amounts in EUR million", "R&D"]
    assert [block.text for block in blocks if block.kind == "footer"] == ["Confidential"]
    assert (blocks[0].kind, blocks[-1].kind) == ("header", "footer")
    assert [block.kind for block in parse_xlsx(saved(of_rows(*AMOUNTS)), "a.xlsx").pages[0].blocks] == ["table"]


def test_hidden_rows_and_columns_are_read_and_said() -> None:
    book, sheet = of_amounts()
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet.row_dimensions[9].hidden = sheet.column_dimensions["H"].hidden = True  # which hold nothing
    document = parse_xlsx(saved(book), "a.xlsx")
    assert "sheet 'Sheet': 1 rows and 1 columns are hidden, and are read all the same (row 3, column C)" in document.losses
    assert "-12" in {cell.text for cell in document.pages[0].blocks[0].cells}
    assert parse_xlsx(saved(of_rows(*AMOUNTS)), "a.xlsx").losses == []


def test_what_formats_hide_or_turn_is_said() -> None:
    book, sheet = of_amounts(["Nil", 0, 0])
    sheet["B2"].number_format, sheet["B3"].number_format, sheet["B4"].number_format = ";;;", '"-"0', "0;0;"
    assert parse_xlsx(saved(book), "a.xlsx").losses == [
        "sheet 'Sheet': 1 cells hold a number that their format does not show (B2)",
        "sheet 'Sheet': 1 cells hold a number above zero that their format shows as below (B3)",
    ]


def test_a_negative_number_in_red_is_negative() -> None:
    book, sheet = of_amounts()
    sheet["C3"].number_format = "0_);[Red]0"
    read = parse(saved(book), "a.xlsx")
    assert next(fact.value for fact in read.facts if fact.text == "-12") == -12_000_000


def test_raised_letters_of_a_cell_are_marks() -> None:
    raised, plain = InlineFont(vertAlign="superscript"), InlineFont()
    book, sheet = of_amounts()
    sheet["B2"] = CellRichText(TextBlock(plain, "310"), TextBlock(raised, "9"))
    sheet["A3"] = CellRichText("Result", TextBlock(raised, "(a)"), TextBlock(plain, " of the year"))
    read = parse(saved(book), "a.xlsx")
    cells = {cell.text for block in read.document.pages[0].blocks for cell in block.cells}
    assert {"310\u2079", "Result\u207da\u207e of the year"} <= cells
    assert 310_000_000 in {fact.value for fact in read.facts}


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ([["", "31 December 2024"], ["2025", "750"], ["Total", "1,250"]], 0),  # the head of its column
        ([["", "2024年12月31日"], ["货币资金", "750"], ["合计", "2,024"]], 0),
        ([["", "2024"], ["Bank loans", "2,000"]], 0),  # 2,000 is no year
        ([["31 December 2024"], ["Bank loans", "750"]], 1),  # over the labels: a line of the sheet
        ([["", "Balance sheet"], ["Bank loans", "750"]], 1),
        ([["", "31 December 2024"], ["", "Opening", "Closing"], ["Bank loans", "750", "800"]], 1),  # over other heads
        ([["", "", "单位：万元"], ["项目", "期末余额", "期初余额"], ["货币资金", "750", "800"]], 1),
    ],
)
def test_a_day_alone_above_a_column_of_figures_is_its_head(rows: list[list[str]], lines: int) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in [["Fen Bank plc"], [], *rows]:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    blocks = parse_xlsx(stream.getvalue(), "book.xlsx").pages[0].blocks
    assert [block.kind for block in blocks].count("paragraph") == 1 + lines
    assert [block.kind for block in blocks][-1] == "table"


def test_figures_below_a_day_alone_are_of_that_day() -> None:
    text = "Fen Bank plc,\nMaturities of debt,\nEUR million,\n,31 December 2024\n2025,750\n2026,-\nThereafter,1400\nTotal,2150\n"
    facts = parse(text.encode(), "debt.csv").facts
    assert {fact.period for fact in facts if fact.metric[-1] in ("Total", "Thereafter")} == {"2024-12-31"}
