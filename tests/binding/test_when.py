"""Whether two mentions of time agree: halves, quarters and years that are named, not dated."""

from __future__ import annotations

from datetime import date

import pytest

from finfoundry.binding.sentence.when import When, agree, exact
from finfoundry.core.periods import FiscalYear, Period

YEAR = When.of("2023-01-01/2023-12-31")
FIRST_HALF = When.of("2023-01-01/2023-06-30")
SECOND_HALF = When.of("2023-07-01/2023-12-31")
SECOND_QUARTER = When.of("2023-04-01/2023-06-30")
CLOSING_DAY = When.of("2023-12-31")
NAMED_HALF = When(year=2023, kind="half")


@pytest.mark.parametrize(
    "item", [YEAR, SECOND_QUARTER, When(year=2023, kind="range"), When.of("2022-01-01/2022-06-30"), When(year=2022, kind="half")]
)
def test_a_half_is_bound_to_nothing_but_a_half(item: When) -> None:
    if item.period is None and item.year == 2023:
        return  # a column that only says "2023" may be anything of that year
    assert not agree(NAMED_HALF, item)


@pytest.mark.parametrize("item", [FIRST_HALF, SECOND_HALF, When(year=2023, kind="half"), CLOSING_DAY])
def test_a_half_that_is_named_fits_the_halves_of_its_year_and_the_day_on_which_it_ends(item: When) -> None:
    assert agree(NAMED_HALF, item)


def test_a_year_is_no_half_of_it() -> None:
    assert agree(When(year=2023, kind="year"), YEAR)
    for item in (FIRST_HALF, SECOND_HALF, SECOND_QUARTER, NAMED_HALF):
        assert not agree(When(year=2023, kind="year"), item)


def test_spans_are_the_same_within_ten_days_at_both_ends() -> None:
    claimed = When(Period(date(2023, 1, 1), date(2023, 6, 30)), kind="half")
    assert agree(claimed, When(Period(date(2022, 12, 26), date(2023, 7, 2)), kind="half"))
    assert not agree(claimed, When(Period(date(2022, 12, 20), date(2023, 6, 30)), kind="half"))
    assert not agree(claimed, When(Period(date(2023, 1, 1), date(2023, 7, 11)), kind="half"))
    assert not agree(claimed, SECOND_HALF)


def test_a_day_and_a_span_are_not_exactly_the_same() -> None:
    assert not exact(When.of("2023-06-30"), FIRST_HALF)
    assert exact(FIRST_HALF, FIRST_HALF)
    assert exact(When(year=2023, kind="year"), CLOSING_DAY)


@pytest.mark.parametrize(("number", "fits"), [(1, False), (2, True), (3, False), (4, False)])
def test_a_quarter_is_bound_by_its_number(number: int, fits: bool) -> None:
    assert agree(When(year=2023, quarter=number, kind="quarter"), SECOND_QUARTER) is fits


@pytest.mark.parametrize("end", [date(2024, 3, 31), date(2024, 6, 30), date(2024, 9, 30), date(2024, 12, 31)])
@pytest.mark.parametrize("number", [1, 2, 3, 4])
@pytest.mark.parametrize("claimed", [1, 2, 3, 4])
def test_a_quarter_is_that_of_the_fiscal_year(end: date, number: int, claimed: int) -> None:
    fiscal = FiscalYear(2024, end)
    quarter = fiscal.quarter(2024, number)
    said = When(year=2024, quarter=claimed, kind="quarter")
    assert agree(said, When.of(quarter.iso, fiscal)) is (claimed == number)
    assert agree(said, When.of(quarter.closing.iso, fiscal)) is (claimed == number)


@pytest.mark.parametrize(
    ("iso", "fits"),
    [
        ("2023-02-01/2023-12-31", True),  # eleven months, as in a company's first year
        ("2023-03-01/2023-12-31", False),
        ("2023-01-01/2023-09-30", False),
        ("2023-01-01/2023-12-31", True),
    ],
)
def test_a_year_covers_spans_of_nearly_a_year(iso: str, fits: bool) -> None:
    assert agree(When(year=2023, kind="year"), When.of(iso)) is fits


@pytest.mark.parametrize(
    ("iso", "kind"),
    [
        ("2023-01-01/2023-12-31", "year"),
        ("2023-01-01/2023-06-30", "half"),
        ("2023-01-01/2023-03-31", "quarter"),
        ("2023-01-01/2023-04-30", "range"),
        ("2023-01-01/2023-09-30", "range"),
        ("2023-12-31", "date"),
    ],
)
def test_a_span_is_named_by_its_length(iso: str, kind: str) -> None:
    assert When.of(iso).kind == kind


def test_a_quarter_that_is_named_fits_no_year_and_a_year_no_quarter() -> None:
    first = When(year=2023, quarter=1, kind="quarter")
    assert not agree(first, YEAR)
    assert not agree(When(year=2023, kind="year"), first)
    assert agree(first, When(year=2023, quarter=1, kind="quarter"))
    assert not agree(first, When(year=2022, quarter=1, kind="quarter"))
