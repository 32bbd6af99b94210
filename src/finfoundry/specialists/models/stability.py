"""Stability: have the inputs and the score moved since training? (Population stability index.)

With few rows chance alone moves the index past the usual limits, so each one is compared with the value that chance reaches.
"""

from __future__ import annotations

import numpy as np

from finfoundry.specialists.inputs.schema import Column, Schema, Values

DEFINITION = (
    "Population stability index = sum over classes of (share now - share in training) x ln(share now / share in training); the classes are"
    " tenths of the training rows (of a category each of its values), and one of missing cells; a share below 0.0001 counts as that."
)
STABLE, MOVED = 0.1, 0.25  # the usual reading: below 0.1 stable, above 0.25 moved
_CLASSES = 10
_LEAST = 1e-4  # of a share, so that an empty class counts, but not without end
_DRAWS = 2000
_FALSE = 0.05  # of files in which nothing moved: so many may have an alarm
_ENOUGH = 100_000  # rows; with more, chance reaches next to nothing


def psi(expected: np.ndarray, actual: np.ndarray) -> float:
    """Σ (actual - expected) ln(actual / expected) over classes given as shares, both of shape (classes,); 0 = the same."""
    e, a = np.maximum(expected, _LEAST), np.maximum(actual, _LEAST)
    return float(np.sum((a - e) * np.log(a / e)))


def edges_of(values: np.ndarray) -> tuple[float, ...]:
    """Inner borders of ten classes of about equal size; fewer where values repeat. ``values``: shape (rows,), none of them NaN."""
    inner = np.quantile(values, np.linspace(0, 1, _CLASSES + 1)[1:-1])
    return tuple(float(edge) for edge in np.unique(inner))


def shares_between(edges: tuple[float, ...], values: np.ndarray) -> tuple[float, ...]:
    """Share of the values, shape (rows,), in each class, and last of the missing (NaN): two more than there are edges."""
    present = values[~np.isnan(values)]
    counts = np.bincount(np.searchsorted(edges, present, side="right"), minlength=len(edges) + 1)
    return tuple(float(count) for count in np.append(counts, len(values) - len(present)) / max(len(values), 1))


def reference(schema: Schema, values: Values, probability: np.ndarray) -> tuple[tuple[float, ...], dict[str, tuple[float, ...]]]:
    """Borders of the score's classes, and the shares of the score and of each column in training.

    Of a number the tuple has its borders, then its shares, two more than the borders: one flat tuple a column keeps the file simple.
    ``probability``: of each row, shape (rows,).
    """
    edges = edges_of(probability)
    found = {"score": shares_between(edges, probability)}
    for column in schema:
        found[f"column {column.name}"] = _column(column, values[column.name])
    return edges, found


def _column(column: Column, cells: np.ndarray) -> tuple[float, ...]:
    if column.kind == "category":
        return _category_shares(column, cells)
    edges = edges_of(cells[~np.isnan(cells)])
    return (*edges, *shares_between(edges, cells))


def _category_shares(column: Column, cells: np.ndarray) -> tuple[float, ...]:
    counts = np.bincount(cells + 1, minlength=len(column.categories) + 1)
    return tuple(float(count) for count in counts / max(len(cells), 1))


def column_psi(column: Column, kept: tuple[float, ...], cells: np.ndarray) -> float:
    """The index of one column, whose cells have shape (rows,), against what ``reference`` kept of it."""
    if column.kind == "category":
        return psi(np.array(kept), np.array(_category_shares(column, cells)))
    borders = (len(kept) - 2) // 2
    edges = kept[:borders]
    return psi(np.array(kept[borders:]), np.array(shares_between(edges, cells)))


def shares_of(column: Column, kept: tuple[float, ...]) -> np.ndarray:
    """The shares among what ``reference`` kept of a column: shape (classes,), that of missing cells included."""
    return np.array(kept if column.kind == "category" else kept[(len(kept) - 2) // 2 :])


def reached_by_chance(shares: np.ndarray, before: int, now: int, compared: int) -> float:
    """The index that two draws from the same shares, of ``before`` and ``now`` rows, stay below but for 5 % of files.

    ``shares``: shape (classes,). ``compared``: how many indices a file has; each is given its part of the 5 % (Bonferroni).
    By drawing, since the chi-squared approximation (Yurdakul 2018) fails where a class expects few rows.
    """
    if min(before, now) > _ENOUGH:
        return 0.0
    random, even = np.random.default_rng(0), shares / shares.sum()
    first, second = (np.maximum(random.multinomial(rows, even, _DRAWS) / rows, _LEAST) for rows in (before, now))
    drawn = ((second - first) * np.log(second / first)).sum(axis=1)
    return float(np.quantile(drawn, 1 - _FALSE / compared, method="higher"))


def reading(index: float, critical: float) -> str:
    """``stable``, ``watch`` or ``moved``; ``too few`` where chance alone could have moved it as far as this."""
    if index < STABLE:
        return "stable"
    if index <= critical:
        return "too few"
    return "watch" if index < MOVED else "moved"
