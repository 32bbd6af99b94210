"""Calibration: a margin (log odds) becomes a probability, fitted to out-of-fold margins.

By Platt's two numbers (Platt 1999); or, where the data tell that one slope is not enough, with one slope for margins below the usual and
another for those above, as beta calibration has (Kull, Silva Filho, Flach 2017), here around the base rate rather than even odds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_TELLING = 3.84  # twice the gain in log likelihood: 5 % of the chi-squared distribution with one degree of freedom


@dataclass(frozen=True, slots=True)
class Calibration:
    """probability = 1 / (1 + exp(-(slope x margin + shift))); with ``lower``, the slope goes over to it below ``centre``."""

    slope: float
    shift: float
    lower: float | None = None
    centre: float = 0.0

    def __call__(self, margin: np.ndarray) -> np.ndarray:
        odds = self.slope * margin
        if self.lower is not None:
            below, above = _sides(margin - self.centre)
            odds = self.lower * below + self.slope * above
        return _logistic(odds + self.shift)


def fit_calibration(margin: np.ndarray, y: np.ndarray) -> Calibration:
    """Maximum likelihood with Platt's smoothed targets; slope 1 where the margin does not tell, and never one that falls."""
    events, others = float(y.sum()), float(len(y) - y.sum())
    target = np.where(y == 1, (events + 1) / (events + 2), 1 / (others + 2))
    base = float(np.log((events + 1) / (others + 1)))
    (slope, shift), plain = _fit(np.stack([margin, np.ones_like(margin)], axis=1), np.array([1.0, 0.0]), target)
    if slope <= 0:
        return Calibration(1.0, base - float(margin.mean()))
    centre = (base - shift) / slope
    columns = np.stack([*_sides(margin - centre), np.ones_like(margin)], axis=1)
    (lower, upper, moved), bent = _fit(columns, np.array([slope, slope, base]), target)
    if min(lower, upper) > 0 and 2 * (bent - plain) > _TELLING:
        return Calibration(upper, moved, lower, centre)
    return Calibration(slope, shift)


def _sides(margin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A margin in two smooth parts that sum to it: one flat above 0, one flat below."""
    above = np.logaddexp(0.0, margin)
    return margin - above, above


def _logistic(odds: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(odds, -40, 40))))


def _fit(columns: np.ndarray, answer: np.ndarray, target: np.ndarray) -> tuple[list[float], float]:
    """Coefficients by Newton's method, and their log likelihood."""
    for _ in range(50):
        p = _logistic(columns @ answer)
        gradient = columns.T @ (p - target)
        hessian = (columns * (p * (1 - p))[:, None]).T @ columns + 1e-9 * np.eye(columns.shape[1])
        step = np.linalg.solve(hessian, gradient)
        answer = answer - np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-10:
            break
    p = np.clip(_logistic(columns @ answer), 1e-15, 1 - 1e-15)
    return answer.tolist(), float(np.sum(target * np.log(p) + (1 - target) * np.log(1 - p)))
