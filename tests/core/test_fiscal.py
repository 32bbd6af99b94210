"""Fiscal years of months and of weeks: they follow each other without a gap, their quarters fill them, and each day lies in one."""

from __future__ import annotations

import calendar
import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.core.fiscal import FiscalYear, Period, back, month_end, parse_iso, span

DAY = timedelta(days=1)
YEARS = st.integers(1995, 2045)
OF_MONTHS = st.builds(
    lambda year, month, shift: FiscalYear(year + shift, date(year, month, calendar.monthrange(year, month)[1])),
    YEARS, st.integers(1, 12), st.sampled_from([0, 1]),
)  # fmt: skip
# The last Saturday and the like: 52 or 53 weeks, as retailers count.
OF_WEEKS = st.builds(
    lambda year, month, weekday: FiscalYear(year, last_weekday(year, month, weekday), weeks=True, last=True),
    YEARS, st.integers(1, 12), st.integers(0, 6),
)  # fmt: skip


def last_weekday(year: int, month: int, weekday: int) -> date:
    return max(day for week in calendar.monthcalendar(year, month) if (number := week[weekday]) for day in [date(year, month, number)])


@given(st.one_of(OF_MONTHS, OF_WEEKS), st.integers(-12, 12))
def test_one_year_begins_on_the_day_after_the_one_before(known: FiscalYear, ahead: int) -> None:
    year = known.year + ahead
    assert known.of(year).opening.end == known.of(year - 1).end
    assert known.of(year).start == known.of(year - 1).end + DAY
    assert known.of(known.year).end == known.end


@given(OF_MONTHS, st.integers(-12, 12))
def test_years_of_months_end_on_the_last_day_of_one_month(known: FiscalYear, ahead: int) -> None:
    whole = known.of(known.year + ahead)
    assert whole.end == month_end(known.end.year + ahead, known.end.month)
    assert whole.months == 12
    assert whole.days in (365, 366)


@given(OF_WEEKS, st.integers(-12, 12))
def test_years_of_weeks_end_on_the_last_such_day_of_the_month(known: FiscalYear, ahead: int) -> None:
    whole = known.of(known.year + ahead)
    assert whole.end == last_weekday(known.end.year + ahead, known.end.month, known.end.weekday())
    assert whole.days in (52 * 7, 53 * 7)


@given(OF_MONTHS, st.integers(-5, 5))
def test_the_quarters_fill_the_year(known: FiscalYear, ahead: int) -> None:
    year = known.year + ahead
    parts = [known.quarter(year, number) for number in (1, 2, 3, 4)]
    assert parts[0].start == known.of(year).start
    assert parts[3].end == known.of(year).end
    assert all(later.start == earlier.end + DAY for earlier, later in itertools.pairwise(parts))
    assert {part.months for part in parts} == {3}


@given(st.one_of(OF_MONTHS, OF_WEEKS), st.integers(-5, 5), st.integers(10, 340))
def test_a_day_lies_in_the_year_that_covers_it(known: FiscalYear, ahead: int, days: int) -> None:
    whole = known.of(known.year + ahead)
    assert whole.start is not None
    assert known.year_of(whole.start + timedelta(days=days)) == known.year + ahead
    assert known.year_of(whole.end) == known.year + ahead


@given(OF_MONTHS, st.sampled_from([3, 6, 9, 12]))
def test_a_span_from_the_first_day_of_the_year_is_the_part_of_it(known: FiscalYear, months: int) -> None:
    part = known.part(known.year, months, months)
    assert known.span(part.end, months) == part
    assert part.start == known.of(known.year).start


@given(st.dates(date(1990, 1, 1), date(2050, 12, 31)), st.integers(1, 36))
def test_months_back_and_forth_is_the_same_month_end(day: date, months: int) -> None:
    end = month_end(day.year, day.month)
    earlier = back(end, months)
    assert (end.year - earlier.year) * 12 + end.month - earlier.month == months
    assert (earlier + DAY).day == 1
    assert back(earlier, -months) == end
    assert span(end, months).months == months


@pytest.mark.parametrize(
    ("iso", "days", "months"), [("2024-02-29", 0, 0), ("2024-01-01/2024-12-31", 366, 12), ("2024-01-01/2024-03-31", 91, 3)]
)
def test_an_instant_has_no_length_and_a_span_counts_both_days(iso: str, days: int, months: int) -> None:
    period = parse_iso(iso)
    assert (period.days, period.months, period.iso) == (days, months, iso)
    assert period.instant == (days == 0)
    assert period.closing == Period(period.end)


def test_the_first_week_of_january_ends_the_year_before() -> None:
    assert FiscalYear.ending(date(2022, 1, 1)).year == 2021
    assert FiscalYear.ending(date(2022, 1, 7)).year == 2021
    assert FiscalYear.ending(date(2022, 1, 31)).year == 2022
    assert FiscalYear.ending(date(2022, 1, 1)).weeks
    assert not FiscalYear.ending(date(2022, 1, 31)).weeks


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before"):
        parse_iso("2024-12-31/2024-01-01")
