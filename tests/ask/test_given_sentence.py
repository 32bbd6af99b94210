"""Questions that a piece of one sentence of a given paper answers: the piece, as the question asks, and the sentence."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from finfoundry.ask.asker import Agent
from finfoundry.ask.given.given_papers import given_papers
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.evals.suites.given_tables import said
from finfoundry.knowledge.ingest.parse_file import parse

PAGE = """
<html><body><p>Mooring rights consist of the surplus of harbour dues over the upkeep of quays; they are written off over time.</p>
<p>The wages of pilots were $4.1 million, $3.7 million and $2.9 million in 2019, 2018 and 2017, respectively.</p>
<p>We moved to the new dredging standard on 1 March 2018.</p>
<p>Toll income decreased in 2019, primarily due to fewer crossings.</p>
<p>The budget of the port was approved by the Harbour Council on 6 June 2019 and published.</p>
<p>Tug leases are measured by discounting their payments.</p>
<p>As of 31 December 2019, unpaid berthing fees were $1.2 billion and are expected to be collected over 2.5 years.</p>
<p>A crew of 253,203 sailors was insured.</p>
<p>There were no collisions in 2019.</p>
<table><tr><td>(in millions of euros)</td><td>2019</td><td>2018</td></tr>
<tr><td>Toll income</td><td>70.0</td><td>80.0</td></tr><tr><td>Ice service</td><td>8.0</td><td>9.0</td></tr></table>
</body></html>
"""


class NoMeaning:
    """An encoder that says nothing."""

    def likeness(self, question: str, texts: Sequence[str]) -> Sequence[float]:  # noqa: ARG002
        return ()

    def search(self, principal: object, query: object) -> Sequence[object]:  # noqa: ARG002
        return ()


def asked(question: str, page: str = PAGE) -> Answer:
    papers = given_papers([parse(page.encode(), "given.htm")], NoMeaning())  # type: ignore[arg-type]
    return Agent(None, papers, papers).ask(ADMINISTRATOR, question)[0]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What do mooring rights consist of?", "the surplus of harbour dues over the upkeep of quays"),
        ("What were the wages of pilots in 2018?", "$3.7 million"),
        ("What were the wages of pilots in 2017 and 2019, respectively?", "$2.9 million; $4.1 million"),
        ("When did the company move to the new dredging standard?", "1 March 2018"),
        ("Why did toll income decrease in 2019?", "primarily due to fewer crossings"),
        ("What caused toll income to decrease in 2019?", "fewer crossings"),
        ("Who approved the budget of the port?", "the Harbour Council"),
        ("How are tug leases measured?", "by discounting their payments"),
        ("How much were unpaid berthing fees as of 31 December 2019?", "$1.2 billion"),
        ("Over what period are unpaid berthing fees expected to be collected?", "2.5 years"),
        ("How many sailors of the crew were insured?", "253,203"),
        ("Were there any collisions in 2019?", "There were no collisions in 2019."),
    ],
)
def test_the_piece_of_a_sentence_is_told_as_the_question_asks(question: str, told: str) -> None:
    answer = asked(question)
    assert answer.status == "answered", answer.reason
    assert said(question, answer) == told
    assert {one.source for one in answer.figures} <= {"span"}
    assert answer.citations[0].quote in PAGE


@pytest.mark.parametrize(
    "question",
    [
        "What were the wages of stokers in 2018?",  # of others
        "What were the wages of pilots in 2016?",  # of another year
        "What was the average of the wages of pilots in 2019 and 2018?",  # which no sentence tells
        "Who published the mooring rights?",
    ],
)
def test_what_no_sentence_says_is_not_answered_by_a_piece_of_one(question: str) -> None:
    assert asked(question).status != "answered"


def test_a_figure_is_told_with_the_sentence_that_it_stands_in() -> None:
    answer = asked("How much were unpaid berthing fees as of 31 December 2019?")
    assert answer.text.startswith("“$1.2 billion” [1] It stands in: “As of 31 December 2019, unpaid berthing fees were $1.2 billion")


def test_a_line_of_text_beside_a_table_is_read_too() -> None:
    table = "<table><tr><td></td><td>2019</td></tr><tr><td>Wages</td><td>7</td></tr></table>"
    page = f"<p>Quay staff</p>{table}<p>The staff was trained by Ropewalk.</p>"
    answer = asked("Who trained the staff?", page)
    assert said("Who trained the staff?", answer) == "Ropewalk"


def test_reasons_are_not_told_by_the_figures_of_a_table() -> None:
    answer = asked("Why did ice service fall from 2018 to 2019?")
    assert "rose" not in answer.text
    assert not answer.figures
