"""What every engine must do. An engine's own test file subclasses EngineContract and gives the fixtures."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Generator

import pytest
from jsonschema import validate

from finfoundry.core.errors import EngineBusy, EngineError, EngineTimeout
from finfoundry.core.protocols import Completion, Engine, Message, Request

ANSWER = {
    "type": "object",
    "properties": {"answer": {"enum": ["yes", "no"]}, "count": {"type": "integer", "minimum": 0, "maximum": 9}},
    "required": ["answer", "count"],
    "additionalProperties": False,
}


def ask(text: str, **fields: object) -> Request:
    return Request((Message("user", text),), **fields)  # type: ignore[arg-type]  # the fields of Request


SHORT = ask("Say hello in one sentence.", max_tokens=24)
CHINESE = ask("请用一句话介绍资产负债表。", max_tokens=24)
LONG = ask("Count from one to five hundred in words.", max_tokens=400)
CHOICE = ask("Is the sky blue? Answer in JSON.", schema=ANSWER, max_tokens=80)


class EngineContract:
    """``engine`` has two slots and two places in line; ``idle`` tells whether it works on nothing."""

    @pytest.fixture
    def engine(self) -> Engine:
        raise NotImplementedError

    @pytest.fixture
    def idle(self) -> Callable[[], bool]:
        raise NotImplementedError

    def test_answers_and_counts_tokens(self, engine: Engine) -> None:
        completion = engine.chat(SHORT)
        assert completion.text.strip()
        assert completion.prompt_tokens > 0
        assert 0 < completion.completion_tokens <= 24
        assert 0 <= completion.cached_tokens <= completion.prompt_tokens
        assert completion.model == engine.model != ""

    def test_reads_chinese(self, engine: Engine) -> None:
        completion = engine.chat(CHINESE)
        assert completion.text
        assert "\ufffd" not in completion.text[:-1]  # the last character may be cut by max_tokens

    def test_says_the_same_twice(self, engine: Engine) -> None:
        assert engine.chat(SHORT).text == engine.chat(SHORT).text

    def test_streams_what_it_would_answer(self, engine: Engine) -> None:
        pieces = list(engine.stream(SHORT))
        assert len(pieces) > 1
        assert "".join(pieces) == engine.chat(SHORT).text

    def test_a_stream_returns_the_whole_with_its_tokens(self, engine: Engine) -> None:
        whole = list[Completion]()

        def read() -> Generator[str, None, None]:
            whole.append((yield from engine.stream(ask(LONG.messages[0].content, max_tokens=5))))

        told = "".join(read())
        assert (whole[0].text, whole[0].finish, whole[0].completion_tokens) == (told, "length", 5)
        assert whole[0].prompt_tokens > 0

    def test_stops_at_max_tokens_and_says_so(self, engine: Engine) -> None:
        completion = engine.chat(ask(LONG.messages[0].content, max_tokens=5))
        assert completion.finish == "length"
        assert completion.completion_tokens == 5

    def test_stops_before_a_stop_text(self, engine: Engine) -> None:
        whole = engine.chat(SHORT).text
        stop = whole.split()[1]
        assert engine.chat(ask(SHORT.messages[0].content, max_tokens=24, stop=(stop,))).text == whole[: whole.index(stop)]

    def test_keeps_to_a_json_schema(self, engine: Engine) -> None:
        completion = engine.chat(CHOICE)
        validate(json.loads(completion.text), ANSWER)
        assert completion.finish == "stop"

    def test_counts_the_tokens_of_a_text(self, engine: Engine) -> None:
        assert engine.count_tokens("") == 0
        assert 0 < engine.count_tokens("net income") < engine.count_tokens("net income, total assets, 净利润和总资产")

    def test_gives_up_at_the_deadline(self, engine: Engine, idle: Callable[[], bool]) -> None:
        with pytest.raises(EngineTimeout):
            engine.chat(ask(LONG.messages[0].content, max_tokens=400, deadline=0.05))
        assert_soon(idle)

    def test_leaving_a_stream_cancels_the_work(self, engine: Engine, idle: Callable[[], bool]) -> None:
        pieces = engine.stream(LONG)
        next(pieces)
        pieces.close()
        assert_soon(idle)

    def test_two_run_two_wait_and_a_fifth_is_refused(self, engine: Engine, idle: Callable[[], bool]) -> None:
        outcomes: list[str] = []
        running = [engine.stream(LONG) for _ in range(2)]
        for pieces in running:
            next(pieces)
        line = [threading.Thread(target=lambda: outcomes.append(engine.chat(SHORT).text)) for _ in range(2)]
        for thread in line:
            thread.start()
        assert_soon(lambda: len(engine.admission.line) == 2)  # type: ignore[attr-defined]  # every engine here has one
        with pytest.raises(EngineBusy):
            engine.chat(SHORT)
        for pieces in running:
            pieces.close()
        for thread in line:
            thread.join(60)
        assert len(outcomes) == 2
        assert_soon(idle)

    def test_the_deadline_counts_while_in_line(self, engine: Engine) -> None:
        running = [engine.stream(LONG) for _ in range(2)]
        for pieces in running:
            next(pieces)
        with pytest.raises(EngineTimeout):
            engine.chat(ask(SHORT.messages[0].content, deadline=0.05))
        for pieces in running:
            pieces.close()

    def test_refuses_an_adapter_that_is_not_loaded(self, engine: Engine) -> None:
        with pytest.raises(EngineError, match="nowhere"):
            engine.chat(ask("hello", adapter="nowhere"))

    def test_a_closed_engine_says_so(self, engine: Engine) -> None:
        engine.close()
        with pytest.raises(EngineError, match="closed"):
            engine.chat(SHORT)


def assert_soon(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for what another thread or process is about to do."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)
