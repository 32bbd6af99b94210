"""Rows of tables told beside sentences: each figure under its column and time, bound to its cell; only where a model finds an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.ask.retrieve.figure_lines import HEAD as LINE_HEAD
from finfoundry.ask.retrieve.pair_scoring import HEAD, QUOTED_HEAD, ROWS_HEAD
from finfoundry.ask.retrieve.sureness import bar_of
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.storage.store import StoredDocument

PAPER = document("tarn-2024", "Tarn Harbours Inc", 2024, ("Tarn",))
ASKED = "Which receipts did people on board bring Tarn, and which the hulls that it lent?"
LABELS = ("Ferries", "Lighters", "Dredgers")
SENTENCE = "The ferries of the northern quay carried fewer passengers because of the long winter."


class Encoder:
    """Finds every line as likely."""

    identity = "test"

    def __init__(self, likely: float = 0.4) -> None:
        self.likely = likely

    def scores(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        assert head == LINE_HEAD
        return np.full(len(texts), self.likely, np.float32)


class States:
    """Finds that what holds one of some words answers, and likeliest of what is told together what holds them all."""

    identity = "test"

    def __init__(self, *words: str) -> None:
        self.words, self.given = words, list[str]()

    def reads(self, head: str) -> bool:
        return head in (HEAD, QUOTED_HEAD, ROWS_HEAD)

    def scores(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        self.given += [passage for _, passage in texts]
        return np.array([self._likely(head, passage) for _, passage in texts], np.float32)

    def _likely(self, head: str, passage: str) -> float:
        held = [word in passage for word in self.words]
        return 0.97 if all(held) or (any(held) and head == HEAD) else 0.02 if any(held) else 0.002


def ferries(store: MemoryStore, paper: StoredDocument, now: str, before: str, *, column: str = "Fares", **told: Any) -> None:
    """A row of the paper's receipts, of its year and the one before."""
    year = paper.fiscal_year or 0
    row(store, paper, "Ferries", {year: now, year - 1: before}, column, **told)


def row(
    store: MemoryStore, paper: StoredDocument, label: str, values: dict[int, str], column: str, table: int = 7, page: int = 9, **told: Any
) -> None:
    store.add(paper, None, label, values, statement=None, table=table, page=page, **told)
    for at in range(-len(values), 0):
        place = len(store.held) + at  # of the column
        fact = replace(store.held[at].fact, dimensions=(("column", column),), row=LABELS.index(label), column=place)
        store.held[at] = replace(store.held[at], fact=fact)


def shop(*papers: StoredDocument) -> tuple[MemoryStore, MemorySearch]:
    """A store with the receipts of some papers, and a search that finds their pages."""
    store, search = MemoryStore(), MemorySearch()
    for paper in papers:
        statements(store, paper, (2023, 2024))
        search.add(paper, "Receipts\nUSD million | 2024 | 2023\nFerries | 57 | 41\nLighters | 13 | 12", 9, "table")
        search.add(paper, SENTENCE, 10)
    return store, search


def asked(states: States | None, question: str, store: MemoryStore, search: MemorySearch, likely: float = 0.4) -> Answer:
    encoder = Encoder(likely)
    agent = Agent(None, store, search, figures=lambda: encoder, states=(lambda: states) if states else None)
    return agent.ask(ADMINISTRATOR, question)[0]


def ask(states: States | None, question: str = ASKED, likely: float = 0.4) -> Answer:
    store, search = shop(PAPER)
    ferries(store, PAPER, "57", "41")
    row(store, PAPER, "Lighters", {2024: "13", 2023: "12"}, "Fares")
    row(store, PAPER, "Dredgers", {2024: "3", 2023: "2"}, "Fares")
    return asked(states, question, store, search, likely)


def test_a_row_is_told_with_its_column_and_times_and_each_figure_is_bound_to_its_cell() -> None:
    answer = ask(States("Ferries"))
    assert answer.status == "answered"
    assert "Ferries, Fares, FY2024: $57 million; FY2023: $41 million [1]." in answer.text
    assert "Lighters" not in answer.text
    assert [figure.source for figure in answer.figures] == ["cell", "cell"]


class LessSure(States):
    def __init__(self, likely: float, *words: str) -> None:
        super().__init__(*words)
        self.likely = likely

    def _likely(self, head: str, passage: str) -> float:
        return self.likely if super()._likely(head, passage) > 0.9 else 0.002


@pytest.mark.parametrize(("likely", "status"), [(0.9, "answered"), (0.75, "no_evidence")])
def test_an_english_row_must_be_surer_than_half_of_what_is_asked(likely: float, status: str) -> None:
    assert ask(LessSure(likely, "Ferries")).status == status


def test_a_chinese_row_is_told_that_is_likelier_than_not() -> None:
    assert bar_of({"zh": 1.0, "cells": 1.0}) < bar_of({"zh": 1.0}) < bar_of({"zh": 0.0, "cells": 1.0})


def test_no_row_answers_a_question_for_reasons() -> None:
    assert ask(States("Ferries"), "Why did the ferries of Tarn bring so much in 2024, and how?").status == "no_evidence"


def test_rows_of_one_table_are_told_together_where_all_of_them_answer() -> None:
    answer = ask(States("Ferries", "Lighters"))
    assert "Ferries, Fares, FY2024: $57 million" in answer.text
    assert "Lighters, Fares, FY2024: $13 million" in answer.text
    assert "Dredgers" not in answer.text


def test_a_row_with_its_neighbour_that_adds_nothing_must_be_as_sure_as_alone() -> None:
    one_thing = "Which receipts did people on board bring Tarn?"
    assert ask(LessSure(0.75, "Ferries", "Lighters"), one_thing).status == "no_evidence"


def test_a_row_is_told_with_the_sentence_that_says_the_rest() -> None:
    answer = ask(States("Lighters", "long winter"))
    assert "Lighters, Fares, FY2024: $13 million" in answer.text
    assert SENTENCE in answer.text


@pytest.mark.parametrize(("states", "likely"), [(None, 0.4), (States("Hovercraft"), 0.4), (States("Ferries"), 0.001)])
def test_no_row_is_told_that_no_model_reads_or_finds_likely(states: States | None, likely: float) -> None:
    assert "Ferries" not in ask(states, likely=likely).text


def test_rows_without_a_figure_of_the_year_asked_about_are_not_read() -> None:
    ask(states := States("Ferries"), ASKED.replace("Which", "In 2011, which", 1))
    assert not any("Ferries, Fares" in text for text in states.given)


@pytest.mark.parametrize("time", ["In March 2011, which", "On 15 May 2011, which", "From May to September 2011, which"])
def test_rows_are_told_of_no_other_time_than_the_one_asked_about(time: str) -> None:
    assert ask(States("Ferries"), ASKED.replace("Which", time, 1)).status != "answered"


OF_NOBODY = "Which receipts did people on board bring, and which the hulls that were lent?"
OF_ANOTHER = "Which receipts from people on board did Globex Corp have, and which did it have from lent hulls?"
OF_THE_PARENT = ASKED.replace("Which", "For the parent company only, which", 1)


@pytest.mark.parametrize("question", [OF_NOBODY, OF_ANOTHER, OF_THE_PARENT])
def test_no_row_is_told_of_somebody_else(question: str) -> None:
    other = document("fell-2024", "Fell Quays Inc", 2024, ("Fell",))
    store, search = shop(PAPER, other)
    for paper in (PAPER, other):
        ferries(store, paper, "57", "41")
        row(store, paper, "Lighters", {2024: "13", 2023: "12"}, "Fares")
    assert "Ferries" not in asked(States("Ferries"), question, store, search).text


def test_a_figure_of_another_company_in_a_paper_is_not_told_as_its_own() -> None:
    store, search = shop(PAPER)
    row(store, PAPER, "Lighters", {2024: "13", 2023: "12"}, "Fares")
    ferries(store, PAPER, "57", "41")
    store.held[-2:] = [replace(one, fact=replace(one.fact, entity="Globex Corp")) for one in store.held[-2:]]
    assert "$57 million" not in asked(States("Ferries"), ASKED, store, search).text


@pytest.mark.parametrize(("question", "told"), [(ASKED, "$57 million"), (ASKED.replace("Which", "In 2023, which", 1), "$41 million")])
def test_of_two_papers_of_a_company_the_later_one_tells(question: str, told: str) -> None:
    before = document("tarn-2023", "Tarn Harbours Inc", 2023, ("Tarn",))
    store, search = shop(before, PAPER)
    ferries(store, before, "44", "40")
    ferries(store, PAPER, "57", "41")
    answer = asked(States("Ferries"), question, store, search)
    assert told in answer.text
    assert "$44 million" not in answer.text


def test_of_a_row_of_more_figures_than_are_told_those_of_the_year_before_are_left_out_first() -> None:
    store, search = shop(PAPER)
    for column, now in (("North", "57"), ("South", "31"), ("East", "22"), ("West", "91")):
        ferries(store, PAPER, now, "1", column=column)
    answer = asked(States("Ferries"), ASKED, store, search)
    assert all(f"{now} million" in answer.text for now in (57, 31, 22, 91))
    assert "FY2023" not in answer.text


def test_of_more_figures_still_only_those_of_columns_that_the_question_names_are_told() -> None:
    store, search = shop(PAPER)
    for at, column in enumerate(("North", "South", "East", "West", "Upper", "Lower", "Inner")):
        ferries(store, PAPER, str(20 + at), str(40 + at), column=column)
        row(store, PAPER, "Lighters", {2024: str(60 + at), 2023: str(80 + at)}, column)
    assert "Ferries" not in asked(States("Ferries"), ASKED, store, search, likely=0.2).text
    named = asked(States("Ferries"), ASKED.replace("lent", "lent in the west"), store, search, likely=0.2)
    assert "Ferries, West, FY2024: $23 million" in named.text


class Meanings(MemorySearch):
    """Finds what is called charter hire like any question."""

    def likeness(self, question: str, texts: Sequence[str]) -> Sequence[float]:  # noqa: ARG002
        return [0.9 if "Charter hire" in text else 0.7 for text in texts]


def test_a_row_of_a_page_that_was_not_found_without_a_word_of_the_question_is_told() -> None:
    store, _ = shop(PAPER)
    row(store, PAPER, "Dredgers", {2024: "57", 2023: "41"}, "Charter hire", page=30, table=11)
    search = Meanings()
    search.add(PAPER, SENTENCE, 10)
    answer = asked(States("Charter hire"), ASKED, store, search)
    assert "Dredgers, Charter hire, FY2024: $57 million; FY2023: $41 million [1]." in answer.text
    assert {citation.page for citation in answer.citations} == {30}
