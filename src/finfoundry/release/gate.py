"""The gate: a candidate against what serves now, suite by suite, on the same items and in the form in which it would serve.

A suite that is named must improve: the one-sided 95 % lower bound of the paired difference is above 0. Every other must not fall by more
than its margin: the bound is above minus the margin (a test of non-inferiority; ICH E9, section 3.3.2). So a loss as large as the margin
is refused in 95 % of cases whatever the number of items; fewer items only refuse more that is harmless, and ``needed`` says how many would
do. A safety suite never falls: what was measured may not be lower at all.
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
from finfoundry.evals.compare import difference
from finfoundry.evals.measures import Measure, share
from finfoundry.evals.rows import Row

Role = Literal["improve", "keep", "safety"]
ONE_SIDED, POWER = 1.6449, 2.3263  # quantiles of the normal at 95 % and 99 %
SMALLEST = 1e-4  # margin that any number of items could show
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
class Finding:
    """What the gate saw in one suite. Differences are counted so that more is better; ``needed`` items would tell a harmless candidate
    from one that loses the margin, in 99 of 100 cases. The digests are of the rows that were compared.
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
    findings: tuple[Finding, ...]

    @property
    def refusals(self) -> list[str]:
        return [f"{one.suite}: {one.why}" for one in self.findings if not one.passed]


def judge(trials: Sequence[Trial]) -> Verdict:
    """Raises InputError when nothing is compared, or the two sides did not answer the same items."""
    if not trials:
        raise InputError("a candidate is compared on at least one suite", remedy="Name suites with --suite or --improve")
    findings = [finding for trial in trials for finding in _findings(trial)]
    return Verdict(all(one.passed for one in findings), tuple(findings))


def _findings(trial: Trial) -> list[Finding]:
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


def _finding(trial: Trial) -> Finding:
    sign = 1.0 if trial.measure.better == "higher" else -1.0
    measure = dataclasses.replace(trial.measure, value=lambda sums: sign * trial.measure.value(sums))
    place = {row.id: row for row in trial.candidate}
    paired = [place[row.id] for row in trial.serving]
    found = difference(trial.serving, paired, measure)
    margin = trial.margin if trial.role == "keep" else 0.0
    if trial.role == "safety":
        passed, why = found.difference >= 0, f"a safety suite fell by {-found.difference:.4f}"
    elif trial.role == "improve":
        passed, why = found.lower > 0, f"no improvement is shown: the lower bound is {found.lower:+.4f}"
    else:
        passed, why = (
            found.lower > -margin or found.low == found.high == 0,
            f"it may have lost {-found.lower:.4f}, the margin is {margin:.4f}",
        )
    return Finding(
        trial.suite, measure.name, trial.role, margin, len(paired), sign * found.first, sign * found.second, found.difference, found.lower,
        needed(found.difference - found.lower, len(paired), margin), passed, "" if passed else why, digest(trial.serving), digest(paired),
    )  # fmt: skip


def needed(half_width: float, n: int, margin: float) -> int | None:
    """Items with which a candidate that changes nothing passes in 99 of 100 cases; None where no margin asks for any.

    ``half_width`` is how far the one-sided bound lay below the difference with ``n`` items: it shrinks with the root of their number.
    """
    if margin < SMALLEST or half_width <= 0:
        return None
    error = half_width / ONE_SIDED
    return math.ceil(n * (error * (ONE_SIDED + POWER) / margin) ** 2)


def digest(rows: Sequence[Row]) -> str:
    """SHA-256 of the rows in the order of their ids, times left out: they are what was judged, not how fast."""
    lines = sorted((row.id, row.verdict, row.value, row.slip, row.text) for row in rows)
    return hashlib.sha256("\n".join(map(repr, lines)).encode()).hexdigest()
