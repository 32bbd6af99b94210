"""Back-tests by hand, and a walk that never looks ahead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from finfoundry.core.errors import InputError
from finfoundry.specialists.families.market_risk import market_risk
from finfoundry.specialists.inputs.table import TableSource, read_source
from finfoundry.specialists.market import market_tests
from finfoundry.specialists.market.market_data import read_returns
from finfoundry.specialists.market.market_models import CHAMPION, MODELS, Levels, walk
from finfoundry.specialists.models.specialist import TrainingRequest


def test_kupiec() -> None:
    assert market_tests.kupiec(10, 1000) == pytest.approx(1.0)
    assert market_tests.kupiec(25, 1000) < 0.001
    assert market_tests.kupiec(0, 1000) == pytest.approx(float(stats.chi2.sf(-2 * 1000 * np.log(0.99), 1)))


def test_christoffersen_sees_clusters() -> None:
    scattered, clustered = np.zeros(1000, dtype=bool), np.zeros(1000, dtype=bool)
    scattered[::100], clustered[100:110] = True, True
    assert market_tests.christoffersen(scattered) > 0.5
    assert market_tests.christoffersen(clustered) < 0.001


def test_zones() -> None:
    assert [market_tests.zone(np.array([True] * n + [False] * (250 - n))) for n in (4, 9, 10)] == ["green", "yellow", "red"]


def returns(days: int, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    volatility, found = 0.01, []
    for _ in range(days):
        found.append(volatility * random.standard_t(6) * np.sqrt(4 / 6))
        volatility = np.sqrt(2e-6 + 0.08 * found[-1] ** 2 + 0.9 * volatility**2)
    return np.array(found)


def test_the_walk_does_not_look_ahead() -> None:
    series = returns(800)
    made = walk(series, 20, Levels()).made
    changed = series.copy()
    changed[-1] = -0.5
    again = walk(changed, 20, Levels()).made
    for model in MODELS:
        np.testing.assert_array_equal(made[model], again[model])


def test_life_cycle(tmp_path: Path) -> None:
    prices = 100 * np.exp(np.cumsum(returns(900, seed=1)))
    table = pd.DataFrame({"date": pd.bdate_range("2015-01-01", periods=900), "A": prices})
    table.to_csv(tmp_path / "prices.csv", index=False)
    request = TrainingRequest("market-risk", str(tmp_path / "prices.csv"))
    made = market_risk.train(request, tmp_path / "risk")
    assert market_risk.load(tmp_path / "risk").tests == made.tests
    today = market_risk.score(made, "risk", read_source(tmp_path / "prices.csv")).rows[0]
    assert today.id == "A"
    assert today.score == today.forecasts[CHAMPION].var
    assert (today.base or 0) + sum(one.contribution for one in today.reasons) + (today.rest or 0) == pytest.approx(today.score, abs=1e-9)
    assert [one.contribution for one in today.reasons] == sorted((one.contribution for one in today.reasons), reverse=True)
    assert 0 < today.forecasts["filtered_historical"].var < today.forecasts["filtered_historical"].es
    assert today.stress["fall of 20 %"] > today.stress["fall of 10 %"] > today.forecasts["filtered_historical"].var
    table["date"] = [*table["date"][:5], table["date"][4], *table["date"][6:]]
    table.to_csv(tmp_path / "twice.csv", index=False)
    with pytest.raises(InputError, match="row 6"):
        read_returns(read_source(tmp_path / "twice.csv"), request)


def series(**columns: list[float] | np.ndarray) -> TableSource:
    days = len(next(iter(columns.values())))
    return TableSource("series.csv", pd.DataFrame({"date": pd.bdate_range("2015-01-01", periods=days)} | columns), "")


def test_one_negative_price_does_not_make_the_series_returns() -> None:
    """The fault: a value at risk of -5,114 %."""
    prices = 100 * np.exp(np.cumsum(returns(900, seed=1)))
    prices[400] = -prices[400]
    with pytest.raises(InputError, match="nobody said what the column 'A' holds, and 1 of 900"):
        read_returns(series(A=prices), TrainingRequest("market-risk", ""))
    with pytest.raises(InputError, match="is no price"):
        read_returns(series(A=prices), TrainingRequest("market-risk", "", prices=("A",)))
    prices[400] = abs(prices[400])
    found = read_returns(series(A=prices), TrainingRequest("market-risk", ""))
    assert found.kinds == {"A": "prices"}
    assert "taken for prices" in found.notes[0]


def test_returns_in_percent_are_asked_about_and_read_right_when_said(tmp_path: Path) -> None:
    """The fault: a value at risk of 352 %."""
    parts = returns(900, seed=2)
    request = TrainingRequest("market-risk", "", returns=("all",))
    with pytest.raises(InputError, match="looks like percent"):
        read_returns(series(A=100 * parts), request)
    made = market_risk.train(replace(request, returns_in="percent"), tmp_path / "percent", source=series(A=100 * parts))
    plain = market_risk.train(request, tmp_path / "parts", source=series(A=parts))
    one = market_risk.score(made, "percent", series(A=100 * parts)).rows[0]
    other = market_risk.score(plain, "parts", series(A=parts)).rows[0]
    assert one.score == pytest.approx(other.score, rel=1e-6)
    with pytest.raises(InputError, match="loss of more than all"):
        read_returns(series(A=[0.01, -1.5, 0.02]), replace(request, returns_in="parts"))


def test_spreads_are_at_risk_by_their_change(tmp_path: Path) -> None:
    level = 120 + 300 * np.cumsum(returns(900, seed=3))  # basis points, below 0 at times
    made = market_risk.train(TrainingRequest("market-risk", "", spreads=("A",)), tmp_path / "spread", source=series(A=level))
    today = market_risk.score(made, "spread", series(A=level)).rows[0]
    assert (today.kind, today.refused, today.stress) == ("spreads", None, {})
    moves = np.diff(level)
    assert today.score == pytest.approx(-np.quantile(moves, 0.01), rel=1.5)
    assert market_risk.load(tmp_path / "spread").kinds == {"A": "spreads"}


def test_an_impossible_result_is_refused() -> None:
    assert market_tests.impossible("prices", [(0.05, 0.07)]) is None
    assert "impossible" in str(market_tests.impossible("returns", [(3.52, 4.0)]))
    assert "no number" in str(market_tests.impossible("prices", [(float("nan"), 0.1)]))
    assert market_tests.impossible("spreads", [(12.0, 15.0)]) is None


def test_a_series_is_of_one_kind_and_is_there() -> None:
    table = series(A=[1.0, 2.0, 3.0], B=[1.0, 2.0, 3.0])
    with pytest.raises(InputError, match="prices and spreads"):
        read_returns(table, TrainingRequest("market-risk", "", prices=("A",), spreads=("A",)))
    with pytest.raises(InputError, match="no column of numbers 'C'"):
        read_returns(table, TrainingRequest("market-risk", "", prices=("C",)))
