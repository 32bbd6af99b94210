"""XLSX and CSV: what the reader sees is what the cells hold, each with its address."""

import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_a4_years_typed_as_numbers_date_their_columns() -> None:
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


def test_a4_formulas_without_a_stored_value_are_said_to_be_missing() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Item", 2023, 2022], ["Sales", 10, 9], ["Costs", 4, 3], ["Profit", "=B2-B3", "=C2-C3"], ["Rate", "#REF!", 1]):
        sheet.append(row)
    document = parse_xlsx(saved(book), "formulas.xlsx")
    assert any("2 formulas have no stored value (B4, C4)" in loss for loss in document.losses)
    assert any("#REF!" in loss and "B5" in loss for loss in document.losses)
    assert document.missing_numbers == 3


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
