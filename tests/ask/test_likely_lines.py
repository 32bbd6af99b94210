"""A line anywhere in the papers that a question means, told with how it moved, where the base model's states find that it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.ask.memory import MemorySearch, MemoryStore, document, statements
from tests.ask.test_named_metrics import States

from finfoundry.ask.asker import Agent
from finfoundry.ask.candidates.line_plans import candidates_of_papers
from finfoundry.ask.context import reading
from finfoundry.ask.lines.likely_lines import BY_MEANING, BY_WORDS, likely_lines
from finfoundry.ask.retrieve.figure_lines import HEAD, Line
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR, Principal

PAPER = document("tarn-2024", "Tarn Harbours Inc", 2024, ("Tarn",))
MEANT, OTHER, TWIN = "Unbilled berth dues", "Berth advances", "Dues of berths, unbilled"
LIKE = {MEANT: 0.9, OTHER: 0.85, TWIN: 0.86}  # how like the question lines are by meaning
QUESTION = "Mooring money that skippers had yet to be sent a slip for by Tarn: what happened to it in 2024?"


class Reads:
    """Finds every line about as likely: the words and the meaning tell."""

    identity = "test"

    def scores(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        assert head == HEAD
        self.given = [line for _, line in texts]
        return np.full(len(texts), 0.02, np.float32)


class Meanings(MemorySearch):
    """Finds the line that is meant like the question, and all others less."""

    def likeness(self, question: str, texts: Sequence[str]) -> list[float]:  # noqa: ARG002
        return [next((like for line, like in LIKE.items() if line in text), 0.75) for text in texts]


class Headed(MemoryStore):
    """The same, the lines of table 7 under a heading."""

    def table_headings(self, principal: Principal, id: str) -> Sequence[tuple[str, ...]]:  # noqa: ARG002
        return [*[()] * 7, ("Receivables of the port",)]


def agent(
    likely: dict[str, float], change: Callable[[MemoryStore], None] = lambda _: None, store: MemoryStore | None = None
) -> tuple[Agent, States, Reads]:
    store, states, reads = store or MemoryStore(), States(likely), Reads()
    statements(store, PAPER, (2023, 2024))
    store.add(PAPER, None, MEANT, {2023: "41", 2024: "57"}, statement=None, table=7, page=9)
    store.add(PAPER, None, OTHER, {2023: "12", 2024: "13"}, statement=None, table=7, page=9)
    change(store)
    return Agent(None, store, Meanings(), figures=lambda: reads, states=lambda: states), states, reads


def ask(likely: dict[str, float], question: str = QUESTION, change: Callable[[MemoryStore], None] = lambda _: None) -> Answer:
    return agent(likely, change)[0].ask(ADMINISTRATOR, question)[0]


def test_a_line_without_a_word_of_the_question_on_a_page_that_was_not_found_is_told_with_how_it_moved() -> None:
    answer = ask({MEANT: 0.95})
    assert answer.status == "answered"
    assert all(figure in answer.text for figure in ("$57 million", "$41 million", "$16 million"))
    assert {citation.page for citation in answer.citations} == {9}


@pytest.mark.parametrize(
    ("likely", "why"),
    [
        ({MEANT: 0.75}, "it is not likely enough"),
        ({MEANT: 0.95, OTHER: 0.94}, "another that tells otherwise is about as likely"),
        ({}, "nothing is likely"),
    ],
)
def test_nothing_is_told_in_doubt(likely: dict[str, float], why: str) -> None:
    assert ask(likely).status == "no_evidence", why


def test_a_line_that_tells_the_same_stands_against_none() -> None:
    def twice(store: MemoryStore) -> None:
        store.add(PAPER, None, TWIN, {2023: "41", 2024: "57"}, statement=None, table=8, page=11)

    assert ask({MEANT: 0.95, TWIN: 0.94}, change=twice).status == "answered"
    assert ask({MEANT: 0.7, TWIN: 0.5}, change=twice).status == "answered", "it even speaks for it"
    assert ask({MEANT: 0.5, TWIN: 0.5}, change=twice).status == "no_evidence"


def test_what_only_its_headings_make_likely_is_not_told() -> None:
    for alone, status in ((0.3, "no_evidence"), (0.5, "answered")):
        asked, _, _ = agent({OTHER: 0.1, "Receivables of the port": 0.95, MEANT: alone}, store=Headed())
        assert asked.ask(ADMINISTRATOR, QUESTION)[0].status == status


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("Mooring money that skippers had yet to be sent a slip for by Tarn: did it grow or shrink in 2024, and by how much?", "answered"),
        ("Tarn, mooring money that skippers had yet to be sent a slip for: describe 2024 against 2023.", "answered"),
        ("Tarn, mooring money that skippers had yet to be sent a slip for: describe it.", "no_evidence"),
        ("Tarn, mooring money that skippers had yet to be sent a slip for: what were the reasons in 2024 against 2023?", "no_evidence"),
        ("Did the mooring money that skippers had yet to be sent a slip for by Tarn grow in 2024?", "no_evidence"),
    ],
)
def test_a_direction_with_its_amount_and_two_times_side_by_side_are_asked_of_a_line(question: str, status: str) -> None:
    assert ask({MEANT: 0.95}, question).status == status


def test_a_name_that_the_question_has_must_be_said() -> None:
    named = "Mooring money that skippers of Grand Regatta had yet to be sent a slip for by Tarn: what happened to it in 2024?"
    assert ask({MEANT: 0.95}, named).status == "no_evidence"


def test_lines_are_chosen_by_words_and_by_meaning() -> None:
    def crowd(store: MemoryStore) -> None:
        for number in range(BY_WORDS + BY_MEANING):
            store.add(PAPER, None, f"Money of slip {number}", {2024: str(number)}, statement=None, table=9, page=12)

    asked, _, reads = agent({}, crowd)
    context = asked.begun(ADMINISTRATOR, QUESTION)
    intent, subject = reading.understood(context)
    found = likely_lines(context, intent, subject, BY_WORDS + BY_MEANING)
    assert Line((), (MEANT,), ()) in [one.line for one in found]
    assert len(reads.given) <= BY_WORDS + BY_MEANING
    assert MEANT in reads.given


def test_a_candidate_is_told_with_how_it_moved_and_plainly() -> None:
    asked, _, _ = agent({})
    context = asked.begun(ADMINISTRATOR, QUESTION)
    one, *_ = candidates_of_papers(context, *reading.understood(context))
    assert (one.plan.ask, one.plan.level_first) == ("change", True)
    assert (one.plainly.plan.ask, one.plainly.plan.level_first) == ("value", False)
    assert one.headed == MEANT


def test_a_line_that_tells_otherwise_of_the_same_time_stands_against_it_whatever_else_it_has() -> None:
    def otherwise(store: MemoryStore) -> None:
        store.add(PAPER, None, TWIN, {2024: "41"}, statement=None, table=8, page=11)  # what the other was the year before

    assert ask({MEANT: 0.95, TWIN: 0.945}, change=otherwise).status == "no_evidence"


def test_a_figure_of_a_year_before_is_not_told_as_the_latest() -> None:
    def old(store: MemoryStore) -> None:
        store.add(PAPER, None, "Old quay fines", {2023: "7"}, statement=None, table=8, page=11)

    undated = "Mooring money that skippers had yet to be sent a slip for by Tarn: what is it?"
    assert "$57 million in FY2024" in ask({MEANT: 0.95}, undated, old).text
    assert ask({"Old quay fines": 0.95}, undated, old).status == "no_evidence"


@pytest.mark.parametrize("time", ["on 14 March 2024", "in the five months to 31 May 2024"])
def test_a_time_that_papers_report_nothing_of_is_not_answered_with_another(time: str) -> None:
    assert (
        ask({MEANT: 0.95}, f"Mooring money that skippers had yet to be sent a slip for by Tarn {time}: what was it?").status
        == "no_evidence"
    )


@pytest.mark.parametrize(("spans", "ask_"), [(("2024",), "change"), (("2023", "2024"), "change"), (("Q1 2024", "the year 2023"), "value")])
def test_a_quarter_is_not_compared_with_a_year(spans: tuple[str, ...], ask_: str) -> None:
    asked, _, _ = agent({})
    context = asked.begun(ADMINISTRATOR, f"Mooring money that skippers had yet to be sent a slip for by Tarn, in {' and in '.join(spans)}?")
    made = candidates_of_papers(context, *reading.understood(context))
    assert {one.plan.ask for one in made if MEANT in one.headed} == {ask_}


STOOD = "Slips yet to be sent"  # what stood at the end of each year


def stood(store: MemoryStore) -> None:
    store.add(PAPER, None, STOOD, {2023: "23", 2024: "31"}, table=9, page=12)


@pytest.mark.parametrize(
    ("time", "told"),
    [("in December 2024", ("$31 million", "$23 million")), ("from December 2023 to December 2024", ("$31 million", "$8 million"))],
)
def test_of_a_month_what_stood_at_its_end_is_told(time: str, told: tuple[str, ...]) -> None:
    answer = ask({STOOD: 0.95}, f"Mooring money that skippers had yet to be sent a slip for by Tarn {time}: what was it?", stood)
    assert answer.status == "answered"
    assert all(figure in answer.text for figure in told)


@pytest.mark.parametrize("time", ["in December 2024", "from December 2023 to December 2024", "in November 2024", "on 14 December 2024"])
def test_of_a_month_nothing_is_told_that_came_about_in_a_year(time: str) -> None:
    question = f"Mooring money that skippers had yet to be sent a slip for by Tarn {time}: what was it?"
    assert ask({MEANT: 0.95}, question, stood).status == "no_evidence"


def test_of_two_times_a_line_that_has_both_goes_before_lines_of_one() -> None:
    def older(store: MemoryStore) -> None:
        stood(store)
        store.add(PAPER, None, TWIN, {2023: "41"}, statement=None, table=8, page=11)

    asked, _, _ = agent({}, older)

    def lines(question: str) -> set[str]:
        context = asked.begun(ADMINISTRATOR, question)
        return {one.line.path[-1] for one in likely_lines(context, *reading.understood(context), BY_WORDS + BY_MEANING)}

    question = "Mooring money that skippers had yet to be sent a slip for by Tarn: from 2023 to 2024?"
    assert MEANT in lines(question)
    assert TWIN not in lines(question)
    assert TWIN in lines(question.replace("from 2023 to 2024", "in 2023"))


NOBODY = "Mooring money that skippers had yet to be sent a slip for: what happened to it in 2024?"


@pytest.mark.parametrize(
    ("own", "others", "question", "status"),
    [
        (6, 0, NOBODY, "answered"),
        (6, 4, NOBODY, "answered"),
        (5, 5, NOBODY, "no_evidence"),
        (6, 0, NOBODY.replace("slip for", "slip for by Grand Regatta"), "no_evidence"),
    ],
)
def test_whom_nobody_named_most_passages_tell(own: int, others: int, question: str, status: str) -> None:
    asked, _, _ = agent({MEANT: 0.95})
    store, search = asked.store, asked.search
    assert isinstance(store, MemoryStore)
    assert isinstance(search, Meanings)
    other = document("dale-2024", "Dale Canals Inc", 2024, ("Dale",))
    statements(store, other, (2023, 2024))
    for number in range(own):
        search.add(PAPER, f"Skippers moor at quay {number}.")
    for number in range(others):
        search.add(other, f"Barges pass lock {number}.")
    assert asked.ask(ADMINISTRATOR, question)[0].status == status


def test_a_heading_that_the_question_means_is_told_with_the_line() -> None:
    asked, _, _ = agent({MEANT: 0.95}, store=Headed())
    answer, _ = asked.ask(
        ADMINISTRATOR, "Receivables for moorings that skippers had yet to be sent a slip for by Tarn: what happened to them in 2024?"
    )
    assert f"{MEANT} (Receivables of the port)" in answer.text
