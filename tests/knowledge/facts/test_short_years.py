"""Years in two digits over columns, and months that name years."""

from __future__ import annotations

import pytest

from finfoundry.knowledge.ingest.parse_file import parse

ROWS = "|---|---|---|\n| Revenue | 90 | 80 |\n| Net income | 9 | 8 |\n"
MEMO = "# Quay Street Bakery\n\nIncome statement (USD thousand)\n\n| USD thousand | {} | {} |\n" + ROWS


def periods(one: str, other: str) -> list[str]:
    return [fact.period for fact in parse(MEMO.format(one, other).encode(), "memo.md").facts if fact.metric == ("Revenue",)]


@pytest.mark.parametrize(
    ("one", "other", "end"),
    [
        ("Dec-23", "Dec-22", "12-31"), ("Jun 23", "Jun 22", "06-30"), ("Mar '23", "Mar '22", "03-31"), ("31 Mar 23", "31 Mar 22", "03-31"),
        ("09/23", "09/22", "09-30"), ("FYE23", "FYE22", "12-31"), ("'23", "'22", "12-31"), ("23年", "22年", "12-31"),
        ("June 2023", "June 2022", "06-30"),
    ],
)  # fmt: skip
def test_heads_that_count_years_are_years(one: str, other: str, end: str) -> None:
    assert [period.partition("/")[2] for period in periods(one, other)] == [f"2023-{end}", f"2022-{end}"]


@pytest.mark.parametrize(("one", "other"), [("Level 23", "Level 22"), ("Store 23", "Store 12"), ("23", "22"), ("Dec 23", "Jun 22")])
def test_numbers_that_count_something_else_are_no_years(one: str, other: str) -> None:
    assert not any("2023" in period for period in periods(one, other))


def test_months_that_follow_each_other_stay_months() -> None:
    assert periods("Dec-2023", "Nov-2023") == ["2023-12-01/2023-12-31", "2023-11-01/2023-11-30"]
