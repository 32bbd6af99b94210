"""Back-tests by hand, and a walk that never looks ahead."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from finfoundry.core.errors import InputError
from finfoundry.specialists import market_risk, market_tests
from finfoundry.specialists.market_data import read_returns
from finfoundry.specialists.specialist import Request
from finfoundry.specialists.table import read_source


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
    _, made = market_risk.walk(series, 20)
    changed = series.copy()
    changed[-1] = -0.5
    _, again = market_risk.walk(changed, 20)
    for model in market_risk.MODELS:
        np.testing.assert_array_equal(made[model], again[model])


def test_life_cycle(tmp_path: Path) -> None:
    prices = 100 * np.exp(np.cumsum(returns(900, seed=1)))
    table = pd.DataFrame({"date": pd.bdate_range("2015-01-01", periods=900), "A": prices})
    table.to_csv(tmp_path / "prices.csv", index=False)
    request = Request("market-risk", str(tmp_path / "prices.csv"))
    made = market_risk.train(request, tmp_path / "risk")
    assert market_risk.load(tmp_path / "risk").tests == made.tests
    today = market_risk.score(made, "risk", read_source(tmp_path / "prices.csv")).rows[0]
    assert today.id == "A"
    assert today.score == today.forecasts[market_risk.CHAMPION].var
    assert (today.base or 0) + sum(one.contribution for one in today.reasons) + (today.rest or 0) == pytest.approx(today.score, abs=1e-9)
    assert [one.contribution for one in today.reasons] == sorted((one.contribution for one in today.reasons), reverse=True)
    assert 0 < today.forecasts["filtered_historical"].var < today.forecasts["filtered_historical"].es
    assert today.stress["fall of 20 %"] > today.stress["fall of 10 %"] > today.forecasts["filtered_historical"].var
    table["date"] = [*table["date"][:5], table["date"][4], *table["date"][6:]]
    table.to_csv(tmp_path / "twice.csv", index=False)
    with pytest.raises(InputError, match="row 6"):
        read_returns(read_source(tmp_path / "twice.csv"), request)
