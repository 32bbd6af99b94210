"""A cut-off as an object: profit, best cut-off, swap set."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.core.errors import InputError
from finfoundry.specialists.models.policy import CutOffPolicy, best, effect, swaps

GAIN, LOSS = Decimal("120.50"), Decimal(1500)


@given(st.lists(st.tuples(st.integers(300, 320), st.integers(0, 1)), min_size=1, max_size=40), st.booleans())
def test_the_best_cut_off_is_the_best_of_all(rows: list[tuple[int, int]], safer: bool) -> None:
    score, y = np.array([one for one, _ in rows], dtype=np.float64), np.array([event for _, event in rows])
    found = best(score, y, GAIN, LOSS, higher_is_safer=safer)
    every = [effect(CutOffPolicy(Decimal(int(cut)), safer, GAIN, LOSS), score, y).profit for cut in set(score.tolist())]
    assert found.profit == max(every)
    assert found.profit == GAIN * (found.approved - found.events) - LOSS * found.events


def test_the_swap_set_counts_every_row_once() -> None:
    y = np.array([0, 1, 0, 1, 0])
    before, after = np.array([True, True, False, False, True]), np.array([True, False, True, False, True])
    found = {one.group: (one.rows, one.events) for one in swaps(before, after, y)}
    assert found == {"approved by both": (2, 0), "swapped in": (1, 0), "swapped out": (1, 1), "declined by both": (1, 1)}


def test_no_row_no_cut_off() -> None:
    with pytest.raises(InputError, match="no row"):
        best(np.array([]), np.array([]), GAIN, LOSS, higher_is_safer=True)
