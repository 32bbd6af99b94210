"""Balances that no word names: the numbers prove them, or the rows around them do."""

from __future__ import annotations

import pytest
from tests.knowledge.facts.papers import COVER, Rows, document, table

from finfoundry.core.document import Block, Fact
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.facts.opened_tables import RUNNING

YEARS = ["Years ended December 31 (in millions)", "2024", "2023"]
QUARTER = [*COVER[2:], Block("heading", "FORM 10-Q"), Block("paragraph", "For the quarterly period ended June 30, 2024")]


def periods(rows: Rows, label: str, cover: list[Block] = COVER) -> list[str]:
    facts: list[Fact] = extract(document([Block("paragraph", "These are the changes:"), table(rows)], cover=cover))
    return [fact.period for fact in facts if fact.metric[-1] == label]


@pytest.mark.parametrize(
    ("closing", "days"),
    [
        (["1,250", "1,110"], ["2024-12-31", "2023-12-31"]),  # opening balance and what moved it
        (["1,251", "1,110"], ["2024-01-01/2024-12-31", "2023-01-01/2023-12-31"]),  # one off, and only one is exact
        (["1,300", "1,200"], ["2024-12-31", "2023-12-31"]),  # what the year after opens with
        (["1,300", "1,201"], ["2024-01-01/2024-12-31", "2023-01-01/2023-12-31"]),
    ],
)
def test_a_row_that_sums_up_or_that_the_next_year_opens_with_is_a_closing_balance(closing: list[str], days: list[str]) -> None:
    rows = [YEARS, ["Beginning balance", "1,200", "1,000"], ["Translation", "50", "110"], ["Other equity", *closing]]
    assert periods(rows, "Other equity") == days
    assert periods(rows, "Beginning balance") == ["2023-12-31", "2022-12-31"]


def test_a_row_that_is_the_same_for_three_months_and_for_six_is_a_closing_balance() -> None:
    rows = [
        ["", "Three months ended June 30>2", "", "Six months ended June 30>2", ""],
        ["(in millions)", "2024", "2023", "2024", "2023"],
        ["Beginning balance", "905", "804", "1,300", "1,200"],
        ["Before taxes", "60", "30", "90", "80"],
        ["Other", "20", "10", "40", "60"],
        ["Translation", "1,142", "1,083", "1,142", "1,083"],
    ]
    assert periods(rows, "Translation", QUARTER) == ["2024-06-30", "2023-06-30", "2024-06-30", "2023-06-30"]
    assert all("/" in period for period in periods(rows, "Other", QUARTER))


def test_what_is_below_a_closing_balance_under_the_same_headings_is_of_its_day() -> None:
    rows = [
        YEARS, ["Balance, beginning of year", "700", "600"], ["Payments", "50", "100"], ["Balance, end of year", "750", "700"],
        ["Net of what others bear", "640", "620"], ["Benefits paid", "9", "8"], ["Paid in addition:"], ["To members", "4", "3"],
    ]  # fmt: skip
    assert periods(rows, "Net of what others bear") == ["2024-12-31", "2023-12-31"]
    assert periods(rows, "Benefits paid") == periods(rows, "To members") == ["2024-01-01/2024-12-31", "2023-01-01/2023-12-31"]


def test_what_was_held_at_the_end_of_a_period_may_have_moved_during_it() -> None:
    label = "Net gains recognized during the year on shares still held at the end of the year"
    assert periods([YEARS, [label, "60", "50"]], label) == ["2024-01-01/2024-12-31", "2023-01-01/2023-12-31"]


def test_a_heading_without_a_colon_governs_several_with_one() -> None:
    rows = [
        YEARS, ["Balance, beginning of year", "700", "600"], ["Payments", "50", "100"], ["Balance, end of year", "750", "700"],
        ["Amounts recorded in the balance sheet"], ["Continuing operations:"], ["Current", "300", "200"],
        ["Discontinued operations:"], ["Other", "450", "500"], ["Amounts due:"], ["Net loss", "5", "4"],
    ]  # fmt: skip
    facts = extract(document([table(rows)]))
    assert {fact.metric for fact in facts if fact.metric[-1] in {"Current", "Other"}} == {
        ("Amounts recorded in the balance sheet", "Continuing operations", "Current"),
        ("Amounts recorded in the balance sheet", "Discontinued operations", "Other"),
    }
    assert periods(rows, "Other") == ["2024-12-31", "2023-12-31"]


def test_the_foot_of_a_page_that_is_read_as_a_table_parts_no_table_from_what_goes_on() -> None:
    feet = [[table([["2024 Annual Report", str(page)]])] for page in range(60, 60 + RUNNING)]
    first = table([["(in millions)", "2024", "2023"], ["Balance, beginning of year", "5", "4"], ["Balance, end of year", "6", "5"]])
    rest = table([["Assets at beginning of year", "7", "8"], ["Assets at end of year", "9", "7"]])
    facts = extract(document(*feet, [first, table([["2024 Annual Report", "70"]])], [rest]))
    assert [fact.period for fact in facts if fact.metric[-1] == "Assets at end of year"] == ["2024-12-31", "2023-12-31"]
    assert not [fact for fact in facts if fact.metric[-1] == "2024 Annual Report"]
