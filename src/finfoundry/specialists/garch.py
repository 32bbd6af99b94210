"""Volatility by GJR-GARCH(1,1) with Student t shocks: fitted by ``arch``, filtered day by day here."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np


def fit_garch(returns: np.ndarray) -> dict[str, float]:
    """GJR-GARCH(1,1) with Student t shocks and a constant mean, on returns in parts; the parameters are of returns in percent."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # arch warns of scales and of fits that end at a border; both are checked below
        from arch import arch_model

        usual = 1e-4 < returns.std() < 0.2
        scale = 100.0 if usual else 1 / returns.std()  # spreads may be of any size
        fitted = arch_model(scale * returns, mean="Constant", vol="GARCH", p=1, o=1, q=1, dist="t").fit(disp="off", show_warning=False)
    found = {str(name): float(value) for name, value in fitted.params.items()}
    return found if usual else found | {"mu": found["mu"] * 100 / scale, "omega": found["omega"] * (100 / scale) ** 2}


def filter_volatility(returns: np.ndarray, p: Mapping[str, float]) -> np.ndarray:
    """Volatility of each day and of the day after the last, in parts; length is one more than the returns'."""
    shocks = 100 * returns - p["mu"]
    variance = np.empty(len(returns) + 1)
    variance[0] = np.var(shocks[:75]) or 1e-8
    for day, shock in enumerate(shocks.tolist()):
        square = shock * shock
        variance[day + 1] = p["omega"] + p["alpha[1]"] * square + p["gamma[1]"] * square * (shock < 0) + p["beta[1]"] * variance[day]
    return np.asarray(np.sqrt(np.maximum(variance, 1e-12)) / 100)
