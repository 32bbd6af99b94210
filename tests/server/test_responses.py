"""``/v1/responses`` by OpenAI's own client: responses and the events of their streams."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from tests.server.conftest import QUESTION, REPORT, Live

CALLED: list[Any] = [
    {
        "type": "function", "name": name, "description": "Tells the weather.", "strict": False,
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    }
    for name in ("weather", "lookup")
]  # fmt: skip


@pytest.fixture
def client(live: Live) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{live.url}/v1", api_key=live.key, max_retries=0) as made:
        yield made


@pytest.fixture
def rae(live: Live) -> Iterator[openai.OpenAI]:
    """A key that opens the base itself."""
    with openai.OpenAI(base_url=f"{live.url}/v1", api_key=live.raw_key, max_retries=0) as made:
        yield made


def test_a_response_has_text_sources_and_the_contract(client: openai.OpenAI) -> None:
    told = client.responses.create(model="finfoundry", input=QUESTION, metadata={"case": "7"})
    assert told.output_text.endswith("[1]。")
    assert (told.status, told.error, told.metadata) == ("completed", None, {"case": "7"})
    (item,) = told.output
    assert item.type == "message"
    (part,) = item.content
    assert part.type == "output_text"
    (annotation,) = part.annotations
    assert annotation.type == "file_citation"
    assert (annotation.filename, part.text[: annotation.index][-3:]) == (REPORT, "[1]")
    place = (annotation.model_extra or {})["finfoundry"]
    assert place["box"]
    answer = (told.model_extra or {})["answer"]
    assert (answer["status"], answer["citations"][0]["page"]) == ("answered", place["page"])
    assert told.usage
    assert (told.usage.input_tokens, told.usage.output_tokens) == (0, 0), "facts answer, no model was called"


@pytest.mark.parametrize("model", ["finfoundry", "finfoundry+sources"])
def test_a_stream_is_built_by_the_client_to_the_same_response(client: openai.OpenAI, model: str) -> None:
    whole = client.responses.create(model=model, input=QUESTION)
    with client.responses.stream(model=model, input=QUESTION) as stream:
        events = list(stream)
        built = stream.get_final_response()
    kinds = [event.type for event in events]
    assert kinds[:2] == ["response.created", "response.in_progress"]
    assert kinds[-5:] == [
        "response.output_text.annotation.added", "response.output_text.done", "response.content_part.done",
        "response.output_item.done", "response.completed",
    ]  # fmt: skip
    first = kinds.index("response.output_text.delta")
    assert kinds[first - 2 : first] == ["response.output_item.added", "response.content_part.added"]
    assert built.output_text == whole.output_text
    assert [event.sequence_number for event in events] == list(range(len(events)))


def test_a_conversation_goes_on(client: openai.OpenAI) -> None:
    before: list[Any] = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": "…"}]
    told = client.responses.create(model="finfoundry", input=[*before, {"role": "user", "content": "2023年呢？"}], instructions="Be kind.")
    assert (told.model_extra or {})["answer"]["figures"][0]["period"] == "2023-01-01/2023-12-31"


def test_the_base_answers_with_its_tokens(rae: openai.OpenAI, client: openai.OpenAI) -> None:
    told = rae.responses.create(model="scripted", input="Hello", instructions="Be kind.")
    assert told.output_text == "I say so."
    assert told.usage
    assert (told.usage.input_tokens, told.usage.output_tokens) == (4, 4)
    with rae.responses.stream(model="scripted", input="Hello", instructions="Be kind.") as stream:
        built = stream.get_final_response()
    assert (built.output_text, built.usage) == (told.output_text, told.usage)
    with pytest.raises(openai.PermissionDeniedError):
        client.responses.create(model="scripted", input="Hello")


def test_a_text_that_was_cut_is_incomplete(rae: openai.OpenAI) -> None:
    told = rae.responses.create(model="scripted", input="Hello", max_output_tokens=2)
    assert (told.status, told.output_text) == ("incomplete", "I say")
    assert told.incomplete_details
    assert told.incomplete_details.reason == "max_output_tokens"
    kinds = [event.type for event in rae.responses.create(model="scripted", input="Hello", max_output_tokens=2, stream=True)]
    assert kinds[-1] == "response.incomplete"


@pytest.mark.parametrize(
    ("asked", "choice", "name"),
    [("the weather?", {"type": "function", "name": "weather"}, "weather"), ("one of both", "required", "lookup")],
)
def test_a_tool_is_called_where_the_request_says_so(live: Live, rae: openai.OpenAI, asked: str, choice: Any, name: str) -> None:
    told = rae.responses.create(model="scripted", input=asked, tools=CALLED, tool_choice=choice)
    (call,) = told.output
    assert call.type == "function_call"
    assert (call.name, json.loads(call.arguments)) == (name, {"city": "Linxi"})
    assert live.engine.requests[-1].schema, "the engine's grammar keeps to it"
    with rae.responses.stream(model="scripted", input=asked, tools=CALLED, tool_choice=choice) as stream:
        kinds = [event.type for event in stream]
        (built,) = stream.get_final_response().output
    assert built.type == "function_call"
    assert (built.name, built.arguments) == (call.name, call.arguments)
    assert "response.output_text.delta" not in kinds
    after: list[Any] = [
        {"role": "user", "content": "Hello"},
        call.to_dict(),
        {"type": "function_call_output", "call_id": "x", "output": "5"},
    ]
    assert rae.responses.create(model="scripted", input=after).output_text == "I say so."


def test_a_schema_is_kept_by_the_base(live: Live, rae: openai.OpenAI, client: openai.OpenAI) -> None:
    schema = {"type": "object", "properties": {"yes": {"type": "boolean"}}}
    text: Any = {"format": {"type": "json_schema", "name": "reply", "schema": schema}}
    assert json.loads(rae.responses.create(model="scripted", input="yes or no", text=text).output_text) == {"yes": True}
    assert live.engine.requests[-1].schema == schema
    with pytest.raises(openai.BadRequestError) as told:
        client.responses.create(model="finfoundry", input=QUESTION, text=text)
    assert told.value.param == "text.format"
    contract = client.responses.create(model="finfoundry", input=QUESTION, text={"format": {"type": "json_object"}})
    assert json.loads(contract.output_text)["status"] == "answered"


@pytest.mark.parametrize("stream", [False, True])
def test_a_field_that_cannot_be_used_bears_its_name_here(rae: openai.OpenAI, client: openai.OpenAI, stream: bool) -> None:
    with pytest.raises(openai.BadRequestError) as told:
        client.responses.create(model="finfoundry", input=QUESTION, text={"verbosity": "low"}, stream=stream)
    assert told.value.param == "text.verbosity"
    with pytest.raises(openai.BadRequestError) as told:
        rae.responses.create(model="scripted", input="Hello", tools=CALLED, stream=stream)
    assert told.value.param == "tool_choice"


def test_an_error_in_a_stream_is_raised_by_the_client(rae: openai.OpenAI) -> None:
    with pytest.raises(openai.APIError, match="no adapter 'other'"):
        list(rae.responses.create(model="scripted+other", input="Hello", stream=True))
    with pytest.raises(openai.APIError, match="made something else"):
        list(rae.responses.create(model="scripted", input="Hello", stream=True, text={"format": {"type": "json_object"}}))


@pytest.mark.parametrize(
    "sent",
    [[], [{"role": "user", "content": "x"}] * 1500, [{"type": "function_call", "name": "n" * 500}, {"role": "user", "content": "x"}]],
    ids=["nothing", "too much", "a long name"],
)
def test_an_input_beyond_its_bounds_is_refused(live: Live, sent: list[dict[str, str]]) -> None:
    with live.client() as ana:
        refused = ana.post("/v1/responses", json={"model": "finfoundry", "input": sent})
    assert refused.status_code in (400, 422), refused.text
    assert refused.json()["error"]["message"]
