"""A line that states a currency, a period or a way of signs for a table is taken by it, or told; no other line is."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.knowledge.balance.balance_papers import html
from tests.knowledge.facts.papers import document, table

from finfoundry.core.document import Block, BlockKind, Fact
from finfoundry.knowledge.balance.told.governing_lines import unread_governing_lines
from finfoundry.knowledge.ingest.parse_file import parse


def amount(text: str = "10", value: str = "10", *, unit: str | None = "EUR", period: str = "2024-12-31", page: int = 2) -> Fact:
    return Fact(("Loans",), Decimal(value), unit, period, text, page, table=0, row=1, column=1)


def told(text: str, facts: list[Fact], kind: BlockKind = "paragraph") -> list[str]:
    rows = table([["", "2024"], ["Loans", "10"]])
    return list(unread_governing_lines(document([Block(kind, text), rows], [Block("paragraph", "Notes")]), facts))


@pytest.mark.parametrize(
    ("text", "kind", "facts"),
    [
        ("All amounts are stated in Swiss francs", "paragraph", [amount()]),
        ("Amounts in USD thousand", "header", [amount()]),  # a line that runs over the pages governs as well
        ("单位：万元 币种：港币", "paragraph", [amount(unit="CNY")]),
        ("(in GBP million)", "caption", [amount(unit=None)]),  # no currency was read at all
        ("As at 31 December 2024", "paragraph", [amount(period="2023-12-31")]),
        ("For the year ended 30 June 2024", "heading", [amount(period="2024-01-01/2024-12-31")]),
        ("2024年12月31日", "paragraph", [amount(period="2023-12-31")]),
        ("Losses and expenses are shown without a sign.", "paragraph", [amount()]),
        ("Outflows are shown as positive figures, inflows with a minus.", "footer", [amount()]),
        ("损失以正数列示，收益以负号列示", "paragraph", [amount()]),
        ("Figures in brackets are negative.", "paragraph", [amount("(10)", "10")]),
        ("负数以括号表示", "paragraph", [amount("（10）", "10")]),
    ],
)
def test_what_governs_a_table_and_no_figure_took_is_told(text: str, kind: BlockKind, facts: list[Fact]) -> None:
    (line,) = told(text, facts, kind)
    assert line.startswith("page 2: a line tells ")
    assert text[:120] in line


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("All amounts are stated in Swiss francs", [amount(unit="CHF")]),
        ("All amounts are stated in dollars", [amount(unit="CAD")]),  # which share the word
        ("All amounts are stated in Swiss francs", [amount(), amount(unit="CHF/share")]),
        ("All amounts are stated in Swiss francs", [amount(unit="ratio")]),  # nothing that has a currency
        ("The bank lends in Swiss francs and in yen.", [amount()]),
        ("In 2024 amounts of USD 35 million were written off.", [amount()]),
        ("As at 31 December 2024", [amount()]),
        ("For the year ended 31 December 2024", [amount(period="2024-01-01/2024-12-31")]),
        ("As at 31 December 2024", [amount(period="2023-12-31"), amount()]),  # the column before is of the year before
        ("On 30 June 2023 the bank bought Elm Leasing, which lends to farmers in the north of the country.", [amount()]),
        ("As at 31 December 2023 and 31 December 2022", [amount()]),  # of two times none is the table's
        ("Figures in brackets are negative.", [amount("(10)", "-10")]),
        ("负数以括号表示", [amount("（10）", "-10")]),
        ("A negative outlook may raise costs without warning.", [amount()]),
    ],
)
def test_what_a_figure_took_and_what_governs_nothing_is_not_told(text: str, facts: list[Fact]) -> None:
    assert told(text, facts) == []


def test_a_line_far_above_a_table_is_not_its_period() -> None:
    rows = table([["", "2024"], ["Loans", "10"]])
    far = [Block("paragraph", "As at 31 December 2023"), *(Block("paragraph", f"Paragraph {word}") for word in "abc")]
    assert list(unread_governing_lines(document([*far, rows]), [amount()])) == []


def test_a_line_that_returns_is_told_once() -> None:
    line = Block("header", "Amounts in USD thousand")
    facts = [amount(page=page) for page in (2, 3)]
    assert len(list(unread_governing_lines(document([line], [line]), facts))) == 1


@pytest.mark.parametrize(
    ("below", "count"), [("<p>Losses are shown without a sign.</p>", 1), ("<p>Figures in brackets are negative.</p>", 0), ("", 0)]
)
def test_the_certificate_tells_it(below: str, count: int) -> None:
    rows = [["EUR million", "31 December 2024"], ["Loans", "7,412"], ["Result", "(65)"], ["Total assets", "8,950"]]
    losses = parse(html(rows, below=below), "r.html").certificate.losses
    assert len([line for line in losses if "a line tells" in line]) == count
