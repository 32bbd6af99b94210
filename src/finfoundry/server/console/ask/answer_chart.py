"""Figures of one answer that belong side by side - years, companies, parts - as bars, drawn here; every bar is a bound figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pydantic_core import to_json

from finfoundry.core import svg
from finfoundry.core.answer import Answer, Figure, Language
from finfoundry.core.disclosure import Disclosure
from finfoundry.server.console.written import amount, period_words

FEWEST, MOST = 2, 24  # bars
_WIDTH, _ROW, _LABEL, _VALUE = 640, 30, 200, 130  # of the picture
_LINE = 16  # height of a line below the bars


@dataclass(frozen=True, slots=True)
class ChartBar:
    """``number`` is the place of the figure in its answer, from 1; ``value`` its exact value."""

    number: int
    label: str
    figure: Figure

    @property
    def value(self) -> float:
        return float(self.figure.value)


def bars_of(answer: Answer, language: Language) -> list[ChartBar]:
    """The largest group of figures of one unit and one way of reading that differ in just one thing; [] where there is none."""
    groups: dict[tuple[str | None, bool], list[tuple[int, Figure]]] = {}
    for number, figure in enumerate(answer.figures, 1):
        if figure.source in ("cell", "calculation", "sql") and _numeric(figure):
            groups.setdefault((figure.unit, figure.source == "calculation"), []).append((number, figure))
    for (unit, _), group in sorted(groups.items(), key=lambda item: -len(item[1])):
        named = None if unit == "count" else _named(group, language)
        if named and FEWEST <= len(named) <= MOST:
            return named
    return []


def _numeric(figure: Figure) -> bool:
    try:
        float(figure.value)
    except ValueError:
        return False
    return True


def _named(group: Sequence[tuple[int, Figure]], language: Language) -> list[ChartBar] | None:
    """Bars by the first of entity, period and line that tells all of them apart."""
    figures = [figure for _, figure in group]
    ways = (
        [figure.reference.entity or "" for figure in figures],
        [period_words(figure.period, language) if figure.period else "" for figure in figures],
        [figure.reference.metric or "" for figure in figures],
    )
    for labels in ways:
        if all(labels) and max(Counter(labels).values()) == 1:
            bars = [ChartBar(number, label, figure) for label, (number, figure) in zip(labels, group, strict=True)]
            return sorted(bars, key=lambda bar: bar.figure.period or "")
    return None


def drawn(bars: Sequence[ChartBar], language: Language, title: str, labels: Sequence[Disclosure] = ()) -> str:
    """The bars as an SVG; text and bars take the colours of the page by their classes, and those below in a file of its own. ``labels``:
    the marks of generated content, below the bars and in the metadata.
    """
    low, high = min(0.0, *(bar.value for bar in bars)), max(0.0, *(bar.value for bar in bars))
    plane = svg.Plane(_LABEL, _WIDTH - _VALUE, 0, 1, most=(high - low) or 1.0)
    parts = [svg.element("title", escape(title)), *(part for row, bar in enumerate(bars) for part in _bar(plane, row, bar, low, language))]
    zero = plane.x(-low)
    parts.append(svg.stroke(f"M{zero:.1f} 0V{len(bars) * _ROW}", svg.GREY))
    height = len(bars) * _ROW + 4
    for number, one in enumerate(labels, 1):
        parts.append(svg.text(4, height + number * _LINE - 4, one.text, font_size=11, fill="currentColor"))
    if labels:
        parts.insert(0, svg.element("metadata", escape(to_json(labels[0].metadata()).decode())))
    return svg.picture(
        _WIDTH, height + len(labels) * _LINE, parts, name=title, font_family=svg.SANS, font_size=13, color=svg.INK, **{"class": "chart"}
    )


def _bar(plane: svg.Plane, row: int, bar: ChartBar, low: float, language: Language) -> list[str]:
    top, start, end = row * _ROW + 5.0, plane.x(-low), plane.x(bar.value - low)
    told = amount(bar.figure.value, bar.figure.unit, language)
    label = bar.label if len(bar.label) <= 26 else f"{bar.label[:25]}…"
    fill = svg.BLUE if bar.value >= 0 else svg.RED
    return [
        svg.text(_LABEL - 8.0, top + 15, label, text_anchor="end", fill="currentColor"),
        svg.rectangle(min(start, end), top, max(abs(end - start), 1.0), _ROW - 10.0, fill),
        svg.text(max(start, end) + 6, top + 15, told, fill="currentColor"),
    ]
