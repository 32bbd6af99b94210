"""The frozen schema of a specialist's input: types, ranges, categories, missing cells.

Inferred once from the training data, shown, and kept. At scoring a row that departs from it is refused with a reason, never guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd

from finfoundry.core.errors import InputError
from finfoundry.specialists.table import need, times

Values = Mapping[str, np.ndarray]  # column → float64 (numbers, NaN = missing) or int32 (category codes, -1 = missing), one entry a row

_MOST_CATEGORIES = 300
_ENOUGH_NUMBERS = 0.95  # a column of which this share reads as numbers is one; the other cells are errors
_ENOUGH_DATES = 0.95


@dataclass(frozen=True, slots=True)
class Column:
    """One input column. ``low`` and ``high`` are what training saw; ``categories`` in order of first sight."""

    name: str
    kind: Literal["number", "category"]
    low: float = 0.0
    high: float = 0.0
    categories: tuple[str, ...] = ()
    missing: int = 0  # empty cells in training
    made: bool = False  # computed from other columns: any value and a missing one are believed
    special: tuple[float, ...] = ()  # codes that stand for something else than a quantity, as -999 for "refused to say"

    def limits(self) -> tuple[float, float]:
        """What is still believed: a range's width beyond either end, but no sign that training never saw."""
        width = self.high - self.low or abs(self.high) or 1.0
        return (0.0 if self.low >= 0 else self.low - width), (0.0 if self.high <= 0 < -self.low else self.high + width)


@dataclass(frozen=True, slots=True)
class Schema:
    """The columns that a specialist reads, and why it leaves out the others."""

    columns: tuple[Column, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


@dataclass(slots=True)
class Checked:
    """A table read by a schema. ``reasons`` has the rows (from 0) that were refused; their values are not to be used."""

    values: dict[str, np.ndarray]
    reasons: dict[int, str]
    rows: int

    @property
    def good(self) -> np.ndarray:
        """Row numbers (from 0) of the rows that can be scored."""
        mask = np.ones(self.rows, dtype=bool)
        mask[list(self.reasons)] = False
        return np.flatnonzero(mask)

    def refuse(self, rows: np.ndarray, reason: str, cells: pd.Series | None = None) -> None:
        """Refuse rows; the first reason of a row stays. ``{}`` in the reason stands for the cell."""
        for row in rows:
            self.reasons.setdefault(int(row), reason.format(cells.iloc[row]) if cells is not None else reason)


def infer(frame: pd.DataFrame, skip: Collection[str], given: Collection[str] | None = None, special: Collection[float] = ()) -> Schema:
    """Read types, ranges and categories off a training table; columns that are not ``given`` were made by the family.

    ``special``: codes that are no quantity wherever a column of numbers holds them; they widen no range.

    Raises InputError when no column is left.
    """
    columns: list[Column] = []
    left_out: dict[str, str] = {}
    for name in frame.columns:
        if name in skip:
            continue
        found = _infer_column(name, frame[name], special)
        if isinstance(found, str):
            left_out[name] = found
        else:
            columns.append(replace(found, made=given is not None and name not in given))
    if not columns:
        told = "; ".join(f"{name}: {why}" for name, why in left_out.items()) or "there is no other column"
        raise InputError(f"No column is left to learn from ({told})", remedy="Give a table with at least one informative column")
    return Schema(tuple(columns), left_out)


def _infer_column(name: str, cells: pd.Series, special: Collection[float]) -> Column | str:
    """The column, or why it cannot be used."""
    present = cells.dropna()
    if present.empty:
        return "it is empty"
    if present.nunique() == 1 and len(present) == len(cells):
        return "it is constant"
    if pd.api.types.is_datetime64_any_dtype(cells):
        return "it is a date"
    numbers = to_numbers(present)
    if numbers is not None and np.isfinite(numbers).mean() >= _ENOUGH_NUMBERS:
        if _numbers_rows(cells):
            return "it numbers the rows"
        finite = numbers[np.isfinite(numbers)]
        codes = tuple(sorted(code for code in special if (finite == code).any()))
        if np.isin(finite, codes).all():
            return "it holds special codes alone"
        finite = finite[~np.isin(finite, codes)]
        return Column(name, "number", float(finite.min()), float(finite.max()), missing=len(cells) - len(present), special=codes)
    texts = present.astype(str)
    kinds = texts.unique()
    if len(kinds) > _MOST_CATEGORIES or len(kinds) > 0.5 * len(texts) > 10:
        dates = times(texts.head(1000))
        return (
            "it is a date" if dates.notna().mean() >= _ENOUGH_DATES else f"it is free text or an identifier ({len(kinds)} different values)"
        )
    return Column(name, "category", categories=tuple(sorted(map(str, kinds))), missing=len(cells) - len(present))


def to_numbers(cells: pd.Series) -> np.ndarray | None:
    """Cells as float64, NaN where a cell is no number; None for truth values, which are categories."""
    if pd.api.types.is_bool_dtype(cells):
        return None
    return np.asarray(pd.to_numeric(cells, errors="coerce"), dtype=np.float64)


def _numbers_rows(cells: pd.Series) -> bool:
    """Whole numbers, each once and nearly without gaps: a row number or a key."""
    if not pd.api.types.is_integer_dtype(cells) or len(cells) < 20 or cells.nunique() < len(cells):
        return False
    return int(cells.max()) - int(cells.min()) + 1 <= 2 * len(cells)


def read(schema: Schema, frame: pd.DataFrame) -> Checked:
    """Read a table by a schema.

    Raises:
        InputError: a column is missing altogether.
    """
    checked = Checked({}, {}, len(frame))
    for column in schema:
        cells = need(frame, column.name, "input")
        reader = _read_numbers if column.kind == "number" else _read_categories
        checked.values[column.name] = reader(column, cells, checked)
        if not column.missing and not column.made:
            checked.refuse(np.flatnonzero(cells.isna()), f"column {column.name!r}: empty, which it never was in training")
    return checked


def _read_numbers(column: Column, cells: pd.Series, checked: Checked) -> np.ndarray:
    numbers = to_numbers(cells)
    if numbers is None:
        numbers = np.full(len(cells), np.nan)
    checked.refuse(np.flatnonzero(np.isnan(numbers) & cells.notna().to_numpy()), f"column {column.name!r}: {{!r}} is not a number", cells)
    checked.refuse(np.flatnonzero(np.isinf(numbers)), f"column {column.name!r}: infinite")
    if column.made:
        return numbers
    low, high = column.limits()
    with np.errstate(invalid="ignore"):
        beyond = ((numbers < low) | (numbers > high)) & ~np.isin(numbers, column.special)
    seen = f"far outside what training saw ({column.low:g} to {column.high:g})"
    checked.refuse(np.flatnonzero(beyond), f"column {column.name!r}: {{}} is {seen}", cells)
    return numbers


def _read_categories(column: Column, cells: pd.Series, checked: Checked) -> np.ndarray:
    empty = cells.isna().to_numpy()
    known = {name: code for code, name in enumerate(column.categories)}
    texts = (cell if type(cell) is str else str(cell) for cell in cells.tolist())
    codes = np.fromiter((known.get(text, -1) for text in texts), dtype=np.int32, count=len(cells))
    codes[empty] = -1
    checked.refuse(np.flatnonzero((codes < 0) & ~empty), f"column {column.name!r}: {{!r}} is a category that training never saw", cells)
    return np.asarray(codes)


def take(values: Values, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Some rows of the values."""
    return {name: column[rows] for name, column in values.items()}
