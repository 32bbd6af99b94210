"""The period of a paper that states none. In one of no known kind a balance day that several tables share ends no year by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from finfoundry.core.document import Document
from finfoundry.core.periods import FiscalYear, Period, find_periods, month_end, span

YEAR_APART = range(350, 381)  # days between a balance day and that of the year before
HEAD_ROWS = 4  # of a table
LONGEST_HEAD = 60  # characters


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


def within_a_year(document: Document, end: date, fiscal: FiscalYear) -> tuple[Period, FiscalYear]:
    """The quarter that ends on a day, with the fiscal year in which it has the name that headings give it; without such the day itself."""
    named = set(_quarters(document))
    if not named:
        return Period(end), fiscal
    own = (end.year, (end.month + 2) // 3)
    year, quarter = own if own in named else max(named)
    months = end.month + 3 * (4 - quarter)
    return span(end, 3), FiscalYear(year, month_end(end.year + (months - 1) // 12, (months - 1) % 12 + 1))


def _quarters(document: Document) -> Iterator[tuple[int, int]]:
    """Year and number of each quarter in headings and in the first rows of tables."""
    blocks = [block for page in document.pages for block in page.blocks]
    cells = (cell.text for block in blocks if block.kind == "table" for cell in block.cells if cell.row < HEAD_ROWS)
    headings = (block.text for block in blocks if block.kind == "heading")
    for text in (one for texts in (headings, cells) for one in texts if len(one) < LONGEST_HEAD):
        for found in find_periods(text):
            if found.kind == "quarter" and found.quarter and found.fiscal_year:
                yield found.fiscal_year, found.quarter
