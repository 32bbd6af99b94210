"""A cut-off on scores as an object: what it approves, what that earns, and whom it treats otherwise than another does."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from finfoundry.core.errors import InputError


@dataclass(frozen=True, slots=True)
class CutOffPolicy:
    """A row is approved at or above the cut-off where a higher score is safer, else at or below it.

    ``gain``: of an approved row without the event; ``loss``: of one with it; in one currency.
    """

    cutoff: Decimal
    higher_is_safer: bool
    gain: Decimal
    loss: Decimal

    def approves(self, score: np.ndarray) -> np.ndarray:
        """Whether each row is approved: bool, the shape (rows,) of ``score``."""
        cutoff = float(self.cutoff)
        return np.asarray(score >= cutoff if self.higher_is_safer else score <= cutoff)


@dataclass(frozen=True, slots=True)
class Effect:
    """A policy on rows whose outcome is known."""

    policy: CutOffPolicy
    rows: int
    approved: int
    events: int  # among the approved
    declined_events: int
    profit: Decimal

    @property
    def approval_rate(self) -> float:
        return self.approved / self.rows

    @property
    def event_rate(self) -> float | None:
        return self.events / self.approved if self.approved else None


@dataclass(frozen=True, slots=True)
class Swap:
    """Rows that one policy approves and another declines, and those that both treat alike, with their events."""

    group: str
    rows: int
    events: int


def effect(policy: CutOffPolicy, score: np.ndarray, y: np.ndarray) -> Effect:
    """Rates and profit of a policy. Money is exact: it is counts times amounts. ``score`` and ``y`` (0 or 1) have shape (rows,)."""
    approved = policy.approves(score)
    count, events = int(approved.sum()), int(y[approved].sum())
    profit = policy.gain * (count - events) - policy.loss * events
    return Effect(policy, len(y), count, events, int(y.sum()) - events, profit)


def best(score: np.ndarray, y: np.ndarray, gain: Decimal, loss: Decimal, *, higher_is_safer: bool) -> Effect:
    """The cut-off with the most profit, of those that some row's score is; of equal ones the one that approves fewer.

    ``score`` and ``y`` (0 or 1) have shape (rows,). Raises InputError: there is no row.
    """
    if not len(y):
        raise InputError("There is no row with a score and an outcome to choose a cut-off by")
    order = np.argsort(-score if higher_is_safer else score, kind="stable")  # safest first
    events = np.cumsum(y[order])
    last = np.append(score[order][1:] != score[order][:-1], True)  # rows of one score are decided together
    found = [(gain * (int(at) + 1 - int(events[at])) - loss * int(events[at]), -int(at)) for at in np.flatnonzero(last)]
    at = -max(found)[1]
    return effect(CutOffPolicy(Decimal(repr(score[order][at].item())), higher_is_safer, gain, loss), score, y)


def swaps(before: np.ndarray, after: np.ndarray, y: np.ndarray) -> list[Swap]:
    """The swap set of two policies. ``before``, ``after``: whether each approves a row, bool; with ``y`` (0 or 1) all of shape (rows,)."""
    groups = {
        "approved by both": before & after,
        "swapped in": ~before & after,
        "swapped out": before & ~after,
        "declined by both": ~before & ~after,
    }
    return [Swap(name, int(rows.sum()), int(y[rows].sum())) for name, rows in groups.items()]
