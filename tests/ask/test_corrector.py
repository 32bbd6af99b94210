"""What is put right in a plan of a planner that is not sure, before it is carried out."""

from __future__ import annotations

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document, statements
from tests.ask.test_meant_line import Reads

from finfoundry.ask.asker import Agent
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR

PAPER = document("tarn-2024", "Tarn Harbours Inc", 2024, ("Tarn",))
LINE = "Harbour gross profit of the lull"


def ask(question: str, unit: str) -> Answer:
    """The answer where the one line that the question may mean is printed in a unit."""
    store, search = MemoryStore(), MemorySearch()
    statements(store, PAPER, (2023, 2024))
    scale = 1 if unit == "USD/share" else 1_000_000
    store.add(PAPER, None, LINE, {2023: "41", 2024: "57"}, statement=None, unit=unit, scale=scale, table=7, page=9)
    search.add(PAPER, f"Results\n | 2024 | 2023\n{LINE} | 57 | 41", 9, "table")
    agent = Agent(None, store, search, figures=lambda: Reads({"gross profit": 0.9}))
    return agent.ask(ADMINISTRATOR, question)[0]


@pytest.mark.parametrize(
    ("question", "unit", "told"),
    [
        ("How big was Tarn's gross profit in the lull of 2024?", "USD/share", False),
        ("How big was Tarn's gross profit in the lull of 2024?", "USD", True),
        ("How big was Tarn's gross profit per share in the lull of 2024?", "USD/share", True),
    ],
)
def test_a_line_is_told_by_figures_of_the_kind_of_the_metric_that_is_named(question: str, unit: str, told: bool) -> None:
    answer = ask(question, unit)
    assert ("57" in answer.text) is told, answer.text
