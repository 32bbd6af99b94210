"""Totals that a statement does not print: made of its lines where its own sums prove that none is missing, else of none."""

from __future__ import annotations

import pytest

from finfoundry.ask.asker import Agent
from finfoundry.ask.given.given_papers import given_papers
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.usecases.chains.chain_rows import _NoSearch

SHEET = """# Harrow Lane Foundry Ltd

Balance sheet as at 31 December (GBP thousand)

| GBP thousand | 2022 | 2023 |
|---|---:|---:|
| Foundry buildings and machinery | 900 | 880 |
| Pattern stock | 200 | 220 |
| Accounts receivable | 300 | 310 |
| Cash and bank | 100 | 90 |
| Total assets | 1,500 | 1,500 |
| Accounts payable | 150 | 160 |
| Current part of loans | 50 | 140 |
| Loans from two banks | 600 | 500 |
| Share capital | 200 | 200 |
| Retained earnings | 500 | 500 |
| Total equity and liabilities | 1,500 | 1,500 |
"""
FLOWS = """# Orrin Bay Oysters Ltd

Cash flow statement, year to 30 June (AUD thousand)

| AUD thousand | 2023 | 2024 |
|---|---:|---:|
| Cash generated from operations | 3,000 | 3,200 |
| Income tax paid | (90) | (90) |
| Net cash from operating activities | 2,910 | 3,110 |
| Purchase of vessels and hatchery plant | (1,260) | (5,430) |
| Purchase of shares in a joint venture | (100) | (100) |
| Net cash used in investing activities | (1,360) | (5,530) |
| New bank loans | - | 3,000 |
| Net increase in cash | 1,550 | 580 |
"""


def ask(paper: str, question: str) -> Answer:
    papers = given_papers([parse(paper.encode(), "memo.md")], _NoSearch())
    return Agent(None, papers, papers).ask(ADMINISTRATOR, question)[0]


def steps(answer: Answer) -> list[tuple[str, str, str]]:
    return [(step.metric, step.first, step.last) for step in answer.chain]


def test_debt_is_the_loans_of_a_sheet_that_prints_none_and_its_cause_a_line() -> None:
    answer = ask(
        SHEET.replace("600 | 500 |", "600 | 300 |").replace("500 | 500 |", "500 | 700 |"), "Why did Harrow Lane's net debt fall in 2023?"
    )
    assert steps(answer) == [
        ("Loans from two banks", "600000", "300000"),
        ("total_debt", "650000", "440000"),
        ("net_debt", "550000", "350000"),
    ]


def test_a_current_part_says_that_the_rest_of_the_loans_is_due_later() -> None:
    answer = ask(SHEET, "Why did Harrow Lane's quick ratio fall in 2023?")
    assert steps(answer)[:2] == [("Current part of loans", "50000", "140000"), ("total_current_liabilities", "200000", "300000")]
    assert answer.chain[-1].metric == "quick_ratio"
    assert all(step.citations for step in answer.chain)


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("| Current part of loans | 50 | 140 |", "| Bank loans | 50 | 140 |"),  # nobody says when
        ("| Accounts payable | 150 | 160 |\n", ""),  # the sums no longer come out
        ("| Current part of loans | 50 | 140 |", "| Deferred income | 50 | 140 |"),
    ],
)
def test_what_nobody_can_say_is_no_total(line: str, instead: str) -> None:
    assert not ask(SHEET.replace(line, instead), "Why did Harrow Lane's quick ratio fall in 2023?").chain


def test_what_was_spent_on_plant_is_no_share_and_a_year_may_end_in_june() -> None:
    answer = ask(FLOWS, "Why did Orrin Bay's free cash flow turn negative in 2024?")
    assert steps(answer) == [("capital_expenditure", "1260000", "5430000"), ("free_cash_flow", "1650000", "-2320000")]


@pytest.mark.parametrize(
    "line", ["Acquisitions, net of cash acquired", "Investments in unconsolidated affiliates", "Payments for acquisitions"]
)
def test_companies_that_were_bought_are_no_plant(line: str) -> None:
    """They would be told as part of what was spent on plant, and free cash flow be wrong by them."""
    answer = ask(FLOWS.replace("Purchase of shares in a joint venture", line), "Why did Orrin Bay's free cash flow turn negative in 2024?")
    assert steps(answer)[0] == ("capital_expenditure", "1260000", "5430000")


def test_stocks_are_taken_off_current_assets_that_are_made_of_lines() -> None:
    """Current assets print no total; of them and of inventory one fact is a part."""
    sheet = SHEET.replace("Pattern stock", "Inventories")
    answer = ask(sheet, "Why did Harrow Lane's quick ratio fall in 2023?")
    assert steps(answer)[-1][0] == "quick_ratio"
