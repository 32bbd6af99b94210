"""Days without a year, stated once above columns that are headed by bare years.

"Year ended 31 March", "As at 30 June", "52 weeks ended 28 September", 截至六月三十日止年度.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from finfoundry.core.quantities.numerals import chinese_value

Day = tuple[int, int]  # month and day of the month

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAME = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?)\b\.?"
)
_NO_YEAR = r"(?!\s*,?\s*(?:19|20)\d\d)(?!\d)"
_DAY = (
    rf"(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m1>{_NAME}){_NO_YEAR}|(?P<m2>{_NAME})\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?{_NO_YEAR}"
    r"|(?<!年)(?<!年 )"
    r"(?P<m3>\d{1,2}|[一二三四五六七八九十]{1,2})\s?月\s?(?P<d3>\d{1,2}|[一二三四五六七八九十]{1,3})\s?[日号])"
)
_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_ANY = re.compile(rf"(?<![\d-]){_DAY}", re.IGNORECASE)
_STATED = re.compile(
    rf"(?:\b(?:years?|weeks?|months?|quarters?|periods?)\s+(?:ended|ending|to)(?:\s+on)?:?\s+|\bas\s+(?:at|of)\s+|\b(?:at|ended|ending)\s+|[于於在至止]\s?)(?:the\s+|{_WEEKDAY},?\s+)?{_DAY}",
    re.IGNORECASE,
)
_YEAR_STATED = re.compile(
    rf"\b(?:years?|weeks?|twelve\s+months|12\s+months)\s+(?:ended|ending|to)(?:\s+on)?:?\s+(?:{_WEEKDAY},?\s+)?{_DAY}"
    rf"|[至止]\s?{_DAY.replace('P<', 'P<z')}止?年度",
    re.IGNORECASE,
)


@lru_cache(maxsize=16384)
def day_said(text: str) -> Day | None:
    """The first day without a year that a header names; None where there is none."""
    return _day(_ANY.search(text))


@lru_cache(maxsize=16384)
def end_said(text: str) -> Day | None:
    """The month and day at which the columns below end or are measured, where a text states it without a year; else None."""
    return _day(_STATED.search(text))


@lru_cache(maxsize=16384)
def weeks_said(text: str) -> bool:
    """Whether a text counts the length of a year in weeks: "52 weeks ended …"."""
    return re.search(r"\bweeks?\b|[周週]", text, re.IGNORECASE) is not None


def weekday_said(text: str) -> int | None:
    """The day of the week that a text names, Monday as 0: "52 weeks ended Saturday 28 September"."""
    match = re.search(rf"\b{_WEEKDAY}\b", text, re.IGNORECASE)
    return _WEEKDAYS.index(match[0][:3].lower()) if match else None


def nearest(day: date, weekday: int) -> date:
    """The nearest such day of the week."""
    ahead = (weekday - day.weekday()) % 7
    return day + timedelta(days=ahead if ahead <= 3 else ahead - 7)


def year_end(texts: Iterable[str]) -> Day | None:
    """The day on which the years of a document end, where its texts say it without a year; the one said most."""
    said = Counter(day for text in texts if (day := _day(_YEAR_STATED.search(text))) is not None)
    return said.most_common(1)[0][0] if said else None


def in_year(day: Day, year: int) -> date:
    """The day of that year; February 29 of a common year is its 28th, and February 28 of a leap year stays what it is."""
    month, number = day
    return date(year, month, min(number, monthrange(year, month)[1]))


def _day(match: re.Match[str] | None) -> Day | None:
    if match is None:
        return None
    groups = {name.removeprefix("z"): text for name, text in match.groupdict().items() if text}
    month, number = (next(text for name, text in groups.items() if name[0] == kind) for kind in "md")
    found = _month(month), _number(number)
    return found if 1 <= found[0] <= 12 and 1 <= found[1] <= monthrange(2000, found[0])[1] else None


def _month(text: str) -> int:
    return _MONTHS.index(text[:3].lower()) + 1 if text[0].isascii() and text[0].isalpha() else _number(text)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else int(chinese_value(text) or 0)
