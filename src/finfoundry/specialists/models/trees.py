"""Boosted trees by LightGBM with monotone constraints, averaged over seeds, explained by exact TreeSHAP (Lundberg et al. 2020)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import lightgbm
import numpy as np
from sklearn.model_selection import StratifiedShuffleSplit

from finfoundry.core import cancellation
from finfoundry.specialists.inputs.schema import Values
from finfoundry.specialists.models.binning import Bins

_FEW = 5000  # rows; with fewer, steps are smaller, more models are averaged, and tuning repeats its split
_TUNING_ROWS = 60_000
_MOST_ROUNDS = 600
_SHAPES = (
    {"num_leaves": 4, "min_data_in_leaf": 20},
    {"num_leaves": 12, "min_data_in_leaf": 20},
    {"num_leaves": 40, "min_data_in_leaf": 40},
)


@dataclass(frozen=True)
class Trees:
    """``codes[i]``: for a category column what each code (and, last, missing) becomes; empty for a number. ``texts``: LightGBM models."""

    columns: tuple[str, ...]
    codes: tuple[tuple[float, ...], ...]
    constraints: tuple[int, ...]
    texts: tuple[str, ...]
    settings: dict[str, Any]
    special: tuple[tuple[float, ...], ...] = ()  # codes that a column with a direction reads as missing, since they have no place on it

    @property
    def found(self) -> Found:
        """What the search for shape and rounds ended with."""
        return {name: int(self.settings[name]) for name in _SHAPES[0]}, int(self.settings["rounds"])

    @cached_property
    def _boosters(self) -> list[lightgbm.Booster]:
        return [lightgbm.Booster(model_str=text) for text in self.texts]

    def matrix(self, values: Values) -> np.ndarray:
        """Float64 of shape (rows, columns)."""
        special = self.special or ((),) * len(self.columns)
        return np.stack([_encode(values[name], *told) for name, *told in zip(self.columns, self.codes, special, strict=True)], axis=1)

    def margin(self, values: Values) -> np.ndarray:
        """Log odds of the event, before calibration: shape (rows,)."""
        matrix = self.matrix(values)
        threads = 1 if len(matrix) < 50_000 else 0  # starting threads costs more than they save
        raw = [np.asarray(booster.predict(matrix, raw_score=True, num_threads=threads)) for booster in self._boosters]
        return np.asarray(np.mean(raw, axis=0))

    def contributions(self, values: Values) -> tuple[float, np.ndarray]:
        """The mean log odds, and what each column adds to it (SHAP values), shape (rows, columns): together they are the margin."""
        matrix = self.matrix(values)
        shap = np.mean([_shares(booster, matrix) for booster in self._boosters], axis=0)
        return float(shap[0, -1]) if len(shap) else 0.0, shap[:, :-1]


def _shares(booster: Any, matrix: np.ndarray) -> np.ndarray:
    cancellation.check()
    return np.asarray(booster.predict(matrix, pred_contrib=True))


def _encode(cells: np.ndarray, codes: tuple[float, ...], special: tuple[float, ...]) -> np.ndarray:
    if special:
        return np.where(np.isin(cells, special), np.nan, cells)
    return np.array(codes)[cells] if codes else cells


Found = tuple[dict[str, int], int]  # the shape of the trees, and how many


def fit_trees(bins: Sequence[Bins], values: Values, woe: np.ndarray, y: np.ndarray, seed: int = 0, found: Found | None = None) -> Trees:
    """Tune size and number of rounds on a held-out fifth, then fit on all rows, three times with other seeds where rows are few.

    ``found``: by an earlier search, where there is no time for another. ``woe``: weights of evidence of shape (rows, bins), which
    replace the categories while fitting; ``y``: 0 or 1, shape (rows,).

    A column that was asked to be monotone, and a category (encoded by its weight of evidence), is constrained to its direction.
    """
    codes = tuple((*(one.woe[group] for group in one.groups), one.woe[-1]) if one.groups else () for one in bins)
    constraints = tuple(1 if one.groups else {"rising": 1, "falling": -1}.get(one.trend, 0) for one in bins)
    special = tuple(one.special if constraint else () for one, constraint in zip(bins, constraints, strict=True))
    columns = [woe[:, number] if one.groups else _encode(values[one.column], (), special[number]) for number, one in enumerate(bins)]
    matrix = np.stack(columns, axis=1)
    shape, rounds = found or _tune(matrix, y, constraints, seed)
    settings = {**_settings(constraints, len(y), seed), **shape, "num_threads": _threads(y)}
    texts = []
    for copy in range(3 if len(y) < _FEW else 1):
        model = lightgbm.train({**settings, "seed": seed + copy}, lightgbm.Dataset(matrix, y), rounds)
        texts.append(model.model_to_string())
    return Trees(
        tuple(one.column for one in bins),
        codes,
        constraints,
        tuple(texts),
        {**shape, "rounds": rounds, "learning_rate": _rate(len(y)), "seed": seed},
        special,
    )


def _rate(rows: int) -> float:
    return 0.04 if rows < _FEW else 0.1


def _settings(constraints: tuple[int, ...], rows: int, seed: int) -> dict[str, Any]:
    return {
        "objective": "binary",
        "learning_rate": _rate(rows),
        "feature_fraction": 0.4,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "lambda_l2": 5.0,
        "max_bin": 127,
        "monotone_constraints": list(constraints),
        "deterministic": True,
        "force_row_wise": True,
        "seed": seed,
        "verbose": -1,
    }


def _threads(y: np.ndarray) -> int:
    """Threads wait for each other more than they work while rows are few."""
    return 1 if len(y) < 50_000 else 2


def _tune(matrix: np.ndarray, y: np.ndarray, constraints: tuple[int, ...], seed: int) -> Found:
    """Shape and rounds with the least held-out log loss, over three splits where rows are few."""
    splits = 3 if len(y) < _FEW else 1
    if min(y.sum(), len(y) - y.sum()) < 10:
        return _SHAPES[0], 50
    drawn = np.random.default_rng(seed).permutation(len(y))[:_TUNING_ROWS]
    matrix, y = matrix[drawn], y[drawn]
    curves: list[np.ndarray] = []
    shapes = _SHAPES if len(y) >= _FEW else _SHAPES[:2]
    for shape in shapes:
        total = np.zeros(_MOST_ROUNDS)
        for fit, test in StratifiedShuffleSplit(splits, test_size=0.2, random_state=seed).split(matrix, y):
            total += _curve(matrix, y, fit, test, {**_settings(constraints, len(y), seed), **shape, "num_threads": _threads(y)})
        curves.append(total)
    best = min(range(len(curves)), key=lambda number: float(curves[number].min()))
    return shapes[best], max(20, int(curves[best].argmin()) + 1)


def _curve(matrix: np.ndarray, y: np.ndarray, fit: np.ndarray, test: np.ndarray, settings: dict[str, Any]) -> np.ndarray:
    """Held-out log loss after each round; rounds past an early stop repeat the last."""
    history: dict[str, Any] = {}
    train = lightgbm.Dataset(matrix[fit], y[fit])
    callbacks: list[Any] = [lightgbm.record_evaluation(history), lightgbm.early_stopping(30, verbose=False)]
    lightgbm.train(
        settings, train, _MOST_ROUNDS, valid_sets=[lightgbm.Dataset(matrix[test], y[test], reference=train)], callbacks=callbacks
    )
    losses = history["valid_0"]["binary_logloss"]
    return np.array(losses + [losses[-1]] * (_MOST_ROUNDS - len(losses)))
