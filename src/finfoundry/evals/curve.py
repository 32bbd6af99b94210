"""Coverage against error: what share of questions is answered above a confidence, and how many of those answers are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from finfoundry.evals.rows import ANSWERED, Row


@dataclass(frozen=True, slots=True)
class CoveragePoint:
    """Answering only at ``confidence`` or above answers ``coverage`` of all questions, ``error`` of those wrongly."""

    confidence: float
    coverage: float
    error: float


def curve(rows: Sequence[Row]) -> list[CoveragePoint]:
    """From the surest answer to all of them; equal confidences are one point. Questions that were not answered are never covered."""
    sure = sorted((row.confidence, row.verdict == "wrong") for row in rows if row.confidence is not None and row.verdict in ANSWERED)
    points: list[CoveragePoint] = []
    wrong = 0
    for number, (confidence, is_wrong) in enumerate(reversed(sure), 1):
        wrong += is_wrong
        point = CoveragePoint(confidence, number / len(rows), wrong / number)
        if points and points[-1].confidence == confidence:
            points.pop()
        points.append(point)
    return points


def error_at(points: Sequence[CoveragePoint], coverage: float) -> CoveragePoint | None:
    """The first point that answers at least so many; None where so many are never answered."""
    return next((point for point in points if point.coverage >= coverage), None)
