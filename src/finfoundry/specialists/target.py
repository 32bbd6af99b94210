"""The target of a classification: which of its two values is the event (default, fraud, laundering)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from finfoundry.core.errors import InputError

_EVENTS = frozenset(
    [
        "1",
        "1.0",
        "true",
        "yes",
        "y",
        "bad",
        "default",
        "defaulted",
        "fraud",
        "fraudulent",
        "denied",
        "deny",
        "event",
        "positive",
        "是",
        "坏",
        "违约",
        "欺诈",
        "逾期",
        "拒绝",
    ]
)
_NO_EVENTS = frozenset(
    [
        "0",
        "0.0",
        "-1",
        "-1.0",
        "false",
        "no",
        "n",
        "good",
        "paid",
        "repaid",
        "legitimate",
        "genuine",
        "approved",
        "negative",
        "否",
        "好",
        "正常",
        "履约",
        "通过",
    ]
)


def event_of(cells: pd.Series, name: str) -> str:
    """The value that is the event: by its word, else by the other value's word, else the rarer one.

    Raises:
        InputError: not exactly two values.
    """
    counts = texts_of(cells.dropna()).value_counts()
    if len(counts) != 2:
        shown = ", ".join(repr(value) for value in counts.index[:5])
        kind = "only one class" if len(counts) == 1 else f"{len(counts)} different values"
        raise InputError(f"The target {name!r} has {kind} ({shown})", remedy="Give a column with exactly two values, such as 0 and 1")
    values = [str(value) for value in counts.index]
    events = [value for value in values if value.strip().lower() in _EVENTS]
    others = [value for value in values if value.strip().lower() in _NO_EVENTS]
    if len(events) == 1:
        return events[0]
    if len(others) == 1:
        return next(value for value in values if value != others[0])
    return values[-1]  # value_counts sorts by frequency


def outcomes(cells: pd.Series, event: str) -> np.ndarray:
    """1 where the event took place, 0 where not, -1 where the cell is empty; int8, one entry a row."""
    return np.where(cells.isna(), -1, texts_of(cells) == event).astype(np.int8)


def texts_of(cells: pd.Series) -> pd.Series:
    """Cells as text; a whole number has no decimals, whether its column has empty cells (and so is of floats) or not."""
    if pd.api.types.is_float_dtype(cells):
        return cells.map(lambda cell: str(int(cell)) if np.isfinite(cell) and cell == int(cell) else str(cell)).astype(object)
    return cells.astype(str)
