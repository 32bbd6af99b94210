"""Rows, headings and notes that say themselves what time their figures are about."""

from __future__ import annotations

import pytest
from tests.knowledge.facts.papers import COVER, Rows, document, found, table

from finfoundry.core.document import Block, Fact
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.facts.opened_tables import RUNNING, running_lines


def facts_of(rows: Rows, *above: str) -> list[Fact]:
    """Facts of a table below these paragraphs, the farthest first."""
    return extract(document([*(Block("paragraph", text) for text in above), table(rows)]))


def periods(facts: list[Fact], label: str) -> list[str]:
    return [fact.period for fact in found(facts, label)]


def test_what_falls_due_in_years_to_come_is_told_at_the_end_of_the_period() -> None:
    rows = [["Years ended December 31,", "Pensions", "Other"], ["2025", "5", "4"], ["2026", "5", "4"], ["2030-2034", "9", "8"]]
    facts = facts_of(rows, "Payments are estimated at 9 for the year ending December 31, 2025.", "They are expected to be:")
    assert {fact.period for fact in facts} == {"2024-12-31"}


def test_a_year_in_the_row_goes_before_the_year_of_a_heading_above_others() -> None:
    rows = [
        ["Description", "Balance at Beginning of Period", "Additions", "Balance at End of Period"],
        ["2023"],
        ["Current", "4", "1", "5"],
        ["2024", "6", "1", "7"],
    ]
    facts = facts_of(rows, "For the years ended December 31:")
    assert periods(facts, "2024") == ["2023-12-31", "2024-01-01/2024-12-31", "2024-12-31"]


def test_columns_of_a_first_and_a_last_day_roll_the_balances_of_the_year_in_the_heading() -> None:
    rows = [
        ["", "Balance at January 1", "Purchases", "Balance at December 31"],
        ["2024"],
        ["Bonds", "5", "2", "7"],
        ["2023"],
        ["Bonds", "4", "1", "5"],
    ]
    assert periods(facts_of(rows), "Bonds") == [
        "2023-12-31", "2024-01-01/2024-12-31", "2024-12-31", "2022-12-31", "2023-01-01/2023-12-31", "2023-12-31",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "period"), [("benefit obligations", "2024-12-31"), ("net periodic benefit cost", "2024-01-01/2024-12-31")]
)
def test_assumptions_are_of_the_time_of_what_they_are_used_for(what: str, period: str) -> None:
    rows = [
        ["", "2024", "2023"],
        [f"Weighted-average assumptions used to determine {what}:"],
        ["Discount rate", "5.1%", "4.9%"],
        ["Crediting rate", "4.1%", "3.9%"],
    ]
    facts = facts_of(rows)
    assert periods(facts, "Discount rate")[0] == periods(facts, "Crediting rate")[0] == period


def test_what_a_closing_balance_of_cash_consists_of_is_of_its_day() -> None:
    rows = [
        ["", "2024", "2023"],
        ["Cash flows from financing activities"],
        ["Repayments", "(5)", "(4)"],
        ["Cash at beginning of year", "9", "13"],
        ["Cash at end of year", "4", "9"],
        ["Cash and cash equivalents", "3", "7"],
        ["Restricted cash in other assets", "1", "2"],
        ["Cash paid for interest", "2", "2"],
    ]
    facts = facts_of(rows)
    assert periods(facts, "Cash and cash equivalents") == periods(facts, "Restricted cash in other assets") == ["2024-12-31", "2023-12-31"]
    assert periods(facts, "Cash paid for interest") == ["2024-01-01/2024-12-31", "2023-01-01/2023-12-31"]


def test_a_balance_that_names_a_flow_held_back_is_of_the_day_in_the_corner() -> None:
    rows = [["December 31, 2024", "North", "South"], ["Deferred income", "5", "4"], ["Advances and deferred income", "7", "6"]]
    facts = facts_of(rows, "Revenue rose in the year ended December 31, 2024.", "Other matters.")
    assert {fact.period for fact in facts} == {"2024-12-31"}


def test_an_acquisition_is_of_the_day_that_its_note_names_above_another_table() -> None:
    above = [
        Block("heading", "Note 3. Acquisitions"),
        Block("paragraph", "On March 5, 2023, the Company, through a subsidiary, completed the acquisition of Another Co."),
        table([["Paid in cash", "4"], ["Shares", "5"]]),
        Block("paragraph", "As of June 30, 2024, the Company completed the purchase price allocation."),
        Block("paragraph", "The following table presents the allocation of the purchase consideration:"),
        table([["Receivables", "6"], ["Goodwill", "3"]]),
    ]
    assert periods(extract(document(above)), "Receivables") == ["2023-03-05"]


def test_quarters_that_end_on_the_first_of_a_month_begin_after_one() -> None:
    rows = [
        ["Three Months Ended July 1, 2022", "Stock", "Earnings"],
        ["April 1, 2022", "5", "4"],
        ["Dividends", "1", "1"],
        ["July 1, 2022", "6", "5"],
    ]
    cover = [*COVER[2:], Block("heading", "FORM 10-Q"), Block("paragraph", "For the quarterly period ended June 30, 2023")]
    facts = extract(document([table(rows)], cover=cover))
    assert set(periods(facts, "Dividends")) == {"2022-04-02/2022-07-01"}


def test_a_percent_beside_two_lengths_is_of_its_own() -> None:
    rows = [
        ["", "Three months ended June 30>3", "", "", "Six months ended June 30>3", "", ""],
        ["", "2024", "2023", "V %", "2024", "2023", "V %"],
        ["North", "6", "5", "20%", "12", "10", "20%"],
    ]
    found_periods = periods(facts_of(rows), "North")
    assert found_periods[2] == found_periods[0]
    assert found_periods[5] == found_periods[3]


def test_of_several_years_in_a_sentence_the_latest_counts() -> None:
    rows = [["", "Shares", "Price"], ["Certified", "5", "4"], ["Released", "2", "1"]]
    facts = facts_of(rows, "Awards granted in 2024, 2023 and 2022 were few.", "The following table tells of them:")
    assert {fact.period for fact in facts} == {"2024-01-01/2024-12-31"}


def test_years_in_the_name_of_an_award_are_no_columns_of_years() -> None:
    rows = [["", "2020-2022 Annual Award", "2021-2023 Annual Award"], ["Certified", "5", "4"], ["Released", "2", "1"]]
    assert {fact.period for fact in facts_of(rows)} == {"2024-01-01/2024-12-31"}


def test_lines_that_return_with_the_number_of_the_page_tell_nothing_of_tables() -> None:
    paper = document([Block("paragraph", f"2023 FORM 10-K {page}") for page in range(60, 60 + RUNNING)])
    assert running_lines(paper) == {"2023 FORM 10-K #"}


@pytest.mark.parametrize(
    ("labels", "spans"),
    [
        (["October 1-31, 2024", "November 1-30, 2024"], ["2024-10-01/2024-10-31", "2024-11-01/2024-11-30"]),
        (["Nov 26 – December 31, 2023", "January 1 – 28, 2024"], ["2023-11-26/2023-12-31", "2024-01-01/2024-01-28"]),
        (["April 2, 2024 - April 30, 2024", "May 1, 2024 to June 1, 2024"], ["2024-04-02/2024-04-30", "2024-05-01/2024-06-01"]),
        (["July 2024", "August 2024"], ["2024-07-01/2024-07-31", "2024-08-01/2024-08-31"]),
    ],
)
def test_rows_of_stretches_and_months_are_of_these_and_their_total_of_them_all(labels: list[str], spans: list[str]) -> None:
    facts = facts_of([["Period", "Average Price Paid per Share"], *([label, "$ 43.21"] for label in labels), ["Total", "$ 43.20"]])
    assert [periods(facts, label) for label in labels] == [[span] for span in spans]
    assert periods(facts, "Total") == [f"{spans[0].split('/')[0]}/{spans[-1].split('/')[1]}"]


def test_a_month_alone_and_a_day_that_is_none_name_no_stretch() -> None:
    facts = facts_of(
        [["", "Amount"], ["Notes of July 2024", "$ 5"], ["June 30-31, 2024", "$ 6"], ["August 2024", "$ 7"], ["Total", "$ 18"]]
    )
    assert {fact.period for fact in facts} == {"2024-01-01/2024-12-31"}
