"""Figures of a classifier, with intervals by bootstrap. ``y`` is 0 or 1, ``p`` a probability or any score that rises with risk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from finfoundry.core import cancellation
from finfoundry.core.errors import InputError

Metric = Callable[[np.ndarray, np.ndarray], float]  # outcomes (0 or 1) and probabilities, both of shape (rows,) → the figure
_RESAMPLES = 200
_MOST_ROWS = 20_000  # resampled at a time; above it the interval is scaled by the square root of the ratio


@dataclass(frozen=True, slots=True)
class MeasuredFigure:
    """A figure with its 95 % interval; ``low`` and ``high`` are None where it has none."""

    value: float
    low: float | None = None
    high: float | None = None


def auc(y: np.ndarray, p: np.ndarray) -> float:
    """Area under the ROC curve: the chance that an event ranks above another row, ties half (Mann and Whitney 1947).

    ``y`` (0 or 1) and ``p`` have shape (rows,), here and in all metrics. Raises InputError: ``y`` holds one class only.
    """
    events = int(y.sum())
    others = len(y) - events
    if not events or not others:
        raise InputError("The area under the curve needs both classes", remedy="Validate on data that holds both outcomes")
    ranks = stats.rankdata(p)
    return float((ranks[y == 1].sum() - events * (events + 1) / 2) / (events * others))


def gini(y: np.ndarray, p: np.ndarray) -> float:
    """2 AUC - 1, the accuracy ratio; both arrays have shape (rows,). Raises InputError as ``auc``."""
    return 2 * auc(y, p) - 1


def ks(y: np.ndarray, p: np.ndarray) -> float:
    """Kolmogorov-Smirnov: the widest gap between the two classes' distribution functions; both arrays have shape (rows,)."""
    order = np.argsort(p, kind="stable")
    y, p = y[order], p[order]
    gap = np.abs(np.cumsum(y) / max(y.sum(), 1) - np.cumsum(1 - y) / max((1 - y).sum(), 1))
    last = np.append(p[1:] != p[:-1], True)  # only where a score ends: rows of one score are counted together
    return float(gap[last].max())


def brier(y: np.ndarray, p: np.ndarray) -> float:
    """Mean squared error of the probability (Brier 1950); both arrays have shape (rows,)."""
    return float(np.mean((p - y) ** 2))


def log_loss(y: np.ndarray, p: np.ndarray) -> float:
    """Mean negative log likelihood, in nats; both arrays have shape (rows,)."""
    clipped = np.clip(p, 1e-12, 1 - 1e-12)
    return float(-np.mean(y * np.log(clipped) + (1 - y) * np.log(1 - clipped)))


def equal_groups(values: np.ndarray, groups: int) -> np.ndarray:
    """The group of each row, from 0, int64: groups of about equal size by value. Values and result have shape (rows,).

    Equal values are in one group, whatever the order of rows.
    """
    _, at, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - counts / 2
    return np.asarray((middle * groups / len(values)).astype(np.int64)[at])


def ece(y: np.ndarray, p: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error: mean gap between forecast and frequency over ``bins`` groups of about equal size.

    Both arrays have shape (rows,).
    """
    at = equal_groups(p, bins)
    return float(np.abs(np.bincount(at, weights=y - p)).sum() / len(y))


def average_precision(y: np.ndarray, p: np.ndarray) -> float:
    """Σ (R_n - R_{n-1}) P_n over the thresholds, as in scikit-learn; both arrays have shape (rows,)."""
    order = np.argsort(-p, kind="stable")
    hits, last = np.cumsum(y[order]), np.append(np.diff(p[order]) != 0, True)
    precision = hits[last] / (np.flatnonzero(last) + 1)
    recall = hits[last] / max(int(y.sum()), 1)
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def alerted(y: np.ndarray, p: np.ndarray, share: float) -> tuple[float, float]:
    """Precision and recall when the riskiest ``share`` of rows is alerted; ties at the border count by their mean.

    Both arrays have shape (rows,).
    """
    budget = max(1, round(share * len(y)))
    border = np.partition(p, len(p) - budget)[len(p) - budget]
    above, at = p > border, p == border
    hits = y[above].sum() + (budget - above.sum()) * y[at].mean()
    return float(hits / budget), float(hits / max(int(y.sum()), 1))


def precision_at(share: float) -> Metric:
    """The metric that is the precision when the riskiest ``share`` of rows is alerted, as 0.01 for one in a hundred."""
    return lambda y, p: alerted(y, p, share)[0]


def recall_at(share: float) -> Metric:
    """The metric that is the recall when the riskiest ``share`` of rows is alerted."""
    return lambda y, p: alerted(y, p, share)[1]


_BOUNDS = {"gini": (-1.0, 1.0), "log_loss": (0.0, float("inf"))}  # of the others 0 and 1
COMMON: Mapping[str, Metric] = {"auc": auc, "gini": gini, "ks": ks, "brier": brier, "log_loss": log_loss, "ece": ece}


def figures(y: np.ndarray, p: np.ndarray, metrics: Mapping[str, Metric], seed: int = 0) -> dict[str, MeasuredFigure]:
    """Every metric with a 95 % interval from a stratified bootstrap: classes keep their sizes, so no resample lacks one.

    ``y`` (0 or 1) and ``p`` have shape (rows,). Rows are sorted first, so that another order of the file draws the same ones.
    """
    order = np.lexsort((y, p))
    y, p = y[order], p[order]
    values = {name: metric(y, p) for name, metric in metrics.items()}
    drawn: dict[str, list[float]] = {name: [] for name in metrics}
    random = np.random.default_rng(seed)
    share = min(1.0, _MOST_ROWS / len(y))
    classes = [np.flatnonzero(y == kind) for kind in (0, 1)]
    for _ in range(_RESAMPLES):
        cancellation.check()
        rows = np.concatenate([random.choice(rows, max(1, round(share * len(rows)))) for rows in classes])
        for name, metric in metrics.items():
            drawn[name].append(metric(y[rows], p[rows]))
    result = {}
    for name, value in values.items():
        low, high = value + np.quantile(np.array(drawn[name]) - np.mean(drawn[name]), (0.025, 0.975)) * share**0.5
        least, most = _BOUNDS.get(name, (0.0, 1.0))
        result[name] = MeasuredFigure(value, float(max(min(low, value), least)), float(min(max(high, value), most)))
    return result
