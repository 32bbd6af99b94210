"""Back-tests of value at risk and expected shortfall. p-values: small = the forecasts are rejected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from scipy import stats

from finfoundry.specialists.market_data import Kind

LEVEL = 0.99


def kupiec(breaches: int, days: int, rate: float = 1 - LEVEL) -> float:
    """p-value of the likelihood ratio test that breaches come at ``rate`` (Kupiec 1995)."""

    def log_likelihood(p: float) -> float:
        return float(stats.binom.logpmf(breaches, days, p))

    statistic = 2 * (log_likelihood(breaches / days) - log_likelihood(rate))
    return float(stats.chi2.sf(max(statistic, 0.0), 1))


def christoffersen(hits: np.ndarray) -> float:
    """p-value of the likelihood ratio test that a breach does not depend on the day before (Christoffersen 1998)."""
    before, after = hits[:-1].astype(int), hits[1:].astype(int)
    n = np.array([[np.sum((before == i) & (after == j)) for j in (0, 1)] for i in (0, 1)], dtype=float)
    if not n[1].sum() or not n[:, 1].sum():
        return 1.0

    def log_likelihood(stay: float, move: float, p: float) -> float:
        return (stay * np.log(1 - p) if stay else 0.0) + (move * np.log(p) if move else 0.0)

    pooled = n[:, 1].sum() / n.sum()
    free = sum(log_likelihood(n[i, 0], n[i, 1], n[i, 1] / n[i].sum()) for i in (0, 1))
    tied = sum(log_likelihood(n[i, 0], n[i, 1], pooled) for i in (0, 1))
    return float(stats.chi2.sf(max(2 * (free - tied), 0.0), 1))


def zone(hits: np.ndarray) -> str:
    """Basel's traffic light: green up to 4 breaches of the last 250 days, yellow up to 9, then red."""
    count = int(hits[-250:].sum())
    return "green" if count <= 4 else "yellow" if count <= 9 else "red"


def shortfall_test(losses: np.ndarray, var: np.ndarray, es: np.ndarray, seed: int = 0) -> float | None:
    """One-sided p-value that breaches exceed the expected shortfall no more than by chance; None with fewer than 5 breaches."""
    hits = losses > var
    if hits.sum() < 5:
        return None
    excess = (losses[hits] - es[hits]) / es[hits]
    spread = excess.std(ddof=1)
    if spread == 0:
        return 1.0 if excess.mean() <= 0 else 0.0
    statistic = excess.mean() / (spread / np.sqrt(len(excess)))
    centred = excess - excess.mean()
    drawn = np.random.default_rng(seed).choice(centred, (2000, len(excess)))
    spreads = np.maximum(drawn.std(axis=1, ddof=1), 1e-12)
    return float(np.mean(drawn.mean(axis=1) / (spreads / np.sqrt(len(excess))) >= statistic))


def impossible(kind: Kind, forecasts: Iterable[Sequence[float]]) -> str | None:
    """Why forecasts (value at risk, expected shortfall) cannot be: of prices and returns nobody loses more than all."""
    for var, es in forecasts:
        if not np.isfinite([var, es]).all():
            return "its forecast is no number"
        if kind != "spreads" and max(var, es) >= 1:
            return f"a value at risk of {var:.0%} is impossible: check the unit and the cells of the series"
    return None
