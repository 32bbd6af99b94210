"""Figures that words of the question leave in doubt are read before they are told: what hardly answers is not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.ask.context.question import Trace
from finfoundry.ask.retrieve.pair_scoring import HEAD, QUOTED_HEAD, ROWS_HEAD, TOLD_HEAD
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR

PAPER = document("tarn-2020", "Tarn Harbours Inc", 2020, ("Tarn",))
DOUBTED = "Tarn in 2020: the revenue, please, counting lanterns and moonlight alone."
DOUBTED_ZH = "Tarn 2020年的营业收入是多少，只算灯笼与月光的？"
SENTENCE = "Lanterns and moonlight together brought Tarn revenue of $3 million in 2020."


class States:
    """Finds that what holds one of some words answers, and nothing else."""

    identity = "test"

    def __init__(self, *words: str, heads: Sequence[str] = (HEAD, QUOTED_HEAD, ROWS_HEAD, TOLD_HEAD)) -> None:
        self.words, self.heads, self.read = words, heads, list[str]()

    def reads(self, head: str) -> bool:
        return head in self.heads

    def scores(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        assert self.reads(head)
        self.read += [passage for _, passage in texts]
        return np.array([0.97 if any(word in passage for word in self.words) else 0.02 for _, passage in texts], np.float32)


def ask(question: str, states: States | None, *sentences: str) -> tuple[Answer, Trace]:
    store, search = MemoryStore(), MemorySearch()
    statements(store, PAPER, (2019, 2020))
    for text in sentences:
        search.add(PAPER, text, page=7)
    return Agent(None, store, search, states=(lambda: states) if states else None).ask(ADMINISTRATOR, question)


@pytest.mark.parametrize("question", [DOUBTED, DOUBTED_ZH])
def test_figures_that_the_states_find_no_answer_are_not_told(question: str) -> None:
    told, _ = ask(question, None)
    assert told.status == "answered"
    answer, trace = ask(question, States("nowhere"))
    assert (answer.status, answer.figures) == ("no_evidence", [])
    assert answer.reason in ("figures were found that hardly answer what is asked", "找到的数字多半答非所问")
    (read,) = [step.content for step in trace.steps if step.kind == "states" and "whole" in step.content]  # type: ignore[operator]
    assert read["read"][0]["likely"] == 0.02  # type: ignore[index]


@pytest.mark.parametrize(
    "question",
    [
        "Tarn revenue growth 2020 vs 2019 in %",
        "Give me Tarn's revenue for each of the two years in the report.",
        "Tarn 2020年的营业收入比2019年多多少？",
    ],
)
def test_what_is_asked_in_words_that_are_all_understood_is_told_whatever_the_states_find(question: str) -> None:
    answer, _ = ask(question, States("nowhere"))
    assert answer.status == "answered"
    assert answer.figures


def test_a_sentence_that_answers_is_told_in_their_place_without_their_warnings() -> None:
    answer, _ = ask(DOUBTED, States("Lanterns"), SENTENCE)
    assert SENTENCE in answer.text
    assert "not answered" not in answer.text.lower()


def test_figures_that_the_states_find_an_answer_in_are_told_as_they_were() -> None:
    assert ask(DOUBTED, States("revenue"))[0].text == ask(DOUBTED, None)[0].text


def test_what_every_word_explains_is_told_unread() -> None:
    states = States("nowhere")
    assert ask("What was Tarn's revenue in 2020?", states)[0].status == "answered"
    assert states.read == []


def test_what_a_label_of_the_company_answers_whole_is_told_whatever_the_states_find() -> None:
    store, search = MemoryStore(), MemorySearch()
    statements(store, PAPER, (2019, 2020))
    store.add(PAPER, None, "Lantern licences", {2019: "3", 2020: "4"}, table=9)
    agent = Agent(None, store, search, states=lambda: States("nowhere"))
    answer, _ = agent.ask(ADMINISTRATOR, "What were Tarn's lantern licences at the end of 2020?")
    assert [figure.value for figure in answer.figures] == ["4000000"], answer


def test_a_reader_that_was_not_taught_so_refutes_nothing() -> None:
    assert ask(DOUBTED, States("nowhere", heads=(HEAD,)))[0].status == "answered"
