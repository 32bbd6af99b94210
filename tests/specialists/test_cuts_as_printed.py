"""The cuts that a scorecard prints are those that it scores by, and its weights are those of the printed formula."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from finfoundry.specialists.inputs.schema import Column
from finfoundry.specialists.models.binning import PRIOR_ROWS, Bins, bin_column, edit_column, plain_cuts


@given(values=st.lists(st.floats(-1e7, 1e7, allow_nan=False), min_size=2, max_size=40, unique=True), share=st.floats(0, 1))
def test_a_cut_in_fewer_digits_parts_the_same_rows(values: list[float], share: float) -> None:
    cells = np.sort(np.array(values))
    at = 1 + int(share * (len(cells) - 2))
    cut = float(np.float32((cells[at - 1] + cells[at]) / 2))
    assume(cells[at - 1] < cut <= cells[at])
    (plain,) = plain_cuts((cut,), cells)
    assert ((cells < plain) == (cells < cut)).all()
    assert len(repr(plain)) <= len(repr(cut)) or plain == cells[at]


def test_a_solver_s_midpoint_is_cut_where_it_is_printed() -> None:
    assert plain_cuts((0.22500000149,), np.array([0.21, 0.2249, 0.226])) == (0.225,)
    assert plain_cuts((0.22500000149,), np.array([0.21, 0.22, 0.23])) == (0.23,)


def edges(bins: Bins) -> list[tuple[float, float]]:
    """The borders of the bins of numbers, as they are printed."""
    number = r"[-−]?[\d.]+|[-−]?∞"
    found = [re.fullmatch(rf"\[({number}), ({number})\)", label) for label in bins.labels]
    return [tuple(float(part.replace("∞", "inf")) for part in one.groups()) for one in found if one]  # type: ignore[misc]


@pytest.mark.parametrize("scale", [1.0, 0.001, 1_234_567.0])
def test_a_value_on_a_printed_cut_is_scored_in_the_bin_that_begins_there(scale: float) -> None:
    stream = np.random.default_rng(3)
    cells = np.round(stream.random(3000), 3) * scale
    y = (stream.random(3000) < 0.1 + 0.5 * (cells / scale > 0.4)).astype(int)
    bins = bin_column(Column("ratio", "number"), cells, y)
    assert len(bins.splits) > 0
    for number, (low, high) in enumerate(edges(bins)):
        for value, wanted in ((low, number), (high, number + 1)):
            if math.isfinite(value):
                assert bins.index(np.array([value]))[0] == wanted


def test_printed_counts_give_the_printed_weight_by_the_stated_formula() -> None:
    cells, y = np.array([1.0] * 1 + [5.0] * 53 + [9.0] * 146), np.array([0] * 1 + [1] * 3 + [0] * 50 + [1] * 40 + [0] * 106)
    bins = edit_column(Column("n", "number"), cells, y, (3.0, 7.0))
    base = y.mean()
    for rows, events, woe in zip(bins.rows[:3], bins.events[:3], bins.woe[:3], strict=True):
        rate = (events + PRIOR_ROWS * base) / (rows + PRIOR_ROWS)
        assert woe == pytest.approx(math.log(rate / (1 - rate)) - math.log(base / (1 - base)))
