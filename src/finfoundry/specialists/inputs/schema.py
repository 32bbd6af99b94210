"""The frozen schema of a specialist's input: types, ranges, categories, missing cells.

Inferred once from the training data, shown, and kept. At scoring a row that departs from it is refused with a reason, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Literal

import numpy as np
import pandas as pd

from finfoundry.core.errors import InputError
from finfoundry.specialists.inputs.table import need, times

Values = Mapping[str, np.ndarray]  # column → float64 (NaN = missing) or int32 (category codes, -1 = missing), each of shape (rows,)

_MOST_CATEGORIES = 300
_ENOUGH_NUMBERS = 0.95  # a column of which this share reads as numbers is one; the other cells are errors
_ENOUGH_DATES = 0.95
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_TENTH = 0.1
_UNIT_ROWS = 20  # rows from which on the unit of a column is compared with training's
_UNIT_RATIO, _SHAPE = 5.0, 0.25  # of medians, from which on another unit is meant; how far the quartiles may differ then, as a logarithm
_PERCENT = re.compile(r"\s*[+-]?[\d.,]+\s*[%％]\s*")


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
    special: tuple[float, ...] = ()  # codes that are no quantity, as -999 for "refused to say"
    quantiles: tuple[float, ...] = ()  # 5, 25, 50, 75, 95 % of the amounts other than 0, without sign
    least: float = 0.0  # of these the smallest
    percent: bool = False  # written with a percent sign; the values are parts

    def limits(self) -> tuple[float, float]:
        """What is still believed: a range's width beyond either end, but no sign that training never saw."""
        width = self.high - self.low or abs(self.high) or 1.0
        return (0.0 if self.low >= 0 else self.low - width), (0.0 if self.high <= 0 < -self.low else self.high + width)

    def far_below(self, amounts: np.ndarray) -> np.ndarray:
        """Whether each amount is other than 0 and less than a tenth of the smallest in training: bool, the shape (rows,) of ``amounts``."""
        return np.asarray((amounts != 0) & (np.abs(amounts) < self.least * _TENTH))


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
        """Row numbers (from 0) of the rows that can be scored, in order: shape (n,)."""
        mask = np.ones(self.rows, dtype=bool)
        mask[list(self.reasons)] = False
        return np.flatnonzero(mask)

    def refuse(self, rows: np.ndarray, reason: str, cells: pd.Series | None = None) -> None:
        """Refuse the rows of these numbers, shape (n,); the first reason of a row is kept. The cell replaces ``{}`` in the reason."""
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
    percent = _written_in_percent(present)
    numbers = to_numbers(present)
    if numbers is not None and np.isfinite(numbers).mean() >= _ENOUGH_NUMBERS:
        if _numbers_rows(cells):
            return "it numbers the rows"
        finite = numbers[np.isfinite(numbers)]
        codes = tuple(sorted(code for code in special if (finite == code).any()))
        if np.isin(finite, codes).all():
            return "it holds special codes alone"
        finite = finite[~np.isin(finite, codes)]
        amounts = np.abs(finite[finite != 0])
        spread = tuple(float(one) for one in np.quantile(amounts, _QUANTILES)) if len(amounts) else ()
        least = float(amounts.min()) if len(amounts) else 0.0
        return Column(
            name, "number", float(finite.min()), float(finite.max()), missing=len(cells) - len(present), special=codes,
            quantiles=spread, least=least, percent=percent,
        )  # fmt: skip
    texts = present.astype(str)
    kinds = texts.unique()
    if len(kinds) > _MOST_CATEGORIES or len(kinds) > 0.5 * len(texts) > 10:
        dates = times(texts.head(1000))
        return (
            "it is a date" if dates.notna().mean() >= _ENOUGH_DATES else f"it is free text or an identifier ({len(kinds)} different values)"
        )
    return Column(name, "category", categories=tuple(sorted(map(str, kinds))), missing=len(cells) - len(present))


def to_numbers(cells: pd.Series) -> np.ndarray | None:
    """Cells as float64 of shape (rows,), NaN where a cell is no number, percentages as fractions ("5%" is 0.05); None for truth values,
    which are categories.
    """
    if pd.api.types.is_bool_dtype(cells):
        return None
    found = np.array(pd.to_numeric(cells, errors="coerce"), dtype=np.float64)
    if not pd.api.types.is_numeric_dtype(cells):
        for row in np.flatnonzero(np.isnan(found) & cells.notna().to_numpy()):
            text = str(cells.iloc[row])
            if _PERCENT.fullmatch(text):
                found[row] = _parts(text)
    return found


def amounts_of(cells: pd.Series) -> np.ndarray:
    """Amounts as float64 of shape (rows,), NaN where a cell is none: a text, a truth value, a percentage."""
    if pd.api.types.is_bool_dtype(cells):
        return np.full(len(cells), np.nan)
    return np.asarray(pd.to_numeric(cells, errors="coerce"), dtype=np.float64)


def _parts(text: str) -> float:
    """A percentage as a fraction: "12,5%" is 0.125, since one comma without a point is the decimal mark; NaN where it is no number."""
    bare = text.strip().rstrip("%％").strip()
    try:
        return float(Decimal(bare.replace(",", ".") if bare.count(",") == 1 and "." not in bare else bare) / 100)
    except InvalidOperation:
        return float("nan")


def _written_in_percent(present: pd.Series) -> bool:
    """Whether all cells have a percent sign. Raises InputError where only some have."""
    if pd.api.types.is_numeric_dtype(present) or pd.api.types.is_datetime64_any_dtype(present):
        return False
    signs = np.array([_PERCENT.fullmatch(str(cell)) is not None for cell in present])
    rest = pd.to_numeric(present[~signs], errors="coerce")
    if signs.any() and bool(rest.notna().any()):
        with_, without = present[signs].iloc[0], rest.dropna().iloc[0]
        raise InputError(
            f"column {present.name!r}: some cells have a percent sign ({with_!r}), others have none ({without:g})",
            remedy="Write all of them in one way",
        )
    return bool(signs.all())


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
        empty = cells.isna().to_numpy()
        reader = _read_numbers if column.kind == "number" else _read_categories
        checked.values[column.name] = reader(column, cells, empty, checked)
        if not column.missing and not column.made:
            checked.refuse(np.flatnonzero(empty), f"column {column.name!r}: empty, which it never was in training")
    return checked


def _read_numbers(column: Column, cells: pd.Series, empty: np.ndarray, checked: Checked) -> np.ndarray:
    numbers = to_numbers(cells)
    if numbers is None:
        numbers = np.full(len(cells), np.nan)
    checked.refuse(np.flatnonzero(np.isnan(numbers) & ~empty), f"column {column.name!r}: {{!r}} is not a number", cells)
    checked.refuse(np.flatnonzero(np.isinf(numbers)), f"column {column.name!r}: infinite")
    if column.made:
        return numbers
    _refuse_signs(column, cells, empty, checked)
    low, high = column.limits()
    with np.errstate(invalid="ignore"):
        usual = ~np.isin(numbers, column.special)
        beyond, small = ((numbers < low) | (numbers > high)) & usual, column.far_below(numbers) & usual
    seen = f"far outside what training saw ({column.low:g} to {column.high:g})"
    checked.refuse(np.flatnonzero(beyond), f"column {column.name!r}: {{}} is {seen}", cells)
    checked.refuse(np.flatnonzero(small), f"column {column.name!r}: {{}} is less than a tenth of the least that training saw", cells)
    if told := other_unit(column, numbers[usual]):
        checked.refuse(np.flatnonzero(~np.isnan(numbers)), f"column {column.name!r}: {told}")
    return numbers


def _refuse_signs(column: Column, cells: pd.Series, empty: np.ndarray, checked: Checked) -> None:
    """Percent signs where training had none, and none where it had them."""
    if pd.api.types.is_numeric_dtype(cells):
        signs = np.zeros(len(cells), dtype=bool)
    else:
        signs = np.array([_PERCENT.fullmatch(str(cell)) is not None for cell in cells])
    wrong = (~empty & ~signs) if column.percent else signs
    told = "has no percent sign, and in training all had one" if column.percent else "has a percent sign, and in training none had"
    checked.refuse(np.flatnonzero(wrong), f"column {column.name!r}: {{}} {told}", cells)


def other_unit(column: Column, numbers: np.ndarray) -> str | None:
    """What to say where the cells, shape (rows,), seem to be in another unit than in training: a median at another scale, and either the
    same form of distribution or no overlap with it. None where they do not, or where there are few amounts.
    """
    amounts = np.abs(numbers[np.isfinite(numbers) & (numbers != 0)])
    if len(amounts) < _UNIT_ROWS or not column.quantiles or len(np.unique(amounts)) < 3:
        return None
    now, then = np.quantile(amounts, _QUANTILES), np.array(column.quantiles)
    ratio = float(now[2] / then[2])
    if 1 / _UNIT_RATIO < ratio < _UNIT_RATIO:
        return None
    apart = now[4] < then[0] or now[0] > then[4]
    alike = bool(np.all(np.abs(np.log(now[1:4] / then[1:4]) - np.log(ratio)) < _SHAPE))
    if not apart and not alike:
        return None
    times_ = f"{ratio:,.3g} times the" if ratio > 1 else f"a {1 / ratio:,.3g}th of the"
    return f"the file's values are about {times_} training's (median {now[2]:g} against {then[2]:g}): another unit"


def _read_categories(column: Column, cells: pd.Series, empty: np.ndarray, checked: Checked) -> np.ndarray:
    known = {name: code for code, name in enumerate(column.categories)}
    texts = (cell if type(cell) is str else str(cell) for cell in cells.tolist())
    codes = np.fromiter((known.get(text, -1) for text in texts), dtype=np.int32, count=len(cells))
    codes[empty] = -1
    checked.refuse(np.flatnonzero((codes < 0) & ~empty), f"column {column.name!r}: {{!r}} is a category that training never saw", cells)
    return np.asarray(codes)


def take(values: Values, rows: np.ndarray) -> dict[str, np.ndarray]:
    """The values of some rows, given by their numbers, shape (n,), or by a mask, shape (rows,)."""
    return {name: column[rows] for name, column in values.items()}
