"""Plots as SVG text: an interval bar a figure, and error against coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from finfoundry.evals.curve import CoveragePoint
from finfoundry.evals.intervals import Estimate

WIDTH, LEFT, LINE = 640, 190, 24
COLOURS = {"correct": "#1a7f4b", "wrong": "#b3261e"}


def intervals(estimates: Mapping[str, Estimate]) -> str:
    """One line a figure: a bar to its value, a whisker over its interval; values are shares from 0 to 1."""
    scale = WIDTH - LEFT - 70
    lines = []
    for number, (name, one) in enumerate(estimates.items()):
        y, colour = number * LINE, COLOURS.get(name, "#4a6fa5")
        if one.value != one.value:
            continue
        low, value, high = (LEFT + scale * min(max(part, 0.0), 1.0) for part in (one.low, one.value, one.high))
        lines.append(
            f'<text x="{LEFT - 8}" y="{y + 16}" text-anchor="end">{escape(name.replace("_", " "))}</text>'
            f'<rect x="{LEFT}" y="{y + 5}" width="{value - LEFT:.1f}" height="14" fill="{colour}"/>'
            f'<path d="M{low:.1f} {y + 12}H{high:.1f}M{low:.1f} {y + 8}v8M{high:.1f} {y + 8}v8" stroke="#222" fill="none"/>'
            f'<text x="{WIDTH - 64}" y="{y + 16}">{one.value:.3f}</text>'
        )
    return _svg(len(estimates) * LINE, "".join(lines), "figures with their 95 % intervals")


def error_curve(points: Sequence[CoveragePoint]) -> str:
    """Error among the answers given, over the share of questions answered."""
    if not points:
        return ""
    height, bottom, right = 220, 190, WIDTH - 20
    top = max(0.1, *(point.error for point in points))

    def place(point: CoveragePoint) -> str:
        return f"{60 + (right - 60) * point.coverage:.1f} {bottom - (bottom - 20) * point.error / top:.1f}"

    half = 60 + (right - 60) * 0.5
    body = (
        f'<path d="M60 20V{bottom}H{right}" stroke="#222" fill="none"/><path d="M{half} 20V{bottom}" stroke="#999" stroke-dasharray="4"/>'
        f'<path d="M{"L".join(map(place, points))}" stroke="#b3261e" stroke-width="2" fill="none"/>'
        f'<text x="56" y="24" text-anchor="end">{top:.0%}</text><text x="56" y="{bottom}" text-anchor="end">0</text>'
        f'<text x="{half}" y="{bottom + 18}" text-anchor="middle">half of all questions</text>'
        f'<text x="{right}" y="{bottom + 18}" text-anchor="end">coverage 100%</text><text x="64" y="14">wrong among those answered</text>'
    )
    return _svg(height, body, "error against coverage")


def reliability(bins: Sequence[tuple[float, Estimate]]) -> str:
    """Of answers grouped by their confidence: the share that was right, with its interval and n, over the mean confidence of the group."""
    low = min((0.9, *(one.low for _, one in bins), *(sure for sure, _ in bins)))
    size, left, bottom = 300, 60, 320

    def at(value: float) -> float:
        return size * (max(value, low) - low) / (1 - low)

    body = (
        f'<path d="M{left} 20V{bottom}H{left + size}" stroke="#222" fill="none"/>'
        f'<path d="M{left} {bottom}L{left + size} {bottom - size}" stroke="#999" stroke-dasharray="4"/>'
        f'<text x="{left - 6}" y="24" text-anchor="end">1</text><text x="{left - 6}" y="{bottom}" text-anchor="end">{low:.2f}</text>'
        f'<text x="{left + size}" y="{bottom + 18}" text-anchor="end">confidence told</text><text x="{left + 6}" y="14">share right</text>'
    )
    for sure, one in bins:
        x, y = left + at(sure), bottom - at(one.value)
        body += (
            f'<path d="M{x:.1f} {bottom - at(one.low):.1f}V{bottom - at(one.high):.1f}" stroke="#4a6fa5"/>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#1a7f4b"/><text x="{x + 8:.1f}" y="{y + 4:.1f}">n = {one.n}</text>'
        )
    return _svg(bottom + 24, body, "confidence told and share right")


def _svg(height: int, body: str, name: str) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" role="img" aria-label="{name}">{body}</svg>'
