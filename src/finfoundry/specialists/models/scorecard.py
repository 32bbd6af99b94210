"""The points scorecard: logistic regression on weights of evidence, scaled to whole points (Siddiqi, Credit Risk Scorecards, 2006).

Points are integers, so a score is an exact sum. An input's points are 0 at the portfolio's odds: what lies below comes from a bin that is
worse than the average, and only that is a reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from finfoundry.specialists.inputs.schema import Values
from finfoundry.specialists.models.binning import Bins
from finfoundry.specialists.models.metrics import log_loss

BASE_SCORE, BASE_ODDS, POINTS_TO_DOUBLE = 600, 50, 50  # 600 points mean 50 good to 1 bad; 50 more double the odds
FACTOR = POINTS_TO_DOUBLE / float(np.log(2))
_STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)  # of the ridge penalty, inverse; chosen by inner cross-validation
_WEAKEST = 0.01  # information value below which a column says nothing
_TUNING_ROWS = 30_000


@dataclass(frozen=True)
class Scorecard:
    """``points[i][b]``: what bin ``b`` of ``bins[i]`` adds to ``offset``. A higher score is a lower risk."""

    bins: tuple[Bins, ...]
    points: tuple[tuple[int, ...], ...]
    offset: int
    weights: tuple[float, ...]  # the regression's coefficients
    strength: float
    left_out: Mapping[str, str] = field(default_factory=dict)  # columns that were binned and not used, and why

    @property
    def columns(self) -> list[str]:
        return [bins.column for bins in self.bins]

    @cached_property
    def _tables(self) -> list[np.ndarray]:
        return [np.array(points, dtype=np.int64) for points in self.points]

    def parts(self, values: Values) -> np.ndarray:
        """Points of each row and column, int64 of shape (rows, columns)."""
        found = [table[bins.index(values[bins.column])] for bins, table in zip(self.bins, self._tables, strict=True)]
        return np.stack(found, axis=1)

    def score(self, values: Values) -> np.ndarray:
        """Points of each row: int64 of shape (rows,)."""
        total = np.full(len(next(iter(values.values()))), self.offset, dtype=np.int64)
        for bins, table in zip(self.bins, self._tables, strict=True):
            total += table[bins.index(values[bins.column])]
        return total

    def margin(self, values: Values) -> np.ndarray:
        """Log odds of the event as the points say, before calibration: shape (rows,)."""
        return np.asarray((BASE_SCORE - self.score(values)) / FACTOR - np.log(BASE_ODDS))

    def contributions(self, values: Values) -> tuple[float, np.ndarray]:
        """The score at the portfolio's odds in each column, and the points that each column adds or takes, float64 of shape (rows,
        columns): together they are the score.
        """
        return float(self.offset), self.parts(values).astype(np.float64)

    def attribute(self, column: str, value: np.ndarray) -> str:
        """The name of the bin that a cell, an array of shape (1,), falls into."""
        bins = self.bins[self.columns.index(column)]
        return bins.labels[int(bins.index(value)[0])]


def fit_scorecard(bins: Sequence[Bins], woe: np.ndarray, y: np.ndarray, seed: int = 0) -> Scorecard:
    """Choose the penalty by cross-validation, drop columns whose coefficient has the wrong sign, scale to points.

    ``woe``: the weights of evidence to fit on, of shape (rows, bins).
    """
    telling = [number for number, one in enumerate(bins) if one.iv >= _WEAKEST] or list(range(len(bins)))
    left_out = {one.column: _why(one) for number, one in enumerate(bins) if number not in telling}
    used = [bins[number] for number in telling]
    woe = woe[:, telling]
    strength = _tune(woe, y, seed)
    while True:
        model = LogisticRegression(C=strength, max_iter=1000).fit(woe, y)
        weights = model.coef_[0]
        right = weights > 0
        if right.all() or not right.any():
            break
        left_out |= {one.column: "its coefficient had the wrong sign" for one, keep in zip(used, right, strict=True) if not keep}
        used = [one for one, keep in zip(used, right, strict=True) if keep]
        woe = woe[:, right]
    weights = np.maximum(weights, 0.0)
    intercept = float(model.intercept_[0])
    offset = round(BASE_SCORE - FACTOR * (intercept + float(np.log(BASE_ODDS))))
    points = tuple(tuple(round(-FACTOR * float(weight) * w) for w in one.woe) for one, weight in zip(used, weights, strict=True))
    return Scorecard(tuple(used), points, offset, tuple(float(weight) for weight in weights), strength, left_out)


def _why(bins: Bins) -> str:
    """Why a column's bins carry too little information, in words."""
    if not bins.splits and not bins.groups:
        return f"no cut keeps one trend over bins of enough rows (solver: {bins.status})"
    return f"its information value is {bins.iv:.3f}"


def _tune(woe: np.ndarray, y: np.ndarray, seed: int) -> float:
    """The strength with the least log loss in five folds; a plain 1.0 where a class is too small for folds."""
    if min(y.sum(), len(y) - y.sum()) < 25:
        return 1.0
    rows = np.random.default_rng(seed).permutation(len(y))[:_TUNING_ROWS]
    woe, y = woe[rows], y[rows]
    if min(y.sum(), len(y) - y.sum()) < 5:
        return 1.0
    losses = dict.fromkeys(_STRENGTHS, 0.0)
    for fit, test in StratifiedKFold(5, shuffle=True, random_state=seed).split(woe, y):
        for strength in _STRENGTHS:
            model = LogisticRegression(C=strength, max_iter=1000).fit(woe[fit], y[fit])
            losses[strength] += log_loss(y[test], model.predict_proba(woe[test])[:, 1])
    return min(losses, key=lambda strength: losses[strength])
