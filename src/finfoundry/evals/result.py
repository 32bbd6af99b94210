"""A run as figures: each with n and an interval, per kind, with times, tokens, and the coverage-against-error curve."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from finfoundry.evals.curve import CoveragePoint, curve, error_at
from finfoundry.evals.intervals import Estimate, wilson
from finfoundry.evals.measures import MEASURES, Measure
from finfoundry.evals.rows import Row


@dataclass(frozen=True, slots=True)
class Times:
    median: float
    p95: float
    longest: float


@dataclass(frozen=True, slots=True)
class TokenCounts:
    prompt: int
    completion: int


@dataclass(frozen=True, slots=True)
class KindResult:
    """One kind of question: how many, how they ended, and the headline measure over them."""

    n: int
    verdicts: dict[str, int]
    headline: Estimate


@dataclass(frozen=True, slots=True)
class Group:
    """How the questions of one kind, language, collection or person ended: each share with its 95 % interval."""

    by: str  # all, kind, language, collection, as
    name: str
    n: int
    endings: dict[str, Estimate]  # right, in part, wrong, no answer


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """What ``result.json`` holds. ``of`` is how many items the suite has, ``n`` how many were asked."""

    suite: str
    system: str
    model: str | None
    seed: int
    n: int
    of: int
    headline: str
    measures: dict[str, Estimate]
    verdicts: dict[str, Estimate]
    kinds: dict[str, KindResult]
    slips: Estimate
    seconds: Times
    tokens: TokenCounts
    curve: list[CoveragePoint] = field(default_factory=list)
    half_coverage: CoveragePoint | None = None  # where half of all questions are answered
    folder: str = ""
    groups: list[Group] = field(default_factory=list)  # of own questions


def summarise(
    suite: str, system: str, model: str | None, seed: int, of: int, rows: Sequence[Row], measures: Sequence[Measure]
) -> SuiteResult:
    """The result of a run's rows; the first measure is the headline."""
    kinds: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        kinds[row.kind].append(row)
    points = curve(rows)
    chosen = [*measures, *([MEASURES["ece"]] if points else [])]
    times = sorted(row.seconds for row in rows) or [0.0]
    return SuiteResult(
        suite, system, model, seed, len(rows), of, measures[0].name,
        {measure.name: measure.estimate(rows) for measure in chosen},
        {verdict: wilson(n, len(rows)) for verdict, n in Counter(row.verdict for row in rows).most_common()},
        {
            kind: KindResult(len(some), dict(Counter(row.verdict for row in some).most_common()), measures[0].estimate(some))
            for kind, some in sorted(kinds.items()) if kind
        },
        wilson(sum(row.slip for row in rows), len(rows)),
        Times(statistics.median(times), times[min(len(times) - 1, int(len(times) * 0.95))], times[-1]),
        TokenCounts(sum(row.prompt_tokens for row in rows), sum(row.completion_tokens for row in rows)),
        points, error_at(points, 0.5),
    )  # fmt: skip
