"""Figures against scikit-learn, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as reference

from finfoundry.specialists.calibrate import fit_calibration
from finfoundry.specialists.metrics import COMMON, alerted, auc, average_precision, brier, ece, figures, ks, log_loss
from finfoundry.specialists.stability import psi


def drawn(seed: int, rows: int = 300) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    p = np.round(random.random(rows), 2)
    return (random.random(rows) < p).astype(int), p


@given(st.integers(0, 10_000))
def test_agrees_with_scikit_learn(seed: int) -> None:
    y, p = drawn(seed)
    assert auc(y, p) == pytest.approx(reference.roc_auc_score(y, p))
    assert average_precision(y, p) == pytest.approx(reference.average_precision_score(y, p))
    assert brier(y, p) == pytest.approx(reference.brier_score_loss(y, p))
    assert log_loss(y, np.clip(p, 0.01, 0.99)) == pytest.approx(reference.log_loss(y, np.clip(p, 0.01, 0.99)))
    false, true, _ = reference.roc_curve(y, p, drop_intermediate=False)
    assert ks(y, p) == pytest.approx(float(np.max(true - false)), abs=1e-9) or ks(y, p) >= np.max(true - false)


def test_alerts_count_ties_by_their_mean() -> None:
    y, p = np.array([1, 0, 1, 0]), np.array([0.9, 0.5, 0.5, 0.5])
    assert alerted(y, p, 0.5) == pytest.approx((2 / 3, 2 / 3))


def test_calibration_mends_a_shifted_margin() -> None:
    random = np.random.default_rng(0)
    truth = random.normal(-2, 1.5, 20_000)
    y = (random.random(20_000) < 1 / (1 + np.exp(-truth))).astype(int)
    fitted = fit_calibration(2 * truth + 1, y)
    assert fitted.slope == pytest.approx(0.5, abs=0.03)
    assert ece(y, fitted(2 * truth + 1)) < 0.01


def test_calibration_bends_where_one_slope_is_not_enough() -> None:
    random = np.random.default_rng(8)
    margin = random.normal(-1, 1.5, 6000)
    truth = np.where(margin < -1, 1.6 * (margin + 1) - 1, 0.5 * (margin + 1) - 1)
    y = (random.random(6000) < 1 / (1 + np.exp(-truth))).astype(int)
    fitted = fit_calibration(margin, y)
    assert fitted.lower is not None
    assert fitted.lower > 2 * fitted.slope > 0
    assert ece(y, fitted(margin)) < 0.015
    assert (np.diff(fitted(np.linspace(-9, 9, 200))) > 0).all()


def test_intervals_hold_the_value() -> None:
    y, p = drawn(1)
    for name, figure in figures(y, p, COMMON).items():
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low <= figure.value <= figure.high, name


def test_psi_is_zero_for_the_same_and_grows() -> None:
    same, moved = np.array([0.5, 0.5]), np.array([0.7, 0.3])
    assert psi(same, same) == 0
    assert psi(same, moved) == pytest.approx(0.2 * np.log(1.4) + (-0.2) * np.log(0.6))
