"""Several things named side by side are each asked for by themselves; a name of two words with a conjunction stays one."""

from __future__ import annotations

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.understand.coordination import coordinated
from finfoundry.ask.understand.intent import understand
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR

PAPER = document("tarn-2024", "Tarn Harbours Inc", 2024, ("Tarn",))
ROWS = {"Berth ropes": "41", "Spare cranes and winches": "57", "Quay paint": "8", "Oak pallets": "3"}


def ways(question: str) -> list[tuple[str, ...]]:
    return list(coordinated(understand(question, EntityNames([("Tarn Harbours Inc", ("Tarn",))]), vocabulary())))


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "At the end of 2024, what were Tarn's (a) berth ropes and (b) quay paint?",
            ("At the end of 2024, what were Tarn's berth ropes?", "At the end of 2024, what were Tarn's quay paint?"),
        ),
        (
            "What were the ropes, the paint and the pallets of Tarn in 2024?",
            ("What were the ropes of Tarn in 2024?", "What were the paint of Tarn in 2024?", "What were the pallets of Tarn in 2024?"),
        ),
        ("2024年末缆绳和油漆分别是多少？", ("2024年末缆绳是多少？", "2024年末油漆是多少？")),
        ("2024年末缆绳、油漆与托盘各是多少？", ("2024年末缆绳是多少？", "2024年末油漆是多少？", "2024年末托盘是多少？")),
    ],
)
def test_what_stands_side_by_side_is_asked_for_by_itself(question: str, parts: tuple[str, ...]) -> None:
    assert parts in ways(question)


def test_whose_a_metric_is_belongs_to_it_where_another_metric_stands_beside_it() -> None:
    assert ("What were Tarn's net income for the wharfingers in 2024?", "What were Tarn's revenue in 2024?") in ways(
        "What were Tarn's net income for the wharfingers and revenue in 2024?"
    )
    assert ("What was Tarn's revenue from ropes in 2024?", "What was Tarn's revenue from paint in 2024?") in ways(
        "What was Tarn's revenue from ropes and paint in 2024?"
    )


def test_what_the_shareholders_get_is_a_metric_by_its_name() -> None:
    mentions = understand("Tarn's 2024: revenue, net profit for shareholders and diluted EPS?", EntityNames([]), vocabulary()).mentions
    assert [one.name for one in mentions] == ["revenue", "net_income_attributable", "eps_diluted"]


def test_what_they_begin_and_end_with_may_belong_to_each() -> None:
    shared = ("How many paid harbour visitors had Tarn in 2024?", "How many paid canal visitors had Tarn in 2024?")
    assert shared in ways("How many paid harbour and canal visitors had Tarn in 2024?")


def test_what_has_an_article_of_its_own_shares_no_beginning() -> None:
    told = ways("Give me the operating loss, the net loss and the tax of Tarn for 2024.")
    assert told
    assert not [one for parts in told for one in parts if "operating net" in one or "operating tax" in one]


@pytest.mark.parametrize("question", ["What were Tarn's ropes in 2024?", "What were Tarn's ropes in 2023 and 2024?", "缆绳是多少？"])
def test_one_thing_stays_one(question: str) -> None:
    assert ways(question) == []


def ask(question: str) -> Answer:
    store = MemoryStore()
    statements(store, PAPER, (2023, 2024))
    for place, (label, amount) in enumerate(ROWS.items()):
        store.add(PAPER, None, label, {2024: amount}, statement=None, table=7, page=9 + place)
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)[0]


def test_each_has_its_own_figure_and_citation() -> None:
    answer = ask("What were Tarn's (a) berth ropes and (b) quay paint in 2024?")
    assert answer.status == "answered"
    assert [figure.value for figure in answer.figures] == ["41000000", "8000000"]
    assert {citation.page for citation in answer.citations} == {9, 11}


def test_where_one_is_not_there_none_is_told() -> None:
    assert ask("What were Tarn's berth ropes and moon anchors in 2024?").status == "no_evidence"


def test_a_row_with_a_conjunction_in_its_name_is_one_thing() -> None:
    answer = ask("What were Tarn's spare cranes and winches in 2024?")
    assert [figure.value for figure in answer.figures] == ["57000000"]


@pytest.mark.parametrize(
    "question", ["Did Tarn's berth ropes exceed its quay paint in 2024?", "What were Tarn's ropes plus paint in 2024?"]
)
def test_a_question_that_compares_or_adds_is_not_cut(question: str) -> None:
    assert ways(question) == []
