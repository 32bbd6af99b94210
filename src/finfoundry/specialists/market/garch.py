"""Volatility by GJR-GARCH(1,1) with Student t shocks: fitted by ``arch``, filtered day by day here.

A fit counts only where the optimiser converged and the process forgets (Glosten, Jagannathan, Runkle 1993: alpha + gamma / 2 + beta < 1 for
symmetric shocks); otherwise volatility is the exponential average of RiskMetrics (J.P. Morgan 1996, lambda = .94), and that is said.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.signal import lfilter

Parameters = Mapping[str, float]
_LASTING = 0.9999  # the persistence from which on a shock is never forgotten
_DECAY = 0.94
_HEAVIEST = 2.05  # degrees of freedom below which the variance of a shock is hardly there


@dataclass(frozen=True)
class Fit:
    """``fallback``: why these are not the parameters of a GARCH process; empty where they are."""

    parameters: dict[str, float]
    fallback: str = ""


def persistence(p: Parameters) -> float:
    """How much of a day's variance is left in the next day's, on average."""
    return p["alpha[1]"] + p["gamma[1]"] / 2 + p["beta[1]"]


def fit_garch(returns: np.ndarray) -> Fit:
    """GJR-GARCH(1,1) with Student t shocks and a constant mean, on returns in parts (0.01 is 1 %), shape (days,); the parameters are of
    returns in percent.

    Tried twice, the second time from values that are usual of daily returns.
    """
    usual = 1e-4 < returns.std() < 0.2
    scale = 100.0 if usual else float(1 / returns.std())  # spreads may be of any size
    start = np.array([0.0, 0.02 * float((scale * returns).var()), 0.05, 0.05, 0.9, 8.0])
    why = ""
    for values in (None, start):
        found, why = _fitted(scale * returns, values)
        if not why:
            rescaled = {} if usual else {"mu": found["mu"] * 100 / scale, "omega": found["omega"] * (100 / scale) ** 2}
            return Fit(found | rescaled)
    return Fit(_averaged(returns), f"{why}: volatility is the exponential average with {_DECAY:g}")


def _fitted(returns: np.ndarray, start: np.ndarray | None) -> tuple[dict[str, float], str]:
    """The parameters, and why they do not count."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # arch warns of scales and of fits that end at a border; both are checked here
        from arch import arch_model

        model = arch_model(returns, mean="Constant", vol="GARCH", p=1, o=1, q=1, dist="t", rescale=False)
        fitted = model.fit(disp="off", show_warning=False, starting_values=start)
    found = {str(name): float(value) for name, value in fitted.params.items()}
    if fitted.convergence_flag != 0 or not np.isfinite(list(found.values())).all():
        return found, "the fit did not converge"
    if persistence(found) >= _LASTING:
        return found, f"shocks are never forgotten (persistence {persistence(found):.4f})"
    return found, "" if found["nu"] > _HEAVIEST else f"the shocks have no variance ({found['nu']:.2f} degrees of freedom)"


def _averaged(returns: np.ndarray) -> dict[str, float]:
    """RiskMetrics in the form of GARCH, with a mean of 0; the tail as its own shocks have it, by their kurtosis."""
    p = {"mu": 0.0, "omega": 0.0, "alpha[1]": 1 - _DECAY, "gamma[1]": 0.0, "beta[1]": _DECAY, "nu": 8.0}
    excess = float(stats.kurtosis(returns / filter_volatility(returns, p)[:-1]))
    return p | {"nu": float(np.clip(4 + 6 / excess, 4.1, 200.0)) if excess > 0 else 200.0}


def filter_volatility(returns: np.ndarray, p: Parameters) -> np.ndarray:
    """Volatility of each day and of the day after the last, in parts (0.01 is 1 %): shape (days + 1,) of returns of shape (days,)."""
    shocks = 100 * returns - p["mu"]
    squares = shocks * shocks
    first = np.var(shocks[:75]) or 1e-8
    news = p["omega"] + p["alpha[1]"] * squares + p["gamma[1]"] * squares * (shocks < 0)
    variance = np.append(first, lfilter([1.0], [1.0, -p["beta[1]"]], news, zi=[p["beta[1]"] * first])[0])
    return np.asarray(np.sqrt(np.maximum(variance, 1e-12)) / 100)
