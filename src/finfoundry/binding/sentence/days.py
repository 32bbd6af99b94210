"""The days that a text names, with their year or without."""

from __future__ import annotations

import re

from finfoundry.core.period_patterns import MONTH, MONTHS

Day = tuple[int, int]  # month and day of the month

_DAY = re.compile(
    rf"(?:(?<![\d.,])(?P<d>\d{{1,2}})(?:[snrt][tdh])?\s(?:of\s)?)?\b(?P<m>{MONTH})(?:\s*(?P<d2>\d{{1,2}})(?:[snrt][tdh])?(?![\d%]|[.,]\d))?"
    r"|(?<!\d)(?P<m3>\d{1,2})月(?P<d3>\d{1,2})日|\b\d{4}[-/.](?P<m4>\d{1,2})[-/.](?P<d4>\d{1,2})(?!\d)",
    re.IGNORECASE,
)


def days_in(text: str) -> dict[Day, str]:
    """Each day that a text names, as it first says it."""
    found: dict[Day, str] = {}
    for match in _DAY.finditer(text):
        month = match["m"] or match["m3"] or match["m4"]
        day = match["d"] or match["d2"] or match["d3"] or match["d4"]
        number = int(month) if month.isdigit() else MONTHS.index(month[:3].lower()) + 1
        if day:
            found.setdefault((number, int(day)), match[0].rstrip("."))
    return found


def without_days(text: str) -> str:
    return _DAY.sub(" ", text)
