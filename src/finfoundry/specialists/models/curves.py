"""The numbers behind the plots of a card: calibration bars and the gain curve."""

from __future__ import annotations

import numpy as np

from finfoundry.specialists.models.metrics import equal_groups
from finfoundry.specialists.models.specialist import Bar

_POINTS = 50


def calibration_bars(y: np.ndarray, probability: np.ndarray) -> list[Bar]:
    """Forecast against frequency over ten groups of about equal size, from the lowest forecast; equal forecasts are in one group.

    ``y`` (0 or 1) and ``probability`` have shape (rows,).
    """
    at = equal_groups(probability, 10)
    parts = [np.flatnonzero(at == number) for number in np.unique(at)]
    return [Bar(f"{number + 1}", len(part), int(y[part].sum()), float(probability[part].mean())) for number, part in enumerate(parts)]


def gains(y: np.ndarray, probability: np.ndarray) -> list[tuple[float, float]]:
    """Points (share of rows looked at, share of events found), riskiest rows first; rows of one probability share their events evenly.

    ``y`` (0 or 1) and ``probability`` have shape (rows,).
    """
    _, at = np.unique(-probability, return_inverse=True)
    even = (np.bincount(at, weights=y) / np.bincount(at))[np.sort(at)]
    found = np.cumsum(even)
    at = np.unique(np.linspace(0, len(y) - 1, _POINTS).astype(int))
    return [(0.0, 0.0), *((float((row + 1) / len(y)), float(found[row] / max(found[-1], 1))) for row in at)]
