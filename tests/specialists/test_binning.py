"""Bins as a validator reads them: one stated trend, special codes and missing cells apart, reasons from worse bins only."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from finfoundry.core.errors import InputError
from finfoundry.specialists.families.credit.credit import CLASSIFIER
from finfoundry.specialists.inputs.schema import Column, infer, read
from finfoundry.specialists.lifecycle.train import prepare, wishes
from finfoundry.specialists.models.binning import Bins, Trend, bin_column, bin_columns
from finfoundry.specialists.models.scorecard import Scorecard, fit_scorecard
from finfoundry.specialists.models.trees import fit_trees
from finfoundry.specialists.scoring.score import score_table

from .conftest import Credit


def drawn(odds: Any, rows: int = 3000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    cells = random.uniform(0, 100, rows)
    return cells, (random.random(rows) < 1 / (1 + np.exp(-odds(cells)))).astype(int)


def rates(bins: Bins) -> np.ndarray:
    count = len(bins.splits) + 1
    return np.asarray(np.array(bins.events[:count]) / np.array(bins.rows[:count]))


@pytest.mark.parametrize(
    ("odds", "trend"),
    [
        (lambda cells: cells / 25 - 3, "rising"),
        (lambda cells: 1 - cells / 25, "falling"),
        (lambda cells: (cells - 50) ** 2 / 700 - 3, "valley"),
        (lambda cells: -((cells - 50) ** 2) / 700, "peak"),
    ],
)
def test_bins_state_their_trend_and_keep_it(odds: Any, trend: Trend) -> None:
    bins = bin_column(Column("x", "number", 0, 100), *drawn(odds))
    assert (bins.trend, bins.status) == (trend, "OPTIMAL")
    steps = np.diff(rates(bins))
    if trend in ("rising", "falling"):
        assert (steps * (1 if trend == "rising" else -1) > 0).all()
    else:
        assert (np.sign(steps[0]), np.sign(steps[-1])) == ((-1, 1) if trend == "valley" else (1, -1))


def test_without_proof_of_a_turn_bins_are_monotone() -> None:
    """A weak slope in few rows: chance makes turns of it, which the bins do not follow."""
    for seed in range(12):
        bins = bin_column(Column("x", "number", 0, 100), *drawn(lambda cells: cells / 100 - 1.5, 600, seed))
        steps = np.diff(rates(bins))
        assert (steps > 0).all() or (steps < 0).all()


def test_what_cannot_be_cut_says_why() -> None:
    cells, y = drawn(lambda cells: cells / 12 - 4)
    against = bin_column(Column("x", "number", 0, 100), cells, y, "falling")
    assert against.splits == ()
    random = np.random.default_rng(3)
    telling = bin_column(Column("other", "number", 0, 100), *drawn(lambda cells: cells / 12 - 4))
    noise = bin_column(Column("noise", "number", 0, 1), random.random(3000), y)
    bins = [telling, against, noise]
    woe = np.stack([np.array(one.woe)[one.index(cells)] for one in bins], axis=1)
    card = fit_scorecard(bins, woe, y)
    assert card.columns == ["other"]
    assert "no cut keeps one trend" in card.left_out["x"]
    assert "solver:" in card.left_out["x"]
    assert "noise" in card.left_out


def test_special_codes_and_missing_cells_have_bins_of_their_own() -> None:
    cells, y = drawn(lambda cells: cells / 25 - 3)
    cells[:300], y[:300] = -999, np.arange(300) % 2  # half of these default
    cells[300:500] = np.nan
    table = pd.DataFrame({"x": cells})
    column = infer(table, set(), special=(-999.0, -888.0)).columns[0]
    assert column.special == (-999.0,)
    assert column.low >= 0  # the code widens no range
    bins = bin_column(column, cells, y)
    assert bins.labels[-2:] == ("special -999", "missing")
    assert (bins.rows[-2], bins.events[-2], bins.rows[-1]) == (300, 150, 200)
    assert min(bins.splits) > 0
    assert bins.trend == "rising"
    assert [bins.labels[at] for at in bins.index(np.array([-999.0, np.nan]))] == ["special -999", "missing"]
    checked = read(infer(table, set(), special=(-999.0,)), pd.DataFrame({"x": [-999.0, -998.0, 50.0]}))
    assert list(checked.reasons) == [1]  # the code is read; a number beside it is out of range


def test_the_challenger_reads_a_special_code_as_missing_where_it_has_a_direction() -> None:
    cells, y = drawn(lambda cells: cells / 25 - 3)
    cells[:300] = -999
    bins = bin_column(Column("x", "number", 0, 100, special=(-999.0,)), cells, y)
    trees = fit_trees([bins], {"x": cells}, np.zeros((3000, 1)), y, found=({"num_leaves": 4, "min_data_in_leaf": 20}, 20))
    assert trees.special == ((-999.0,),)
    code, missing = trees.margin({"x": np.array([-999.0, np.nan])})
    assert code == missing


def test_reasons_stand_against_the_average_and_come_from_worse_bins_only(credit: Credit) -> None:
    form = credit.specialist.model.form
    assert isinstance(form, Scorecard)
    portfolio = credit.table["default"].mean()
    seen = 0
    for row in score_table(CLASSIFIER, credit.specialist, "loans", credit.table, reasons=True).rows:
        assert row.base == form.offset  # the portfolio's odds in every input
        cells = read(credit.specialist.schema, credit.table.iloc[[row.row - 1]]).values
        for reason in row.reasons[:4]:
            bins = form.bins[form.columns.index(reason.column)]
            at = int(bins.index(cells[reason.column])[0])
            assert bins.events[at] / bins.rows[at] > portfolio
            assert reason.contribution < 0
            seen += 1
    assert seen > 700


def test_bins_that_a_person_draws_are_kept_and_their_effect_is_told(credit: Credit) -> None:
    request = replace(credit.specialist.request, cuts=(("income", (3000.0, 6000.0)),))
    ready = prepare(CLASSIFIER, request, credit.table)
    told = next(one for one in ready.warnings if "as given" in one)
    assert "'income'" in told
    assert "3 bins" in told
    assert "found were" in told
    assert "information value" in told
    column = next(column for column in ready.schema if column.name == "income")
    bins = bin_columns(ready.schema, ready.values, ready.y, wishes(request))[list(ready.schema).index(column)]
    assert bins.splits == (3000.0, 6000.0)
    assert bins.status == "GIVEN"
    assert bins.labels == ("[-∞, 3000)", "[3000, 6000)", "[6000, ∞)", "missing")
    assert sum(bins.rows) == len(ready.y)
    for bad in (("job", (1.0,)), ("income", (5.0, 3.0)), ("nothing", (1.0,))):
        with pytest.raises(InputError, match="--cuts"):
            prepare(CLASSIFIER, replace(request, cuts=(bad,)), credit.table)


def test_a_row_without_a_worse_bin_has_no_reason(credit: Credit) -> None:
    form = credit.specialist.model.form
    assert isinstance(form, Scorecard)
    scored = score_table(CLASSIFIER, credit.specialist, "loans", credit.table, reasons=True).rows
    good = [row for row in scored if not row.reasons]
    assert all((row.score or 0) >= form.offset for row in good)
    assert replace(form, left_out={}).score(read(credit.specialist.schema, credit.table).values).max() > form.offset
