"""Splits: forward in time where there is a time, by a given column, else stratified."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold

from finfoundry.core.errors import InputError

Fold = tuple[np.ndarray, np.ndarray]  # row numbers to fit on, row numbers to test on: each of shape (n,)

_FORWARD = (0.5, 0.65, 0.8, 1.0)  # fit on all before the first border, test up to the next; then again with more


def folds(
    y: np.ndarray, time: pd.Series | None, given: pd.Series | None, seed: int, alike: np.ndarray | None = None, until_known: float = 0.0
) -> list[Fold]:
    """The splits that validate and calibrate a training. Each test part holds both classes.

    ``y``: outcomes, 0 or 1, shape (rows,). ``alike``: the number of each row's group, shape (rows,); rows of a group are never separated.
    ``until_known``: days, or steps of a time in plain numbers, from a row to its outcome; forward in time no row is fitted on whose
    outcome was not known when the first tested row came.

    Raises:
        InputError: a class is too small to be split.
    """
    if min(y.sum(), len(y) - y.sum()) < 10:
        raise InputError(
            f"The target has {int(y.sum())} events among {len(y)} rows",
            remedy="Give at least 10 rows of each class; 100 are a sensible least",
        )
    if given is not None:
        parts = [np.flatnonzero(given.to_numpy() == value) for value in given.unique()]
        found = [(np.setdiff1d(np.arange(len(y)), part), part) for part in parts]
    elif time is not None:
        found = _forward(time, until_known)
    else:
        found = _stratified(y, alike if alike is not None else np.arange(len(y)), seed)
    usable = [(fit, test) for fit, test in found if 0 < y[fit].sum() < len(fit) and 0 < y[test].sum() < len(test)]
    if not usable:
        raise InputError("No split holds both classes in its two parts", remedy="Give other folds, or a longer period")
    return usable


def _stratified(y: np.ndarray, alike: np.ndarray, seed: int) -> list[Fold]:
    """Five folds of groups, stratified by the outcome of each group's first row."""
    first = np.unique(alike, return_index=True)[1]
    if min(y[first].sum(), len(first) - y[first].sum()) < 5:
        alike, first = np.arange(len(y)), np.arange(len(y))
    parts = StratifiedKFold(5, shuffle=True, random_state=seed).split(first, y[first])
    tests = [np.isin(alike, alike[first[test]]) for _, test in parts]
    return [(np.flatnonzero(~test), np.flatnonzero(test)) for test in tests]


def _forward(time: pd.Series, until_known: float) -> list[Fold]:
    """Rows of one time never part: what is tested lies strictly later than what was fitted."""
    return forward(time, _FORWARD, until_known)


def forward(time: pd.Series, borders: Sequence[float], until_known: float = 0.0) -> list[Fold]:
    """Between borders, given as shares of the rows in their order in time: the rows before each of which the outcome was known when the
    stretch behind it began, and that stretch. Outcomes are known ``until_known`` days after their rows (purging: López de Prado 2018).
    """
    ranks = time.rank(method="min", pct=True).to_numpy()
    found = [(np.flatnonzero(ranks <= border), np.flatnonzero((ranks > border) & (ranks <= until))) for border, until in pairwise(borders)]
    return [(_known(time, fit, test, until_known), test) for fit, test in found]


def _known(time: pd.Series, fit: np.ndarray, test: np.ndarray, until_known: float) -> np.ndarray:
    """Of the rows to fit on those whose outcome was known when the first of the rows to test came."""
    if not until_known or not len(test):
        return fit
    wait = pd.Timedelta(days=until_known) if pd.api.types.is_datetime64_any_dtype(time) else until_known
    known = (time.iloc[fit] + wait <= time.iloc[test].min()).to_numpy()
    return np.asarray(fit[known])
