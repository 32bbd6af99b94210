"""Units, types and dates: what is planted wrong is refused row by row, asked, or read right; the message names the column."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from tests.tiers import slow_but

from finfoundry.core.errors import InputError
from finfoundry.specialists.inputs.dates import read_times
from finfoundry.specialists.inputs.look import look
from finfoundry.specialists.inputs.schema import Schema, infer, other_unit, read
from finfoundry.specialists.inputs.table import read_blocks, read_table
from measures.specialists.units import PLANTED, Case, Scene, outcome, scene


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return scene(tmp_path_factory.mktemp("units"))


@pytest.mark.parametrize("case", slow_but(PLANTED[::3], PLANTED), ids=lambda case: case.name)
def test_what_is_planted_is_refused_asked_or_read_right(planted: Scene, case: Case) -> None:
    told = outcome(planted, case)
    assert told in ("refused", "asked", "read right"), told


def test_clean_files_and_parts_of_them_are_no_other_unit(planted: Scene) -> None:
    """Rows of training themselves, of one kind, and the poorest and richest fifth: none is taken for another unit."""
    table, schema = planted.loans, planted.credit.schema
    by_income = table.sort_values("income")
    fifth = len(table) // 5
    for part in (
        table,
        table[table["job"] == "none"],
        by_income.head(fifth),
        by_income.tail(fifth),
        table.sort_values("debt_ratio").head(fifth),
    ):
        checked = read(schema, part.reset_index(drop=True))
        assert not [why for why in checked.reasons.values() if "unit" in why or "tenth" in why]


@pytest.mark.parametrize(
    ("cells", "order", "first"),
    [
        (["2022年01月05日", "2022年1月6日"], "", "2022-01-05"),
        (["20220105", "20220106"], "", "2022-01-05"),
        (["01.02.2021", "25.02.2021"], "dmy", "2021-02-01"),
        (["01/02/2021", "02/25/2021"], "mdy", "2021-01-02"),
        (["2021-02-01 10:30", "2021-02-03"], "", "2021-02-01 10:30"),
    ],
)
def test_dates_are_read_by_what_the_column_shows(cells: list[str], order: str, first: str) -> None:
    made, found = read_times(pd.Series(cells), "at")
    assert made.iloc[0] == pd.Timestamp(first)
    assert found == order


def test_a_date_with_two_readings_is_asked_for_and_said() -> None:
    cells = pd.Series(["01.02.2021", "03.04.2021"])
    with pytest.raises(InputError, match=r"column 'paid on': '01.02.2021' may have the day or the month first"):
        read_times(cells, "paid on")
    assert read_times(cells, "paid on", "dmy")[0].iloc[0] == pd.Timestamp("2021-02-01")
    assert read_times(cells, "paid on", "mdy")[0].iloc[0] == pd.Timestamp("2021-01-02")
    wrong, _ = read_times(pd.Series(["25.02.2021", "02.25.2021"]), "at", "dmy")
    assert wrong.isna().tolist() == [False, True], "a cell that does not fit the column's order is unreadable, not turned round"


def test_a_dry_run_says_how_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_bytes("月报;;\n\nid;金额;日期;比率\nA;1.234,50;2022年01月01日;12,5%\nB;99,00;2022年02月01日;3%\n".encode("gb18030"))
    found = look(path)
    assert (found.encoding, found.separator, found.header_line, found.decimal) == ("gb18030", ";", 3, ",")
    taken = {one.column: one.taken_for for one in found.columns}
    assert taken["金额"] == "number: 99 to 1234.5"
    assert taken["日期"].startswith("date: 2022-01-01")
    assert taken["比率"] == "number, percent: 0.03 to 0.125"
    assert "2 lines before the header" in found.notes[0]


def test_a_grouped_number_with_two_readings_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('id,amount\nA,"1,234"\nB,"5,678"\n')
    with pytest.raises(InputError, match=r"column 'amount': '1,234' may be 1234 or 1.234"):
        read_table(path)
    path.write_text('id,amount\nA,"1,234"\nB,"5,678.5"\n')
    assert read_table(path)["amount"].tolist() == [1234.0, 5678.5]
    assert [block["amount"].tolist() for block in read_blocks(path, rows=10)] == [[1234.0, 5678.5]]


def test_the_same_scale_is_no_other_unit() -> None:
    column = infer(pd.DataFrame({"x": [float(n) for n in range(1, 101)]}), ()).columns[0]
    assert isinstance(Schema((column,)), Schema)
    assert other_unit(column, pd.Series(range(1, 101)).to_numpy(dtype=float) * 2) is None
    assert "another unit" in str(other_unit(column, pd.Series(range(1, 101)).to_numpy(dtype=float) * 100))
    assert "another unit" in str(other_unit(column, pd.Series(range(1, 101)).to_numpy(dtype=float) / 12))
