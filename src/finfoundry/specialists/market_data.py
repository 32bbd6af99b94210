"""Series of prices or returns, and scenarios, read for market risk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from finfoundry.core.errors import InputError
from finfoundry.specialists.specialist import Request
from finfoundry.specialists.table import Source, need, read_table, times

_DATES = ("date", "datetime", "timestamp", "time", "day", "日期", "交易日期", "时间")
_SCENARIO = ("scenario", "name", "情景")
_WIDE = 0.2  # standard deviation of a day's return above which returns are probably in percent


@dataclass(frozen=True)
class Returns:
    """Returns by date, oldest first, in parts; ``prices``: which series were given as prices; ``notes``: what was left out, and why."""

    table: pd.DataFrame
    prices: dict[str, bool]
    notes: list[str]


def read_returns(source: Source, request: Request, prices: Mapping[str, bool] | None = None) -> Returns:
    """Every column of numbers as returns. ``prices``: as it was in training; then only those series are read.

    A column whose cells are all above 0 holds prices, of which log returns are made; one with negative cells holds returns, as they
    stand. Any other (no negative cell, but zeros: a volume, a rate) is left out.

    Raises:
        InputError: no dates, dates twice, an infinite cell, a price at or below 0, or nothing left.
    """
    numbers = _dated(source, request)
    notes: list[str] = []
    made: dict[str, pd.Series] = {}
    kinds: dict[str, bool] = {}
    for name, cells in numbers.items():
        kind = _is_price(cells) if prices is None else prices.get(str(name))
        if kind is None:
            if prices is None:
                notes.append(f"The column {name!r} was left out: it holds zeros and nothing negative, so neither prices nor returns")
            continue
        if kind and not (cells.dropna() > 0).all():
            row = int(np.argmax((cells <= 0).to_numpy())) + 1
            raise InputError(f"{source.name}, column {name!r}, day {row}: a price at or below 0", remedy="Give the series as in training")
        kinds[str(name)] = kind
        made[str(name)] = np.log(cells.dropna()).diff() if kind else cells
        if not kind and float(cells.std()) > _WIDE:
            notes.append(f"The returns {name!r} were taken in parts, as they stand: {cells.std():.2g} a day looks like percent")
    if not made:
        raise InputError(f"{source.name} has no series of prices or returns. {' '.join(notes)}", remedy="Give one series a column")
    table = pd.DataFrame(made).reindex(numbers.index)
    return Returns(table.iloc[1:] if any(kinds.values()) else table, kinds, notes)


def _dated(source: Source, request: Request) -> pd.DataFrame:
    """The columns of numbers by date."""
    table = source.table
    name = request.time or next((column for column in map(str, table.columns) if column.strip().lower() in _DATES), None)
    if name is None:
        raise InputError(f"{source.name} has no column of dates", remedy="Name it with --time")
    dates = times(need(table, name, "time"))
    if dates.isna().any():
        raise InputError(f"{source.name}, row {int(dates.isna().to_numpy().argmax()) + 1}, column {name!r}: no readable date")
    if dates.duplicated().any():
        row = int(dates.duplicated().to_numpy().argmax()) + 1
        raise InputError(f"{source.name}, row {row}, column {name!r}: the date stands there twice", remedy="Give one row a day")
    skip = {name, *request.exclude}
    numbers = table[[column for column in table if column not in skip and pd.api.types.is_numeric_dtype(table[column])]].astype(np.float64)
    if numbers.empty or not numbers.shape[1]:
        raise InputError(f"{source.name} has no column of numbers", remedy="Give prices or returns, one series a column")
    infinite = np.isinf(numbers.to_numpy())
    if infinite.any():
        row, column = (int(at[0]) for at in np.nonzero(infinite))
        raise InputError(f"{source.name}, row {row + 1}, column {numbers.columns[column]!r}: an infinite value")
    index = pd.DatetimeIndex(dates) if pd.api.types.is_datetime64_any_dtype(dates) else pd.Index(dates)
    return numbers.set_index(index).sort_index()


def _is_price(cells: pd.Series) -> bool | None:
    """True for prices, False for returns, None for neither."""
    present = cells.dropna()
    if not len(present) or bool((present > 0).all()):
        return True
    return False if bool((present < 0).any()) else None


def read_scenarios(path: Path) -> dict[str, dict[str, float]]:
    """Scenario → series → the return of one day, in parts: a table with a column of names and one column a series.

    Raises:
        InputError: no names, or a cell that is no number.
    """
    table = read_table(path)
    named = next((column for column in map(str, table.columns) if column.strip().lower() in _SCENARIO), str(table.columns[0]))
    found: dict[str, dict[str, float]] = {}
    for number, row in table.iterrows():
        shocks = {str(column): row[column] for column in table.columns if column != named and pd.notna(row[column])}
        wrong = [column for column, cell in shocks.items() if not isinstance(cell, int | float | np.number) or not -1 < cell < 10]
        if wrong:
            raise InputError(
                f"{path.name}, row {int(str(number)) + 1}, column {wrong[0]!r}: no return in parts", remedy="Write -0.1 for a fall of 10 %"
            )
        found[str(row[named])] = {column: float(cell) for column, cell in shocks.items()}
    return found
