"""Plots of a run: an interval bar a figure, error against coverage, confidence against the share that was right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from finfoundry.core.svg import GREEN, RED, Plane, dot, picture, rectangle, stroke, text
from finfoundry.evals.curve import CoveragePoint
from finfoundry.evals.intervals import Estimate

WIDTH, LEFT, LINE = 640, 190, 24
AXIS, RULE, BAR = "#222", "#999", "#4a6fa5"
COLOURS = {"correct": GREEN, "wrong": RED}


def intervals(estimates: Mapping[str, Estimate]) -> str:
    """One line a figure: a bar to its value, a whisker over its interval; values are shares from 0 to 1; NaN is left out."""
    lines = [_interval(number * LINE, name, one) for number, (name, one) in enumerate(estimates.items()) if one.value == one.value]
    return picture(WIDTH, len(estimates) * LINE, lines, name="figures with their 95 % intervals")


def _interval(y: int, name: str, one: Estimate) -> str:
    low, value, high = (LEFT + (WIDTH - LEFT - 70) * min(max(part, 0.0), 1.0) for part in (one.low, one.value, one.high))
    return (
        text(LEFT - 8, y + 16, name.replace("_", " "), text_anchor="end")
        + rectangle(LEFT, y + 5, value - LEFT, 14, COLOURS.get(name, BAR))
        + stroke(f"M{low:.1f} {y + 12}H{high:.1f}M{low:.1f} {y + 8}v8M{high:.1f} {y + 8}v8", AXIS)
        + text(WIDTH - 64, y + 16, f"{one.value:.3f}")
    )


def error_curve(points: Sequence[CoveragePoint]) -> str:
    """Error among the answers given, over the share of questions answered."""
    if not points:
        return ""
    plane = Plane(60, WIDTH - 20, 20, 190, high=max(0.1, *(point.error for point in points)))
    places = "L".join(f"{plane.x(point.coverage):.1f} {plane.y(point.error):.1f}" for point in points)
    half, below = plane.x(0.5), plane.bottom + 18
    parts = [
        plane.axes(AXIS),
        stroke(f"M{half:g} 20V{plane.bottom:g}", RULE, stroke_dasharray=4),
        stroke(f"M{places}", RED, stroke_width=2),
        text(56, 24, f"{plane.high:.0%}", text_anchor="end"),
        text(56, plane.bottom, "0", text_anchor="end"),
        text(half, below, "half of all questions", text_anchor="middle"),
        text(plane.right, below, "coverage 100%", text_anchor="end"),
        text(64, 14, "wrong among those answered"),
    ]
    return picture(WIDTH, 220, parts, name="error against coverage")


def reliability(bins: Sequence[tuple[float, Estimate]]) -> str:
    """Of answers grouped by their confidence: the share that was right, with its interval and n, over the mean confidence of the group."""
    low = min((0.9, *(one.low for _, one in bins), *(sure for sure, _ in bins)))
    plane = Plane(60, 360, 20, 320, most=1 - low, low=low)
    parts = [
        plane.axes(AXIS),
        stroke("M60 320L360 20", RULE, stroke_dasharray=4),
        text(54, 24, "1", text_anchor="end"),
        text(54, 320, f"{low:.2f}", text_anchor="end"),
        text(360, 338, "confidence told", text_anchor="end"),
        text(66, 14, "share right"),
    ]
    for sure, one in bins:
        x, y = plane.x(sure - low), plane.y(max(one.value, low))
        parts += [
            stroke(f"M{x:.1f} {plane.y(one.low):.1f}V{plane.y(max(one.high, low)):.1f}", BAR),
            dot(x, y, 4, GREEN),
            text(x + 8, y + 4, f"n = {one.n}"),
        ]
    return picture(WIDTH, 344, parts, name="confidence told and share right")
