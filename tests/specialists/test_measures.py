"""Measures do not depend on the order of the file, and an alarm of stability means more than few rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from finfoundry.specialists.families.credit.credit import CLASSIFIER
from finfoundry.specialists.inputs.table import read_source
from finfoundry.specialists.lifecycle.validate import monitor, validate
from finfoundry.specialists.models.curves import calibration_bars, gains
from finfoundry.specialists.models.grades import hosmer_lemeshow
from finfoundry.specialists.models.metrics import COMMON, ece, equal_groups, figures
from finfoundry.specialists.models.segment_stability import by_time
from finfoundry.specialists.models.stability import psi, reached_by_chance, reading

from .conftest import Credit

ORDERS = ("as it was", "by outcome", "by outcome, falling", "drawn")


def ties() -> tuple[np.ndarray, np.ndarray]:
    """Many rows of few probabilities, as a scorecard gives them."""
    random = np.random.default_rng(5)
    p = random.choice([0.02, 0.05, 0.1, 0.3], 1500)
    return (random.random(1500) < p).astype(int), p


def ordered(y: np.ndarray, how: str) -> np.ndarray:
    rows = np.arange(len(y))
    return {"by outcome": np.argsort(y), "by outcome, falling": np.argsort(-y), "drawn": np.random.default_rng(1).permutation(rows)}.get(
        how, rows
    )


@pytest.mark.parametrize("how", ORDERS)
def test_measures_are_the_same_in_every_order_of_the_file(how: str) -> None:
    y, p = ties()
    rows = ordered(y, how)
    assert figures(y[rows], p[rows], COMMON) == figures(y, p, COMMON)  # intervals, too
    assert hosmer_lemeshow(y[rows], p[rows]) == pytest.approx(hosmer_lemeshow(y, p))
    assert [(bar.rows, bar.events) for bar in calibration_bars(y[rows], p[rows])] == [
        (bar.rows, bar.events) for bar in calibration_bars(y, p)
    ]
    assert np.array(gains(y[rows], p[rows])) == pytest.approx(np.array(gains(y, p)))
    month = pd.Series(np.repeat(np.arange(6), 250))
    apart, together = by_time(month.iloc[rows], y[rows], p[rows]), by_time(month, y, p)
    assert [(one.name, one.rows, one.events, one.auc) for one in apart] == [(one.name, one.rows, one.events, one.auc) for one in together]


def test_equal_forecasts_stand_in_one_group() -> None:
    assert equal_groups(np.array([0.3, 0.1, 0.3, 0.2]), 4).tolist() == [3, 0, 3, 1]
    y, p = np.array([0] * 90 + [1] * 10), np.full(100, 0.1)
    assert ece(y, p) == pytest.approx(0)  # sorted by outcome, ten groups of ten rows had told of a gap of .18
    assert sum(bar.rows for bar in calibration_bars(y, p)) == 100
    assert gains(y, p)[-1] == (1.0, 1.0)


def test_validation_of_a_sorted_file_is_that_of_the_file(credit: Credit, tmp_path: Path) -> None:
    credit.table.sort_values(["default", "income"]).to_csv(tmp_path / "sorted.csv", index=False)
    one, other = (validate(CLASSIFIER, credit.specialist, "loans", read_source(path)) for path in (credit.data, tmp_path / "sorted.csv"))
    assert one.models == other.models
    assert one.hosmer_lemeshow_p == pytest.approx(other.hosmer_lemeshow_p)
    assert [(bar.rows, bar.events) for bar in one.calibration] == [(bar.rows, bar.events) for bar in other.calibration]
    assert one.by_segment[0].auc == other.by_segment[0].auc


@pytest.mark.parametrize("rows", [30, 100, 300, 1000])
def test_chance_alone_gives_an_alarm_in_five_percent_of_files_at_most(rows: int) -> None:
    """Eight inputs and the score, drawn from the shares that training had; an alarm is any of them beyond what chance reaches."""
    random = np.random.default_rng(rows)
    shares = [np.full(10, 0.1), np.array([0.9, 0.1]), np.array([0.6, 0.3, 0.08, 0.02]), *(random.dirichlet(np.ones(8)) for _ in range(6))]
    limits = [reached_by_chance(one, 2000, rows, len(shares)) for one in shares]
    alarms = 0
    for _ in range(200):
        alarm = False
        for one, limit in zip(shares, limits, strict=True):
            kept, now = random.multinomial(2000, one) / 2000, random.multinomial(rows, one) / rows
            alarm |= reading(psi(kept, now), limit) in ("watch", "moved")
        alarms += alarm
    assert alarms / 200 <= 0.08  # 5 %, and what 200 tries leave open


def test_a_real_shift_is_seen_and_few_rows_say_so(credit: Credit, tmp_path: Path) -> None:
    assert reading(0.3, 0.05) == "moved"
    assert reading(0.15, 0.05) == "watch"
    assert reading(0.3, 0.6) == "too few"
    assert reading(0.05, 0.6) == "stable"
    credit.table.sample(30, random_state=2).to_csv(tmp_path / "few.csv", index=False)
    watched = monitor(CLASSIFIER, credit.specialist, "loans", read_source(tmp_path / "few.csv"))
    assert "too few" in {one.reading for one in watched.stability}
    assert not any("has moved" in alert for alert in watched.alerts)
    assert all(one.by_chance > 0 for one in watched.stability)
