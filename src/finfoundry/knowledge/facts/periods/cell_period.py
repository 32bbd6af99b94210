"""The period of one cell: whoever may say of when it is, in the order of ``WITNESSES``; the first that speaks is believed.

What its column leaves open is put together from ``TIMES`` in the same way. Where the row and the heading above it say two years, which are
the nearest, ``two_years`` tells the doubt.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple

from finfoundry.core.periods import Period
from finfoundry.knowledge.facts.header_times.timing import Timing, read_timing
from finfoundry.knowledge.facts.periods.line_nature import line_nature
from finfoundry.knowledge.facts.periods.period_resolution import (
    Calendar,
    Setting,
    at_edge,
    edge_named,
    is_edge,
    of_both,
    opens,
    period_of,
    row_span,
)
from finfoundry.knowledge.facts.periods.row_walk import LabelledRow
from finfoundry.knowledge.facts.periods.stretches import named_stretch
from finfoundry.knowledge.facts.table.column_headers import HeaderColumn
from finfoundry.knowledge.facts.table.concepts import Concept, Nature, nature_of
from finfoundry.knowledge.facts.table.grid import year_like

_ASSETS = re.compile(
    r"^(?:total\s+|segment\s+|identifiable\s+)?(?:long-lived\s+)?assets\b(?!\s+(?:obtained|acquired|sold|transferred))|^分部资产|^(?:amortized\s+cost|funded\s+status)\b",
    re.IGNORECASE,
)
_ALWAYS = re.compile(
    r"\b(?:operating|investing|financing)\s+cash\s+(?:out|in)?flows?\b|^cash\s+paid\b|\b(?:charge|write)-?\s?offs\b"
    r"|\bassets\s+(?:obtained|exchanged)\s+(?:in\s+exchange\s+)?for\b",
    re.IGNORECASE,
)  # moved, whatever is around
_YEARS = re.compile(r"(?:19|20)\d\d\s*(?:[-–—]|to|through)\s*(?:19|20)\d\d", re.IGNORECASE)

Where = Literal["row", "column heading", "group heading", "title", "text above", "document"]


class Said(NamedTuple):
    """A period, and whether it was said and not only taken from the document as a whole; None where what is said of time leaves none."""

    period: Period | None
    sure: bool


class _Read(NamedTuple):
    """What a cell's time comes to with the kind of its line."""

    timing: Timing
    nature: Nature
    of_line: Nature | None  # as the line is called


@dataclass(frozen=True)
class Asked:
    """A cell whose period is asked for, and all that may say something of it."""

    column: HeaderColumn
    path: tuple[str, ...]
    line: LabelledRow
    concept: Concept | None
    nature: Nature  # of the table
    setting: Setting
    calendar: Calendar
    rolls: bool
    statement: str | None = None

    @property
    def label(self) -> str:
        return self.path[-1] if self.path else ""

    @property
    def undated(self) -> bool:
        """Whether the column itself says of no time."""
        return not self.column.timing.dated

    @cached_property
    def year(self) -> Timing | None:
        """The year by which the row is named."""
        return _year_row(self.path, self.column, self.calendar)

    @cached_property
    def timing(self) -> Timing:
        """The column's own words, with what they leave open."""
        return _put_together(self)

    @cached_property
    def read(self) -> _Read:
        return _as_its_line(self)


@dataclass(frozen=True, slots=True)
class Witness:
    """Who may say of when a figure is: ``where`` it stands, what it says (None where it does not speak), and why it comes when it does."""

    name: str
    where: Where
    says: Callable[[Asked], Said | None]
    why: str


@dataclass(frozen=True, slots=True)
class Time:
    """Where a time may stand that a column leaves open."""

    where: Where
    says: Callable[[Asked], Timing | None]
    why: str


def period_of_cell(asked: Asked) -> Said:
    """The period of a cell by the first witness that speaks.

    >>> period_of_cell(asked)  # doctest: +SKIP
    # Said(period=Period(2024-12-31), sure=True)
    """
    for witness in WITNESSES:
        if (said := witness.says(asked)) is not None:
            return said
    return Said(None, sure=False)


def _put_together(asked: Asked) -> Timing:
    timing, above = asked.column.timing, asked.line.timing
    for time in TIMES:
        if timing.dated:
            break
        other = time.says(asked)
        if other is not None and other.dated:
            timing = replace(other, months=timing.months or other.months, period=None if timing.months else other.period)
    if timing.months is None and timing.period is None and above and above.months:
        timing = replace(timing, months=above.months)
    return timing


def _year_below_a_year(asked: Asked) -> Timing | None:
    above = asked.line.timing
    return asked.year if above is not None and _of_a_year(above) else None


def _full_date_nearby(asked: Asked) -> Timing | None:
    return asked.setting.timing if asked.setting.near and asked.setting.timing.end else None


TIMES: tuple[Time, ...] = (
    Time("row", _year_below_a_year, "a year in the row, below a heading of nothing but another year, is the row's own"),
    Time("group heading", lambda asked: asked.line.timing, "the heading above the row speaks of fewer rows than any title"),
    Time("title", _full_date_nearby, "below a full date in corner, note or title years in rows are no periods"),
    Time("row", lambda asked: asked.year, "the year by which a row is named"),
    Time("text above", lambda asked: asked.setting.timing, "the nearest text that dates anything"),
)


def _years_to_come(asked: Asked) -> Said | None:
    report = asked.calendar.report
    if report is None or not (asked.column.future or (is_ladder(asked.path, asked.calendar) and asked.undated)):
        return None
    return Said(report.closing, sure=True)


def _day_of_row(asked: Asked) -> Said | None:
    return Said(asked.line.day, sure=True) if asked.line.day is not None and asked.undated else None


def _between_columns(asked: Asked) -> Said | None:
    return Said(asked.column.between, sure=True) if asked.column.between is not None else None


def _dated_balance(asked: Asked) -> Said | None:
    return Said(asked.line.date, sure=True) if asked.line.date is not None and asked.undated else None


def _stretch_of_row(asked: Asked) -> Said | None:
    if not asked.undated:
        return None
    span = named_stretch(asked.label) or row_span(asked.label) or _span_of(asked.line)
    return Said(edge_named(asked.column.text, span) or span, sure=True) if span else None


def _first_day(asked: Asked) -> Said | None:
    timing = asked.timing
    if not asked.undated or timing.end is None or timing.period is not None or timing.months is not None:
        return None
    opening = _opens(timing.end, asked.calendar)
    return Said(asked.calendar.balance_day(Period(timing.end)), sure=True) if opening else None


def _day_of_paper(asked: Asked) -> Said | None:
    day = asked.calendar.own_day
    return Said(day, sure=False) if day is not None and _of_the_paper(asked, day) else None


def _edge_column(asked: Asked) -> Said | None:
    """The first or the last day of the period reported on, where a column says which and nothing else dates it: "Opening | Closing"."""
    report, timing = asked.calendar.report, asked.read.timing
    if timing.dated or report is None:
        return None
    months = timing.months or asked.setting.months or report.months or 12
    edge = edge_named(asked.column.text, asked.calendar.span(report.end, months))
    return Said(edge, sure=True) if edge is not None else None


def _time_told(asked: Asked) -> Said | None:
    timing, nature, of_line = asked.read
    if not timing.dated:
        return None
    calendar, column, line = asked.calendar, asked.column, asked.line
    months = timing.months or asked.setting.months or _usual_length(timing, asked.setting, calendar)
    period = period_of(timing, nature, months, asked.setting, calendar)
    if period is None:
        return Said(None, sure=False)
    period = _so_far(period, calendar) if asked.rolls else period
    if period.instant and asked.undated and opens(column.text):
        period = calendar.span(period.end, months or 12)  # "Opening | Additions | Closing" of a table that is dated by its last day
    at_column = at_edge if asked.undated else edge_named
    edge = at_edge(asked.label, period) or _edge_of(line, period) or at_column(column.text, period)
    if edge is not None:
        return Said(edge, sure=True)
    if line.date is not None and not period.instant and period.opening.end <= line.date.end <= period.end:
        return Said(line.date, sure=True)
    stock = of_line == "instant" or any(_ASSETS.search(part) for part in asked.path[-2:])
    if not period.instant and not _moved(column, line) and stock:
        return Said(period.closing, sure=True)
    return Said(period, sure=True)


def _period_of_report(asked: Asked) -> Said | None:
    timing, nature, _ = asked.read
    months = timing.months or asked.setting.months
    return Said(_default(replace(timing, months=months), nature, asked.label, asked.calendar), sure=False)


WITNESSES: tuple[Witness, ...] = (
    Witness("years to come", "row", _years_to_come, "a year after the report's tells what falls due: it stood so at the report's end"),
    Witness("day of the row", "row", _day_of_row, "where each row is of a day of its own, no heading is nearer"),
    Witness("between two columns", "column heading", _between_columns, "what stands between two dated balances moved the one to the other"),
    Witness("dated balance", "row", _dated_balance, "a balance row that names its day says it of itself, below a column that names none"),
    Witness("stretch of the row", "row", _stretch_of_row, "a row that names a span, or lies between two dated balances, is of it"),
    Witness("first day", "text above", _first_day, "the day on which the report begins is a balance of the day before, and ends no span"),
    Witness("day of the paper", "document", _day_of_paper, "the day that a paper gives itself ends no year, and is assumed"),
    Witness("opening or closing", "column heading", _edge_column, "the report's first or last day, where nothing else dates the column"),
    Witness("time told", "column heading", _time_told, "the column's words with what headings, row and texts add to them, in their order"),
    Witness("period of the report", "document", _period_of_report, "nothing speaks: the period is assumed, and the fact says so"),
)  # fmt: skip


def _as_its_line(asked: Asked) -> _Read:
    """The time as the kind of line wants it, and whether it is of a day or a stretch: the line's name before the table's kind, unless the
    columns or texts say so in words.
    """
    timing, column, label = asked.timing, asked.column, asked.label
    if asked.rolls and timing.instant and not timing.offset:
        timing = replace(timing, instant=None)
    own = asked.nature if asked.rolls or is_edge(column.text) else column.nature or asked.nature
    of_line = line_nature(asked.path, asked.concept, asked.statement)
    if of_line is None and any(of_both(part) for part in asked.path[:-1]):
        of_line = nature_of(label)  # below "As of and for the year ended"
    if label and _ALWAYS.search(label):
        own = "duration"
        timing = timing if column.timing.instant else replace(timing, instant=None)
    elif of_line is not None and of_line != own and not asked.setting.sure and column.timing.months is None and not is_edge(label):
        own = of_line
    if own == "instant" and timing.dated and asked.undated and not (asked.line.timing and asked.line.timing.dated):
        timing = replace(timing, period=None, months=None, instant=True)
    return _Read(timing, own, of_line)


def _opens(day: date, calendar: Calendar) -> bool:
    """Whether a day is that on which reports like this one begin: no span ends on it, and its balance is that of the day before."""
    begins = calendar.report.start if calendar.report else None
    opens = begins is not None and (day.month, day.day) == (begins.month, begins.day)
    return opens and calendar.balance_day(Period(day)) != Period(day)


def _so_far(period: Period, calendar: Calendar) -> Period:
    """What moved a balance in a year that a report on a part of it names: in that part, since no more has passed."""
    report = calendar.report
    within = report is not None and not calendar.annual and period.start == report.start and period.end > report.end
    return report if report is not None and within else period


def _of_the_paper(asked: Asked, day: Period) -> bool:
    """Whether a time is the paper's own day, which ends no year, or the year of it that a text further up names: "Edition 2 of 2025"."""
    timing, above = asked.timing, asked.undated and not (asked.line.timing and asked.line.timing.dated) and not asked.setting.near
    return (timing.end == day.end and timing.months is None) or (above and timing.quarter is None and timing.year == day.end.year)


def _usual_length(timing: Timing, setting: Setting, calendar: Calendar) -> int | None:
    """The length of a column that nothing states: the report's, or what has passed of the year where its opening balance is the year's."""
    if calendar.annual or calendar.report is None:
        return 12
    return calendar.months_to(timing.end or calendar.report.end) if setting.to_date else calendar.report.months


def _moved(column: HeaderColumn, line: LabelledRow) -> bool:
    """Whether a row by the name of a balance holds what moved it: between an opening and a closing balance, or below words for a flow."""
    return line.edge == "moved" or (column.nature == "duration" and column.timing.months is not None)


def _edge_of(line: LabelledRow, period: Period) -> Period | None:
    """The edge of a period that the rows around a row give it."""
    if period.instant or line.edge in {None, "moved"}:
        return None
    return period.opening if line.edge == "opening" else period.closing


def _span_of(line: LabelledRow) -> Period | None:
    """The span between the balances around a row, unless the heading above it names another time."""
    timing, span = line.timing, line.span
    if timing is None or span is None or _of_a_day(timing):
        return span
    if timing.dated:
        own = timing.year in {span.end.year, span.start and span.start.year} and timing.months is None and timing.period is None
        return span if own or _is_year_of(timing.period, span) else None
    return span if timing.months in {None, span.months} else None


def _is_year_of(period: Period | None, span: Period) -> bool:
    """Whether a heading names the year in which a span lies: "112年" over the balances of its first nine months."""
    return period is not None and period.months == 12 and period.end.year == span.end.year and period.opening.end <= span.opening.end


def _of_a_day(timing: Timing) -> bool:
    """Whether a heading names a day and no length: rows between two dated balances below it are movements all the same."""
    return timing.end is not None and timing.months is None and timing.period is None


def _of_a_year(timing: Timing) -> bool:
    return timing.year is not None and timing.end is None and timing.months is None and timing.quarter is None


def _year_row(path: tuple[str, ...], column: HeaderColumn, calendar: Calendar) -> Timing | None:
    """A row named by a past year is of that year; years to come are a maturity ladder."""
    if not path or not year_like(path[-1]) or calendar.report is None:
        return None
    year = int(re.sub(r"\D", "", path[-1])[:4])
    if not calendar.report.end.year - 12 < year <= calendar.report.end.year:
        return None
    return read_timing(f"{column.day}, {year}", calendar.fiscal) if column.day else Timing(year=year)


def is_ladder(path: tuple[str, ...], calendar: Calendar) -> bool:
    """Whether a row is a year to come: what falls due then."""
    return (
        bool(path)
        and calendar.report is not None
        and (year_like(path[-1]) or _YEARS.fullmatch(path[-1]) is not None)
        and int(re.sub(r"\D", "", path[-1])[:4]) > calendar.report.end.year
    )


def _default(timing: Timing, nature: Nature, label: str, calendar: Calendar) -> Period | None:
    report = calendar.report
    if report is None:
        return calendar.own_day
    if nature == "instant":
        return report.closing
    period = calendar.span(report.end, timing.months) if timing.months else report
    return at_edge(label, period) or period
