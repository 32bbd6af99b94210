"""Pictures as SVG text, small enough to write by hand: no drawing library is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

BLUE, RED, GREEN, PALE, GREY, INK = "#1f5fa8", "#b3261e", "#1a7f4b", "#b9c0ca", "#5b6573", "#1c2430"
SANS = "system-ui"


def element(name: str, content: str = "", /, **attributes: object) -> str:
    """``element("text", "a", font_size=11)`` is ``<text font-size="11">a</text>``. A float is written to a tenth, None is left out,
    ``content`` is markup and is not escaped.
    """
    given = "".join(f' {key.replace("_", "-")}="{_written(value)}"' for key, value in attributes.items() if value is not None)
    return f"<{name}{given}>{content}</{name}>" if content else f"<{name}{given}/>"


def _written(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else escape(str(value))


def picture(width: int, height: int, parts: Iterable[str], *, name: str, **attributes: object) -> str:
    """A whole picture, for a page or a file of its own; ``name`` is read aloud in its place."""
    given: dict[str, Any] = {"viewBox": f"0 0 {width} {height}", "width": width, "role": "img", "aria_label": name, **attributes}
    return element("svg", "".join(parts), xmlns="http://www.w3.org/2000/svg", **given)


def text(x: float, y: float, words: str, **attributes: object) -> str:
    """Words whose baseline begins at a place; ``text_anchor="end"``: ends there."""
    return element("text", escape(words), x=x, y=y, **attributes)


def rectangle(x: float, y: float, width: float, height: float, fill: str) -> str:
    return element("rect", x=x, y=y, width=width, height=height, fill=fill)


def dot(x: float, y: float, radius: float, fill: str) -> str:
    return element("circle", cx=x, cy=y, r=radius, fill=fill)


def stroke(path: str, colour: str, **attributes: object) -> str:
    """A path that is drawn along, not filled: ``M60 20V190`` goes down."""
    return element("path", d=path, stroke=colour, fill="none", **attributes)


@dataclass(frozen=True, slots=True)
class Plane:
    """Where values lie in a picture: 0 to ``most`` from ``left`` to ``right``, ``low`` to ``high`` from ``bottom`` up to ``top``."""

    left: float
    right: float
    top: float
    bottom: float
    most: float = 1.0
    high: float = 1.0
    low: float = 0.0

    def x(self, value: float) -> float:
        return self.left + (self.right - self.left) * value / (self.most or 1.0)

    def y(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * (value - self.low) / max(self.high - self.low, 1e-9)

    def curve(self, points: Sequence[tuple[float, float]], colour: str) -> str:
        places = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
        return element("polyline", points=places, fill="none", stroke=colour, stroke_width=2)

    def axes(self, colour: str = GREY) -> str:
        return stroke(f"M{self.left:g} {self.top:g}V{self.bottom:g}H{self.right:g}", colour)
