"""Dates in cells: ISO, Chinese, eight digits, and day or month first, which is asked for where both can be meant."""

from __future__ import annotations

import re
from typing import Literal

import numpy as np
import pandas as pd

from finfoundry.core.errors import InputError
from finfoundry.specialists.inputs.table import times

Order = Literal["", "dmy", "mdy"]
_CHINESE = r"^\s*(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]"
_NUMERIC = re.compile(r"\s*(\d{1,2})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{4}|\d{2})(?!\d)")
_EIGHT = (19000101, 21001231)  # numbers between them are days written with eight digits, where all of a column are


def read_times(column: pd.Series, name: str, order: Order = "") -> tuple[pd.Series, Order]:
    """A column as times, and the order of day and month that its cells show; unreadable cells become missing.

    Raises InputError: every cell can be read with either first, and ``order`` does not say which.
    """
    if pd.api.types.is_datetime64_any_dtype(column):
        return column, order
    if pd.api.types.is_numeric_dtype(column):
        return (_eight(column) if _is_eight(column) else times(column)), order
    texts = column.astype("string").str.replace(_CHINESE, r"\1-\2-\3", regex=True)
    found = [(index, match) for index, text in texts.items() if text is not pd.NA and (match := _NUMERIC.match(str(text)))]
    if not found:
        eight = texts.str.fullmatch(r"\d{8}(?:\.0)?").fillna(True).all() and texts.notna().any()
        return (pd.to_datetime(texts.str[:8], errors="coerce", format="%Y%m%d") if eight else times(texts.astype(object))), order
    shown = _shown([match for _, match in found])
    if not (order or shown):
        cell = next(str(column.loc[index]) for index, match in found if match[1] != match[2]) if _differ(found) else ""
        if cell:
            raise InputError(
                f"column {name!r}: {cell!r} may have the day or the month first, and no other cell says which",
                remedy="Say it with --date-order dmy or mdy, or write 2021-02-01",
            )
    order = order or shown
    made = times(texts.astype(object))
    for index, match in found:
        made.loc[index] = _one(match, str(texts.loc[index]), order)
    return pd.to_datetime(made, errors="coerce"), order


def _differ(found: list[tuple[object, re.Match[str]]]) -> bool:
    return any(match[1] != match[2] for _, match in found)


def _shown(matches: list[re.Match[str]]) -> Order:
    """The order that cells show by a number above twelve; none where they show both, or neither."""
    day_first, month_first = any(int(match[1]) > 12 for match in matches), any(int(match[2]) > 12 for match in matches)
    return "" if day_first == month_first else "dmy" if day_first else "mdy"


def _one(match: re.Match[str], text: str, order: Order) -> pd.Timestamp | None:
    """One date with its time of day; the order of the column, never another for a cell that does not fit it."""
    day, month = (match[1], match[2]) if order == "dmy" else (match[2], match[1])
    year = match[3] if len(match[3]) == 4 else f"20{match[3]}"
    found = pd.to_datetime(f"{year}-{month}-{day}{text[match.end() :]}", errors="coerce")
    return None if found is pd.NaT else found


def _is_eight(column: pd.Series) -> bool:
    present = column.dropna()
    if present.empty or not bool(present.between(*_EIGHT).all()) or not bool((present == np.floor(present)).all()):
        return False
    return bool(_eight(present).notna().all())


def _eight(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column.astype("Int64").astype("string"), errors="coerce", format="%Y%m%d")


def with_times(table: pd.DataFrame, name: str | None, order: Order) -> tuple[pd.DataFrame, Order]:
    """The table with its column of times read, and the order of day and month. Raises InputError as ``read_times``."""
    if not name or name not in table:
        return table, order
    made, order = read_times(table[name], name, order)
    return table.assign(**{name: made}), order
