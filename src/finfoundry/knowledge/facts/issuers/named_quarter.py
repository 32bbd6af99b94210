"""The quarter that a paper without a form of its own is headed with: "Quarterly risk report Q3 2025"."""

from __future__ import annotations

from collections.abc import Container
from datetime import date

from finfoundry.core.fiscal import CALENDAR_YEAR
from finfoundry.core.periods import Period, find_periods

HEAD = 300  # characters at the beginning of a paper in which it says what it is on


def named_quarter(cover: str, ends: Container[date]) -> Period | None:
    """The calendar quarter that the head of a paper names, where a table has its last day: it is no year that ends then."""
    named = (found for found in find_periods(cover[:HEAD]) if found.kind == "quarter" and found.quarter and found.fiscal_year)
    quarters = (CALENDAR_YEAR.quarter(found.fiscal_year or 0, found.quarter or 0) for found in named)
    return next((quarter for quarter in quarters if quarter.end in ends), None)
