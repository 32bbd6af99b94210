"""A key that is revoked while its request waits: the stream ends with the refusal, in the shape of every error."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable

import httpx
import pytest
from tests.server.conftest import QUESTION, Live, Provided

from finfoundry.governance.api_keys import ApiKeys

SLOW = {"model": "scripted", "stream": True, "messages": [{"role": "user", "content": "a slow tale, please"}]}


def revoke_in(seconds: float, revoke: Callable[[], object]) -> None:
    threading.Timer(seconds, revoke).start()


def last_error(answer: httpx.Response) -> dict[str, str]:
    data = [line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: {")]
    error: dict[str, str] = json.loads(data[-1])["error"]
    return error


def test_a_stream_of_the_base_ends(live: Live) -> None:
    key = live.new_key("teller", "read", "raw")
    revoke_in(0.5, lambda: ApiKeys(live.app.database).revoke(live.app.administrator, key.split("_")[1]))
    started = time.monotonic()
    with live.client(key) as teller:
        answer = teller.post("/v1/chat/completions", json=SLOW)
    assert time.monotonic() - started < 20, "the tale takes 40 s"
    assert answer.status_code == 200, "the stream had begun"
    assert last_error(answer)["type"] == "authentication_error"
    assert "[DONE]" not in answer.text


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/chat/completions"])
def test_a_question_is_not_answered_any_more(live: Live, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    key, ask = live.new_key("asker"), live.app.ask

    def slow(principal, question, **options):  # type: ignore[no-untyped-def]
        time.sleep(1.5)
        return ask(principal, question, **options)

    monkeypatch.setattr(live.app, "ask", slow)
    revoke_in(0.3, lambda: ApiKeys(live.app.database).revoke(live.app.administrator, key.split("_")[1]))
    body = {"question": QUESTION, "model": "finfoundry", "messages": [{"role": "user", "content": QUESTION}]}
    kept = ("question",) if path == "/v1/ask" else ("model", "messages")
    with live.client(key) as asker:
        answer = asker.post(path, json={**{name: body[name] for name in kept}, "stream": True})
    assert last_error(answer)["type"] == "authentication_error"
    assert "净利润" not in answer.text


def test_all_tokens_of_a_user_end_with_one_command(live: Live, provided: Provided) -> None:
    token = provided.token(sub="leaver", roles=["analyst"])
    token_of_base = provided.token(sub="leaver", roles=["service"])
    with httpx.Client(base_url=provided.url, timeout=60) as client:
        assert client.get("/v1/collections", headers={"Authorization": f"Bearer {token}"}).status_code == 200  # and is a user from now on
        revoke_in(0.5, lambda: ApiKeys(live.app.database).revoke_all(live.app.administrator, "leaver"))
        answer = client.post("/v1/chat/completions", json=SLOW, headers={"Authorization": f"Bearer {token_of_base}"})
        assert last_error(answer)["type"] == "authentication_error"
        assert client.get("/v1/collections", headers={"Authorization": f"Bearer {token}"}).status_code == 401
