"""Scores with reasons. A row that cannot be read is returned with why; the others are scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from finfoundry.core import cancellation
from finfoundry.specialists.inputs.dates import with_times
from finfoundry.specialists.inputs.schema import Checked, Values, read, take
from finfoundry.specialists.inputs.table import need, times
from finfoundry.specialists.inputs.target import texts_of
from finfoundry.specialists.models.classifier import Classifier
from finfoundry.specialists.models.grades import grade
from finfoundry.specialists.models.scorecard import Scorecard
from finfoundry.specialists.models.specialist import DIGITS, Specialist, TrainingRequest

REASONS = 5
MISSING = "missing"  # as a reason prints an empty cell


@dataclass(frozen=True, slots=True)
class ScoreReason:
    """What one input contributed: points below the portfolio's odds (scorecard), or log odds added (trees)."""

    column: str
    value: str
    contribution: float

    def __str__(self) -> str:
        return f"{self.column} = {self.value} ({self.contribution:+g})"


@dataclass(slots=True)
class ScoredRow:
    """One scored row. ``base`` + Σ contributions + ``rest`` = ``score``. ``refused`` says why there is no score."""

    row: int
    id: str
    score: float | None = None
    probability: float | None = None
    grade: int | None = None
    alert: bool | None = None  # to be looked at by a person; None where the family has no alerts
    base: float | None = None
    reasons: list[ScoreReason] = field(default_factory=list)
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
    rows: list[ScoredRow]
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

    def amounts(self, rows: np.ndarray, specialist: Specialist) -> np.ndarray | None:
        """Amounts of the rows of these numbers, both of shape (n,); None unless alerts weigh amounts against what looking costs."""
        by_cost = specialist.request.alert_cost is not None and "amount" in self.features
        return self.features["amount"].to_numpy(dtype=np.float64)[rows] if by_cost else None


@dataclass(frozen=True)
class Reasons:
    """Of each row up to ``REASONS`` columns: ``chosen`` numbers them, -1 where there is none; contributions as printed."""

    base: float
    columns: list[str]
    chosen: np.ndarray  # int64 of shape (rows, REASONS)
    contributions: np.ndarray  # float64 of the same shape
    rest: np.ndarray


@dataclass(frozen=True)
class Answers:
    """What a specialist's champion says of rows, by column."""

    score: np.ndarray  # int64 of points, else float64
    probability: np.ndarray
    grade: np.ndarray
    alert: np.ndarray | None
    reasons: Reasons | None


def past_of(family: Classifier, specialist: Specialist) -> Any:
    """What the family remembers, of the training; made once. None where it needs none."""
    if family.recall is None:
        return None
    if specialist.past is None and specialist.history is not None:
        specialist.past = family.recall(specialist.history, specialist.request)
    return specialist.past


def text_columns(specialist: Specialist) -> set[str]:
    """Columns that are read as text: what names a row or a category must not become a number on the way."""
    request = specialist.request
    named = {request.id, request.source, request.destination, *request.entities}
    return {name for name in named if name} | {column.name for column in specialist.schema if column.kind == "category"}


def inputs(family: Classifier, specialist: Specialist, table: pd.DataFrame, past: Any = None, seen: SeenIds | None = None) -> Inputs:
    """Make a table's inputs and refuse the rows that cannot be scored.

    ``past``: in place of the specialist's own. ``seen``: the ids of the blocks before this one. The index numbers the rows from 0.

    Raises:
        InputError: a column is missing.
    """
    first, table = int(table.index[0]) if len(table) else 0, table.reset_index(drop=True)
    request = specialist.request
    table, _ = with_times(table, request.time, request.date_order)
    past = past if past is not None else past_of(family, specialist)
    cancellation.check()
    features = family.features(table, request, past)
    checked = read(specialist.schema, features)
    refused, warned = family.check(table, request, specialist.schema, past) if family.check else ({}, [])
    checked.reasons |= refused | _untimely(table, request)  # features of such rows are empty: this is the reason to give
    if request.id:
        given = need(table, request.id, "id")
        cells = texts_of(given).where(given.notna(), "")
        ids = cells.tolist()
        checked.refuse(np.array([row for row, id_ in enumerate(ids) if not id_]), f"column {request.id!r}: empty")
        for row, earlier in (seen or SeenIds()).repeated(cells, first).items():
            checked.reasons.setdefault(row, f"column {request.id!r}: the id {ids[row]} stands already in row {earlier + 1}")
    else:
        ids = [str(first + number + 1) for number in range(len(table))]
    return Inputs(table, features, checked, ids, first, warned)


def _untimely(table: pd.DataFrame, request: TrainingRequest) -> dict[int, str]:
    """Rows without a readable time, or with one in the future, with why."""
    found = Checked({}, {}, len(table))
    if request.time:
        time = times(need(table, request.time, "time"))
        found.refuse(np.flatnonzero(time.isna()), f"column {request.time!r}: no readable time")
        if pd.api.types.is_datetime64_any_dtype(time):
            late = (time > pd.Timestamp.now(tz=time.dt.tz)).to_numpy()
            found.refuse(np.flatnonzero(late), f"column {request.time!r}: {{}} lies in the future", time)
    return found.reasons


class SeenIds:
    """Ids of earlier rows by their 64-bit hashes, in sorted runs of doubling length, so that ten million take 160 MB."""

    def __init__(self) -> None:
        self._runs: list[tuple[np.ndarray, np.ndarray]] = []  # hashes, sorted, and rows

    def repeated(self, ids: pd.Series, first: int) -> dict[int, int]:
        """Place in this block → the row (from 0, of the whole table) where the id first was. Then the block is seen, too."""
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


def score_table(family: Classifier, specialist: Specialist, name: str, table: pd.DataFrame, *, reasons: bool) -> Scored:
    """Score every row of a table with the champion. Raises InputError: a column is missing."""
    return score_inputs(specialist, name, inputs(family, specialist, table), reasons=reasons)


def score_inputs(specialist: Specialist, name: str, ready: Inputs, *, reasons: bool) -> Scored:
    """Score every row that can be scored."""
    good, count = ready.checked.good, len(ready.ids)
    rows = [ScoredRow(ready.first + number + 1, ready.ids[number], refused=ready.checked.reasons.get(number)) for number in range(count)]
    if len(good):
        values, amount = take(ready.checked.values, good), ready.amounts(good, specialist)
        fill(specialist, values, amount, [rows[number] for number in good], reasons=reasons)
    return scored_of(specialist, name, ready, rows)


def scored_of(specialist: Specialist, name: str, ready: Inputs, rows: list[ScoredRow]) -> Scored:
    """The scores of a table with the rows that are listed."""
    event = f"{specialist.request.target} = {specialist.event}"
    safer = isinstance(specialist.model.form, Scorecard)
    refused = len(ready.checked.reasons)
    told = (name, specialist.request.family, specialist.version, specialist.champion)
    return Scored(*told, len(ready.ids) - refused, refused, rows, event, safer, warnings=ready.warnings)


def fill(specialist: Specialist, values: Values, amount: np.ndarray | None, rows: list[ScoredRow], *, reasons: bool) -> None:
    """Write what the model says of these rows into them. ``amount``: theirs, shape (rows,); None unless alerts weigh costs."""
    found = answers(specialist, values, amount, reasons=reasons)
    score, probability, grades = found.score.tolist(), found.probability.tolist(), found.grade.tolist()
    for number, row in enumerate(rows):
        cancellation.check()
        row.score, row.probability, row.grade = score[number], probability[number], grades[number]
        row.alert = bool(found.alert[number]) if found.alert is not None else None
    if found.reasons is not None:
        _explain(specialist, values, rows, found.reasons)


def answers(specialist: Specialist, values: Values, amount: np.ndarray | None, *, reasons: bool) -> Answers:
    """What the model says of these rows, by column. ``amount``: as in ``fill``, shape (rows,)."""
    model = specialist.model
    probability = model.probability(values)
    score = model.form.score(values) if isinstance(model.form, Scorecard) else np.round(model.form.margin(values), DIGITS)
    alert = _alerts(specialist, amount, probability)
    return Answers(score, probability, grade(probability), alert, _reasons(specialist, values, score) if reasons else None)


def _alerts(specialist: Specialist, amount: np.ndarray | None, probability: np.ndarray) -> np.ndarray | None:
    """Rows for a person: where the expected loss is above what looking costs, else the riskiest share as it was in training."""
    cost = specialist.request.alert_cost
    if cost is not None and amount is not None:
        return np.asarray(probability * amount >= cost)
    return np.asarray(probability >= specialist.threshold) if specialist.threshold is not None else None


def _reasons(specialist: Specialist, values: Values, score: np.ndarray) -> Reasons:
    """The largest contributions against the row; for points the losses, for trees what adds to the risk."""
    base, parts = specialist.model.form.contributions(values)
    base = round(base, DIGITS)
    against = parts if isinstance(specialist.model.form, Scorecard) else -parts
    order = np.argsort(against, axis=1, kind="stable")[:, :REASONS]
    chosen = np.where(np.take_along_axis(against, order, axis=1) < 0, order, -1)
    contributions = _rounded(np.where(chosen >= 0, np.take_along_axis(parts, order, axis=1), 0.0))
    total = np.zeros(len(score))
    for part in contributions.T:  # one after the other, as a sum over a row's reasons adds them
        total = total + part
    return Reasons(base, list(specialist.model.form.columns), chosen, contributions, _rounded(score - base - total))


def _rounded(cells: np.ndarray) -> np.ndarray:
    """To the digits that are printed, as ``round`` does it, to the nearest decimal; whole numbers are."""
    if (cells == np.rint(cells)).all():
        return cells
    return np.array([round(cell, DIGITS) for cell in cells.ravel().tolist()]).reshape(cells.shape)


def _explain(specialist: Specialist, values: Values, rows: list[ScoredRow], found: Reasons) -> None:
    """Reasons with their values as the model read them."""
    categories = {column.name: column.categories for column in specialist.schema}
    chosen, contributions, rest = found.chosen.tolist(), found.contributions.tolist(), found.rest.tolist()
    for number, row in enumerate(rows):
        told = [(found.columns[column], part) for column, part in zip(chosen[number], contributions[number], strict=True) if column >= 0]
        row.base, row.rest = found.base, rest[number]
        row.reasons = [ScoreReason(name, shown(values[name][number], categories[name]), part) for name, part in told]


def shown(cell: float, categories: Sequence[str]) -> str:
    """A cell as reasons print it: a category by its name, a number with ten digits and no exponent."""
    if categories:
        return categories[int(cell)] if cell >= 0 else MISSING
    if cell != cell:
        return MISSING
    text = f"{float(cell):.10g}"
    return f"{Decimal(text):f}" if "e" in text else text
