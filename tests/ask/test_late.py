"""When the model comes late, hangs, is away or works for others, the closest passages are told in its place, in time."""

from __future__ import annotations

import threading
import time

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document, statements
from tests.tiers import slow_but

from finfoundry.ask.asker import Agent
from finfoundry.ask.understand.question_text import is_greeting
from finfoundry.base.scripted import ScriptedEngine, ScriptedReply
from finfoundry.core import cancellation
from finfoundry.core.answer import Answer
from finfoundry.core.errors import EngineBusy, EngineError, EngineTimeout, ModelError
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.core.protocols import Completion, Request

PAPER = document("northwind-2020", "Northwind Traders Inc", 2020, ("NWT",))
OPEN = "How does Northwind keep its warehouses cool in summer?"
PLANNED = "What percentage of Northwind's parcels went by rail in FY2020?"
COOLING = "The warehouses are cooled at night with water from the harbour, which saves power."


class Hanging(ScriptedEngine):
    """Never answers, whatever its deadline."""

    def __init__(self) -> None:
        super().__init__([])
        self.go = threading.Event()

    def chat(self, request: Request) -> Completion:
        self.go.wait(60)
        return super().chat(request)


class Away(ScriptedEngine):
    """Nobody answers at its address."""

    def chat(self, request: Request) -> Completion:  # noqa: ARG002
        raise EngineError("no engine answers at http://engine", remedy="Check that it runs")


class Absent(ScriptedEngine):
    """There are no weights."""

    def chat(self, request: Request) -> Completion:  # noqa: ARG002
        raise ModelError("The weights are not here", remedy="Pull them")


class Full(ScriptedEngine):
    def chat(self, request: Request) -> Completion:  # noqa: ARG002
        raise EngineBusy("4 requests run and 256 wait", remedy="Try again in a moment")


def ask(engine: ScriptedEngine, question: str, seconds: float | None = 3.0) -> Answer:
    store, search = MemoryStore(), MemorySearch()
    statements(store, PAPER, (2019, 2020))
    search.add(PAPER, COOLING, page=7)
    search.add(PAPER, "Rail carried most parcels to the depots of the north.", page=9)
    with cancellation.work_until(seconds=seconds):
        return Agent(engine, store, search).ask(ADMINISTRATOR, question)[0]


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """Vocabularies are read once, which may take longer than the limits here."""
    ask(Away([]), "What were Northwind's total current assets in FY2020?", None)
    with pytest.raises(EngineError):
        ask(Away([]), OPEN, None)


def slow() -> ScriptedEngine:
    return ScriptedEngine([("", ScriptedReply("word " * 100, delay=0.2))])


@pytest.mark.parametrize("question", slow_but([OPEN], [OPEN, PLANNED]))
@pytest.mark.parametrize(
    ("engine", "reason"), [(Hanging(), "late"), (slow(), "late"), (Away([]), "late"), (Absent([]), "absent"), (Full([]), "busy")]
)
def test_a_model_that_does_not_answer_leaves_the_closest_passages(engine: ScriptedEngine, reason: str, question: str) -> None:
    answer = ask(engine, question)
    assert (answer.status, answer.reason) == ("no_evidence", reason)
    assert [citation.page for citation in answer.nearest] == ([7, 9] if question == OPEN else [9, 7])
    assert COOLING in [citation.quote for citation in answer.nearest]
    assert not answer.citations
    assert not answer.figures


def test_a_model_that_is_not_there_leaves_the_closest_passages_without_a_limit_too() -> None:
    answer = ask(Absent([]), OPEN, None)
    assert (answer.status, answer.reason) == ("no_evidence", "absent")
    assert COOLING in [citation.quote for citation in answer.nearest]


def test_what_needs_no_model_is_answered_while_it_hangs() -> None:
    assert ask(Hanging(), "What were Northwind's total current assets in FY2020?").status == "answered"


def test_a_model_in_time_answers_as_ever() -> None:
    answer = ask(ScriptedEngine([("", "They are cooled at night with water from the harbour [1].")]), OPEN, 30.0)
    assert (answer.status, answer.nearest) == ("answered", [])


def test_the_call_that_nobody_waits_for_is_told_to_stop() -> None:
    """The engine looks between two tokens whether anybody waits."""
    engine = ScriptedEngine([("", ScriptedReply("word " * 400, delay=0.05))])
    ask(engine, OPEN, 0.6)
    until = time.monotonic() + 10
    while engine.admission.running and time.monotonic() < until:
        time.sleep(0.01)
    assert not engine.admission.running


def test_without_a_limit_an_error_of_the_engine_stays_one() -> None:
    """An evaluation asks again later."""
    with pytest.raises(EngineError, match="no engine answers"):
        ask(Away([]), OPEN, None)


def test_the_engine_gets_what_is_left_of_the_time_but_for_a_reserve() -> None:
    engine = ScriptedEngine([("", "They are cooled at night with water from the harbour [1].")])
    ask(engine, OPEN, 20.0)
    assert engine.requests
    for request in engine.requests:
        assert request.deadline is not None
        assert 15.0 < request.deadline <= 19.0


@pytest.mark.parametrize(
    "message", ["Hello", "hey there!", "Good morning, everyone", "Thank you very much.", "你好", "您好啊！", "Hi，早上好", "谢谢您"]
)
def test_a_greeting_needs_no_model(message: str) -> None:
    engine = Hanging()
    answer = ask(engine, message)
    assert (answer.status, answer.options, engine.requests) == ("clarify", ["Northwind Traders Inc"], [])


@pytest.mark.parametrize(
    "message", ["Hello, what was revenue in 2020?", "你好，2020年营收多少", "goodwill", "How many employees?", "2020?", "team size"]
)
def test_a_question_with_a_greeting_is_a_question(message: str) -> None:
    assert not is_greeting(message)


def test_where_the_time_is_over_before_the_model_is_asked_it_is_said() -> None:
    answer = ask(Hanging(), OPEN, 0.0)
    assert (answer.status, answer.reason) == ("no_evidence", "late")


def test_a_question_that_nobody_waits_for_ends() -> None:
    left = threading.Event()
    left.set()
    with cancellation.work_until(left), pytest.raises(EngineTimeout):
        ask(Hanging(), OPEN, 30.0)
