"""Questions of several parts, each part as a question of its own; what one sentence asks of one thing stays whole."""

from __future__ import annotations

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.ask.compose.answer_evidence import rebind
from finfoundry.ask.understand.question_text import in_full, parted
from finfoundry.core.answer import Answer, Language
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.runtime.audit import plain

PAPER = document("aldgate-2022", "Aldgate Cranes Ltd", 2022, ("ALDG",))


@pytest.mark.parametrize(
    ("question", "language", "parts"),
    [
        (
            "What was cash in 2024 and total B in 2023?", "en",
            ("What was cash in 2024?", "What was total B in 2023?"),
        ),
        ("What was A in 2024? And what was B?", "en", ("What was A in 2024?", "what was B in 2024?")),
        ("2024年A利润和2023年B资产是多少？", "zh", ("2024年的A利润是多少？", "2023年B资产是多少？")),
        ("2024年A利润是多少？B资产呢？", "zh", ("2024年A利润是多少？", "2024年B资产是多少？")),
        ("112年前三季A利润是多少？B资产呢？", "zh", ("112年前三季A利润是多少？", "112年前三季B资产是多少？")),
        ("2024年A厂的利润是多少？比亚迪的资产呢？", "zh", ("2024年A厂的利润是多少？", "2024年比亚迪的资产是多少？")),
        ("2024年A利润是多少？比上年增加了多少？", "zh", ("2024年A利润是多少？", "2024年A利润比上年增加了多少？")),  # of what is before it
        (
            "What was A in the third quarter of 2023? And what was B?", "en",
            ("What was A in the third quarter of 2023?", "what was B in the third quarter of 2023?"),
        ),
    ],
)  # fmt: skip
def test_parts_with_sentences_or_years_of_their_own(question: str, language: Language, parts: tuple[str, ...]) -> None:
    assert tuple(part.question for part in parted(question, language, sure=True)) == parts


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("What was A in 2024 and in 2023?", "en"),
        ("What was A in 2024 and 2023?", "en"),
        ("What was research and development in 2024?", "en"),
        ("What is the difference between A in 2024 and B in 2023?", "en"),
        ("What was A in 2024? Give the answer in millions.", "en"),
        ("Why did cash fall in 2024 and total debt rise in 2023?", "en"),
        ("2024年和2023年的A是多少？", "zh"),
        ("2024年A比2023年的B高多少？", "zh"),
    ],
)
def test_what_is_asked_as_one_stays_one(question: str, language: Language) -> None:
    assert parted(question, language, sure=True) == ()


@pytest.mark.parametrize(
    ("question", "language"), [("Why did cash fall and its debt rise in 2024?", "en"), ("为什么现金减少，净利润增长了多少？", "zh")]
)
def test_a_question_for_reasons_is_not_cut_into_amounts(question: str, language: Language) -> None:
    assert parted(question, language, sure=False) == ()


def ask(question: str) -> tuple[Answer, object]:
    store = MemoryStore()
    statements(store, PAPER, (2020, 2021, 2022))
    answer, trace = Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)
    return answer, next(plain(step.content) for step in reversed(trace.steps) if step.kind == "binding")


def test_each_value_of_its_own_year() -> None:
    answer, _ = ask("What was Aldgate's revenue in 2022 and gross profit in 2021?")
    assert "revenue was" in answer.text
    assert "FY2022" in answer.text.partition("gross profit")[0]
    assert "FY2021" in answer.text.partition("gross profit")[2]
    assert len(answer.figures) == 2


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("What was Aldgate's revenue in 2022, and why did it change?", "why did it change"),
        ("What were Aldgate's revenue and the number of leased aircraft in 2022?", "the number of leased aircraft"),
    ],
)
def test_what_no_document_holds_is_named_next_to_what_one_holds(question: str, left: str) -> None:
    answer, sealed = ask(question)
    assert answer.status == "answered"
    assert left in answer.text.partition("Not answered:")[2]
    assert rebind(sealed)["text"] == answer.text


@pytest.mark.parametrize(
    "question", ["What was Aldgate's gross profit divided by revenue in 2022?", "What is Aldgate's gross profit / revenue for 2022?"]
)
def test_one_divided_by_another_is_a_rule(question: str) -> None:
    assert any(figure.source == "calculation" for figure in ask(question)[0].figures)


def test_a_comparison_of_two_years_names_two_years() -> None:
    assert in_full("Was revenue in 2021 higher than 18?") == "Was revenue in 2021 higher than 2018?"


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("112年营收年增几%？", "112年营收同比增长几%？"),
        ("获利比去年成长多少？", "获利比去年增长多少？"),
        ("2023年增幅是多少？", "2023年增幅是多少？"),  # 年 is the year's
        ("第三季增了多少？", "第三季增了多少？"),
        ("某某成长混合基金的规模多大？", "某某成长混合基金的规模多大？"),  # a name
    ],
)
def test_what_taiwan_says_of_growth_is_said_as_on_the_mainland(question: str, meant: str) -> None:
    assert in_full(question) == meant
