"""Who watches the engine is told of each call: what came, and how long the first piece and the whole took."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest

from finfoundry.core.protocols import Completion, Message, Request
from finfoundry.governance.recorder import Recorder

REQUEST = Request((Message("user", "资产？"),))


class Clock:
    """An engine whose pieces take a second each by the clock that it is."""

    model = "clock"

    def __init__(self) -> None:
        self.now = 100.0

    def chat(self, _: Request) -> Completion:
        self.now += 3
        return Completion("one two", 3, 2, model=self.model)

    def stream(self, _: Request) -> Generator[str, None, Completion]:
        for piece in ("one", " ", "two"):
            self.now += 1
            yield piece
        return Completion("one two", 5, 3, model=self.model)

    def count_tokens(self, text: str) -> int:
        return len(text)

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> tuple[Recorder, list[tuple[Completion, float, float]]]:
    clock, calls = Clock(), list[tuple[Completion, float, float]]()
    monkeypatch.setattr("finfoundry.governance.recorder.time.monotonic", lambda: clock.now)
    recorder = Recorder(clock)
    recorder.watch = lambda *call: calls.append(call)
    return recorder, calls


def test_a_whole_answer_comes_in_one_piece(told: tuple[Recorder, list[tuple[Completion, float, float]]]) -> None:
    recorder, calls = told
    with recorder.recording() as recorded:
        completion = recorder.chat(REQUEST)
    assert calls == [(completion, 3.0, 3.0)]
    assert [(call.request, call.completion) for call in recorded.made] == [(REQUEST, completion)]


@pytest.mark.parametrize(("taken", "text", "seconds"), [(1, "one", 1.0), (2, "one ", 2.0), (9, "one two", 3.0)])
def test_a_stream_is_told_as_far_as_it_was_taken(
    told: tuple[Recorder, list[tuple[Completion, float, float]]], taken: int, text: str, seconds: float
) -> None:
    recorder, calls = told
    with recorder.recording() as recorded:
        pieces = recorder.stream(REQUEST)
        for _ in zip(range(taken), pieces, strict=False):
            pass
        pieces.close()
    ((completion, first, whole),) = calls
    assert (completion.text, completion.completion_tokens, completion.model) == (text, min(taken, 3), "clock")
    assert (first, whole) == (1.0, seconds)
    assert [call.completion.text for call in recorded.made] == [text]
    assert completion.prompt_tokens == (5 if taken > 3 else 0), "the engine counts at its end"


def test_calls_take_turns_where_they_are_told_to(told: tuple[Recorder, list[tuple[Completion, float, float]]]) -> None:
    recorder, _ = told
    turns: list[str] = []

    @contextmanager
    def turn() -> Iterator[None]:
        turns.append("begun")
        yield
        turns.append("ended")

    recorder.turn = turn
    with recorder.recording():
        recorder.chat(REQUEST)
        assert turns == ["begun", "ended"]
        assert "".join(recorder.stream(REQUEST)) == "one two"
    assert turns == ["begun", "ended"] * 2
