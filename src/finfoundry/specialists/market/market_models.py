"""Three models of one day's loss, and their walk forward: *historical* (quantile of the last returns), *parametric* (GARCH with Student t
shocks), *filtered historical* (GARCH volatility times the quantile of its own past shocks: Barone-Adesi, Giannopoulos, Vosper 1999).

Parameters are estimated again every ``REFIT`` days. In service they are so, too, counted from the last day of the training: a walk over
days that came since makes the very forecasts that service made on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from finfoundry.core import cancellation
from finfoundry.core.errors import InputError
from finfoundry.specialists.market.garch import Fit, Parameters, filter_volatility, fit_garch

MODELS = ("historical", "filtered_historical", "parametric")
CHAMPION = "filtered_historical"
WINDOW = 1000  # days that a forecast and a fit look back on
REFIT = 125  # days until the parameters are estimated again; the volatility moves every day
LEAST = 250  # days that a forecast needs
STRESS = 250  # days of the period of stress: twelve months (Basel MAR33.5)
_TAIL_POINTS = 200  # equally likely losses that make up the tail of the parametric model


@dataclass(frozen=True)
class Levels:
    """Of value at risk, which Basel tests at 99 % (MAR32), and of expected shortfall, which measures capital at 97.5 % (MAR33)."""

    var: float = 0.99
    es: float = 0.975

    def __post_init__(self) -> None:
        for level in (self.var, self.es):
            if not 0.9 <= level < 1:
                raise InputError(f"A level of {level:g} is no level of a tail", remedy="Give one from 0.9 on, below 1")


@dataclass(frozen=True)
class Forecast:
    """One day of one model: losses are positive, in parts of the value.

    ``es_var``: the value at risk at the level of ``es``, beyond which that is the mean; None in records of before.
    """

    var: float
    es: float
    es_var: float | None = None

    def __str__(self) -> str:
        return f"VaR {self.var:.2%}, ES {self.es:.2%}"


@dataclass
class Walked:
    """What each model forecast of each day, the evening before. ``made``: shape (days, 3) of VaR, ES and the VaR at the level of the ES;
    ``tails``: of each day equally likely losses beyond that, as multiples of the ES. ``fallbacks``: fits that did not count, by day.
    """

    losses: np.ndarray
    made: dict[str, np.ndarray]
    tails: dict[str, np.ndarray]
    fallbacks: dict[int, str] = field(default_factory=dict)


def tail(sample: np.ndarray, levels: Levels) -> tuple[Forecast, np.ndarray]:
    """Value at risk and expected shortfall of a sample of returns, shape (days,), and the losses of which the shortfall is the mean,
    shape (n,), the smallest first.
    """
    losses = np.sort(-sample)
    var, es_var = (float(one) for one in np.quantile(losses, [levels.var, levels.es]))
    beyond = losses[losses >= es_var]
    return Forecast(var, float(beyond.mean()), es_var), beyond


def t_tail(nu: float, levels: Levels) -> tuple[Forecast, np.ndarray]:
    """``tail`` of a Student t shock with a variance of 1, in closed form (McNeil, Frey, Embrechts 2005, 2.2.4): the forecast, and equally
    likely losses beyond, shape (points,), the smallest first.
    """
    scale = float(np.sqrt((nu - 2) / nu))
    at, es_at = (-float(stats.t.ppf(1 - level, nu)) for level in (levels.var, levels.es))
    es = float(stats.t.pdf(es_at, nu)) / (1 - levels.es) * (nu + es_at**2) / (nu - 1)
    points = -stats.t.ppf((1 - levels.es) * (np.arange(_TAIL_POINTS) + 0.5) / _TAIL_POINTS, nu) * scale
    return Forecast(scale * at, scale * es, scale * es_at), np.sort(points)


def forecasts(returns: np.ndarray, p: Parameters, levels: Levels) -> dict[str, Forecast]:
    """The three models' forecasts for the day after the last return. ``returns``: in parts, shape (days,), the latest last."""
    return {model: forecast for model, (forecast, _) in _three(returns, p, levels, t_tail(p["nu"], levels)).items()}


def _three(
    returns: np.ndarray, p: Parameters, levels: Levels, shock: tuple[Forecast, np.ndarray]
) -> dict[str, tuple[Forecast, np.ndarray]]:
    """``forecasts``, each with the losses beyond, shape (n,), of which its ES is the mean."""
    recent, mean = returns[-WINDOW:], p["mu"] / 100
    volatility = filter_volatility(recent, p)
    now, own = float(volatility[-1]), tail((recent - mean) / volatility[:-1], levels)
    return {
        "historical": tail(recent, levels),
        "filtered_historical": _scaled(own, now, mean),
        "parametric": _scaled(shock, now, mean),
    }


def _scaled(shocks: tuple[Forecast, np.ndarray], now: float, mean: float) -> tuple[Forecast, np.ndarray]:
    one, beyond = shocks
    return Forecast(now * one.var - mean, now * one.es - mean, now * (one.es_var or 0.0) - mean), now * beyond - mean


def walk(returns: np.ndarray, days: int, levels: Levels, first: Fit | None = None) -> Walked:
    """The last ``days`` losses and the forecasts made the evening before. ``returns``: in parts, shape (all days,), the latest last.
    ``first``: the fit to begin with, as that of the training.
    """
    start = len(returns) - days
    made: dict[str, list[tuple[float, ...]]] = {model: [] for model in MODELS}
    tails: dict[str, list[np.ndarray]] = {model: [] for model in MODELS}
    fallbacks: dict[int, str] = {}
    for day in range(start, len(returns)):
        cancellation.check()
        if (day - start) % REFIT == 0:
            fit = first if first is not None and day == start else fit_garch(returns[max(0, day - WINDOW) : day])
            shock = t_tail(fit.parameters["nu"], levels)
            if fit.fallback:
                fallbacks[day] = fit.fallback
        for model, (one, beyond) in _three(returns[:day], fit.parameters, levels, shock).items():
            made[model].append((one.var, one.es, one.es_var or 0.0))
            tails[model].append(_points(beyond / one.es))
    return Walked(
        -returns[start:], {name: np.array(one) for name, one in made.items()}, {n: np.array(t) for n, t in tails.items()}, fallbacks
    )


def _points(ratios: np.ndarray, count: int = 25) -> np.ndarray:
    """A sorted tail by ``count`` means of equal shares, so that every day has as many, with the same mean."""
    total = np.concatenate([[0.0], np.cumsum(ratios)]) / len(ratios)
    return np.asarray(np.diff(np.interp(np.linspace(0, 1, count + 1), np.linspace(0, 1, len(total)), total)) * count)


def since(values: pd.Series, until: str) -> int:
    """How many of a series' days lie after the last one of the training."""
    last = pd.Timestamp(until) if pd.api.types.is_datetime64_any_dtype(values.index) else float(until)
    return int((values.index > last).sum())


def parameters_in_service(returns: np.ndarray, new: int, trained: Fit) -> Fit:
    """The fit that holds after ``new`` days: the training's, or the one of the last multiple of ``REFIT`` days, as ``walk`` makes it.

    ``returns``: in parts, shape (days,), the ``new`` ones last.
    """
    end = len(returns) - new % REFIT
    if new < REFIT or end < LEAST:
        return trained
    return fit_garch(returns[max(0, end - WINDOW) : end])


@dataclass(frozen=True)
class Stressed:
    """Value at risk and expected shortfall of the twelve months in which the shortfall was greatest (Basel MAR33.5 to 33.7)."""

    start: str
    end: str
    var: float
    es: float


def stress_period(values: pd.Series, levels: Levels) -> tuple[str, str, np.ndarray]:
    """First and last day of the period with the greatest shortfall (``Stressed``), and its returns: shape (days,), ``STRESS`` at most."""
    returns = values.to_numpy(dtype=np.float64)
    windows = np.lib.stride_tricks.sliding_window_view(-returns, min(STRESS, len(returns)))
    count = windows.shape[1] - int(np.ceil(levels.es * (windows.shape[1] - 1)))  # as many as ``tail`` takes the mean of
    worst = np.partition(windows, -count, axis=1)[:, -count:].mean(axis=1)
    at = int(worst.argmax())
    end = at + windows.shape[1]
    return str(values.index[at])[:10], str(values.index[end - 1])[:10], returns[at:end]


def stressed(start: str, end: str, returns: np.ndarray, levels: Levels, digits: int) -> Stressed:
    """Value at risk and expected shortfall of the returns of a period, shape (days,), rounded to ``digits``."""
    one, _ = tail(returns, levels)
    return Stressed(start, end, round(one.var, digits), round(one.es, digits))


def holds(recorded: Any, new: Any) -> bool:
    """Whether all that was recorded came out the same; what has been added to outputs since is not looked at."""
    if isinstance(recorded, Mapping) and isinstance(new, Mapping):
        return all(name in new and holds(value, new[name]) for name, value in recorded.items())
    return bool(recorded == new)
