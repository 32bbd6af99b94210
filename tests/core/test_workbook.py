"""One reader of workbooks: typed cells with their formats, and what each kind of reader makes of the same file."""

from __future__ import annotations

import datetime
import io
from pathlib import Path

import openpyxl
import pytest
import xlwt
from openpyxl.utils import get_column_letter

import finfoundry
from finfoundry.core.errors import ParseError
from finfoundry.core.workbook import ErrorText, FormulaText, MergedRange, cell_name, read_old_workbook, read_workbook
from finfoundry.knowledge.datasets.sheets import read
from finfoundry.knowledge.formats.office.sheets import parse_xlsx
from finfoundry.specialists.inputs.table import read_layout, read_table

DAY = datetime.datetime(2024, 3, 31)


@pytest.fixture
def book() -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "Rates"
    sheet.append(["name", "rate", "day", "left"])
    sheet.append(["Tarn", 0.052, DAY, 4.0])
    sheet.append(["Alder", "NA", None, "#DIV/0!"])
    sheet["B2"].number_format, sheet["C2"].number_format = "0.0%", "yyyy-mm-dd"
    sheet["D3"].data_type = "e"
    sheet.merge_cells("A5:B6")
    hidden = made.create_sheet("Draft")
    hidden.sheet_state = "hidden"
    hidden.append(["=1+1"])
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def test_cells_are_typed_and_bear_their_formats(book: bytes) -> None:
    rates, draft = [(sheet.name, sheet.visible, list(sheet.cells())) for sheet in read_workbook(book, "a.xlsx")]
    assert rates[:2] == ("Rates", True)
    assert rates[2][1] == [("Tarn", "General"), (0.052, "0.0%"), (DAY, "yyyy-mm-dd"), (4, "General")]
    assert isinstance(rates[2][2][3][0], ErrorText)
    assert (draft[1], draft[2]) == (False, [[(None, "General")]])  # no program has computed it


def test_formulas_and_merged_ranges_are_there_for_who_asks(book: bytes) -> None:
    rates, draft = list(read_workbook(book, "a.xlsx", streaming=False, formulas=True))
    assert rates.merged == [MergedRange(4, 0, 5, 1)]
    ((value, _),) = next(draft.cells())
    assert isinstance(value, FormulaText)
    assert value == "=1+1"


def test_each_reader_makes_its_own_of_the_same_cells(book: bytes, tmp_path: Path) -> None:
    """A document shows what a person sees; a wide table and a specialist take the value."""
    shown = [[cell.text for cell in block.cells] for block in parse_xlsx(book, "a.xlsx").pages[0].blocks]
    assert shown[0] == ["name", "rate", "day", "left", "Tarn", "5.2%", "2024-03-31", "4", "Alder", "NA", "#DIV/0!"]
    (grid,) = read(book, "a.xlsx")
    assert grid.rows == [(2, ["Tarn", "0.052", "2024-03-31", "4"]), (3, ["Alder", "NA", None, "#DIV/0!"])]
    (tmp_path / "a.xlsx").write_bytes(book)
    table = read_table(tmp_path / "a.xlsx")
    assert table["rate"].tolist()[0] == 0.052
    assert table["rate"].isna().tolist() == [False, True]
    assert table["day"].tolist()[0] == str(DAY)
    assert table["left"].isna().tolist() == [False, True]
    assert read_layout(tmp_path / "a.xlsx").sheet == "Rates"


def test_the_old_format_gives_the_same_types() -> None:
    made = xlwt.Workbook()
    sheet = made.add_sheet("Old")
    for column, (value, style) in enumerate(((12.0, "#,##0"), (0.5, "0%"), (DAY, "yyyy-mm-dd"), (True, "General"), ("x", "General"))):
        sheet.write(0, column, value, xlwt.easyxf(num_format_str=style))
    stream = io.BytesIO()
    made.save(stream)
    (old,) = read_old_workbook(stream.getvalue())
    assert [value for value, _ in next(old.cells())] == list(next(old.values())) == [12, 0.5, DAY, True, "x"]
    assert next(old.cells())[0] == (12, "#,##0")


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"name,rate\n")
    for refused in (lambda: list(read_workbook(b"name,rate\n", "a.xlsx")), lambda: read_table(tmp_path / "a.xlsx")):
        with pytest.raises(ParseError, match="is not a readable workbook"):
            refused()


def test_cells_are_called_as_spreadsheets_call_them() -> None:
    assert [cell_name(row, 701) for row in (0, 9)] == ["ZZ1", "ZZ10"]
    assert all(cell_name(0, column) == f"{get_column_letter(column + 1)}1" for column in range(1000))


def test_workbooks_are_read_in_one_place() -> None:
    """The truth of a suite is read by code of its own, not to share the product's faults; what is filled is written back."""
    source = Path(finfoundry.__file__).parent
    calls = ("load_workbook(", "xlrd.open_workbook(", "pd.read_excel(")
    found = {path.name for path in source.rglob("*.py") if any(call in path.read_text("utf-8") for call in calls)}
    assert found == {"workbook.py", "reports_zh.py", "peers.py", "office_traps.py", "sheet_fields.py"}
