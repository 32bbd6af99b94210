"""Series of prices or returns, and scenarios, read for market risk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Literal, cast

import numpy as np
import pandas as pd

from finfoundry.core.errors import InputError
from finfoundry.specialists.inputs.dates import read_times
from finfoundry.specialists.inputs.table import TableSource, need, read_table
from finfoundry.specialists.models.specialist import TrainingRequest

_DATES = ("date", "datetime", "timestamp", "time", "day", "日期", "交易日期", "时间")
_SCENARIO = ("scenario", "name", "情景")
_OTHER_UNIT: dict[str, float] = {"prices": 10.0, "spreads": 50.0}  # so many times the day before is another unit, or a split
_MOSTLY_NUMBERS = 0.5  # of a column's cells: then the others are errors, and the column no text
_WIDE = 0.1  # standard deviation of a day's return above which it is probably in percent, or of no price
ALL = "all"  # in place of the columns' names
Kind = Literal["prices", "returns", "spreads"]
UNITS = {"parts": 1.0, "percent": 100.0}


@dataclass(frozen=True)
class Returns:
    """Moves by date, oldest first: of prices the log return and of returns they themselves, in parts; of spreads the change in their own
    unit. ``kinds``: what each series is; ``notes``: what was taken for what.
    """

    table: pd.DataFrame
    kinds: dict[str, Kind]
    notes: list[str]


def read_returns(source: TableSource, request: TrainingRequest, kinds: Mapping[str, Kind] | None = None) -> Returns:
    """Every column of numbers as moves. ``kinds``: as it was in training; then only those series are read.

    What a series is, the user says: --prices, --returns, --spreads. Unsaid, a column whose cells are all above 0, and move as prices do, is
    taken for prices, which is noted; any other is asked about, never guessed.

    Raises:
        InputError: no dates, dates twice, an infinite cell, a cell that its kind cannot have, a unit that does not fit, or nothing left.
    """
    numbers = _dated(source, request)
    said = kinds if kinds is not None else _said(source, request, [str(name) for name in numbers])
    notes: list[str] = []
    made: dict[str, pd.Series] = {}
    found: dict[str, Kind] = {}
    for name, cells in numbers.items():
        kind = said.get(str(name))
        if kind is None:
            if kinds is not None or said:
                continue  # another series than was named
            kind = _taken(source.name, str(name), cells, notes)
        found[str(name)] = kind
        made[str(name)] = _moves(source.name, str(name), cells, kind, request.returns_in)
    if not made:
        raise InputError(f"{source.name} has no series of prices or returns. {' '.join(notes)}", remedy="Give one series a column")
    table = pd.DataFrame(made).reindex(numbers.index)
    return Returns(table if set(found.values()) == {"returns"} else table.iloc[1:], found, notes)


def _said(source: TableSource, request: TrainingRequest, names: list[str]) -> dict[str, Kind]:
    """What the user says of each series. Raises InputError: a name that is not there, or is of two kinds."""
    found: dict[str, Kind] = {}
    for kind, columns in (("prices", request.prices), ("returns", request.returns), ("spreads", request.spreads)):
        for name in names if columns == (ALL,) else columns:
            if name not in names:
                raise InputError(f"{source.name} has no column of numbers {name!r} (--{kind})", remedy=f"There are: {', '.join(names)}")
            if name in found:
                raise InputError(f"The column {name!r} cannot be {found[name]} and {kind}", remedy="Name each series once")
            found[name] = cast(Kind, kind)
    return found


def _taken(source: str, name: str, cells: pd.Series, notes: list[str]) -> Kind:
    present = cells.dropna()
    if len(present) and bool((present > 0).all()) and not float(np.log(present).diff().std()) > _WIDE:
        notes.append(f"The column {name!r} was taken for prices: nobody said it, and all cells are above 0 and move as prices do")
        return "prices"
    why = (
        f"{int((present <= 0).sum())} of {len(present)} cells are not above 0"
        if bool((present <= 0).any())
        else "it moves as no price does"
    )
    raise InputError(
        f"{source}: nobody said what the column {name!r} holds, and {why}",
        remedy=f"Say it: --prices, --returns or --spreads {name}; or leave it out with --exclude {name}",
    )


def _moves(source: str, name: str, cells: pd.Series, kind: Kind, unit: str) -> pd.Series:
    """The moves of a series. Raises InputError naming the first cell that cannot be, or the unit that does not fit."""
    if kind != "returns":
        before = cells.dropna().shift().reindex(cells.index)
        times_ = (cells / before).where((cells > 0) & (before > 0))
        most = _OTHER_UNIT[kind]
        told = f"is more than {most:g} times, or less than a {most:g}th of, the day before: another unit, or a split that was not adjusted"
        _refuse(source, name, cells, (times_ >= most) | (times_ <= 1 / most), told, "Give the series in one unit")
    if kind == "spreads":
        return cells.dropna().diff()
    if kind == "prices":
        _refuse(source, name, cells, cells <= 0, "is no price", "Correct it, or say what the series is: --returns or --spreads")
        return np.log(cells.dropna()).diff()
    parts = cells / UNITS[unit or "parts"]
    if not unit and float(parts.std()) > _WIDE:
        raise InputError(
            f"{source}: the returns {name!r} move by {parts.std():.2g} a day: in parts that is {parts.std():.0%}, which looks like percent",
            remedy="Say --returns-in percent, or --returns-in parts where it is so",
        )
    told = f"is a loss of more than all, in {unit or 'parts'}"
    _refuse(source, name, cells, parts <= -1, told, "Say --returns-in percent where it is so, or correct it")
    return parts


def _refuse(source: str, name: str, cells: pd.Series, wrong: pd.Series, why: str, remedy: str) -> None:
    if wrong.any():
        at = wrong.index[int(wrong.to_numpy().argmax())]
        raise InputError(f"{source}, column {name!r}, day {str(at)[:10]}: {cells[at]:g} {why}", remedy=remedy)


def _dated(source: TableSource, request: TrainingRequest) -> pd.DataFrame:
    """The columns of numbers by date."""
    table = source.table
    name = request.time or next((column for column in map(str, table.columns) if column.strip().lower() in _DATES), None)
    if name is None:
        raise InputError(f"{source.name} has no column of dates", remedy="Name it with --time")
    dates, _ = read_times(need(table, name, "time"), name, request.date_order)
    if dates.isna().any():
        raise InputError(f"{source.name}, row {int(dates.isna().to_numpy().argmax()) + 1}, column {name!r}: no readable date")
    if dates.duplicated().any():
        row = int(dates.duplicated().to_numpy().argmax()) + 1
        raise InputError(f"{source.name}, row {row}, column {name!r}: the date stands there twice", remedy="Give one row a day")
    if pd.api.types.is_datetime64_any_dtype(dates) and bool((late := dates > _now(dates.dt.tz)).any()):
        row = int(late.to_numpy().argmax())
        raise InputError(f"{source.name}, row {row + 1}, column {name!r}: {dates.iloc[row]:%Y-%m-%d} lies in the future")
    skip = {name, *request.exclude}
    for column in table.columns.difference(list(skip)):
        _refuse_texts(source.name, table[column])
    numbers = table[[column for column in table if column not in skip and pd.api.types.is_numeric_dtype(table[column])]].astype(np.float64)
    if numbers.empty or not numbers.shape[1]:
        raise InputError(f"{source.name} has no column of numbers", remedy="Give prices or returns, one series a column")
    infinite = np.isinf(numbers.to_numpy())
    if infinite.any():
        row, column = (int(at[0]) for at in np.nonzero(infinite))
        raise InputError(f"{source.name}, row {row + 1}, column {numbers.columns[column]!r}: an infinite value")
    index = pd.DatetimeIndex(dates) if pd.api.types.is_datetime64_any_dtype(dates) else pd.Index(dates)
    return numbers.set_index(index).sort_index()


def _now(zone: tzinfo | None) -> pd.Timestamp:
    return pd.Timestamp.now(tz=zone)


def _refuse_texts(source: str, cells: pd.Series) -> None:
    """Raises InputError where most cells of a column are numbers and one is none: else the series would be left out without a word."""
    present = cells.dropna()
    if pd.api.types.is_numeric_dtype(cells) or present.empty:
        return
    wrong = pd.to_numeric(present.astype(str).str.rstrip("%％"), errors="coerce").isna()
    if not wrong.any() and bool(present.astype(str).str.endswith(("%", "％")).any()):
        raise InputError(
            f"{source}, column {cells.name!r}: the cells have a percent sign", remedy="Write numbers, and say --returns-in percent"
        )
    if bool(wrong.any()) and 1 - float(wrong.mean()) >= _MOSTLY_NUMBERS:
        at = cells.index.get_loc(wrong.idxmax())
        raise InputError(f"{source}, row {int(at) + 1}, column {cells.name!r}: {cells.loc[wrong.idxmax()]!r} is no number")


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
