"""Market risk against closed forms and simulated truth: tails, back-tests and their size, Euler's parts, stress, the walk as served."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from finfoundry.core.errors import InputError
from finfoundry.specialists.families.market_risk import market_risk
from finfoundry.specialists.inputs.table import TableSource
from finfoundry.specialists.market import market_tests
from finfoundry.specialists.market.garch import filter_volatility, fit_garch, persistence
from finfoundry.specialists.market.market_data import read_returns
from finfoundry.specialists.market.market_models import CHAMPION, MODELS, Levels, holds, stress_period, t_tail, tail, walk
from finfoundry.specialists.market.market_results import AskedRisk, MarketRisk
from finfoundry.specialists.market.portfolio import euler, profits, read_positions
from finfoundry.specialists.market.scenarios import library, of_factors, read_factors
from finfoundry.specialists.models.specialist import MODEL, TrainingRequest, write_sealed

LEVELS = Levels()


def garch_returns(days: int, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    volatility, found = 0.01, []
    for _ in range(days):
        found.append(volatility * random.standard_t(6) * np.sqrt(4 / 6))
        volatility = np.sqrt(2e-6 + 0.08 * found[-1] ** 2 + 0.9 * volatility**2)
    return np.array(found)


def source(table: dict[str, np.ndarray], end: str = "") -> TableSource:
    days = len(next(iter(table.values())))
    dates = pd.bdate_range(end=end, periods=days) if end else pd.bdate_range("2015-01-01", periods=days)
    return TableSource("series.csv", pd.DataFrame({"date": dates} | table), "")


RETURNS = TrainingRequest("market-risk", "", returns=("all",))

# Up a percent, down a percent: each optimiser ends where shocks are never forgotten, so no fit counts. Noisier series end elsewhere on
# other processors.
PEGGED = np.where(np.arange(900) % 2, 0.01, -0.01) + np.random.default_rng(0).standard_normal(900) * 1e-6


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[MarketRisk, dict[str, np.ndarray]]:
    series = {"A": garch_returns(1050, seed=4), "B": garch_returns(1050, seed=5)}
    folder = tmp_path_factory.mktemp("market")
    return market_risk.train(RETURNS, folder / "risk", source=source({name: one[:900] for name, one in series.items()})), series


def test_service_forecasts_what_the_walk_tests(trained: tuple[MarketRisk, dict[str, np.ndarray]]) -> None:
    """The fault: tested with a fit every 125 days, served with the one of the training for ever."""
    made, series = trained
    walked = walk(series["A"], 150, LEVELS, made.fit("A"))
    for new in (0, 1, 124, 125, 140):
        served = market_risk.score(made, "risk", source({"A": series["A"][: 900 + new]})).rows[0].forecasts
        for model in MODELS:
            found = (served[model].var, served[model].es, served[model].es_var)
            assert found == tuple(np.round(walked.made[model][new], 10)), (new, model)
    assert fit_garch(series["A"][25:1025]).parameters != made.parameters["A"]


def test_validation_and_monitoring_of_days_since_the_training_go_as_served(tmp_path: Path) -> None:
    series = garch_returns(1160, seed=8)
    made = market_risk.train(RETURNS, tmp_path / "risk", source=source({"A": series[:860]}))
    walked = walk(series, 300, LEVELS, made.fit("A"))
    expected = market_tests.back_tests("A", walked.losses, walked.made, walked.tails, LEVELS)
    assert market_risk.validate(made, "risk", source({"A": series})).tests == expected
    last = int((walked.losses[-250:] > walked.made[CHAMPION][-250:, 0]).sum()) / 250
    assert market_risk.monitor(made, "risk", source({"A": series})).figures[f"{CHAMPION}: breach_rate"].value == last


def test_the_filter_is_the_recursion_to_the_bit() -> None:
    returns, p = garch_returns(500), {"mu": 0.03, "omega": 0.01, "alpha[1]": 0.03, "gamma[1]": 0.1, "beta[1]": 0.89, "nu": 6.0}
    shocks = 100 * returns - p["mu"]
    variance = [float(np.var(shocks[:75]))]
    for shock in shocks.tolist():
        square = shock * shock
        variance.append(p["omega"] + p["alpha[1]"] * square + p["gamma[1]"] * square * (shock < 0) + p["beta[1]"] * variance[-1])
    np.testing.assert_array_equal(filter_volatility(returns, p), np.sqrt(variance) / 100)


def test_a_fit_counts_only_where_it_converged_and_forgets() -> None:
    good = fit_garch(garch_returns(1000, seed=1))
    assert (good.fallback, persistence(good.parameters) < 1) == ("", True)
    bad = fit_garch(PEGGED)
    assert "exponential average" in bad.fallback
    assert (bad.parameters["beta[1]"], bad.parameters["omega"]) == (0.94, 0.0)
    assert np.isfinite(filter_volatility(PEGGED, bad.parameters)).all()


def test_a_fall_back_is_said_at_training_and_with_each_forecast(tmp_path: Path) -> None:
    made = market_risk.train(RETURNS, tmp_path / "risk", source=source({"A": PEGGED}))
    assert any("of the fits did not count" in one for one in made.warnings)
    assert "exponential average" in made.fallbacks["A"]
    assert market_risk.load(tmp_path / "risk").fallbacks == made.fallbacks
    assert "exponential average" in market_risk.score(made, "risk", source({"A": PEGGED})).rows[0].fallback


def test_the_age_of_the_data_is_warned_of(trained: tuple[MarketRisk, dict[str, np.ndarray]]) -> None:
    made, series = trained
    old = market_risk.score(made, "risk", source(series))
    assert "A, B end on 2019-01-09" in old.warnings[0]
    assert "working days ago" in old.warnings[0]
    fresh = market_risk.score(made, "risk", source(series, end=str(pd.Timestamp.now(tz="UTC").date())))
    assert fresh.warnings == []


def test_the_tail_of_normal_returns_is_the_closed_form() -> None:
    """VaR = z, ES = density(z) / (1 - level): 2.3263 at 99 %, 2.3378 at 97.5 %."""
    one, points = t_tail(1e7, LEVELS)
    z = stats.norm.ppf(0.975)
    assert (one.var, one.es, one.es_var) == pytest.approx((stats.norm.ppf(0.99), stats.norm.pdf(z) / 0.025, z), abs=1e-4)
    assert points.mean() == pytest.approx(one.es, rel=5e-3)
    drawn, beyond = tail(-np.random.default_rng(0).standard_normal(1_000_000), LEVELS)
    assert (drawn.var, drawn.es) == pytest.approx((2.3263, 2.3378), abs=0.01)
    assert beyond.mean() == drawn.es


def histories(days: int, count: int, seed: int, scale: float = 1.0) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    return [scale * random.standard_normal(days) for _ in range(count)]


def normal_tails(days: int) -> np.ndarray:
    points = stats.norm.isf(0.025 * (np.arange(25) + 0.5) / 25)
    return np.tile(points / points.mean(), (days, 1))


def test_the_critical_value_of_acerbi_and_szekely_is_theirs() -> None:
    """They print -0.70 for Z2 at 5 % over 250 days, whatever the tail (2014, section 4)."""
    z1, z2 = market_tests.simulated(normal_tails(250), 0.975)
    assert np.quantile(z2, 0.05) == pytest.approx(-0.70, abs=0.05)
    assert np.mean(z2) == pytest.approx(0, abs=0.03)
    assert np.mean(z1) == pytest.approx(0, abs=0.03)


def test_the_tests_of_the_shortfall_have_their_size_and_power() -> None:
    z = stats.norm.ppf(0.975)
    es, level = np.full(250, stats.norm.pdf(z) / 0.025), np.full(250, z)
    by_chance = market_tests.simulated(normal_tails(250), 0.975, seed=1)

    def rejected(drawn: list[np.ndarray]) -> tuple[float, float]:
        found = [market_tests.acerbi_szekely(losses, es, level, 0.975) for losses in drawn]
        first = [market_tests.share_below(by_chance[0], z1) < 0.05 for z1, _ in found if z1 is not None]
        return float(np.mean(first)), float(np.mean([market_tests.share_below(by_chance[1], z2) < 0.05 for _, z2 in found]))

    assert rejected(histories(250, 1000, seed=2)) == pytest.approx((0.05, 0.05), abs=0.025)
    assert rejected(histories(250, 300, seed=3, scale=1.4))[1] > 0.6


def test_kupiec_and_christoffersen_have_their_size() -> None:
    random = np.random.default_rng(5)
    hits = [random.random(1000) < 0.01 for _ in range(600)]
    exact = sum(float(stats.binom.pmf(count, 1000, 0.01)) for count in range(60) if market_tests.kupiec(count, 1000) < 0.05)
    assert exact < 0.1, "counts are whole, so that 5 % cannot be met"
    drawn = np.mean([market_tests.kupiec(int(count), 1000) < 0.05 for count in random.binomial(1000, 0.01, 3000)])
    assert drawn == pytest.approx(exact, abs=0.015)
    assert np.mean([market_tests.christoffersen(one) < 0.05 for one in hits]) < 0.08
    assert market_tests.kupiec(25, 1000, 0.025) == pytest.approx(1.0)


def test_the_traffic_light_is_of_its_level() -> None:
    light = [market_tests.zone(np.array([True] * n + [False] * (250 - n)), 0.025) for n in (10, 11, 16, 17)]
    assert light == ["green", "yellow", "yellow", "red"]


def test_the_parts_of_the_positions_add_up_and_are_the_closed_form() -> None:
    """Of normal returns a part is the figure of all times amount x covariance with all / variance of all (Euler)."""
    random, amounts = np.random.default_rng(0), np.array([3.0, 2.0, -1.0])
    spread = np.array([[1.0, 0.5, 0.3], [0.5, 2.0, 0.1], [0.3, 0.1, 0.5]])
    scenarios = random.multivariate_normal(np.zeros(3), spread, 400_000) * amounts
    var, es = euler(scenarios, LEVELS)
    whole, _ = tail(scenarios.sum(axis=1), LEVELS)
    assert (var.sum(), es.sum()) == pytest.approx((whole.var, whole.es), rel=1e-12)
    sigma = np.sqrt(amounts @ spread @ amounts)
    assert es == pytest.approx(amounts * (spread @ amounts) / sigma * stats.norm.pdf(stats.norm.ppf(0.975)) / 0.025, rel=0.05, abs=0.05)


def test_several_positions_with_a_file(trained: tuple[MarketRisk, dict[str, np.ndarray]], tmp_path: Path) -> None:
    made, series = trained
    (tmp_path / "positions.csv").write_text('series,amount\nA,"1,000,000"\nB,-250000.50\nA,500000\n')
    asked = AskedRisk(of_factors({"A": "equity_us", "B": "equity_us"}), tmp_path / "positions.csv")
    found = market_risk.score(made, "risk", source(series), asked).portfolio
    assert found is not None
    assert [(one.series, one.amount) for one in found.components] == [("A", Decimal(1500000)), ("B", Decimal("-250000.50"))]
    champion = found.models[CHAMPION]
    assert sum(one.var for one in found.components) == pytest.approx(champion.var, abs=1e-4)
    assert sum(one.es for one in found.components) == pytest.approx(champion.es, abs=1e-4)
    assert found.components[1].var < found.components[1].alone
    assert champion.var < sum(one.alone for one in found.components)
    assert found.scenarios["Black Monday"] == pytest.approx(0.205 * (1500000 - 250000.50))
    assert (found.stress_period.es > 0, len(found.tests)) == (True, 1)
    own = 1500000 * series["A"] - 250000.50 * series["B"]
    assert found.models["historical"].var == pytest.approx(-np.quantile(own[-1000:], 0.01), rel=1e-6)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("series,amount\nA,much\n", "no amount"),
        ("series,amount\nA,5\nA,-5\n", "holds no position"),
        ("series,value\nA,5\n", "no column 'amount'"),
        ("series,amount\nZ,5\n", "no series 'Z'"),
    ],
)
def test_positions_that_cannot_be_read_are_refused(
    trained: tuple[MarketRisk, dict[str, np.ndarray]], tmp_path: Path, text: str, told: str
) -> None:
    (tmp_path / "positions.csv").write_text(text)
    made, series = trained
    with pytest.raises(InputError, match=told):
        market_risk.score(made, "risk", source(series), AskedRisk(positions=tmp_path / "positions.csv"))


def test_the_profit_of_a_price_is_its_simple_return(tmp_path: Path) -> None:
    prices = 100 * np.exp(np.cumsum(garch_returns(300)))
    read = read_returns(source({"A": prices}), TrainingRequest("market-risk", "", prices=("A",)))
    (tmp_path / "p.csv").write_text("series,amount\nA,100\n")
    made = profits(read.table, read.kinds, read_positions(tmp_path / "p.csv"))
    np.testing.assert_allclose(made["A"], 100 * (prices[1:] / prices[:-1] - 1), rtol=1e-9)


def test_stress_is_the_worst_twelve_months() -> None:
    returns = 0.01 * np.random.default_rng(1).standard_normal(1500)
    returns[600:850] *= 4
    start, end, found = stress_period(pd.Series(returns, pd.bdate_range("2015-01-01", periods=1500)), LEVELS)
    worst = max(tail(returns[at : at + 250], LEVELS)[0].es for at in range(1251))
    assert tail(found, LEVELS)[0].es == pytest.approx(worst, rel=1e-12)
    assert worst > 3 * tail(returns[:250], LEVELS)[0].es
    first, last = (int((pd.bdate_range("2015-01-01", periods=1500) <= day).sum()) for day in (start, end))
    assert (last - first, first < 850, last > 600) == (249, True, True)


def test_levels_are_a_setting(tmp_path: Path) -> None:
    table = source({"A": garch_returns(800, seed=3)})
    usual = market_risk.train(RETURNS, tmp_path / "usual", source=table)
    other = market_risk.train(replace(RETURNS, var_level=0.95, es_level=0.99), tmp_path / "other", source=table)
    one, two = (market_risk.score(made, "risk", table).rows[0].forecasts["historical"] for made in (usual, other))
    moves = garch_returns(800, seed=3)
    assert (one.var, two.var) == pytest.approx((-np.quantile(moves, 0.01), -np.quantile(moves, 0.05)), abs=1e-9)
    assert one.es < two.es
    assert other.tests[0].expected == pytest.approx(0.05 * other.tests[0].days)
    with pytest.raises(InputError, match="no level of a tail"):
        market_risk.train(replace(RETURNS, var_level=0.01), tmp_path / "wrong", source=table)


def test_the_library_of_scenarios() -> None:
    assert {one.name for one in library()} >= {"Black Monday", "Rates up, parallel"}
    assert all(one.source and one.moves and all(-1 < move < 1 for move in one.moves.values()) for one in library())
    assert of_factors(read_factors(["ACME=equity_us", "GILT=rate_gbp"]))["Rates up, parallel"] == {"GILT": 0.025}
    with pytest.raises(InputError, match="no factor 'moon'"):
        of_factors({"ACME": "moon"})
    with pytest.raises(InputError, match="names no series"):
        read_factors(["ACME"])


def test_records_of_before_are_replayed_by_what_they_hold() -> None:
    assert holds({"a": {"x": 1.0}, "b": None}, {"a": {"x": 1.0, "new": 2}, "b": None, "c": 3})
    assert not holds({"a": {"x": 1.0}}, {"a": {"x": 1.1}})
    assert not holds({"a": 1}, {})


def test_a_specialist_of_before_keeps_its_one_level(tmp_path: Path) -> None:
    made = market_risk.train(RETURNS, tmp_path / "risk", source=source({"A": garch_returns(760, seed=4)}))
    told = json.loads((tmp_path / "risk" / MODEL).read_bytes())
    assert told["request"].pop("es_level") == 0.975
    write_sealed(tmp_path / "risk", {MODEL: json.dumps(told).encode()})
    assert (made.levels, market_risk.load(tmp_path / "risk").levels) == (Levels(0.99, 0.975), Levels(0.99, 0.99))
    assert made.until == str(pd.bdate_range("2015-01-01", periods=760)[-1])
