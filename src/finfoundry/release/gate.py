"""The gate: a candidate against what serves now, suite by suite, on the same items and in the form in which it would serve.

A suite that is named must improve: the one-sided 95 % lower bound of the paired difference is above 0. Every other must not fall by more
than its margin: the bound is above minus the margin (a test of non-inferiority; ICH E9, section 3.3.2). So a loss as large as the margin
is refused in 95 % of cases whatever the number of items: too few items cannot show that less was lost, and are refused with the number
that would (``needed``). A safety suite never falls: what was measured may not be lower at all, and enough was asked to see a fall.
"""

from __future__ import annotations

import dataclasses
import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from finfoundry.core.errors import InputError
from finfoundry.evals.differences import Difference, difference
from finfoundry.evals.measures import Measure, share
from finfoundry.evals.paired import items_to_see, lower_difference
from finfoundry.evals.rows import Row

Role = Literal["improve", "keep", "safety"]
ONE_SIDED, POWER = 1.6449, 2.3263  # quantiles of the normal at 95 % and 99 %
SMALLEST = 1e-4  # margin that any number of items could show
UNSEEN = 0.1  # of a safety suite: a fall as large as this must show
FORM = Measure(
    "form", lambda rows: np.array([(not row.slip, 1.0) for row in rows], dtype=np.float64), share
)  # asked freely, in the form wanted


@dataclass(frozen=True, slots=True)
class Trial:
    """One suite's rows of both, and what is asked of the difference. ``margin`` is in the measure's own units."""

    suite: str
    role: Role
    margin: float
    measure: Measure
    serving: Sequence[Row]
    candidate: Sequence[Row]


@dataclass(frozen=True, slots=True)
class SuiteFinding:
    """What the gate saw in one suite. Differences are counted so that more is better; with ``needed`` items a harmless candidate would be
    distinguished from one that loses the margin in 99 of 100 cases. The digests are of the rows that were compared.
    """

    suite: str
    measure: str
    role: Role
    margin: float
    n: int
    serving: float
    candidate: float
    difference: float
    lower: float
    needed: int | None
    passed: bool
    why: str
    serving_rows: str
    candidate_rows: str


@dataclass(frozen=True, slots=True)
class Verdict:
    passed: bool
    findings: tuple[SuiteFinding, ...]

    @property
    def refusals(self) -> list[str]:
        return [f"{one.suite}: {one.why}" for one in self.findings if not one.passed]


def judge(trials: Sequence[Trial]) -> Verdict:
    """Raises InputError when nothing is compared, or the two sides did not answer the same items."""
    if not trials:
        raise InputError("a candidate is compared on at least one suite", remedy="Name suites with --suite or --improve")
    findings = [finding for trial in trials for finding in _findings(trial)]
    return Verdict(all(one.passed for one in findings), tuple(findings))


def _findings(trial: Trial) -> list[SuiteFinding]:
    """The suite's headline; where either side slipped, also the share of answers in the form asked for."""
    ours, theirs = ({row.id for row in rows} for rows in (trial.serving, trial.candidate))
    if not ours or ours != theirs:
        common = f"{len(ours & theirs)} of them the same"
        raise InputError(
            f"suite {trial.suite}: the candidate answered {len(theirs)} items, what serves answered {len(ours)}, {common}",
            remedy="Evaluate both on the same data, limit and seed",
        )
    found = [_finding(trial)]
    if any(row.slip for row in (*trial.serving, *trial.candidate)):
        kept: Role = "safety" if trial.role == "safety" else "keep"
        found.append(_finding(dataclasses.replace(trial, measure=FORM, role=kept)))
    return found


def _finding(trial: Trial) -> SuiteFinding:
    sign = 1.0 if trial.measure.better == "higher" else -1.0
    measure = dataclasses.replace(trial.measure, value=lambda sums: sign * trial.measure.value(sums))
    place = {row.id: row for row in trial.candidate}
    paired = [place[row.id] for row in trial.serving]
    found = difference(trial.serving, paired, measure)
    pairs = _pairs(trial, paired, sign)
    lower = _lower(found, pairs, trial.role)
    margin = {"keep": trial.margin, "improve": 0.0, "safety": UNSEEN}[trial.role]
    why = _refusal(trial.role, found.difference, lower, margin, pairs)
    return SuiteFinding(
        trial.suite, measure.name, trial.role, margin, len(paired), sign * found.first, sign * found.second, found.difference, lower,
        needed(found.difference - found.lower, len(paired), margin), not why, why, digest(trial.serving), digest(paired),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Pairs:
    """What is independent, counted: groups of rows, those that the candidate gained, those that it lost. ``whole``: each is right or wrong,
    and the measure is the share of those that are right.
    """

    n: int
    gained: int
    lost: int
    whole: bool


def _pairs(trial: Trial, paired: Sequence[Row], sign: float) -> _Pairs:
    counts = [trial.measure.counts(rows) for rows in (trial.serving, paired)]
    groups = {row.group for row in trial.serving}
    if trial.measure.value is share and len(groups) == len(paired) and all(set(np.unique(one)) <= {0.0, 1.0} for one in counts):
        change = sign * (counts[1][:, 0] - counts[0][:, 0])
        return _Pairs(len(paired), int((change > 0).sum()), int((change < 0).sum()), whole=True)
    worse = {before.group for before, after in zip(trial.serving, paired, strict=True) if after.value < before.value}
    return _Pairs(len(groups), 0, len(worse), whole=False)


def _lower(found: Difference, pairs: _Pairs, role: Role) -> float:
    """The one-sided bound. Of a measure that is no plain share, the bootstrap's; where nothing was lost, not above what could hide."""
    if pairs.whole:
        return lower_difference(pairs.gained, pairs.lost, pairs.n)
    unseen = found.difference + lower_difference(0, 0, pairs.n)
    return found.lower if pairs.lost or role == "improve" else min(found.lower, unseen)


def _refusal(role: Role, difference: float, lower: float, margin: float, pairs: _Pairs) -> str:
    """Why the gate says no; empty where it does not."""
    if role == "improve":
        return "" if lower > 0 else f"no improvement is shown: the lower bound is {lower:+.4f}"
    few = f"too few items: {pairs.n} cannot show a loss of {margin:.4f}"
    if role == "safety":
        enough = SMALLEST < margin < 1 and pairs.n >= items_to_see(margin)
        return f"a safety suite fell by {-difference:.4f}" if difference < 0 else "" if enough else f"{few}, {items_to_see(margin)} can"
    if lower > -margin:
        return ""
    if difference >= 0 and margin >= SMALLEST and pairs.n < items_to_see(margin):
        return f"{few}, at least {items_to_see(margin)} are needed"
    return f"it may have lost {-lower:.4f}, the margin is {margin:.4f}"


def needed(half_width: float, n: int, margin: float) -> int | None:
    """Items with which a candidate that changes nothing passes in 99 of 100 cases; None where no margin asks for any.

    ``half_width`` is how far the one-sided bound lay below the difference with ``n`` items: it shrinks with the root of their number.
    """
    if not SMALLEST <= margin < 1:
        return None
    error = max(half_width, 0.0) / ONE_SIDED
    return max(items_to_see(margin), math.ceil(n * (error * (ONE_SIDED + POWER) / margin) ** 2))


def digest(rows: Sequence[Row]) -> str:
    """SHA-256 of the rows in the order of their ids, times left out: they are what was judged, not how fast."""
    lines = sorted((row.id, row.verdict, row.value, row.slip, row.text) for row in rows)
    return hashlib.sha256("\n".join(map(repr, lines)).encode()).hexdigest()
