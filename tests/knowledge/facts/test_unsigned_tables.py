"""Things that are counted are no money: tables without a sign in a paper that gives one to its amounts, and rows that say so."""

from __future__ import annotations

import pytest
from tests.knowledge.facts.papers import Rows, document, table, values

from finfoundry.core.document import Block, Fact
from finfoundry.knowledge.facts.extract import extract
from finfoundry.knowledge.facts.unsigned_tables import FEWEST

YEARS = ["(in millions)", "2024", "2023"]
AMOUNTS: Rows = [YEARS, ["Revenue", "$ 35,919", "$ 34,100"], ["Costs", "30,000", "29,000"]]


def facts(rows: Rows, *, amounts: Rows = AMOUNTS, above: str = "Riders") -> list[Fact]:
    """Of a paper whose other tables hold amounts."""
    others = [block for _ in range(FEWEST) for block in (Block("heading", "Results"), table(amounts))]
    return [one for one in extract(document([*others, Block("heading", above), table(rows)])) if one.table == FEWEST]


RIDERS: Rows = [["", "2024", "2023"], ["Island riders", "131,900", "127,100"], ["Mainland riders", "52,280", "51,004"]]


def test_a_table_of_things_has_no_currency_and_no_scale_that_it_does_not_state() -> None:
    assert [found[:2] for found in values(facts(RIDERS), "Island riders")] == [("131900", None), ("127100", None)]


def test_a_scale_that_it_states_holds() -> None:
    rows = [["(in thousands)", "2024", "2023"], *RIDERS[1:]]
    assert values(facts(rows), "Mainland riders")[0][:2] == ("52280000", None)


def test_one_name_of_an_amount_among_many_of_things_makes_no_money_of_them() -> None:
    rows = [["(in thousands)", "2024", "2023", "Net Additions / (Losses) 2024"], *([*row, "12"] for row in RIDERS[1:])]
    assert {one.unit for one in facts(rows)} == {None}


MEANS: Rows = [["(in millions)", "2024", "2023", "% Change"], ["Isle", "$ 7.31", "$ 6.27", "17%"], ["Mainland", "0.59", "1.20", "(51) %"]]


def test_money_of_one_user_is_printed_in_full_below_a_title_that_says_so() -> None:
    found = facts(MEANS, above="Average Monthly Revenue Per Paid Subscriber:")
    assert [one[:2] for one in values(found, "Mainland") if one[1] == "USD"] == [("0.59", "USD"), ("1.20", "USD")]
    assert values(facts(MEANS, above="Revenue by coast"), "Mainland")[0][:2] == ("590000.00", "USD")


@pytest.mark.parametrize(
    ("rows", "above"),
    [
        ([YEARS, ["Ticket sales", "131", "127"], ["Island riders", "52", "51"]], "Riders"),
        ([YEARS, ["Islands", "131", "127"], ["Mainland", "52", "51"]], "Revenue by coast"),
        ([["(in millions of dollars)", "2024", "2023"], ["Islands", "131", "127"]], "Riders"),
        ([YEARS, ["2025", "120", "110"], ["Thereafter", "900", "880"]], "Leases"),
        ([YEARS, ["Commercial paper", "131", "127"], ["Term loans", "52", "51"]], "Borrowings"),
        ([YEARS, ["Customer deposits", "131", "127"], ["Fees of customers", "52", "51"]], "Liabilities"),
    ],
)
def test_a_table_that_names_amounts_or_a_currency_holds_money(rows: Rows, above: str) -> None:
    assert {one.unit for one in facts(rows, above=above)} == {"USD"}


def test_dollars_that_a_row_names_are_dollars_in_a_paper_of_another_currency() -> None:
    euros: Rows = [["(€ in millions)", "2024", "2023"], ["Revenue", "€ 35,919", "€ 34,100"]]
    found = extract(document([table([*euros, ["Average fare (in U.S. dollars)", "91", "90"]])]))
    assert [(str(one.value), one.unit) for one in found if one.text == "91"] == [("91", "USD")]


def test_in_a_paper_that_gives_no_amount_a_sign_no_table_is_told_from_others() -> None:
    plain = [YEARS, ["Revenue", "35,919", "34,100"], ["Costs", "30,000", "29,000"]]
    assert {one.unit for one in facts(RIDERS, amounts=plain)} == {"USD"}


@pytest.mark.parametrize(
    ("label", "text", "value", "unit"),
    [
        ("Cards in force (millions)", "138.2", "138200000.0", None),
        ("Backlog (in billions)", "12.1", "12100000000.0", "USD"),
        ("Average fare per card (dollars)⁽a⁾", "$ 93", "93", "USD"),
        ("Spending of a rider (in U.S. dollars)", "$ 6,000", "6000", "USD"),
        ("Pumping rate (cubic metres per second)", "17.7", "17.7", "count"),
        ("Revenue per customer relationship", "$ 128.97", "128.97", "USD"),
        ("Revenue (billions)", "2.5", "2500000000.0", "USD"),
        ("Revenue per customer, mean", "1.7", "1700000.0", "USD"),
        ("Average rent (per room per day)", "45.20", "45.20", "USD"),
        ("Fares (dollars per day)", "35", "35000000", "USD"),
    ],
)
def test_a_row_that_says_what_it_counts_is_read_so(label: str, text: str, value: str, unit: str | None) -> None:
    rows: Rows = [YEARS, ["Revenue", "$ 35,919", "$ 34,100"], [label, text, text]]
    assert values(facts(rows), next(one.metric[-1] for one in facts(rows) if one.text == text))[0][:2] == (value, unit)
