"""As of which days a question about a rule is asked: "as of 1 March 2019", "in 2015", 2018年时. The number of a notice is no day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from finfoundry.core.periods import find_periods
from finfoundry.knowledge.laws.stated_dates import stated_dates

_NUMBERED = re.compile(r"[〔\[(（【]\s*$|第\s*$|《[^》]*$")
_BEHIND = re.compile(r"^\s*[〕\])）】]|^\s*(?:号|第\s*\d+\s*号)|^[^《]*》")
_BEFORE = re.compile(r"\b(?:before|until|prior to)\s+(?:the\s+)?$", re.IGNORECASE)
_BEFORE_ZH = re.compile(r"^\s*(?:年)?(?:以前|之前|前)(?!\d)")


@dataclass(frozen=True, slots=True)
class AskedDays:
    """The first and the last day that a question asks about, and the question without them. ``fault``: why no day can be told."""

    first: date
    last: date
    rest: str
    text: str
    fault: str = ""


def asked_days(question: str) -> AskedDays | None:
    """The days of a question; None where it names none: then today is meant. What comes first counts."""
    for found in stated_dates(question):
        if not _is_number(question, found.start, found.end):
            day = found.day or date.min
            return _asked(question, found.start, found.end, day, day, found.fault)
    for period in find_periods(question):
        if _is_number(question, period.start, period.end) or period.kind == "relative":
            continue
        year = period.fiscal_year
        first, last = (date(year, 1, 1), date(year, 12, 31)) if year and 1 <= year <= 9999 else (None, None)
        if period.period and period.kind != "year":
            first, last = period.period.start or period.period.end, period.period.end
        if first and last:
            return _asked(question, period.start, period.end, first, last)
    return None


def _is_number(question: str, start: int, end: int) -> bool:
    """Whether a year belongs to the number of a notice, or to a title in brackets."""
    return bool(_NUMBERED.search(question[:start]) and _BEHIND.match(question[end:])) or bool(
        re.match(r"^\s*(?:年)?\s*第\s*\d+\s*号", question[end:])
    )


def _asked(question: str, start: int, end: int, first: date, last: date, fault: str = "") -> AskedDays:
    before = _BEFORE.search(question[:start])
    if (before or _BEFORE_ZH.match(question[end:])) and first > date.min:
        first = last = first - timedelta(days=1)
        start = before.start() if before else start
    rest = question[:start] + " " + question[end:]
    return AskedDays(
        first,
        last,
        re.sub(r"\b(?:as of|as at|in|on|during|since|back in|at)\s+(?=[?,.]|$)|^\s*年?[时,，]\s*", " ", rest),
        question[start:end],
        fault,
    )
