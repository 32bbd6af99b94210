"""From words on time to periods: years, quarters, days without a year, openings and closings, relative words."""

from __future__ import annotations

import calendar as months_of
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.core.fiscal import FiscalYear, Period, month_end
from finfoundry.knowledge.facts.header_times.timing import Timing
from finfoundry.knowledge.facts.periods.period_resolution import (
    Calendar,
    Setting,
    at_edge,
    compares_balances,
    edge_named,
    heading_timing,
    period_of,
    read_setting,
    row_date,
    row_span,
)
from finfoundry.knowledge.facts.periods.roll_forward import between, months_rolled

DECEMBER = FiscalYear(2024, date(2024, 12, 31))
JUNE = FiscalYear(2024, date(2024, 6, 30))
YEAR = Period(date(2024, 12, 31), date(2024, 1, 1))
ANNUAL = Calendar(DECEMBER, YEAR)
HALF = Calendar(DECEMBER, Period(date(2024, 6, 30), date(2024, 1, 1)), annual=False)
RETAIL = Calendar(FiscalYear(2024, date(2024, 9, 28), weeks=True), None)


def iso(
    timing: Timing, nature: str = "duration", months: int | None = None, setting: Setting | None = None, calendar: Calendar = ANNUAL
) -> str | None:
    found = period_of(timing, nature, months, setting or Setting(), calendar)  # type: ignore[arg-type]
    return found.iso if found else None


@pytest.mark.parametrize(
    ("offset", "flow", "stock"),
    [
        (0, "2024-01-01/2024-12-31", "2024-12-31"),
        (-1, "2023-01-01/2023-12-31", "2023-12-31"),
        (-2, "2022-01-01/2022-12-31", "2022-12-31"),
    ],
)
def test_relative_words_are_told_from_the_reports_own_period(offset: int, flow: str, stock: str) -> None:
    assert iso(Timing(offset=offset)) == flow
    assert iso(Timing(offset=offset), "instant") == stock
    assert iso(Timing(offset=offset), calendar=Calendar(DECEMBER, None)) is None


def test_a_relative_word_in_a_report_on_half_a_year_is_of_that_length() -> None:
    assert iso(Timing(offset=0), calendar=HALF) == "2024-01-01/2024-06-30"
    assert iso(Timing(offset=-1), calendar=HALF) == "2023-01-01/2023-06-30"
    assert iso(Timing(offset=-1, months=3), calendar=HALF) == "2023-04-01/2023-06-30"


def test_a_year_back_from_the_29th_of_february_is_the_28th() -> None:
    leap = Calendar(FiscalYear(2024, date(2024, 2, 29)), Period(date(2024, 2, 29), date(2023, 3, 1)))
    assert iso(Timing(offset=-1), calendar=leap) == "2022-03-01/2023-02-28"


@pytest.mark.parametrize(
    ("timing", "nature", "months", "found"),
    [
        (Timing(year=2023), "duration", 12, "2023-01-01/2023-12-31"),
        (Timing(year=2023), "duration", None, "2023-01-01/2023-12-31"),
        (Timing(year=2023), "instant", 12, "2023-12-31"),
        (Timing(year=2024, quarter=2, months=3), "duration", None, "2024-04-01/2024-06-30"),
        (Timing(year=2024, quarter=2, months=6), "duration", None, "2024-01-01/2024-06-30"),
        (Timing(end=date(2024, 9, 30), months=9), "duration", 12, "2024-01-01/2024-09-30"),
        (Timing(end=date(2024, 9, 30)), "duration", 3, "2024-07-01/2024-09-30"),
        (Timing(end=date(2024, 9, 30), instant=True), "duration", 3, "2024-09-30"),
        (Timing(end=date(2024, 9, 30), months=9), "instant", None, "2024-01-01/2024-09-30"),
        (Timing(months=9), "duration", 9, None),
    ],
)
def test_what_the_header_leaves_open_is_told_by_nature_and_length(
    timing: Timing, nature: str, months: int | None, found: str | None
) -> None:
    assert iso(timing, nature, months) == found


@pytest.mark.parametrize("day", [date(2024, 12, 28), date(2025, 1, 4), date(2024, 12, 31)])
def test_a_year_ends_on_the_day_that_a_text_nearby_names_also_a_few_days_into_the_next(day: date) -> None:
    setting = Setting(dated=[Period(day)])
    assert iso(Timing(year=2024), "instant", None, setting, Calendar(JUNE, None)) == day.isoformat()


def test_years_of_weeks_end_on_one_day_of_the_week() -> None:
    setting = Setting(day=(9, 28), weeks=True, weekday=5, latest=2024)
    assert [iso(Timing(year=year), "instant", None, setting, RETAIL) for year in (2024, 2023, 2022)] == [
        "2024-09-28", "2023-09-30", "2022-10-01",
    ]  # fmt: skip
    assert iso(Timing(year=2023), "instant", None, Setting(day=(9, 28)), RETAIL) == "2023-09-28"


def test_a_span_begins_after_an_end_that_the_document_names() -> None:
    weeks = Calendar(FiscalYear(2024, date(2024, 9, 28), weeks=True), None, ends=(date(2023, 10, 1), date(2024, 9, 28)))
    assert weeks.span(date(2024, 9, 28), 12).start == date(2023, 10, 2)
    assert weeks.year(2024).end == date(2024, 9, 28)
    assert Calendar(weeks.fiscal, None).span(date(2024, 9, 28), 12).start == date(2023, 10, 1)


@pytest.mark.parametrize(
    ("day", "closes"),
    [
        (date(2024, 3, 31), True),
        (date(2024, 6, 28), True),
        (date(2024, 9, 30), True),
        (date(2024, 12, 31), True),
        (date(2024, 4, 30), False),
        (date(2024, 7, 6), False),
    ],
)
def test_a_quarter_closes_on_its_last_day_or_a_few_beside_it(day: date, closes: bool) -> None:
    assert ANNUAL.closes_a_quarter(day) is closes


def test_the_balance_of_the_first_day_is_that_of_the_day_before() -> None:
    assert ANNUAL.balance_day(Period(date(2024, 1, 1))) == Period(date(2023, 12, 31))
    assert ANNUAL.balance_day(Period(date(2023, 12, 31))) == Period(date(2023, 12, 31))
    weeks = Calendar(FiscalYear(2022, date(2022, 1, 1), weeks=True), None, ends=(date(2022, 1, 1),))
    assert weeks.balance_day(Period(date(2022, 1, 1))) == Period(date(2022, 1, 1))


@given(st.integers(1, 12), st.integers(1, 12), st.integers(2001, 2023))
def test_a_roll_forward_is_as_long_as_its_balances_are_apart(first: int, last: int, year: int) -> None:
    def label(month: int, day: int) -> str:
        return f"Balance at {months_of.month_name[month]} {day}"

    length = (last - first) % 12 + 1
    assert months_rolled([label(first, 1), "Additions", label(last, month_end(year, last).day)]) == length
    assert months_rolled([label(first, 1), "Additions"]) is None


@pytest.mark.parametrize(
    ("ends", "differ"),
    [
        ([date(2025, 6, 30), date(2024, 12, 31)], True),
        ([date(2024, 12, 31), date(2023, 12, 31)], False),
        ([date(2024, 9, 28), date(2023, 9, 30)], False),
        ([date(2024, 12, 31), date(2024, 1, 5)], False),
        ([date(2024, 3, 31), date(2024, 6, 30)], True),
        ([], False),
    ],
)
def test_days_at_different_times_of_the_year_are_those_of_balances(ends: list[date], differ: bool) -> None:
    assert compares_balances(ends) is differ


@pytest.mark.parametrize(
    ("label", "edge"),
    [
        ("Balance at beginning of year", "2023-12-31"), ("Balance at end of year", "2024-12-31"), ("Beginning balance", "2023-12-31"),
        ("期初余额", "2023-12-31"), ("期末余额", "2024-12-31"), ("Balance, January 1", "2023-12-31"),
        ("Balance, December 31", "2024-12-31"),
        ("Unvested at December 31", "2024-12-31"), ("Balance, March 31", None), ("Dividends declared December 31", None),
        ("Additions", None),
    ],
)  # fmt: skip
def test_an_opening_and_a_closing_balance_stand_at_the_edges_of_the_year(label: str, edge: str | None) -> None:
    found = at_edge(label, YEAR)
    assert (found.iso if found else None) == edge


def test_what_happened_during_a_year_stands_at_no_edge() -> None:
    assert edge_named("Sold during the year of shares held at the end of the year", YEAR) is None
    assert at_edge("Balance at end of year", YEAR.closing) is None


@pytest.mark.parametrize(
    ("label", "day"),
    [
        ("Balance at December 31, 2024", "2024-12-31"), ("Unvested as of July 27, 2025", "2025-07-27"), ("December 31, 2024", "2024-12-31"),
        ("Shares held June 30, 2024", "2024-06-30"), ("Shares that the company had bought back and held June 30, 2024", None),
        ("Shares that the company had bought back and held at June 30, 2024", "2024-06-30"),
        ("Shares that the company had bought back and held, June 30, 2024", "2024-06-30"),
        ("Fair value of what the company had bought back June 30, 2024", "2024-06-30"),
        ("2024年12月31日余额", "2024-12-31"), ("112年3月31日净额", "2023-03-31"), ("2023年12月31日账面价值", "2023-12-31"),
        ("111年12月31日及112年1月1日净额", "2022-12-31"), ("111年12月31日及111年1月1日净额", None), ("2024年3月1日发行", None),
        ("Notes due December 31, 2030", None), ("Senior notes issued March 1, 2024", None),
        ("Balance at December 31, 2024 and 2023", None), ("December 31, 2024 purchases of plant", None), ("2024", None), ("Q3 2024", None),
    ],
)  # fmt: skip
def test_a_row_of_a_balance_names_its_day(label: str, day: str | None) -> None:
    found = row_date(label)
    assert (found.iso if found else None) == day


def test_a_row_names_the_span_in_which_its_costs_arose() -> None:
    span = row_span("Costs incurred for the six months ended December 31, 2024")
    assert span is not None
    assert span.iso == "2024-07-01/2024-12-31"
    assert row_span("Balance at December 31, 2024") is None
    assert row_span("Costs for the six months ended June 30, 2024 and the year ended December 31, 2023") is None


@pytest.mark.parametrize(
    ("text", "year", "months", "end"),
    [
        ("2024:", 2024, None, None), ("Year ended December 31, 2024", None, 12, date(2024, 12, 31)), ("Six months ended", None, 6, None),
        ("Assets", None, None, None), ("Prior year", None, None, None), ("x" * 80 + " December 31, 2024", None, None, None),
    ],
)  # fmt: skip
def test_a_heading_dates_the_rows_below_it(text: str, year: int | None, months: int | None, end: date | None) -> None:
    found = heading_timing(text, DECEMBER) or Timing()
    assert (found.year if found.end is None else None, found.months, found.end) == (year, months, end)


def test_what_moved_one_balance_to_another_is_of_the_span_between() -> None:
    first, last = Period(date(2023, 12, 31)), Period(date(2024, 12, 31))
    assert between(first, last) == YEAR
    assert between(last, first) is None
    assert between(first, first) is None
    assert between(None, last) is None
    assert between(first, None) is None


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("On March 1, 2024, the Company completed its acquisition of Heron.", date(2024, 3, 1)),
        ("The acquisition date, March 4, 2024, is that of control.", date(2024, 3, 4)),
        ("On March 1, 2030, the Company completed its acquisition of Heron.", None),
        ("The Company acquired Heron.", None),
    ],
)
def test_what_was_acquired_is_of_the_day_of_the_purchase(text: str, end: date | None) -> None:
    setting = read_setting(["", "", "Assets acquired and liabilities assumed", text], ANNUAL)
    assert (setting.nature, setting.timing.end) == ("instant", end)


@pytest.mark.parametrize(
    ("texts", "nature", "months"),
    [
        (["Years ended December 31,"], "duration", 12), (["As of December 31,"], "instant", None),
        (["", "", "Three months ended"], None, None),
        (["", "", "As of and for the year ended December 31, 2024"], None, 12), (["Revenue"], None, None),
    ],
)  # fmt: skip
def test_texts_nearby_say_stock_or_flow_and_a_length(texts: list[str], nature: str | None, months: int | None) -> None:
    setting = read_setting(texts, ANNUAL)
    assert (setting.nature, setting.months) == (nature, months)


def test_a_day_without_a_year_counts_near_the_table() -> None:
    near = read_setting(["", "Year ended 31 March"], Calendar(DECEMBER, None))
    assert near.day == (3, 31)
    assert read_setting(["", "", "", "", "", "", "Year ended 31 March"], Calendar(DECEMBER, None)).day is None
    assert read_setting(["", "", "", f"{'We sold more. ' * 12}It was the year ended 31 March"], Calendar(DECEMBER, None)).day is None


def test_a_balance_of_the_year_under_way_is_of_the_last_day_reported_on() -> None:
    assert iso(Timing(year=2024), "instant", calendar=HALF, setting=Setting(dated=[Period(date(2023, 12, 31))])) == "2024-06-30"
    assert iso(Timing(year=2023), "instant", calendar=HALF, setting=Setting(dated=[Period(date(2023, 12, 31))])) == "2023-12-31"
    assert iso(Timing(end=date(2024, 12, 31)), "instant", calendar=HALF) == "2024-12-31"  # a day that the page names stays


@pytest.mark.parametrize("corner", ["2024", "2024 (Millions)"])
def test_a_bare_year_in_the_corner_leaves_it_to_the_title_whether_balances_follow(corner: str) -> None:
    assert read_setting([corner, "", "", "The aging of loans as of December 31, 2024 and 2023:"], ANNUAL).nature == "instant"
    assert read_setting([corner, "", "", "Results for the year ended December 31, 2024:"], ANNUAL).nature == "duration"
