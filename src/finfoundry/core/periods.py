"""Periods: dates and spans of time as financial papers and questions write them, in English and Chinese.

A period is written as ISO 8601: ``2017-12-31`` (an instant, as in a balance sheet) or ``2017-01-01/2017-12-31`` (a span).
``find_periods`` reads running text and table headers: "FY2017", "three months ended March 31, 2025", "2019 Q3", "2020年度",
"2020年12月31日", "本期发生额". A fiscal year is named, not dated ("fiscal 2017"); it gets dates when a ``FiscalYear`` is given. In Chinese
text a year is the calendar year.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

Kind = Literal["date", "year", "quarter", "half", "range", "relative"]

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """An instant (``start`` is None) or a span from ``start`` to ``end``, both days included."""

    end: date
    start: date | None = None

    @property
    def instant(self) -> bool:
        return self.start is None

    @property
    def days(self) -> int:
        return 0 if self.start is None else (self.end - self.start).days + 1

    @property
    def months(self) -> int:
        """The length in months, rounded: 364 days are 12 months, 13 weeks are 3; 0 for an instant."""
        return round(self.days / 30.4)

    @property
    def iso(self) -> str:
        return self.end.isoformat() if self.start is None else f"{self.start.isoformat()}/{self.end.isoformat()}"

    @property
    def closing(self) -> Period:
        """The instant at which the period ends."""
        return Period(self.end)

    @property
    def opening(self) -> Period:
        """The instant from which the period runs: the day before its first."""
        return Period(self.end) if self.start is None else Period(self.start - DAY)


def parse_iso(text: str) -> Period:
    """Read ``2017-12-31`` or ``2017-01-01/2017-12-31``. Raises ValueError when it is neither."""
    first, slash, last = text.partition("/")
    if not slash:
        return Period(date.fromisoformat(first))
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    if start > end:
        raise ValueError(f"the period {text} ends before it starts")
    return Period(end, start)


def month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def is_month_end(day: date) -> bool:
    return (day + DAY).day == 1


def _back(end: date, months: int) -> date:
    """The day that lies ``months`` months before ``end``; month ends stay month ends."""
    index = end.year * 12 + end.month - 1 - months
    year, month = divmod(index, 12)
    last = month_end(year, month + 1)
    return last if is_month_end(end) else last.replace(day=min(end.day, last.day))


def span(end: date, months: int) -> Period:
    """The span of so many months up to ``end``. An end inside a month means weeks: 52 for a year, 13 for a quarter."""
    if is_month_end(end) or months % 3:
        return Period(end, _back(end, months) + DAY)
    return Period(end, end - timedelta(weeks=months // 3 * 13) + DAY)


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """One fiscal year of which the name and the last day are known; the others follow from it.

    ``weeks`` is set for years of 52 or 53 weeks, which end on one weekday near the same day of the year; ``last`` where that is the last
    such weekday of the month.
    """

    year: int
    end: date
    weeks: bool = False
    last: bool = False

    @classmethod
    def ending(cls, end: date) -> FiscalYear:
        """Named by the year in which it ends; the first week of January belongs to the year before."""
        return cls((end - timedelta(days=7)).year, end, weeks=not is_month_end(end))

    def end_of(self, year: int) -> date:
        back = (self.year - year) * 12
        near = _back(self.end, back)
        if not self.weeks or not back:
            return near
        if self.last:
            final = month_end(near.year, near.month)
            return final - timedelta(days=(final.weekday() - self.end.weekday()) % 7)
        days = (self.end.weekday() - near.weekday()) % 7
        return near + timedelta(days=days if days <= 3 else days - 7)

    def of(self, year: int) -> Period:
        return Period(self.end_of(year), self.end_of(year - 1) + DAY)

    def quarter(self, year: int, number: int) -> Period:
        """Quarter 1 to 4 of a fiscal year."""
        return self.part(year, number * 3, 3)

    def part(self, year: int, through: int, months: int) -> Period:
        """The ``months`` months that end ``through`` months into the fiscal year."""
        whole = self.of(year)
        if through == 12:
            end = whole.end
        elif self.weeks:
            end = self.end_of(year - 1) + timedelta(weeks=through // 3 * 13)
        else:
            end = _back(whole.end, 12 - through)
        if months == through:
            return Period(end, whole.start)
        return span(end, months) if not self.weeks else Period(end, end - timedelta(weeks=months // 3 * 13) + DAY)

    def span(self, end: date, months: int) -> Period:
        """The span of so many months up to ``end``. From the first day of the year it starts there; otherwise it is whole months, or
        weeks where ``end`` lies inside a month.
        """
        if self.weeks:
            return Period(end, end - timedelta(weeks=months // 3 * 13) + DAY) if months % 3 == 0 else span(end, months)
        whole = self.of(self.year_of(end))
        if months in (3, 6, 9, 12) and abs((_back(whole.end, 12 - months) - end).days) <= 10:
            return Period(end, whole.start)
        return span(end, months)

    def year_of(self, end: date) -> int:
        """The fiscal year in which a day lies."""
        year = end.year + self.year - self.end.year
        for candidate in (year - 1, year, year + 1):
            if end <= self.end_of(candidate) + timedelta(days=3):
                return candidate
        return year + 1


CALENDAR_YEAR = FiscalYear(2000, date(2000, 12, 31))


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
    if not _HINT.search(text):
        return []
    known = FiscalYear.ending(fiscal_year_end) if isinstance(fiscal_year_end, date) else fiscal_year_end
    return list(_find(text, known))


# --- patterns -------------------------------------------------------------------------------------------------------------------

_WIDE = {ord(wide): narrow for wide, narrow in zip("０１２３４５６７８９〇零－／．", "012345678900-/.", strict=True)}
_ZH_DIGIT = {ord(han): str(value) for value, han in enumerate("〇一二三四五六七八九")} | {ord("零"): "0"}
_HINT = re.compile(r"\d|[０-９〇]|[本上去今前][年期]|[期年][末初]|current|prior|previous|last|this|latest", re.IGNORECASE)

_RELATIVE_HINT = re.compile(r"[上本去今前报][年期告一]|[期年当][末初年期]|current|prior|previous|last|this|latest|preceding", re.IGNORECASE)
_DIGITS = re.compile(r"\d+|[一二三四五六七八九0零]{3,}年")
BEFORE, AFTER = 80, 60  # characters around a digit in which a period may stand

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?)\b\.?"
)
_YEAR = r"(?:19[5-9]\d|20\d\d)"
_NOT_BEFORE = r"(?<![\d.,$€£¥￥/-])(?<![$€£¥￥] )"
_NOT_AFTER = (
    r"(?![\d%％])(?![.,]\d)(?!\s*(?:万|亿|元|股|人|名|家|个|only|million|billion|thousand|shares?\b|employees\b|percent\b|basis\b|units\b))"
)
_EN_DATE = (
    rf"(?:(?P<{{0}}em>{_MONTH})\s*(?P<{{0}}ed>\d{{{{1,2}}}})(?:st|nd|rd|th)?\s*,?\s*(?P<{{0}}ey>{_YEAR})"
    rf"|(?P<{{0}}fd>\d{{{{1,2}}}})(?:st|nd|rd|th)?[\s-]*(?:of\s+)?(?P<{{0}}fm>{_MONTH})[\s,-]*(?P<{{0}}fy>{_YEAR})"
    rf"|(?P<{{0}}iy>{_YEAR})(?P<{{0}}is>[-/.])(?P<{{0}}im>\d{{{{1,2}}}})(?P={{0}}is)(?P<{{0}}id>\d{{{{1,2}}}})(?!\d)"
    rf"|(?<!\d)(?P<{{0}}um>\d{{{{1,2}}}})(?P<{{0}}us>[/.])(?P<{{0}}ud>\d{{{{1,2}}}})(?P={{0}}us)(?P<{{0}}uy>{_YEAR}|\d\d(?!\d))"
    rf"|(?P<{{0}}zy>{_YEAR}|[一二九][〇零0一二三四五六七八九]{{{{3}}}})\s*年\s*(?P<{{0}}zm>\d{{{{1,2}}}}|[一二三四五六七八九十]{{{{1,2}}}})\s*月"
    rf"\s*(?P<{{0}}zd>\d{{{{1,2}}}}|[一二三四五六七八九十]{{{{1,3}}}})\s*[日号])"
)


def _date_pattern(prefix: str) -> str:
    return _EN_DATE.format(prefix)


_COUNT = {
    "three": 3, "six": 6, "nine": 9, "twelve": 12, "one": 1, "two": 2, "four": 4, "five": 5, "seven": 7, "eight": 8,
    "ten": 10, "eleven": 11,
    "thirteen": 13, "twenty-six": 26, "thirty-nine": 39, "fifty-two": 52, "fifty-three": 53,
    "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "十二": 12, "两": 2,
    "first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4,
}  # fmt: skip
_NUMBER = "|".join(sorted(filter(str.isascii, _COUNT), key=len, reverse=True))


def _flags(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_TO = r"\s*(?:to|through|until|and|-|–|—|~|至|到)\s*"
_FISCAL = r"(?:fiscal\s+years?|fiscal|financial\s+years?|FYE?)"
_END_OF = r"(?P<close>(?:(?:the\s+)?end\s+of\s+(?:the\s+)?|year[\s-]?end\s+(?:of\s+)?))?"

_RANGE = _flags(rf"(?:from\s+)?{_date_pattern('a')}{_TO}{_date_pattern('b')}")
_RANGE_ZH = _flags(
    rf"(?P<y>{_YEAR})\s*年\s*(?P<m1>\d{{1,2}})\s*月?(?:\s*(?P<d1>\d{{1,2}})\s*日)?\s*(?:至|到|-|–|—|~)\s*(?P<m2>\d{{1,2}})\s*月(?:\s*(?P<d2>\d{{1,2}})\s*日)?"
)
_DURATION = _flags(
    rf"(?:(?P<n>{_NUMBER}|\d{{1,2}})[\s-]+(?P<u>months?|weeks?)(?:\s+period)?(?:\s*\([^)]{{1,20}}\))?|(?P<w>(?:fiscal\s+|financial\s+|full\s+|calendar\s+)?years?"
    rf"|(?:fiscal\s+)?quarters?|quarterly\s+periods?|half[\s-]years?|months?|(?:fiscal\s+|annual\s+)?periods?))\s*[-–—:]?\s*(?:ended|ending|to)\s*:?\s*(?:on\s+)?{_date_pattern('a')}"
)
_DURATION_ZH = _flags(
    rf"截[至止]\s*{_date_pattern('a')}\s*止?\s*(?:的)?(?:(?P<n>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})\s*个\s*月|(?P<w>年度|季度|半年度?|期间))"
)
_DATE = _flags(rf"(?<![\d.]){_date_pattern('a')}")
_QUARTER = _flags(
    rf"(?:\bQ(?P<q1>[1-4])[\s,'’-]*(?:of\s+)?(?:the\s+)?(?:{_FISCAL}\s*)?(?P<y1>{_YEAR}|['’]?\d\d(?!\d))"
    rf"|\b(?P<q2>[1-4])Q[\s'’-]*(?:{_FISCAL}\s*)?(?P<y2>{_YEAR}|\d\d(?!\d))"
    rf"|(?:{_FISCAL}\s*)?(?P<y3>{_YEAR})[\s,'’-]*(?:Q(?P<q3>[1-4])|(?P<q3b>[1-4])Q)(?!\d)"
    rf"|{_FISCAL}\s*['’]?(?P<y4>\d\d)[\s,-]*Q(?P<q4>[1-4])(?!\d)"
    rf"|(?P<q5>first|second|third|fourth|1st|2nd|3rd|4th)\s+(?:fiscal\s+)?quarter\s*,?\s*(?:of\s+)?(?:the\s+)?(?:{_FISCAL}\s*)?(?P<y5>{_YEAR})"
    rf"|(?P<y6>{_YEAR})\s*年?\s*第?\s*(?P<q6>[一二三四1-4])\s*季度?)"
)
_HALF = _flags(
    rf"(?:\bH(?P<h1>[12])[\s,'’-]*(?:of\s+)?(?:{_FISCAL}\s*)?(?P<y1>{_YEAR}|['’]?\d\d(?!\d))|\b(?P<h2>[12])H[\s'’-]*(?:{_FISCAL}\s*)?(?P<y2>{_YEAR}|\d\d(?!\d))"
    rf"|(?:{_FISCAL}\s*)?(?P<y3>{_YEAR})\s*H(?P<h3>[12])(?!\d)|(?P<h4>first|second|1st|2nd)\s+half\s+(?:of\s+)?(?:the\s+)?(?:{_FISCAL}\s*)?(?P<y4>{_YEAR})"
    rf"|(?P<y5>{_YEAR})\s*年\s*(?P<h5>上半年|下半年|半年度|中期)|(?P<y6>{_YEAR})\s*年\s*(?P<nine>前三季度|前三个季度|1-9月))"
)
_MONTH_YEAR = _flags(
    rf"(?:(?P<em>{_MONTH})\s*,?\s*(?P<ey>{_YEAR})(?!\d)|(?P<zy>{_YEAR})\s*年\s*(?P<zm>\d{{1,2}})\s*月(?P<zc>末|底)?(?:份)?)"
)
_YEAR_ZH = _flags(
    rf"(?P<y>{_YEAR}|[一二九][〇零0一二三四五六七八九]{{3}})\s*(?:年(?P<close>\s*(?:年?末|年底|底|末))|年(?P<open>初)|年度?末(?P<close2>)|(?:会计)?年度?(?:全年)?)"
)
_SHORT_YEAR = r"(?:(?<=FY)|(?<=FY['’])|(?<=FY ))\d\d(?!\d)"
_YEAR_FISCAL = _flags(
    rf"{_END_OF}(?:{_FISCAL}[\s-]*(?:ended\s+|ending\s+)?['’]?(?P<y1>{_YEAR}|{_SHORT_YEAR})|(?P<y2>{_YEAR})\s*{_FISCAL}\b)"
)
_YEAR_BARE = _flags(rf"{_END_OF}{_NOT_BEFORE}\b(?P<y>{_YEAR})(?:[AE]\b)?\b{_NOT_AFTER}")
_UNTIL = re.compile(r"\s*(?:-|–|—|~|至|到|、|和|与|及|,|，)\s*")
_ALSO = _flags(r"\s*(?:,|;|、|/|and|&|和|及|与|\s)\s*(?:and\s+|和)?(?:as\s+of\s+)?")

_RELATIVE: tuple[tuple[re.Pattern[str], int, bool | None], ...] = (
    (re.compile(r"(?:上年|上期|上年度|去年|期初|年初)\s*(?:年末|期末|末)(?:余额|数|金额)?"), -1, True),
    (re.compile(r"(?:期初|年初|上年末|上年年末)\s*(?:账面)?(?:余额|数|金额|价值)?"), -1, True),
    (re.compile(r"(?:本?期末|本?年末|本报告期末|报告期末)\s*(?:账面)?(?:余额|数|金额|价值)?"), 0, True),
    (re.compile(r"(?:上年同期|上期同期|上一?期|上一?年度?|去年同期|去年|前一年)\s*(?:累计)?(?:发生额|发生数|金额|数)?"), -1, False),
    (re.compile(r"(?:前年)"), -2, False),
    (re.compile(r"(?:本报告期|报告期|本期|本年度?|今年|当期|当年)\s*(?:累计)?(?:发生额|发生数|金额|数)?"), 0, False),
    (
        re.compile(r"\b(?:prior|previous|last|preceding)[\s-]+(?:fiscal\s+)?(?:year|period)(?:[\s-]+(?P<end>end))?\b", re.IGNORECASE),
        -1,
        None,
    ),
    (re.compile(r"\b(?:current|this|latest)[\s-]+(?:fiscal\s+)?(?:year|period)(?:[\s-]+(?P<end>end))?\b", re.IGNORECASE), 0, None),
)

# --- reading a match ------------------------------------------------------------------------------------------------------------


def _count(word: str) -> int:
    if word.isdigit():
        return int(word)
    known = _COUNT.get(word.lower())
    return _han_number(word) if known is None else known


def _han_number(word: str) -> int:
    """Chinese numerals up to 99: 三十一 is 31."""
    tens, ten, ones = word.partition("十")
    if not ten:
        return int(word.translate(_ZH_DIGIT)) if word else 0
    return (int(tens.translate(_ZH_DIGIT)) if tens else 1) * 10 + (int(ones.translate(_ZH_DIGIT)) if ones else 0)


def _year(word: str) -> int:
    digits = word.strip("'’").translate(_ZH_DIGIT)
    year = int(digits)
    return year if year > 99 else year + (2000 if year < 70 else 1900)


def _month(word: str) -> int:
    return _MONTHS.index(word[:3].lower()) + 1


def _date(match: re.Match[str], prefix: str) -> date | None:
    """The date that ``_date_pattern(prefix)`` matched; None when there is no such day."""

    def part(name: str) -> str | None:
        return match[prefix + name]

    try:
        if word := part("em"):
            return date(_year(part("ey") or ""), _month(word), int(part("ed") or ""))
        if word := part("fm"):
            return date(_year(part("fy") or ""), _month(word), int(part("fd") or ""))
        if word := part("im"):
            return date(_year(part("iy") or ""), int(word), int(part("id") or ""))
        if word := part("um"):
            month, day = int(word), int(part("ud") or "")
            month, day = (day, month) if month > 12 else (month, day)
            return date(_year(part("uy") or ""), month, day)
        return date(_year(part("zy") or ""), _count(part("zm") or ""), _count(part("zd") or ""))
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
        year, last = int(match["y"]), int(match["m2"])
        start = date(year, int(match["m1"]), int(match["d1"] or 1))
        end = date(year, last, int(match["d2"])) if match["d2"] else month_end(year, last)
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
        count = _count(groups["n"])
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
    year, number = _year(_first(match, "y") or ""), _count((_first(match, "q") or "").lower())
    fiscal = known or (CALENDAR_YEAR if "季" in match[0] else None)
    return _found(match, "quarter", fiscal.quarter(year, number) if fiscal else None, year, number)


def _read_half(match: re.Match[str], known: FiscalYear | None) -> FoundPeriod | None:
    year = _year(_first(match, "y") or "")
    fiscal = known or (CALENDAR_YEAR if "年" in match[0] else None)
    if match["nine"]:
        return _found(match, "range", fiscal.part(year, 9, 9) if fiscal else None, year)
    second = (_first(match, "h") or "").lower() in {"2", "second", "2nd", "下半年"}
    return _found(match, "half", fiscal.part(year, 12 if second else 6, 6) if fiscal else None, year)


def _read_month(match: re.Match[str], known: FiscalYear | None) -> FoundPeriod | None:  # noqa: ARG001
    year, month = (_year(match["ey"]), _month(match["em"])) if match["em"] else (int(match["zy"]), int(match["zm"]))
    if not 1 <= month <= 12:
        return None
    end = month_end(year, month)
    return _found(match, "date", Period(end)) if match["zc"] else _found(match, "range", Period(end, date(year, month, 1)))


def _read_year_zh(match: re.Match[str], known: FiscalYear | None) -> FoundPeriod | None:
    year = _year(match["y"])
    if not 1950 <= year < 2100:
        return None
    whole = (known or CALENDAR_YEAR).of(year)
    if match["open"]:
        return _found(match, "date", whole.opening, year - 1)
    if match["close"] or match["close2"] is not None:
        return _found(match, "date", whole.closing, year)
    return _found(match, "year", whole, year)


def _read_year(match: re.Match[str], known: FiscalYear | None) -> FoundPeriod | None:
    year = _year(_first(match, "y") or "")
    whole = known.of(year) if known else None
    if match["close"]:
        return replace(_found(match, "date", whole.closing if whole else None, year), instant=True)
    return replace(_found(match, "year", whole, year), instant=None)


_READERS: tuple[tuple[re.Pattern[str], _Read], ...] = (
    (_RANGE, _read_range),
    (_RANGE_ZH, _read_range_zh),
    (_DURATION, _read_duration),
    (_DURATION_ZH, _read_duration),
    (_DATE, _read_date),
    (_QUARTER, _read_quarter),
    (_HALF, _read_half),
    (_MONTH_YEAR, _read_month),
    (_YEAR_ZH, _read_year_zh),
    (_YEAR_FISCAL, _read_year),
    (_YEAR_BARE, _read_year),
)


@lru_cache(maxsize=8192)
def _find(text: str, known: FiscalYear | None) -> tuple[FoundPeriod, ...]:
    plain = text.translate(_WIDE)
    taken = bytearray(len(text))
    found: list[FoundPeriod] = []
    for item in _candidates(plain, known):
        if not any(taken[item.start : item.end]):
            taken[item.start : item.end] = b"\x01" * (item.end - item.start)
            found.append(replace(item, text=text[item.start : item.end]))
    found.sort(key=lambda item: item.start)
    return tuple(_same_day(plain, found, known))


def _candidates(text: str, known: FiscalYear | None) -> Iterator[FoundPeriod]:
    windows = list(_windows(text))
    for pattern, read in _READERS:
        for start, end in windows:
            for match in pattern.finditer(text, start, end):
                if (item := read(match, known)) is not None:
                    yield item
    if not _RELATIVE_HINT.search(text):
        return
    for words, offset, instant in _RELATIVE:
        for match in words.finditer(text):
            ends = bool(match.groupdict().get("end"))
            yield FoundPeriod(match[0], match.start(), match.end(), None, None, None, "relative", offset, True if ends else instant)


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """The stretches around digits: no dated period is far from one, and most of a running text is."""
    start = end = -1
    for match in _DIGITS.finditer(text):
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
        follows = model is not None and _ALSO.fullmatch(text[model.end : item.start]) is not None
        if model and follows and bare and model.period and model.instant is not None:
            item = _again(item, model, _back(model.period.end, (model.period.end.year - _year(item.text)) * 12), known)
        elif model and follows and item.kind == "date" and item.period and model.period and not model.period.instant:
            item = _again(item, model, item.period.end, known)
        elif bare and item.period is None and _runs_to_chinese_year(text, found[place : place + 2]):
            item = replace(item, period=CALENDAR_YEAR.of(_year(item.text)), instant=False)
        yield item
        model = item if item.period and not item.text.endswith("年") and item.kind in ("date", "year", "quarter", "half", "range") else None


def _runs_to_chinese_year(text: str, pair: list[FoundPeriod]) -> bool:
    return len(pair) == 2 and pair[1].text.endswith(("年", "年度")) and _UNTIL.fullmatch(text[pair[0].end : pair[1].start]) is not None


def _again(item: FoundPeriod, model: FoundPeriod, end: date, known: FiscalYear | None) -> FoundPeriod:
    """The period of ``model``'s kind and length that ends on ``end``."""
    months = model.period.months if model.period else 0
    period = span(end, months) if months else Period(end)
    year = None if period.instant else (known or FiscalYear.ending(end)).year_of(end)
    return replace(item, period=period, kind=model.kind, fiscal_year=year, quarter=model.quarter, instant=period.instant)
