"""Questions that set companies side by side."""

from __future__ import annotations

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR

NORTHWIND = document("northwind-2020", "Northwind Traders Inc", 2020, ("Northwind",))
QUILLON = document("quillon-2020", "Quillon Corp", 2020, ("Quillon",))
HAIDONG = document("haidong-2020", "海东生物股份有限公司", 2020, ("海东生物",), language="zh")
NANHAI = document("nanhai-2020", "南海药业股份有限公司", 2020, ("南海药业",), language="zh")


@pytest.fixture
def store() -> MemoryStore:
    """Northwind: revenue 500 (400 before), income 50. Quillon: revenue 300 (200 before), income 60; in Chinese alike."""
    made = MemoryStore()
    for paper, label, profit, unit in (
        (NORTHWIND, "Total revenue", "Net income", "USD"),
        (QUILLON, "Total revenue", "Net income", "USD"),
        (HAIDONG, "营业收入", "净利润", "CNY"),
        (NANHAI, "营业收入", "净利润", "CNY"),
    ):
        large = paper in (NORTHWIND, HAIDONG)
        revenue = {2020: "500", 2019: "400"} if large else {2020: "300", 2019: "200"}
        made.add(paper, "Revenues", label, revenue, statement="income", unit=unit)
        made.add(paper, "ProfitLoss", profit, {2020: "50" if large else "60"}, statement="income", unit=unit)
    return made


def ask(store: MemoryStore, question: str) -> Answer:
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)[0]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Which company had higher revenue in FY2020, Northwind or Quillon?", "Northwind Traders had the higher revenue."),
        ("Did Northwind or Quillon have a higher net income in FY2020?", "Quillon had the higher net income."),
        ("Did Northwind or Quillon have the lower net margin in FY2020?", "Northwind Traders had the lower net margin."),
        ("Was Northwind's net income higher than Quillon's in FY2020?", "No. Quillon had the higher net income."),
        ("Which grew revenue faster in FY2020, Northwind or Quillon?", "Quillon had the higher revenue growth."),
        ("海东生物和南海药业2020年净利润哪家更高？", "南海药业的净利润较高。"),
        ("海东生物2020年营业收入是否高于南海药业？", "是。海东生物的营业收入较高。"),
        ("海东生物2020年净利润比南海药业高吗？", "否。南海药业的净利润较高。"),
    ],
)
def test_whose_is_the_higher(store: MemoryStore, question: str, said: str) -> None:
    answer = ask(store, question)
    assert answer.status == "answered"
    assert answer.text.startswith(said)
    assert len({citation.document.id for citation in answer.citations}) == 2


@pytest.mark.parametrize(
    "question",
    ["Compare Northwind's and Quillon's revenue in FY2020.", "What were the revenues of Northwind and Quillon in FY2020?"],
)
def test_each_companys_figure_is_told(store: MemoryStore, question: str) -> None:
    answer = ask(store, question)
    assert "Northwind Traders' revenue" in answer.text
    assert "$500 million" in answer.text
    assert "$300 million" in answer.text
    assert "had the" not in answer.text


def test_companies_are_told_in_the_order_asked_for(store: MemoryStore) -> None:
    answer = ask(store, "南海药业和海东生物2020年营业收入从高到低排序")
    assert answer.text.index("海东生物") < answer.text.index("南海药业")
    answer = ask(store, "海东生物和南海药业2020年营业收入按从低到高的顺序排列")
    assert answer.text.index("南海药业") < answer.text.index("海东生物")


def test_a_group_and_its_parent_are_told_apart(store: MemoryStore) -> None:
    store.add(HAIDONG, "Revenues", "营业收入", {2020: "70"}, statement="income", unit="CNY", scope="parent", table=5)
    answer = ask(store, "海东生物2020年合并口径和母公司口径的营业收入分别是多少？")
    assert answer.text.startswith("海东生物2020年的营业收入为")
    assert "海东生物（母公司）2020年的营业收入为" in answer.text


def test_a_company_without_the_figure_is_named(store: MemoryStore) -> None:
    answer = ask(store, "Which company had higher revenue in FY2015, Northwind or Quillon?")
    assert answer.status == "no_evidence"
    assert "Northwind" in answer.text


def test_a_company_without_the_figure_is_left_out_where_the_question_says_so(store: MemoryStore) -> None:
    store.papers.append(document("alder-2020", "Alder Foods Inc", 2020, ("Alder",)))
    answer = ask(
        store,
        "Which of the companies had the lowest revenue in FY2020: 'Northwind Traders Inc', 'Quillon Corp', 'Alder Foods Inc', 'Contoso'? "
        "If data for a company is not available, exclude it from the comparison.",
    )
    assert answer.text.startswith("Quillon had the lower revenue.")


def test_amounts_in_two_currencies_are_told_without_a_verdict(store: MemoryStore) -> None:
    answer = ask(store, "Which had the higher revenue in FY2020, Northwind or 海东生物?")
    assert "had the" not in answer.text
    assert "较高" not in answer.text
    assert any("different currencies" in warning for warning in answer.warnings)


def test_reasons_are_not_answered_by_figures(store: MemoryStore) -> None:
    assert ask(store, "Why was Northwind's revenue higher than Quillon's in FY2020?").status == "no_evidence"
