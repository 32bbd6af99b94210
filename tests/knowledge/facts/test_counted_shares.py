"""Tables that count shares and print no currency, and captions that are accounts of equity."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.knowledge.facts.papers import Rows, document, found, table

from finfoundry.core.document import Block, Fact
from finfoundry.knowledge.facts import extract

MONEY = table([["(in millions)", "2024", "2023"], ["Net sales", "$ 60", "$ 50"]])


def facts_of(rows: Rows, *above: str) -> list[Fact]:
    return extract(document([MONEY, *(Block("paragraph", text) for text in above), table(rows)]))


@pytest.mark.parametrize(("said", "scale"), [("were as follows:", 1), ("were as follows (in thousands):", 1000)])
def test_securities_left_out_of_earnings_per_share_are_shares(said: str, scale: int) -> None:
    facts = facts_of(
        [["", "2024", "2023"], ["Warrants", "60", "50"], ["Options", "4", "5"]], f"Potential shares excluded as anti-dilutive {said}"
    )
    assert [(fact.value, fact.unit) for fact in found(facts, "Warrants")] == [
        (Decimal(60 * scale), "shares"),
        (Decimal(50 * scale), "shares"),
    ]


def test_a_table_in_thousands_of_shares_holds_shares_unless_it_prints_a_currency() -> None:
    plain = facts_of([["Shares in thousands", "2024", "2023"], ["Allocated", "60", "50"]])
    assert [(fact.value, fact.unit) for fact in found(plain, "Allocated")] == [(Decimal(60_000), "shares"), (Decimal(50_000), "shares")]
    priced = facts_of([["Shares in thousands", "2024", "2023"], ["Allocated", "60", "50"], ["Paid", "$ 7", "$ 6"]])
    assert {fact.unit for fact in found(priced, "Allocated")} == {"USD"}


def test_what_divides_earnings_is_shares() -> None:
    rows = [["(in millions)", "2024", "2023"], ["Numerator:"], ["Income", "$ 60", "$ 50"], ["Denominator:"], ["Vested units", "4", "5"]]
    assert [fact.unit for fact in found(facts_of(rows), "Vested units")] == ["shares", "shares"]


def test_a_caption_right_above_an_opening_balance_heads_what_follows() -> None:
    rows = [
        ["(in millions)", "2024", "2023"],
        ["Number of Common Shares Outstanding"],
        ["Balance at beginning of year", "5", "4"],
        ["Balance at end of year", "6", "5"],
        ["Additional paid-in capital"],
        ["Balance at beginning of year", "7", "6"],
        ["Balance at end of year", "8", "7"],
    ]
    facts = found(facts_of(rows), "Balance at end of year")
    assert [(fact.metric[0], fact.unit) for fact in facts][::2] == [
        ("Number of Common Shares Outstanding", "shares"), ("Additional paid-in capital", "USD"),
    ]  # fmt: skip
