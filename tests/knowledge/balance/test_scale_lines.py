"""A line that states a scale which no table took is told, and no other line."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.knowledge.facts.papers import document, table

from finfoundry.core.document import Block, BlockKind, Fact
from finfoundry.knowledge.balance.scale_lines import unread_scale_lines


def amount(scale: int, *, page: int = 2, unit: str | None = "EUR") -> Fact:
    return Fact(("Loans",), Decimal(10), unit, "2024-12-31", "10", page, scale=Decimal(scale), table=0, row=1, column=1)


def told(text: str, facts: list[Fact], kind: BlockKind = "paragraph") -> list[str]:
    rows = table([["", "2024"], ["Loans", "10"]])
    paper = document([Block(kind, text), rows], [rows])
    return list(unread_scale_lines(paper, facts))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Amounts in EUR million unless stated otherwise", "header"),
        ("(除特别注明外，金额单位均为人民币百万元)", "header"),
        ("* All amounts in millions of euros.", "paragraph"),
        ("单位：万元 币种：人民币", "paragraph"),
        ("in thousands of US dollars", "caption"),
    ],
)
def test_a_scale_that_no_amount_of_the_page_was_read_in_is_told(text: str, kind: BlockKind) -> None:
    (line,) = told(text, [amount(1)], kind)
    assert text in line
    assert line.startswith("page 2")


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("Amounts in EUR million", [amount(1_000_000)]),
        ("Amounts in EUR million", [amount(1), amount(1_000_000, page=3)]),  # stands over the table on the next page
        ("Amounts in EUR million", []),  # there is no amount that might have taken it
        ("Amounts in EUR million", [amount(1, unit="ratio")]),
        ("The bank earned EUR 35 million in 2024", [amount(1)]),  # an amount of its own
        ("thousands of customers, of whom some thousand in Paris.", [amount(1)]),
        ("All amounts in euros", [amount(1)]),
        ("单位：元", [amount(1)]),
    ],
)
def test_other_lines_are_not_told(text: str, facts: list[Fact]) -> None:
    assert told(text, facts) == []


def test_a_line_that_returns_on_every_page_is_told_once() -> None:
    header, rows = Block("header", "Amounts in EUR million"), table([["", "2024"], ["Loans", "10"]])
    paper = document(*([header, rows] for _ in range(3)))
    facts = [replace(amount(1, page=n + 2), table=n) for n in range(3)]
    assert len(list(unread_scale_lines(paper, facts))) == 1


@pytest.mark.parametrize(("first", "second", "count"), [(1_000_000, 1, 0), (1, 1_000_000, 0), (1, 1, 1), (1_000, 1, 1)])
def test_a_line_is_of_the_tables_that_follow_it_on_its_page(first: int, second: int, count: int) -> None:
    rows = table([["", "2024"], ["Loans", "10"]])
    paper = document([rows, Block("paragraph", "(in millions)"), rows, rows])
    facts = [amount(1_000_000), replace(amount(first), table=1), replace(amount(second), table=2)]
    assert len(list(unread_scale_lines(paper, facts))) == count


@pytest.mark.parametrize(
    ("cell", "scale", "count"),
    [("(in millions)", 1, 1), ("单位：万元", 1, 1), ("(in millions)", 1_000_000, 0), ("Loans of a million", 1, 0), (",000", 1, 0)],
)
def test_a_cell_that_is_a_statement_of_scale_is_of_its_table(cell: str, scale: int, count: int) -> None:
    rows = table([[cell, "2024"], ["Loans", "10"]])
    other = table([["", "2024"], ["Loans", "10"]])
    paper = document([rows, other])
    facts = [amount(scale), replace(amount(1_000_000), table=1)]
    assert len(list(unread_scale_lines(paper, facts))) == count


@pytest.mark.parametrize(
    "text",
    [
        "(Dollars in billions. Percentages in chart are of total sales)",
        "million, merchant cash",
        "reflected in thousands, and per share):",
        "亿元。",
    ],
)
def test_what_is_of_a_chart_or_the_rest_of_a_sentence_is_not_told(text: str) -> None:
    assert told(text, [amount(1)]) == []
