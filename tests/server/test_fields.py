"""Each field of a request is honoured, harmless, or refused by its name: nothing that is asked for is passed over in silence."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from openai.types.chat import completion_create_params as chat_params
from openai.types.responses import response_create_params as response_params
from tests.server.conftest import QUESTION, Live
from tests.tiers import slow_but

from finfoundry.server.openai.fields import CHAT, RESPONSES, FieldRule

ROOT = Path(__file__).parents[2]
ASKED = [{"role": "user", "content": QUESTION}]
TOOL: dict[str, Any] = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}
SENT: dict[str, Any] = {  # a value of each field that asks for something
    "temperature": 0.7, "top_p": 0.5, "tools": [TOOL], "tool_choice": "required", "top_logprobs": 3, "moderation": {"model": "x"},
    "metadata": {"a": "b"}, "user": "ana", "store": True, "safety_identifier": "x", "prompt_cache_key": "x", "prompt_cache_options": {},
    "prompt_cache_retention": "24h", "service_tier": "flex", "parallel_tool_calls": True, "response_format": {"type": "json_object"},
    "max_tokens": 4000, "max_completion_tokens": 4000, "seed": 7, "stop": ["."], "frequency_penalty": 1, "presence_penalty": 1, "n": 2,
    "logprobs": True, "logit_bias": {"5": 100}, "functions": [{"name": "x"}], "function_call": {"name": "x"}, "modalities": ["audio"],
    "audio": {"voice": "x", "format": "wav"}, "verbosity": "low", "web_search_options": {}, "prediction": {"content": "x"},
    "reasoning_effort": "high", "stream_options": {"include_usage": True}, "instructions": "x", "text": {"format": {"type": "text"}},
    "max_output_tokens": 4000, "previous_response_id": "x", "conversation": "x", "background": True,
    "include": ["message.output_text.logprobs"], "prompt": {"id": "x"}, "context_management": [{"type": "compaction"}],
    "truncation": "auto", "access_programs": {"cyber": "standard"}, "max_tool_calls": 3, "reasoning": {"effort": "low"},
}  # fmt: skip
GIVEN = {"model", "messages", "input", "stream"}


def of(module: Any, name: str) -> set[str]:
    return set(getattr(module, name).__annotations__) | {"stream"}


@pytest.mark.parametrize(
    ("rules", "known"),
    [(CHAT, of(chat_params, "CompletionCreateParamsBase")), (RESPONSES, of(response_params, "ResponseCreateParamsBase") - {"image"})],
)
def test_every_field_that_the_client_can_send_has_a_rule(rules: Mapping[str, FieldRule], known: set[str]) -> None:
    """As the installed client of OpenAI has them; ``image`` sets how its own models read pictures."""
    assert rules.keys() == known


def asking(path: str, model: str, content: str) -> dict[str, Any]:
    """A request without any more fields."""
    said: dict[str, Any] = {"input": content} if path == "responses" else {"messages": [{"role": "user", "content": content}]}
    return {"model": model, **said}


ROUTES = [*(("chat/completions", name) for name in CHAT), *(("responses", name) for name in RESPONSES)]


@pytest.mark.parametrize("base", slow_but([False], [False, True]), ids=["answer", "base"])
@pytest.mark.parametrize(("path", "name"), [one for one in ROUTES if one[1] not in GIVEN])
def test_a_field_is_honoured_harmless_or_refused_by_its_name(live: Live, path: str, name: str, base: bool) -> None:
    rule = (RESPONSES if path == "responses" else CHAT)[name]
    tools = [{"type": "function", **TOOL["function"]}] if path == "responses" else [TOOL]
    body = asking(path, "scripted" if base else "finfoundry", "yes or no?" if base else QUESTION)
    value = tools if name == "tools" else SENT[name]
    if base and name in ("tools", "tool_choice"):
        body |= {"tools": tools, "tool_choice": "required"}
    with live.client(live.raw_key) as client:
        told = client.post(f"/v1/{path}", json={**body, name: value})
        if (rule.base if base else rule.answer) == "refused":
            error = told.json()["error"]
            assert (told.status_code, error["param"], error["code"]) == (400, name, "UnusableField")
            assert error["remedy"]
            for nothing in (None, *rule.nothing):
                assert client.post(f"/v1/{path}", json={**body, name: nothing}).status_code == 200, nothing
        else:
            assert told.status_code == 200, told.text


@pytest.mark.parametrize("path", ["chat/completions", "responses"])
def test_a_field_that_no_request_has_is_refused(live: Live, path: str) -> None:
    with live.client() as ana:
        assert ana.post(f"/v1/{path}", json={**asking(path, "finfoundry", QUESTION), "top_k": 5}).json()["error"]["param"] == "top_k"


@pytest.mark.parametrize("part", [{"type": "image_url", "image_url": {"url": "x"}}, {"type": "input_audio"}, {"type": "file"}])
def test_what_is_no_text_is_refused(live: Live, part: dict[str, Any]) -> None:
    with live.client() as ana:
        messages = [{"role": "user", "content": [{"type": "text", "text": QUESTION}, part]}]
        error = ana.post("/v1/chat/completions", json={"model": "finfoundry", "messages": messages}).json()["error"]
        assert (error["param"], error["code"]) == ("messages.0.content", "UnusableField")
        item = {"role": "user", "content": [{"type": "input_text", "text": QUESTION}, {"type": "input_image", "image_url": "x"}]}
        assert ana.post("/v1/responses", json={"model": "finfoundry", "input": [item]}).json()["error"]["param"] == "input.0.content"


def test_an_answer_is_never_cut(live: Live) -> None:
    with live.client() as ana:
        for name in ("max_tokens", "max_completion_tokens"):
            told = ana.post("/v1/chat/completions", json={"model": "finfoundry", "messages": ASKED, name: 3})
            assert (told.status_code, told.json()["error"]["param"]) == (400, name)
        told = ana.post("/v1/responses", json={"model": "finfoundry", "input": QUESTION, "max_output_tokens": 3})
        assert told.json()["error"]["param"] == "max_output_tokens"
        needed = int(re.findall(r"Send (\d+)", told.json()["error"]["remedy"])[0])
        whole = ana.post("/v1/responses", json={"model": "finfoundry", "input": QUESTION, "max_output_tokens": needed})
        assert whole.status_code == 200
        stream = ana.post("/v1/chat/completions", json={"model": "finfoundry", "messages": ASKED, "max_tokens": 3, "stream": True}).text
    assert json.loads(stream.strip().splitlines()[-1].removeprefix("data: "))["error"]["param"] == "max_tokens"


def rows_of(text: str, heading: str) -> dict[str, tuple[str, str]]:
    """Field → what becomes of it (answer, base), as a table of the documentation has it."""
    found: dict[str, tuple[str, str]] = {}
    for row in re.findall(r"^\| `.*$", re.split(r"^#", text.split(heading, 1)[1], maxsplit=1, flags=re.MULTILINE)[0], re.MULTILINE):
        names, answer, base, *_ = (cell.strip() for cell in row.strip("|").split("|"))
        found |= dict.fromkeys(re.findall(r"`(\w+)`", names), (answer, base))
    return found


TABLES = [
    ("clients.md", CHAT, "### Fields of a chat completion"),
    ("clients.md", RESPONSES, "### Fields of a response"),
    ("zh/clients.md", CHAT, "### Chat completion 的字段"),
    ("zh/clients.md", RESPONSES, "### Response 的字段"),
]


@pytest.mark.parametrize(("page", "rules", "heading"), TABLES)
def test_the_documentation_has_every_field(page: str, rules: Mapping[str, FieldRule], heading: str) -> None:
    told = rows_of((ROOT / "docs" / page).read_text("utf-8"), heading)
    assert told == {name: (rule.answer, rule.base) for name, rule in rules.items()}
