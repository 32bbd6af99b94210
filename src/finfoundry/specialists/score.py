"""Scores with reasons. A row that cannot be read is returned with why; the others are scored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from finfoundry.specialists.family import Family
from finfoundry.specialists.grades import grade
from finfoundry.specialists.schema import Checked, Values, read, take
from finfoundry.specialists.scorecard import Scorecard
from finfoundry.specialists.specialist import DIGITS, Specialist
from finfoundry.specialists.table import need, times
from finfoundry.specialists.target import texts_of

REASONS = 5


@dataclass(frozen=True, slots=True)
class Reason:
    """What one input contributed: points below the portfolio's odds (scorecard), or log odds added (trees)."""

    column: str
    value: str
    contribution: float

    def __str__(self) -> str:
        return f"{self.column} = {self.value} ({self.contribution:+g})"


@dataclass(slots=True)
class Row:
    """One scored row. ``base`` + Σ contributions + ``rest`` = ``score``. ``refused`` says why there is no score."""

    row: int
    id: str
    score: float | None = None
    probability: float | None = None
    grade: int | None = None
    alert: bool | None = None  # to be looked at by a person; None where the family has no alerts
    base: float | None = None
    reasons: list[Reason] = field(default_factory=list)
    rest: float | None = None
    refused: str | None = None


@dataclass(frozen=True)
class Scored:
    """The scores of a table by one model. Rows count from 1. ``event`` says what the probability is of: "default = 1"; a higher score is a
    lower probability where ``higher_is_safer``.
    """

    specialist: str
    family: str
    version: str
    model: str
    scored: int
    refused: int
    rows: list[Row]
    event: str
    higher_is_safer: bool
    record: str | None = None
    root: str | None = None
    written: str | None = None  # the file that holds the rows, which are then not listed here
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Inputs:
    """A table made ready for a specialist."""

    table: pd.DataFrame
    features: pd.DataFrame
    checked: Checked
    ids: list[str]
    first: int = 0  # the number of the first row, from 0
    warnings: list[str] = field(default_factory=list)


def past_of(family: Family, specialist: Specialist, given: pd.DataFrame | None = None) -> Any:
    """What the family remembers, of the training or of a table given in its place; made once. None where it needs none."""
    if family.recall is None:
        return None
    if given is not None:
        return family.recall(given, specialist.request)
    if specialist.past is None and specialist.history is not None:
        specialist.past = family.recall(specialist.history, specialist.request)
    return specialist.past


def text_columns(specialist: Specialist) -> set[str]:
    """Columns that are read as text: what names a row or a category must not become a number on the way."""
    request = specialist.request
    named = {request.id, request.source, request.destination, *request.entities}
    return {name for name in named if name} | {column.name for column in specialist.schema if column.kind == "category"}


def inputs(family: Family, specialist: Specialist, table: pd.DataFrame, past: Any = None, seen: Seen | None = None) -> Inputs:
    """Make a table's inputs and refuse the rows that cannot be scored.

    ``past``: in place of the specialist's own. ``seen``: the ids of the blocks before this one. The index numbers the rows from 0.

    Raises:
        InputError: a column is missing.
    """
    first, table = int(table.index[0]) if len(table) else 0, table.reset_index(drop=True)
    request = specialist.request
    past = past if past is not None else past_of(family, specialist)
    features = family.features(table, request, past)
    checked = read(specialist.schema, features)
    refused, warned = family.check(table, request, specialist.schema, past) if family.check else ({}, [])
    for row, why in refused.items():
        checked.reasons.setdefault(row, why)
    if request.id:
        cells = texts_of(need(table, request.id, "id").fillna(""))
        checked.refuse(np.flatnonzero(cells == ""), f"column {request.id!r}: empty")
        ids = cells.tolist()
        for row, earlier in (seen or Seen()).repeated(cells, first).items():
            checked.reasons.setdefault(row, f"column {request.id!r}: the id {ids[row]} stands already in row {earlier + 1}")
    else:
        ids = [str(first + number + 1) for number in range(len(table))]
    if request.time:
        time = times(need(table, request.time, "time"))
        checked.refuse(np.flatnonzero(time.isna()), f"column {request.time!r}: no readable time")
        if pd.api.types.is_datetime64_any_dtype(time):
            late = (time > pd.Timestamp.now(tz=time.dt.tz)).to_numpy()
            checked.refuse(np.flatnonzero(late), f"column {request.time!r}: {{}} lies in the future", time)
    return Inputs(table, features, checked, ids, first, warned)


class Seen:
    """Ids of earlier rows by their 64-bit hashes, in sorted runs of doubling length, so that ten million take 160 MB."""

    def __init__(self) -> None:
        self._runs: list[tuple[np.ndarray, np.ndarray]] = []  # hashes, sorted, and rows

    def repeated(self, ids: pd.Series, first: int) -> dict[int, int]:
        """Place in this block → the row (from 0, of the whole table) where the id stood first. Then the block is seen, too."""
        hashes = pd.util.hash_array(ids.to_numpy(dtype=object), categorize=False)
        codes, unique = pd.factorize(hashes)
        at = np.full(len(unique), -1, dtype=np.int64)
        begin = np.unique(codes, return_index=True)[1]
        for known, rows in self._runs:
            place = np.minimum(np.searchsorted(known, unique), len(known) - 1)
            at = np.where(known[place] == unique, rows[place], at)
        earlier = at[codes]
        here = np.where(earlier < 0, first + begin[codes], earlier)
        again = np.flatnonzero(here != first + np.arange(len(ids)))
        self._add(unique[at < 0], first + begin[at < 0])
        return dict(zip(again.tolist(), here[again].tolist(), strict=True))

    def _add(self, hashes: np.ndarray, rows: np.ndarray) -> None:
        while self._runs and len(self._runs[-1][0]) <= 2 * len(hashes):
            before = self._runs.pop()
            hashes, rows = np.concatenate([before[0], hashes]), np.concatenate([before[1], rows])
        order = np.argsort(hashes, kind="stable")
        if len(order):
            self._runs.append((hashes[order], rows[order]))


def score_table(family: Family, specialist: Specialist, name: str, table: pd.DataFrame, *, reasons: bool) -> Scored:
    """Score every row of a table with the champion. Raises InputError: a column is missing."""
    return score_inputs(specialist, name, inputs(family, specialist, table), reasons=reasons)


def score_inputs(specialist: Specialist, name: str, ready: Inputs, *, reasons: bool) -> Scored:
    """Score every row that can be scored."""
    good, count = ready.checked.good, len(ready.ids)
    rows = [Row(ready.first + number + 1, ready.ids[number], refused=ready.checked.reasons.get(number)) for number in range(count)]
    if len(good):
        _fill(specialist, take(ready.checked.values, good), ready.features, [rows[number] for number in good], good, reasons)
    event = f"{specialist.request.target} = {specialist.event}"
    safer = isinstance(specialist.model.form, Scorecard)
    scored, refused = len(good), count - len(good)
    told = (name, specialist.request.family, specialist.version, specialist.champion)
    return Scored(*told, scored, refused, rows, event, safer, warnings=ready.warnings)


def _fill(specialist: Specialist, values: Values, features: pd.DataFrame, rows: list[Row], at: np.ndarray, reasons: bool) -> None:
    model = specialist.model
    probability = model.probability(values)
    grades = grade(probability)
    points, alerts = isinstance(model.form, Scorecard), _alerts(specialist, features, probability, at)
    totals = model.form.score(values) if isinstance(model.form, Scorecard) else np.round(model.form.margin(values), DIGITS)
    for number, row in enumerate(rows):
        row.score = int(totals[number]) if points else float(totals[number])
        row.probability = float(probability[number])
        row.grade = int(grades[number])
        row.alert = bool(alerts[number]) if alerts is not None else None
    if reasons:
        base, parts = model.form.contributions(values)
        _explain(specialist, features, rows, at, round(base, DIGITS), parts)


def _alerts(specialist: Specialist, features: pd.DataFrame, probability: np.ndarray, at: np.ndarray) -> np.ndarray | None:
    """Rows for a person: where the expected loss is above what looking costs, else the riskiest share as it was in training."""
    cost = specialist.request.alert_cost
    if cost is not None and "amount" in features:
        return np.asarray(probability * features["amount"].to_numpy(dtype=np.float64)[at] >= cost)
    return np.asarray(probability >= specialist.threshold) if specialist.threshold is not None else None


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
