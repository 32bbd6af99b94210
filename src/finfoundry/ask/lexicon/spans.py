"""Which stretch of a fiscal calendar a question means: a fiscal year, a quarter, a half, nine months, or one day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from finfoundry.ask.lexicon.asked_periods import as_people_ask
from finfoundry.core.answer import Language
from finfoundry.core.periods import CALENDAR_YEAR, FiscalYear, FoundPeriod, Period, find_periods, parse_iso

# "the year before", "a year ago", "the same quarter of the prior year": said of questions alone, since "profit for the year before tax" is
# a line of statements.
_YEAR_BEFORE = re.compile(
    r"\b(?:(?:the|a|one)\s+year\s+(?:before|earlier|ago|prior)|(?:the\s+)?(?:same|comparable|corresponding)\s+(?:quarter|period|half|months)\s+"
    r"(?:(?:a\s+|the\s+)?year\s+)?(?:ago|earlier|before)|(?:the\s+)?(?:same|comparable|corresponding)\s+(?:quarter|period|half|months)\s+"
    r"(?:(?:of|in)\s+)?(?:the\s+)?(?:prior|previous|preceding|last)\s+year|(?:the\s+)?year-ago\s+(?:quarter|period|half))\b"
    r"(?!\s+(?:income\s+)?tax)|(?:去年|上年|前一年|上一年度?|(?<![上前十百千\d])一年前)(?:的?同[期季])|(?<![上前十百千\d])一年前(?:(?:的|的?第)[一二三四]季度?)?|前一年度?|(?<=[比较从跟与和])上一年度?",
    re.IGNORECASE,
)
NEAR_DAYS = 10  # 52- and 53-week years end within a week of each other's day


@dataclass(frozen=True, slots=True, order=True)
class FiscalSpan:
    """``months`` months that end ``through`` months into fiscal ``year``: (2020, 12, 12) is the year, (2020, 6, 3) its second quarter."""

    year: int
    through: int = 12
    months: int = 12

    @property
    def key(self) -> str:
        """The span as part of an operand's name in an expression: ``fy2020``, ``fy2020q2``, ``fy2020h1``, ``fy2020m9``."""
        if self.months == 12:
            return f"fy{self.year}"
        kind = {3: f"q{self.through // 3}", 6: f"h{self.through // 6}"}.get(self.months, f"m{self.months}")
        return f"fy{self.year}{kind}"

    @property
    def prior(self) -> FiscalSpan:
        """The same stretch one year earlier."""
        return replace(self, year=self.year - 1)

    def at(self, calendar: FiscalYear) -> Period:
        return calendar.part(self.year, self.through, self.months)

    def words(self, language: Language) -> str:
        """The span as a reader writes it: FY2020, Q2 FY2020, 2020年, 2020年第二季度."""
        if language == "zh":
            part = {3: f"第{'一二三四'[self.through // 3 - 1]}季度", 6: "上半年" if self.through == 6 else "下半年", 9: "前三季度"}
            return f"{self.year}年{part.get(self.months, '')}"
        part = {3: f"Q{self.through // 3} ", 6: f"H{self.through // 6} ", 9: "the first nine months of "}
        return f"{part.get(self.months, '')}FY{self.year}"


# What may name a period, or belong to one, that documents write otherwise.
_MORE = re.compile(
    r"\d|quarter|half|months?\b|\b(?:last|final|closing)\b"
    r"|\bmid\b|middle|\bend\b|close|alone|only|itself|its own|year[\s-]to|YTD|cumulative|[季底末]|半年|年中"
    r"|个月|個月|累[计計]|本身",
    re.IGNORECASE,
)


def asked_periods(text: str, calendar: FiscalYear | None = None) -> list[FoundPeriod]:
    """All periods that a question names, left to right, without overlaps: as documents write them, and as only people who ask do."""
    found = find_periods(text, fiscal_year_end=calendar)
    rest, end = "", 0
    for one in found:
        rest, end = f"{rest} {text[end : one.start]}", one.end
    more = len(found) > 1 or _MORE.search(rest + " " + text[end:])
    return as_people_ask(text, found, calendar) if more else found


def as_documents_date(question: str, calendar: FiscalYear, language: Language) -> str:
    """The question with each period that only people write so in the words of documents: 2019净息差 as 2019年净息差, "at mid-2023" as
    "at the end of Q2 FY2023", and 2023 as the quarter of it that is meant.
    """
    known = {(one.start, one.end): one.kind for one in find_periods(question, fiscal_year_end=calendar)}
    for one in reversed(asked_periods(question, calendar)):
        span = span_of(one, calendar) if known.get((one.start, one.end)) != one.kind and one.offset is None else None
        if span:
            words = (_ENDS[language] if one.instant else "{}").format(span.words(language))
            question = f"{question[: one.start]} {words} {question[one.end :]}"
    return question


_ENDS: dict[Language, str] = {"en": "the end of {}", "zh": "{}末"}


def years_before(text: str) -> list[FoundPeriod]:
    """Words of a question that mean the same stretch one year earlier."""
    return [FoundPeriod(m[0], m.start(), m.end(), None, None, None, "relative", -1, None) for m in _YEAR_BEFORE.finditer(text)]


def span_of(found: FoundPeriod, calendar: FiscalYear) -> FiscalSpan | None:
    """The stretch that a period found in a question names; None for a relative word or a stretch of odd length."""
    if found.kind == "quarter" and found.fiscal_year and found.quarter:
        return FiscalSpan(found.fiscal_year, found.quarter * 3, 3)
    if found.kind == "year" and found.fiscal_year:
        return FiscalSpan(found.fiscal_year)
    if found.period is None:
        return FiscalSpan(found.fiscal_year) if found.fiscal_year else None
    if found.instant or found.period.instant:
        return FiscalSpan(found.fiscal_year) if found.fiscal_year else span_ending(found.period.end, calendar)
    return span_like(found.period, calendar)


def span_like(period: Period, calendar: FiscalYear) -> FiscalSpan | None:
    """The quarter, half, nine months or year that a period is; None for another stretch."""
    year = calendar.year_of(period.end)
    lengths = {12: [12], 3: [3, 6, 9, 12], 6: [6, 12], 9: [9]}.get(period.months, [])
    through = next((t for t in lengths if near(calendar.part(year, t, period.months).end, period.end)), None)
    return FiscalSpan(year, through, period.months) if through else None


def span_ending(day: date, calendar: FiscalYear) -> FiscalSpan | None:
    """The fiscal year that ends on a day (within 10 days), else the quarter; None where the day ends neither."""
    year = calendar.year_of(day)
    through = next((t for t in (12, 3, 6, 9) if near(calendar.part(year, t, t).end, day)), None)
    return FiscalSpan(year, through, 12 if through == 12 else 3) if through else None


def span_in_month(month: Period, calendar: FiscalYear) -> FiscalSpan | None:
    """The fiscal year or quarter that ends in a calendar month, as in "June 2023"; None where none does, or a stretch is no month.

    Of a year of whole weeks it may end in the first days of the next one, or on any day of it.
    """
    if month.start is None or month.months != 1:
        return None
    year = calendar.year_of(month.end)
    ends = ((t, calendar.part(year, t, t).end) for t in (12, 3, 6, 9))
    through = next((t for t, end in ends if month.start <= end <= month.end or near(end, month.end)), None)
    return FiscalSpan(year, through, 12 if through == 12 else 3) if through else None


def near(one: date, other: date) -> bool:
    return abs((one - other).days) <= NEAR_DAYS


def matches(fact_period: str, wanted: Period) -> bool:
    """Whether a fact's ISO period is the wanted span, or the day on which it closes (a balance)."""
    period = parse_iso(fact_period)
    if not near(period.end, wanted.end):
        return False
    return period.instant or wanted.instant or abs(period.days - wanted.days) <= 2 * NEAR_DAYS


def calendar_of(reported: Sequence[tuple[int | None, str | None]]) -> FiscalYear:
    """The fiscal calendar of an entity, from (fiscal year, ISO period) of its documents; the calendar year when they say nothing.

    Annual reports decide. Of several, the latest, since fiscal calendars change.
    """
    annual = [(parse_iso(period).end, year) for year, period in reported if period and parse_iso(period).months == 12]
    if not annual:
        return CALENDAR_YEAR
    end, year = max(annual)
    named = FiscalYear.ending(end)
    return replace(named, year=year) if year else named


def calendar_of_interim(year: int, end: date, periods: Sequence[str]) -> FiscalYear:
    """The fiscal calendar from one interim report on a quarter of fiscal ``year`` that ends on ``end``: the longest period that its cash
    flow statement covers began with the year. ``periods`` are the ISO periods of its facts; the calendar year where none ends then.
    """
    found = (parse_iso(iso) for iso in periods)
    starts = [period.start for period in found if period.start and period.end == end and (period.months or 12) <= 12]
    if not starts:
        return CALENDAR_YEAR
    last = min(starts) - timedelta(days=1)
    return replace(FiscalYear.ending(last), year=year - 1)


def names_range(question: str) -> bool:
    """Whether two years are written as the ends of a range: 2012-2015, from 2012 to 2015, 2012年至2015年."""
    return _RANGE.search(question) is not None


_RANGE = re.compile(r"(?:19|20)\d\d\s*年?度?\s*(?:[-–—~～至到]|to\b|through\b|until\b)\s*(?:FY\s*)?(?:19|20)\d\d", re.IGNORECASE)
