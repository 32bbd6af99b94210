"""Prices, shares and money in one table: cents, sums and signs of a currency tell them apart where labels do not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.knowledge.facts.papers import Rows, document, table

from finfoundry.core.document import Block, Fact
from finfoundry.knowledge.facts import extract

MONEY = table([["(in millions)", "2024", "2023"], ["Net sales", "$ 60", "$ 50"]])
HEAD = ["(in millions)", "2024", "2023"]


def units(rows: Rows, *above: str) -> dict[str, tuple[Decimal, str | None]]:
    facts: list[Fact] = extract(document([MONEY, *(Block("paragraph", text) for text in above), table(rows)]))
    return {fact.text: (fact.value, fact.unit) for fact in facts if fact.table == 1}


def test_rows_with_cents_beside_one_per_share_are_per_share_too() -> None:
    found = units(
        [
            HEAD,
            ["Earnings from continuing operations", "$ 9,063", "$ 811"],
            ["Earnings from continuing operations", "$ 7.98", "$ 1.00"],
            ["Net earnings per share", "8.36", "0.05"],
        ]
    )
    assert found["$ 9,063"] == (Decimal(9_063_000_000), "USD")
    assert found["$ 7.98"] == (Decimal("7.98"), "USD/share")
    assert found["8.36"] == (Decimal("8.36"), "USD/share")


def test_a_table_of_cents_under_a_title_per_share_holds_prices() -> None:
    rows = [["Quarter ended", "2024", "2023"], ["November", "$ 0.4800", "$ 0.4800"], ["February", "$ 0.2500", "$ 0.4700"]]
    assert units(rows, "Cash dividends per common share declared were as follows:")["$ 0.2500"] == (Decimal("0.2500"), "USD/share")
    assert units(rows, "Cash dividends declared were as follows:")["$ 0.2500"][1] == "USD"


@pytest.mark.parametrize(("last", "unit"), [("231.1", "shares"), ("231.2", "shares"), ("231.4", "USD")])
def test_what_leads_from_a_count_of_shares_to_a_sum_is_shares(last: str, unit: str) -> None:
    rows = [HEAD, ["Weighted average shares", "228.8", "235.4"], ["Effect of dilutive securities", "2.3", "2.5"], ["Sum", last, "237.9"]]
    assert units(rows)["2.3"] == (Decimal(2_300_000), unit)
    assert units(rows)[last][1] == unit


def test_shares_issued_are_money_where_balances_bear_the_sign_of_a_currency() -> None:
    def rows(sign: str) -> Rows:
        return [
            ["(in millions)", "Paid-in capital", "Treasury stock"],
            ["Balance, December 31, 2023", f"{sign}2,969", f"{sign}(23,045)"],
            ["Shares issued for options", "188", "248"],
            ["Balance, December 31, 2024", f"{sign}3,157", f"{sign}(22,797)"],
            ["Shares repurchased", "15", "16"],
        ]

    assert units(rows("$ "))["188"] == (Decimal(188_000_000), "USD")
    assert units(rows(""))["188"][1] == "shares"
    assert units(rows("$ "))["15"][1] != "USD"


def test_a_heading_of_shares_ends_where_money_begins() -> None:
    found = units(
        [
            HEAD,
            ["Number of shares on which basic earnings are calculated:"],
            ["Added for awards", "7", "8"],
            ["Income", "$ 1,581", "$ 1,465"],
            ["Discontinued operations", "2", "73"],
        ]
    )
    assert (found["7"][1], found["2"][1]) == ("shares", "USD")


def test_a_column_says_its_unit_before_the_row() -> None:
    rows = [["", "Net income", "Shares (millions)", "Per Share"], ["Basic EPS", "$ 502", "829.4", "$ 0.61"]]
    assert [unit for _, unit in units(rows).values()] == ["USD", "shares", "USD/share"]


def test_stacked_words_of_a_header_are_read_as_one_line() -> None:
    rows = [["", "Awards", "Weighted"], ["", "", "Average"], ["", "", "Grant Date"], ["", "", "Fair Value"], ["Granted", "9,461", "$ 6.23"]]
    assert units(rows)["$ 6.23"] == (Decimal("6.23"), "USD/share")


def test_income_for_earnings_per_share_is_an_amount() -> None:
    assert units([HEAD, ["Net earnings for basic earnings per share", "$ 8.6", "$ 7.5"]])["$ 8.6"] == (Decimal(8_600_000), "USD")


def test_the_effect_of_another_rate_is_an_amount_unless_it_is_a_percent() -> None:
    found = units([HEAD, ["Effect of changes in discount rate", "318", "3.5%"]])
    assert [unit for _, unit in found.values()] == ["USD", "ratio"]


def test_a_code_of_a_currency_beside_the_label_is_that_of_the_row() -> None:
    rows = [["", "", "2024", "2023"], ["Sterling", "GBP", "733", "856"], ["Swaps", "USD", "28", "27"]]
    found = units(rows, "The notional amounts were as follows (in millions):")
    assert (found["733"], found["28"][1]) == ((Decimal(733_000_000), "GBP"), "USD")


def test_shares_in_thousands_are_so_whatever_is_said_above_of_amounts() -> None:
    rows = [["Shares in thousands", "2024", "2023"], ["Allocated", "22,724", "24,449"]]
    assert units(rows, "Amounts in millions of dollars unless noted.", "They were:")["22,724"] == (Decimal(22_724_000), "shares")


def test_basic_and_diluted_stand_below_the_heading_right_above_them() -> None:
    rows = [HEAD, ["Earnings per share"], ["Basic", "$ 5.26", "$ 6.23"], ["Average shares outstanding"], ["Basic", "2,533.5", "2,625.2"]]
    assert units(rows)["2,533.5"] == (Decimal(2_533_500_000), "shares")


def test_the_end_of_a_long_introduction_states_the_scale() -> None:
    rows = [["", "2024", "2023"], ["Awards", "50", "60"]]
    long = "What the company owes its members is told here, at some length. " * 8
    assert units(rows, f"{long}The amounts are (in thousands):")["50"][0] == 50_000


def test_rows_with_cents_under_a_heading_per_share_are_per_share() -> None:
    found = units(
        [HEAD, ["Profit", "$ 9,063", "$ 811"], ["Basic earnings per share", "Before tax", "After tax"], ["Profit", "8.36", "0.05"]]
    )
    assert found["8.36"] == (Decimal("8.36"), "USD/share")
