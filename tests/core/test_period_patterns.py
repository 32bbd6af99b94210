"""How periods are written: lengths, quarters and dates in words, words that say how many years back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finfoundry.core import periods as module
from finfoundry.core.period_patterns import WIDE
from finfoundry.core.periods import FiscalYear, find_periods


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("three months ended March 31, 2024", "2024-01-01/2024-03-31"), ("six months ended June 30, 2024", "2024-01-01/2024-06-30"),
        ("nine months ended September 30, 2024", "2024-01-01/2024-09-30"), ("twelve months ended June 30, 2024", "2023-07-01/2024-06-30"),
        ("one month ended January 31, 2024", "2024-01-01/2024-01-31"), ("two months ended February 29, 2024", "2024-01-01/2024-02-29"),
        ("eleven months ended November 30, 2024", "2024-01-01/2024-11-30"),
        ("二〇二四年十二月三十一日", "2024-12-31"), ("二零二零年十月一日", "2020-10-01"),
        ("一九九九年十二月三十一日", "1999-12-31"), ("截至二零二四年十二月三十一日止年度", "2024-01-01/2024-12-31"),
        ("2024年9月30日", "2024-09-30"),
    ],
)  # fmt: skip
def test_lengths_and_dates_in_words(text: str, iso: str) -> None:
    (found,) = find_periods(text)
    assert found.period
    assert found.period.iso == iso


@pytest.mark.parametrize(("word", "weeks"), [("thirteen", 13), ("twenty-six", 26), ("thirty-nine", 39), ("fifty-two", 52)])
def test_weeks_in_words_are_as_long_as_they_say(word: str, weeks: int) -> None:
    (found,) = find_periods(f"{word} weeks ended September 28, 2024")
    assert found.period
    assert found.period.days == weeks * 7


def test_fifty_three_weeks_are_a_year() -> None:
    (found,) = find_periods("fifty-three weeks ended February 3, 2024")
    assert found.period
    assert found.period.months == 12


@pytest.mark.parametrize(
    ("text", "quarter"),
    [
        ("first quarter of 2024", 1),
        ("2nd quarter 2024", 2),
        ("third quarter of fiscal 2024", 3),
        ("4th quarter 2024", 4),
        ("2024年第三季度", 3),
    ],
)
def test_quarters_in_words(text: str, quarter: int) -> None:
    (found,) = find_periods(text)
    assert (found.kind, found.quarter, found.fiscal_year) == ("quarter", quarter, 2024)


@pytest.mark.parametrize(
    ("text", "months"), [("first three months of 2024", 3), ("first six months of 2024", 6), ("first 9 months of 2024", 9)]
)
def test_the_first_months_of_a_year_are_its_part(text: str, months: int) -> None:
    (found,) = find_periods(text, fiscal_year_end=FiscalYear(2024, date(2024, 12, 31)))
    assert found.period
    assert (found.period.months, found.period.start) == (months, date(2024, 1, 1))


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("本期", 0),
        ("本年度", 0),
        ("今年", 0),
        ("上年同期", -1),
        ("去年", -1),
        ("前年", -2),
        ("prior year", -1),
        ("this year", 0),
    ],
)
def test_relative_words_say_how_many_years_back(text: str, offset: int) -> None:
    assert [found.offset for found in find_periods(text)] == [offset]


@pytest.mark.parametrize(
    ("sign", "pattern", "read"), module._READERS, ids=[read.__name__ + str(at) for at, (_, _, read) in enumerate(module._READERS)]
)
def test_whatever_a_pattern_reads_shows_its_sign(sign: Any, pattern: Any, read: Any) -> None:
    """The sign is sought first, to save time: a text without one would never be matched."""

    @settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(pattern, fullmatch=True))
    def shows(text: str) -> None:
        plain = text.translate(WIDE)
        if any(module._meant(read, match, None) is not None for match in pattern.finditer(plain)):
            assert sign.search(plain), plain

    shows()


def test_ten_tens_of_months_are_no_period() -> None:
    assert [found.text for found in find_periods("截至2020年12月31日止十十个月")] == ["2020年12月31日"]
