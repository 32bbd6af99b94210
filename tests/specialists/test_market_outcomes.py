"""Market risk in production, from forecasts that were recorded before their day and moves that were recorded after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from finfoundry.core.errors import InputError, NotFound
from finfoundry.core.principal import Principal
from finfoundry.governance.sealed import sealed
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master
from finfoundry.specialists.families.families import at_work, family_named
from finfoundry.specialists.families.family import FamilyServices
from finfoundry.specialists.families.market_risk import market_comparison, market_risk
from finfoundry.specialists.families.market_risk.market_comparison import Loss, compare_market
from finfoundry.specialists.families.market_risk.market_lifecycle import challenge_series
from finfoundry.specialists.families.market_risk.market_outcomes import note_moves, production
from finfoundry.specialists.inputs.table import TableSource
from finfoundry.specialists.lifecycle.beside import Beside
from finfoundry.specialists.lifecycle.registry import Registry
from finfoundry.specialists.lifecycle.shadow import set_shadow
from finfoundry.specialists.market import market_data
from finfoundry.specialists.market.market_models import CHAMPION, Levels
from finfoundry.specialists.market.market_results import MarketRisk
from finfoundry.specialists.market.market_tests import kupiec
from finfoundry.specialists.models.specialist import TrainingRequest

from .conftest import ANA, BOB, validate

TRAINED, SERVED = 780, 30


@dataclass
class Market:
    database: Database
    registry: Registry
    made: MarketRisk
    table: pd.DataFrame  # the training, then days to come


@pytest.fixture
def market(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Market:
    """Forecasts of days to come, as they were when they were made; what happened on those days is entered from a file of later."""
    monkeypatch.setattr(market_data, "_now", lambda zone: pd.Timestamp.now(tz=zone) + pd.Timedelta(days=3650))
    with database.owner() as connection:
        audit.install(connection, Master.open(tmp_path))
    registry = Registry(database, lambda record: sealed(database, tmp_path, record).one("validation"))
    random = np.random.default_rng(3)
    today = pd.Timestamp.now(tz="UTC").tz_localize(None).normalize()
    days = pd.bdate_range(end=today, periods=TRAINED).append(pd.bdate_range(start=today + pd.Timedelta(days=1), periods=SERVED + 1))
    moves = 0.01 * random.standard_t(5, (len(days), 2))
    table = pd.DataFrame({"date": days, "A": moves[:, 0], "B": moves[:, 1]})
    request = TrainingRequest("market-risk", "", returns=("all",), trained_by="ana")
    made = market_risk.train(request, tmp_path / "risk", source=TableSource("prices.csv", table.head(TRAINED), ""))
    registry.register(ANA, tmp_path / "risk", champion=CHAMPION)
    validate(registry, tmp_path / "risk")
    registry.promote(BOB, tmp_path / "risk")
    return Market(database, registry, made, table)


def record(market: Market, days: int) -> dict[str, float]:
    """Forecasts after so many days, on record; the champion's by series."""
    scored, entries = market_risk.score_kept(market.made, "risk", TableSource("prices.csv", market.table.head(days), ""))
    market.registry.record(ANA, {"specialist": "risk", "version": market.made.version}, entries)
    return {row.id: row.forecasts[CHAMPION].var for row in scored.rows}


def test_production_is_tested_from_recorded_forecasts_and_moves(market: Market) -> None:
    told = [record(market, TRAINED + day) for day in range(SERVED)]
    record(market, TRAINED - 40)  # its day was over long before
    source = TableSource("prices.csv", market.table, "")
    noted = note_moves(market.database, ANA, "risk", market.made, source)
    assert noted.recorded == 2 * (SERVED + 1 + 40)
    assert note_moves(market.database, ANA, "risk", market.made, source).recorded == 0
    found = production(market.database, ANA, "risk", market.made)
    assert (found.forecasts, found.known, found.late) == (2 * (SERVED + 1), 2 * SERVED, 2)
    one = next(test for test in found.tests if (test.series, test.model) == ("A", CHAMPION))
    breaches = sum(-market.table["A"].iloc[TRAINED + day] > told[day]["A"] for day in range(SERVED))
    assert (one.days, one.breaches) == (SERVED, int(breaches))
    assert one.kupiec_p == pytest.approx(kupiec(int(breaches), SERVED))
    assert (one.z2_p is not None, len(found.tests)) == (True, 6)
    assert any("2 forecasts were recorded when their day was over" in warning for warning in found.warnings)
    assert any("traffic light is of 250" in warning for warning in found.warnings)


def test_a_move_is_final_and_known_to_be_of_a_forecast(market: Market) -> None:
    record(market, TRAINED)
    note_moves(market.database, ANA, "risk", market.made, TableSource("prices.csv", market.table.head(TRAINED + 2), ""))
    changed = market.table.head(TRAINED + 2).copy()
    changed.loc[TRAINED, "A"] += 0.01
    with pytest.raises(InputError, match="Another move of 'A'"):
        note_moves(market.database, ANA, "risk", market.made, TableSource("prices.csv", changed, ""))
    with pytest.raises(InputError, match="Of 2 of 2 forecasts"):
        production(market.database, ANA, "risk", market.made)


def test_production_is_for_those_who_may_read(market: Market) -> None:
    record(market, TRAINED)
    with pytest.raises(NotFound):
        note_moves(market.database, Principal("dan"), "risk", market.made, TableSource("prices.csv", market.table, ""))
    with pytest.raises(NotFound):
        production(market.database, Principal("dan"), "risk", market.made)


def test_market_risk_is_compared_on_days_that_both_forecast_in_time(market: Market, tmp_path: Path) -> None:
    request = replace(market.made.request, trained_by="ana")
    other = market_risk.train(request, tmp_path / "b" / "risk", source=TableSource("less.csv", market.table.iloc[20:TRAINED], ""))
    market.registry.register(ANA, tmp_path / "b" / "risk", champion=CHAMPION)
    wide = market_risk.train(
        replace(request, var_level=0.95), tmp_path / "c" / "risk", source=TableSource("all.csv", market.table.head(TRAINED), "")
    )
    market.registry.register(ANA, tmp_path / "c" / "risk", champion=CHAMPION)
    versions = {made.version: made for made in (market.made, other, wide)}
    lifecycle = at_work(family_named("market-risk"), FamilyServices(market.database, market.registry, versions.__getitem__))

    def check(_: str, used: str, candidate: str) -> None:
        lifecycle.check_challenger(versions[used], versions[candidate])

    with pytest.raises(InputError, match="other quantiles"):
        set_shadow(market.database, BOB, wide.version, 1.0, check)
    shadow = set_shadow(market.database, BOB, other.version, 1.0, check)
    beside = Beside(market.database, market.registry, versions.__getitem__, ANA, shadow)
    forecasts: list[tuple[float, float]] = []  # of the series A by both
    for day in range(SERVED):
        source = TableSource("prices.csv", market.table.head(TRAINED + day), "")
        scored, entries = market_risk.score_kept(market.made, "risk", source)
        record, _ = market.registry.record(ANA, market_risk.head(market.made, "risk", ""), entries)
        challenge_series(beside, replace(scored, record=record), source)
        forecasts.append((scored.rows[0].forecasts[CHAMPION].var, market_risk.score(other, "risk", source).rows[0].forecasts[CHAMPION].var))
    with pytest.raises(InputError, match="needs 20 days"):
        compare_market(market.database, ANA, "risk", market.made)
    note_moves(market.database, ANA, "risk", market.made, TableSource("prices.csv", market.table, ""))
    found = compare_market(market.database, ANA, "risk", market.made)
    assert (found.in_use, found.challenger) == (market.made.version, other.version)
    assert (found.forecasts, found.known, found.days, found.late) == (2 * (SERVED), 2 * SERVED, SERVED, 0)
    moves = market.table[["A", "B"]].iloc[TRAINED : TRAINED + SERVED]
    told = found.figures["quantile_loss"]
    rates = [np.mean([-moves["A"].iloc[day] > forecasts[day][which] for day in range(SERVED)]) for which in (0, 1)]
    assert rates[0] <= 2 * found.figures["breach_rate"].in_use, "A is one of two series"
    assert 0 < told.in_use < 0.01
    assert told.low <= told.difference <= told.high
    assert told.difference != 0
    with pytest.raises(NotFound):
        compare_market(market.database, Principal("dan"), "risk", market.made)


def test_the_losses_are_least_for_the_right_quantile_and_shortfall() -> None:
    losses, levels = np.random.default_rng(1).standard_normal(100_000), Levels()
    var, es_var = norm.ppf(levels.var), norm.ppf(levels.es)
    es = norm.pdf(es_var) / (1 - levels.es)

    def mean(of: Loss, **changed: float) -> float:
        forecast = {"var": var, "es_var": es_var, "es": es, **changed}
        return float(np.mean([of(loss, forecast, levels) for loss in losses.tolist()]))

    quantile, joint = (market_comparison.LOSSES[name] for name in ("quantile_loss", "joint_loss"))
    assert mean(quantile) < min(mean(quantile, var=var * share) for share in (0.9, 1.1))
    assert mean(joint) < min(mean(joint, es=es * share) for share in (0.9, 1.1))
    assert mean(joint) < min(mean(joint, es_var=es_var * share) for share in (0.9, 1.1))
