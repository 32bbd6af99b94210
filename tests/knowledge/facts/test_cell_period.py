"""The period of a cell, where column, heading, row and report each say a part of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.knowledge.facts.papers import COVER, Rows, document, found, table

from finfoundry.core.document import Block, Fact
from finfoundry.knowledge.facts import extract

QUARTERLY = [
    Block("heading", "FORM 10-Q"),
    Block("paragraph", "For the quarterly period ended June 30, 2024"),
    *COVER[2:],
]
YEAR, BEFORE = "2024-01-01/2024-12-31", "2023-01-01/2023-12-31"


def facts_of(rows: Rows, cover: Sequence[Block] = COVER, **options: object) -> list[Fact]:
    return extract(document([table(rows, **options)], cover=cover))  # type: ignore[arg-type]


def periods(facts: list[Fact], label: str) -> list[str]:
    return [fact.period for fact in found(facts, label)]


def test_a_row_that_names_its_own_span_is_of_it() -> None:
    label = "Costs incurred for the six months ended June 30, 2024"
    assert periods(facts_of([["", "North", "South"], [label, "5", "6"], ["Other costs", "7", "8"]]), label) == ["2024-01-01/2024-06-30"] * 2


def test_columns_of_bare_years_in_a_quarterly_report_are_of_its_quarter() -> None:
    facts = facts_of(
        [["", "2024", "2023"], ["Revenue", "5", "4"], ["Cost of revenue", "3", "2"]], QUARTERLY, title="Statements of Operations"
    )
    assert periods(facts, "Revenue") == ["2024-04-01/2024-06-30", "2023-04-01/2023-06-30"]


def test_columns_of_bare_years_in_an_annual_report_are_years() -> None:
    facts = facts_of([["", "2024", "2023"], ["Revenue", "5", "4"], ["Cost of revenue", "3", "2"]], title="Statements of Operations")
    assert periods(facts, "Revenue") == [YEAR, BEFORE]


def test_stocks_below_other_information_stand_at_the_end_of_the_year() -> None:
    facts = facts_of(
        [
            ["", "2024", "2023"], ["Segment revenue", "50", "40"], ["Cost of sales", "20", "10"], ["Other information:", "", ""],
            ["Total assets", "90", "80"], ["Capital expenditures", "7", "6"],
        ],
        title="Segments",
    )  # fmt: skip
    assert periods(facts, "Segment revenue") == [YEAR, BEFORE]
    assert periods(facts, "Total assets") == ["2024-12-31", "2023-12-31"]
    assert periods(facts, "Capital expenditures") == [YEAR, BEFORE]


def test_a_heading_gives_the_length_of_the_rows_below_it() -> None:
    facts = facts_of(
        [
            ["", "June 30, 2024", "June 30, 2023"],
            ["Three months ended:", "", ""],
            ["Revenue", "5", "4"],
            ["Six months ended:", "", ""],
            ["Revenue", "9", "8"],
        ],
        QUARTERLY,
    )
    assert periods(facts, "Revenue") == [
        "2024-04-01/2024-06-30", "2023-04-01/2023-06-30", "2024-01-01/2024-06-30", "2023-01-01/2023-06-30",
    ]  # fmt: skip


def test_what_a_column_holds_as_a_balance_is_of_the_end_of_the_span_that_the_title_names() -> None:
    facts = facts_of([["", "Carrying amount", "Cost incurred"], ["Plant in the north", "5", "6"]], title="Year ended December 31, 2023")
    assert periods(facts, "Plant in the north") == ["2023-12-31", "2023-01-01/2023-12-31"]


def test_a_row_named_by_a_past_year_is_of_it_and_one_to_come_falls_due() -> None:
    past = facts_of([["", "Dividends paid"], ["2024", "5"], ["2023", "4"], ["2022", "3"]])
    assert [fact.period for fact in past] == [YEAR, BEFORE, "2022-01-01/2022-12-31"]
    due = facts_of(
        [["Fiscal year", "Operating leases"], ["2025", "5"], ["2026", "4"], ["Thereafter", "3"]], title="Maturities of lease liabilities"
    )
    assert {fact.period for fact in due} == {"2024-12-31"}


@pytest.mark.parametrize(
    ("label", "instant"),
    [
        ("Changes in receivables", False),
        ("Long-lived assets", True),
        ("Assets acquired", False),
        ("Discount rate of lease obligations", True),
    ],
)
def test_the_name_of_a_row_tells_stocks_from_flows_where_columns_are_bare_years(label: str, instant: bool) -> None:
    facts = facts_of([["", "2024", "2023"], ["Revenue", "50", "40"], ["Cost of revenue", "20", "10"], [label, "7", "6"]])
    assert [("/" not in period) for period in periods(facts, label)] == [instant, instant]


@pytest.mark.parametrize(
    ("heading", "label"),
    [
        ("Amounts recognized in the consolidated balance sheets:", "Noncurrent part of pensions"), ("Operating leases:", "Discount rate"),
        ("Obligations:", "Discount rate"), ("Other information:", "Goodwill"), ("Supplemental data:", "Total liabilities"),
        ("Other information:", "Receivables of the north"), ("Additional disclosures:", "Deposits in the north"),
    ],
)  # fmt: skip
def test_a_heading_tells_that_the_rows_below_it_are_stocks(heading: str, label: str) -> None:
    facts = facts_of([["", "2024", "2023"], ["Revenue", "50", "40"], ["Cost of sales", "20", "10"], [heading, "", ""], [label, "7", "6"]])
    assert periods(facts, label) == ["2024-12-31", "2023-12-31"]


@pytest.mark.parametrize("made", ["obtained in exchange for", "exchanged for"])
def test_assets_that_leases_brought_are_of_the_year(made: str) -> None:
    label = f"Right-of-use assets {made} new lease liabilities"
    rows = [["December 31", "2024", "2023"], ["Operating lease liabilities", "50", "40"], [label, "5", "4"]]
    facts = facts_of(rows, title="Leases")
    assert periods(facts, label) == [YEAR, BEFORE]
    assert periods(facts, "Operating lease liabilities") == ["2024-12-31", "2023-12-31"]


ROLLED = ["2023-12-31", "2024-01-01/2024-12-31", "2024-12-31"]


def rolled(heads: tuple[str, str, str], *, corner: str = "", title: str | None = None) -> list[str]:
    rows = [[corner, *heads], ["Furniture", "500", "20", "520"], ["Cars", "100", "-10", "90"]]
    return [fact.period for fact in found(extract(document([table(rows, title=title)])), "Furniture")]


@pytest.mark.parametrize(
    "heads",
    [
        ("Opening", "Increase", "Closing"), ("OPENING", "Additions", "CLOSING"), ("Opening balance", "Additions", "Closing balance"),
        ("Opening net book value", "Additions", "Closing net book value"), ("期初", "增加", "期末"), ("期初余额", "本期增加", "期末余额"),
    ],
)  # fmt: skip
def test_opening_and_closing_over_columns_are_the_edges_of_the_period(heads: tuple[str, str, str]) -> None:
    assert rolled(heads) == ROLLED
    assert rolled(heads, title="Fixed assets for the year ended December 31, 2024") == ROLLED
    assert rolled(heads, title="Fixed assets as at December 31, 2024")[::2] == ROLLED[::2]


@pytest.mark.parametrize(
    "heads", [("Opening hours", "Increase", "Other"), ("Closing costs", "Opening fees", "Other"), ("Openings", "Closings", "Net")]
)
def test_what_opens_or_closes_something_else_is_no_edge(heads: tuple[str, str, str]) -> None:
    assert rolled(heads) == ["2024-01-01/2024-12-31"] * 3


def test_rows_of_opening_and_closing_are_the_edges_of_their_column() -> None:
    rows = [
        ["", "2024", "2023"],
        ["Opening", "500", "400"],
        ["Additions", "20", "100"],
        ["Closing", "520", "500"],
        ["Closing costs", "7", "6"],
    ]
    facts = extract(document([table(rows, title="Fixed assets")]))
    assert [fact.period for fact in found(facts, "Opening")] == ["2023-12-31", "2022-12-31"]
    assert [fact.period for fact in found(facts, "Closing")] == ["2024-12-31", "2023-12-31"]
    assert [fact.period for fact in found(facts, "Closing costs")] == ["2024-01-01/2024-12-31", "2023-01-01/2023-12-31"]
