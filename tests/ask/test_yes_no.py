"""Judgements, in words and with bound figures: by a norm, of two metrics, of a rate over years; and what a statement does not list."""

from __future__ import annotations

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR

PAPER = document("northwind-2020", "Northwind Traders Inc", 2020, ("Northwind",))
ZH = document("beifeng-2020", "北风股份有限公司", 2020, ("北风股份",), language="zh")
BALANCE = {
    "AssetsCurrent": "900", "InventoryNet": "200", "LiabilitiesCurrent": "800", "CashAndCashEquivalents": "300", "Assets": "2000",
    "Liabilities": "1500", "StockholdersEquity": "500", "AccountsPayableCurrent": "100",
}  # fmt: skip
INCOME = {
    "Revenues": {2018: "1000", 2019: "1000", 2020: "1000"}, "GrossProfit": {2018: "400", 2019: "410", 2020: "440"},
    "CostOfRevenue": {2020: "560"}, "OperatingIncomeLoss": {2020: "90"}, "NetIncomeLoss": {2020: "95"}, "ProfitLoss": {2020: "95"},
    "IncomeTaxExpenseBenefit": {2020: "5"}, "IncomeLossBeforeIncomeTaxes": {2020: "100"},
}  # fmt: skip


@pytest.fixture(params=[PAPER, ZH], ids=["en", "zh"])
def store(request: pytest.FixtureRequest) -> MemoryStore:
    found = MemoryStore()
    for concept, value in BALANCE.items():
        found.add(request.param, concept, concept, {2020: value}, table=0)
    for concept, values in INCOME.items():
        found.add(request.param, concept, concept, values, statement="income", table=1)
    return found


def ask(store: MemoryStore, question: str, zh: str) -> Answer:
    chinese = store.papers[0] is ZH
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, zh if chinese else question)[0]


@pytest.mark.parametrize(
    ("question", "zh", "said"),
    [
        (
            "Was Northwind's quick ratio adequate in FY2020?",
            "北风股份2020年的速动比率是否稳健？",
            ("No.", "less than one, the level", "否", "低于通常视为稳健的水平"),
        ),
        (
            "Does Northwind have a sound current ratio in FY2020?",
            "北风股份2020年的流动比率是否健康？",
            ("Yes.", "no less than one, the level", "是", "达到通常视为稳健的水平"),
        ),
        (
            "Was Northwind's operating income higher than its net income in FY2020?",
            "北风股份2020年的营业利润是否高于净利润？",
            ("No.", "less than its net income", "否", "低于"),
        ),
    ],
)
def test_a_judgement_is_told_with_its_figures(store: MemoryStore, question: str, zh: str, said: tuple[str, str, str, str]) -> None:
    answer = ask(store, question, zh)
    assert answer.status == "answered", answer.reason
    verdict, told = said[2:] if store.papers[0] is ZH else said[:2]
    assert answer.text.startswith(verdict), answer.text
    assert told in answer.text
    assert answer.citations


def test_an_amount_is_never_shown_as_a_rate(store: MemoryStore) -> None:
    """Asked for in percent, and no quotient: nothing is answered."""
    answer = ask(store, "What was Northwind's revenue in FY2020, in percent?", "北风股份2020年的营业收入是百分之几？")
    assert "%" not in answer.text


@pytest.mark.parametrize(
    ("question", "zh", "start"),
    [
        ("Is Northwind's gross margin greater than 40% in FY2020?", "北风股份2020年的毛利率是否高于40%？", ("Yes.", "是。")),
        ("Is Northwind's current ratio higher than 1.5 in FY2020?", "北风股份2020年的流动比率是否高于1.5？", ("No.", "否。")),
        ("Was Northwind's current ratio below 1 in FY2020?", "北风股份2020年的流动比率是否小于1？", ("No.", "否。")),
        ("Did Northwind's revenue exceed $2 billion in FY2020?", "北风股份2020年的营业收入是否超过20亿美元？", ("No.", "否。")),
    ],
)
def test_a_metric_is_compared_with_a_number_of_the_question(store: MemoryStore, question: str, zh: str, start: tuple[str, str]) -> None:
    answer = ask(store, question, zh)
    assert answer.status == "answered", answer.reason
    assert answer.text.startswith(start)


def test_by_how_much_something_moved_is_no_comparison_of_its_amount(store: MemoryStore) -> None:
    assert (
        ask(store, "Did Northwind's revenue fall by more than 5% in FY2020?", "北风股份2020年的营业收入下降是否超过5%？").status
        == "no_evidence"
    )
