"""Validation of a specialist on other data: figures with intervals, grades, segments, time, stability, fairness."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from finfoundry.core.errors import InputError
from finfoundry.specialists.inputs.schema import take
from finfoundry.specialists.inputs.table import TableSource, need, times
from finfoundry.specialists.inputs.target import outcomes
from finfoundry.specialists.models.classifier import Classifier
from finfoundry.specialists.models.curves import calibration_bars, gains
from finfoundry.specialists.models.fairness import Fairness, by_columns
from finfoundry.specialists.models.grades import Grade, back_test, hosmer_lemeshow
from finfoundry.specialists.models.metrics import MeasuredFigure, figures
from finfoundry.specialists.models.segment_stability import PortfolioPart, by_segment, by_time
from finfoundry.specialists.models.specialist import Bar, Specialist
from finfoundry.specialists.models.stability import column_psi, psi, reached_by_chance, reading, shares_between, shares_of
from finfoundry.specialists.scoring.score import Inputs, inputs

_SHOWN = 20  # refused rows that are listed
LEAST_EVENTS = 10  # below it nothing is validated: an interval would cover nearly everything


@dataclass(frozen=True)
class Refused:
    """A row (from 1) that could not be scored."""

    row: int
    reason: str


@dataclass(frozen=True)
class Stability:
    """How far one input, or the score, has moved: ``stable``, ``watch``, ``moved``, or ``too few`` rows to distinguish it from chance.

    ``by_chance``: the index that chance alone reaches with so many rows.
    """

    name: str
    psi: float
    reading: str
    by_chance: float = 0.0


@dataclass(frozen=True)
class Validation:
    """What a validator asks of a classifier on data that it was not trained on."""

    specialist: str
    family: str
    version: str
    champion: str
    rows: int
    used: int
    events: int
    refused: list[Refused]
    models: dict[str, dict[str, MeasuredFigure]]
    grades: list[Grade]
    hosmer_lemeshow_p: float
    calibration: list[Bar]
    gains: list[tuple[float, float]]
    by_time: list[PortfolioPart]
    by_segment: list[PortfolioPart]
    stability: list[Stability]
    fairness: list[Fairness]
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Monitoring:
    """What moved since training; needs no outcomes."""

    specialist: str
    family: str
    version: str
    rows: int
    refused: int
    refusals: list[Refused]
    stability: list[Stability]
    mean_forecast: float | None
    fairness: list[Fairness]
    figures: dict[str, MeasuredFigure]  # where the file holds outcomes
    alerts: list[str]


def validate(family: Classifier, specialist: Specialist, name: str, source: TableSource, past: Any = None) -> Validation:
    """Compare both models with what happened. Raises InputError: no outcomes, one class, nothing readable."""
    table = source.table
    ready = inputs(family, specialist, table, past)
    outcome = outcomes(need(table, specialist.request.target, "target"), specialist.event)
    rows = ready.checked.good
    rows = rows[outcome[rows] >= 0]
    y = outcome[rows].astype(np.int64)
    if not LEAST_EVENTS <= y.sum() < len(y):
        first = next(iter(ready.checked.reasons.items()), None)
        told = f"; the first refused row is {first[0] + 1}: {first[1]}" if first else ""
        raise InputError(
            f"{source.name} has {len(rows)} usable rows with {int(y.sum())} events{told}",
            remedy=f"Validation needs {LEAST_EVENTS} events, and rows without",
        )
    values = take(ready.checked.values, rows)
    found = {key: model.probability(values) for key, model in specialist.models.items()}
    champion = found[specialist.champion]
    return Validation(
        specialist=name,
        family=family.name,
        version=specialist.version,
        champion=specialist.champion,
        rows=len(table),
        used=len(rows),
        events=int(y.sum()),
        refused=refusals(ready),
        models={key: figures(y, p, family.metrics) for key, p in found.items()},
        grades=back_test(y, champion),
        hosmer_lemeshow_p=hosmer_lemeshow(y, champion)[1],
        calibration=calibration_bars(y, champion),
        gains=gains(y, champion),
        by_time=_by_time(table, specialist, rows, y, champion),
        by_segment=by_segment(specialist.bins, values, y, champion),
        stability=stability(specialist, ready, rows, champion),
        fairness=_fairness(table, specialist, rows, champion, y),
        warnings=_warnings(family, len(table), len(rows), y),
    )


def monitor(family: Classifier, specialist: Specialist, name: str, source: TableSource, past: Any = None) -> Monitoring:
    """Stability of inputs and score, fairness, refusals; figures too where outcomes are there. Raises InputError."""
    table = source.table
    ready = inputs(family, specialist, table, past)
    rows = ready.checked.good
    if not len(rows):
        row, why = next(iter(ready.checked.reasons.items()))
        raise InputError(f"No row of {source.name} can be scored; row {row + 1}: {why}")
    probability = specialist.model.probability(take(ready.checked.values, rows))
    moved = stability(specialist, ready, rows, probability)
    y = outcomes(table[specialist.request.target], specialist.event)[rows] if specialist.request.target in table else None
    known = y is not None and (y >= 0).all() and 0 < y.sum() < len(y)
    refused = refusals(ready)
    alerts = [f"{one.name} has moved: PSI {one.psi:.3f}" for one in moved if one.reading == "moved"]
    if len(rows) < 0.95 * len(table):
        alerts.append(f"{len(table) - len(rows)} of {len(table)} rows were refused")
    fair = _fairness(table, specialist, rows, probability, y if known else None)
    alerts += [
        f"group {one.group}: selection rate ratio {one.selection_ratio:.2f} is below 0.80{_surely(one)}"
        for one in fair
        if one.selection_ratio < 0.8
    ]
    return Monitoring(
        specialist=name,
        family=family.name,
        version=specialist.version,
        rows=len(table),
        refused=len(table) - len(rows),
        refusals=refused,
        stability=moved,
        mean_forecast=float(probability.mean()),
        fairness=fair,
        figures=figures(y.astype(np.int64), probability, family.metrics) if known and y is not None else {},
        alerts=alerts,
    )


def refusals(ready: Inputs) -> list[Refused]:
    """The first refused rows."""
    return [Refused(row + 1, why) for row, why in sorted(ready.checked.reasons.items())[:_SHOWN]]


def stability(specialist: Specialist, ready: Inputs, rows: np.ndarray, probability: np.ndarray) -> list[Stability]:
    """The score first, then the columns, the most moved first. ``rows``: numbers of scored rows, ``probability``: theirs; shape (n,)."""
    expected = np.array(specialist.reference["score"])
    score = psi(expected, np.array(shares_between(specialist.edges, probability)))
    before, compared = specialist.lineage.used, len(specialist.schema.columns) + 1

    def read(name: str, index: float, shares: np.ndarray) -> Stability:
        chance = reached_by_chance(shares, before, len(rows), compared)
        return Stability(name, index, reading(index, chance), chance)

    columns = []
    for column in specialist.schema:
        kept = specialist.reference[f"column {column.name}"]
        columns.append(read(column.name, column_psi(column, kept, ready.checked.values[column.name][rows]), shares_of(column, kept)))
    return [read("score", score, expected), *sorted(columns, key=lambda one: -one.psi)]


def _by_time(table: pd.DataFrame, specialist: Specialist, rows: np.ndarray, y: np.ndarray, p: np.ndarray) -> list[PortfolioPart]:
    if not specialist.request.time:
        return []
    return by_time(times(table[specialist.request.time]).iloc[rows], y, p)


def _surely(one: Fairness) -> str:
    """What the interval adds."""
    interval = one.selection_ratio_interval
    return (
        f" (95 % interval {interval[0]:.2f} to {interval[1]:.2f}{'' if interval[1] < 0.8 else ', which chance may explain'})"
        if interval
        else ""
    )


def _fairness(table: pd.DataFrame, specialist: Specialist, rows: np.ndarray, p: np.ndarray, y: np.ndarray | None) -> list[Fairness]:
    rate = specialist.lineage.events / specialist.lineage.used
    return by_columns(table.iloc[rows], specialist.request.groups, p, y, rate)


def _warnings(family: Classifier, rows: int, used: int, y: np.ndarray) -> list[str]:
    found = ["Rejected applicants are not in the data and were not inferred: figures hold for the accepted"] if family.about_people else []
    if used < rows:
        found.append(f"{rows - used} of {rows} rows were refused or have no outcome; the figures are of the others")
    if y.sum() < 50:
        found.append(f"Only {int(y.sum())} events: intervals are wide")
    return found
