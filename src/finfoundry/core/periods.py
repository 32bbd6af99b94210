"""Periods: dates and spans of time as financial documents and questions write them, in English and Chinese.

A period is written as ISO 8601: ``2017-12-31`` (an instant, as in a balance sheet) or ``2017-01-01/2017-12-31`` (a span).
``find_periods`` reads running text and table headers: "FY2017", "three months ended March 31, 2025", "2019 Q3", "2020年度",
"2020年12月31日", "本期发生额". A fiscal year is named, not dated ("fiscal 2017"); it gets dates when a ``FiscalYear`` is given. In Chinese
text a year is the calendar year.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from finfoundry.core.fiscal import CALENDAR_YEAR, DAY, FiscalYear, Period, back, is_month_end, month_end, parse_iso, span
from finfoundry.core.language import simplified
from finfoundry.core.period_patterns import (
    AFTER,
    ALSO,
    BEFORE,
    DATE,
    DAY_SIGN,
    DIGITS,
    DURATION,
    DURATION_TO_MONTH,
    DURATION_ZH,
    FISCAL_SIGN,
    HALF,
    HALF_SIGN,
    HAN_SIGN,
    HINT,
    MONTH_IN_DIGITS,
    MONTH_SIGN,
    MONTH_YEAR,
    MONTHS_OF_YEAR,
    QUARTER,
    QUARTER_SIGN,
    RANGE,
    RANGE_ZH,
    RELATIVE,
    RELATIVE_HINT,
    ROC,
    ROC_DOTTED,
    UNTIL,
    WIDE,
    YEAR_BARE,
    YEAR_FISCAL,
    YEAR_SIGN,
    YEAR_ZH,
    count_said,
    month_in_digits,
    month_said,
    year_said,
)

Kind = Literal["date", "year", "quarter", "half", "range", "relative"]

__all__ = [
    "CALENDAR_YEAR",
    "FiscalYear",
    "FoundPeriod",
    "Kind",
    "Period",
    "find_periods",
    "is_month_end",
    "month_end",
    "parse_iso",
    "span",
    "undated",
]


@dataclass(frozen=True, slots=True)
class FoundPeriod:
    """A period in a text: ``text == source[start:end]``.

    ``period`` is None while the fiscal year has no dates, and for relative words. ``offset`` belongs to relative words: years from
    the period reported on (本期 0, 上期 -1). ``instant``: an instant is meant (期末余额), a span (本期发生额), or the words don't say.
    """

    text: str
    start: int
    end: int
    period: Period | None
    fiscal_year: int | None
    quarter: int | None
    kind: Kind
    offset: int | None = None
    instant: bool | None = None


def find_periods(text: str, *, fiscal_year_end: FiscalYear | date | None = None) -> list[FoundPeriod]:
    """All periods in a text, left to right, without overlaps."""
    if not HINT.search(simplified(text)):
        return []
    known = FiscalYear.ending(fiscal_year_end) if isinstance(fiscal_year_end, date) else fiscal_year_end
    return list(_find(text, known))


def undated(text: str) -> str:
    """A text without its dates and periods."""
    for found in reversed(find_periods(text)):
        text = f"{text[: found.start]} {text[found.end :]}"
    return text


# --- reading a match ------------------------------------------------------------------------------------------------------------


def _date(match: re.Match[str], prefix: str) -> date | None:
    """The date that ``date_pattern(prefix)`` matched; None when there is no such day."""

    def part(name: str) -> str | None:
        return match[prefix + name]

    try:
        if word := part("em"):
            return date(year_said(part("ey") or ""), month_said(word), int(part("ed") or ""))
        if word := part("fm"):
            return date(year_said(part("fy") or ""), month_said(word), int(part("fd") or ""))
        if word := part("im"):
            return date(year_said(part("iy") or ""), int(word), int(part("id") or ""))
        if word := part("um"):
            first, second = int(word), int(part("ud") or "")
            dayed = first > 12 or (part("us") == "." and second <= 12)  # 03.01.2025 is the third of January
            month, day = (second, first) if dayed else (first, second)
            return date(year_said(part("uy") or ""), month, day)
        return date(year_said(part("zy") or ""), count_said(part("zm") or ""), count_said(part("zd") or ""))
    except ValueError:
        return None


_Read = Callable[[re.Match[str], FiscalYear | None], FoundPeriod | None]


def _found(match: re.Match[str], kind: Kind, period: Period | None, year: int | None = None, quarter: int | None = None) -> FoundPeriod:
    return FoundPeriod(match[0], match.start(), match.end(), period, year, quarter, kind, instant=period.instant if period else None)


def _read_range(match: re.Match[str], known: FiscalYear | None) -> FoundPeriod | None:
    start, end = _date(match, "a"), _date(match, "b")
    if start is None or end is None or start >= end or re.search(r"\band\b", match[0]):
        return None  # "December 31, 2019 and December 31, 2020" are two dates
    return _spanned(match, Period(end, start), known)


def _read_range_zh(match: re.Match[str], known: FiscalYear | None) -> FoundPeriod | None:
    try:
        year, last = year_said(match["y"]), count_said(match["m2"])
        start = date(year, count_said(match["m1"]), count_said(match["d1"] or "1"))
        end = date(year, last, count_said(match["d2"])) if match["d2"] else month_end(year, last)
    except ValueError:
        return None
    return _spanned(match, Period(end, start), known or CALENDAR_YEAR) if start < end else None


def _spanned(match: re.Match[str], period: Period, known: FiscalYear | None) -> FoundPeriod:
    """Name a span by its length: 12 months are a year, 3 a quarter, 6 a half."""
    fiscal = known or CALENDAR_YEAR
    year = (known or FiscalYear.ending(period.end)).year_of(period.end)
    kinds: dict[int, Kind] = {12: "year", 3: "quarter", 6: "half"}
    kind = kinds.get(period.months, "range")
    quarter = _quarter_number(fiscal, year, period.end) if kind == "quarter" else None
    return _found(match, kind, period, year, quarter)


def _quarter_number(fiscal: FiscalYear, year: int, end: date) -> int | None:
    return next((n for n in (1, 2, 3, 4) if abs((fiscal.quarter(year, n).end - end).days) < 10), None)


def _read_duration(match: re.Match[str], known: FiscalYear | None) -> FoundPeriod | None:
    end = _date(match, "a")
    if end is None:
        return None
    groups = match.groupdict()
    word = (groups["w"] or "").lower()
    if groups["n"]:
        count = count_said(groups["n"])
        if (groups.get("u") or "month").lower().startswith("week"):
            return _spanned(match, Period(end, end - timedelta(weeks=count) + DAY), known) if count else None
        months = count
    else:
        months = 3 if "quarter" in word or "季" in word else 6 if "half" in word or "半" in word else 1 if word.startswith("month") else 12
        if word == "期间" or re.fullmatch(r"(?:fiscal )?periods?", word):
            return replace(_found(match, "range", None), fiscal_year=known.year_of(end) if known else end.year)
    return _spanned(match, span(end, months), known) if months else None


def _read_date(match: re.Match[str], known: FiscalYear | None) -> FoundPeriod | None:  # noqa: ARG001  one signature for all
    day = _date(match, "a")
    return None if day is None else _found(match, "date", Period(day))


def _first(match: re.Match[str], stem: str) -> str | None:
    return next((value for name, value in match.groupdict().items() if value and name.startswith(stem)), None)


def _read_quarter(match: re.Match[str], known: FiscalYear | None) -> FoundPeriod | None:
    year, number = year_said(_first(match, "y") or ""), count_said((_first(match, "q") or "").lower())
    fiscal = known or (CALENDAR_YEAR if "季" in match[0] else None)
    return _found(match, "quarter", fiscal.quarter(year, number) if fiscal else None, year, number)


def _read_half(match: re.Match[str], known: FiscalYear | None) -> FoundPeriod | None:
    year = year_said(_first(match, "y") or "")
    fiscal = known or (CALENDAR_YEAR if "年" in match[0] else None)
    if word := _first(match, "m"):
        months = {"three": 3, "six": 6, "nine": 9}.get(word.lower()) or int(word)
        kind: Kind = {3: "quarter", 6: "half", 12: "year"}.get(months, "range")  # type: ignore[assignment]
        return _found(match, kind, fiscal.part(year, months, months) if fiscal else None, year, 1 if months == 3 else None)
    if match["nine"]:
        return _found(match, "range", fiscal.part(year, 9, 9) if fiscal else None, year)
    second = (_first(match, "h") or "").lower() in {"2", "second", "2nd", "下半年"}
    return _found(match, "half", fiscal.part(year, 12 if second else 6, 6) if fiscal else None, year)


def _read_month(match: re.Match[str], known: FiscalYear | None) -> FoundPeriod | None:  # noqa: ARG001
    year, month = (year_said(match["ey"]), month_said(match["em"])) if match["em"] else (year_said(match["zy"]), int(match["zm"]))
    if not 1 <= month <= 12:
        return None
    end = month_end(year, month)
    return _found(match, "date", Period(end)) if match["zc"] else _found(match, "range", Period(end, date(year, month, 1)))


def _read_month_in_digits(match: re.Match[str], known: FiscalYear | None) -> FoundPeriod | None:  # noqa: ARG001
    said = month_in_digits(match)
    return None if said is None else _found(match, "range", Period(month_end(*said), date(*said, 1)))


def _read_duration_to_month(match: re.Match[str], known: FiscalYear | None) -> FoundPeriod | None:
    word = (match["w"] or "").lower()
    months = count_said(match["n"]) if match["n"] else 3 if "quarter" in word else 6 if "half" in word else 12
    return _spanned(match, span(month_end(year_said(match["ey"]), month_said(match["em"])), months), known) if months else None


def _read_months(match: re.Match[str], known: FiscalYear | None) -> FoundPeriod | None:
    year, first, last = year_said(match["ey"]), month_said(match["sm"]), month_said(match["em"])
    return _spanned(match, Period(month_end(year, last), date(year, first, 1)), known) if first < last else None


def _read_year_zh(match: re.Match[str], known: FiscalYear | None) -> FoundPeriod | None:
    year = year_said(match["y"])
    if not 1950 <= year < 2100:
        return None
    whole = (known or CALENDAR_YEAR).of(year)
    if match["open"]:
        return _found(match, "date", whole.opening, year - 1)
    if match["close"] or match["close2"] is not None:
        return _found(match, "date", whole.closing, year)
    return _found(match, "year", whole, year)


def _read_year(match: re.Match[str], known: FiscalYear | None) -> FoundPeriod | None:
    year = year_said(_first(match, "y") or "")
    whole = known.of(year) if known else None
    if match["close"]:
        return replace(_found(match, "date", whole.closing if whole else None, year), instant=True)
    return replace(_found(match, "year", whole, year), instant=None)


def _read_dotted(match: re.Match[str], known: FiscalYear | None) -> FoundPeriod | None:
    try:
        days = [
            date(int(match["y" + last]) + ROC, int(match["m" + last]), int(match["d" + last])) for last in ("", "2") if match["y" + last]
        ]
    except ValueError:
        return None
    if len(days) == 1:
        return _found(match, "date", Period(days[0]))
    return _spanned(match, Period(days[1], days[0]), known or CALENDAR_YEAR) if days[0] < days[1] else None


_READERS: tuple[tuple[re.Pattern[str], re.Pattern[str], _Read], ...] = (  # sign, pattern, what a match of it means
    (DAY_SIGN, ROC_DOTTED, _read_dotted),
    (DAY_SIGN, RANGE, _read_range),
    (HAN_SIGN, RANGE_ZH, _read_range_zh),
    (DAY_SIGN, DURATION, _read_duration),
    (DAY_SIGN, DURATION_ZH, _read_duration),
    (MONTH_SIGN, DURATION_TO_MONTH, _read_duration_to_month),
    (MONTH_SIGN, MONTHS_OF_YEAR, _read_months),
    (DAY_SIGN, DATE, _read_date),
    (YEAR_SIGN, MONTH_IN_DIGITS, _read_month_in_digits),
    (QUARTER_SIGN, QUARTER, _read_quarter),
    (HALF_SIGN, HALF, _read_half),
    (MONTH_SIGN, MONTH_YEAR, _read_month),
    (HAN_SIGN, YEAR_ZH, _read_year_zh),
    (FISCAL_SIGN, YEAR_FISCAL, _read_year),
    (YEAR_SIGN, YEAR_BARE, _read_year),
)
_SIGNS = frozenset(sign for sign, _, _ in _READERS)


_ROUND_ZERO = re.compile(r"(?<=[一二三四五六七八九])[○Ｏ](?=[〇零○一二三四五六七八九年])")  # a circle for the zero of 一一○年


@lru_cache(maxsize=8192)
def _find(text: str, known: FiscalYear | None) -> tuple[FoundPeriod, ...]:
    plain = text if text.isascii() else simplified(_ROUND_ZERO.sub("0", text).translate(WIDE))
    taken = bytearray(len(text))
    found: list[FoundPeriod] = []
    for item in _candidates(plain, known):
        if not any(taken[item.start : item.end]):
            taken[item.start : item.end] = b"\x01" * (item.end - item.start)
            found.append(item if plain is text else replace(item, text=text[item.start : item.end]))
    found.sort(key=lambda item: item.start)
    return tuple(_same_day(plain, found, known))


def _candidates(text: str, known: FiscalYear | None) -> Iterator[FoundPeriod]:
    shown = {sign for sign in _SIGNS if sign.search(text)}
    windows = list(_windows(text)) if shown else []
    for sign, pattern, read in _READERS:
        for start, end in windows if sign in shown else ():
            for match in pattern.finditer(text, start, end):
                if (item := _meant(read, match, known)) is not None:
                    yield item
    if not RELATIVE_HINT.search(text):
        return
    for words, offset, instant in RELATIVE:
        for match in words.finditer(text):
            ends = bool(match.groupdict().get("end"))
            yield FoundPeriod(match[0], match.start(), match.end(), None, None, None, "relative", offset, True if ends else instant)


def _meant(read: _Read, match: re.Match[str], known: FiscalYear | None) -> FoundPeriod | None:
    """What a match means; None where a number in it is none: 十十个月."""
    try:
        return read(match, known)
    except ValueError:
        return None


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """The stretches around digits: no dated period is far from one, and most of a running text is."""
    start = end = -1
    for match in DIGITS.finditer(text):
        if match.start() - BEFORE > end:
            if end >= 0:
                yield start, end
            start = max(match.start() - BEFORE, 0)
        end = min(match.end() + AFTER, len(text))
    if end >= 0:
        yield start, end


def _same_day(text: str, found: list[FoundPeriod], known: FiscalYear | None) -> Iterator[FoundPeriod]:
    """Carry the day and the length over a list: "years ended December 31, 2020 and 2019", "three months ended June 28, 2025 and
    June 29, 2024"; and 年 back over a range: "2019-2021年".
    """
    model: FoundPeriod | None = None
    for place, item in enumerate(found):
        bare = item.kind == "year" and item.text.isdigit()
        follows = model is not None and ALSO.fullmatch(text[model.end : item.start]) is not None
        if model and follows and bare and model.period and model.instant is not None:
            item = _again(item, model, back(model.period.end, (model.period.end.year - year_said(item.text)) * 12), known)
        elif model and follows and item.kind == "date" and item.period and model.period and not model.period.instant:
            item = _again(item, model, item.period.end, known)
        elif bare and item.period is None and _runs_to_chinese_year(text, found[place : place + 2]):
            item = replace(item, period=CALENDAR_YEAR.of(year_said(item.text)), instant=False)
        yield item
        model = item if item.period and not item.text.endswith("年") and item.kind in ("date", "year", "quarter", "half", "range") else None


def _runs_to_chinese_year(text: str, pair: list[FoundPeriod]) -> bool:
    return len(pair) == 2 and pair[1].text.endswith(("年", "年度")) and UNTIL.fullmatch(text[pair[0].end : pair[1].start]) is not None


def _again(item: FoundPeriod, model: FoundPeriod, end: date, known: FiscalYear | None) -> FoundPeriod:
    """The period of ``model``'s kind and length that ends on ``end``."""
    months = model.period.months if model.period else 0
    period = span(end, months) if months else Period(end)
    year = None if period.instant else (known or FiscalYear.ending(end)).year_of(end)
    return replace(item, period=period, kind=model.kind, fiscal_year=year, quarter=model.quarter, instant=period.instant)
