"""Chains of causes: what moved a figure, link by link, told from the facts; shown whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.chains import told_chain
from finfoundry.ask.chains.causes import definitions
from finfoundry.ask.compose import sentences
from finfoundry.ask.lexicon.formula import names_in
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.core.answer import Answer, ChainStep
from finfoundry.core.formulas import formulas
from finfoundry.core.principal import ADMINISTRATOR

LINES = {
    "Revenues": ("Revenue", "500", "480"), "CostOfRevenue": ("Cost of goods sold", "300", "292"),
    "GrossProfit": ("Gross profit", "200", "188"), "OperatingIncomeLoss": ("Operating income", "130", "117"),
    "InterestExpense": ("Interest expense", "10", "20"),
}  # fmt: skip
BALANCE = {"AssetsCurrent": ("Total current assets", "300", "280"), "LiabilitiesCurrent": ("Total current liabilities", "200", "260")}


def ask(question: str, without: str = "", instead: Mapping[str, str] | None = None) -> Answer:
    """Over a paper of two years; ``without`` a line, or with another value of a line in the later year."""
    paper = document("nw-2020", "Northwind Holdings, Inc.", 2020, ("NWT",))
    store = MemoryStore()
    for table, (statement, lines) in enumerate((("income", LINES), ("balance", BALANCE)), 1):
        for concept, (label, first, last) in lines.items():
            if concept != without:
                values = {2019: first, 2020: (instead or {}).get(concept, last)}
                store.add(paper, concept, label, values, statement=statement, table=table)
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)[0]


def test_each_link_is_a_movement_that_leads_to_the_next_and_cites_its_cells() -> None:
    answer = ask("Why did NWT's gross margin fall in FY2020?")
    assert [(step.metric, step.moved) for step in answer.chain] == [("revenue", "down"), ("cost_ratio", "up"), ("gross_margin", "down")]
    markers = {citation.marker for citation in answer.citations}
    assert all(step.citations and set(step.citations) <= markers for step in answer.chain)
    assert [step.follows for step in answer.chain] == ["cost_of_revenue / revenue", "1 - cost_ratio", None]
    assert "cost of sales ratio rose to 60.8% in FY2020 from 60.0%" in answer.text
    assert "Not answered" not in answer.text
    assert any("own reasons were not found" in warning for warning in answer.warnings)


def test_the_cause_is_what_accounts_for_most_whatever_else_moved() -> None:
    """Costs rose by as much as sales fell short: the share of each is the mean of what it does alone, from either end."""
    (revenue, *_) = ask("Why did NWT's gross margin fall in FY2020?").chain
    before, after = Decimal(300) / 500, Decimal(292) / 480
    alone = ((Decimal(300) / 480 - before) + (after - Decimal(292) / 500)) / 2
    assert revenue.share is not None
    assert Decimal(revenue.share) == round(alone / (after - before), 4)
    (cost, *_) = ask(
        "Why did NWT's gross margin fall in FY2020?", instead={"Revenues": "510", "GrossProfit": "170", "CostOfRevenue": "340"}
    ).chain
    assert (cost.metric, cost.moved) == ("cost_of_revenue", "up")


def test_a_chain_goes_through_statements_to_a_ratio() -> None:
    chain = ask("Why did NWT's interest coverage fall in FY2020?").chain
    assert [step.metric for step in chain] == ["interest_expense", "interest_coverage"]
    chain = ask("NWT 2020年流动比率为什么下降？").chain
    assert [step.metric for step in chain] == ["total_current_liabilities", "current_ratio"]
    assert "上升至2020年末的2.60亿美元" in chain[0].text


@pytest.mark.parametrize("line", ["Revenues", "CostOfRevenue"])
def test_without_a_cited_premise_the_conclusion_is_another_or_none(line: str) -> None:
    question = "Why did NWT's gross margin fall in FY2020?"
    assert _told(ask(question, without=line).chain) != _told(ask(question).chain)


def test_a_premise_that_did_not_move_is_no_cause() -> None:
    chain = ask("Why did NWT's interest coverage fall in FY2020?", instead={"InterestExpense": "10"}).chain
    assert [step.metric for step in chain] == ["revenue", "gross_profit_computed", "operating_income", "ebit", "interest_coverage"]


def test_a_chain_with_a_broken_link_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence of a link that says what no evidence holds: the answer goes on without the chain."""
    telling = sentences.compose

    def wrong(*given: object) -> object:
        (first, *others) = telling(*given)  # type: ignore[arg-type]
        first.text = first.text.replace("500", "505")
        return [first, *others]

    monkeypatch.setattr(told_chain, "compose", wrong)
    answer = ask("Why did NWT's gross margin fall in FY2020?")
    assert answer.chain == []
    assert "505" not in answer.text


def test_every_definition_is_over_names_that_the_product_knows() -> None:
    known = {*metrics(), *formulas()}
    named = {name for effect, given in definitions().items() for name in (effect, *(one for text in given for one in names_in(text)))}
    assert named <= known


def _told(chain: list[ChainStep]) -> list[tuple[str, str, str]]:
    return [(step.metric, step.first, step.last) for step in chain]
