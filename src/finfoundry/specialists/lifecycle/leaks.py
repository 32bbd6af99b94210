"""Signs that an input was written after the outcome, and rows that are in a file more than once. They warn; people decide.

Columns that alone separate the target are left out before (``screen``). These are weaker: a column that ranks too well by itself, one whose
information value no application form reaches, a class of which practically every row is an event, a missing cell that predicts it, and a
name of collection or recovery over a column that predicts it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from finfoundry.specialists.inputs.schema import Column, Schema, Values
from finfoundry.specialists.lifecycle.screen import alone

_RANKS = 0.9  # area under the curve of one column
_TELLS = 2.0  # information value: 0.5 already counts as suspicious (Siddiqi 2006), but honest scores of a bureau reach 1.5
_NAMED = 0.1  # information value from which a name of collection or recovery counts
_NAMED_BEFORE = 0.5  # where the name says that it looks back from the application
_ALL, _ROWS, _OF_EVENTS = 0.98, 20, 0.05  # a class that is nearly all events, with so many rows and such a share of all events
_MISSING = 0.65  # area under the curve of "the cell is empty"
_MODEL = 0.97  # area under the curve of a whole model, out of fold
_CLASSES = 20
_AFTER = re.compile(
    r"recover|collection|charge[\s_.-]*off|writ(e|ten)[\s_.-]*off|post[\s_.-]*default|past[\s_.-]*due|\bdpd\b|\blgd\b|"
    r"催收|核销|逾期天数|追偿|清收|代偿|处置回收",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"last|prior|previous|histor|ever|\d+[my]\b|[近前过]去?\d+|历史", re.IGNORECASE)
_REPEATED = 0.01  # of rows
_ACCIDENT = 100  # so many times more values than rows could make: rows that are equal are no accident
_GROUPS = 50  # different rows below which folds cannot be made of them


@dataclass(frozen=True)
class _Classes:
    """Rows and events by class of one column; the first class holds the missing cells."""

    rows: np.ndarray
    events: np.ndarray

    @property
    def value(self) -> float:
        """Information value, half a row added to each class, less what a column of noise would have."""
        events, others = self.events + 0.5, self.rows - self.events + 0.5
        raw = np.sum((events / events.sum() - others / others.sum()) * np.log(events / others * others.sum() / events.sum()))
        return float(raw - ((self.rows > 0).sum() - 1) * (1 / events.sum() + 1 / others.sum()))


def leaks(schema: Schema, values: Values, y: np.ndarray) -> list[str]:
    """A warning for each input that may have been written after the outcome; none for inputs that the family computed.

    ``y``: outcomes, 0 or 1, shape (rows,).
    """
    found = []
    half = np.arange(len(y)) % 2 == 0
    for column in schema:
        if column.made:
            continue
        cells = values[column.name]
        strength = np.mean([alone(column, cells, y, part) for part in (half, ~half)])
        if why := _sign(column, _classes(column, cells, y), float(strength), y):
            found.append(f"The input {column.name!r} may have been written after the outcome: {why}")
    return found


def _sign(column: Column, classes: _Classes, strength: float, y: np.ndarray) -> str | None:
    """The strongest sign, in words."""
    if strength >= _RANKS:
        return f"alone it ranks with an AUC of {strength:.3f}"
    if (value := classes.value) >= _TELLS:
        return f"its information value is {value:.2f}"
    pure = (classes.events >= _ALL * classes.rows) & (classes.rows >= _ROWS) & (classes.events >= _OF_EVENTS * y.sum())
    if y.mean() <= 0.5 and pure.any():
        at = int(np.argmax(pure))
        return f"of {int(classes.rows[at])} rows of one of its classes {int(classes.events[at])} are events"
    empty = _empty(classes, y)
    if max(empty, 1 - empty) >= _MISSING:
        return f"whether it is empty already ranks with an AUC of {max(empty, 1 - empty):.3f}"
    named = _NAMED_BEFORE if _BEFORE.search(column.name) else _NAMED
    if value >= named and (word := _AFTER.search(column.name)):
        return f"its name says {word.group()!r}, and its information value is {value:.2f}"
    return None


def _empty(classes: _Classes, y: np.ndarray) -> float:
    """Area under the curve of "the cell is empty"."""
    events, others = classes.events[0] / y.sum(), (classes.rows[0] - classes.events[0]) / (len(y) - y.sum())
    return float(0.5 + (events - others) / 2)


def _classes(column: Column, cells: np.ndarray, y: np.ndarray) -> _Classes:
    """Categories as they are; numbers by value where these are few, else by twenty quantiles."""
    if column.kind == "category":
        at = cells.astype(np.int64) + 1
    else:
        known = ~np.isnan(cells)
        different = np.unique(cells[known])
        edges = different if len(different) <= _CLASSES else np.unique(np.quantile(cells[known], np.linspace(0, 1, _CLASSES + 1)[1:-1]))
        at = np.where(known, np.searchsorted(edges, cells, side="right") + 1, 0)
    size = int(at.max(initial=0)) + 1
    return _Classes(np.bincount(at, minlength=size), np.bincount(at, weights=y, minlength=size))


def too_good(auc: float) -> str | None:
    """A warning where a whole model ranks better than honest inputs let it."""
    told = "the outcome may stand among the inputs under another name"
    return f"Out of fold the model ranks with an AUC of {auc:.3f}: {told}" if auc >= _MODEL else None


def alike(frame: pd.DataFrame, names: Sequence[str]) -> np.ndarray | None:
    """The group of each row, from 0, int64 of shape (rows,): rows whose inputs are equal share one. None where few rows repeat, or where
    the inputs have so few values that repeats are an accident.
    """
    inputs = frame[list(names)]
    groups, different = pd.factorize(pd.util.hash_pandas_object(inputs, index=False))
    possible = np.sum(np.log([max(inputs[name].nunique(dropna=False), 1) for name in names]))
    repeated = 1 - len(different) / max(len(groups), 1)
    if repeated < _REPEATED or len(different) < _GROUPS or possible < np.log(_ACCIDENT * len(groups)):
        return None
    return np.asarray(groups)
