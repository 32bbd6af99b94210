from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import pytest
from tests.contracts.engine import CHINESE, CHOICE, LONG, SHORT, EngineContract, ask

from finfoundry.base.scripted import ScriptedEngine, ScriptedReply
from finfoundry.core.errors import EngineError

SCRIPT: list[tuple[str, str | ScriptedReply | Sequence[str | ScriptedReply]]] = [
    ("hello", "Hello to you, and welcome here."),
    ("资产负债表", "资产负债表反映企业在某一时点的财务状况。"),
    ("Count", ScriptedReply("one two three four five six " * 100, delay=0.01)),
    ("JSON", '{"answer": "yes", "count": 1}'),
]


class TestScriptedEngine(EngineContract):
    @pytest.fixture
    def engine(self) -> ScriptedEngine:
        return ScriptedEngine(SCRIPT, slots=2, waiting=2)

    @pytest.fixture
    def idle(self, engine: ScriptedEngine) -> Callable[[], bool]:
        return lambda: engine.admission.running == 0


def test_replies_in_turn_and_repeats_the_last() -> None:
    engine = ScriptedEngine([("plan", ["first", "second"])])
    assert [engine.chat(ask("a plan")).text for _ in range(3)] == ["first", "second", "second"]


def test_keeps_every_request() -> None:
    engine = ScriptedEngine(SCRIPT)
    for request in (SHORT, CHINESE, CHOICE):
        engine.chat(request)
    assert engine.requests == [SHORT, CHINESE, CHOICE]


def test_says_when_the_script_has_nothing() -> None:
    with pytest.raises(EngineError, match="no reply"):
        ScriptedEngine(SCRIPT).chat(ask("What is EBITDA?"))


def test_dies_in_the_middle_of_an_answer() -> None:
    engine = ScriptedEngine([("", [ScriptedReply("one two three", dies_after=2), "again"])])
    pieces = engine.stream(LONG)
    assert [next(pieces), next(pieces)] == ["one", " two"]
    with pytest.raises(EngineError, match="died"):
        next(pieces)
    assert engine.chat(LONG).text == "again"


def test_an_adapter_that_is_loaded_is_accepted() -> None:
    engine = ScriptedEngine(SCRIPT, adapters=["audit"])
    assert engine.chat(ask("hello", adapter="audit")).text


def test_a_delay_is_kept() -> None:
    started = time.monotonic()
    ScriptedEngine([("", ScriptedReply("a b c", delay=0.02))]).chat(SHORT)
    assert time.monotonic() - started >= 0.06
