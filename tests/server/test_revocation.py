"""A key that is revoked while its request waits: the stream ends with the refusal, in the shape of every error."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest
from tests.server.conftest import QUESTION, Live, Provided

from finfoundry.governance.api_keys import ApiKeys
from finfoundry.usecases import uploads

SLOW = {"model": "scripted", "stream": True, "messages": [{"role": "user", "content": "a slow tale, please"}]}


def streamed(client: httpx.Client, path: str, body: dict[str, object], revoke: Callable[[], object], **options: Any) -> tuple[int, str]:
    """Status and text of a stream whose key is revoked once it has begun."""
    with client.stream("POST", path, json=body, **options) as answer:
        lines = answer.iter_lines()
        first = next(lines)
        revoke()
        return answer.status_code, "\n".join([first, *lines])


def last_error(text: str) -> dict[str, str]:
    data = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: {")]
    error: dict[str, str] = json.loads(data[-1])["error"]
    return error


def revoke(live: Live, key: str) -> None:
    ApiKeys(live.app.database).revoke(live.app.administrator, key.split("_")[1])


def test_a_stream_of_the_base_ends(live: Live) -> None:
    key = live.new_key("teller", "read", "raw")
    with live.client(key) as teller:
        status, text = streamed(teller, "/v1/chat/completions", SLOW, lambda: revoke(live, key))
    assert status == 200, "the stream had begun"
    assert last_error(text)["type"] == "authentication_error"
    assert "[DONE]" not in text, "the tale takes 40 s"


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/chat/completions"])
def test_a_question_is_not_answered_any_more(live: Live, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    key, ask = live.new_key("asker"), live.app.ask

    def slow(principal, question, **options):  # type: ignore[no-untyped-def]
        time.sleep(1.5)
        return ask(principal, question, **options)

    monkeypatch.setattr(live.app, "ask", slow)
    body = {"question": QUESTION, "model": "finfoundry", "messages": [{"role": "user", "content": QUESTION}]}
    kept = ("question",) if path == "/v1/ask" else ("model", "messages")
    with live.client(key) as asker:
        _, text = streamed(asker, path, {**{name: body[name] for name in kept}, "stream": True}, lambda: revoke(live, key))
    assert last_error(text)["type"] == "authentication_error"
    assert "净利润" not in text


def test_the_progress_of_a_file_is_told_no_more(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    key = live.new_key("sender")
    monkeypatch.setattr(uploads, "find", lambda *_: uploads.Upload("x", "a.md", "default", "general", 1, "waiting", None))
    with live.client(key) as sender, sender.stream("GET", "/v1/uploads/x/events") as told:
        lines = told.iter_lines()
        assert next(lines) == "event: progress"
        revoke(live, key)
        assert last_error("\n".join(lines))["type"] == "authentication_error"


def test_all_tokens_of_a_user_end_with_one_command(live: Live, provided: Provided) -> None:
    token = provided.token(sub="leaver", roles=["analyst"])
    token_of_base = provided.token(sub="leaver", roles=["service"])
    with httpx.Client(base_url=provided.url, timeout=60) as client:
        assert client.get("/v1/collections", headers={"Authorization": f"Bearer {token}"}).status_code == 200  # and is a user from now on
        headers = {"Authorization": f"Bearer {token_of_base}"}
        end = partial(ApiKeys(live.app.database).revoke_all, live.app.administrator, "leaver")
        _, text = streamed(client, "/v1/chat/completions", SLOW, end, headers=headers)
        assert last_error(text)["type"] == "authentication_error"
        assert client.get("/v1/collections", headers={"Authorization": f"Bearer {token}"}).status_code == 401
