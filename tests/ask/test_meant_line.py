"""A line that a question means without its words is found beside the question, and told under its own name; in doubt none is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.lines.line_plan import title_of, title_under
from finfoundry.ask.retrieve.figure_lines import HEAD, READ, Headings, Line, lines_among
from finfoundry.ask.understand.intent import understand
from finfoundry.base.scripted import ScriptedEngine, ScriptedReply
from finfoundry.core.answer import Answer
from finfoundry.core.errors import ModelError
from finfoundry.core.principal import ADMINISTRATOR

PAPER = document("tarn-2024", "Tarn Harbours Inc", 2024, ("Tarn",))
MEANT = "Unbilled berth dues"


class Reads:
    """Finds lines as likely as it is told by a word of theirs, and keeps how many it was given."""

    identity = "test"

    def __init__(self, likely: dict[str, float]) -> None:
        self.likely, self.given = likely, list[int]()

    def scores(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        assert head == HEAD
        self.given.append(len(texts))
        return np.array(
            [max((score for word, score in self.likely.items() if word in line), default=0.001) for _, line in texts], np.float32
        )


class States(Reads):
    """The same as a reader of states that was taught lines alone, or, without, sentences alone, none of which it finds an answer in."""

    def __init__(self, likely: dict[str, float], *, taught: bool = True) -> None:
        super().__init__(likely)
        self.taught, self.asked = taught, list[tuple[str, ...]]()

    def reads(self, head: str) -> bool:
        return self.taught == (head == HEAD)

    def scores(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        self.asked += map(tuple, texts)
        return super().scores(head, texts) if head == HEAD else np.full(len(texts), 0.5, np.float32)


def agent(likely: dict[str, float], change: Callable[[MemoryStore], None] = lambda _: None) -> tuple[Agent, Reads]:
    store, search, reads = MemoryStore(), MemorySearch(), Reads(likely)
    statements(store, PAPER, (2023, 2024))
    store.add(PAPER, None, MEANT, {2023: "41", 2024: "57"}, statement=None, table=7, page=9)
    store.add(PAPER, None, "Berth advances", {2023: "12", 2024: "13"}, statement=None, table=7, page=9)
    store.add(PAPER, None, "Share of quay occupied", {2023: "0.61", 2024: "0.64"}, statement=None, unit="ratio", scale=1, table=7, page=9)
    change(store)
    search.add(PAPER, f"Receivables of the port\nUSD million | 2024 | 2023\n{MEANT} | 57 | 41\nBerth advances | 13 | 12", 9, "table")
    return Agent(finds(), store, search, figures=lambda: reads), reads


def finds(*lines: str) -> ScriptedEngine:
    """A model that finds that these lines answer, and of all others does not know."""
    yes = [(rf"Passage: [^\n]*{re.escape(line)}[^\n]*\|", ScriptedReply("Yes", likelihood=0.75)) for line in lines]
    return ScriptedEngine([*yes, ("exact answer", ScriptedReply("No", likelihood=0.5)), ("", "NOT FOUND")])


def ask(question: str, likely: dict[str, float], *found: str, change: Callable[[MemoryStore], None] = lambda _: None) -> Answer:
    asked, _ = agent(likely, change)
    asked.engine = finds(*found)
    return asked.ask(ADMINISTRATOR, question)[0]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How much mooring money for berths had Tarn not yet invoiced at the end of 2024?", "$57 million"),
        ("How much mooring money for berths had Tarn not yet invoiced at the end of 2023?", "$41 million"),
        ("By how much did the mooring money for berths that Tarn had not yet invoiced change in 2024?", "$16 million"),
    ],
)
def test_the_likeliest_line_is_told_under_the_name_that_its_paper_prints(question: str, said: str) -> None:
    answer = ask(question, {MEANT: 0.9}, MEANT)
    assert answer.status == "answered"
    assert said in answer.text
    assert MEANT.lower() in answer.text.lower()
    assert {citation.page for citation in answer.citations} == {9}


QUESTION = "What amount in dollars of mooring money for berths had Tarn not yet invoiced at the end of 2024?"


@pytest.mark.parametrize(
    ("likely", "found", "why"),
    [
        ({}, [], "none is likely"),
        ({MEANT: 0.5}, [], "the model does not find that it answers"),
        ({MEANT: 0.01}, [MEANT], "none is likely enough"),
        ({MEANT: 0.9, "Berth advances": 0.85}, [MEANT, "Berth advances"], "two are, and differ"),
        ({"Share of quay": 0.9}, ["Share of quay"], "money is asked for, and a share is none"),
    ],
)
def test_nothing_is_told_where_no_line_is_sure(likely: dict[str, float], found: list[str], why: str) -> None:
    assert ask(QUESTION, likely, *found).status == "no_evidence", why


@pytest.mark.parametrize(
    ("likely", "status", "why"),
    [
        ({MEANT: 0.9, "Berth advances": 0.3}, "answered", "it stands clearly ahead"),
        ({MEANT: 0.9, "Berth advances": 0.85}, "no_evidence", "another that tells otherwise comes near"),
        ({MEANT: 0.2}, "no_evidence", "it is not likely enough"),
    ],
)
def test_without_a_model_a_line_is_told_that_stands_clearly_ahead(likely: dict[str, float], status: str, why: str) -> None:
    asked, _ = agent(likely)
    asked.engine = None
    answer, _ = asked.ask(ADMINISTRATOR, QUESTION)
    assert answer.status == status, why
    assert ("$57 million" in answer.text) is (status == "answered")


@pytest.mark.parametrize(
    ("likely", "status", "why"),
    [
        ({MEANT: 0.95}, "answered", "its states find that it answers"),
        ({MEANT: 0.95, "Berth advances": 0.94}, "no_evidence", "two do, and differ"),
        ({MEANT: 0.05}, "no_evidence", "none does"),
        ({"Share of quay": 0.95}, "no_evidence", "money is asked for, and a share is none"),
    ],
)
def test_lines_are_read_by_the_states_of_the_base_model_where_they_were_taught_so(likely: dict[str, float], status: str, why: str) -> None:
    """No word is asked for of a line, and how near the scorer's own opinions lie puts none in doubt."""
    asked, _ = agent({MEANT: 0.5, "Berth advances": 0.45, "Share of quay": 0.4})
    states = States(likely)
    asked.states = lambda: states
    answer, trace = asked.ask(ADMINISTRATOR, QUESTION)
    assert answer.status == status, why
    assert ("$57 million" in answer.text) is (status == "answered")
    assert isinstance(asked.engine, ScriptedEngine)
    assert not any(re.search(r"Passage: [^\n]*\|", str(request)) for request in asked.engine.requests)
    (read,) = [step for step in trace.steps if step.kind == "states"]
    assert read.documents == (PAPER.id,)
    told: Any = read.content
    assert sum(states.given) == len(told["read"])


def test_what_is_read_for_the_parts_of_a_question_is_read_once_and_told_with_the_whole() -> None:
    """However many ways there are to part it, and whether a part is answered or not."""
    asked, _ = agent({MEANT: 0.5, "Berth advances": 0.45})
    asked.engine, states = None, States({MEANT: 0.95, "Berth advances": 0.9})
    asked.states = lambda: states
    question = (
        "What mooring money for berths had Tarn not yet invoiced at the end of 2024, and what were advances for quays at the end of 2023?"
    )
    _, trace = asked.ask(ADMINISTRATOR, question)
    read = [one for step in trace.steps if step.kind == "states" for one in step.content["read"]]  # type: ignore[index]
    assert len(read) == sum(states.given) > 2
    assert len(states.asked) == len(set(states.asked))


def test_a_reader_that_was_taught_sentences_alone_reads_no_line() -> None:
    asked, reads = agent({MEANT: 0.9, "Berth advances": 0.3})
    asked.engine, states = None, States({MEANT: 0.001}, taught=False)
    asked.states = lambda: states
    assert asked.ask(ADMINISTRATOR, QUESTION)[0].status == "answered"
    assert states.given == []
    assert reads.given


def test_without_a_model_no_line_is_told_behind_a_likelier_one_that_has_no_figure_of_the_time() -> None:
    def of_another_year(store: MemoryStore) -> None:
        store.add(PAPER, None, "Mooring money for berths not yet invoiced", {2022: "88"}, statement=None, table=7, page=9)

    asked, _ = agent({MEANT: 0.5, "Mooring money": 0.9}, of_another_year)
    asked.engine = None
    assert asked.ask(ADMINISTRATOR, QUESTION)[0].status == "no_evidence"


def test_an_amount_is_told_where_the_line_prints_beside_it_what_share_it_is() -> None:
    def of_all(store: MemoryStore) -> None:
        store.add(PAPER, None, MEANT, {2023: "0.05", 2024: "0.06"}, statement=None, unit="ratio", scale=1, table=7, page=9)

    asked, _ = agent({MEANT: 0.9}, of_all)
    assert isinstance(asked.search, MemorySearch)
    asked.search.hits.clear()
    asked.search.add(PAPER, f"Receivables of the port\n | 2024 | 2023 | share | share\n{MEANT} | 57 | 41 | 0.06 | 0.05", 9, "table")
    asked.engine = None
    answer, _ = asked.ask(ADMINISTRATOR, "What mooring money for berths had Tarn not yet invoiced at the end of 2024?")
    assert [figure.value for figure in answer.figures] == ["57000000"]


def test_a_line_that_tells_the_same_speaks_against_nothing() -> None:
    def twice(store: MemoryStore) -> None:
        store.add(PAPER, None, "Of which at berths", {2023: "41", 2024: "57"}, statement=None, table=8, page=9)

    assert "$57 million" in ask(QUESTION, {MEANT: 0.9, "Of which at berths": 0.88}, MEANT, "Of which at berths", change=twice).text


def test_a_year_that_the_line_has_not_is_not_answered_by_another() -> None:
    assert ask(QUESTION.replace("2024", "2019"), {MEANT: 0.95}, MEANT).status == "no_evidence"


def test_only_the_lines_with_most_of_the_questions_words_are_read() -> None:
    def many(store: MemoryStore) -> None:
        for number in range(3 * READ):
            store.add(PAPER, None, f"Berth number {number}", {2024: str(number)}, statement=None, table=9, page=9)

    asked, reads = agent({MEANT: 0.9}, many)
    asked.ask(ADMINISTRATOR, QUESTION)
    assert reads.given == [READ]


def test_a_scorer_that_does_not_load_leaves_the_question_to_others() -> None:
    def broken() -> Reads:
        raise ModelError("its file is not whole")

    asked, _ = agent({})
    asked.figures = broken
    answer, trace = asked.ask(ADMINISTRATOR, QUESTION)
    assert answer.status == "no_evidence"
    assert "its file is not whole" in [step.content for step in trace.steps if step.kind == "failed"]


# --- what a line is read as, and called -------------------------------------------------------------------------------------------


def test_a_line_is_read_under_the_headings_of_its_table() -> None:
    store, search = MemoryStore(), MemorySearch()
    store.add(PAPER, None, "Total", {2024: "57"}, statement=None, page=9)
    search.add(PAPER, "Receivables of the port\n | 2024\nTotal | 57", 9, "table")
    search.hits[0] = replace(search.hits[0], section=("Notes", "12. Receivables"))
    above = Headings(search.hits)
    (found,) = lines_among(store.held, lambda one: above.of(one.fact))
    assert found.line.read == "12. Receivables · Receivables of the port: Total"


@pytest.mark.parametrize(
    ("line", "called"),
    [
        (Line(("Receivables",), ("Current assets", "Unbilled dues (note 4)"), ()), "Unbilled dues"),
        (Line(("Receivables",), ("Unbilled dues",), ("Northern ports",)), "Unbilled dues (Northern ports)"),
        (Line(("Receivables",), ("Total",), ()), "Total (Receivables)"),
        (Line(("附注十二",), ("应收账款", "合计"), ()), "合计（应收账款）"),
        (Line(("产销量",), ("疏浚行业", "销售量", "吨"), ()), "销售量（疏浚行业）"),
        (Line(("员工",), ("人",), ()), "人"),
        (Line(("外币项目",), ("货币资金", "美元"), ()), "美元"),
    ],
)
def test_a_line_is_called_by_its_label_with_what_tells_it_from_others(line: Line, called: str) -> None:
    assert title_of(line) == called


@pytest.mark.parametrize(
    ("question", "called"),
    [
        ("What adjusted result did the ferry parks bring Tarn in 2024?", "Adjusted result (Ferry Parks Segment)"),
        ("What was Tarn's adjusted result in 2024?", "Adjusted result"),
    ],
)
def test_a_line_is_called_with_the_heading_that_the_question_names(question: str, called: str) -> None:
    """A part's figure is not told as the company's."""
    line = Line(("Notes", "Ferry Parks Segment"), ("Adjusted result",), ())
    assert title_under(line, understand(question, EntityNames([("Tarn Harbours Inc", ["Tarn"])]), vocabulary())) == called


def test_a_label_that_the_question_says_goes_before_one_with_words_of_its_own() -> None:
    def with_a_part(store: MemoryStore) -> None:
        store.add(PAPER, None, "Mooring money not yet invoiced, northern quay berths", {2024: "21"}, statement=None, table=7, page=9)
        store.add(PAPER, None, "Mooring money not yet invoiced", {2024: "88"}, statement=None, table=7, page=9)

    question = "How much mooring money had Tarn not yet invoiced, at the end of 2024?"
    answer = ask(question, {"Mooring money": 0.5}, "Mooring money not yet invoiced", change=with_a_part)
    assert [figure.value for figure in answer.figures] == ["88000000"]


@pytest.mark.parametrize(("stated", "status"), [("$63 million", "quoted"), ("$57 million", "line")])
def test_a_sentence_that_answers_more_surely_and_states_otherwise_goes_before_a_line(stated: str, status: str) -> None:
    sentence = f"Mooring money for berths that Tarn had not yet invoiced was {stated} at the end of 2024."
    asked, _ = agent({MEANT: 0.9})
    assert isinstance(asked.search, MemorySearch)
    asked.search.add(PAPER, sentence, 9)
    asked.engine = ScriptedEngine(
        [
            (r"Passage: [^\n]*Mooring money for berths", ScriptedReply("Yes", likelihood=0.99)),
            (rf"Passage: [^\n]*{MEANT}[^\n]*\|", ScriptedReply("Yes", likelihood=0.6)),
            ("exact answer", ScriptedReply("No", likelihood=0.5)),
            ("", "NOT FOUND"),
        ]
    )
    answer = asked.ask(ADMINISTRATOR, "How much mooring money for berths had Tarn not yet invoiced at the end of 2024?")[0]
    assert answer.status == "answered"
    assert ("63" in answer.text) is (status == "quoted")
    assert (MEANT.lower() in answer.text.lower()) is (status == "line")


@pytest.mark.parametrize(
    ("sentence", "status"), [("", "no_evidence"), ("Mooring money for berths not yet invoiced came to $13 million in 2024.", "answered")]
)
def test_of_two_lines_alike_the_one_is_told_whose_figure_the_likeliest_sentence_states(sentence: str, status: str) -> None:
    asked, _ = agent({MEANT: 0.5, "Berth advances": 0.5})
    assert isinstance(asked.search, MemorySearch)
    if sentence:
        asked.search.add(PAPER, sentence, 9)
    asked.engine = finds(MEANT, "Berth advances")
    answer = asked.ask(ADMINISTRATOR, "How much mooring money for berths had Tarn not yet invoiced at the end of 2024?")[0]
    assert answer.status == status
    assert [figure.value for figure in answer.figures] == (["13000000"] if sentence else [])
