"""Rating grades on a master scale, and back-tests of their forecasts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from finfoundry.specialists.models.metrics import equal_groups

# Upper limits of the probability of default, each about twice the one before, as in the master scales that banks publish.
MASTER_SCALE = (0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.0)


@dataclass(frozen=True)
class Grade:
    """One grade of the master scale against what happened.

    ``low``, ``high``: the 95 % Jeffreys interval of the default rate. ``jeffreys_p``: chance under the posterior that the true rate
    is at most the forecast (ECB instructions for validation reporting, 2019): small = the forecast is too low.
    ``binomial_p``: two-sided exact binomial test of the forecast.
    """

    grade: int
    rows: int
    forecast: float
    events: int
    rate: float
    low: float
    high: float
    jeffreys_p: float
    binomial_p: float


def grade(probability: np.ndarray) -> np.ndarray:
    """Grades from 1 (best) to 10, int64; probabilities and result have shape (rows,)."""
    return np.asarray(np.searchsorted(MASTER_SCALE, probability, side="left") + 1)


def back_test(y: np.ndarray, probability: np.ndarray) -> list[Grade]:
    """The back-test of every grade that has rows, the best first. ``y`` (0 or 1) and ``probability`` have shape (rows,)."""
    found = []
    at = grade(probability)
    for number in np.unique(at):
        rows = at == number
        n, events, forecast = int(rows.sum()), int(y[rows].sum()), float(probability[rows].mean())
        posterior = stats.beta(events + 0.5, n - events + 0.5)
        found.append(
            Grade(
                int(number),
                n,
                forecast,
                events,
                events / n,
                float(posterior.ppf(0.025)),
                float(posterior.ppf(0.975)),
                float(posterior.cdf(forecast)),
                float(stats.binomtest(events, n, forecast).pvalue),
            )
        )
    return found


def hosmer_lemeshow(y: np.ndarray, probability: np.ndarray) -> tuple[float, float]:
    """Statistic and p-value over ten groups of equal size (Hosmer and Lemeshow 1980). On data the model was not fitted to: as many df.

    Equal probabilities are in one group, so there may be fewer groups. ``y`` (0 or 1) and ``probability`` have shape (rows,).
    """
    total, used = 0.0, 0
    at = equal_groups(probability, 10)
    for part in (np.flatnonzero(at == number) for number in np.unique(at)):
        expected = probability[part].sum()
        variance = expected * (1 - expected / len(part))
        if variance > 0:
            total += float((y[part].sum() - expected) ** 2 / variance)
            used += 1
    return total, float(stats.chi2.sf(total, max(used, 1)))
