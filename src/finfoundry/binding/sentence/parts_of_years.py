"""Quarters, halves and ends of months that a sentence names apart from their year: "the second quarter was the weakest of 2023"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from finfoundry.binding.sentence.when import year_of
from finfoundry.core.periods import FoundPeriod, find_periods

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_PART = re.compile(
    r"\b(?P<nth>first|second|third|fourth)[\s-](?P<part>quarter|half)\b|\b(?P<q>Q[1-4])\b"
    rf"|\b(?:the\s+)?(?:end|close)\s+of\s+(?P<month>{_MONTHS})\b(?!,?\s+\d)"
    r"|(?<![前个、至和])(?<![一二三四]到)(?P<zh>第[一二三四]季度?|[一二三四]季度|首季度?|[上下]半年(?!度?报))"
    r"|(?<![年\d一二三四五六七八九十])(?P<end>\d{1,2}月[末底])",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"\b(?:full|whole|entire)[\s-]year\b|全年|整年", re.IGNORECASE)


def with_parts(text: str, start: int, end: int, told: Sequence[FoundPeriod]) -> list[FoundPeriod]:
    """The periods of a sentence, ``text[start:end]``, with the parts of years that it names without one. Where it names one year, they are
    of this; a year behind the first of them only says of which. One part before several years is meant of each of them.
    """
    named = [match for match in _PART.finditer(text, start, end) if not any(_overlaps(match, period) for period in told)]
    years, count = [period for period in told if period.kind == "year"], len({year for period in told if (year := year_of(period))})
    if not named or not count or count > 1 < len({match[0].lower() for match in named}):
        return list(told)
    first, whole = named[0].start(), _WHOLE.search(text, start, end)
    behind = [year for year in years if year.start > first and not whole]
    if count > 1:
        parts = {year.start: _of_year(named[0], year) for year in years if len(behind) == len(years)}
        return [replace(part, start=one.start, end=one.end) if (part := parts.get(one.start)) else one for one in told]
    of = next(period for period in told if year_of(period))
    found = [replace(part, start=match.start(), end=match.end()) for match in named if (part := _of_year(match, of))]
    return sorted([*(one for one in told if one not in behind or not found), *found], key=lambda one: one.start)


def _overlaps(match: re.Match[str], period: FoundPeriod) -> bool:
    return match.start() < period.end and period.start < match.end()


def _of_year(match: re.Match[str], year: FoundPeriod) -> FoundPeriod | None:
    """The part of a year that a match names."""
    return next(_read(match, str(year_of(year))), None)


def _read(match: re.Match[str], year: str) -> Iterator[FoundPeriod]:
    part = match["zh"] or match["end"]
    if part:
        text = f"{year}年{part.replace('首季', '第一季')}"
    elif match["month"]:
        text = f"{year}年{_MONTHS.lower().split('|').index(match['month'].lower()) + 1}月末"
    else:
        text = f"{match['q'] or match['nth'] + ' ' + match['part']} of {year}"
    yield from find_periods(text)
