"""Days without a year: every month in both languages, and what is no day."""

from __future__ import annotations

from datetime import date

import pytest

from finfoundry.knowledge.facts.header_times.year_ends import day_said, end_said, in_year, year_end

NAMES = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]


@pytest.mark.parametrize(("month", "name"), list(enumerate(NAMES, 1)))
def test_the_day_of_every_month_is_read(month: int, name: str) -> None:
    for word in (name, name[:3], f"{name[:3]}.", name.upper()):
        assert day_said(f"{word} 17") == day_said(f"17 {word}") == (month, 17)
        assert end_said(f"Year ended {word} 17,") == (month, 17)
    assert day_said(f"{month}月17日") == (month, 17)
    assert year_end([f"for the year ended 17 {name}", "year ended 3 March", f"twelve months ended {name} 17"]) == (month, 17)


@pytest.mark.parametrize(("month", "last"), list(enumerate([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], 1)))
def test_a_month_has_days_from_its_first_to_its_last(month: int, last: int) -> None:
    for day in (1, last):
        assert day_said(f"{day} {NAMES[month - 1]}") == day_said(f"{month}月{day}日") == (month, day)
    assert day_said(f"{last + 1} {NAMES[month - 1]}") is None
    assert day_said(f"0 {NAMES[month - 1]}") is None


@pytest.mark.parametrize("text", ["October 2024", "17 October 2024", "October 17, 2024", "October 32", "February 30", "13月5日", "Total"])
def test_a_day_with_a_year_and_no_day_are_none(text: str) -> None:
    assert day_said(text) is None


@pytest.mark.parametrize(
    ("day", "year", "found"), [((2, 29), 2023, (2, 28)), ((2, 29), 2024, (2, 29)), ((2, 28), 2024, (2, 28)), ((9, 30), 2024, (9, 30))]
)
def test_the_last_of_february_is_that_of_its_year(day: tuple[int, int], year: int, found: tuple[int, int]) -> None:
    assert in_year(day, year) == date(year, *found)
