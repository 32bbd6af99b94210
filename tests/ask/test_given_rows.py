"""Rows of a table that comes with its question, by their labels and columns, and what is made of several of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from finfoundry.ask.asker import Agent
from finfoundry.ask.compute import given_rows
from finfoundry.ask.given.given_papers import given_papers
from finfoundry.ask.lexicon.ports import SearchQuery
from finfoundry.ask.lexicon.vocabulary import distinct_words
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ingest.parse_file import parse

COSTS = """
Costs of the harbour (in thousands of dollars)

| | 2024 | 2023 | $ Difference | % Difference |
|---|---|---|---|---|
| Dredging | 5,210 | 4,870 | 340 | 7.0% |
| Pilots | 1,340 | 1,615 | (275) | (17.0)% |
| Fair value of swaps (non-current (liabilities)/assets) | 494 | 663 | (169) | (25.5)% |
| Fair value of options | 12 | 13 | (1) | (7.7)% |
"""
LOSSES = """
Losses carried forward (in thousands of dollars)

| | At the end of 2024 |
|---|---|
| Tax losses: | |
| Domestic | 2,039 |
| Foreign | 1,000 |
| Tax credits: | |
| Domestic | 30 |
| Foreign | 10 |
"""


class NoMeaning:
    """A search without an encoder."""

    def likeness(self, question: str, texts: Sequence[str]) -> Sequence[float]:  # noqa: ARG002
        return []


def ask(question: str, paper: str) -> Answer:
    """What is answered over one paper, without a model."""
    parsed = [parse(paper.encode(), "harbour.md")]
    return Agent(None, given_papers(parsed, NoMeaning()), NoMeaning()).over(parsed).ask(ADMINISTRATOR, question)[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "paper", "value"),
    [
        ("What was the sum of Dredging and Pilots in 2024?", COSTS, "6550000"),
        ("What is the average of Dredging and Pilots in 2023?", COSTS, "3242500"),
        ("What was the sum of all tax losses?", LOSSES, "3039000"),
        ("What is the average of tax credits?", LOSSES, "20000"),
        ("What was the fair value of swaps in 2024?", COSTS, "494000"),
        ("What is the average Dredging for 2023 and 2024?", COSTS, "5040000"),
        ("What is the change rate of Dredging in 2024?", COSTS, "0.0698"),
        ("What is the change (%) for Dredging between 2023 and 2024?", COSTS, "0.0698"),
    ],
)
def test_rows_are_found_and_joined(question: str, paper: str, value: str) -> None:
    answer = ask(question, paper)
    assert answer.status == "answered", answer.text
    assert any(figure.value.startswith(value) for figure in answer.figures), answer.text


def test_rows_of_a_heading_are_told_by_its_name() -> None:
    assert "average Tax credits were $20" in ask("What is the average of tax credits?", LOSSES).text


@pytest.mark.parametrize(
    "question",
    [
        "What were the average Dredging and Pilots in 2024, respectively?",
        "What was the sum of Dredging and lighthouses in 2024?",
        "What was the fair value in 2024?",
    ],
)
def test_rows_that_are_not_clear_are_not_joined(question: str) -> None:
    assert not [figure for figure in ask(question, COSTS).figures if figure.source == "calculation"]


def long_report(rows: int) -> str:
    """A Chinese report of a company whose name is long, with as many rows of one year."""
    lines = "\n".join(f"| 第{number}营业网点存款 | {1000 + number} |" for number in range(rows))
    title = "# 江海永昌农村商业银行股份有限公司2024年年度报告"
    return f"{title}\n\n单位：千元\n\n| | 2024年 |\n|---|---|\n{lines}\n| 资产总计 | 9,000 |\n| 负债合计 | 8,100 |\n"


def test_a_question_cuts_the_rows_of_a_paper_into_words_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not once more for each blank that the company's name leaves in a question of which two rows might be asked."""
    cut: list[str] = []

    def counted(text: str) -> frozenset[str]:
        cut.append(text)
        return distinct_words(text)

    monkeypatch.setattr(given_rows, "distinct_words", counted)
    rows = 60
    ask("江海永昌农村商业银行股份有限公司2024年末负债合计占资产总计的比例是多少？", long_report(rows))
    labels = Counter(text for text in cut if "营业网点存款" in text)
    assert len(labels) >= rows
    assert max(labels.values()) <= 3  # its label, that without what stands behind it, its path


def test_passages_are_not_cut_into_terms_for_a_figure_of_a_table() -> None:
    papers = given_papers([parse(COSTS.encode(), "harbour.md")], NoMeaning())  # type: ignore[arg-type]
    answer, _ = Agent(None, papers, papers).ask(ADMINISTRATOR, "What was the sum of Dredging and Pilots in 2024?")
    assert answer.status == "answered"
    assert "words" not in vars(papers.papers[0])
    assert papers.search(ADMINISTRATOR, SearchQuery("dredging"))[0].score > 0
