"""What drawing the bins of a column by hand would change, before it is applied: bins, trend, information value, and the scorecard's AUC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import StratifiedKFold

from finfoundry.core.errors import InputError
from finfoundry.specialists.inputs.schema import take
from finfoundry.specialists.inputs.table import TableSource, need
from finfoundry.specialists.inputs.target import outcomes
from finfoundry.specialists.models.binning import Bins, edit_column, woe_of
from finfoundry.specialists.models.classifier import Classifier
from finfoundry.specialists.models.metrics import auc
from finfoundry.specialists.models.scorecard import fit_scorecard
from finfoundry.specialists.models.specialist import Specialist
from finfoundry.specialists.scoring.score import inputs

_FOLDS = 5
_LEAST = 20  # events


@dataclass(frozen=True)
class OneBin:
    """``status``: ``now`` as the specialist has it, ``drawn`` as it would be."""

    column: str
    status: str
    label: str
    rows: int
    events: int
    rate: float | None
    woe: float


@dataclass(frozen=True)
class BinsShape:
    """A column's bins as a whole."""

    column: str
    status: str
    bins: int
    trend: str
    information_value: float


@dataclass(frozen=True)
class BinsPreview:
    """Counts are of the rows that were given. The AUC is out of fold, on the same folds, with all other bins as they are."""

    specialist: str
    version: str
    rows: int
    events: int
    auc_now: float
    auc_drawn: float
    auc_difference: float
    shapes: list[BinsShape]
    bins: list[OneBin]


def preview(family: Classifier, made: Specialist, name: str, source: TableSource, cuts: Mapping[str, tuple[float, ...]]) -> BinsPreview:
    """The bins of the named columns as they are and as drawn, both counted and weighed on the same rows. Nothing is written or kept.

    Raises:
        InputError: cuts of no column of numbers, or that do not rise; too few events.
    """
    ready = inputs(family, made, source.table)
    outcome = outcomes(need(source.table, made.request.target, "target"), made.event)
    rows = ready.checked.good[outcome[ready.checked.good] >= 0]
    values, y = take(ready.checked.values, rows), outcome[rows].astype(np.int64)
    if min(y.sum(), len(y) - y.sum()) < _LEAST:
        raise InputError(
            f"{source.name} has {int(y.sum())} events in {len(y)} usable rows", remedy=f"Give {_LEAST} of each outcome at least"
        )
    columns = {column.name: column for column in made.schema if column.kind == "number"}
    for column, wanted in cuts.items():
        if column not in columns or not wanted or list(wanted) != sorted(set(wanted)):
            raise InputError(f"--cuts {column}: give rising numbers for an input of numbers", remedy=f"Inputs: {', '.join(columns)}")
    own = {one.column: one for one in made.bins}
    drawn = {name: edit_column(columns[name], values[name], y, wanted) for name, wanted in cuts.items()}
    kept = {name: edit_column(columns[name], values[name], y, own[name].splits) for name in cuts if name in own}
    now = [kept.get(name, one) for name, one in own.items()]
    then = [drawn.get(name, one) for name, one in own.items()] + [one for name, one in drawn.items() if name not in own]
    before, after = (_auc(bins, values, y) for bins in (now, then))
    shown = [(one, "now") for one in kept.values()] + [(one, "drawn") for one in drawn.values()]
    shapes = [BinsShape(one.column, status, len(one.labels) - 1, one.trend, round(one.iv, 6)) for one, status in shown]
    listed = [line for one, status in shown for line in _lines(one, status)]
    return BinsPreview(name, made.version, len(y), int(y.sum()), before, after, after - before, shapes, listed)


def _auc(bins: list[Bins], values: Mapping[str, np.ndarray], y: np.ndarray) -> float:
    """AUC over all rows, each scored by a scorecard that was fitted on the four fifths without it. ``y``: 0 or 1, shape (rows,)."""
    margin = np.empty(len(y))
    for fit, test in StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(y, y):
        form = fit_scorecard(bins, woe_of(bins, take(values, fit)), y[fit], 0)
        margin[test] = form.margin(take(values, test))
    return auc(y, margin)


def _lines(one: Bins, status: str) -> list[OneBin]:
    return [
        OneBin(one.column, status, label, rows, events, events / rows if rows else None, round(woe, 6))
        for label, rows, events, woe in zip(one.labels, one.rows, one.events, one.woe, strict=True)
    ]
