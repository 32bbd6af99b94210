"""Back-tests of value at risk and expected shortfall. p-values: small = the forecasts are rejected.

Kupiec (1995), Christoffersen (1998), the traffic light of Basel MAR32, McNeil and Frey (2000), Acerbi and Szekely (2014).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from finfoundry.specialists.market.market_data import Kind
from finfoundry.specialists.market.market_models import Levels

_DRAWN = 2000  # histories that a critical value is simulated from
_YELLOW, _RED = 0.95, 0.9999  # chances of so many breaches or fewer from which on a zone begins (Basel MAR32, table 1)


@dataclass(frozen=True)
class BackTest:
    """A model against a series. ``zone`` is the Basel traffic light over the last 250 days. p-values: small = rejected.

    ``es_p``: one-sided bootstrap test that breaches are no larger than the expected shortfall (McNeil and Frey 2000). ``z1``, ``z2``:
    Acerbi and Szekely (2014), 0 where the shortfall is right and below 0 where it is too small, the one of the size of breaches, the other
    of size and number; their p-values are simulated under the forecasts. None with fewer than 5 breaches, or in files of before.
    """

    series: str
    model: str
    days: int
    breaches: int
    expected: float
    kupiec_p: float
    christoffersen_p: float
    zone: str
    es_p: float | None
    z1: float | None = None
    z1_p: float | None = None
    z2: float | None = None
    z2_p: float | None = None


def back_test(series: str, model: str, losses: np.ndarray, made: np.ndarray, tails: np.ndarray, levels: Levels) -> BackTest:
    """All tests of one model. ``losses``: shape (days,); ``made``: (days, 3) and ``tails``: (days, points), as in ``Walked``."""
    var, es, es_var = made.T
    hits, rate = losses > var, 1 - levels.var
    z1, z2 = acerbi_szekely(losses, es, es_var, levels.es)
    by_chance = simulated(tails, levels.es)
    return BackTest(
        series, model, len(losses), int(hits.sum()), len(losses) * rate, kupiec(int(hits.sum()), len(losses), rate), christoffersen(hits),
        zone(hits, rate), shortfall_test(losses, es_var, es), z1, None if z1 is None else share_below(by_chance[0], z1), z2,
        share_below(by_chance[1], z2),
    )  # fmt: skip


def back_tests(
    series: str, losses: np.ndarray, made: Mapping[str, np.ndarray], tails: Mapping[str, np.ndarray], levels: Levels
) -> list[BackTest]:
    """``back_test`` of each model against one series, its losses of shape (days,); ``made``, ``tails``: by model."""
    return [back_test(series, model, losses, pairs, tails[model], levels) for model, pairs in made.items()]


def acerbi_szekely(losses: np.ndarray, es: np.ndarray, es_var: np.ndarray, level: float) -> tuple[float | None, float]:
    """Z1 and Z2 (Acerbi and Szekely 2014, equations 5 and 6): 1 - the mean of loss / ES over the breaches, and 1 - their sum over the
    number that is expected. Z1 is None where nothing was breached. The three arrays have shape (days,).
    """
    ratios = (losses / es)[losses > es_var]
    z1 = float(1 - ratios.mean()) if len(ratios) else None
    return z1, float(1 - ratios.sum() / (len(losses) * (1 - level)))


def simulated(tails: np.ndarray, level: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Z1 and Z2 of simulated histories in which the forecasts are right, each of shape (histories,); Z1 only of those with a breach.

    ``tails``: of each day equally likely losses beyond, over its ES, shape (days, points).
    """
    random = np.random.default_rng(seed)
    days, points = tails.shape
    counts = random.binomial(days, 1 - level, _DRAWN)
    drawn = tails[random.integers(0, days, counts.sum()), random.integers(0, points, counts.sum())]
    sums = np.bincount(np.repeat(np.arange(_DRAWN), counts), weights=drawn, minlength=_DRAWN)
    return 1 - sums[counts > 0] / counts[counts > 0], 1 - sums / (days * (1 - level))


def share_below(by_chance: np.ndarray, found: float) -> float:
    """One-sided p-value of ``found``: the share of simulated values, shape (histories,), that are as bad (as low)."""
    return float((1 + (by_chance <= found).sum()) / (1 + len(by_chance)))


def kupiec(breaches: int, days: int, rate: float = 0.01) -> float:
    """p-value of the likelihood ratio test that breaches come at ``rate`` (Kupiec 1995)."""

    def log_likelihood(p: float) -> float:
        return float(stats.binom.logpmf(breaches, days, p))

    statistic = 2 * (log_likelihood(breaches / days) - log_likelihood(rate))
    return float(stats.chi2.sf(max(statistic, 0.0), 1))


def christoffersen(hits: np.ndarray) -> float:
    """p-value of the likelihood ratio test that a breach does not depend on the day before (Christoffersen 1998).

    ``hits``: whether each day was a breach, bool, shape (days,). 1 where no breach can be followed or preceded by a day.
    """
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


def zone(hits: np.ndarray, rate: float = 0.01) -> str:
    """Basel's traffic light: at 99 % green up to 4 breaches of the last 250 days, yellow up to 9, then red; the like at other levels.

    ``hits``: whether each day was a breach, bool, shape (days,); ``rate``: the share of breaches that is expected.
    """
    recent = hits[-250:]
    chance = float(stats.binom.cdf(int(recent.sum()), len(recent), rate))
    return "green" if chance < _YELLOW else "yellow" if chance < _RED else "red"


def shortfall_test(losses: np.ndarray, var: np.ndarray, es: np.ndarray) -> float | None:
    """One-sided p-value that breaches exceed the expected shortfall no more than by chance; None with fewer than 5 breaches.

    ``losses``, ``var`` (of which more is a breach) and ``es`` have shape (days,).
    """
    hits = losses > var
    if hits.sum() < 5:
        return None
    excess = (losses[hits] - es[hits]) / es[hits]
    spread = excess.std(ddof=1)
    if spread == 0:
        return 1.0 if excess.mean() <= 0 else 0.0
    statistic = excess.mean() / (spread / np.sqrt(len(excess)))
    centred = excess - excess.mean()
    drawn = np.random.default_rng(0).choice(centred, (2000, len(excess)))
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
