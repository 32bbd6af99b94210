"""Cut-offs of specialists: their effect on rows with outcomes, against another specialist's, and which is in force."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import numpy as np

from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.specialists.families.serving import Opened
from finfoundry.specialists.inputs.table import TableSource
from finfoundry.specialists.inputs.target import outcomes
from finfoundry.specialists.lifecycle.registry import Registry
from finfoundry.specialists.models import policy
from finfoundry.specialists.models.scorecard import Scorecard
from finfoundry.specialists.scoring.score import score_table

_OF_ROWS = "A cut-off is of scores of rows"


@dataclass(frozen=True)
class AskedPolicy:
    """``cutoff``: None asks for the one with the most profit. ``against``: another specialist's folder and, unless the same, cut-off."""

    gain: Decimal
    loss: Decimal
    cutoff: Decimal | None = None
    against: Path | None = None
    against_cutoff: Decimal | None = None
    put_in_force: bool = False


@dataclass(frozen=True)
class PolicyReport:
    """A cut-off, what it does on rows with outcomes, and the rows that another one treats otherwise."""

    specialist: str
    version: str
    cutoff: Decimal
    approves: str
    rows: int = 0
    approved: int = 0
    approval_rate: float | None = None
    event_rate: float | None = None
    profit: Decimal | None = None
    other: policy.Effect | None = None
    swaps: list[policy.Swap] = field(default_factory=list)
    in_force: bool = False


def report_policy(
    registry: Registry,
    principal: Principal,
    folder: Path,
    asked: AskedPolicy,
    source: TableSource | None,
    opened: Opened,
    against: Opened | None,
) -> PolicyReport:
    """Weigh a cut-off on rows with outcomes, and put it in force where that is asked. ``against``: the other specialist, opened.

    Raises InputError, NotFound, NotPermitted.
    """
    opened.classifier(_OF_ROWS)
    made = opened.made
    safer = isinstance(made.model.form, Scorecard)
    name, words = opened.name, "scores at or above" if safer else "scores at or below"
    if source is None:
        if asked.cutoff is None:
            raise InputError("Neither a cut-off nor rows to choose one by were given", remedy="Give --cutoff, or --data with outcomes")
        chosen = policy.CutOffPolicy(asked.cutoff, safer, asked.gain, asked.loss)
        found = PolicyReport(name, made.version, chosen.cutoff, words)
    else:
        score, y = _scored(opened, source)
        effect = _effect(asked.cutoff, score, y, asked, safer=safer)
        chosen = effect.policy
        other, swaps = _against(asked, chosen, score, y, source, against) if against else (None, [])
        found = PolicyReport(
            name, made.version, chosen.cutoff, words, effect.rows, effect.approved, effect.approval_rate, effect.event_rate, effect.profit,
            other, swaps,
        )  # fmt: skip
    if not asked.put_in_force:
        return found
    registry.set_policy(principal, folder, chosen)
    return PolicyReport(**{**vars(found), "in_force": True})


def _scored(opened: Opened, source: TableSource) -> tuple[np.ndarray, np.ndarray]:
    """Scores and outcomes of the rows that have both. Raises InputError where none has."""
    made = opened.made
    rows = score_table(opened.classifier(_OF_ROWS), made, opened.name, source.table, reasons=False).rows
    y = outcomes(source.table[made.request.target], made.event) if made.request.target in source.table else np.full(len(rows), -1)
    score = np.array([np.nan if row.score is None else row.score for row in rows], dtype=np.float64)
    both = (y >= 0) & ~np.isnan(score)
    if not both.any():
        raise InputError(f"{source.name} has no row with a score and an outcome in {made.request.target!r}")
    return np.where(both, score, np.nan), np.where(both, y, -1)


def _effect(cutoff: Decimal | None, score: np.ndarray, y: np.ndarray, asked: AskedPolicy, *, safer: bool) -> policy.Effect:
    used = y >= 0
    if cutoff is None:
        return policy.best(score[used], y[used], asked.gain, asked.loss, higher_is_safer=safer)
    return policy.effect(policy.CutOffPolicy(cutoff, safer, asked.gain, asked.loss), score[used], y[used])


def _against(
    asked: AskedPolicy, chosen: policy.CutOffPolicy, score: np.ndarray, y: np.ndarray, source: TableSource, against: Opened
) -> tuple[policy.Effect, list[policy.Swap]]:
    """The other specialist by its own cut-off, its best where none is given; only rows that both scored are compared."""
    theirs, outcome = _scored(against, source)
    effect = _effect(asked.against_cutoff, theirs, outcome, asked, safer=isinstance(against.made.model.form, Scorecard))
    both = (y >= 0) & (outcome >= 0)
    return effect, policy.swaps(effect.policy.approves(theirs[both]), chosen.approves(score[both]), y[both])
