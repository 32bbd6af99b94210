"""The period of a paper that states none. In one of no known kind a balance day that several tables share ends no year by itself.

What most tables are of dates it, and its title; other headings and texts may speak of a year long past or to come ("outlook for Q1 2026").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from finfoundry.core.document import Block, Document, Fact, Profile
from finfoundry.core.periods import CALENDAR_YEAR, FiscalYear, FoundPeriod, Period, find_periods, is_month_end, month_end, parse_iso, span

YEAR_APART = range(350, 381)  # days between a balance day and that of the year before
HEAD_ROWS = 4  # of a table
LONGEST_HEAD = 60  # characters
_FLOWS = frozenset({"income", "cash flow"})


def latest_shared(ends: Counter[date], kind: str | None) -> Period | None:
    """The period where no cover states it: the latest date that several tables share."""
    shared = [day for day, count in ends.items() if count >= 2] or list(ends)
    if not shared:
        return None
    end = max(shared)
    latest = max(ends)
    if 358 <= (latest - end).days <= 372:  # a year later, said once: the column that is new
        end = latest
    return span(end, 3 if kind in {"10-Q", "earnings", "8-K"} else 12)


def ends_a_year(end: date, days: Iterable[date]) -> bool:
    """Whether a year ends on a day: the calendar's, or one that tables compare with the year before."""
    return end.month == 12 or any((end - day).days in YEAR_APART for day in days)


def time_of_most_tables(document: Document) -> Period | None:
    """The latest time that most tables name over their columns; the whole year of a December without a span. None without any."""
    named = ([found.period for found in _named(table) if found.period and found.kind != "range"] for table in _tables(document))
    ending = ([period for period in periods if is_month_end(period.end)] for periods in named)  # others are of deals, rules and launches
    latest = [max(periods, key=lambda one: (one.end, not one.instant)) for periods in ending if periods]
    ends = Counter(period.end for period in latest)
    if not ends:
        return None
    end = max(ends, key=lambda day: (ends[day], day))
    spans = Counter(period for period in latest if period.end == end and not period.instant)
    if spans:
        return spans.most_common(1)[0][0]
    return CALENDAR_YEAR.of(end.year) if end.month == 12 else Period(end)


def within_a_year(document: Document, end: date, fiscal: FiscalYear) -> tuple[Period, FiscalYear]:
    """The quarter that ends on a day, with the fiscal year in which it has the name that tables give it; without such the day itself."""
    blocks = (block for page in document.pages for block in page.blocks)
    headings = [block.text for block in blocks if block.kind == "heading" and len(block.text) < LONGEST_HEAD]
    tables = [found for table in _tables(document) if (found := set(_quarters(_named(table))))]
    said = [set(_quarters(find_periods(text))) for text in headings]
    own = (end.year, (end.month + 2) // 3)
    if any(own in quarters for quarters in (*said, *tables)):
        year, quarter = own
    elif latest := [max(quarters) for quarters in (*said[:1], *tables) if quarters]:
        year, quarter = Counter(sorted(latest)).most_common(1)[0][0]  # of several as frequent the earliest: the others are plans
    else:
        return Period(end), fiscal
    months = end.month + 3 * (4 - quarter)
    return span(end, 3), FiscalYear(year, month_end(end.year + (months - 1) // 12, (months - 1) % 12 + 1))


def year_of_relative_heads(document: Document, fiscal: FiscalYear) -> Period | None:
    """The year that "this year" over columns is: the latest whole year that a text dates, else the one that texts name most, the later of
    two. None of a paper without such heads.
    """
    if not any(found.kind == "relative" for table in _tables(document) for found in _named(table)):
        return None
    blocks = [block for page in document.pages for block in page.blocks]
    texts = [text for block in blocks for text in (block.title, block.note, block.text if block.kind != "table" else None) if text]
    said = [found for text in texts for found in find_periods(text)]
    dated = [found.period for found in said if found.period and found.period.months == 12]
    if dated:
        return max(dated, key=lambda period: period.end)
    named = Counter(found.fiscal_year for found in said if found.kind == "year" and found.fiscal_year)
    return fiscal.of(max(named, key=lambda year: (named[year], year))) if named else None


def _tables(document: Document) -> Iterator[Block]:
    return (block for page in document.pages for block in page.blocks if block.kind == "table")


def _named(table: Block) -> Iterator[FoundPeriod]:
    """The times in the first rows of a table."""
    texts = [cell.text for cell in table.cells if cell.row < HEAD_ROWS and len(cell.text) < LONGEST_HEAD]
    return (found for text in texts for found in find_periods(text))


def _quarters(times: Iterable[FoundPeriod]) -> Iterator[tuple[int, int]]:
    """Year and number of each quarter among times."""
    return ((found.fiscal_year, found.quarter) for found in times if found.kind == "quarter" and found.quarter and found.fiscal_year)


def of_its_statements(profile: Profile, facts: Sequence[Fact]) -> Profile:
    """The profile of a paper of no known kind with the year that its statements are of, where all of them end on one day of the year: its
    cover may name the year alone, and a company's need not end in December.
    """
    if profile.kind is not None:
        return profile
    years = {period for one in facts if one.statement in _FLOWS and not one.dimensions and (period := parse_iso(one.period)).months == 12}
    latest = max(years, key=lambda period: period.end, default=None)
    if latest is None or {(one.end.month, one.end.day) for one in years} != {(latest.end.month, latest.end.day)}:
        return profile
    if profile.period and (own := parse_iso(profile.period)).end.year != latest.end.year and own.end > latest.end:
        return profile  # of a later year than any of its statements
    return replace(profile, period=latest.iso, fiscal_year=latest.end.year)
