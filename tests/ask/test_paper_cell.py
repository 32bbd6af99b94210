"""Cells of a paper's tables by the words of their row and column, whoever's paper it is, and what must stay without an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.knowledge.search.passages import Hit
from finfoundry.knowledge.storage.chunks import chunk
from finfoundry.knowledge.storage.fact_query import StoredFact

POLICY = """# Lending policy of the quay

Effective 1 July 2025.

## Collateral

Valuations of a ship are made by a panel valuer.

| Collateral | Maximum LTV | Maximum tenor (years) |
|---|---|---|
| Warehouse | 75% | 20 |
| Ship, new | 60% | 12 |

## Guarantees

Guarantees of a foreign parent are renewed every 18 months, and cover at least a half of what is owed by the borrower, with interest and
costs, until all of it is paid back; the parent sends its statements within 60 days of the end of its year, in English, and as audited.
"""
RULES = """# 差旅报销办法

自2025年5月1日起施行。

## 住宿

单位：元

| 职级 | 一类城市 | 其他地区 |
|---|---|---|
| 行领导 | 1,200 | 700 |
| 其他员工 | 550 | 350 |

一类城市指北京、上海。
"""


TARIFF = """# Tariff of fees

Effective 1 July 2025.

## Cards

| Service | Retail | Corporate |
|---|---|---|
| Card replacement | 10 EUR | not offered |
| Gold card replacement | free of charge | free of charge |
| Card issue | 25 EUR | 40 EUR |
"""
CHARGES = """# 个人业务收费标准

自2025年5月1日起施行。

## 转账

单位：元

| 项目 | 每笔 |
|---|---|
| 转账手续费 | 5 |
| 跨行转账手续费 | 免收 |
| 单笔转账限额 | 50,000 |
"""


def asked(question: str, *papers: str) -> Answer:
    store, search = MemoryStore(), MemorySearch()
    for number, text in enumerate(papers):
        parsed = parse(text.encode(), "paper.md")
        language = parsed.document.profile.language
        paper = replace(document(f"p{number}", "", 2025, language=language), entity=None, kind=None, fiscal_year=None, period=None)
        store.papers.append(paper)
        store.held += [StoredFact(f"{paper.id}/{at}", fact, paper.id, paper.name, None) for at, fact in enumerate(parsed.facts)]
        for one in chunk(parsed.document):
            hit = Hit(f"{paper.id}/{one.ordinal}", paper.id, paper.name, 1, 1.0, one.text, one.section, None, one.locator, one.kind, None)
            search.hits.append(hit)
    return Agent(None, store, search).ask(ADMINISTRATOR, question)[0]


@pytest.mark.parametrize(
    ("question", "paper", "text"),
    [
        ("What is the maximum LTV for a warehouse?", POLICY, "Warehouse, Maximum LTV: 75% [1]."),
        (
            "What are the maximum LTV and the tenor of a new ship?",
            POLICY,
            "Ship, new, Maximum LTV: 60% [1]. Ship, new, Maximum tenor (years): 12 years [2].",
        ),
        ("转账手续费是多少？", CHARGES, "转账手续费，每笔：5元[1]。"),
        ("其他员工去上海住宿一类城市是多少？", RULES, "其他员工，一类城市：550元[1]。"),
        ("行领导住宿是多少？", RULES, "行领导，一类城市：1,200元[1]。行领导，其他地区：700元[2]。"),
    ],
)
def test_the_cells_that_are_named_are_told_under_their_row_and_column(question: str, paper: str, text: str) -> None:
    answer = asked(question, paper)
    assert (answer.status, text in answer.text) == ("answered", True), (answer.text, answer.reason)
    assert all((one.locator or {}).get("cell") for one in answer.citations)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What is the fee for a card replacement?", "Card replacement, Retail: €10 [1]. Card replacement, Corporate: “not offered”."),
        ("What is the retail fee for a card replacement?", "Card replacement, Retail: €10 [1]."),
    ],
)
def test_a_row_is_told_with_what_stands_in_words_in_its_other_columns(question: str, text: str) -> None:
    assert asked(question, TARIFF).text == text


def test_a_character_right_before_the_name_of_a_row_makes_it_another() -> None:
    assert asked("外转账手续费是多少？", CHARGES).status != "answered"


@pytest.mark.parametrize(
    "question",
    [
        "What is the maximum LTV for a foreign warehouse?",  # it stands in another section
        "What is the highest tenor of a warehouse?",
        "What was the maximum LTV for a warehouse in 2019?",
        "Why is the maximum LTV for a warehouse 75%?",
        "What is the maximum LTV for a car?",
        "Is the maximum LTV for a warehouse above 80%?",
    ],
)
def test_a_word_that_the_table_does_not_explain_leaves_the_question_unanswered(question: str) -> None:
    assert "75%" not in asked(question, POLICY).text
    assert "20" not in asked(question, POLICY).text


def test_of_two_papers_with_such_a_row_none_is_taken() -> None:
    answer = asked("What is the maximum LTV for a warehouse?", POLICY, POLICY.replace("75%", "70%"))
    assert "75%" not in answer.text
    assert "70%" not in answer.text


@pytest.mark.parametrize(
    ("question", "paper"),
    [
        ("What is the fee for a gold card replacement?", TARIFF),  # free of charge: no fact
        ("What is the corporate fee for card replacement?", TARIFF),  # not offered
        ("跨行转账手续费是多少？", CHARGES),
        ("境外单笔转账限额是多少？", CHARGES),
        ("企业单笔转账限额是多少？", CHARGES),
        ("单笔转账限额下限是多少？", CHARGES),
    ],
)
def test_a_row_or_a_column_in_words_is_not_answered_by_the_figure_beside_it(question: str, paper: str) -> None:
    assert asked(question, paper).status != "answered"


@pytest.mark.parametrize("sentence", ["Retail customers are not granted loans on a warehouse.", "Retail customers apply in person."])
def test_a_sentence_that_denies_or_speaks_of_something_else_explains_no_word(sentence: str) -> None:
    paper = POLICY.replace("Valuations of a ship", f"{sentence} Valuations of a ship")
    assert "75%" not in asked("What is the maximum LTV of a warehouse for a retail customer?", paper).text


FEES = """# Questions on our accounts

Effective 1 July 2025.

## Basic account

### What is the monthly fee?

The monthly fee is 4 EUR, and it is charged on the last day of each month.

## Premium account

### What is the monthly fee?

The monthly fee is 15 EUR, and it is charged on the first day of each month.
"""


def test_a_question_that_a_paper_answers_of_two_things_is_not_answered_of_one() -> None:
    text = asked("What is the monthly fee?", FEES).text
    assert ("4 EUR" in text) == ("15 EUR" in text)
