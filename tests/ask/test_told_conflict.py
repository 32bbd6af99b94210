"""Two figures for one line and day in one paper: whoever asks is told of both, with their pages."""

from __future__ import annotations

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR

PAPER = document("harrow", "Harrow Valley Bank", 2023)


def asked(question: str, label: str, *, again: str, page: int) -> Answer:
    """Over a paper that prints a line of its balance sheet, and ``again`` under the same label."""
    store = MemoryStore()
    statements(store, PAPER, (2023,))
    store.add(PAPER, label, label, {2023: again}, table=0, page=page)
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)[0]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (
            "What was Harrow Valley Bank's goodwill at the end of 2023?",
            "Goodwill: harrow.pdf gives several figures under this label: 623 (page 1); 605 (page 9). Nothing shows which is meant.",
        ),
        (
            "Harrow Valley Bank 2023年末的商誉是多少？",
            "Goodwill：harrow.pdf在同一项目下给出623（第1页）、605（第9页），无法确定所指为何。",
        ),
    ],
)
def test_where_nothing_decides_neither_is_taken_and_both_are_told(question: str, told: str) -> None:
    answer = asked(question, "Goodwill", again="605", page=9)
    assert (answer.status, answer.reason, answer.warnings) == ("no_evidence", told, [])
    assert asked(question, "Goodwill", again="623", page=9).status == "answered"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (
            "What were Harrow Valley Bank's total assets at the end of 2023?",
            "Assets: harrow.pdf gives 123 on page 1 and under the same label also 131 (page 1); the former is used.",
        ),
        ("Harrow Valley Bank 2023年末的总资产是多少？", "Assets：harrow.pdf第1页为123，同一项目下还有131（第1页），采用前者。"),
    ],
)
def test_a_line_of_the_statement_is_taken_and_the_other_told_with_both_pages(question: str, told: str) -> None:
    answer = asked(question, "Assets", again="131", page=1)
    assert (answer.status, answer.warnings) == ("answered", [told])
