"""A calibration from judged answers: a logistic regression over signals, and the error above each threshold on papers it had not seen."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from finfoundry.core.errors import InputError
from finfoundry.evals.intervals import Estimate, Floats, wilson
from finfoundry.evals.rows import ANSWERED, Row

RIDGE = 1.0  # few answers: weights are kept small
FEWEST = 20
_STEPS = 50  # of Newton's method at most
FOLDS = 5
GROUPS = 5  # of the reliability diagram
SMOOTHED = 1.0  # wrong answers added to each step, so that a handful of right ones promises nothing


def fold(row: Row) -> int:
    """The fold of an answer, by a digest of its group (its paper) or else its id: the same on every machine, and no paper in two folds."""
    return hashlib.sha256((row.group or row.id).encode()).digest()[0] % FOLDS


def fit(
    rows: Sequence[Row], named: str, before: Mapping[str, float] | None = None, false: Sequence[Row] = (), unseen: float | None = None
) -> dict[str, object]:  # fmt: skip
    """The content of a calibration file. Raises InputError where too few answers were judged, or none was wrong.

    Answers ``false`` on purpose help to learn the weights; how sure the whole is, is then set by the real ones alone.
    A signal that no answer has, such as that a model wrote it, keeps its weight of the calibration ``before``. ``unseen``: the share of
    right answers on questions that nobody had read; where it is lower than here, wrong answers count for more until it is met.
    """
    told = crossed(rows, false, unseen)
    judged, made = _judged(rows), [row for row in _judged(false) if not row.correct]
    names = list(judged[0].signals)
    weights = _weights(judged, made, names, unseen)
    kept = [name for name in names if before and name in before and not any(row.signals.get(name) for row in (*judged, *made))]
    for name in kept:
        weights[1 + names.index(name)] = before[name] if before else 0.0
    return {
        "weights": {name: round(float(value), 4) for name, value in zip(names, weights[1:], strict=True)},
        "bias": round(float(weights[0]), 4),
        "fitted_on": f"{named}: {len(judged)} answers ({sum(not row.correct for row in judged)} wrong); "
        f"the steps are of fits that had no answer of the same paper, in {FOLDS} folds"
        + (f"; level of {unseen:.0%} right on questions that nobody had read" if unseen is not None else "")
        + (f"; weights learnt with {len(made)} answers made false" if made else "")
        + (f"; kept from the calibration before, as no answer has them: {', '.join(kept)}" if kept else ""),
        "answers": len(judged),
        "steps": steps(np.array([sure for sure, _ in told]), [right for _, right in told], heavier([right for _, right in told], unseen)),
    }


def crossed(rows: Sequence[Row], false: Sequence[Row] = (), unseen: float | None = None) -> list[tuple[float, bool]]:
    """The confidence of each judged answer by a fit that had no answer of its fold, and whether it is right, the least sure first."""
    judged, made = _judged(rows), [row for row in _judged(false) if not row.correct]
    if len(judged) < 2 * FEWEST or len({row.correct for row in judged}) < 2:
        raise InputError(f"{len(judged)} judged answers are too few, or all alike", remedy="Run more suites; some answers must be wrong")
    names = list(judged[0].signals)
    told: list[tuple[float, bool]] = []
    for number in range(FOLDS):
        here, others = ([row for row in judged if (fold(row) == number) == one] for one in (True, False))
        if here:
            weights = _weights(others, [row for row in made if fold(row) != number], names, unseen)
            told += zip((1 / (1 + np.exp(-(matrix(here, names) @ weights)))).tolist(), [row.correct for row in here], strict=True)
    return sorted(told)


def reliability(told: Sequence[tuple[float, bool]]) -> list[tuple[float, Estimate]]:
    """Answers of ``crossed`` in equal groups from the least sure: the mean confidence of each, and how many were right."""
    size = max(1, -(-len(told) // GROUPS))
    groups = [told[start : start + size] for start in range(0, len(told), size)]
    return [(sum(sure for sure, _ in one) / len(one), wilson(sum(right for _, right in one), len(one))) for one in groups]


def heavier(right: Sequence[bool], unseen: float | None) -> float:
    """For how many a wrong answer counts so that no more than ``unseen`` are right (case weights; King and Zeng, 2001)."""
    wrong = len(right) - sum(right)
    return max(1.0, (1 - unseen) / unseen * sum(right) / wrong) if unseen and wrong else 1.0


def _judged(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.verdict in ANSWERED and row.signals]


def _weights(real: Sequence[Row], false: Sequence[Row], names: Sequence[str], unseen: float | None) -> Floats:
    """Bias and weights, shape (1 + names,)."""
    counts = np.where(rights(real) > 0, 1.0, heavier([row.correct for row in real], unseen))
    learnt = [*real, *false]
    weights = logistic(matrix(learnt, names), rights(learnt), np.concatenate([counts, np.ones(len(false))]))
    return _rescaled(weights, matrix(real, names), rights(real), counts) if false else weights


def _rescaled(weights: Floats, given: Floats, right: Floats, counts: Floats) -> Floats:
    """The weights with a slope and a bias of their own (Platt, 1999), by answers in their true proportion; no slope below zero."""
    sums = given[:, 1:] @ weights[1:]
    bias, slope = logistic(np.column_stack([np.ones(len(sums)), sums]), right, counts)
    if slope < 0:
        bias, slope = logistic(np.ones((len(sums), 1)), right, counts)[0], 0.0
    return np.array([bias, *(slope * weights[1:])])


def rights(rows: Sequence[Row]) -> Floats:
    """Whether each row is right, as 1.0 or 0.0: shape (rows,)."""
    return np.array([row.correct for row in rows], dtype=np.float64)


def matrix(rows: Sequence[Row], names: Sequence[str]) -> Floats:
    """A column of ones, then the signals: shape (rows, 1 + names)."""
    return np.array([[1.0, *(row.signals.get(name, 0.0) for name in names)] for row in rows], dtype=np.float64)


def logistic(given: Floats, right: Floats, counts: Floats) -> Floats:
    """Weights, shape (columns,), of a ridge logistic regression of ``right`` (rows,) on ``given`` (rows, columns), by Newton's method
    (Hastie, Tibshirani, Friedman, section 4.4.1); the bias, the first column, is not shrunk. ``counts`` (rows,): for how many each counts.
    """
    weights = np.zeros(given.shape[1])
    ridge = np.diag([1e-6, *[RIDGE] * (given.shape[1] - 1)])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-(given @ weights)))
        slope = given.T @ (counts * (right - chance)) - ridge @ weights
        bend = (given * (counts * chance * (1 - chance))[:, None]).T @ given + ridge
        step = np.linalg.solve(bend, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def steps(confidences: Floats, right: Sequence[bool], heavy: float = 1.0) -> list[dict[str, float]]:
    """From the surest answer down: the share of answers above each confidence, and its error, one wrong answer added. ``confidences`` has
    the shape (n,), one entry for each of ``right``; a wrong answer counts for ``heavy``.
    """
    order = np.argsort(-confidences)
    found: list[dict[str, float]] = []
    wrong = 0
    for number, place in enumerate(order, 1):
        wrong += not right[place]
        value, weighed = round(float(confidences[place]), 4), heavy * wrong + SMOOTHED
        error = weighed / (number - wrong + weighed)
        step = {"threshold": value, "coverage": round(number / len(order), 4), "error": round(error, 4)}
        if found and found[-1]["threshold"] == value:
            found.pop()
        found.append(step)
    return found
