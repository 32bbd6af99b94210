"""The bars of a chart drawn as an SVG, with an axis that states unit and scale, and words for what is not there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from html import escape

from pydantic_core import to_json

from finfoundry.core import svg
from finfoundry.core.answer import Language
from finfoundry.core.disclosure import Disclosure
from finfoundry.server.console.ask.answer_chart import Chart, ChartBar
from finfoundry.server.console.written import Scaled

_WIDTH, _ROW, _LABEL, _VALUE = 640, 30, 200, 130  # of the picture
_AXIS = 40  # height of the axis with its words
_LINE = 16  # height of a line below it
_LONGEST = 26  # characters of a label
_TICKS = 4  # about so many
_NONE = {"en": "no figure here", "zh": "此处无数字"}
_OTHERS = {"en": "Not drawn, being in another unit: {}", "zh": "单位不同，未绘入：{}"}


def drawn(chart: Chart, language: Language, title: str, labels: Sequence[Disclosure] = ()) -> str:
    """The chart as an SVG; text and bars take the colours of the page by their classes, and those below in a file of its own. ``labels``:
    the marks of generated content, below the bars and in the metadata.
    """
    values = [bar.value for bar in chart.bars if bar.figure]
    low, high = min(0.0, *values), max(0.0, *values)
    plane = svg.Plane(_LABEL, _WIDTH - _VALUE, 0, 1, most=(high - low) or 1.0)
    scaled = Scaled.of([bar.figure.value for bar in chart.bars if bar.figure], chart.unit, language)
    rows = list(_rows(plane, chart.bars, low, scaled, language))
    depth = len(rows) * _ROW
    parts = [svg.element("title", escape(title)), *(part for row in rows for part in row)]
    parts.append(svg.stroke(f"M{plane.x(-low):.1f} 0V{depth}", svg.GREY))
    parts += _axis(plane, depth, (low, high), scaled, chart.name)
    below = [*([_OTHERS[language].format(", ".join(chart.others))] if chart.others else ()), *(one.text for one in labels)]
    height = depth + _AXIS + 4
    parts += [svg.text(4, height + number * _LINE - 4, line, font_size=11, fill="currentColor") for number, line in enumerate(below, 1)]
    if labels:
        parts.insert(0, svg.element("metadata", escape(to_json(labels[0].metadata()).decode())))
    size = height + len(below) * _LINE
    return svg.picture(
        _WIDTH, size, parts, name=title, font_family=svg.SANS, font_size=13, color=svg.INK, **{"class": "chart"}
    )  # fmt: skip


def _rows(plane: svg.Plane, bars: Sequence[ChartBar], low: float, scaled: Scaled, language: Language) -> Iterator[list[str]]:
    """A row a bar; the name of a series stands in a row above its bars."""
    series, row = "", 0
    for bar in bars:
        if bar.series != series:
            series = bar.series
            yield [svg.text(4.0, row * _ROW + 20.0, series, font_weight="bold", fill="currentColor")]
            row += 1
        yield _bar(plane, row, bar, low, scaled, language)
        row += 1


def _bar(plane: svg.Plane, row: int, bar: ChartBar, low: float, scaled: Scaled, language: Language) -> list[str]:
    top, start = row * _ROW + 5.0, plane.x(-low)
    label = bar.label if len(bar.label) <= _LONGEST else f"{bar.label[: _LONGEST - 1]}…"
    named = svg.text(_LABEL - 8.0, top + 15, label, text_anchor="end", fill="currentColor")
    if bar.figure is None:
        return [named, svg.text(start + 6, top + 15, f"– {_NONE[language]}", font_style="italic", fill=svg.GREY)]
    end = plane.x(bar.value - low)
    return [
        named,
        svg.rectangle(min(start, end), top, max(abs(end - start), 1.0), _ROW - 10.0, svg.BLUE if bar.value >= 0 else svg.RED),
        svg.text(max(start, end) + 6, top + 15, scaled.told(bar.figure.value), fill="currentColor"),
    ]


def _axis(plane: svg.Plane, depth: int, ends: tuple[float, float], scaled: Scaled, name: str) -> Iterator[str]:
    """A line below the bars with round numbers, and what they are of: net profit, million GBP."""
    low, high = ends
    yield svg.stroke(f"M{plane.left:g} {depth}H{plane.right:g}", svg.GREY)
    step = _round_step((high - low) / float(scaled.scale) / _TICKS) * float(scaled.scale)
    for number in range(math.ceil(low / step), math.floor(high / step) + 1):
        x = plane.x(number * step - low)
        yield svg.stroke(f"M{x:.1f} {depth}v4", svg.GREY)
        yield svg.text(x, depth + 16.0, scaled.bare(number * step), text_anchor="middle", font_size=11, fill="currentColor")
    told = ", ".join(part for part in (name, scaled.unit) if part)
    yield svg.text((plane.left + plane.right) / 2, depth + 33.0, told, text_anchor="middle", font_size=12, fill="currentColor")


def _round_step(about: float) -> float:
    """1, 2 or 5 times a power of ten, not below ``about``: 173 -> 200."""
    power = 10.0 ** math.floor(math.log10(about)) if about > 0 else 1.0
    return next(float(Decimal(factor) * Decimal(str(power))) for factor in (1, 2, 5, 10) if factor * power >= about * 0.999)
