"""A question in everyday words is answered by the metric that it is sure to mean, and by none where it names something of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.core.answer import Answer, Language
from finfoundry.core.principal import ADMINISTRATOR

PAPER = document("tarn-2024", "Tarn Harbours Inc", 2024, ("Tarn",))
TAXMAN = "What did Tarn hand to the taxman in 2024?"


class Means:
    """Finds that a question means a metric, as surely as it is told; keeps what it was asked."""

    def __init__(self, *likely: tuple[str, float]) -> None:
        self._likely, self.asked = likely, list[str]()

    def likely(self, question: str, language: Language) -> Sequence[tuple[str, float]]:  # noqa: ARG002
        self.asked.append(question)
        return self._likely


def ask(question: str, means: Means, part: str = "") -> Answer:
    store = MemoryStore()
    statements(store, PAPER, (2023, 2024))
    if part:
        store.add(PAPER, "IncomeTaxExpenseBenefit", "Income taxes", {2024: "9"}, statement="income", table=8, page=9)
        *others, last = store.held
        store.held = [*others, replace(last, fact=replace(last.fact, dimensions=(("place", part),)))]
    answer, _ = Agent(None, store, MemorySearch(), concepts=lambda: means).ask(ADMINISTRATOR, question)
    return answer


def test_a_metric_that_is_meant_for_sure_is_told_without_its_words() -> None:
    means = Means(("income_tax", 0.95))
    answer = ask(TAXMAN, means)
    assert answer.status == "answered"
    assert "income tax" in answer.text.lower()
    assert "Tarn" not in means.asked[0]
    assert "2024" not in means.asked[0]


@pytest.mark.parametrize("sure", [0.1, 0.5, 0.79])
def test_one_in_doubt_is_not_told_alone(sure: float) -> None:
    assert ask(TAXMAN, Means(("income_tax", sure))).status == "no_evidence"


def test_metrics_over_the_same_concepts_count_together() -> None:
    halves = Means(("net_income", 0.5), ("net_income_attributable", 0.45))
    assert ask("What was left for Tarn in 2024 when all was paid?", halves).status == "answered"


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("What did Tarn hand to the taxman for Kenvue in 2024?", "a name of its own"),
        ("Why did Tarn hand so much to the taxman in 2024?", "asked for reasons"),
        ("Did Tarn hand anything to the taxman in 2024?", "asked for a verdict"),
        ("What share of it went to the taxman at Tarn in 2024?", "an amount is no share"),
    ],
)
def test_what_is_asked_otherwise_is_not_answered_by_a_metric(question: str, why: str) -> None:
    assert ask(question, Means(("income_tax", 0.99))).status != "answered", why


def test_a_part_that_bears_a_word_of_the_question_is_not_answered_by_the_whole() -> None:
    question = "What did Tarn hand to the taxman in Norway in 2024?"
    assert ask(question.replace(" in Norway", " up there"), Means(("income_tax", 0.99)), part="Norway").status == "answered"
    assert ask(question.lower().replace("tarn", "Tarn"), Means(("income_tax", 0.99)), part="norway").status != "answered"


def test_a_rule_that_leaves_words_over_gives_way_to_what_all_of_them_mean() -> None:
    means = Means(("income_tax", 0.99))
    assert "income tax" in ask("Tarn's revenue that went to the taxman in 2024?", means).text.lower()
    assert "revenue" in ask("What was Tarn's revenue in 2024?", means).text.lower()
