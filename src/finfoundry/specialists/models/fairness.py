"""Fairness by group and by intersection of groups, with intervals: who would be selected, and how many of the good are.

Selected means: the forecast lies at or below the portfolio's event rate. These figures describe; whether a difference is lawful is a
legal question that no figure answers (four-fifths rule: 29 CFR 1607.4(D); EU AI Act Art. 10; 个人信息保护法第二十四条).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

_LEAST = 30  # rows of a group that others are compared with
_Z = 1.959964  # of a 95 % interval
MISSING = "missing"
Interval = tuple[float, float]


@dataclass(frozen=True)
class Fairness:
    """One group against the group with the highest selection rate, of those that are not small. Without outcomes the last are None.

    ``by``: the columns that make the groups; several are their intersection. Intervals are of 95 %.
    """

    group: str
    rows: int
    selection_rate: float
    selection_ratio: float
    mean_forecast: float
    rate: float | None
    equal_opportunity_difference: float | None  # of the selection rates among rows without the event
    by: str = ""
    selection_rate_interval: Interval = (0.0, 1.0)
    selection_ratio_interval: Interval | None = None  # None for the group that the others are compared with, and where nobody is selected
    equal_opportunity_interval: Interval | None = None


def by_columns(table: pd.DataFrame, columns: Sequence[str], probability: np.ndarray, y: np.ndarray | None, cut: float) -> list[Fairness]:
    """``fairness`` by each column, by each pair of them, and so on up to all; a group of several is named by all its values.

    ``probability`` and ``y`` have shape (rows,), in the order of the table; ``y`` is None where outcomes are not known.
    """
    texts = {name: table[name].fillna(MISSING).astype(str).to_numpy() for name in columns if name in table}
    found = []
    for count in range(1, len(texts) + 1):
        for names in combinations(texts, count):
            found += fairness(_crossed(texts, names), probability, y, cut, " & ".join(names))
    return found


def _crossed(texts: Mapping[str, np.ndarray], names: Sequence[str]) -> np.ndarray:
    """One column's values as they are; of several, "north & f"."""
    return np.array([" & ".join(row) for row in zip(*(texts[name] for name in names), strict=True)], dtype=object)


def fairness(groups: np.ndarray, probability: np.ndarray, y: np.ndarray | None, cut: float, by: str = "") -> list[Fairness]:
    """Every group, the largest first. A row is selected where its probability is at most ``cut``.

    ``groups`` (names), ``probability`` and ``y`` (0 or 1; None where outcomes are not known) have shape (rows,).
    """
    selected = probability <= cut
    good = np.ones(len(selected), dtype=bool) if y is None else y == 0
    names, counts = np.unique(groups.astype(str), return_counts=True)
    where = {str(name): groups == name for name in names}
    large = [str(name) for name, count in zip(names, counts, strict=True) if count >= _LEAST] or list(where)
    best = max(large, key=lambda name: (selected[where[name]].mean(), name))
    chosen = {name: _count(selected, rows) for name, rows in where.items()}
    kept = {name: _count(selected, rows & good) for name, rows in where.items()} if y is not None else {}
    chances = {name: hits / of for name, (hits, of) in kept.items() if of}
    fairest = max((name for name in large if name in chances), key=lambda name: (chances[name], name), default=None)
    found = []
    for name in names[np.argsort(-counts, kind="stable")].tolist():
        rows, rate = where[name], chosen[name][0] / chosen[name][1]
        top = chosen[best][0] / chosen[best][1]
        apart = fairest is not None and name in chances
        found.append(
            Fairness(
                name, chosen[name][1], rate, rate / top if top else 1.0, float(probability[rows].mean()),
                float(y[rows].mean()) if y is not None else None,
                chances[name] - chances[str(fairest)] if apart else None, by, wilson(*chosen[name]),
                None if name == best else _ratio(chosen[name], chosen[best]),
                _difference(kept[name], kept[str(fairest)]) if apart and name != fairest else None,
            )
        )  # fmt: skip
    return found


def _count(selected: np.ndarray, rows: np.ndarray) -> tuple[int, int]:
    return int(selected[rows].sum()), int(rows.sum())


def wilson(hits: int, of: int) -> Interval:
    """The 95 % interval of the share ``hits`` / ``of`` (Wilson 1927)."""
    share, spread = hits / of, _Z**2 / of
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * np.sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def _ratio(one: tuple[int, int], other: tuple[int, int]) -> Interval | None:
    """The 95 % interval of a ratio of shares, each (hits, of) (Katz 1978); None where either has no hit."""
    if not one[0] or not other[0]:
        return None
    ratio = one[0] / one[1] / (other[0] / other[1])
    half = _Z * np.sqrt(1 / one[0] - 1 / one[1] + 1 / other[0] - 1 / other[1])
    return float(ratio * np.exp(-half)), float(ratio * np.exp(half))


def _difference(one: tuple[int, int], other: tuple[int, int]) -> Interval:
    """The 95 % interval of a difference of shares, each (hits, of) (Newcombe 1998, method 10)."""
    first, second = one[0] / one[1], other[0] / other[1]
    (low, high), (least, most) = wilson(*one), wilson(*other)
    gap = first - second
    return float(gap - np.hypot(first - low, most - second)), float(gap + np.hypot(high - first, second - least))
