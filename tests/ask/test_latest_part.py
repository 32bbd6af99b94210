"""A question without a period over papers on parts of years: the latest that they hold is meant, and said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.core.principal import ADMINISTRATOR

PAPER = document("half", "Corran Bank plc", 2025, ("Corran Bank",))


def told(question: str, *, whole_year: bool) -> tuple[str, list[str]]:
    """Over a half-year's paper, beside one on the year before or alone."""
    store = MemoryStore()
    if whole_year:
        statements(store, replace(PAPER, id="year", fiscal_year=2024), (2024,))
    there = len(store.held)
    statements(store, PAPER, (2025,))
    for at, one in enumerate(store.held[there:], there):
        period = one.fact.period.replace("2025-12-31", "2025-06-30")
        store.held[at] = replace(one, fact=replace(one.fact, period=period))
    answer, _ = Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)
    return answer.text, answer.warnings


@pytest.mark.parametrize("whole_year", [True, False])
def test_of_a_balance_the_end_of_the_latest_half_is_told(*, whole_year: bool) -> None:
    text, warnings = told("What are Corran Bank's total assets?", whole_year=whole_year)
    assert "$125 million at the end of H1 FY2025" in text
    assert warnings == ["The question names no period: H1 FY2025 is the latest that the documents hold."]


@pytest.mark.parametrize(("whole_year", "when"), [(True, "in FY2024"), (False, "in H1 FY2025")])
def test_of_what_flows_a_whole_year_is_told_where_there_is_one(*, whole_year: bool, when: str) -> None:
    assert when in told("What is Corran Bank's gross profit?", whole_year=whole_year)[0]


def test_a_ratio_is_not_taken_from_a_part_of_a_year() -> None:
    assert "H1" not in told("What is Corran Bank's return on assets?", whole_year=True)[0]


@pytest.mark.parametrize(
    ("question", "year"),
    [
        ("What were Corran Bank's total assets at the last fiscal year end?", "FY2024"),
        ("What are Corran Bank's annual total assets?", "FY2024"),
        ("Did Corran Bank's total assets grow?", ""),
        ("By how much did Corran Bank's total assets change?", ""),
    ],
)
def test_a_year_or_a_change_is_not_answered_by_a_part_of_a_year(question: str, year: str) -> None:
    text, _ = told(question, whole_year=True)
    assert "H1" not in text
    assert year in text


def test_companies_are_compared_at_the_end_of_years() -> None:
    store = MemoryStore()
    for name, words in (("Corran Bank plc", "Corran Bank"), ("Delmar Bank plc", "Delmar Bank")):
        statements(store, document(f"{words[0]}-2024", name, 2024, (words,)), (2024,))
    statements(store, PAPER, (2025,))
    for at, one in enumerate(store.held):
        store.held[at] = replace(one, fact=replace(one.fact, period=one.fact.period.replace("2025-12-31", "2025-06-30")))
    answer, _ = Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, "Which has more total assets, Corran Bank or Delmar Bank?")
    assert "FY2024" in answer.text
    assert "H1" not in answer.text
