"""A service whose model hangs or works for others: all get an answer or the closest passages in time, or hear 429 at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from tests.server.conftest import QUESTION, Live, serving
from tests.server.test_admission import until

from finfoundry.base.scripted import ScriptedEngine, ScriptedReply
from finfoundry.core.protocols import Completion, Request
from finfoundry.governance.recorder import Recorder
from finfoundry.server.client import Client
from finfoundry.server.service.state import Limits

OPEN = "How does the bank describe its strategy for small enterprises?"


class Hanging(ScriptedEngine):
    """Answers nobody until it is let go, whatever the deadline."""

    def __init__(self) -> None:
        super().__init__([("", "I say so.")])
        self.go = threading.Event()
        self.called = 0

    def chat(self, request: Request) -> Completion:
        self.called += 1
        self.go.wait(60)
        return super().chat(request)


@pytest.fixture
def hanging(live: Live, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hanging]:
    engine = Hanging()
    recorder = Recorder(engine)
    monkeypatch.setattr(live.app, "recorder", recorder)
    monkeypatch.setattr(live.app.agent, "engine", recorder)
    monkeypatch.setattr(live.app.agent, "drafts", True)
    yield engine
    engine.go.set()


def post(url: str, key: str, question: str) -> httpx.Response:
    return httpx.post(f"{url}/v1/ask", json={"question": question}, headers={"Authorization": f"Bearer {key}"}, timeout=60)


@pytest.mark.slow
def test_while_the_model_hangs_all_get_passages_and_lookups_go_on(live: Live, hanging: Hanging) -> None:
    with serving(live.app, Limits(asks=1, deadline=4.0)) as url, ThreadPoolExecutor(4) as threads:
        opened = [threads.submit(post, url, live.key, f"{OPEN} {number}") for number in range(3)]
        until(lambda: hanging.called)
        looked_up = post(url, live.key, QUESTION)
        assert looked_up.json()["status"] == "answered", "a question that waits for the model holds no slot"
        for one in opened:
            response = one.result()
            assert response.status_code == 200, response.text
            answer = response.json()
            assert answer["status"] == "no_evidence"
            assert answer["reason"] in ("late", "busy")
            assert answer["nearest"]
            assert answer["audit_id"]
    assert hanging.called == 1, "who waits for its turn does not call a model that hangs"


def test_what_came_late_is_asked_anew(live: Live, hanging: Hanging) -> None:
    """The closest passages stand in for an answer; they are not kept as one."""
    with serving(live.app, Limits(deadline=6.0)) as url:
        assert post(url, live.key, OPEN).json()["reason"] == "late"
        before = hanging.called
        hanging.go.set()
        assert post(url, live.key, OPEN).json()["reason"] != "late"
        assert hanging.called > before


def test_an_openai_client_gets_the_passages_too(live: Live, hanging: Hanging) -> None:
    assert not hanging.go.is_set()
    with serving(live.app, Limits(deadline=2.0)) as url:
        body = {"model": "finfoundry", "messages": [{"role": "user", "content": OPEN}]}
        told = httpx.post(f"{url}/v1/chat/completions", json=body, headers={"Authorization": f"Bearer {live.key}"}, timeout=60).json()
    assert (told["status"], told["reason"]) == ("no_evidence", "late")
    assert told["nearest"]


def test_the_page_and_the_sdk_get_the_passages_too(live: Live, hanging: Hanging) -> None:
    assert not hanging.go.is_set()
    with serving(live.app, Limits(deadline=2.0)) as url:
        with Client(url, live.key) as client:
            told = client.ask(OPEN)
        with httpx.Client(base_url=url, timeout=60, headers={"Accept": "text/html", "Accept-Language": "en", "Origin": url}) as reader:
            assert reader.post("/console/login", data={"key": live.key}).status_code == 303
            page = reader.post("/console/ask", data={"question": OPEN}).text
    assert (told.status, told.reason) == ("no_evidence", "late")
    assert told.nearest
    assert "Closest passages" in page
    assert 'class="passage" data-evidence' in page


def test_who_would_wait_too_long_hears_it_at_once(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """The queue knows how long a turn takes: who could only be served after the deadline is told when to come again."""
    recorder = Recorder(ScriptedEngine([("", ScriptedReply("word " * 50, delay=0.02))]))
    monkeypatch.setattr(live.app, "recorder", recorder)
    monkeypatch.setattr(live.app.agent, "engine", recorder)
    go = threading.Event()
    ask = live.app.ask
    monkeypatch.setattr(live.app, "ask", lambda *arguments, **options: (go.wait(20), ask(*arguments, **options))[1])
    with serving(live.app, Limits(asks=1, deadline=1.5)) as url, ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(post, url, live.key, f"What was revenue in {1990 + number}?") for number in range(6)]
        refused = [one.result() for one in asked]
        go.set()
    assert {one.status_code for one in refused} == {429, 504}
    assert all("retry-after" in one.headers for one in refused if one.status_code == 429)
