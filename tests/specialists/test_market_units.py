"""What a file of market risk may not hold: dates that can be read both ways or lie ahead, texts among numbers, another unit halfway."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from finfoundry.core.errors import InputError
from finfoundry.specialists.inputs.table import TableSource
from finfoundry.specialists.market.market_data import read_returns
from finfoundry.specialists.models.specialist import TrainingRequest


def table(rows: int = 40) -> pd.DataFrame:
    moves = np.random.default_rng(1).normal(0, 0.01, rows)
    days = pd.bdate_range("2021-01-01", periods=rows).strftime("%Y-%m-%d")
    return pd.DataFrame({"date": days, "ACME": 100 * np.exp(np.cumsum(moves)), "SPREAD": 1.5 + moves})


def read(found: pd.DataFrame, **asked: object) -> pd.DataFrame:
    request = TrainingRequest("market-risk", "", prices=("ACME",), spreads=("SPREAD",), **asked)  # type: ignore[arg-type]
    return read_returns(TableSource("prices.csv", found, ""), request).table


def with_cell(column: str, cell: object, row: int = 20) -> pd.DataFrame:
    found = table().astype({column: object})
    found.loc[row, column] = cell
    return found


@pytest.mark.parametrize(
    ("column", "cell", "why"),
    [
        ("date", "2199-01-01", r"row 21, column 'date': 2199-01-01 lies in the future"),
        ("date", "soon", r"row 21, column 'date': no readable date"),
        ("ACME", "abc", r"row 21, column 'ACME': 'abc' is no number"),
        ("ACME", "1,2", r"row 21, column 'ACME': '1,2' is no number"),
    ],
)
def test_cells_that_cannot_be_are_named(column: str, cell: object, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read(with_cell(column, cell))


@pytest.mark.parametrize(("column", "factor"), [("ACME", 100), ("ACME", 0.01), ("SPREAD", 100)])
def test_another_unit_halfway_is_refused(column: str, factor: float) -> None:
    found = table()
    found.loc[20:, column] *= factor
    with pytest.raises(InputError, match=f"column '{column}', day {found['date'][20]}: .* another unit"):
        read(found)
    assert len(read(table())) == 39


def test_a_column_of_percent_signs_is_not_left_out_without_a_word() -> None:
    with pytest.raises(InputError, match="percent sign"):
        read(table().assign(SPREAD=lambda one: one["SPREAD"].map("{:.4f}%".format)))


def test_dates_of_a_series_are_read_as_everywhere() -> None:
    chinese = table().assign(date=lambda one: pd.to_datetime(one["date"]).dt.strftime("%Y年%m月%d日"))
    pd.testing.assert_frame_equal(read(chinese), read(table()))
    both = table(6).assign(date=[f"0{day}.02.2021" for day in range(1, 7)])
    with pytest.raises(InputError, match="day or the month first"):
        read(both)
    assert read(both, date_order="dmy").index[0] == pd.Timestamp("2021-02-02")
