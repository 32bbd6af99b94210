"""The likeliest sentences are read beside the question by a tuned encoder, which then decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.ask.kinds.open_question import LIKELY
from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.retrieve.evidence_ranking import WordsAndMeaning
from finfoundry.ask.retrieve.pair_scoring import HEAD, READ, WordsMeaningAndPairs, joined, pair_text
from finfoundry.ask.retrieve.quotable import Quotable
from finfoundry.core.errors import ModelError
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.storage.store import StoredDocument

REPORT = document("northwind-2020", "Northwind Traders Inc", 2020, ("NWT",))
HANDBOOK = replace(document("handbook", "", 2020), kind="other", entity=None, fiscal_year=None, title="Handbook of the Pier")
ANSWERS = "Whoever leaves before the pier is finished receives no compensation."
SPEAKS = "The pier where employees leave their bicycles was finished in spring, and compensation for the noise is discussed."
QUESTION = "What compensation is paid to somebody who leaves before the pier is finished?"


class Reads:
    """Finds that the sentences answer that hold a word, and keeps what it was given."""

    identity = "test"

    def __init__(self, word: str) -> None:
        self.word, self.given = word, list[Sequence[Sequence[str]]]()

    def scores(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        assert head == HEAD
        self.given.append(texts)
        return np.array([0.999 if self.word in passage else 0.001 for _, passage in texts], np.float32)


def quotable(text: str, place: int = 0) -> Quotable:
    return Quotable(Hit(f"d/{place}", "d", "d.txt", place + 1, 0.0, text, (), None, None, "text", None), text, "sentence", ())


@pytest.mark.parametrize(
    ("text", "headings", "read"),
    [
        ("It is 5 %.", ("Travel Policy", "Fees"), "Travel Policy · Fees: It is 5 %."),
        ("It is 5 %.", ("", "Fees"), "Fees: It is 5 %."),
        ("Fees are 5 %.", ("", "Fees"), "Fees are 5 %."),
        ("寬限期為三十日。", ("", "保險費的交付"), "保险费的交付: 宽限期为三十日。"),
        ("甲" * 400, (), "甲" * 170),
    ],
)
def test_a_sentence_is_read_under_its_headings(text: str, headings: tuple[str, ...], read: str) -> None:
    assert pair_text(text, headings) == read


def test_only_the_likeliest_are_read_and_the_others_come_behind_them() -> None:
    found = [quotable(f"Compensation for the pier of the year {year} was agreed.", year) for year in range(READ + 6)]
    reads = Reads("year 3 ")
    worths = WordsMeaningAndPairs(WordsAndMeaning(lambda *_: []), reads, {})("Which compensation?", "compensation pier year 3", found)
    read = {passage for _, passage in reads.given[0]}
    assert len(read) == READ
    assert found[worths.index(max(worths))].text in read
    last = min(worth for worth, one in zip(worths, found, strict=True) if one.text in read)
    assert all(worth < last for worth, one in zip(worths, found, strict=True) if one.text not in read)


def agent(reads: Reads | None, paper: StoredDocument = HANDBOOK) -> Agent:
    store, search = MemoryStore(), MemorySearch()
    if paper.entity:
        statements(store, paper, (2019, 2020))
    else:
        store.papers.append(paper)
    for page, text in enumerate((SPEAKS, ANSWERS, "Tea is sold in the north."), 7):
        search.add(paper, text, page=page)
        search.hits[-1] = replace(search.hits[-1], locator={"anchor": f"p{page}"})
    return Agent(None, store, search, scorer=lambda: reads)


@pytest.mark.parametrize(("word", "told"), [("no compensation", ANSWERS), ("noise", SPEAKS)])
def test_the_sentence_is_quoted_that_the_encoder_finds_to_answer(word: str, told: str) -> None:
    answer, _ = agent(Reads(word)).ask(ADMINISTRATOR, QUESTION)
    assert (answer.status, [one.quote for one in answer.citations]) == ("answered", [told])


def test_its_documents_title_is_read_with_a_sentence() -> None:
    reads = Reads("no compensation")
    agent(reads).ask(ADMINISTRATOR, QUESTION)
    assert (QUESTION, f"Handbook of the Pier: {ANSWERS}") in [tuple(row) for row in reads.given[0]]


def test_questions_about_a_company_are_read_beside_its_sentences_too() -> None:
    reads = Reads("no compensation")
    answer, _ = agent(reads, REPORT).ask(ADMINISTRATOR, QUESTION.replace("paid", "paid by Northwind"))
    assert [one.quote for one in answer.citations] == [ANSWERS]
    assert ANSWERS in [passage for _, passage in reads.given[0]]  # without a title: the company is known


def test_a_question_for_which_nothing_is_found_ends_without_an_answer() -> None:
    reads = Reads("no compensation")
    asked = agent(reads)
    assert isinstance(asked.search, MemorySearch)
    asked.search.hits.clear()
    answer, _ = asked.ask(ADMINISTRATOR, QUESTION)
    assert (answer.status, answer.nearest, reads.given) == ("no_evidence", [], [])


def test_what_is_ahead_of_all_others_is_surer() -> None:
    alone, behind = joined([(0.0, 2.0), (0.0, -2.0)])
    first, level = joined([(0.0, 2.0), (0.0, 2.0)])
    assert alone > first == level > behind


def test_what_is_far_from_an_answer_is_not_sure_for_having_no_rival() -> None:
    """Flights are booked two weeks ahead, says the only sentence on flights; how long they may be late is asked."""
    assert max(joined([(-0.59, -0.92), (-4.0, -6.0), (-4.5, -6.0)])) < LIKELY
    assert max(joined([(-0.59, -0.92)])) < LIKELY
    assert max(joined([(0.4, 1.5), (-4.0, -6.0)])) > LIKELY


def test_nothing_is_quoted_where_the_encoder_finds_no_answer() -> None:
    answer, _ = agent(Reads("uniforms")).ask(ADMINISTRATOR, QUESTION)
    assert (answer.status, answer.citations) == ("no_evidence", [])  # and no company is asked for, as none prints such a line


def test_a_scorer_that_does_not_load_leaves_words_and_meaning_to_decide() -> None:
    def broken() -> None:
        raise ModelError("the weights are not whole", remedy="Install it again")

    made = agent(None)
    expected, _ = made.ask(ADMINISTRATOR, QUESTION)
    made.scorer = broken
    answer, trace = made.ask(ADMINISTRATOR, QUESTION)
    assert (answer.status, answer.text) == (expected.status, expected.text)
    assert [step.content for step in trace.steps if step.kind == "failed"] == ["the weights are not whole"]
