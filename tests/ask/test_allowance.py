"""What one question may cost: so many pieces are read by the base model's states, and a model too small to draft is asked for no word."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.ask.context.question import Allowance
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.principal import ADMINISTRATOR

PAPER = document("northwind-2020", "Northwind Traders Inc", 2020, ("NWT",))
WHOLES = 8  # pieces that are read though the allowance is spent: what would be told, whole, of each kind that is tried
QUESTIONS = (
    "How many gulls did Northwind count in the harbour in 2020, and who counted them?",
    "What was the rent of the harbour in 2020? And the toll of the bridge? And the fee of the pilots?",
    "What did Northwind pay the pilots of the harbour in 2020?",
    "Which risks does Northwind name for its ferries?",
)


class Counting:
    """Finds every piece unlikely, so that all that may be tried is tried; counts the pieces."""

    identity = "counting"

    def __init__(self) -> None:
        self.read = 0

    def reads(self, head: str) -> bool:
        return bool(head)

    def scores(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        assert head
        self.read += len(texts)
        return np.full(len(texts), 0.3, np.float32)


def agent(states: Counting | None, engine: ScriptedEngine | None = None, *, drafts: bool = True) -> Agent:
    store, search = MemoryStore(), MemorySearch()
    statements(store, PAPER, (2019, 2020))
    for number in range(40):
        search.add(PAPER, f"The harbour counted {number} gulls and the pilots of pier {number} were paid a fee.", page=number + 1)
    return Agent(engine, store, search, states=(lambda: states) if states else None, drafts=drafts)


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_has_more_pieces_read_than_its_allowance(question: str) -> None:
    states = Counting()
    agent(states).ask(ADMINISTRATOR, question)
    assert 0 < states.read <= Allowance().left + WHOLES


def test_what_is_taken_of_an_allowance_is_gone() -> None:
    allowance = Allowance(5)
    assert [allowance.take(wanted) for wanted in (2, 4, 1)] == [2, 3, 0]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_model_that_does_not_draft_is_asked_for_no_word(question: str) -> None:
    engine = ScriptedEngine([("", "NOT FOUND")])
    answer, _ = agent(None, engine, drafts=False).ask(ADMINISTRATOR, question)
    assert not engine.requests
    assert answer.nearest or answer.status == "answered"  # who gets no answer gets the closest passages


def test_a_model_that_drafts_is_asked() -> None:
    engine = ScriptedEngine([("", "NOT FOUND")])
    agent(None, engine).ask(ADMINISTRATOR, QUESTIONS[3])
    assert engine.requests
