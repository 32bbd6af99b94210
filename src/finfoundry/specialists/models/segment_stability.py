"""Parts of a portfolio: segments by what the scorecard reads, and stretches of time. Does the model hold in each?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from finfoundry.specialists.inputs.schema import Values
from finfoundry.specialists.models.binning import Bins
from finfoundry.specialists.models.metrics import auc, equal_groups

_INPUTS = 3  # inputs by which segments are made: those with the most information
_LEAST = 30  # rows of a segment


@dataclass(frozen=True)
class PortfolioPart:
    """A segment or a stretch of time. ``auc`` is None where it holds one class."""

    name: str
    rows: int
    events: int
    forecast: float
    rate: float
    auc: float | None


def part(name: str, y: np.ndarray, p: np.ndarray) -> PortfolioPart:
    """The figures of the rows given: outcomes ``y`` (0 or 1) and probabilities ``p``, both of shape (rows,)."""
    both = 0 < y.sum() < len(y)
    return PortfolioPart(name, len(y), int(y.sum()), float(p.mean()), float(y.mean()), auc(y, p) if both else None)


def by_time(time: pd.Series, y: np.ndarray, p: np.ndarray) -> list[PortfolioPart]:
    """Five stretches of about equal size, in order; rows of one time are in one stretch. ``y`` (0 or 1) and ``p`` have shape (rows,)."""
    times = time.reset_index(drop=True)
    at = equal_groups(times.to_numpy(), 5)
    stretches = [np.flatnonzero(at == number) for number in np.unique(at)]
    return [part(f"{times.iloc[rows].min()} to {times.iloc[rows].max()}", y[rows], p[rows]) for rows in stretches]


def by_segment(bins: Sequence[Bins], values: Values, y: np.ndarray, p: np.ndarray) -> list[PortfolioPart]:
    """The bins of the inputs with the highest information value; a segment of few rows is left out. ``y`` and ``p`` have shape (rows,)."""
    found = []
    for one in sorted(bins, key=lambda bins: -bins.iv)[:_INPUTS]:
        at = one.index(values[one.column])
        for number, label in enumerate(one.labels):
            rows = at == number
            if rows.sum() >= _LEAST:
                found.append(part(f"{one.column}: {label}", y[rows], p[rows]))
    return found
