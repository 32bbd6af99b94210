"""What a column's own header leaves open, taken from the other columns: a scope, a date, what moved one balance to the next."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import date, timedelta

from finfoundry.core.periods import Period
from finfoundry.knowledge.facts.header_times.timing import Timing
from finfoundry.knowledge.facts.table.column_headers import WHOSE, HeaderColumn

_PRIOR = re.compile(
    r"\b(?:prior|earlier|before)(?:\s+(?:to|years?|periods?))?\W*(?:(?:19|20)\d\d\W*)?$|(?:及)?(?:以前|之前)(?:年度)?\W*$", re.IGNORECASE
)
_BALANCE = re.compile(r"(?:opening\s+|closing\s+|beginning\s+|ending\s+)?balances?\b", re.IGNORECASE)
LEAST = 3  # years side by side, with those before them in a column of their own


def settle(columns: dict[int, HeaderColumn], report: date | None, *, weeks: bool) -> None:
    """Complete each column, in place, by what the other columns of its header say. ``report``: the end of the reported period."""
    if report is not None and _mark_future(columns, report):
        return
    _mark_origins(columns)
    _share_scope(columns)
    numbers = sorted(columns)
    _roll_columns([columns[number] for number in numbers], weeks=weeks)
    for place, number in enumerate(numbers):
        column = columns[number]
        if column.timing.dated or column.between or not (column.percent or column.change):
            continue
        left = [columns[other] for other in numbers[:place] if columns[other].timing.dated]
        if column.change:
            left = [other for other in left if other.timing.months == left[-1].timing.months and not other.change]
            if (said := column.timing.months) and left and left[-1].timing.months is None:  # a length that seems to head the change alone
                for other in left:
                    other.timing = replace(other.timing, months=said)
            column.timing = max((other.timing for other in left), key=_latest, default=column.timing)
        elif left:
            left = [other for other in left if other.timing.months == column.timing.months] or left  # of its own length
            dated = [other for other in columns.values() if other.timing.dated and not other.percent]
            pairs = sum(other.percent for other in columns.values()) >= len(dated)  # "2024 | Rate | 2023 | Rate"
            column.timing = left[-1].timing if pairs else max((other.timing for other in left), key=_latest)
    _share_date(columns)
    _roll_days([columns[number] for number in numbers])


def _roll_days(columns: list[HeaderColumn]) -> None:
    """ "Balance at January 1 | Purchases | Balance at December 31": the rows give the year, and what stands between moved the balances."""
    days = [place for place, column in enumerate(columns) if column.day and not column.timing.dated and _BALANCE.match(column.text)]
    if len(days) != 2 or days[1] - days[0] < 2 or columns[days[0]].day == columns[days[1]].day:
        return
    for column in columns[days[0] : days[1] + 1]:
        column.nature, column.timing = "duration", replace(column.timing, instant=None)


def _share_scope(columns: dict[int, HeaderColumn]) -> None:
    """ "Group" next to "Bank" or "Company": the consolidated figures and those of the parent. Alone, such a word names a segment."""
    said = {column.whose.removeprefix("the ") for column in columns.values() if column.whose}
    if "group" not in said or len(said) < 2:
        return
    for column in columns.values():
        if column.whose:
            column.scope = "consolidated" if column.whose.endswith("group") else "parent"
            rest = [part for part in (column.dimension or "").split(" · ") if part and not WHOSE.fullmatch(part)]
            column.dimension = " · ".join(rest) or None


def _share_date(columns: dict[int, HeaderColumn]) -> None:
    """One date over one column ("2023" over the total, "Level 1" over the others) holds for all."""
    dated = [column for column in columns.values() if column.timing.dated]
    if len({(column.timing.end, column.timing.year) for column in dated}) != 1 or any(column.timing.offset is not None for column in dated):
        return
    for column in columns.values():
        if not column.timing.dated and column.between is None:
            column.timing = replace(dated[0].timing, months=column.timing.months or dated[0].timing.months)


def _mark_future(columns: dict[int, HeaderColumn], report: date) -> bool:
    """Years to come are no periods but a ladder of what falls due: "2025 | 2026 | 2027" in a report on 2024."""
    years = {number: column.timing.year or (column.timing.end.year if column.timing.end else 0) for number, column in columns.items()}
    if not any(year > report.year + 1 for year in years.values()):
        return False
    for number, column in columns.items():
        if years[number] > report.year:
            column.future = True
            column.dimension, column.timing, column.nature = column.text, Timing(), "instant"
    return True


def _mark_origins(columns: dict[int, HeaderColumn]) -> None:
    """Years with all earlier ones in a column of their own ("2024 | 2023 | 2022 | Prior") are those in which loans or claims began: parts
    of a figure whose own time is said elsewhere.
    """
    years = {number: column.timing.year or (column.timing.end.year if column.timing.end else 0) for number, column in columns.items()}
    if not any(_PRIOR.search(column.text) for column in columns.values()) or len({year for year in years.values() if year}) < LEAST:
        return
    for number, column in columns.items():
        if years[number]:
            column.dimension, column.timing = column.text, Timing(months=column.timing.months)


def _latest(timing: Timing) -> tuple[int, int]:
    return (timing.end.toordinal() if timing.end else (timing.year or 0) * 366, timing.offset or 0)


def _roll_columns(columns: list[HeaderColumn], *, weeks: bool) -> None:
    """ "December 31, 2023 | Additions | Payments | December 31, 2024": balances, and what moved the one to the other."""
    dated = [place for place, column in enumerate(columns) if column.timing.end]
    for first, last in itertools.pairwise(dated):
        start, end = columns[first].timing.end, columns[last].timing.end
        inner = columns[first + 1 : last]
        if start is None or end is None or not inner or start >= end or any(c.timing.dated or (c.change and c.percent) for c in inner):
            continue
        if columns[first].timing.months or columns[last].timing.months:
            continue
        start = start - timedelta(days=1) if start.day == 1 and not weeks else start
        for column in inner:
            column.between = Period(end, start + timedelta(days=1))
        for place, day in ((first, start), (last, end)):
            columns[place].timing = Timing(end=day, instant=True)
