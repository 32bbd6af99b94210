"""Several positions as one: value at risk and expected shortfall in money, and what each position has in them.

Profit and loss of today's positions on each day of the past make one series, which is forecast as any other is. By filtered historical
simulation each past day is a scenario whose size is that of today's volatility; a position's part is its own part of the scenarios that
make the figure (Euler's allocation: Tasche 1999, "Risk contributions and performance measurement"), so that the parts add up to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from finfoundry.core.errors import InputError
from finfoundry.specialists.inputs.table import need, read_table
from finfoundry.specialists.market.garch import Parameters, filter_volatility, fit_garch
from finfoundry.specialists.market.market_data import Kind
from finfoundry.specialists.market.market_models import (
    CHAMPION,
    LEAST,
    WINDOW,
    Forecast,
    Levels,
    Stressed,
    forecasts,
    stress_period,
    stressed,
    tail,
    walk,
)  # fmt: skip
from finfoundry.specialists.market.market_tests import BackTest, back_tests
from finfoundry.specialists.market.scenarios import Shocks
from finfoundry.specialists.market.stale_prices import why_stale

PORTFOLIO = "portfolio"  # its id in the record
_DIGITS = 6  # of money
_TESTED = 500  # days that are walked forward


@dataclass(frozen=True)
class Component:
    """What one position has in the figures of all; of a hedge it is below 0. ``alone``: its own value at risk if it were the only one."""

    series: str
    amount: Decimal
    var: float
    es: float
    alone: float


@dataclass(frozen=True)
class Portfolio:
    """Figures are losses in the currency of the amounts. The components' ``var`` and ``es`` add up to the champion's."""

    date: str
    days: int
    models: dict[str, Forecast]
    components: list[Component]
    stress_period: Stressed
    scenarios: dict[str, float]
    tests: list[BackTest] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Basis:
    """What a forecast of positions is computed from, as the record keeps it. ``moves``: of each position the profits of the last days."""

    date: str
    amounts: dict[str, str]
    moves: dict[str, list[float]]
    unit: float  # of money in which the parameters are
    parameters: dict[str, float]
    period: tuple[str, str, list[float]]
    scenarios: dict[str, float]


def read_positions(path: Path) -> dict[str, Decimal]:
    """A table with ``series`` and ``amount``, what is held of it in money (of a spread: what a unit of it is worth); short is below 0.

    Several rows of a series are added. Raises InputError: a cell that is no amount.
    """
    table = read_table(path, ("series", "amount"))
    found: dict[str, Decimal] = {}
    cells = zip(need(table, "series", "series").fillna(""), need(table, "amount", "amount held").fillna(""), strict=True)
    for row, (series, cell) in enumerate(cells, 1):
        try:
            amount = Decimal(str(cell).replace(",", ""))
        except InvalidOperation:
            amount = Decimal("NaN")
        if not series or not amount.is_finite():
            raise InputError(f"{path.name}, row {row}: {cell!r} of {series!r} is no amount of a series")
        found[series] = found.get(series, Decimal(0)) + amount
    if not any(found.values()):
        raise InputError(f"{path.name} holds no position")
    return {series: amount for series, amount in found.items() if amount}


def profits(returns: pd.DataFrame, kinds: Mapping[str, Kind], positions: Mapping[str, Decimal]) -> pd.DataFrame:
    """What each position would have made on each day that all of them have. Raises InputError: a series that is not there, too few days."""
    if missing := [series for series in positions if series not in returns or series not in kinds]:
        raise InputError(f"There is no series {missing[0]!r} to hold", remedy=f"There are: {', '.join(kinds)}")
    common = returns[list(positions)].dropna()
    if len(common) < LEAST:
        raise InputError(f"The positions have {len(common)} days in common; {LEAST} are needed")
    moves = {name: np.expm1(cells) if kinds[name] == "prices" else cells for name, cells in common.items()}
    return pd.DataFrame({name: float(amount) * moves[name] for name, amount in positions.items()}, index=common.index)


def basis_of(made: pd.DataFrame, positions: Mapping[str, Decimal], shocks: Shocks, levels: Levels) -> tuple[Basis, list[str]]:
    """What the figures are computed from, and warnings about it. Raises InputError: the positions cancel out."""
    total = made.sum(axis=1)
    unit = 100 * float(total.to_numpy()[-WINDOW:].std())
    if not unit > 0:
        raise InputError("The positions cancel out: together they do not move")
    fit = fit_garch(total.to_numpy()[-WINDOW:] / unit)
    start, end, values = stress_period(total, levels)
    whole = {name: moves for name, moves in shocks.items() if set(positions) <= moves.keys()}
    losses = {name: -float(sum(float(amount) * moves[one] for one, amount in positions.items())) for name, moves in whole.items()}
    told = [f"Not all positions have a move in the scenario {name!r}: it is left out" for name in shocks if name not in whole]
    told += [f"The volatility of the positions together: {fit.fallback}"] if fit.fallback else []
    told += [stale for name in made if (stale := why_stale(str(name), made[name]))]
    recent = {str(name): made[name].to_numpy()[-WINDOW:].tolist() for name in made}
    amounts = {name: str(amount) for name, amount in positions.items()}
    return Basis(str(made.index[-1])[:10], amounts, recent, unit, fit.parameters, (start, end, values.tolist()), losses), told


def forecast(basis: Basis, levels: Levels) -> Portfolio:
    """The figures, which need nothing but the basis."""
    parts = np.array(list(basis.moves.values()), dtype=np.float64).T / basis.unit
    made = forecasts(parts.sum(axis=1), basis.parameters, levels)
    scenarios = _today(parts, basis.parameters)
    var, es = euler(scenarios, levels)
    alone = [tail(scenarios[:, number], levels)[0].var for number in range(parts.shape[1])]
    components = [
        Component(name, Decimal(amount), *(round(basis.unit * float(one[number]), _DIGITS) for one in (var, es, alone)))
        for number, (name, amount) in enumerate(basis.amounts.items())
    ]
    start, end, values = basis.period
    return Portfolio(
        basis.date, len(parts), {model: _money(one, basis.unit) for model, one in made.items()}, components,
        stressed(start, end, np.array(values, dtype=np.float64), levels, _DIGITS),
        {name: round(loss, _DIGITS) for name, loss in basis.scenarios.items()},
    )  # fmt: skip


def _today(parts: np.ndarray, p: Parameters) -> np.ndarray:
    """Each past day as a scenario of tomorrow, by position: shape (days, positions)."""
    volatility = filter_volatility(parts.sum(axis=1), p)
    means = parts.mean(axis=0)
    means = means + (p["mu"] / 100 - means.sum()) / len(means)  # together they are the mean of the model
    return np.asarray((parts - means) * (volatility[-1] / volatility[:-1])[:, None] + means)


def euler(scenarios: np.ndarray, levels: Levels) -> tuple[np.ndarray, np.ndarray]:
    """Each position's part of value at risk and of expected shortfall, as ``tail`` takes them from the sums: two of shape (positions,).

    ``scenarios``: profits by position, shape (days, positions), in the unit of the result.
    """
    losses = -scenarios.sum(axis=1)
    order = np.argsort(losses, kind="stable")
    place = levels.var * (len(losses) - 1)
    low, share = int(place), place - int(place)
    high = min(low + 1, len(losses) - 1)
    var = -((1 - share) * scenarios[order[low]] + share * scenarios[order[high]])
    beyond = losses >= np.quantile(losses, levels.es)
    return var, -scenarios[beyond].mean(axis=0)


def _money(one: Forecast, unit: float) -> Forecast:
    return Forecast(*(round(unit * (cell or 0.0), _DIGITS) for cell in (one.var, one.es, one.es_var)))


def tested(made: pd.DataFrame, levels: Levels) -> list[BackTest]:
    """Today's positions walked over the latest days, with the fits of a walk. None where the days are too few."""
    total = made.sum(axis=1).to_numpy(dtype=np.float64)
    days = min(_TESTED, len(total) - 2 * LEAST)
    if days < LEAST:
        return []
    walked = walk(total / (100 * total.std()), days, levels)
    return [one for one in back_tests(PORTFOLIO, walked.losses, walked.made, walked.tails, levels) if one.model == CHAMPION]


def basis_from(kept: Mapping[str, Any]) -> Basis:
    """The basis from what a record keeps of it."""
    start, end, values = kept["period"]
    return Basis(**{**kept, "period": (start, end, values)})
