"""What a table says itself of the time of its numbers, and what only the paragraphs above it say."""

from __future__ import annotations

from datetime import date

import pytest
from tests.knowledge.facts.papers import Rows, document, found, table

from finfoundry.core.document import Block, Fact
from finfoundry.core.fiscal import FiscalYear
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.ingest.parse_file import parse

PARAGRAPHS = ("Revenue rose in the year ended December 31, 2024 by 5 percent. It fell before.", "Other matters are told elsewhere.")


def facts_of(rows: Rows, *above: str) -> list[Fact]:
    """Facts of a table below these paragraphs, the nearest first."""
    return extract(document([*(Block("paragraph", text) for text in reversed(above)), table(rows)]))


@pytest.mark.parametrize(
    ("rows", "label"),
    [
        ([["December 31, 2024", "North", "South"], ["Policy reserves", "20", "30"], ["Contracts", "4", "5"]], "Policy reserves"),
        ([["HELD FOR SALE", "December 31, 2024", "December 31, 2023"], ["Cash", "6", "3"], ["Goodwill", "5", "4"]], "Cash"),
    ],
)
def test_a_bare_date_in_the_corner_or_over_columns_is_the_day_of_balances(rows: Rows, label: str) -> None:
    assert {fact.period for fact in found(facts_of(rows, *PARAGRAPHS), label)} <= {"2024-12-31", "2023-12-31"}


def test_lines_of_one_nature_go_before_a_paragraph_that_does_not_lead_to_the_table() -> None:
    rows = [["", "2024", "2023"], ["Sales to customers", "60", "50"], ["Cost of products sold", "4", "5"], ["Interest expense", "1", "2"]]
    facts = facts_of(
        rows, "Its assets and liabilities were held for sale as of December 31, 2024 and sold later.", "They are told elsewhere."
    )
    assert [fact.period for fact in found(facts, "Sales to customers")] == ["2024-01-01/2024-12-31", "2023-01-01/2023-12-31"]


def test_quarters_named_by_words_under_a_year() -> None:
    rows = [
        ["", "2024>2", "", "2023>2", ""],
        ["", "First Quarter", "Fourth Quarter", "First Quarter", "Fourth Quarter"],
        ["Sales", "6", "7", "8", "9"],
    ]
    assert [fact.period for fact in found(facts_of(rows), "Sales")] == [
        "2024-01-01/2024-03-31", "2024-10-01/2024-12-31", "2023-01-01/2023-03-31", "2023-10-01/2023-12-31",
    ]  # fmt: skip


def test_four_ends_of_quarters_are_the_quarters() -> None:
    rows = [
        ["", "2024>4", "", "", ""],
        ["", "March 31,", "June 30,", "September 30,", "December 31,"],
        ["Total revenues", "6", "7", "8", "9"],
    ]
    assert [fact.period for fact in found(facts_of(rows), "Total revenues")] == [
        "2024-01-01/2024-03-31", "2024-04-01/2024-06-30", "2024-07-01/2024-09-30", "2024-10-01/2024-12-31",
    ]  # fmt: skip


def test_a_column_of_opening_balances_is_of_the_day_before() -> None:
    rows = [
        ["Description", "Balance at Beginning of Period", "Additions", "Balance at End of Period"],
        ["2024"],
        ["Current", "46", "1", "47"],
    ]
    facts = found(facts_of(rows, "For the years ended December 31:"), "Current")
    assert [fact.period for fact in facts] == ["2023-12-31", "2024-01-01/2024-12-31", "2024-12-31"]


def test_stocks_below_as_of_and_for_are_of_the_day() -> None:
    rows = [
        ["", "North", "South"],
        ["As of and for the Year Ended December 31, 2024"],
        ["Revenues", "6", "7"],
        ["Identifiable operating assets", "8", "9"],
    ]
    facts = facts_of(rows)
    assert {fact.period for fact in found(facts, "Revenues")} == {"2024-01-01/2024-12-31"}
    assert {fact.period for fact in found(facts, "Identifiable operating assets")} == {"2024-12-31"}


def test_half_a_year_of_weeks_begins_where_the_year_does() -> None:
    """The year that ended on the last Saturday of 2022 had 53 weeks, its first quarter 14."""
    year = FiscalYear(2022, date(2022, 12, 31), weeks=True, last=True)
    assert year.span(date(2022, 7, 2), 6).start == date(2021, 12, 26)
    assert year.span(date(2022, 7, 2), 3).start == date(2022, 4, 3)


def test_balances_at_the_ends_of_quarters_are_of_the_day() -> None:
    rows = [["", "2024>4", "", "", ""], ["", "March 31,", "June 30,", "September 30,", "December 31,"], ["Total loans", "6", "7", "8", "9"]]
    facts = found(facts_of(rows, "Balances as of the dates shown:"), "Total loans")
    assert [fact.period for fact in facts] == ["2024-03-31", "2024-06-30", "2024-09-30", "2024-12-31"]


@pytest.mark.parametrize("head", ["Fixed income", "Prepaid expenses", "Income taxes payable", "Unearned income", "Retained income"])
def test_stocks_that_are_called_after_flows_are_no_flows(head: str) -> None:
    rows = [["December 31, 2024", "Equity", head], ["North", "6", "7"], ["South", "8", "9"]]
    assert {fact.period for fact in found(facts_of(rows), "North")} == {"2024-12-31"}


def test_a_paper_of_no_known_kind_is_of_the_year_that_its_statements_end() -> None:
    paper = "# Harrow Lane Ltd\n\nIncome statement, year to 31 March (GBP thousand)\n\n| GBP thousand | 2023 | 2024 |\n|---|---|---|\n"
    lines = "| Revenue | 900 | 950 |\n| Cost of sales | 600 | 640 |\n| Gross profit | 300 | 310 |\n| Interest expense | 20 | 30 |\n"
    profile = parse(f"{paper}{lines}".encode(), "memo.md").document.profile
    assert (profile.period, profile.fiscal_year) == ("2023-04-01/2024-03-31", 2024)
