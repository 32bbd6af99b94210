"""Periods as questions write them, moved by years or made a part of the same year: "Q2 2023" to "Q2 2022", 112年 to 112年第三季."""

from __future__ import annotations

import re

_YEAR = re.compile(
    r"(?<!\d)(?P<full>(?:19|20)\d\d)(?!\d)|(?<!\d)(?P<roc>1[0-4]\d)(?=\s*年)|(?<=FY)\s?['’]?(?P<short>\d\d)(?!\d)", re.IGNORECASE
)
_FISCAL = re.compile(r"fiscal\s+(?:year\s+)?|FY\s*", re.IGNORECASE)


def moved(period: str, years: int) -> str | None:
    """A period so many years later; None where it names no year."""
    if _YEAR.search(period) is None:
        return None
    return _YEAR.sub(lambda found: str(int(found["full"] or found["roc"] or found["short"]) + years), period)


def year_of(period: str) -> int | None:
    """The last year that a period names, as it counts them; None where it names none."""
    found = [match["full"] or match["roc"] or match["short"] for match in _YEAR.finditer(period)]
    return int(found[-1]) if found else None


def part_of(period: str, stretch: str) -> str | None:
    """A stretch ("second quarter", 第三季) of the year of a period; the year itself for an empty one; None where it names no year."""
    year = year_of(period)
    if year is None:
        return None
    if not (period + stretch).isascii():
        return f"{year}年{stretch}"
    fiscal = "fiscal " if _FISCAL.search(period) else ""
    return f"{stretch} of {fiscal}{year}" if stretch else f"{fiscal}{year}"
