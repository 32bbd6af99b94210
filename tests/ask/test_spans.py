"""Spans of fiscal calendars."""

from __future__ import annotations

from datetime import date

import pytest

from finfoundry.ask.lexicon.spans import FiscalSpan, calendar_of, calendar_of_interim, matches, span_of
from finfoundry.core.periods import CALENDAR_YEAR, FiscalYear, find_periods

MAY = FiscalYear(2020, date(2020, 5, 31))


@pytest.mark.parametrize(
    ("text", "calendar", "key"),
    [
        ("FY2020", MAY, "fy2020"),
        ("Q2 of FY2023", MAY, "fy2023q2"),
        ("H1 FY2023", CALENDAR_YEAR, "fy2023h1"),
        ("at the end of FY2019", MAY, "fy2019"),
        ("as of May 31, 2020", MAY, "fy2020"),
        ("for the year ended December 31, 2021", CALENDAR_YEAR, "fy2021"),
        ("2020年度", CALENDAR_YEAR, "fy2020"),
        ("2020年末", CALENDAR_YEAR, "fy2020"),
        ("2020年前三季度", CALENDAR_YEAR, "fy2020m9"),
        ("2020年第二季度", CALENDAR_YEAR, "fy2020q2"),
    ],
)
def test_spans_of_found_periods(text: str, calendar: FiscalYear, key: str) -> None:
    (found,) = find_periods(text, fiscal_year_end=calendar)
    span = span_of(found, calendar)
    assert span is not None
    assert span.key == key


def test_dates_follow_from_the_calendar() -> None:
    assert FiscalSpan(2020).at(MAY).iso == "2019-06-01/2020-05-31"
    assert FiscalSpan(2020, 3, 3).at(MAY).iso == "2019-06-01/2019-08-31"


def test_a_balance_fits_the_end_and_a_flow_the_whole() -> None:
    wanted = FiscalSpan(2020).at(MAY)
    assert matches("2020-05-31", wanted)
    assert matches("2019-06-03/2020-05-31", wanted)
    assert not matches("2020-03-01/2020-05-31", wanted)
    assert not matches("2019-05-31", wanted)


def test_the_latest_annual_paper_decides_the_calendar() -> None:
    calendar = calendar_of(
        [(2018, "2017-02-05/2018-02-03"), (2022, "2022-01-30/2023-01-28"), (2023, "2023-01-29/2023-04-29"), (None, None)]
    )
    assert calendar.year == 2022
    assert FiscalSpan(2022).at(calendar).end == date(2023, 1, 28)
    assert calendar_of([]) is CALENDAR_YEAR


def test_words() -> None:
    assert FiscalSpan(2023, 6, 3).words("en") == "Q2 FY2023"
    assert FiscalSpan(2020).words("zh") == "2020年"


def test_an_interim_paper_tells_when_its_fiscal_year_began() -> None:
    """Six months to July 27, 2025, the second quarter of fiscal 2026: fiscal 2025 ended on January 26, 2025."""
    periods = ["2025-04-28/2025-07-27", "2025-01-27/2025-07-27", "2024-01-29/2024-07-28", "2025-07-27"]
    calendar = calendar_of_interim(2026, date(2025, 7, 27), periods)
    assert (calendar.year, calendar.end) == (2025, date(2025, 1, 26))
    assert FiscalSpan(2026, 6, 3).at(calendar).end == date(2025, 7, 27)
    assert calendar_of_interim(2026, date(2025, 7, 27), ["2025-07-27"]) is CALENDAR_YEAR
