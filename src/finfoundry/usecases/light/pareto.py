"""Right answers over cost, as a picture: who is best at his price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from finfoundry.core.svg import BLUE, GREEN, GREY, PALE, SANS, Plane, dot, picture, text

WIDTH, HEIGHT = 640, 340


@dataclass(frozen=True, slots=True)
class Point:
    """A model; ``cost`` in whatever the budget counts."""

    name: str
    cost: float
    right: float
    chosen: bool = False


def front(points: Sequence[Point]) -> list[Point]:
    """Those that none beats at once in cost and right answers, by cost."""
    found: list[Point] = []
    for one in sorted(points, key=lambda point: (point.cost, -point.right)):
        if not found or one.right > found[-1].right:
            found.append(one)
    return found


def draw(points: Sequence[Point]) -> str:
    """An SVG; the chosen one green, the best at their price joined."""
    plane = Plane(60, WIDTH - 150, 20, HEIGHT - 40, most=1.05 * max((one.cost for one in points), default=1.0))
    best = [(one.cost, one.right) for one in front(points)]
    parts = [plane.axes(), plane.curve(best, PALE)]
    for one in points:
        parts.append(dot(plane.x(one.cost), plane.y(one.right), 5, GREEN if one.chosen else BLUE))
        parts.append(text(plane.x(one.cost) + 8, plane.y(one.right) + 4, one.name[-28:], font_size=11))
    parts += [
        text(8, plane.top + 4, "right", fill=GREY, font_size=11),
        text(8, plane.bottom, "0", fill=GREY, font_size=11),
        text(plane.right, plane.bottom + 18, f"cost {plane.most:.3g}", fill=GREY, font_size=11, text_anchor="end"),
    ]
    return picture(WIDTH, HEIGHT, parts, name="right answers over cost", font_family=SANS)
