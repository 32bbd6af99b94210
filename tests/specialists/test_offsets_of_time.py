"""Times with offsets from UTC: several in one column are put on UTC, and such beside others without one are refused with the reason."""

from __future__ import annotations

import pandas as pd
import pytest

from finfoundry.core.errors import InputError
from finfoundry.specialists.inputs.dates import read_times


def test_several_offsets_are_put_on_one_clock() -> None:
    found, _ = read_times(pd.Series(["2024-03-30T23:30:00+01:00", "2024-03-31T01:30:00+02:00", "2024-03-30T22:45:00Z"]), "at")
    assert [str(one) for one in found] == ["2024-03-30 22:30:00+00:00", "2024-03-30 23:30:00+00:00", "2024-03-30 22:45:00+00:00"]


def test_one_offset_stays_as_it_is() -> None:
    found, _ = read_times(pd.Series(["2024-01-01T10:00:00Z", "2024-07-01T10:00:00Z"]), "at")
    assert found.dt.hour.tolist() == [10, 10]


@pytest.mark.parametrize("cells", [["2024-01-01T10:00:00+01:00", "2024-07-01 10:00:00"], ["2024-01-01", "2024-07-01T10:00:00-0500"]])
def test_an_offset_beside_none_is_refused(cells: list[str]) -> None:
    with pytest.raises(InputError, match=r"'at'.*nobody can say which came first"):
        read_times(pd.Series(cells, name="at"), "at")


def test_dates_are_no_offsets() -> None:
    for cells in (["2024-01-01", "2024-07-15", "no day"], ["31-12-2024", "15-07-2024", "no day"]):
        found, _ = read_times(pd.Series(cells), "at")
        assert found.notna().tolist() == [True, True, False]
        assert found.dt.tz is None
