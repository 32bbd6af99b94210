"""The label that the document itself prints stands before any concept or synonym of it."""

from __future__ import annotations

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR

BANK = document("harrow-2023", "Harrow Valley Bank", 2023)
SHOP = document("ostrava-2023", "Ostrava Stores Corp", 2023)
YEAR = 2023


def ask(store: MemoryStore, question: str) -> Answer:
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)[0]


def without(store: MemoryStore, *concepts: str) -> MemoryStore:
    store.held = [one for one in store.held if one.fact.concept not in concepts]
    return store


def bank() -> MemoryStore:
    """A bank whose "Operating income" is its revenue; its summary of segments gives that line the concept of its operating profit."""
    store = MemoryStore()
    statements(store, BANK, (YEAR,))
    without(store, "OperatingIncomeLoss")
    store.add(BANK, "OperatingIncomeLoss", "Operating profit", {YEAR: "310"}, statement="income", table=1)
    store.add(BANK, None, "Operating income", {YEAR: "870"}, statement="income", table=1)
    store.add(BANK, "OperatingIncomeLoss", "Operating income", {YEAR: "870"}, statement="segments", table=7, page=9)
    return store


@pytest.mark.parametrize(("name", "value", "other"), [("operating income", "870", "310"), ("operating profit", "310", "870")])
def test_the_label_asked_for_is_taken_and_the_listed_conflict_is_stated(name: str, value: str, other: str) -> None:
    answer = ask(bank(), f"What was Harrow Valley Bank's {name} in {YEAR}?")
    assert f"{name} was ${value} million" in answer.text
    assert any(f"gives {other} as" in warning for warning in answer.warnings)


def test_without_two_values_of_one_concept_no_conflict_is_stated() -> None:
    store = without(bank(), "OperatingIncomeLoss")
    store.add(BANK, "OperatingIncomeLoss", "Operating profit", {YEAR: "310"}, statement="income", table=1)
    answer = ask(store, f"What was Harrow Valley Bank's operating income in {YEAR}?")
    assert "$870 million" in answer.text
    assert not answer.warnings


def test_in_a_bilingual_report_the_label_of_either_statement_is_known() -> None:
    """The Chinese statement holds more known lines; the English one is a statement as well."""
    store = bank()
    for number in range(12):
        store.add(BANK, f"Known{number}", "利息支出", {YEAR: str(number + 1)}, statement="income", table=20, page=14)
    store.add(BANK, "OperatingIncomeLoss", "营业利润", {YEAR: "310"}, statement="income", table=20, page=14)
    assert "$870 million" in ask(store, f"What was Harrow Valley Bank's operating income in {YEAR}?").text


def shop(*lines: tuple[str, str, str]) -> MemoryStore:
    store = MemoryStore()
    statements(store, SHOP, (YEAR,))
    without(store, "ProfitLoss")
    for concept, label, value in lines:
        store.add(SHOP, concept, label, {YEAR: value}, statement="income", table=1)
    return store


WHOLE = ("ProfitLoss", "Net income including noncontrolling interests", "512")
OWN = ("NetIncomeLoss", "NET INCOME ATTRIBUTABLE TO OSTRAVA", "480")
PLAIN = ("ProfitLoss", "Net income", "512")


@pytest.mark.parametrize(
    ("lines", "question", "value"),
    [
        ((WHOLE, OWN), "net income", "480"),
        ((WHOLE, OWN), "net income including noncontrolling interests", "512"),
        ((PLAIN, OWN), "net income", "512"),  # the statement prints a line of just this name
        ((WHOLE,), "net income", "512"),
    ],
)
def test_net_income_is_the_shareholders_where_no_line_is_called_just_that(
    lines: tuple[tuple[str, str, str], ...], question: str, value: str
) -> None:
    answer = ask(shop(*lines), f"What was Ostrava Stores' {question} in {YEAR}?")
    assert f"${value} million" in answer.text, answer.text
