"""The period of one cell: its column's words, then the headings above its row, the row itself, and the texts around the table."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from finfoundry.core.periods import Period
from finfoundry.knowledge.facts.header_times.timing import Timing, read_timing
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
from finfoundry.knowledge.facts.table.concepts import Concept, Nature, known_nature, nature_of
from finfoundry.knowledge.facts.table.grid import year_like

_ASSETS = re.compile(
    r"^(?:total\s+|segment\s+|identifiable\s+)?(?:long-lived\s+)?assets\b(?!\s+(?:obtained|acquired|sold|transferred))|^分部资产|^(?:amortized\s+cost|funded\s+status)\b",
    re.IGNORECASE,
)
_MOVED = re.compile(
    r"\b(?:changes?|increases?|decreases?|adjustments|activities)\b|变动|增加|减少", re.IGNORECASE
)  # of a balance, not the balance
_MEASURED = re.compile(
    r"\bdiscount\s+rate\b|\brate\s+of\s+(?:increase\s+in\s+)?(?:future\s+)?(?:compensation|salary)\b|\blease\s+term\b", re.IGNORECASE
)
_HELD = re.compile(r"\bobligations?\b|\bremaining\b|\bleases?\b|\boperating\b|\bfinance\b", re.IGNORECASE)
_USED_FOR = re.compile(
    r"\b(?:used\s+(?:to\s+(?:determine|measure|calculate|compute|develop)|in|for)|for\s+determining)\b(?P<what>.*)", re.IGNORECASE
)
_COST = re.compile(r"\b(?:costs?|expenses?|income)\b", re.IGNORECASE)
_OBLIGATION = re.compile(r"\bobligations?\b|\bliabilit(?:y|ies)\b|\bfunded\s+status\b", re.IGNORECASE)
_ALWAYS = re.compile(
    r"\b(?:operating|investing|financing)\s+cash\s+(?:out|in)?flows?\b|^cash\s+paid\b|\b(?:charge|write)-?\s?offs\b"
    r"|\bassets\s+(?:obtained|exchanged)\s+(?:in\s+exchange\s+)?for\b",
    re.IGNORECASE,
)  # moved, whatever is around
FLOWS = frozenset({"income", "comprehensive income"})  # statements in which a line by the name of a balance is what moved it
_YEARS = re.compile(r"(?:19|20)\d\d\s*(?:[-–—]|to|through)\s*(?:19|20)\d\d", re.IGNORECASE)
_BESIDE = re.compile(r"^(?:supplemental|other|additional)\s+(?:segment\s+)?(?:information|data|disclosures?)$", re.IGNORECASE)
_TOTAL_EQUITY = re.compile(r"^total\s+(?:\w+\s+)*equity\b", re.IGNORECASE)
_TOTAL_HELD = re.compile(r"^total\s+(?:amounts?\s+)?(?:recognized|recorded)\s+in\s+accumulated\b", re.IGNORECASE)
_IN_EQUITY = re.compile(
    r"\bamounts?\s+(?:recognized|recorded)\s+(?:in|on)\s+(?:the\s+)?(?:company.s\s+)?(?:consolidated\s+)?(?:balance\s+sheets?|statements?\s+of\s+financial\s+(?:position|condition)|accumulated\s+other|aoci)",
    re.IGNORECASE,
)  # amounts held there, less what a year brought: "recognized in other comprehensive income"


def period_of_cell(
    column: HeaderColumn,
    path: tuple[str, ...],
    line: LabelledRow,
    concept: Concept | None,
    nature: Nature,
    setting: Setting,
    calendar: Calendar,
    *,
    rolls: bool,
    statement: str | None = None,
) -> tuple[Period | None, bool]:
    """The period of a cell, and whether it was said (and not only taken from the document as a whole)."""
    label = path[-1] if path else ""
    if calendar.report is not None and (column.future or (is_ladder(path, calendar) and not column.timing.dated)):
        return calendar.report.closing, True
    if line.day is not None and not column.timing.dated:
        return line.day, True
    if column.between is not None:
        return column.between, True
    if line.date is not None and not column.timing.dated:
        return line.date, True
    if not column.timing.dated and (span := named_stretch(label) or row_span(label) or _span_of(line)):
        return edge_named(column.text, span) or span, True
    timing = _timing(column, path, line, setting, calendar)
    if (
        not column.timing.dated
        and timing.end is not None
        and timing.period is None
        and timing.months is None
        and _opens(timing.end, calendar)
    ):
        return calendar.balance_day(Period(timing.end)), True
    if calendar.own_day is not None and _of_the_paper(timing, calendar.own_day, column, line, setting):
        return calendar.own_day, False
    if rolls and timing.instant and not timing.offset:
        timing = replace(timing, instant=None)
    own = nature if rolls or is_edge(column.text) else column.nature or nature
    line_nature = _line_nature(path, concept, statement)
    if line_nature is None and any(of_both(part) for part in path[:-1]):
        line_nature = nature_of(label)  # below "As of and for the year ended"
    if label and _ALWAYS.search(label):
        own = "duration"
        timing = timing if column.timing.instant else replace(timing, instant=None)
    elif line_nature is not None and line_nature != own and not setting.sure and column.timing.months is None and not is_edge(label):
        own = line_nature
    if own == "instant" and timing.dated and not column.timing.dated and not (line.timing and line.timing.dated):
        timing = replace(timing, period=None, months=None, instant=True)
    if not timing.dated:
        timing = replace(timing, months=timing.months or setting.months)
        if (edge := _edge_of_column(column, timing, calendar)) is not None:
            return edge, True
        return _default(timing, own, label, calendar), False
    months = timing.months or setting.months or _usual_length(timing, setting, calendar)
    period = period_of(timing, own, months, setting, calendar)
    if period is None:
        return None, False
    period = _so_far(period, calendar) if rolls else period
    if period.instant and not column.timing.dated and opens(column.text):
        period = calendar.span(period.end, months or 12)  # "Opening | Additions | Closing" of a table that is dated by its last day
    edge = at_edge(label, period) or _edge_of(line, period) or (edge_named if column.timing.dated else at_edge)(column.text, period)
    if edge is not None:
        return edge, True
    if line.date is not None and not period.instant and period.opening.end <= line.date.end <= period.end:
        return line.date, True
    if not period.instant and not _moved(column, line) and (line_nature == "instant" or any(_ASSETS.search(part) for part in path[-2:])):
        return period.closing, True
    return period, True


def _edge_of_column(column: HeaderColumn, timing: Timing, calendar: Calendar) -> Period | None:
    """The first or the last day of the period reported on, where a column says which and nothing else dates it: "Opening | Closing"."""
    report = calendar.report
    return None if report is None else edge_named(column.text, calendar.span(report.end, timing.months or report.months or 12))


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


def _of_the_paper(timing: Timing, day: Period, column: HeaderColumn, line: LabelledRow, setting: Setting) -> bool:
    """Whether a time is the paper's own day, which ends no year, or the year of it that a text further up names: "Edition 2 of 2025"."""
    above = not column.timing.dated and not (line.timing and line.timing.dated) and not setting.near
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


def _line_nature(path: tuple[str, ...], concept: Concept | None, statement: str | None) -> Nature | None:
    """Stock or flow by the name of the line; what a balance moved by has its name, too: "Changes in assets > Inventories"."""
    if statement == "balance":
        return "instant"
    if statement in FLOWS:
        return "duration"
    if (used := next((match for part in reversed(path[:-1]) if (match := _USED_FOR.search(part))), None)) is not None:
        return "duration" if _COST.search(used["what"]) else "instant" if _OBLIGATION.search(used["what"]) else None
    if any(_MOVED.search(part) for part in path[:-1]):
        return "duration" if statement == "cash flow" else None
    if path and _MEASURED.search(path[-1]) and any(_HELD.search(part) for part in path):
        return "instant"
    if len(path) > 1 and _MEASURED.search(path[-2]) and _HELD.search(f"{path[-2]} {path[-1]}"):
        return "instant"
    if (
        (path and _TOTAL_HELD.search(path[-1]))
        or any(_IN_EQUITY.search(part) for part in path[:-1])
        or (statement == "equity" and path and _TOTAL_EQUITY.search(path[-1]))
    ):
        return "instant"
    if len(path) > 1 and _BESIDE.search(path[-2]) and nature_of(path[-1]) == "instant":
        return "instant"
    return concept.nature if concept is not None else known_nature(path[-1] if path else "")


def _timing(column: HeaderColumn, path: tuple[str, ...], line: LabelledRow, setting: Setting, calendar: Calendar) -> Timing:
    """The column's own words; what it leaves open from the headings above the row, then from the row, then from the texts nearby."""
    timing = column.timing
    said = (
        setting.timing if setting.near and setting.timing.end else None
    )  # a full date in the corner or title: years in rows are no periods
    year = _year_row(path, column, calendar)
    if year is not None and line.timing is not None and _of_a_year(line.timing):
        timing = timing if timing.dated else replace(year, months=timing.months or year.months)  # the year in the row, below others' years
    for other in (line.timing, said, year, setting.timing):
        if other is not None and other.dated and not timing.dated:
            timing = replace(other, months=timing.months or other.months, period=None if timing.months else other.period)
    if timing.months is None and timing.period is None and line.timing and line.timing.months:
        timing = replace(timing, months=line.timing.months)
    return timing


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
