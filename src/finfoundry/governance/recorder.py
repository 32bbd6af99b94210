"""The engine as the rest of the product gets it: each call is recorded, none can be made unseen."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

from finfoundry.core.errors import NotPermitted
from finfoundry.core.protocols import Completion, Engine, Request
from finfoundry.runtime.audit import AuditStep

Watch = Callable[[Completion, float, float], None]
"""Told of each call: what came, seconds to its first piece (a whole answer comes in one), seconds in all."""


def _unwatched(_completion: Completion, _first: float, _seconds: float) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the engine, exactly as it was made. A stream that was left early has what had come by then."""

    request: Request
    completion: Completion

    def step(self, documents: Sequence[str] = ()) -> AuditStep:
        """The step of an audit record; ``documents`` are those whose text is in the request."""
        return AuditStep("call", {"request": self.request, "completion": self.completion}, tuple(dict.fromkeys(documents)))


@dataclass(slots=True)
class Calls:
    """The calls of one act, in their order."""

    made: list[Call] = field(default_factory=list)


class Recorder:
    """An engine that records its calls. Of several threads or tasks, each records its own act."""

    def __init__(self, engine: Engine, outgoing: Callable[[str], str] | None = None) -> None:
        """``outgoing`` changes each message for an engine of others: what it must not see is not sent, and not in the record either."""
        self._engine = engine
        self._outgoing = outgoing
        self.watch: Watch = _unwatched
        self.turn: Callable[[], AbstractContextManager[None]] = nullcontext  # entered for each call: who serves many lets them take turns
        self._current: ContextVar[Calls | None] = ContextVar("calls", default=None)
        self._beside: list[Recorder] = []

    def beside(self, engine: Engine) -> Recorder:
        """The same for a second engine: its calls are of the same acts, watched alike and in the same turns."""
        found = Recorder(engine, self._outgoing)
        found._current = self._current
        found.watch = lambda completion, first, seconds: self.watch(completion, first, seconds)
        found.turn = lambda: self.turn()
        self._beside.append(found)
        return found

    @contextmanager
    def recording(self) -> Iterator[Calls]:
        """A context in which calls are allowed and collected; whoever opens it puts them into the audit record of the act."""
        calls = Calls()
        token = self._current.set(calls)
        try:
            yield calls
        finally:
            self._current.reset(token)

    @property
    def model(self) -> str:
        return self._engine.model

    def chat(self, request: Request) -> Completion:
        """Raises NotPermitted outside a recording, and what the engine raises."""
        calls, request = self._calls(), self._sent(request)
        with self.turn():
            started = time.monotonic()
            completion = self._engine.chat(request)
            calls.made.append(Call(request, completion))
            seconds = time.monotonic() - started
        self.watch(completion, seconds, seconds)
        return completion

    def stream(self, request: Request) -> Generator[str, None, Completion]:
        """Raises NotPermitted outside a recording, and what the engine raises."""
        return self._in_turn(self._sent(request), self._calls())

    def _in_turn(self, request: Request, calls: Calls) -> Generator[str, None, Completion]:
        with self.turn():
            return (yield from self._stream(request, calls))

    def count_tokens(self, text: str) -> int:
        return self._engine.count_tokens(text)

    def close(self) -> None:
        for one in (self._engine, *self._beside):
            one.close()

    def _sent(self, request: Request) -> Request:
        if self._outgoing is None:
            return request
        return replace(request, messages=tuple(replace(one, content=self._outgoing(one.content)) for one in request.messages))

    def _calls(self) -> Calls:
        calls = self._current.get()
        if calls is None:
            raise NotPermitted("The engine was called outside an audited act", remedy="Open Recorder.recording() around the act")
        return calls

    def _stream(self, request: Request, calls: Calls) -> Generator[str, None, Completion]:
        pieces: list[str] = []
        started = time.monotonic()
        first = 0.0
        whole: Completion | None = None  # until the engine has counted: of a stream that was left it has not
        engine = self._engine.stream(request)
        try:
            while whole is None:
                try:
                    piece = next(engine)
                except StopIteration as end:
                    whole = end.value or self._told(pieces)
                    continue
                first = first or time.monotonic() - started
                pieces.append(piece)
                yield piece
            return whole
        finally:
            engine.close()
            completion = whole or self._told(pieces)
            calls.made.append(Call(request, completion))
            self.watch(completion, first, time.monotonic() - started)

    def _told(self, pieces: Sequence[str]) -> Completion:
        return Completion("".join(pieces), 0, len(pieces), model=self._engine.model)
