"""Plots as SVG, small enough to write by hand: no drawing library is loaded."""

from __future__ import annotations

import html
from collections.abc import Sequence

from finfoundry.specialists.models.specialist import Bar

_W, _H, _PAD = 420, 300, 44


def calibration(bars: Sequence[Bar]) -> str:
    """Forecast (x) against frequency (y), one dot a group; the diagonal is perfect."""
    points = [(bar.forecast, bar.events / max(bar.rows, 1)) for bar in bars]
    top = max([0.05, *(max(point) for point in points)]) * 1.05
    dots = "".join(f"<circle cx='{_x(x, top):.1f}' cy='{_y(y, top):.1f}' r='4' fill='#1f5fa8'/>" for x, y in points)
    return _frame("Calibration: forecast and frequency", top, top, _line([(0, 0), (top, top)], top, top, "#b9c0ca") + dots)


def gain(curve: Sequence[tuple[float, float]]) -> str:
    """Share of rows looked at (x) against share of events found (y)."""
    lines = _line([(0, 0), (1, 1)], 1, 1, "#b9c0ca") + _line(curve, 1, 1, "#1f5fa8")
    return _frame("Gain: rows looked at, events found", 1, 1, lines)


def bars(names: Sequence[str], values: Sequence[float], title: str) -> str:
    """Horizontal bars."""
    top = max([*values, 1e-9])
    rows = [
        f"<text x='150' y='{30 + 20 * n}' text-anchor='end' font-size='11'>{html.escape(name[:24])}</text>"
        f"<rect x='156' y='{20 + 20 * n}' width='{200 * value / top:.1f}' height='13' fill='#1f5fa8'/>"
        f"<text x='{160 + 200 * value / top:.1f}' y='{30 + 20 * n}' font-size='11'>{value:.3f}</text>"
        for n, (name, value) in enumerate(zip(names, values, strict=True))
    ]
    height = 30 + 20 * len(rows)
    return f"<svg viewBox='0 0 {_W} {height}' width='{_W}' role='img' font-family='system-ui'><title>{html.escape(title)}</title>{''.join(rows)}</svg>"


def steps(base: tuple[str, float], parts: Sequence[tuple[str, float]], total: tuple[str, float]) -> str:
    """From the base to the total, one bar a part: red takes away, blue adds. Names with their values stand on the left."""
    at, ends = base[1], [base[1]]
    for _, value in parts:
        at += value
        ends.append(at)
    low, high = min([*ends, total[1]]), max([*ends, total[1]])
    low -= 0.06 * (high - low or 1.0)
    rows = [(base[0], base[1], low, base[1], "#5b6573")]
    rows += [(name, value, ends[n], ends[n + 1], "#b3261e" if value < 0 else "#1f5fa8") for n, (name, value) in enumerate(parts)]
    rows.append((total[0], total[1], low, total[1], "#1c2430"))
    drawn = []
    for number, (name, value, start, end, fill) in enumerate(rows):
        left, right = sorted(280 + 280 * (x - low) / (high - low or 1.0) for x in (start, end))
        shown = f"{value:+.4g}" if 0 < number < len(rows) - 1 else f"{value:.4g}"
        drawn.append(
            f"<text x='214' y='{30 + 24 * number}' text-anchor='end' font-size='12'>{html.escape(name[:34])}</text>"
            f"<text x='270' y='{30 + 24 * number}' text-anchor='end' font-size='12'>{shown}</text>"
            f"<rect x='{left:.1f}' y='{18 + 24 * number}' width='{max(right - left, 1.5):.1f}' height='15' fill='{fill}'/>"
        )
    height = 30 + 24 * len(rows)
    return f"<svg viewBox='0 0 580 {height}' width='580' role='img' font-family='system-ui'>{''.join(drawn)}</svg>"


def network(edges: Sequence[tuple[str, str, float, float]], middle: str) -> str:
    """Accounts on a circle around the one in the middle, transfers as arrows with their summed amounts."""
    from math import cos, pi, sin

    outer = sorted({name for edge in edges for name in edge[:2]} - {middle})
    place = {middle: (210.0, 150.0)}
    place |= {name: (210 + 125 * cos(2 * pi * n / len(outer)), 150 + 115 * sin(2 * pi * n / len(outer))) for n, name in enumerate(outer)}
    sums: dict[tuple[str, str], float] = {}
    for source, destination, amount, _ in edges:
        sums[source, destination] = sums.get((source, destination), 0.0) + amount
    lines = []
    for (source, destination), amount in sums.items():
        (x0, y0), (x1, y1) = place[source], place[destination]
        lines.append(
            f"<line x1='{x0:.0f}' y1='{y0:.0f}' x2='{x0 + 0.9 * (x1 - x0):.0f}' y2='{y0 + 0.9 * (y1 - y0):.0f}' stroke='#8a94a3' marker-end='url(#a)'/>"
            f"<text x='{(x0 + x1) / 2:.0f}' y='{(y0 + y1) / 2:.0f}' font-size='9' fill='#5b6573'>{amount:,.2f}</text>"
        )
    for name, (x, y) in place.items():
        fill = "#b3261e" if name == middle else "#1f5fa8"
        lines.append(
            f"<circle cx='{x:.0f}' cy='{y:.0f}' r='7' fill='{fill}'/><text x='{x + 9:.0f}' y='{y + 4:.0f}' font-size='11'>{html.escape(name)}</text>"
        )
    arrow = "<defs><marker id='a' viewBox='0 0 8 8' refX='8' refY='4' markerWidth='6' markerHeight='6' orient='auto'><path d='M0 0L8 4L0 8z' fill='#8a94a3'/></marker></defs>"
    return f"<svg viewBox='0 0 {_W} {_H}' width='{_W}' role='img' font-family='system-ui'>{arrow}{''.join(lines)}</svg>"


def _frame(title: str, right: float, top: float, inner: str) -> str:
    labels = (
        f"<text x='{_PAD}' y='{_H - 26}' font-size='11'>0</text><text x='{_W - _PAD}' y='{_H - 26}' text-anchor='end' font-size='11'>{right:.2g}</text>"
        f"<text x='{_PAD - 6}' y='{_PAD + 4}' text-anchor='end' font-size='11'>{top:.2g}</text><text x='{_PAD}' y='22' font-size='13'>{html.escape(title)}</text>"
    )
    axes = f"<path d='M{_PAD} {_PAD}V{_H - _PAD}H{_W - _PAD}' fill='none' stroke='#5b6573'/>"
    return f"<svg viewBox='0 0 {_W} {_H}' width='{_W}' role='img' font-family='system-ui'>{axes}{labels}{inner}</svg>"


def _line(points: Sequence[tuple[float, float]], right: float, top: float, colour: str) -> str:
    path = " ".join(f"{_x(x, right):.1f},{_y(y, top):.1f}" for x, y in points)
    return f"<polyline points='{path}' fill='none' stroke='{colour}' stroke-width='2'/>"


def _x(value: float, right: float) -> float:
    return _PAD + (_W - 2 * _PAD) * value / right


def _y(value: float, top: float) -> float:
    return _H - _PAD - (_H - 2 * _PAD) * value / top
