"""A price that stands still, or lacks, is told as that: no model calls it riskless."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.specialists.test_market_models import garch_returns, source

from finfoundry.specialists.families.market_risk.market_risk import monitor, score, train
from finfoundry.specialists.market.market_results import MarketRisk
from finfoundry.specialists.market.stale_prices import LATEST, STALE, missing_values, unmoved_days, why_stale
from finfoundry.specialists.models.specialist import TrainingRequest


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[MarketRisk, np.ndarray]:
    prices = 100 * np.exp(np.cumsum(garch_returns(1200)))
    request = TrainingRequest("market-risk", "made", prices=("all",))
    return train(request, tmp_path_factory.mktemp("stale"), source=source({"ACME": prices})), prices


def test_a_price_that_stands_still_is_refused_and_not_scored(trained: tuple[MarketRisk, np.ndarray]) -> None:
    made, prices = trained
    moving, standing = prices.copy(), prices.copy()
    standing[-STALE - 1 :] = standing[-STALE - 1]
    assert score(made, "m", source({"ACME": moving})).rows[0].refused is None
    [row] = score(made, "m", source({"ACME": standing})).rows
    assert row.refused is not None
    assert f"has not moved for {STALE} days" in row.refused
    with pytest.raises(Exception, match="has not moved"):
        monitor(made, "m", source({"ACME": standing}))


def test_days_at_the_end_count_alone() -> None:
    still = pd.Series([0.0] * 300 + [0.01] + [0.0] * (STALE - 1))
    assert unmoved_days(still) == STALE - 1
    assert why_stale("ACME", still) is None
    assert unmoved_days(pd.Series([0.0, 0.0])) == 2
    assert unmoved_days(pd.Series([0.01])) == 0


def test_missing_prices_are_said() -> None:
    table = pd.DataFrame({"FULL": np.full(LATEST, 0.01), "HALF": np.where(np.arange(LATEST) % 2, 0.01, np.nan), "NONE": np.nan})
    [said] = missing_values(table)
    assert "'HALF'" in said
    assert f"{LATEST // 2} of the latest {LATEST} days" in said
