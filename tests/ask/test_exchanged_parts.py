"""A question that goes on from the one before, read as a whole question."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.context.question import Conversation
from finfoundry.ask.dialogue.exchanged_parts import completed
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.core.principal import ADMINISTRATOR

NAMES = EntityNames(
    [("Northwind Traders Inc", ("NWT",)), ("Alder Foods Inc", ()), ("云洲商业银行股份有限公司", ()), ("临溪港务股份有限公司", ())]
)
PROFIT, MARGIN = "云洲商业银行2024年的净利润是多少？", "What was Northwind Traders' gross margin in FY2021?"


@pytest.mark.parametrize(
    ("before", "question", "whole"),
    [
        (PROFIT, "2023年呢？", "云洲商业银行2023年的净利润是多少？"),
        (PROFIT, "那2023年呢", "云洲商业银行2023年的净利润是多少？"),
        (PROFIT, "2023年", "云洲商业银行2023年的净利润是多少？"),
        (PROFIT, "2022年和2023年呢？", "云洲商业银行2022年和2023年的净利润是多少？"),
        (PROFIT, "营业收入呢？", "云洲商业银行2024年的营业收入是多少？"),
        (PROFIT, "那临溪港务呢？", "临溪港务2024年的净利润是多少？"),
        (PROFIT, "临溪港务2023年呢？", "临溪港务2023年的净利润是多少？"),
        ("2024年的净利润是多少？", "云洲商业银行", "云洲商业银行2024年的净利润是多少？"),
        ("云洲商业银行2022年和2023年的净利润是多少？", "2024年呢？", "云洲商业银行2024年的净利润是多少？"),
        ("云洲商业银行的净利润是多少？", "2023年呢？", "2023年云洲商业银行的净利润是多少？"),
        (MARGIN, "And in FY2020?", "What was Northwind Traders' gross margin in FY2020?"),
        (MARGIN, "What about 2020?", "What was Northwind Traders' gross margin in 2020?"),
        (MARGIN, "How about net income?", "What was Northwind Traders' net income in FY2021?"),
        (MARGIN, "And Alder Foods?", "What was Alder Foods' gross margin in FY2021?"),
        ("What was the gross margin in FY2021?", "Alder Foods", "For Alder Foods, What was the gross margin in FY2021?"),
        (PROFIT, "上年呢？", "云洲商业银行2023年的净利润是多少？"),
        (PROFIT, "同比增长多少？", "云洲商业银行2024年净利润同比增长多少？"),
        (PROFIT, "和临溪港务相比呢？", "云洲商业银行和临溪港务2024年的净利润是多少？"),
        (MARGIN, "And the year before?", "What was Northwind Traders' gross margin in FY2020?"),
        (MARGIN, "What about its net income?", "What was Northwind Traders' net income in FY2021?"),
        (
            MARGIN,
            "How did it change from the prior year?",
            "How did Northwind Traders' gross margin in FY2021 change from the prior year?",
        ),
        (MARGIN, "Compare it with Alder Foods.", "What was Northwind Traders and Alder Foods' gross margin in FY2021?"),
        ("What was NWT's revenue in Q2 2021?", "And the same quarter a year ago?", "What was NWT's revenue in Q2 2020?"),
        ("What was NWT's revenue in 2021?", "How much of that was software?", "How much of NWT's revenue in 2021 was software?"),
        ("What was NWT's gross margin?", "And in 2019?", "In 2019, What was NWT's gross margin?"),
    ],
)
def test_what_is_left_out_comes_from_the_question_before(before: str, question: str, whole: str) -> None:
    assert completed(question, before, NAMES, vocabulary()) == whole


@pytest.mark.parametrize(
    "question",
    [
        "云洲商业银行2023年的营业收入是多少？",
        "2023年的净利润是多少？",
        "What were NWT's total assets in FY2020?",
        "And what was the current ratio in FY2019?",
        "为什么2023年净利润下降？",
        "Who audited the statements of 2023?",
        "2023年哪些风险增加了？",
        "Thanks!",
        "呢？",
    ],
)
def test_a_question_that_stands_by_itself_is_left_alone(question: str) -> None:
    assert completed(question, PROFIT, NAMES, vocabulary()) is None


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_two_texts(question: str, before: str) -> None:
    whole = completed(question, before, NAMES, vocabulary())
    assert whole is None or isinstance(whole, str)


def test_a_chain_of_follow_ups_and_what_is_told_of_it() -> None:
    store = MemoryStore()
    for entity, base in (("Northwind Traders Inc", 100), ("Alder Foods Inc", 500)):
        paper = document(entity[:3], entity, 2021)
        store.add(paper, "Assets", "Total assets", {2021: str(base + 21), 2020: str(base + 20)})
        store.add(paper, "Liabilities", "Total liabilities", {2021: str(base + 11), 2020: str(base + 10)})
    agent, conversation = Agent(None, store, MemorySearch()), Conversation()

    def ask(question: str) -> list[str]:
        answer, trace = agent.ask(ADMINISTRATOR, question, conversation=conversation)
        told = [step.content for step in trace.steps if step.kind == "follow-up"]
        assert bool(told) == any(question in warning or "Understood as" in warning for warning in answer.warnings)
        return [figure.value for figure in answer.figures]

    assert ask("What were Northwind Traders' total assets in FY2021?") == ["121000000"]
    assert ask("And in 2020?") == ["120000000"]
    assert ask("How about total liabilities?") == ["110000000"]
    assert ask("And Alder Foods?") == ["510000000"]
    assert ask("What were Alder Foods' total assets in FY2021?") == ["521000000"]
