"""Columns headed "第一季度" … "第四季度" or "Jan" … "Dec" without a year are the quarters and months of the year told around them,
else of the one reported on; a total beside months or quarters that follow each other is of all of them.
"""

from __future__ import annotations

import itertools
import re
from datetime import date, timedelta

from finfoundry.core.fiscal import FiscalYear
from finfoundry.core.periods import Period, month_end
from finfoundry.knowledge.facts.header_times.named_months import FEWEST, named
from finfoundry.knowledge.facts.header_times.timing import Timing, read_timing
from finfoundry.knowledge.facts.table.column_headers import HeaderColumn

_QUARTER = re.compile(
    r"第?(?P<number>[一二三四1-4])季度|\b(?P<ordinal>first|second|third|fourth)\s+quarter\b|\bquarter\s+(?P<below>first|second|third|fourth)\b",
    re.IGNORECASE,
)
_NUMBERS = {"一": 1, "二": 2, "三": 3, "四": 4, "first": 1, "second": 2, "third": 3, "fourth": 4}
_TOTAL = re.compile(r"(?:(?:grand\s+)?total|sum|year[\s-]to[\s-]date|ytd|cumulative|合\s*计|总\s*计|累\s*计|小\s*计)\W*", re.IGNORECASE)
LEAST = 3  # quarters side by side: the fourth may be left out


def date_quarters(columns: dict[int, HeaderColumn], report: date | None, year: int | None) -> None:
    """Give undated quarters a year, else that of the report, where several are side by side, some of them dated perhaps."""
    heads = {number: match for number, column in columns.items() if (match := _QUARTER.search(column.text))}
    found = {number: match for number, match in heads.items() if not columns[number].timing.dated}
    if report is None or report.month != 12 or len(heads) < LEAST:
        return
    for number, match in found.items():
        word = (match["number"] or match["ordinal"] or match["below"]).lower()
        quarter = "一二三四"[(int(word) if word.isdigit() else _NUMBERS[word]) - 1]
        columns[number].timing = read_timing(f"{year or report.year}年第{quarter}季度", None)
        columns[number].dimension = None


def date_months(columns: dict[int, HeaderColumn], fiscal: FiscalYear, year: int | None) -> None:
    """Give months that name no year that of ``year``, the fiscal year told around them, where several are side by side: "Jan | Feb"; a
    month that stands below a year is of that one. Nothing where no year is told, or months return ("Jan | Feb | Jan | Feb").
    """
    heads = {number: found for number, column in columns.items() if (found := named(column.text)) is not None}
    if len(heads) < FEWEST or len(set(heads.values())) < len(heads):
        return
    for number, (own, month) in heads.items():
        if (meant := own or _year_of(month, fiscal, year)) is not None:
            period = Period(month_end(meant, month), date(meant, month, 1))
            columns[number].timing = Timing(end=period.end, year=meant, months=1, period=period)
            columns[number].dimension = None


def _year_of(month: int, fiscal: FiscalYear, year: int | None) -> int | None:
    """The calendar year of a month in a fiscal year: 2023 of "Jul" in the year ended June 2024. None in years of weeks, or without one."""
    whole = fiscal.of(year) if year is not None and not fiscal.weeks else None
    if whole is None or whole.start is None:
        return None
    return whole.start.year if month >= whole.start.month else whole.start.year + 1


def date_totals(columns: dict[int, HeaderColumn]) -> None:
    """A total beside months or quarters that follow each other is of the time from the first to the last: "Jan | Feb | Mar | Total"."""
    totals = [column for column in columns.values() if _TOTAL.fullmatch(column.text.strip()) and not column.timing.dated]
    spans = [column.timing.period for column in columns.values() if column.timing.period is not None and not column.change]
    if len(totals) != 1 or len(spans) < FEWEST or {span.months for span in spans} not in ({1}, {3}):
        return
    if any(second.start != first.end + timedelta(days=1) for first, second in itertools.pairwise(spans)):
        return
    whole = Period(spans[-1].end, spans[0].start)
    totals[0].timing = Timing(end=whole.end, year=whole.end.year, months=whole.months, period=whole)
