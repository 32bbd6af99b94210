"""A points scorecard as one SELECT in standard SQL: points by CASE, probability by its calibration, grade by the master scale."""

from __future__ import annotations

from finfoundry.core.errors import InputError
from finfoundry.specialists.inputs.schema import Schema
from finfoundry.specialists.models.binning import Bins
from finfoundry.specialists.models.calibrate import LogisticCalibration
from finfoundry.specialists.models.grades import MASTER_SCALE
from finfoundry.specialists.models.scorecard import BASE_ODDS, BASE_SCORE, FACTOR, Scorecard
from finfoundry.specialists.models.specialist import DIGITS, Specialist

_LARGEST = 40.0  # log odds beyond which the calibration is flat


def scorecard_sql(specialist: Specialist, table: str) -> str:
    """The query that scores a table whose columns are named as in training. Empty cells are NULL.

    It has no schema check: a row that ``score`` refuses gets a score here. Raises InputError where the champion is no scorecard.
    """
    form = specialist.model.form
    if not isinstance(form, Scorecard):
        raise InputError(f"The champion {specialist.champion} is no scorecard", remedy="Only scorecards are exported to SQL")
    points = [_points(one, worth, specialist.schema) for one, worth in zip(form.bins, form.points, strict=True)]
    total = "\n      + ".join([str(form.offset), *points])
    name = specialist.request.id
    named = f"{_name(name)}, " if name else ""
    grades = " ".join(f"WHEN probability_ <= {_number(limit)} THEN {grade}" for grade, limit in enumerate(MASTER_SCALE[:-1], 1))
    told = " ".join(f"{specialist.request.target} = {specialist.event}; version {specialist.version}; no check of the schema".split())
    margin = f"({BASE_SCORE} - score_) / {_number(FACTOR)} - ln({_number(BASE_ODDS)})"
    parts = [  # every name and text in them is quoted here, every number printed by repr
        f"-- {told}",
        f"SELECT {named}score_ AS score, probability_ AS probability,",
        f"  CASE {grades} ELSE {len(MASTER_SCALE)} END AS grade FROM (",
        f"  SELECT m.*, {_probability(specialist.model.calibration)} AS probability_ FROM (",  # noqa: S608
        f"    SELECT s.*, {margin} AS margin_ FROM (",  # noqa: S608
        f"      SELECT t.*, {total} AS score_ FROM {_name(table)} t",  # noqa: S608
        "    ) s",
        "  ) m",
        ") p",
    ]
    return "\n".join(parts)


def _points(bins: Bins, points: tuple[int, ...], schema: Schema) -> str:
    name = _name(bins.column)
    if bins.groups:
        categories = next(column.categories for column in schema if column.name == bins.column)
        cases = [f"WHEN {name} = {_text(one)} THEN {points[at]}" for one, at in zip(categories, bins.groups, strict=True)]
        return f"CASE WHEN {name} IS NULL THEN {points[-1]} {' '.join(cases)} END"
    cases = [
        f"WHEN {name} = {_number(code)} THEN {worth}" for code, worth in zip(bins.special, points[len(bins.splits) + 1 :], strict=False)
    ]
    cases += [f"WHEN {name} < {_number(split)} THEN {worth}" for split, worth in zip(bins.splits, points, strict=False)]
    return f"CASE WHEN {name} IS NULL THEN {points[-1]} {' '.join(cases)} ELSE {points[len(bins.splits)]} END"


def _probability(calibration: LogisticCalibration) -> str:
    if calibration.lower is None:
        odds = f"{_number(calibration.slope)} * margin_"
    else:
        above = f"ln(1 + exp(margin_ - {_number(calibration.centre)}))"
        odds = (
            f"{_number(calibration.lower)} * (margin_ - {_number(calibration.centre)} - {above}) + {_number(calibration.slope)} * {above}"
        )
    odds = f"({odds} + {_number(calibration.shift)})"
    held = f"CASE WHEN {odds} > {_LARGEST} THEN {_LARGEST} WHEN {odds} < -{_LARGEST} THEN -{_LARGEST} ELSE {odds} END"
    return f"round(CAST(1 / (1 + exp(-({held}))) AS numeric), {DIGITS})"


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _number(value: float) -> str:
    return f"CAST({float(value)!r} AS double precision)"
