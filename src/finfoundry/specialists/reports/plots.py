"""The plots of a card: how good a model is, how a score comes about, who an account deals with."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin

from finfoundry.core.svg import BLUE, GREY, INK, PALE, RED, SANS, Plane, dot, element, picture, rectangle, text
from finfoundry.specialists.models.specialist import Bar

_W, _H, _PAD = 420, 300, 44
_ARROW, _LINK = "a", "#8a94a3"


def calibration(bars: Sequence[Bar]) -> str:
    """Forecast (x) against frequency (y), one dot a group; the diagonal is perfect."""
    points = [(bar.forecast, bar.events / max(bar.rows, 1)) for bar in bars]
    top = max([0.05, *(max(point) for point in points)]) * 1.05
    plane = _plane(top)
    dots = [dot(plane.x(x), plane.y(y), 4, BLUE) for x, y in points]
    return _framed("Calibration: forecast and frequency", plane, [plane.curve([(0, 0), (top, top)], PALE), *dots])


def gain(curve: Sequence[tuple[float, float]]) -> str:
    """Share of rows looked at (x) against share of events found (y)."""
    plane = _plane(1.0)
    return _framed("Gain: rows looked at, events found", plane, [plane.curve([(0, 0), (1, 1)], PALE), plane.curve(curve, BLUE)])


def bars(names: Sequence[str], values: Sequence[float], title: str) -> str:
    """Horizontal bars."""
    top = max([*values, 1e-9])
    rows = [
        text(150, 30 + 20 * n, name[:24], text_anchor="end", font_size=11)
        + rectangle(156, 20 + 20 * n, 200 * value / top, 13, BLUE)
        + text(160 + 200 * value / top, 30 + 20 * n, f"{value:.3f}", font_size=11)
        for n, (name, value) in enumerate(zip(names, values, strict=True))
    ]
    return picture(_W, 30 + 20 * len(rows), rows, name=title, font_family=SANS)


def steps(base: tuple[str, float], parts: Sequence[tuple[str, float]], total: tuple[str, float]) -> str:
    """From the base to the total, one bar a part: red takes away, blue adds. Names with their values are on the left."""
    at, ends = base[1], [base[1]]
    for _, value in parts:
        at += value
        ends.append(at)
    low, high = min([*ends, total[1]]), max([*ends, total[1]])
    low -= 0.06 * (high - low or 1.0)
    rows = [(base[0], f"{base[1]:.4g}", low, base[1], GREY)]
    rows += [(name, f"{value:+.4g}", ends[n], ends[n + 1], RED if value < 0 else BLUE) for n, (name, value) in enumerate(parts)]
    rows.append((total[0], f"{total[1]:.4g}", low, total[1], INK))
    drawn = []
    for number, (name, shown, start, end, fill) in enumerate(rows):
        left, right = sorted(280 + 280 * (x - low) / (high - low or 1.0) for x in (start, end))
        drawn += [
            text(214, 30 + 24 * number, name[:34], text_anchor="end", font_size=12),
            text(270, 30 + 24 * number, shown, text_anchor="end", font_size=12),
            rectangle(left, 18 + 24 * number, max(right - left, 1.5), 15, fill),
        ]
    return picture(580, 30 + 24 * len(rows), drawn, name=f"From {base[0]} to {total[0]}", font_family=SANS)


def network(edges: Sequence[tuple[str, str, float, float]], middle: str) -> str:
    """Accounts on a circle around the one in the middle, transfers as arrows with their summed amounts."""
    outer = sorted({name for edge in edges for name in edge[:2]} - {middle})
    place = {middle: (210.0, 150.0)}
    place |= {name: (210 + 125 * cos(2 * pi * n / len(outer)), 150 + 115 * sin(2 * pi * n / len(outer))) for n, name in enumerate(outer)}
    sums: dict[tuple[str, str], float] = {}
    for source, destination, amount, _ in edges:
        sums[source, destination] = sums.get((source, destination), 0.0) + amount
    drawn = [_arrow_head(), *(_transfer(place[source], place[destination], amount) for (source, destination), amount in sums.items())]
    for name, (x, y) in place.items():
        drawn += [dot(x, y, 7, RED if name == middle else BLUE), text(x + 9, y + 4, name, font_size=11)]
    return picture(_W, _H, drawn, name=f"Transfers around {middle}", font_family=SANS)


def _transfer(source: tuple[float, float], destination: tuple[float, float], amount: float) -> str:
    (x0, y0), (x1, y1) = source, destination
    ends = {"x1": x0, "y1": y0, "x2": x0 + 0.9 * (x1 - x0), "y2": y0 + 0.9 * (y1 - y0)}
    arrow = element("line", **ends, stroke=_LINK, marker_end=f"url(#{_ARROW})")
    return arrow + text((x0 + x1) / 2, (y0 + y1) / 2, f"{amount:,.2f}", font_size=9, fill=GREY)


def _arrow_head() -> str:
    size = {"viewBox": "0 0 8 8", "refX": 8, "refY": 4, "markerWidth": 6, "markerHeight": 6}
    return element("defs", element("marker", element("path", d="M0 0L8 4L0 8z", fill=_LINK), id=_ARROW, **size, orient="auto"))


def _plane(top: float) -> Plane:
    return Plane(_PAD, _W - _PAD, _PAD, _H - _PAD, most=top, high=top)


def _framed(title: str, plane: Plane, inner: Sequence[str]) -> str:
    frame = [
        plane.axes(),
        text(_PAD, _H - 26, "0", font_size=11),
        text(_W - _PAD, _H - 26, f"{plane.most:.2g}", text_anchor="end", font_size=11),
        text(_PAD - 6, _PAD + 4, f"{plane.high:.2g}", text_anchor="end", font_size=11),
        text(_PAD, 22, title, font_size=13),
    ]
    return picture(_W, _H, [*frame, *inner], name=title, font_family=SANS)
