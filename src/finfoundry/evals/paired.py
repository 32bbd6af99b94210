"""Bounds on the difference of two paired shares that hold for few items too.

The percentile bootstrap sees no uncertainty where no pair differs: three items on which nothing was lost would "prove" anything.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

ALPHA = 0.04  # nominal: the score bound errs in up to 6 % of cases for few pairs, so that 5 % truly hold
STEPS = 60  # halvings: far below the last digit that is printed


def lower_difference(gained: int, lost: int, n: int, of: int = 1) -> float:
    """The one-sided 95 % lower bound of (gained - lost) / n over ``n`` pairs, from -1 to 1; one of ``of`` bounds that hold together in 95 %
    of cases (Bonferroni).

    The smaller of two: Tango's score bound (1998, Statistics in Medicine 17:891), which is right for many pairs, and the exact bound on
    the share lost (Clopper and Pearson, 1934) less what was gained, which is right where hardly any pair differs.
    """
    return min(_score_bound(gained, lost, n, of), gained / n - upper_share(lost, n, of))


def upper_share(found: int, n: int, of: int = 1) -> float:
    """The exact one-sided 95 % upper bound of a share of which ``found`` of ``n`` were seen (Clopper and Pearson, 1934), one of ``of``."""
    return 1.0 if found >= n else _falling(lambda share: _at_most(found, n, share) - ALPHA / of, 0.0, 1.0)


def items_to_see(loss: float) -> int:
    """How many items, none of them lost, show that less than ``loss`` of all was lost (95 %). Raises ValueError outside (0, 1)."""
    if not 0 < loss < 1:
        raise ValueError(f"a loss of {loss} is no share between 0 and 1")
    return math.ceil(math.log(ALPHA) / math.log1p(-loss))


def _at_most(found: int, n: int, share: float) -> float:
    """The binomial probability of at most ``found`` of ``n``."""
    if share in (0.0, 1.0):
        return 1.0 - share
    logs = (
        math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * math.log(share) + (n - k) * math.log1p(-share)
        for k in range(found + 1)
    )
    return math.fsum(map(math.exp, logs))


def _score_bound(gained: int, lost: int, n: int, of: int) -> float:
    observed, deviations = (gained - lost) / n, NormalDist().inv_cdf(1 - ALPHA / of)
    return _falling(lambda difference: _score(gained, lost, n, difference) - deviations, -1.0, observed)


def _score(gained: int, lost: int, n: int, difference: float) -> float:
    """Tango's statistic: how far the counts lie above ``difference``, in standard errors under it."""
    b = -gained - lost + (2 * n - gained + lost) * difference
    c = -lost * difference * (1 - difference)
    share_lost = (math.sqrt(max(0.0, b * b - 8 * n * c)) - b) / (4 * n)
    variance = n * (2 * share_lost + difference * (1 - difference))
    distance = gained - lost - n * difference
    return distance / math.sqrt(variance) if variance > 0 else math.copysign(math.inf, distance) if distance else 0.0


def _falling(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a falling function crosses zero, by halving."""
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) > 0 else (low, middle)
    return low
