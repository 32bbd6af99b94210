"""Calibration: a margin (log odds) becomes a probability, fitted to out-of-fold margins.

By Platt's two numbers (Platt 1999); or, where the data show that one slope is not enough, with one slope for margins below the usual and
another for those above, as beta calibration has (Kull, Silva Filho, Flach 2017), here around the base rate rather than even odds.

A fit counts only if it converged and its mean forecast is the rate; otherwise the margins are shifted alone, until it is, and that is said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

_TELLING = 3.84  # twice the gain in log likelihood: 5 % of the chi-squared distribution with one degree of freedom
_STEPS, _FLAT = 100, 1e-8  # of Newton's method; the gradient a row at which it has converged
_SHARE = 0.2  # of the rate's interval: as far as a mean forecast may lie from the rate
_LARGEST = 1e6  # a slope beyond it parts the classes rather than weighs them


@dataclass(frozen=True, slots=True)
class LogisticCalibration:
    """probability = 1 / (1 + exp(-(slope x margin + shift))); with ``lower``, the slope goes over to it below ``centre``."""

    slope: float
    shift: float
    lower: float | None = None
    centre: float = 0.0
    fallback: str = ""  # why the margins were only shifted

    def __call__(self, margin: np.ndarray) -> np.ndarray:
        odds = self.slope * margin
        if self.lower is not None:
            below, above = _sides(margin - self.centre)
            odds = self.lower * below + self.slope * above
        return _logistic(odds + self.shift)


def fit_calibration(margin: np.ndarray, y: np.ndarray) -> LogisticCalibration:
    """Maximum likelihood with Platt's smoothed targets, never with a slope that falls; else a shift alone, with why.

    ``margin``: log odds before calibration, ``y``: outcomes, 0 or 1; both of shape (rows,).
    """
    events, others = float(y.sum()), float(len(y) - y.sum())
    target = np.where(y == 1, (events + 1) / (events + 2), 1 / (others + 2))
    base = float(np.log((events + 1) / (others + 1)))
    found, plain = _fit(np.stack([margin, np.ones_like(margin)], axis=1), np.array([1.0, base - float(margin.mean())]), target)
    if found is None:
        return shifted(margin, y, "the fit did not converge")
    slope, shift = found
    if slope <= 0:
        return shifted(margin, y, "the margins do not tell out of fold")
    best, centre = LogisticCalibration(slope, shift), (base - shift) / slope
    columns = np.stack([*_sides(margin - centre), np.ones_like(margin)], axis=1)
    bent, likelihood = _fit(columns, np.array([slope, slope, base]), target)
    if bent is not None and min(bent[0], bent[1]) > 0 and 2 * (likelihood - plain) > _TELLING:
        best = LogisticCalibration(bent[1], bent[2], bent[0], centre)
    for candidate in (best, LogisticCalibration(slope, shift)):
        if max(candidate.slope, candidate.lower or 0.0) < _LARGEST and not far_from_rate(candidate(margin), y):
            return candidate
    return shifted(margin, y, "its mean forecast was not the rate")


def far_from_rate(forecast: np.ndarray, y: np.ndarray) -> bool:
    """Whether the mean forecast lies further from the rate than a fifth of the width of the rate's 95 % interval (Jeffreys).

    ``forecast``: probabilities, ``y``: outcomes, 0 or 1; both of shape (rows,).
    """
    low, high = rate_interval(y)
    return bool(abs(float(forecast.mean()) - float(y.mean())) > _SHARE * (high - low))


def rate_interval(y: np.ndarray) -> tuple[float, float]:
    """The lower and the upper end of the 95 % Jeffreys interval of the rate of events in ``y``, 0 or 1, shape (rows,)."""
    posterior = stats.beta(float(y.sum()) + 0.5, float(len(y) - y.sum()) + 0.5)
    return float(posterior.ppf(0.025)), float(posterior.ppf(0.975))


def shifted(margin: np.ndarray, y: np.ndarray, why: str) -> LogisticCalibration:
    """The calibration that only shifts the margins (log odds), until the mean forecast is the rate: by bisection, which cannot diverge.

    ``margin`` and ``y`` (0 or 1) have shape (rows,); ``why`` is kept as ``fallback``.
    """
    rate = float(np.clip(y.mean(), 0.5 / (len(y) + 1), (len(y) + 0.5) / (len(y) + 1)))
    even = float(np.log(rate / (1 - rate)))
    low, high = even - float(margin.max()), even - float(margin.min())
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if float(_logistic(margin + middle).mean()) < rate else (low, middle)
    return LogisticCalibration(1.0, (low + high) / 2, fallback=why)


def _sides(margin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A margin in two smooth parts that sum to it: one flat above 0, one flat below."""
    above = np.logaddexp(0.0, margin)
    return margin - above, above


def _logistic(odds: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(odds, -40, 40))))


def _fit(columns: np.ndarray, answer: np.ndarray, target: np.ndarray) -> tuple[list[float] | None, float]:
    """Coefficients by Newton's method, with steps halved until they gain, and their log likelihood; None where it does not converge."""
    loss = _loss(columns, answer, target)
    for _ in range(_STEPS):
        p = _logistic(columns @ answer)
        gradient = columns.T @ (p - target)
        if np.abs(gradient).max() <= _FLAT * len(target):
            return answer.tolist(), -loss
        step = _step((columns * (p * (1 - p))[:, None]).T @ columns, gradient)
        size = 1.0
        while size > 1e-10 and not (new := _loss(columns, answer - size * step, target)) < loss:
            size /= 2
        if size <= 1e-10:
            break
        answer, loss = answer - size * step, new
    return None, -loss


def _step(hessian: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    scale = np.sqrt(np.maximum(np.diag(hessian), 1e-300))
    return np.asarray(np.linalg.solve(hessian / np.outer(scale, scale) + 1e-9 * np.eye(len(scale)), gradient / scale) / scale)


def _loss(columns: np.ndarray, answer: np.ndarray, target: np.ndarray) -> float:
    odds = columns @ answer
    return float(np.sum(np.logaddexp(0.0, odds) - target * odds))
