"""A line that states a scale which no table took is told, and no other line."""

from __future__ import annotations

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
    header = Block("header", "Amounts in EUR million")
    paper = document([header], [header], [header])
    facts = [amount(1, page=page) for page in (2, 3, 4)]
    assert len(list(unread_scale_lines(paper, facts))) == 1
