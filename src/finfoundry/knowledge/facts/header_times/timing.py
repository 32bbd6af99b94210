"""What the text of a header says of time: a date or a year, a length, whether it is an instant, how many years before.

``Timing`` keeps what was said apart from what it comes to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from finfoundry.core.periods import FiscalYear, FoundPeriod, Period, find_periods


@dataclass(frozen=True, slots=True)
class Timing:
    """What a text says about time: an end date or a year, a length in months, an instant or a relative word; None = not said."""

    end: date | None = None
    year: int | None = None
    months: int | None = None
    instant: bool | None = None
    offset: int | None = None  # of relative words, in years
    period: Period | None = None  # when the text gives a full span
    quarter: int | None = None

    @property
    def dated(self) -> bool:
        return self.end is not None or self.year is not None or self.offset is not None or self.period is not None


_COUNTS = {
    "three": 3,
    "six": 6,
    "nine": 9,
    "twelve": 12,
    "thirteen": 3,
    "twenty-six": 6,
    "thirty-nine": 9,
    "fifty-two": 12,
    "fifty-three": 12,
}
_WEEKS = {12: 3, 13: 3, 14: 3, 24: 6, 26: 6, 27: 6, 36: 9, 39: 9, 40: 9, 52: 12, 53: 12}
_LENGTH = re.compile(
    r"\b(?P<n>three|six|nine|twelve|thirteen|twenty-six|thirty-nine|fifty-two|fifty-three|\d{1,2})[\s-]+(?P<u>months?|weeks?)\b"
    r"|\b(?P<quarter>(?:fiscal\s+)?quarters?(?:ly\s+periods?)?\s+(?:ended|ending)|(?:first|second|third|fourth)\s+quarter|q[1-4]\b)"
    r"|\b(?P<half>half[\s-]?year|first\s+half|半年)"
    r"|\b(?P<year>(?:fiscal\s+|calendar\s+)?years?[\s-]+(?:ended|ending|to)\b|(?:for\s+(?:the\s+)?(?:fiscal\s+)?years?)\b)",
    re.IGNORECASE,
)
_LENGTH_ZH = re.compile(r"止的?(?P<n>三|六|九|十二|3|6|9|12)\s?[个個]月")
_MONTHS_ZH = {"三": 3, "六": 6, "九": 9, "十二": 12, "3": 3, "6": 6, "9": 9, "12": 12}
_TO_DATE = re.compile(r"\bq(?P<quarter>[1-4])\s+(?:ytd|year[\s-]to[\s-]date)\b", re.IGNORECASE)
_YEARS_OF_A_NAME = re.compile(r"\b((?:19|20)\d\d)\s?[-–—]\s?(?:19|20)\d\d(?=\s+[A-Z][a-z])")  # "2020-2022 Annual Award"
_AGE = re.compile(
    r"\b(?:less|fewer|more|greater|longer|within|over|next|following|remaining|original|after)\b|未来|以内|以上", re.IGNORECASE
)
_AS_OF_YEAR = re.compile(
    r"\bas\s+of\s+(?:the\s+)?(?:fiscal\s+)?(?:years?|quarters?)\b|\bat\s+(?:the\s+)?(?:fiscal\s+)?year[\s-]?end", re.IGNORECASE
)
_INSTANT = re.compile(
    r"\bas\s+(?:of|at)\b|^at\b|\bat\s+(?:the\s+)?(?:end|year[\s-]?end|(?:\d{1,2}\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b)|\bbalance(?:s)?\s+at\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=32768)
def months_said(text: str) -> int | None:
    """The length of time that a text names: "six months", "13 weeks", "years ended"."""
    match = None if len(text) < 60 and _AGE.search(text) else _LENGTH.search(text)
    if match is None:
        said = _LENGTH_ZH.search(text)
        return _MONTHS_ZH.get(said["n"]) if said else 12 if re.search(r"年度|全年", text) else None
    if to_date := _TO_DATE.search(text):
        return 3 * int(to_date["quarter"])
    if match["n"]:
        number = _COUNTS.get(match["n"].lower()) or int(match["n"])
        if match["u"].lower().startswith("week") and match["n"].isdigit():
            return _WEEKS.get(number)
        return number if number in (1, 2, 3, 4, 6, 9, 12) else None
    return 3 if match["quarter"] else 6 if match["half"] else 12


def instant_said(text: str) -> Literal[True] | None:
    """True where a text tells a point in time: "as of", "at the end"; None where it does not say."""
    return True if _INSTANT.search(text) else None


@lru_cache(maxsize=32768)
def read_timing(text: str, known: FiscalYear | None) -> Timing:
    """What a header text says about time. The last dated words win: they are nearest to the numbers."""
    text = _YEARS_OF_A_NAME.sub(" ", text)
    found = find_periods(text, fiscal_year_end=known)
    months = months_said(text)
    instant = instant_said(text)
    if _AS_OF_YEAR.search(text):
        months = None
    if not found:
        return Timing(months=months, instant=instant)
    if (to_date := _TO_DATE.search(text)) and (years := [item.fiscal_year for item in found if item.fiscal_year]):
        return Timing(year=years[-1], months=months, quarter=int(to_date["quarter"]))
    best = max(found, key=lambda item: (_rank(item), item.start))
    if best.period and not best.period.instant and months is None and instant and best.kind == "year":
        return Timing(end=best.period.end, year=best.fiscal_year, instant=True)
    return timing_of(best, months, instant)


def _rank(item: FoundPeriod) -> int:
    return (
        {"relative": 0, "year": 1, "range": 3, "date": 4, "quarter": 3, "half": 3}[item.kind]
        if item.period is None or item.kind == "date"
        else 5
        if not item.text.isdigit()
        else 1
    )


def timing_of(item: FoundPeriod, months: int | None, instant: bool | None) -> Timing:
    """What one period found in a text says, with the length and the instant that the whole text tells."""
    if item.kind == "relative":
        return Timing(months=months, instant=item.instant, offset=item.offset)
    if item.kind == "year" and (item.text.isdigit() or item.period is None):
        return Timing(year=item.fiscal_year, months=months, instant=instant)
    if item.period is not None and item.period.instant:
        said = instant or (True if re.search(r"末|底|初", item.text) else None)
        return Timing(end=item.period.end, year=None, months=months, instant=said)
    if item.period is not None:
        return Timing(end=item.period.end, year=item.fiscal_year, months=item.period.months, period=item.period, quarter=item.quarter)
    length = {"quarter": 3, "half": 6}.get(item.kind, months)
    return Timing(year=item.fiscal_year, months=length, instant=item.instant, quarter=item.quarter)
