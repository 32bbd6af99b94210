"""Parts of a figure as a table breaks it down: named, as a share, or the largest; and what must stay without an answer."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR

DEPOSITS = {
    "Corporate demand deposits": "3410",
    "Corporate time deposits": "4620",
    "Personal demand deposits": "1870",
    "Margin deposits": "1100",
}
LOANS = {"制造业": "2310", "批发和零售业": "1045", "房地产业": "1430", "个人住房贷款": "4015"}


def bank(language: str, mark: str | None = None) -> MemoryStore:
    """A bank whose deposits (or loans) stand in its balance sheet and, in another table, by part."""
    store = MemoryStore()
    english = language == "en"
    names = ("Carrow Bank plc", "Carrow Bank") if english else ("衡川银行股份有限公司", "衡川银行")
    paper = document("bank", names[0], 2024, names[1:], mark, language)
    label, parts, concept = ("Deposits from customers", DEPOSITS, "DepositsFromCustomers") if english else ("贷款总额", LOANS, None)
    total = str(sum(map(int, parts.values())))
    store.add(paper, concept, label, {2024: total}, table=0)
    store.add(paper, "Assets", "Total assets" if english else "资产总计", {2024: "26400"}, table=0)
    for name, amount in parts.items():
        store.add(paper, None, name, {2024: amount}, statement=None, table=1)
    store.add(paper, None, "Total" if english else "合计", {2024: total}, statement=None, table=1)
    store.held = [_placed(one) for one in store.held]
    return store


def _placed(one: StoredFact) -> StoredFact:
    return replace(one, fact=replace(one.fact, period="2024-12-31"))


def asked(question: str, mark: str | None = None) -> Answer:
    language = "zh" if re.search(r"[\u4e00-\u9fff]", question) else "en"
    return Agent(None, bank(language, mark), MemorySearch()).ask(ADMINISTRATOR, question)[0]


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("How much of Carrow Bank's deposits from customers was Corporate time deposits at the end of 2024?", "4620000000"),
        ("What did Carrow Bank report for Margin deposits within deposits from customers at the end of 2024?", "1100000000"),
        ("In Carrow Bank's customer deposits, what amount falls to Personal demand deposits at the end of 2024?", "1870000000"),
        ("What share of Carrow Bank's deposits from customers did Corporate demand deposits account for at the end of 2024?", "0.31"),
        ("What was the weight of Margin deposits within deposits from customers at Carrow Bank at the end of 2024?", "0.1"),
        ("衡川银行2024年末贷款总额中制造业是多少？", "2310000000"),
        ("2024年末衡川银行贷款总额构成中房地产业的金额是多少？", "1430000000"),
        ("计算衡川银行2024年末批发和零售业占贷款总额的比例。", "0.11875"),
    ],
)
def test_a_part_and_its_share(question: str, value: str) -> None:
    answer = asked(question)
    assert answer.status == "answered", answer.text
    assert [figure.value for figure in answer.figures if figure.value.startswith(value)], answer.text
    assert value.startswith("0.") or len(answer.figures) == 1, answer.text


@pytest.mark.parametrize(
    ("question", "name"),
    [
        (
            "Which type of deposit accounted for most of deposits from customers at Carrow Bank at the end of 2024?",
            "Corporate time deposits",
        ),
        ("衡川银行2024年末贷款总额中占比最大的是哪一项？", "个人住房贷款"),
        ("截至2024年末衡川银行贷款总额中金额最高的是哪一类？", "个人住房贷款"),
        ("Which type of deposit made up the largest part of Carrow Bank's deposits from customers in 2024?", "Corporate time deposits"),
    ],
)
def test_the_largest_part(question: str, name: str) -> None:
    answer = asked(question)
    assert answer.status == "answered", answer.text
    assert name in answer.text.split("。" if "。" in answer.text else ". ")[0]


@pytest.mark.parametrize(
    "question",
    [
        "How much of Carrow Bank's deposits from customers was Corporate time deposits at the end of 2024?",
        "Which type of deposit accounted for most of deposits from customers at Carrow Bank at the end of 2024?",
    ],
)
def test_a_part_of_a_marked_paper_is_told_with_its_mark(question: str) -> None:
    answer = asked(question, "low certificate")
    assert answer.status == "answered"
    assert [warning for warning in answer.warnings if "certificate" in warning] == ["bank.pdf: low certificate"]


@pytest.mark.parametrize(
    "question",
    [
        "How much of Carrow Bank's overseas deposits from customers was Corporate time deposits at the end of 2024?",
        "衡川银行2024年末贷款总额中采矿业是多少？",  # no row of the table
        "衡川银行2023年末贷款总额中制造业是多少？",
    ],
)
def test_what_the_table_does_not_show_is_not_answered(question: str) -> None:
    answer = asked(question)
    assert not any(figure.value.startswith(("420", "210")) for figure in answer.figures), answer.text


NOT_TOLD = [
    "What percentage of cost of revenue was Product in 2024 at Carrow Works?",
    "What percentage of deferred revenue was Product at Carrow Works in 2024?",
    "What was operating income as a percentage of Service revenue at Carrow Works in 2024?",
    "What percentage of operating income was Product revenue at Carrow Works in 2024?",
    "Did Product exceed 90 % of total revenue at Carrow Works in 2024?",
    "Which customer made up most of revenue at Carrow Works in 2024?",
    "Excluding Product, what was the largest part of revenue at Carrow Works in 2024?",
    "Which was the second largest part of revenue at Carrow Works in 2024?",
    "Which part of interest expense was the largest at Carrow Works in 2024?",
    "What share of rental income was Dividends at Carrow Works in 2024?",
    "What share of operating loss was Cloud at Carrow Works in 2024?",
]


def works() -> MemoryStore:
    """Lines of a maker's statement, and tables in which equal amounts and rows that happen to add up stand."""
    store = MemoryStore()
    paper = document("works", "Carrow Works plc", 2024, ("Carrow Works",))
    lines = {
        "Total revenue": "10050",
        "Cost of revenue": "6120",
        "Deferred revenue": "1130",
        "Operating income": "2010",
        "Interest expense": "12",
    }
    for name, amount in lines.items():
        store.add(paper, {"Total revenue": "Revenues"}.get(name), name, {2024: amount}, statement="income", table=0)
    tables = (
        {"Product": "8040", "Service": "2010", "Total": "10050"},
        {"Severance": "7", "Lease exit": "5", "Total": "12"},
        {"Interest": "12", "Dividends": "5", "Rental income": "17"},
        {"Cloud": "-30", "Devices": "50", "Operating loss": "20"},
    )
    for number, rows in enumerate(tables, 1):
        for name, amount in rows.items():
            store.add(paper, None, name, {2024: amount}, statement=None, table=number)
    return store


@pytest.mark.parametrize("question", NOT_TOLD)
def test_parts_of_another_line_or_asked_otherwise_are_not_told(question: str) -> None:
    answer = Agent(None, works(), MemorySearch()).ask(ADMINISTRATOR, question)[0]
    told = [figure.value for figure in answer.figures]
    assert not any(value.startswith(("0.8", "0.2", "0.3125", "0.583", "-1.5", "7000000")) for value in told), answer.text


def test_the_share_of_a_part_of_the_line_that_is_named() -> None:
    answer = Agent(None, works(), MemorySearch()).ask(ADMINISTRATOR, "What share of revenue was Product at Carrow Works in 2024?")[0]
    assert [figure.value for figure in answer.figures if figure.value == "0.8"], answer.text


def test_the_largest_is_of_the_table_that_is_parted_by_what_is_asked_for() -> None:
    store = bank("en")
    for name, amount in {"Branches": "6500", "Agents": "2500", "Online": "2000"}.items():
        store.add(store.papers[0], None, name, {2024: amount}, statement=None, table=2)
    store.add(store.papers[0], None, "Total", {2024: "11000"}, statement=None, table=2)
    store.held = [_placed(one) for one in store.held]
    store.titles = {("bank", 1): "Deposits from customers by kind of account", ("bank", 2): "Deposits from customers by channel"}
    agent = Agent(None, store, MemorySearch())
    for question, name in (
        ("Which channel brought the most to Carrow Bank's deposits from customers in 2024?", "Branches"),
        ("Which kind of account made up the largest part of Carrow Bank's deposits from customers in 2024?", "Corporate time deposits"),
    ):
        answer = agent.ask(ADMINISTRATOR, question)[0]
        assert name in answer.text.split(". ")[0], answer.text
