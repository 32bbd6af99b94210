"""Is the difference of two runs real? The paired bootstrap over their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from finfoundry.evals.intervals import RESAMPLES, Floats, by_group, multinomial
from finfoundry.evals.measures import Measure
from finfoundry.evals.rows import Row


@dataclass(frozen=True, slots=True)
class Difference:
    """Second run minus first, over pairs. ``lower`` is the one-sided 95 % bound: a release asks for it."""

    measure: str
    first: float
    second: float
    difference: float
    low: float
    high: float
    lower: float


def difference(first: Sequence[Row], second: Sequence[Row], measure: Measure, seed: int = 0) -> Difference:
    """The paired bootstrap: both runs are resampled by the same rows (Koehn, 2004)."""
    together = measure.counts([*first, *second])  # labels of both, so that the columns agree
    groups = [row.group for row in first]
    one, other = by_group(together[: len(first)], groups), by_group(together[len(first) :], groups)
    alike, times = np.unique(np.hstack([one, other]), axis=0, return_counts=True)  # of equal rows any may be drawn: thousands become a few
    drawn = np.concatenate([_drawn(block @ alike, measure) for block in multinomial(times, RESAMPLES, seed)])
    low, lower, high = np.nanpercentile(drawn, [2.5, 5.0, 97.5])
    a, b = float(measure.value(one.sum(axis=0))), float(measure.value(other.sum(axis=0)))
    return Difference(measure.name, a, b, b - a, float(low), float(high), float(lower))


def _drawn(sums: Floats, measure: Measure) -> Floats:
    """Second minus first, of sums whose columns are those of the first run, then those of the second."""
    first, second = np.split(sums, 2, axis=1)
    return measure.value(second) - measure.value(first)
