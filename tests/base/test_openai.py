"""The contract over HTTP: a server that speaks OpenAI's protocol with a scripted engine behind it, then its ways of failing."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.base.test_scripted import SCRIPT
from tests.contracts.engine import CHOICE, SHORT, EngineContract, ask

from finfoundry.base.openai import OpenAIEngine, estimate_tokens
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.errors import EngineBusy, EngineError, EngineTimeout, SchemaRefused
from finfoundry.core.protocols import Message, Request


class Served(http.server.ThreadingHTTPServer):
    """Remembers the bodies it was sent; ``failure`` is what it does instead of answering."""

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.engine = ScriptedEngine(SCRIPT)
        self.bodies: list[dict[str, Any]] = []
        self.kept: list[bool] = []  # of each request, whether its connection may be used again
        self.failure = ""
        self.url = f"http://127.0.0.1:{self.server_port}/v1"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Served

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.bodies.append(body)
        self.server.kept.append(self.headers.get("Connection", "keep-alive").lower() != "close")
        if self.server.failure.isdigit():
            self.reply(int(self.server.failure), {"error": {"message": "the context is 8 tokens"}})
        elif self.server.failure == "schema":
            self.reply(400, {"error": {"message": "unrecognized type wat"}})
        elif self.path == "/tokenize":
            self.reply(200, {"tokens": [0] * self.server.engine.count_tokens(body["prompt"])})
        elif body["model"] not in ("scripted", "audit"):
            self.reply(404, {"error": f"no model {body['model']}"})
        else:
            self.stream(body)

    def reply(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def stream(self, body: dict[str, Any]) -> None:
        messages = tuple(Message(each["role"], each["content"]) for each in body["messages"])
        request = Request(messages, max_tokens=body["max_tokens"], stop=tuple(body.get("stop", ())))
        self.send_response(200)
        self.end_headers()
        count = 0
        pieces = self.server.engine.stream(request)
        try:
            for piece in pieces:
                count += 1
                self.event({"choices": [{"delta": {"content": piece}, "finish_reason": None}]})
                if self.server.failure == "breaks off":
                    return
                if self.server.failure == "fails":
                    self.event({"error": {"message": "out of memory"}})
            finish = "length" if count == request.max_tokens else "stop"
            usage = {"prompt_tokens": 7, "completion_tokens": count, "prompt_tokens_details": {"cached_tokens": 3}}
            self.event({"choices": [{"delta": {}, "finish_reason": finish}]})
            self.event({"choices": [], "usage": usage})
            self.wfile.write(b"data: [DONE]\n\n")
        except (BrokenPipeError, ConnectionResetError):
            pieces.close()  # the client has left

    def event(self, event: dict[str, Any]) -> None:
        self.wfile.write(b"data: " + json.dumps(event).encode() + b"\n\n")
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Served]:
    with Served() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def engine(server: Served) -> Iterator[OpenAIEngine]:
    engine = OpenAIEngine(server.url, "scripted", key="secret", slots=2, waiting=2)
    yield engine
    engine.close()


class TestOpenAIEngine(EngineContract):
    @pytest.fixture
    def engine(self, server: Served) -> Iterator[OpenAIEngine]:
        engine = OpenAIEngine(server.url, "scripted", slots=2, waiting=2)
        yield engine
        engine.close()

    @pytest.fixture
    def idle(self, server: Served) -> Callable[[], bool]:
        return lambda: server.engine.admission.running == 0


def test_the_request_in_openai_words(engine: OpenAIEngine, server: Served) -> None:
    engine.chat(CHOICE)
    (body,) = server.bodies
    assert body["messages"] == [{"role": "user", "content": CHOICE.messages[0].content}]
    assert body["response_format"]["json_schema"]["schema"] == CHOICE.schema
    assert (body["temperature"], body["seed"], body["max_tokens"]) == (0.0, 0, 80)


def test_no_connection_is_used_again(engine: OpenAIEngine, server: Served) -> None:
    """One that the server closes meanwhile would look like a server that died."""
    engine.chat(SHORT)
    engine.count_tokens("hello")
    assert server.kept == [False, False]


def test_an_adapter_is_a_model_of_its_own(engine: OpenAIEngine, server: Served) -> None:
    engine.chat(ask("hello", adapter="audit"))
    assert server.bodies[0]["model"] == "audit"


def test_usage_is_passed_on(engine: OpenAIEngine) -> None:
    completion = engine.chat(SHORT)
    assert (completion.prompt_tokens, completion.cached_tokens) == (7, 3)


@pytest.mark.parametrize(
    ("failure", "kind", "words"),
    [
        ("429", EngineBusy, "busy"),
        ("503", EngineBusy, "busy"),
        ("401", EngineError, "FINFOUNDRY_ENGINE_KEY"),
        ("400", EngineError, "too long"),
        ("fails", EngineError, "out of memory"),
        ("breaks off", EngineError, "broke off"),
    ],
)
def test_failures_are_told(engine: OpenAIEngine, server: Served, failure: str, kind: type[EngineError], words: str) -> None:
    server.failure = failure
    with pytest.raises(kind, match=words):
        engine.chat(SHORT)
    assert len(server.bodies) == 1  # never sent twice


def test_a_schema_that_the_server_cannot_keep_is_told_as_such(engine: OpenAIEngine, server: Served) -> None:
    server.failure = "schema"
    with pytest.raises(SchemaRefused, match="unrecognized type wat"):
        engine.chat(CHOICE)
    with pytest.raises(EngineError, match="answered 400") as told:
        engine.chat(SHORT)
    assert not isinstance(told.value, SchemaRefused)


def test_nobody_there_is_told() -> None:
    engine = OpenAIEngine("http://127.0.0.1:9/v1", "any")
    with pytest.raises(EngineError, match="no engine answers"):
        engine.chat(SHORT)
    engine.close()


def test_tokens_are_estimated_where_the_server_cannot_count(engine: OpenAIEngine, server: Served) -> None:
    server.failure = "404"
    assert engine.count_tokens("净利润") == 3
    assert estimate_tokens("total current liabilities") == 9


def test_a_deadline_that_has_passed_is_told_before_anything_is_sent(engine: OpenAIEngine, server: Served) -> None:
    running = [engine.stream(ask("Count")) for _ in range(2)]
    for pieces in running:
        next(pieces)
    with pytest.raises(EngineTimeout):
        engine.chat(ask("hello", deadline=0.0))
    assert len(server.bodies) == 2
    for pieces in running:
        pieces.close()
