"""Intervals and tests. Bootstrap over rows or groups, Wilson for shares, Newcombe for two of them, McNemar for pairs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RESAMPLES = 2000
AT_ONCE = 50  # resamples in memory together
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its two-sided 95 % interval over ``n`` rows."""

    value: float
    low: float
    high: float
    n: int
    method: str  # wilson, newcombe, bootstrap, none


def wilson(hits: float, n: int) -> Estimate:
    """A share (Wilson, 1927): keeps its meaning at 0 and 1 and for few rows."""
    if n == 0:
        return Estimate(math.nan, math.nan, math.nan, 0, "none")
    share, z2 = hits / n, Z95 * Z95
    middle, half = share + z2 / (2 * n), Z95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    low, high = (middle - half) / (1 + z2 / n), (middle + half) / (1 + z2 / n)
    return Estimate(share, max(0.0, min(low, share)), min(1.0, max(high, share)), n, "wilson")


def newcombe(hits: float, n: int, other_hits: float, other_n: int) -> Estimate:
    """A share less another of other rows, by the Wilson bounds of both (Newcombe, Statistics in Medicine 17, 1998, method 10)."""
    if n == 0 or other_n == 0:
        return Estimate(math.nan, math.nan, math.nan, 0, "none")
    one, other = wilson(hits, n), wilson(other_hits, other_n)
    value = one.value - other.value
    low = value - math.hypot(one.value - one.low, other.high - other.value)
    high = value + math.hypot(one.high - one.value, other.value - other.low)
    return Estimate(value, low, high, n + other_n, "newcombe")


def weights(n: int, resamples: int, seed: int) -> Iterator[Floats]:
    """How often each of n rows is drawn in each resample, in blocks of shape (b, n)."""
    chance = np.random.default_rng(seed)
    for start in range(0, resamples, AT_ONCE):
        drawn = chance.integers(0, n, size=(min(AT_ONCE, resamples - start), n))
        yield np.stack([np.bincount(one, minlength=n) for one in drawn]).astype(np.float64)


def multinomial(times: NDArray[np.int64], resamples: int, seed: int) -> Iterator[Floats]:
    """The same for rows of which many are alike: how often each kind, found ``times`` times, is drawn; blocks of shape (b, kinds)."""
    chance = np.random.default_rng(seed)
    for start in range(0, resamples, AT_ONCE):
        yield chance.multinomial(times.sum(), times / times.sum(), size=min(AT_ONCE, resamples - start)).astype(np.float64)


def by_group(counts: Floats, groups: Sequence[str]) -> Floats:
    """The counts (n, k) added up within groups: those are what is independent."""
    names = {name: place for place, name in enumerate(dict.fromkeys(groups))}
    total = np.zeros((len(names), counts.shape[1]))
    np.add.at(total, [names[name] for name in groups], counts)
    return total


def bootstrap(counts: Floats, value: Callable[[Floats], Floats], groups: Sequence[str]) -> Estimate:
    """A function of summed counts with its percentile interval (Efron, 1979)."""
    n = len(counts)
    if n == 0:
        return Estimate(math.nan, math.nan, math.nan, 0, "none")
    grouped = by_group(counts, groups)
    drawn = np.concatenate([value(block @ grouped) for block in weights(len(grouped), RESAMPLES, 0)])
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Estimate(float(value(grouped.sum(axis=0))), float(low), float(high), n, "bootstrap")


def mcnemar(only_first: int, only_second: int) -> float:
    """The exact two-sided p of as uneven a split of the pairs that differ (McNemar, 1947; binomial)."""
    n = only_first + only_second
    if n == 0:
        return 1.0
    tail = sum(math.comb(n, k) for k in range(min(only_first, only_second) + 1)) / 2**n
    return float(min(1.0, 2 * tail))
