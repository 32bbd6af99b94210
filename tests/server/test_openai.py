"""OpenAI's own client against the live server, unchanged but for its address and key."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from tests.server.conftest import QUESTION, Live
from tests.server.test_admission import until

from finfoundry.ask.reader.tuned_plan import PLANNER
from finfoundry.core.protocols import Message
from finfoundry.demo.report import annual_report
from finfoundry.server.service.own_prompts import OwnPrompts


@pytest.fixture
def client(live: Live) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{live.url}/v1", api_key=live.key, max_retries=0) as made:
        yield made


def asked(*contents: str) -> list[Any]:
    return [{"role": "user", "content": content} for content in contents]


def test_an_answer_carries_its_figures_and_citations(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model="finfoundry", messages=asked(QUESTION))
    extra = answer.model_extra or {}
    assert answer.choices[0].message.content
    assert extra["status"] == "answered"
    assert extra["figures"][0]["value"] == str(annual_report().find("net_profit", language="zh").value)
    assert extra["citations"][0]["box"]
    assert answer.usage


def test_a_stream_sends_progress_and_no_text_before_the_answer_is_bound(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="finfoundry/default", messages=asked(QUESTION)).choices[0].message.content
    options: Any = {"include_usage": True}
    chunks = list(client.chat.completions.create(model="finfoundry/default", messages=asked(QUESTION), stream=True, stream_options=options))
    first_text = next(number for number, chunk in enumerate(chunks) if chunk.choices and chunk.choices[0].delta.content)
    assert any("progress" in (chunk.model_extra or {}) for chunk in chunks[:first_text])
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == whole
    (end,) = [chunk for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason]
    assert (end.model_extra or {})["figures"]
    assert chunks[-1].usage


@pytest.mark.parametrize("short", ["2023年的净利润是多少？", "2023年呢？"])
def test_a_follow_up_leaves_out_what_was_said_before(live: Live, short: str) -> None:
    with openai.OpenAI(base_url=f"{live.url}/v1", api_key=live.admin_key) as admin:  # who reads the papers of two companies

        def answer(*questions: str) -> dict[str, Any]:
            return admin.chat.completions.create(model="finfoundry", messages=asked(*questions)).model_extra or {}

        assert not answer(short)["figures"]
        (figure,) = answer(QUESTION, short)["figures"]
    assert figure["reference"]["entity"].startswith("云洲")
    assert figure["period"] == "2023-01-01/2023-12-31"


def test_messages_and_a_named_conversation_go_on_alike_and_for_their_own_user_alone(live: Live) -> None:
    questions = (QUESTION, "2023年呢？", "增长了百分之几？")
    with openai.OpenAI(base_url=f"{live.url}/v1", api_key=live.admin_key) as admin:  # nothing of the list is known here
        listed = admin.chat.completions.create(model="finfoundry", messages=asked(*questions)).model_extra or {}

    def named(question: str, key: str) -> dict[str, Any]:
        body = {"question": question, "conversation": "alike"}
        found = httpx.post(f"{live.url}/v1/ask", json=body, headers={"Authorization": f"Bearer {key}"}, timeout=60)
        return dict(found.json())

    told = [named(question, live.admin_key) for question in questions]
    assert told[-1]["figures"] == listed["figures"] != []
    assert "2024年净利润比2023年" in told[-1]["warnings"][0]
    another = named("增长了百分之几？", live.key)
    assert not any("理解为" in warning for warning in another["warnings"])


def test_models_are_the_collections_and_for_permitted_keys_the_base(live: Live, client: openai.OpenAI) -> None:
    assert {"finfoundry", "finfoundry/default"} <= {model.id for model in client.models.list()}
    assert client.models.retrieve("finfoundry/default").id == "finfoundry/default"
    assert "scripted" not in {model.id for model in client.models.list()}
    folder = live.app.settings.home / "adapters"
    folder.mkdir(exist_ok=True)
    (folder / "dev-tuned.gguf").touch()
    with openai.OpenAI(base_url=f"{live.url}/v1", api_key=live.raw_key) as rae:
        assert [model.id for model in rae.models.list() if model.id.startswith("scripted")] == ["scripted"], "none of development"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("no-such")


def test_the_base_itself_answers_permitted_keys_only_and_leaves_a_record(live: Live, client: openai.OpenAI) -> None:
    with pytest.raises(openai.PermissionDeniedError):
        client.chat.completions.create(model="scripted", messages=asked("Hello"))
    with openai.OpenAI(base_url=f"{live.url}/v1", api_key=live.raw_key) as rae:
        answer = rae.chat.completions.create(model="scripted", messages=asked("Hello"))
        pieces = list(rae.chat.completions.create(model="scripted", messages=asked("Hello"), stream=True))
    assert answer.choices[0].message.content == "I say so."
    assert "".join(piece.choices[0].delta.content or "" for piece in pieces) == "I say so."
    with live.client(live.admin_key) as admin:
        assert [one["action"] for one in admin.get("/v1/audit").json()[:2]] == ["raw completion"] * 2


def test_what_the_base_says_is_labelled_as_generated_where_the_law_asks(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its text stays as it is, since programs read it."""
    monkeypatch.setattr(live.app, "settings", live.app.settings.model_copy(update={"disclosure": "cn", "disclosure_producer": "Harbour"}))
    with openai.OpenAI(base_url=f"{live.url}/v1", api_key=live.raw_key) as rae:
        answer = rae.chat.completions.create(model="scripted", messages=asked("Hello"))
        last = list(rae.chat.completions.create(model="scripted", messages=asked("Hello"), stream=True))[-1]
    assert answer.choices[0].message.content == "I say so."
    for told in (answer, last):
        extra = told.model_extra or {}
        assert extra["ai_generated"]
        assert (extra["disclosure"]["aigc"]["ContentProducer"], extra["disclosure"]["aigc"]["ProduceID"]) == ("Harbour", told.id)


def test_a_prompt_of_anothers_words_is_read_anew() -> None:
    """The engine keeps prompts that begin alike: only who had a conversation goes on from what was kept of it."""
    prompts, asked_ = OwnPrompts(), Message("user", "Is Linxi Port for sale?")
    prompts.keep("rae", [asked_], "I say so.")
    more = [asked_, Message("assistant", "I say so."), Message("user", "Since when?")]
    assert prompts.goes_on("rae", more)
    assert not prompts.goes_on("rae", [asked_]), "one's own words again, too: they may be another's"
    assert not prompts.goes_on("ben", more)
    assert not prompts.goes_on("rae", [asked_, Message("assistant", "I do not say so."), Message("user", "Since when?")])


def test_a_conversation_with_the_base_goes_on_and_anothers_is_read_anew(live: Live) -> None:
    more = [*asked("Is Linxi Port for sale?"), {"role": "assistant", "content": "I say so."}, *asked("Since when?")]
    with (
        openai.OpenAI(base_url=f"{live.url}/v1", api_key=live.raw_key) as rae,
        openai.OpenAI(base_url=f"{live.url}/v1", api_key=live.admin_key) as admin,
    ):
        reused = []
        for client, messages in ((rae, more), (rae, more[:1]), (rae, more), (rae, more[:1]), (admin, more)):
            client.chat.completions.create(model="scripted", messages=messages)
            reused.append(live.engine.requests[-1].reuse)
    assert reused == [False, False, True, False, False]


def test_a_request_chooses_an_adapter_beside_the_base(live: Live) -> None:
    with openai.OpenAI(base_url=f"{live.url}/v1", api_key=live.raw_key) as rae:
        rae.chat.completions.create(model="scripted+tuned", messages=asked("Hello"))
        assert live.engine.requests[-1].adapter == "tuned"
        rae.chat.completions.create(model="scripted", messages=asked("Hello"))
        assert live.engine.requests[-1].adapter is None
        with pytest.raises(openai.APIStatusError, match="no adapter 'other'"):
            rae.chat.completions.create(model="scripted+other", messages=asked("Hello"))
        with pytest.raises(openai.NotFoundError, match="no model"):
            rae.chat.completions.create(model=f"scripted+{PLANNER}", messages=asked("Hello"))


def test_errors_are_those_that_the_client_knows(live: Live, client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="no model"):
        client.chat.completions.create(model="gpt-x", messages=asked("Hello"))
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(model="finfoundry", messages=[{"role": "system", "content": "Be brief."}])
    with pytest.raises(openai.AuthenticationError), openai.OpenAI(base_url=f"{live.url}/v1", api_key="sk-none") as nobody:
        nobody.models.list()
    with pytest.raises(openai.InternalServerError, match="embedder"):
        client.embeddings.create(model="finfoundry", input="text")


@pytest.mark.parametrize("stream", [False, True])
def test_the_engine_stops_when_the_client_leaves(live: Live, stream: bool) -> None:
    body = {"model": "scripted", "stream": stream, "messages": asked("a slow tale, please")}

    def running() -> bool:
        return "finfoundry_model_running 0" not in httpx.get(f"{live.url}/metrics").text  # waiting for the model holds no other slot

    with (
        live.client(live.raw_key) as rae,
        contextlib.suppress(httpx.ReadTimeout),
        rae.stream("POST", "/v1/chat/completions", json=body, timeout=1.0) as answer,
    ):
        lines = answer.iter_lines()  # kept: a generator that is dropped closes the connection
        next(lines)
        until(running, 10)
    until(lambda: not running(), 10)


def test_curl_sees_the_stream(live: Live) -> None:
    body = json.dumps({"model": "finfoundry", "stream": True, "messages": asked(QUESTION)})
    command = ["curl", "-sN", f"{live.url}/v1/chat/completions", "-H", f"Authorization: Bearer {live.key}",
               "-H", "Content-Type: application/json", "-d", body]  # fmt: skip
    try:
        text = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    except FileNotFoundError:
        pytest.skip("curl is not here: not run")
    assert text.startswith("data: {")
    assert text.rstrip().endswith("data: [DONE]")
