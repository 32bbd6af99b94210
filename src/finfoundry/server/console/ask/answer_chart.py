"""Figures of one answer that belong side by side - years, companies, lines, parts - and what stands between and beside them.

Every bar is a bound figure. A year that lacks one is a gap with its name, bars bear the name of what they are, what is not drawn is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from finfoundry.core.answer import Answer, Figure, Language
from finfoundry.core.fiscal import Period, back, parse_iso, span
from finfoundry.server.console.messages import label_words
from finfoundry.server.console.written import period_words

FEWEST, MOST = 2, 24  # bars
_MONTH = 30.4375  # days, on average
_WAYS = ("entity", "period", "metric")  # in what figures may differ


@dataclass(frozen=True, slots=True)
class ChartBar:
    """``number`` is the place of the figure in its answer, from 1; ``value`` its exact value. A gap has no figure: ``label`` says which
    periods have none here. ``series``: what this bar and those beside it are, where there are several such.
    """

    number: int
    label: str
    figure: Figure | None
    series: str = ""

    @property
    def value(self) -> float:
        return float(self.figure.value) if self.figure else 0.0


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of one unit; ``name`` is what they all are, "" where no line of a paper says it; ``others``: lines told, and not drawn."""

    bars: tuple[ChartBar, ...]
    unit: str | None
    name: str
    others: tuple[str, ...] = ()


_Group = list[tuple[int, Figure]]


def chart_of(answer: Answer, language: Language) -> Chart | None:
    """The largest group of figures of one unit and one way of reading that differ in just one or two things; None where there is none.

    Net profit of 2022 and 2024 → two bars, and a gap for 2023 between them.
    """
    groups: dict[tuple[str | None, bool], _Group] = {}
    for number, figure in enumerate(answer.figures, 1):
        if figure.source in ("cell", "calculation", "sql") and _numeric(figure):
            groups.setdefault((figure.unit, figure.source == "calculation"), []).append((number, figure))
    for (unit, _), group in sorted(groups.items(), key=lambda item: -len(item[1])):
        bars = None if unit == "count" else _named(group, language)
        if bars and FEWEST <= len(group) <= MOST:
            lines = _lines(group, language)
            others = [line for other in groups.values() if other is not group for line in _lines(other, language) if line not in lines]
            return Chart(tuple(bars), unit, lines[0] if len(lines) == 1 else "", tuple(dict.fromkeys(others)))
    return None


def _numeric(figure: Figure) -> bool:
    try:
        float(figure.value)
    except ValueError:
        return False
    return True


def _lines(group: _Group, language: Language) -> list[str]:
    """The lines that figures stand in, as the page calls them; calculations are of none."""
    return list(dict.fromkeys(label_words(figure.reference.metric, language) for _, figure in group if figure.reference.metric))


def _named(group: _Group, language: Language) -> list[ChartBar] | None:
    """Bars by the first of entity, period and line that tells all of them apart; else in series by another of these. None: no two do."""
    told = {way: [_word(way, figure, language) for _, figure in group] for way in _WAYS}
    for way in _WAYS:
        if _apart(told[way]):
            return _series(group, told[way], "", language)
    for way, series in (("period", "metric"), ("period", "entity"), ("entity", "metric")):
        if _apart([f"{one}\n{other}" if one and other else "" for one, other in zip(told[way], told[series], strict=True)]):
            return [bar for name in dict.fromkeys(told[series]) for bar in _one_series(group, told[way], told[series], name, language)]
    return None


def _word(way: str, figure: Figure, language: Language) -> str:
    if way == "period":
        return period_words(figure.period, language) if figure.period else ""
    return label_words(figure.reference.metric or "", language) if way == "metric" else figure.reference.entity or ""


def _apart(labels: Sequence[str]) -> bool:
    return all(labels) and max(Counter(labels).values()) == 1


def _one_series(group: _Group, labels: Sequence[str], series: Sequence[str], name: str, language: Language) -> list[ChartBar]:
    at = [place for place, one in enumerate(series) if one == name]
    spans = [figure.period or "" for _, figure in group]  # a period that another series has, and this one has not, is a gap at its end, too
    return _series([group[place] for place in at], [labels[place] for place in at], name, language, spans)


def _series(group: _Group, labels: Sequence[str], name: str, language: Language, spans: Sequence[str] = ()) -> list[ChartBar]:
    """Bars by their time, with the gaps between them and, where ``spans`` reaches further, before and after."""
    bars = [ChartBar(number, label, figure, name) for label, (number, figure) in zip(labels, group, strict=True)]
    bars.sort(key=lambda bar: (bar.figure.period or "") if bar.figure else "")
    periods = [_period(bar.figure.period if bar.figure else None) for bar in bars]
    known = [one for one in periods if one]
    if len(known) < len(periods) or len(set(known)) < len(known):
        return bars  # companies or parts of one time
    drawn = dict(zip(known, bars, strict=True))
    asked = [one for one in map(_period, spans) if one and one.months == known[0].months]
    return _with_gaps(drawn, sorted({*known, *asked}, key=lambda one: one.end), name, language)


def _with_gaps(drawn: dict[Period, ChartBar], periods: Sequence[Period], name: str, language: Language) -> list[ChartBar]:
    """The bars and, in one row each, the periods in a row that have none."""
    step = _step(periods)
    found = list[ChartBar]()
    lacking = list[Period]()
    for before, period in zip((None, *periods), periods, strict=False):
        lacking += _between(before, period, step) if before and step else ()
        if period not in drawn:
            lacking.append(period)
            continue
        found += _gap(lacking, name, language)
        lacking = []
        found.append(drawn[period])
    return [*found, *_gap(lacking, name, language)]


def _gap(lacking: Sequence[Period], name: str, language: Language) -> Iterator[ChartBar]:
    if lacking:
        words = [period_words(one.iso, language) for one in (lacking[0], lacking[-1])]
        yield ChartBar(0, " – ".join(dict.fromkeys(words)), None, name)


def _period(period: str | None) -> Period | None:
    try:
        return parse_iso(period or "")
    except ValueError:
        return None


def _step(periods: Sequence[Period]) -> int:
    """After how many months such periods follow one another: as long as they are; days of one month after twelve. 0: not known."""
    lengths = {one.months for one in periods}
    if len(lengths) > 1:
        return 0
    length = lengths.pop()
    return length or (12 if len({one.end.month for one in periods}) == 1 else 0)


def _between(before: Period, after: Period, step: int) -> Iterator[Period]:
    """The periods that lie between two, none where these follow one another."""
    missing = round((after.end - before.end).days / _MONTH / step) - 1
    for number in range(1, missing + 1):
        end = back(before.end, -number * step)
        yield Period(end) if before.instant else span(end, step)
