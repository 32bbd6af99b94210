"""Shapes that a client asks for: kept by the base through the engine, told by their field where they cannot be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from pydantic import BaseModel
from tests.server.conftest import QUESTION, Live

from finfoundry.core.errors import SchemaRefused
from finfoundry.core.protocols import Completion, Request

TOOLS: list[Any] = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}
    for name in ("weather", "lookup")
]
CITY: Any = {"type": "function", "function": {"name": "weather"}}


def asked(content: str) -> list[Any]:
    return [{"role": "user", "content": content}]


def schema(of: dict[str, Any]) -> Any:
    return {"type": "json_schema", "json_schema": {"name": "reply", "schema": of}}


@pytest.fixture
def rae(live: Live) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{live.url}/v1", api_key=live.raw_key, max_retries=0) as made:
        yield made


class YesNo(BaseModel):
    yes: bool


def test_the_base_keeps_to_a_model_of_the_client(live: Live, rae: openai.OpenAI) -> None:
    told = rae.chat.completions.parse(model="scripted", messages=asked("yes or no"), response_format=YesNo)
    assert told.choices[0].message.parsed == YesNo(yes=True)
    assert (live.engine.requests[-1].schema or {})["properties"] == {"yes": {"title": "Yes", "type": "boolean"}}
    assert told.usage
    assert told.usage.completion_tokens > 0


def test_the_governed_answer_is_its_contract_as_json_and_no_other(live: Live) -> None:
    with openai.OpenAI(base_url=f"{live.url}/v1", api_key=live.key, max_retries=0) as ana:
        told = ana.chat.completions.create(model="finfoundry", messages=asked(QUESTION), response_format={"type": "json_object"})
        content = json.loads(told.choices[0].message.content or "")
        assert content["figures"] == (told.model_extra or {})["figures"]
        assert content["text"].endswith("[1]。")
        with pytest.raises(openai.BadRequestError) as refused:
            ana.chat.completions.parse(model="finfoundry", messages=asked(QUESTION), response_format=YesNo)
        assert refused.value.param == "response_format"


@pytest.mark.parametrize(("content", "choice", "name"), [("the weather?", CITY, "weather"), ("one of both", "required", "lookup")])
@pytest.mark.parametrize("stream", [False, True])
def test_a_call_of_a_tool(rae: openai.OpenAI, content: str, choice: Any, name: str, stream: bool) -> None:
    if stream:
        with rae.chat.completions.stream(model="scripted", messages=asked(content), tools=TOOLS, tool_choice=choice) as events:
            choices = events.get_final_completion().choices
    else:
        choices = rae.chat.completions.create(model="scripted", messages=asked(content), tools=TOOLS, tool_choice=choice).choices  # type: ignore[assignment]
    (call,) = choices[0].message.tool_calls or []
    assert call.type == "function"
    assert (call.function.name, json.loads(call.function.arguments)) == (name, {"city": "Linxi"})
    assert (choices[0].finish_reason, choices[0].message.content) == ("tool_calls", None)


def test_a_conversation_with_calls_is_told_to_the_engine(live: Live, rae: openai.OpenAI) -> None:
    call = {"id": "1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Linxi"}'}}
    messages: list[Any] = [*asked("Hello"), {"role": "assistant", "content": None, "tool_calls": [call]},
                           {"role": "tool", "tool_call_id": "1", "content": "Rain."}]  # fmt: skip
    assert rae.chat.completions.create(model="scripted", messages=messages, tools=TOOLS, tool_choice="none").choices[0].message.content
    assert [one.content for one in live.engine.requests[-1].messages] == ["Hello", 'weather({"city":"Linxi"})', "Rain."]


DEEP: dict[str, Any] = {"type": "object"}
for _ in range(30):
    DEEP = {"type": "object", "properties": {"x": DEEP}}


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"tools": TOOLS}, "tool_choice"),
        ({"tools": TOOLS, "tool_choice": {"type": "function", "function": {"name": "other"}}}, "tool_choice"),
        ({"tools": [{"type": "custom", "custom": {"name": "x"}}], "tool_choice": "required"}, "tools.0"),
        ({"tools": TOOLS, "tool_choice": "required"}, "tools"),  # "Hello" makes no call
        ({"response_format": {"type": "json_object"}}, "response_format"),  # nor JSON
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema.schema"),
        ({"response_format": {"type": "grammar"}}, "response_format.type"),
        ({"response_format": schema(DEEP)}, "response_format.json_schema.schema"),
        ({"response_format": schema({"type": "array", "maxItems": 10**9})}, "response_format.json_schema.schema"),
        ({"response_format": schema({"enum": ["x" * 70_000]})}, "response_format.json_schema.schema"),
    ],
)
def test_a_shape_that_cannot_be_met_is_refused_by_its_field(rae: openai.OpenAI, fields: dict[str, Any], param: str) -> None:
    with pytest.raises(openai.BadRequestError) as told:
        rae.chat.completions.create(model="scripted", messages=asked("Hello"), **fields)
    assert told.value.param == param


@pytest.mark.parametrize("stream", [False, True])
def test_a_schema_that_the_engine_refuses_is_told_by_its_field(
    live: Live, rae: openai.OpenAI, monkeypatch: pytest.MonkeyPatch, stream: bool
) -> None:
    def refuse(_: Request) -> Completion:
        raise SchemaRefused("scripted cannot keep to this schema: unrecognized type wat", remedy="Send a simpler one")

    monkeypatch.setattr(live.engine, "chat", refuse)
    monkeypatch.setattr(live.engine, "stream", refuse)
    with pytest.raises(openai.APIError, match=r"unrecognized type wat\. Send a simpler one") as told:
        list(rae.chat.completions.create(model="scripted", messages=asked("x"), response_format=schema({"type": "wat"}), stream=stream))
    assert told.value.param == "response_format"


def test_a_text_that_was_cut_says_so(rae: openai.OpenAI) -> None:
    told = rae.chat.completions.create(
        model="scripted", messages=asked("yes or no"), max_tokens=2, response_format=schema({"type": "object"})
    )
    assert told.choices[0].finish_reason == "length"
    chunks = list(
        rae.chat.completions.create(
            model="scripted", messages=asked("Hello"), max_tokens=2, stream=True, stream_options={"include_usage": True}
        )
    )
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "length"
    usage = chunks[-1].usage
    assert usage
    assert (usage.prompt_tokens, usage.completion_tokens) == (1, 2)
