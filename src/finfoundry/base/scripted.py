"""An engine that replies from a script: for tests, and for trying the product without weights."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import cast

from finfoundry.base.admission import Admission
from finfoundry.core import cancellation
from finfoundry.core.errors import EngineError, EngineTimeout
from finfoundry.core.protocols import Completion, Request

TOKEN = re.compile(r"\s*(?:[^\W_\u2e80-\u9fff]+|.)", re.DOTALL)  # a word with the space before it, a CJK character, a sign


@dataclass(frozen=True, slots=True)
class ScriptedReply:
    """What to say; ``delay`` is in seconds a token; ``dies_after`` that many tokens the engine fails; ``likelihood`` it tells who asks."""

    text: str
    delay: float = 0.0
    dies_after: int | None = None
    likelihood: float | None = None


class ScriptedEngine:
    """Answers with the first reply whose pattern is found in the messages; every request is kept in ``requests``.

    A reply given as a sequence is used up one by one, its last element again and again. ``chat`` and ``stream`` raise EngineError where no
    reply fits, an adapter is not loaded or the script lets the engine die, EngineTimeout at the deadline.
    """

    def __init__(
        self,
        script: Sequence[tuple[str, str | ScriptedReply | Sequence[str | ScriptedReply]]],
        *,
        model: str = "scripted",
        adapters: Sequence[str] = (),
        slots: int = 4,
        waiting: int = 256,
    ) -> None:
        self.script = [(re.compile(pattern, re.DOTALL), _replies(replies)) for pattern, replies in script]
        self._model = model
        self.adapters = frozenset(adapters)
        self.admission = Admission(slots, waiting)
        self.requests: list[Request] = []
        self.closed = False
        self._lock = threading.Lock()

    @property
    def model(self) -> str:
        return self._model

    def chat(self, request: Request) -> Completion:
        with closing(self.stream(request)) as pieces:
            while True:
                try:
                    next(pieces)
                except StopIteration as end:
                    return cast(Completion, end.value)

    def stream(self, request: Request) -> Generator[str, None, Completion]:
        said: list[str] = []
        reply = yield from self._tokens(request, said)
        return self._completion(request, said, reply)

    def _completion(self, request: Request, said: Sequence[str], reply: ScriptedReply) -> Completion:
        prompt = sum(self.count_tokens(message.content) for message in request.messages)
        cut = len(said) == request.max_tokens
        likelihood = reply.likelihood if request.likelihood else None
        return Completion("".join(said), prompt, len(said), finish="length" if cut else "stop", model=self.model, likelihood=likelihood)

    def count_tokens(self, text: str) -> int:
        return len(TOKEN.findall(text))

    def close(self) -> None:
        self.closed = True

    def _tokens(self, request: Request, said: list[str]) -> Generator[str, None, ScriptedReply]:
        until = time.monotonic() + (3600.0 if request.deadline is None else request.deadline)
        with self.admission.turn(until):
            reply = self._reply(request)
            text = reply.text
            for stop in request.stop:
                text = text.split(stop)[0]
            for count, token in enumerate(TOKEN.findall(text)[: request.max_tokens]):
                if count == reply.dies_after:
                    raise EngineError("the engine died while it was answering", remedy="It is started again: repeat the question")
                time.sleep(min(reply.delay, max(until - time.monotonic(), 0)))
                cancellation.check()
                if time.monotonic() >= until:
                    raise EngineTimeout(f"the deadline passed while {self.model} was answering", remedy="Allow more time or fewer tokens")
                said.append(token)
                yield token
            return reply

    def _reply(self, request: Request) -> ScriptedReply:
        if self.closed:
            raise EngineError("the engine was closed")
        if request.adapter and request.adapter not in self.adapters:
            raise EngineError(f"no adapter {request.adapter!r}", remedy=f"Loaded are: {', '.join(sorted(self.adapters)) or 'none'}")
        prompt = "\n".join(message.content for message in request.messages)
        with self._lock:
            self.requests.append(request)
            for pattern, replies in self.script:
                if pattern.search(prompt):
                    return replies.pop(0) if len(replies) > 1 else replies[0]
        raise EngineError(f"the script has no reply to {prompt[-200:]!r}")


def _replies(replies: str | ScriptedReply | Sequence[str | ScriptedReply]) -> list[ScriptedReply]:
    many = [replies] if isinstance(replies, str | ScriptedReply) else replies
    return [ScriptedReply(reply) if isinstance(reply, str) else reply for reply in many]
