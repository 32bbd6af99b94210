"""Questions that are too long, none at all, five at once, in a language that is not read, or of what no paper has: each ends clearly."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.base.scripted import ScriptedEngine, ScriptedReply
from finfoundry.core.answer import Answer
from finfoundry.core.errors import InputError
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.knowledge.search.passages import Hit, SearchQuery

PAPER = document("northwind-2020", "Northwind Traders Inc", 2020, ("NWT",))
LONGEST = 4_000  # characters of a question
LIMIT = 30  # seconds, the service's own for a question
ASKED = "What was NWT's revenue in FY2020?"


def ask(question: str) -> Answer:
    store, search = MemoryStore(), MemorySearch()
    statements(store, PAPER, (2019, 2020))
    search.add(PAPER, "Rail carried most parcels to the depots of the north.", page=9)
    started = time.monotonic()
    answer = Agent(None, store, search).ask(ADMINISTRATOR, question)[0]
    assert time.monotonic() - started < LIMIT
    return answer


@pytest.mark.parametrize("text", [ASKED + " ", "word ", "字", "营业收入是多少？", "1,234.5 ", "(", "“"])
def test_a_question_of_five_thousand_characters_is_refused_with_its_length(text: str) -> None:
    with pytest.raises(InputError, match=r"5,000 characters") as refused:
        ask((text * 5_000)[:4_999] + "?")
    assert "4,000" in (refused.value.remedy or "")


@pytest.mark.parametrize("filler", ["word ", "字", "we would like to know, ", "(", "1,234.5 "])
def test_the_longest_question_that_is_taken_ends_within_the_limit(filler: str) -> None:
    answer = ask((filler * LONGEST)[: LONGEST - len(ASKED) - 1] + " " + ASKED)
    assert answer.status in ("answered", "no_evidence", "clarify")


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "\u200b"])
def test_none_at_all_is_refused_with_a_remedy(question: str) -> None:
    with pytest.raises(InputError, match="empty") as refused:
        ask(question)
    assert refused.value.remedy


@pytest.mark.parametrize("question", ["?", "...", "??!", "？"])
def test_signs_alone_are_answered_with_nothing(question: str) -> None:
    answer = ask(question)
    assert (answer.status in ("no_evidence", "clarify"), answer.figures) == (True, [])


THIRD = (
    "Quel était le chiffre d'affaires de Northwind en 2020 ?",
    "Wie hoch war der Umsatz von Northwind im Jahr 2020?",
    "2020年のNorthwindの売上高はいくらでしたか？",
    "Какова выручка Northwind за 2020 год?",
    "ما هي إيرادات Northwind في عام 2020؟",
)
ABSENT = (
    "What was NWT's flux capacitance in FY2020?",
    "What was NWT's adjusted quantum margin in FY2020?",
    "What was NWT's revenue per lighthouse in FY2020?",
    "NWT 2020年的量子利润率是多少？",
    "What was Zephyr Industries' revenue in FY2020?",
)


@pytest.mark.parametrize("question", THIRD)
def test_a_third_language_gets_no_other_figure(question: str) -> None:
    """Only Chinese and English are read: what is told at all is the figure that is asked for."""
    answer = ask(question)
    assert {one.value for one in answer.figures} <= {"1020000000"}
    assert answer.status == "answered" or answer.nearest


@pytest.mark.parametrize("question", ABSENT)
def test_a_metric_or_company_that_is_not_there_gets_no_other_figure(question: str) -> None:
    answer = ask(question)
    assert (answer.status, answer.figures) == ("no_evidence", [])
    assert [one.page for one in answer.nearest] == [9]


FIVE = (("revenue", "1,020"), ("gross profit", "3,020"), ("total assets", "120"), ("goodwill", "620"), ("inventory", "520"))


FIVE_IN_ONE = (
    " ".join(f"What was NWT's {name} in FY2020?" for name, _ in FIVE),
    "What were NWT's revenue, gross profit, total assets, goodwill and inventory in FY2020?",
)


@pytest.mark.parametrize("question", FIVE_IN_ONE)
def test_five_in_one_are_answered_or_named_as_not_answered(question: str) -> None:
    answer = ask(question)
    assert answer.status == "answered"
    untold = [name for name, value in FIVE if f"${value} million" not in answer.text]
    assert all(name in answer.text.partition("Not answered")[2] for name in untold)


# --- with a model ---------------------------------------------------------------------------------------------------------------------

OTHERS = document("alder-2020", "Alder Foods Inc", 2020, ("ALD",))


class OfItsPapers(MemorySearch):
    """Finds passages of the company asked about alone, as the real search does."""

    def search(self, principal: Principal, query: SearchQuery) -> Sequence[Hit]:
        own = {None: {PAPER.id, OTHERS.id}, PAPER.entity: {PAPER.id}, OTHERS.entity: {OTHERS.id}}[query.entity]
        return [hit for hit in super().search(principal, replace(query, k=100)) if hit.document_id in own][: query.k]


def misled() -> ScriptedEngine:
    """Finds that whatever it reads answers, and writes the other company's figure."""
    return ScriptedEngine([("exact answer", ScriptedReply("Yes", likelihood=0.9)), ("", "Revenue was $777 million [1].")])


def babbling() -> ScriptedEngine:
    return ScriptedEngine([("", "word " * 50)])


def asked(question: str, engine: ScriptedEngine) -> Answer:
    store, search = MemoryStore(), OfItsPapers()
    statements(store, PAPER, (2019, 2020))
    store.add(OTHERS, "Revenues", "Total revenue", {2020: "777", 2019: "666"}, statement="income")
    search.add(PAPER, "Rail carried most parcels to the depots of the north.", page=9)
    search.add(OTHERS, "In 2020 total revenue of Alder Foods was $777 million.", page=4)
    started = time.monotonic()
    answer = Agent(engine, store, search).ask(ADMINISTRATOR, question)[0]
    assert time.monotonic() - started < LIMIT
    return answer


UNKNOWN = (
    "Wie hoch war der Umsatz von Zephyr im Jahr 2020?",
    "Quel était le chiffre d'affaires de Zephyr en 2020 ?",
    "2020年のZephyrの売上高はいくらでしたか？",
    "ゼファーの2020年の売上高は？",
    "Какова выручка Zephyr за 2020 год?",
    "Zephyr的2020年收入是多少？",
)


@pytest.mark.parametrize("engine", [misled, babbling])
@pytest.mark.parametrize("question", [*THIRD, *ABSENT, *UNKNOWN])
def test_no_other_company_s_figure_is_told_whatever_a_model_writes(question: str, engine: Callable[[], ScriptedEngine]) -> None:
    answer = asked(question, engine())
    assert {one.value for one in answer.figures} <= ({"1020000000"} if question in THIRD else set())
    assert "777" not in answer.text
    assert answer.status in ("answered", "no_evidence", "withheld")


@pytest.mark.parametrize("engine", [misled, babbling])
@pytest.mark.parametrize("question", FIVE_IN_ONE)
def test_five_in_one_are_answered_with_a_model_as_without(question: str, engine: Callable[[], ScriptedEngine]) -> None:
    answer = asked(question, engine())
    assert (answer.status, "777" in answer.text) == ("answered", False)
    untold = [name for name, value in FIVE if f"${value} million" not in answer.text]
    assert all(name in answer.text.partition("Not answered")[2] for name in untold)


def test_a_question_of_five_thousand_characters_is_put_to_no_model() -> None:
    engine = misled()
    with pytest.raises(InputError, match=r"5,000 characters"):
        asked(("word " * 1_000)[:4_999] + "?", engine)
    assert engine.requests == []


@pytest.mark.slow
@pytest.mark.parametrize("engine", [misled, babbling])
def test_the_longest_question_ends_within_the_limit_with_a_model(engine: Callable[[], ScriptedEngine]) -> None:
    answer = asked(("word " * LONGEST)[: LONGEST - len(ASKED) - 1] + " " + ASKED, engine())
    assert {one.value for one in answer.figures} <= {"1020000000"}
    assert "777" not in answer.text
