"""Forward in time no row is fitted on whose outcome was not yet known when the first tested row came."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finfoundry.specialists.inputs.folds import folds, forward

BORDERS = (0.5, 0.65, 0.8, 1.0)


@given(days=st.lists(st.integers(0, 400), min_size=5, max_size=80), wait=st.integers(0, 120), dated=st.booleans())
@settings(max_examples=300, deadline=None)
def test_no_window_of_an_outcome_reaches_into_a_test(days: list[int], wait: int, dated: bool) -> None:
    steps = pd.Series(sorted(days))
    time = pd.Timestamp("2024-01-01") + pd.to_timedelta(steps, unit="D") if dated else steps
    for fit, test in forward(time, BORDERS, wait):
        if len(fit) and len(test):
            assert steps.iloc[fit].max() + wait <= steps.iloc[test].min() or (wait == 0 and steps.iloc[fit].max() < steps.iloc[test].min())


@given(days=st.lists(st.integers(0, 400), min_size=5, max_size=80))
def test_without_a_window_all_rows_before_are_fitted_on(days: list[int]) -> None:
    steps = pd.Series(sorted(days))
    for fit, test in forward(steps, BORDERS):
        if len(test):
            assert len(fit) == int((steps < steps.iloc[test].min()).sum())


def test_offsets_of_time_do_not_stop_the_purge() -> None:
    time = pd.Series(pd.date_range("2024-01-01", periods=200, freq="D", tz="UTC"))
    for fit, test in forward(time, BORDERS, 30):
        assert (time.iloc[test].min() - time.iloc[fit].max()).days >= 30


@pytest.mark.parametrize("wait", [0.0, 20.0])
def test_splits_of_a_training_are_purged(wait: float) -> None:
    time, y = pd.Series(pd.date_range("2024-01-01", periods=400, freq="D")), np.arange(400) % 3 == 0
    for fit, test in folds(y.astype(int), time, None, 0, until_known=wait):
        assert (time.iloc[test].min() - time.iloc[fit].max()).days >= max(wait, 1)
