"""Instants and spans of time in ISO 8601, and fiscal years of months or of weeks."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

DAY = timedelta(days=1)
WEEK = 7  # days by which a quarter of weeks may be longer than 13


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


def back(end: date, months: int) -> date:
    """The day that lies ``months`` months before ``end``; month ends stay month ends."""
    index = end.year * 12 + end.month - 1 - months
    year, month = divmod(index, 12)
    last = month_end(year, month + 1)
    return last if is_month_end(end) else last.replace(day=min(end.day, last.day))


def span(end: date, months: int) -> Period:
    """The span of so many months up to ``end``. An end inside a month means weeks: 52 for a year, 13 for a quarter."""
    if is_month_end(end) or months % 3:
        return Period(end, back(end, months) + DAY)
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
        """The fiscal year that ends on ``end``, named by that year; the first week of January belongs to the year before."""
        return cls((end - timedelta(days=7)).year, end, weeks=not is_month_end(end))

    def end_of(self, year: int) -> date:
        """The last day of fiscal year ``year``, counted from the year whose end is known.

        Of a year of weeks it is the same weekday: the last one of the month (``last``), or the one closest to the known day.
        """
        return _end_of(self, year)

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
            end = back(whole.end, 12 - through)
        if months == through:
            return Period(end, whole.start)
        return span(end, months) if not self.weeks else Period(end, end - timedelta(weeks=months // 3 * 13) + DAY)

    def span(self, end: date, months: int) -> Period:
        """The span of so many months up to ``end``. From the first day of the year it starts there; otherwise it is whole months, or
        weeks where ``end`` lies inside a month.
        """
        whole = self.of(self.year_of(end))
        if self.weeks and months % 3 == 0:
            counted = Period(end, end - timedelta(weeks=months // 3 * 13) + DAY)
            return Period(end, whole.start) if abs((counted.opening.end - whole.opening.end).days) <= WEEK else counted
        if self.weeks:
            return span(end, months)
        if months in (3, 6, 9, 12) and abs((back(whole.end, 12 - months) - end).days) <= 10:
            return Period(end, whole.start)
        return span(end, months)

    def year_of(self, end: date) -> int:
        """The fiscal year in which a day lies."""
        year = end.year + self.year - self.end.year
        for candidate in (year - 1, year, year + 1):
            if end <= self.end_of(candidate) + timedelta(days=3):
                return candidate
        return year + 1


@lru_cache(maxsize=4096)
def _end_of(known: FiscalYear, year: int) -> date:
    months = (known.year - year) * 12
    near = back(known.end, months)
    if not known.weeks or not months:
        return near
    if known.last:
        final = month_end(near.year, near.month)
        return final - timedelta(days=(final.weekday() - known.end.weekday()) % 7)
    days = (known.end.weekday() - near.weekday()) % 7
    return near + timedelta(days=days if days <= 3 else days - 7)


CALENDAR_YEAR = FiscalYear(2000, date(2000, 12, 31))
