"""An engine behind any OpenAI-compatible server: vLLM, SGLang, MindIE, llama.cpp, a cloud.

A reply is always read as a stream, whole answers too: so a deadline is kept between tokens, and leaving closes the connection,
which makes the server stop. Only connecting is tried again; a request that a server may have begun is not sent twice.
"""

from __future__ import annotations

import json
import math
import re
import statistics
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import httpx

from finfoundry.base.admission import Admission
from finfoundry.core import cancellation
from finfoundry.core.errors import EngineBusy, EngineError, EngineTimeout, SchemaRefused
from finfoundry.core.protocols import Completion, Request

CONNECT_SECONDS = 5.0
CONNECT_ATTEMPTS = 3
LONGEST_SECONDS = 600.0  # for a request without a deadline
# A connection that the server has just closed looks like a server that died; connecting costs nothing next to an answer. A pool that may
# keep none still hands one on that fell idle while another request waited: the header has it closed before.
NONE_KEPT = httpx.Limits(max_keepalive_connections=0)
ONE_CONNECTION_A_REQUEST = {"Connection": "close"}
CJK = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")


@dataclass(frozen=True, slots=True)
class _Piece:
    """One event of the stream: some text with the logarithms of its tokens' probabilities, or at the end the reason and the usage."""

    text: str = ""
    logarithms: tuple[float, ...] = ()
    finish: str | None = None
    usage: dict[str, Any] | None = None


class OpenAIEngine:
    """Speaks ``POST {url}/chat/completions``. ``slots`` is how many requests this process sends at once.

    Whatever needs an answer raises EngineBusy where the line is full, EngineTimeout at the deadline, EngineError where the server fails.
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        key: str | None = None,
        slots: int = 32,
        waiting: int = 256,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self._model = model
        self.admission = Admission(slots, waiting)
        self.client = httpx.Client(
            transport=transport or httpx.HTTPTransport(retries=CONNECT_ATTEMPTS, limits=NONE_KEPT),
            headers=ONE_CONNECTION_A_REQUEST | ({"Authorization": f"Bearer {key}"} if key else {}),
            timeout=httpx.Timeout(30.0, connect=CONNECT_SECONDS),
        )

    @property
    def model(self) -> str:
        return self._model

    def chat(self, request: Request) -> Completion:
        """The whole reply; tokens as the server counts them, 0 where it does not."""
        with closing(self.stream(request)) as pieces:
            return _returned(pieces)

    def stream(self, request: Request) -> Generator[str, None, Completion]:
        texts, logarithms = list[str](), list[float]()
        finish, usage = "stop", dict[str, Any]()
        with closing(self._pieces(request)) as pieces:
            for piece in pieces:
                finish = piece.finish or finish
                usage = piece.usage or usage
                logarithms += piece.logarithms
                if piece.text:
                    texts.append(piece.text)
                    yield piece.text
        reason: Literal["stop", "length"] = "length" if finish == "length" else "stop"
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
        counts = usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0), cached
        likelihood = math.exp(statistics.fmean(logarithms)) if logarithms else None
        return Completion("".join(texts), *counts, reason, self.model, likelihood)

    def count_tokens(self, text: str) -> int:
        """Tokens of a text as the server counts; where it cannot (clouds), an estimate on the high side."""
        with self._errors():
            reply = self.client.post(f"{self.url.removesuffix('/v1')}/tokenize", json=self._tokenize_body(text))
        if reply.status_code != httpx.codes.OK:
            return estimate_tokens(text)
        body = reply.json()
        return int(body["count"]) if "count" in body else len(body["tokens"])

    def close(self) -> None:
        self.client.close()

    def _tokenize_body(self, text: str) -> dict[str, Any]:
        return {"model": self.model, "prompt": text, "add_special_tokens": False}

    def _body(self, request: Request) -> dict[str, Any]:
        """The request in OpenAI's words. An adapter is a model of its own there."""
        body: dict[str, Any] = {
            "model": request.adapter or self.model,
            "messages": [{"role": message.role, "content": message.content} for message in request.messages],
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "seed": request.seed,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if request.likelihood:
            body |= {"logprobs": True, "top_logprobs": 1}
        if request.stop:
            body["stop"] = list(request.stop)
        if request.schema is not None:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "reply", "schema": request.schema, "strict": True},
            }
        return body

    def _pieces(self, request: Request) -> Generator[_Piece]:
        until = time.monotonic() + (LONGEST_SECONDS if request.deadline is None else request.deadline)
        with self.admission.turn(until), self._errors():
            body = self._body(request)
            timeout = httpx.Timeout(max(until - time.monotonic(), 0.001), connect=CONNECT_SECONDS)
            with self.client.stream("POST", f"{self.url}/chat/completions", json=body, timeout=timeout) as response:
                if response.status_code != httpx.codes.OK:
                    raise self._refusal(response.status_code, response.read(), request)
                ended = False
                for line in response.iter_lines():
                    cancellation.check()
                    if time.monotonic() > until:
                        raise EngineTimeout(
                            f"the deadline passed while {self.model} was answering", remedy="Allow more time or fewer tokens"
                        )
                    ended = ended or line == "data: [DONE]"
                    if line.startswith("data: {"):
                        yield _piece(json.loads(line.removeprefix("data: ")))
                if not ended:
                    raise EngineError("the engine broke off in the middle of its answer", remedy="Ask again")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Say what went wrong on the way to the server in our own words."""
        try:
            yield
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise EngineError(f"no engine answers at {self.url}", remedy="Check that it runs: `finfoundry status`") from error
        except httpx.TimeoutException as error:
            raise EngineTimeout(f"the deadline passed before {self.model} answered", remedy="Allow more time or fewer tokens") from error
        except httpx.HTTPError as error:
            raise EngineError("the engine died while it was answering", remedy="It is started again: repeat the question") from error
        except json.JSONDecodeError as error:
            raise EngineError(f"{self.url} does not speak the OpenAI protocol", remedy="Check FINFOUNDRY_ENGINE_URL") from error
        except RuntimeError as error:
            if not self.client.is_closed:
                raise
            raise EngineError("the engine was closed") from error

    def _refusal(self, status: int, body: bytes, request: Request) -> EngineError:
        message = _message(body)
        if status in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE):
            return EngineBusy(f"the engine is busy: {message}", remedy="Try again in a moment")
        if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            return EngineError(f"{self.url} refuses the key: {message}", remedy="Set FINFOUNDRY_ENGINE_KEY")
        if "context" in message:
            return EngineError(f"the prompt is too long for {self.model}: {message}", remedy="Send less text, or raise FINFOUNDRY_CONTEXT")
        if status == httpx.codes.BAD_REQUEST and request.schema is not None:
            return SchemaRefused(f"{self.model} cannot keep to this schema: {message}", remedy="Send a simpler one")
        return EngineError(f"{self.url} answered {status}: {message}")


def _returned(pieces: Generator[str, None, Completion]) -> Completion:
    """What a generator returns once it was read to its end."""
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            completion: Completion = end.value
            return completion


def estimate_tokens(text: str) -> int:
    """One token a CJK character, one for three others: more than today's tokenizers need in either language."""
    cjk = len(CJK.findall(text))
    return cjk + (len(text) - cjk + 2) // 3


def _piece(event: dict[str, Any]) -> _Piece:
    if "error" in event:
        raise EngineError(f"the engine failed: {_message(json.dumps(event).encode())}", remedy="Ask again")
    choice = (event.get("choices") or [{}])[0]
    told = (choice.get("logprobs") or {}).get("content") or ()
    logarithms = tuple(_logarithm(token.get("logprob")) for token in told)
    return _Piece((choice.get("delta") or {}).get("content") or "", logarithms, choice.get("finish_reason"), event.get("usage"))


def _logarithm(told: object) -> float:
    """Raises EngineError for what is no number: llama.cpp tells null where its weights or its arithmetic are broken."""
    if isinstance(told, int | float) and math.isfinite(told):
        return float(told)
    raise EngineError(
        "the engine tells no likelihood of what it writes", remedy="Its weights may be damaged: pull or export the model again"
    )


def _message(body: bytes) -> str:
    """The reason in an error body, whatever its shape."""
    try:
        error = json.loads(body).get("error")
        return str(error.get("message", error) if isinstance(error, dict) else error)
    except (json.JSONDecodeError, AttributeError):
        return body.decode("utf-8", "replace")[:200]
