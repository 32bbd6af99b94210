"""Dates as rules state them, and dates that are none: what cannot be read is named, and never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from finfoundry.core.language import halfwidth

EARLIEST, LATEST = 1900, 2100  # years; what is outside of them is a misprint
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?)\.?"
)
_HAN = "〇零○一二三四五六七八九"
DATE = (
    rf"(?:\d{{4}}\s*年\s*\d{{1,2}}\s*月\s*\d{{1,2}}\s*日|[{_HAN}]{{4}}年[{_HAN}十]{{1,3}}月[{_HAN}十]{{1,3}}日"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+\d{{4}}\b|\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}\b"
    r"|\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b|\b\d{1,2}[/.]\d{1,2}[/.]\d{4}\b)"
)  # whatever looks like a day, also one that no calendar has
_DATE = re.compile(DATE, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StatedDate:
    """A date in a text; ``day`` is None where no calendar has it, or where it may be two days, and ``fault`` then says so."""

    text: str
    start: int
    end: int
    day: date | None
    fault: str = ""


def stated_dates(text: str) -> Iterator[StatedDate]:
    """All days in a text, left to right."""
    for match in _DATE.finditer(halfwidth(text)):
        yield _read(match)


def read_date(text: str) -> StatedDate | None:
    """The day that a text is; None where it is none at all."""
    found = _DATE.fullmatch(halfwidth(text).strip())
    return _read(found) if found else None


def _read(match: re.Match[str]) -> StatedDate:
    text = " ".join(match[0].split())
    try:
        year, month, day = _parts(text)
        if year is None:
            return StatedDate(text, match.start(), match.end(), None, f"{text!r} may be two days")
        found = date(year, month, day)
    except ValueError:
        return StatedDate(text, match.start(), match.end(), None, f"no calendar has {text!r}")
    if not EARLIEST <= found.year <= LATEST:
        return StatedDate(text, match.start(), match.end(), None, f"{text!r} lies out of range")
    return StatedDate(text, match.start(), match.end(), found)


def _parts(text: str) -> tuple[int | None, int, int]:
    """Year, month and day; no year where day and month cannot be told apart."""
    lowered = text.lower()
    if "年" in lowered:
        year, month, day = re.split(r"[年月]", lowered.removesuffix("日"))
        return _year(year.strip()), _number(month.strip()), _number(day.strip())
    named = re.search(_MONTH, lowered)
    numbers = [int(number) for number in re.findall(r"\d+", lowered)]
    if named:
        return numbers[1], _MONTHS.index(named[0][:3]) + 1, numbers[0]
    first, second, third = numbers
    if first >= 1000:
        return first, second, third
    if first <= 12 and second <= 12 and first != second:
        return None, 0, 0
    return (third, first, second) if second > 12 else (third, second, first)


def _year(text: str) -> int:
    return int(text) if text.isdecimal() else int("".join(str("〇一二三四五六七八九".index(_zero(sign))) for sign in text))


def _zero(sign: str) -> str:
    return "〇" if sign in "〇零○" else sign


def _number(text: str) -> int:
    """一 to 三十一, or digits."""
    if text.isdecimal():
        return int(text)
    tens, _, ones = text.partition("十") if "十" in text else ("〇", "", text)
    return 10 * ("〇一二三四五六七八九".index(_zero(tens)) if tens else 1) + ("〇一二三四五六七八九".index(_zero(ones)) if ones else 0)
