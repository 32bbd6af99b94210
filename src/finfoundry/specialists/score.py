"""Scores with reasons. A row that cannot be read is returned with why; the others are scored."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from finfoundry.specialists.credit import grade
from finfoundry.specialists.family import Family
from finfoundry.specialists.schema import Checked, Values, read, take
from finfoundry.specialists.scorecard import Scorecard
from finfoundry.specialists.specialist import DIGITS, Specialist
from finfoundry.specialists.table import need, times

REASONS = 5


@dataclass(frozen=True, slots=True)
class Reason:
    """What one input contributed: points lost (scorecard) or log odds added (trees)."""

    column: str
    value: str
    contribution: float


@dataclass(slots=True)
class Row:
    """One scored row. ``base`` + Σ contributions + ``rest`` = ``score``. ``refused`` says why there is no score."""

    row: int
    id: str
    score: float | None = None
    probability: float | None = None
    grade: int | None = None
    base: float | None = None
    reasons: list[Reason] = field(default_factory=list)
    rest: float | None = None
    refused: str | None = None


@dataclass(frozen=True)
class Scored:
    """The scores of a table by one model. Rows count from 1."""

    specialist: str
    family: str
    version: str
    model: str
    scored: int
    refused: int
    rows: list[Row]
    record: str | None = None
    root: str | None = None


@dataclass(frozen=True)
class Inputs:
    """A table made ready for a specialist."""

    table: pd.DataFrame
    features: pd.DataFrame
    checked: Checked
    ids: list[str]


def inputs(family: Family, specialist: Specialist, table: pd.DataFrame) -> Inputs:
    """Make a table's inputs and refuse the rows that cannot be scored.

    Raises:
        InputError: a column is missing.
    """
    request = specialist.request
    features = family.features(table, request, specialist.history)
    checked = read(specialist.schema, features)
    if request.id:
        cells = need(table, request.id, "id")
        first: dict[str, int] = {}
        for row, name in enumerate(cells.astype(str)):
            if name in first:
                checked.reasons.setdefault(row, f"column {request.id!r}: the id {name} stands already in row {first[name] + 1}")
            first.setdefault(name, row)
        ids = [str(name) for name in cells]
    else:
        ids = [str(number + 1) for number in range(len(table))]
    if request.time:
        time = times(need(table, request.time, "time"))
        checked.refuse(np.flatnonzero(time.isna()), f"column {request.time!r}: no readable time")
        if pd.api.types.is_datetime64_any_dtype(time):
            late = (time > pd.Timestamp.now(tz=time.dt.tz)).to_numpy()
            checked.refuse(np.flatnonzero(late), f"column {request.time!r}: {{}} lies in the future", time)
    return Inputs(table, features, checked, ids)


def score_table(family: Family, specialist: Specialist, name: str, table: pd.DataFrame, *, reasons: bool) -> Scored:
    """Score every row of a table with the champion. Raises InputError: a column is missing."""
    return score_inputs(specialist, name, inputs(family, specialist, table), reasons=reasons)


def score_inputs(specialist: Specialist, name: str, ready: Inputs, *, reasons: bool) -> Scored:
    """Score every row that can be scored."""
    good, count = ready.checked.good, len(ready.ids)
    rows = [Row(number + 1, ready.ids[number], refused=ready.checked.reasons.get(number)) for number in range(count)]
    if len(good):
        _fill(specialist, take(ready.checked.values, good), ready.features, [rows[number] for number in good], good, reasons)
    return Scored(name, specialist.request.family, specialist.version, specialist.champion, len(good), count - len(good), rows)


def _fill(specialist: Specialist, values: Values, features: pd.DataFrame, rows: list[Row], at: np.ndarray, reasons: bool) -> None:
    model = specialist.model
    probability = model.probability(values)
    grades = grade(probability)
    points = isinstance(model.form, Scorecard)
    totals = model.form.score(values) if isinstance(model.form, Scorecard) else np.round(model.form.margin(values), DIGITS)
    for number, row in enumerate(rows):
        row.score = int(totals[number]) if points else float(totals[number])
        row.probability = float(probability[number])
        row.grade = int(grades[number])
    if reasons:
        base, parts = model.form.contributions(values)
        _explain(specialist, features, rows, at, round(base, DIGITS), parts)


def _explain(specialist: Specialist, features: pd.DataFrame, rows: list[Row], at: np.ndarray, base: float, parts: np.ndarray) -> None:
    """The largest contributions against the row; for points the losses, for trees what adds to the risk."""
    columns = list(specialist.model.form.columns)
    against = parts if isinstance(specialist.model.form, Scorecard) else -parts
    order = np.argsort(against, axis=1, kind="stable")[:, :REASONS]
    cells = {name: features[name].to_numpy() for name in columns}
    for number, row in enumerate(rows):
        chosen = [int(column) for column in order[number] if against[number, column] < 0]
        row.base = base
        row.reasons = [Reason(columns[c], _shown(cells[columns[c]][at[number]]), round(float(parts[number, c]), DIGITS)) for c in chosen]
        row.rest = round((row.score or 0.0) - base - sum(reason.contribution for reason in row.reasons), DIGITS)


def _shown(cell: object) -> str:
    if cell is None or cell != cell:  # NaN
        return "missing"
    return f"{cell:.10g}" if isinstance(cell, float | np.floating) else str(cell)
