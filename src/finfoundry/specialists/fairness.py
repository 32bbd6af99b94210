"""Fairness by group: who would be selected, and how many of the good are.

Selected means: the forecast lies at or below the portfolio's event rate. These figures describe; whether a difference is lawful is a
legal question that no figure answers (four-fifths rule: 29 CFR 1607.4(D); EU AI Act Art. 10; 个人信息保护法第二十四条).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_LEAST = 30  # rows of a group that others are compared with


@dataclass(frozen=True)
class Fairness:
    """One group against the group with the highest selection rate, of those that are not small. Without outcomes the last is None."""

    group: str
    rows: int
    selection_rate: float
    selection_ratio: float
    mean_forecast: float
    rate: float | None
    equal_opportunity_difference: float | None  # of the selection rates among rows without the event


def fairness(groups: np.ndarray, probability: np.ndarray, y: np.ndarray | None, cut: float) -> list[Fairness]:
    """Every group, the largest first."""
    selected = probability <= cut
    names, counts = np.unique(groups, return_counts=True)
    rates = {name: float(selected[groups == name].mean()) for name in names}
    chances = {name: _among_good(selected, y, groups == name) for name in names}
    large = [str(name) for name, count in zip(names, counts, strict=True) if count >= _LEAST] or [str(name) for name in names]
    best = max(rates[name] for name in large)
    best_chance = max((chance for name in large if (chance := chances[name]) is not None), default=None)
    found = []
    for name in names[np.argsort(-counts, kind="stable")]:
        rows, chance = groups == name, chances[name]
        found.append(
            Fairness(
                str(name),
                int(rows.sum()),
                rates[name],
                rates[name] / best if best else 1.0,
                float(probability[rows].mean()),
                float(y[rows].mean()) if y is not None else None,
                chance - best_chance if chance is not None and best_chance is not None else None,
            )
        )
    return found


def _among_good(selected: np.ndarray, y: np.ndarray | None, rows: np.ndarray) -> float | None:
    if y is None or not (rows & (y == 0)).any():
        return None
    return float(selected[rows & (y == 0)].mean())
