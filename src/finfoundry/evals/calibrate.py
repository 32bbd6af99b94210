"""A calibration from judged answers: a logistic regression over signals, and the error above each threshold on answers it had not seen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from finfoundry.core.errors import InputError
from finfoundry.evals.intervals import Estimate, Floats, wilson
from finfoundry.evals.rows import ANSWERED, Row

RIDGE = 1.0  # few answers: weights are kept small
FEWEST = 20
_STEPS = 50  # of Newton's method at most
GROUPS = 5  # of the reliability diagram
SMOOTHED = 1.0  # wrong answers added to each step, so that a handful of right ones promises nothing


def half(row: Row) -> bool:
    """Whether an answer belongs to the half that is fitted on: by a digest of its id, the same on every machine."""
    return hashlib.sha256(row.id.encode()).digest()[0] % 2 == 0


def fit(
    rows: Sequence[Row], named: str, before: Mapping[str, float] | None = None, false: Sequence[Row] = ()
) -> dict[str, object]:  # fmt: skip
    """The content of a calibration file. Raises InputError where too few answers were judged, or none was wrong.

    Answers ``false`` on purpose help to learn the weights; how sure the whole is, is then set by the real ones of the same half alone.
    A signal that no answer has, such as that a model wrote it, keeps its weight of the calibration ``before``.
    """
    judged, made = ([row for row in some if row.verdict in ANSWERED and row.signals] for some in (rows, false))
    mine, other = [row for row in judged if half(row)], [row for row in judged if not half(row)]
    if min(len(mine), len(other)) < FEWEST or len({row.correct for row in mine}) < 2:
        raise InputError(f"{len(judged)} judged answers are too few, or all alike", remedy="Run more suites; some answers must be wrong")
    names = list(mine[0].signals)
    learnt = [*mine, *(row for row in made if half(row) and not row.correct)]
    weights = logistic(matrix(learnt, names), rights(learnt))
    kept = [name for name in names if before and name in before and not any(row.signals.get(name) for row in learnt)]
    for name in kept:
        weights[1 + names.index(name)] = before[name] if before else 0.0
    if len(learnt) > len(mine):
        weights = _rescaled(weights, matrix(mine, names), rights(mine))
    confidences = 1 / (1 + np.exp(-(matrix(other, names) @ weights)))
    return {
        "weights": {name: round(float(value), 4) for name, value in zip(names, weights[1:], strict=True)},
        "bias": round(float(weights[0]), 4),
        "fitted_on": f"{named}: {len(mine)} answers whose id has an even digest ({sum(not row.correct for row in mine)} wrong); "
        f"the steps are of the {len(other)} others ({sum(not row.correct for row in other)} wrong)"
        + (f"; weights learnt with {len(learnt) - len(mine)} answers made false" if len(learnt) > len(mine) else "")
        + (f"; kept from the calibration before, as no answer has them: {', '.join(kept)}" if kept else ""),
        "answers": len(judged),
        "steps": steps(confidences, [row.correct for row in other]),
    }


def reliability(rows: Sequence[Row], confidence: Callable[[Mapping[str, float]], float]) -> list[tuple[float, Estimate]]:
    """The answers that the fit had not, in equal groups from the least sure: the mean confidence of each, and how many were right."""
    other = sorted((confidence(row.signals), row.correct) for row in rows if row.verdict in ANSWERED and row.signals and not half(row))
    size = max(1, -(-len(other) // GROUPS))
    groups = [other[start : start + size] for start in range(0, len(other), size)]
    return [(sum(sure for sure, _ in one) / len(one), wilson(sum(right for _, right in one), len(one))) for one in groups]


def _rescaled(weights: Floats, given: Floats, right: Floats) -> Floats:
    """The weights with a slope and a bias of their own (Platt, 1999), by answers in their true proportion; no slope below zero."""
    sums = given[:, 1:] @ weights[1:]
    bias, slope = logistic(np.column_stack([np.ones(len(sums)), sums]), right)
    if slope < 0:
        bias, slope = logistic(np.ones((len(sums), 1)), right)[0], 0.0
    return np.array([bias, *(slope * weights[1:])])


def rights(rows: Sequence[Row]) -> Floats:
    """Whether each row is right, as 1.0 or 0.0: shape (rows,)."""
    return np.array([row.correct for row in rows], dtype=np.float64)


def matrix(rows: Sequence[Row], names: Sequence[str]) -> Floats:
    """A column of ones, then the signals: shape (rows, 1 + names)."""
    return np.array([[1.0, *(row.signals.get(name, 0.0) for name in names)] for row in rows], dtype=np.float64)


def logistic(given: Floats, right: Floats) -> Floats:
    """Weights, shape (columns,), of a ridge logistic regression of ``right`` (rows,) on ``given`` (rows, columns), by Newton's method
    (Hastie, Tibshirani, Friedman, section 4.4.1); the bias, the first column, is not shrunk.
    """
    weights = np.zeros(given.shape[1])
    ridge = np.diag([1e-6, *[RIDGE] * (given.shape[1] - 1)])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-(given @ weights)))
        slope = given.T @ (right - chance) - ridge @ weights
        bend = (given * (chance * (1 - chance))[:, None]).T @ given + ridge
        step = np.linalg.solve(bend, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def steps(confidences: Floats, right: Sequence[bool]) -> list[dict[str, float]]:
    """From the surest answer down: the share of answers above each confidence, and its error, one wrong answer added. ``confidences`` has
    the shape (n,), one entry for each of ``right``.
    """
    order = np.argsort(-confidences)
    found: list[dict[str, float]] = []
    wrong = 0
    for number, place in enumerate(order, 1):
        wrong += not right[place]
        value = round(float(confidences[place]), 4)
        step = {"threshold": value, "coverage": round(number / len(order), 4), "error": round((wrong + SMOOTHED) / (number + SMOOTHED), 4)}
        if found and found[-1]["threshold"] == value:
            found.pop()
        found.append(step)
    return found
