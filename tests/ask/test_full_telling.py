"""A question that names known metrics, and wants of them what no rule reads, is told their levels and how they moved."""

from __future__ import annotations

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document, statements
from tests.ask.test_learnt_plan import LEVEL
from tests.ask.test_vote import Doubting

from finfoundry.ask.asker import Agent
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR

PAPER = document("tarn-2020", "Tarn Harbours Inc", 2020, ("Tarn",))
DOUBTED = 0.45  # of a level, for which it then takes no plan of its own


def ask(question: str, *metrics: str) -> Answer:
    """The answer where the learnt reader marks these words as metrics and cannot say what is asked of them."""
    store = MemoryStore()
    statements(store, PAPER, (2019, 2020))
    store.add(PAPER, None, "Revenue of ferries", {2020: "31", 2019: "28"}, statement="income", table=1)
    reader = Doubting(dict.fromkeys(metrics, "plus"), LEVEL, DOUBTED)
    return Agent(None, store, MemorySearch(), reader=lambda: reader).ask(ADMINISTRATOR, question)[0]


@pytest.mark.parametrize(
    "question",
    [
        "Which way did Tarn's net income go in 2020, and how far?",
        "From what to what did net income go at Tarn from 2019 to 2020?",
        "Tarn's net income: how does 2020 stack against 2019?",
    ],
)
def test_a_metric_is_told_with_how_it_moved(question: str) -> None:
    answer = ask(question, "net income")
    assert answer.status == "answered"
    assert "in FY2020 from" in answer.text


def test_several_metrics_are_told_each() -> None:
    answer = ask("I need Tarn's net income for 2020 along with its revenue.", "net income", "revenue")
    assert answer.status == "answered"
    assert "net income" in answer.text
    assert "revenue" in answer.text


@pytest.mark.parametrize(
    ("question", "metric"),
    [
        ("Which way did Tarn's net income price go in 2020?", "net income price"),  # the reader finds another thing
        ("Which way did Tarn's ferries revenue go in 2020, and how far?", "revenue"),  # a line of the company has the word
        ("Tarn bought some boats. Which way did those revenue go in 2020?", "revenue"),  # it points back
        ("Which way did Tarn's adjusted net income go in 2020, and how far?", "net income"),
        ("What part of total assets was net income at Tarn in 2020, all in?", "net income"),
        ("Why did Tarn's net income go that way in 2020?", "net income"),
        ("How much goodwill did Tarn write off in 2020?", "goodwill"),
        ("How much inventory did Tarn scrap in 2020?", "inventory"),
        ("Tarn's net income stripped of one-offs in 2020, how did it move?", "net income"),
        ("What was the median of Tarn's revenue for 2019 to 2020?", "revenue"),
        ("How did Tarn's net income move against budget in 2020?", "net income"),
        ("How fast is Tarn's inventory turned in 2020?", "inventory"),
        ("How long would Tarn's cash last at 2020 burn?", "cash"),
    ],
)
def test_what_may_be_of_something_else_is_not_told(question: str, metric: str) -> None:
    answer = ask(question, metric)
    assert answer.status != "answered", answer.text
