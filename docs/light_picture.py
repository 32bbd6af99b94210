"""Draws how fast light forms write over what they weigh (`docs/pictures/light.svg`), by the figures of `docs/light.md`; that of the
blocks taken out is a ratio taken beside other programs, times the quiet base. And right answers over the bill of a year (`light-fit.svg`),
of the example there.

python docs/light_picture.py
"""

from __future__ import annotations

from pathlib import Path

from finfoundry.core.svg import BLUE, GREEN, GREY, PALE, SANS, Plane, dot, picture, text
from finfoundry.usecases.light.pareto import Point, draw

# `python benchmarks/light.py speed BASE LIGHT`, one core: name, MB of the file, tokens a second; each base beside what was made of it
MEASURED = (
    (("gemma-3-270m", 253, 70.5), ("trimmed to a quarter", 114, 135.7)),
    (("smollm2-135m", 98, 130.1), ("trimmed to a quarter", 74, 155.2)),
    (("smollm2-135m", 98, 130.1), ("a quarter of the blocks out", 81, 1.34 * 130.1)),
)
# `finfoundry fit`: the bill of a year in CNY, and the share right of 75 with `--every`
FITTED = (
    Point("light/small", 28.28, 0.787, chosen=True),
    Point("light/eighth-small", 31.15, 0.547),
    Point("light/eighth", 37.72, 0.787),
    Point("the tuned 135m", 42.32, 0.853),
    Point("smollm2-135m-instruct", 76.93, 0.147),
    Point("the 1.5B", 348.52, 0.640),
)
WIDTH, HEIGHT = 640, 340


def drawn() -> str:
    """Bases blue, light forms green, a line from each to what was made of it."""
    plane = Plane(60, WIDTH - 150, 24, HEIGHT - 44, most=280, high=200)
    parts = [plane.axes()]
    for base, light in MEASURED:
        parts.append(plane.curve([base[1:], light[1:]], PALE))
        for place, (name, size, speed) in enumerate((base, light)):
            parts.append(dot(plane.x(size), plane.y(speed), 5, GREEN if place else BLUE))
            parts.append(text(plane.x(size) + 8, plane.y(speed) + (4 if place else 16), f"{name}: {speed:.0f}, {size} MB", font_size=11))
    parts += [
        text(8, plane.top - 8, "tokens a second", fill=GREY, font_size=11),
        text(plane.right, plane.bottom + 20, f"MB of the file, to {plane.most:g}", fill=GREY, font_size=11, text_anchor="end"),
    ]
    return picture(WIDTH, HEIGHT, parts, name="tokens a second over the size of the file", font_family=SANS)


if __name__ == "__main__":
    for name, image in (("light.svg", drawn()), ("light-fit.svg", draw(FITTED))):
        (Path(__file__).parent / "pictures" / name).write_text(image + "\n", "utf-8")
