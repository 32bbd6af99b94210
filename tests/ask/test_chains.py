"""Chains of causes: what moved a figure, link by link, told from the facts; shown whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.chains import told_chain
from finfoundry.ask.chains.causes import definitions
from finfoundry.ask.compose import sentences
from finfoundry.ask.lexicon.formula import names_in
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.core.answer import Answer, ChainStep
from finfoundry.core.errors import InputError
from finfoundry.core.formulas import formulas
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.usecases.chains.chain_rows import write_rows

LINES = {
    "Revenues": ("Revenue", "500", "480"), "CostOfRevenue": ("Cost of goods sold", "300", "299"),
    "GrossProfit": ("Gross profit", "200", "181"), "OperatingIncomeLoss": ("Operating income", "130", "110"),
    "InterestExpense": ("Interest expense", "10", "20"),
}  # fmt: skip
BALANCE = {"AssetsCurrent": ("Total current assets", "300", "280"), "LiabilitiesCurrent": ("Total current liabilities", "200", "260")}


def ask(question: str, without: str = "", instead: Mapping[str, str] | None = None) -> Answer:
    """Over a paper of two years; ``without`` a line, or with another value of a line in the later year."""
    values = {concept: (label, first, (instead or {}).get(concept, last)) for concept, (label, first, last) in (LINES | BALANCE).items()}
    held = [{concept: values[concept] for concept in lines if concept != without} for lines in (LINES, BALANCE)]
    return asked_of(dict(zip(("income", "balance"), held, strict=True)), question)


def asked_of(statements: Mapping[str, Mapping[str, tuple[str, str, str]]], question: str) -> Answer:
    """Over a paper of these statements, each line with its label and the values of two years."""
    paper, store = document("nw-2020", "Northwind Holdings, Inc.", 2020, ("NWT",)), MemoryStore()
    for table, (statement, lines) in enumerate(statements.items(), 1):
        for concept, (label, first, last) in lines.items():
            store.add(paper, concept, label, {2019: first, 2020: last}, statement=statement, table=table)
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)[0]


def test_each_link_is_a_movement_that_leads_to_the_next_and_cites_its_cells() -> None:
    answer = ask("Why did NWT's gross margin fall in FY2020?")
    assert [(step.metric, step.moved) for step in answer.chain] == [("revenue", "down"), ("cost_ratio", "up"), ("gross_margin", "down")]
    markers = {citation.marker for citation in answer.citations}
    assert all(step.citations and set(step.citations) <= markers for step in answer.chain)
    assert [step.follows for step in answer.chain] == ["cost_of_revenue / revenue", "1 - cost_ratio", None]
    assert "cost of sales ratio rose to 62.3% in FY2020 from 60.0%" in answer.text
    assert "Not answered" not in answer.text
    assert any("own reasons were not found" in warning for warning in answer.warnings)


def test_the_cause_is_what_accounts_for_most_whatever_else_moved() -> None:
    """Costs fell a little too: the share of each is the mean of what it does alone, from either end."""
    (revenue, *_) = ask("Why did NWT's gross margin fall in FY2020?").chain
    before, after = Decimal(300) / 500, Decimal(299) / 480
    alone = ((Decimal(300) / 480 - before) + (after - Decimal(299) / 500)) / 2
    assert revenue.share is not None
    assert Decimal(revenue.share) == round(alone / (after - before), 4)
    (cost, *_) = ask(
        "Why did NWT's gross margin fall in FY2020?", instead={"Revenues": "502", "GrossProfit": "162", "CostOfRevenue": "340"}
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


@pytest.mark.parametrize(
    ("selling", "admin", "gross", "told"),
    [
        ("60", "45", "190", []),  # a fifth
        ("45", "25", "180", ["gross_profit_computed"]),  # five sixths
        ("50", "25", "190", []),  # as much as another
        ("20", "25", "150", ["gross_profit_computed"]),  # more than the whole: another took two fifths of it back
        ("5", "25", "160", []),  # another took nearly all of it back
    ],
)
def test_a_cause_is_named_only_where_it_outweighs_any_other_by_half(selling: str, admin: str, gross: str, told: list[str]) -> None:
    lines = {
        "Revenues": ("Revenue", "500", "500"), "CostOfRevenue": ("Cost of goods sold", "300", str(500 - int(gross))),
        "GrossProfit": ("Gross profit", "200", gross), "SellingAndMarketingExpense": ("Selling expenses", "40", selling),
        "GeneralAndAdministrativeExpense": ("Administrative expenses", "25", admin),
        "OperatingIncomeLoss": ("Operating income", "135", str(int(gross) - int(selling) - int(admin))),
    }  # fmt: skip
    chain = asked_of({"income": lines}, "Why did NWT's operating income fall in FY2020?").chain
    assert [step.metric for step in chain][-2:-1] == told


def test_a_ratio_over_what_turned_negative_has_no_cause() -> None:
    """A smaller negative ratio is no lower burden of debt: neither end compares with the other."""
    question, equity = "Why did NWT's debt to equity fall in FY2020?", "StockholdersEquityIncludingNoncontrollingInterest"
    for last, told in (("-50", []), ("500", ["total_equity", "debt_to_equity"])):
        lines = {"Liabilities": ("Total liabilities", "800", "850"), equity: ("Total equity", "100", last)}
        assert [step.metric for step in asked_of({"balance": lines}, question).chain] == told


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


def test_written_memos_become_rows_with_the_chain_of_their_writer(tmp_path: Path) -> None:
    memo = {
        "paper": "Debt rose.", "question": "Why?", "company": "Harrow Lane", "lang": "en", "chain": ["Loans rose.", "Debt rose."],
        "credit": "weaker",
    }  # fmt: skip
    file = tmp_path / "memos.jsonl"
    file.write_text(json.dumps(memo) + "\n")
    assert write_rows(tmp_path / "rows", each=1, written=file).written == 1
    conclusion, links = (
        json.loads((tmp_path / "rows" / f"{name}.jsonl").read_text().splitlines()[-1]) for name in ("chain-conclusion", "chain-links")
    )
    assert conclusion["target"] == "Debt rose. By this measure alone, credit is weaker."
    assert (links["target"], links["group"], links["text"]) == ("Loans rose. -> Debt rose.", "Harrow Lane", "Debt rose.")


def test_a_line_that_is_no_memo_is_said_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "memos.jsonl"
    file.write_text('{"paper": "Debt rose."}\n')
    with pytest.raises(InputError, match="line 1: question"):
        write_rows(tmp_path / "rows", each=1, written=file)
