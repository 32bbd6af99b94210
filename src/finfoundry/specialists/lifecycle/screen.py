"""The leakage screen: columns that know the outcome because they were written after it, or that only name the row."""

from __future__ import annotations

import numpy as np

from finfoundry.specialists.inputs.schema import Column, Schema, Values
from finfoundry.specialists.models.metrics import auc

_TOO_GOOD = 0.995  # area under the curve of one column alone


def screen(schema: Schema, values: Values, y: np.ndarray) -> Schema:
    """The schema without the columns that alone separate the target; why is said in ``left_out``. ``y``: 0 or 1, shape (rows,)."""
    kept: list[Column] = []
    left_out = dict(schema.left_out)
    half = np.arange(len(y)) % 2 == 0
    for column in schema:
        strength = max(alone(column, values[column.name], y, half), alone(column, values[column.name], y, ~half))
        if strength >= _TOO_GOOD:
            left_out[column.name] = f"it alone separates the target (AUC {strength:.3f}): it was probably written after the outcome"
        else:
            kept.append(column)
    return Schema(tuple(kept), left_out)


def alone(column: Column, cells: np.ndarray, y: np.ndarray, fit: np.ndarray) -> float:
    """AUC of one column on the rows that it was not fitted to; 0.5 where they hold one class, or the others no event.

    ``cells``, ``y`` (0 or 1) and ``fit`` (bool: the rows to fit on) have shape (rows,).
    """
    test = ~fit
    if min(y[test].sum(), (1 - y[test]).sum(), y[fit].sum()) == 0:
        return 0.5
    if column.kind == "number":
        worth = auc(y[test], np.where(np.isnan(cells[test]), np.nanmin(cells) - 1, cells[test]))
        return max(worth, 1 - worth)
    rates = np.bincount(cells[fit] + 1, weights=y[fit], minlength=len(column.categories) + 1)
    counts = np.bincount(cells[fit] + 1, minlength=len(column.categories) + 1)
    return auc(y[test], ((rates + y.mean()) / (counts + 1))[cells[test] + 1])
