"""Credit memos in shapes that no statement of a filing has: short years over columns, names without a legal form, tables without a known
title, terms of Taiwan, a bank. Each is asked for a cause that its lines prove.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from finfoundry.ask.asker import Agent
from finfoundry.ask.given.given_papers import given_papers
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.usecases.chains.chain_rows import _NoSearch

FOLDER = Path(__file__).with_name("memo_shapes")


def ask(paper: str, question: str) -> Answer:
    papers = given_papers([parse(paper.encode(), "memo.md")], _NoSearch())
    return Agent(None, papers, papers).ask(ADMINISTRATOR, question)[0]


def written(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "question", "first", "last"),
    [
        ("months.md", "Why did Larkfield's gross margin fall in 2023?", ("Raw milk", "13210000", "15940000"), "gross_margin"),
        ("months.md", "What pushed Larkfield's gross margin down in 2023?", ("Raw milk", "13210000", "15940000"), "gross_margin"),
        ("overdraft.md", "Why did Tresco Moor's current ratio fall in 2024?", ("Overdraft", "330000", "1480000"), "current_ratio"),
        ("plain_name.md", "云杉溪民宿2023年净利润为什么下降？", ("房屋租金", "5200000", "9400000"), "net_income"),
        ("plain_name.md", "是什么拉低了云杉溪民宿2023年的净利润？", ("房屋租金", "5200000", "9400000"), "net_income"),
        ("bank.md", "Why did Cedar Fork's cost to income ratio rise in 2023?", ("Premises and systems", "12300000", "18900000"),
         "cost_to_income"),
    ],
)  # fmt: skip
def test_the_cause_is_found_in_a_memo_of_any_shape(name: str, question: str, first: tuple[str, str, str], last: str) -> None:
    chain = ask(written(name), question).chain
    assert (chain[0].metric, chain[0].first, chain[0].last) == first
    assert chain[-1].metric == last


def test_finance_expenses_below_operating_profit_are_interest() -> None:
    """財務費用 may hold more than interest where it stands above 營業淨利."""
    question = "鹿鳴五金行112年利息保障倍數為何下降？"
    chain = ask(written("traditional.md"), question).chain
    assert ("interest_expense", "3100000", "6400000") in [(step.metric, step.first, step.last) for step in chain]
    above = (
        written("traditional.md")
        .replace("| 財務費用 | 6,400 | 3,100 |\n", "")
        .replace("| 營業淨利", "| 財務費用 | 6,400 | 3,100 |\n| 營業淨利")
    )
    assert ask(above, question).chain == []


@pytest.mark.parametrize("heads", [("2023", "2022"), ("This year", "Last year"), ("31-Dec-23", "31-Dec-22"), ("FYE23", "FYE22")])
def test_columns_may_name_their_years_in_many_ways(heads: tuple[str, str]) -> None:
    paper = (
        written("months.md").replace("Dec-23", heads[0]).replace("Dec-22", heads[1]).replace("from the spring", "from the spring of 2023")
    )
    assert ask(paper, "Why did Larkfield's gross margin fall in 2023?").chain


@pytest.mark.parametrize(
    "title",
    ["# Memorandum\n\n**Borrower:** Larkfield Creameries", "# Larkfield", "# Review of the limits of Larkfield Creameries"],
)  # fmt: skip
def test_a_paper_says_whom_it_is_about_in_its_title_or_below(title: str) -> None:
    paper = written("months.md").replace("# Larkfield Creameries: credit paper", title)
    assert ask(paper, "Why did Larkfield's gross margin fall in 2023?").chain


def test_a_movement_whose_way_the_question_does_not_name_is_told_by_its_way() -> None:
    """More debt is worse, yet it did not decline."""
    answer = ask(written("overdraft.md"), "Why have Tresco Moor's total current liabilities gone up in 2024?")
    assert "rose to" in answer.text.split(".")[0]


def test_equity_that_no_line_prints_is_made_of_its_lines() -> None:
    """322 of the mean of 1,000 + 822 and 1,000 + 800."""
    assert "17.78%" in ask(written("plain_name.md"), "云杉溪民宿2023年的净资产收益率是多少？").text
