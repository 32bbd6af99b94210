"""Rows that are each of a day are dated by it; days that say something else of a row date nothing."""

from __future__ import annotations

import pytest
from tests.knowledge.facts.papers import document, found, table

from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.ingest.parse_file import parse

DAYS = ["2025-01-03", "2025-01-07", "2025-01-17"]
YEAR = "2024-01-01/2024-12-31"


def periods(head: str, days: tuple[str, ...]) -> list[str]:
    rows = [[head, "Text", "Debit EUR", "Credit EUR"], *([day, f"Entry {day}", f"{place}00.10", ""] for place, day in enumerate(days, 1))]
    return [fact.period for day in days for fact in found(extract(document([table(rows)])), f"Entry {day}")]


def sheet_periods(head: str, days: tuple[str, ...]) -> list[str]:
    rows = [f"{head},Text,Debit EUR", *(f"{day},Entry {place},{place}00.10" for place, day in enumerate(days, 1))]
    return [fact.period for fact in parse("\n".join(rows).encode(), "account.csv").facts]


WRITTEN = [
    ("03.01.2025", "07.01.2025", "17.01.2025"), ("2025-01-03", "2025-01-07", "2025-01-17"), ("03/01/2025", "07/01/2025", "17/01/2025"),
    ("01/03/2025", "01/07/2025", "01/17/2025"), ("3 January 2025", "7 January 2025", "17 January 2025"),
    ("2025年1月3日", "2025年1月7日", "2025年1月17日"),
]  # fmt: skip


@pytest.mark.parametrize("days", WRITTEN)
@pytest.mark.parametrize("head", ["Date", "Booking date", "日期", "交易日期"])
def test_entries_are_of_their_day_however_it_is_written(head: str, days: tuple[str, ...]) -> None:
    assert periods(head, days) == DAYS


@pytest.mark.parametrize("days", WRITTEN)
@pytest.mark.parametrize("head", ["Date", "日期"])
def test_entries_of_a_sheet_are_of_their_day(head: str, days: tuple[str, ...]) -> None:
    assert sheet_periods(head, days) == DAYS


@pytest.mark.parametrize("head", ["Maturity", "Grant date", "Due date", "Acquired", "到期日", "授予日"])
def test_days_of_something_else_date_no_row(head: str) -> None:
    assert not set(periods(head, WRITTEN[0])) & set(DAYS)


def test_days_that_may_be_two_date_no_row() -> None:
    days = ("03/01/2025", "07/01/2025", "11/01/2025")
    assert [period for period in periods("Date", days) if period.startswith("2025-0")] == []
    assert sheet_periods("Date", days) == []


def test_ends_of_months_and_days_a_quarter_apart_are_no_entries() -> None:
    assert sheet_periods("Date", ("2024-03-31", "2024-06-30", "2024-09-30")) == []
    assert sheet_periods("Date", ("2024-03-28", "2024-06-27", "2024-09-26")) == []


def test_a_total_below_entries_is_of_no_day() -> None:
    assert periods("Date", (*WRITTEN[0], "Total"))[:3] == DAYS
    assert periods("Date", (*WRITTEN[0], "Total"))[3] not in DAYS
    assert not set(periods("Date", (*WRITTEN[0], "Cash", "Loans", "Bonds", "Other"))) & set(DAYS)
