"""A part of a year, or a month's end, without its year is of the latest that a company reports on; 年中 is a time, and no name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.lexicon.unsaid_year import in_latest_year
from finfoundry.core.answer import Answer
from finfoundry.core.periods import CALENDAR_YEAR
from finfoundry.core.principal import ADMINISTRATOR

JUNE = date(2025, 6, 30)


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("衡川农商行上半年的营业收入", "衡川农商行2025年上半年的营业收入"),
        ("衡川农商行下半年的营业收入", "衡川农商行2024年下半年的营业收入"),
        ("6月末的贷款总额", "2025年6月末的贷款总额"),
        ("9月底的贷款总额", "2024年9月底的贷款总额"),
        ("请问年中衡川的资本充足率", "请问2025年年中衡川的资本充足率"),
        ("What was its CET1 ratio in Q2?", "What was its CET1 ratio in Q2 FY2025?"),
        ("What was its CET1 ratio at the end of June?", "What was its CET1 ratio at the end of June 2025?"),
        ("去年上半年的营业收入", None),
        ("一季度和二季度的营业收入", None),
        ("2019年中国平安的营业收入", None),
        ("一年中哪个月最高", None),
        ("What is due within three months?", None),
        ("revenue for the same quarter", None),
    ],
)
def test_the_year_is_that_of_the_latest_part_reported_on(question: str, read: str | None) -> None:
    assert in_latest_year(question, CALENDAR_YEAR, JUNE) == read


def asked(question: str) -> Answer:
    """Of a bank whose paper is on the first half of 2025, with the half before it."""
    store = MemoryStore()
    paper = document("half", "衡川农村商业银行股份有限公司", 2025, ("衡川农商行",), language="zh")
    paper = replace(paper, period="2025-01-01/2025-06-30")
    store.add(paper, "Revenues", "营业收入", {2024: "1994", 2025: "1991"}, statement="income", table=0)
    store.add(paper, "CapitalAdequacyRatio", "资本充足率", {2025: "13.26"}, unit="ratio", table=1, scale=1)
    store.add(paper, "CapitalAdequacyRatio", "资本充足率", {2025: "13.12"}, unit="ratio", table=1, scale=1)
    store.held[-1] = replace(store.held[-1], fact=replace(store.held[-1].fact, scope="parent"))
    for at, one in enumerate(store.held):
        fact = replace(one.fact, period=one.fact.period.replace("12-31", "06-30"))
        percent = fact.unit == "ratio"
        store.held[at] = replace(one, fact=replace(fact, value=fact.value / 100, scale=fact.scale / 100) if percent else fact)
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)[0]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("年中衡川农商行的资本充足率是多少", "13.26%"),
        ("年中衡川农商行母行口径的资本充足率是多少", "13.12%"),
        ("衡川农商行上半年营业收入同比增了还是减了，减多少", "0.15%"),
    ],
)
def test_what_is_answered_says_how_the_question_was_read(question: str, said: str) -> None:
    answer = asked(question)
    assert (answer.status, said in answer.text) == ("answered", True), (answer.text, answer.reason)
    assert any("2025年" in one for one in answer.warnings)


def test_of_a_direction_that_is_told_nothing_is_left_out() -> None:
    text = asked("衡川农商行上半年营业收入同比增了还是减了").text
    assert "下降" in text
    assert "未回答" not in text
