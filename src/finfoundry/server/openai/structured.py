"""Text in a shape that the client asks for: of the base itself through the engine's grammar, calls of tools included."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from finfoundry.core.protocols import Completion, JsonSchema, Message
from finfoundry.server.limits.errors import UnusableField
from finfoundry.server.openai.shapes import ChatRequest, ChosenTool, ResponseFormat, ToolFunction

LARGEST, DEEPEST, MOST_REPEATED = 64_000, 24, 500  # characters and levels of a schema; items or characters that it counts to
_CALL = "Reply with one call of a tool, in JSON. Tools: "
_COUNTS = ("minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The shape that a text must have, and which field of the request asks for it. ``tool`` is the one that must be called, "" where the
    model chooses one of ``tools``; None where no tool is.
    """

    schema: JsonSchema
    field: str
    tools: tuple[ToolFunction, ...] = ()
    tool: str | None = None

    def told(self) -> tuple[Message, ...]:
        """What the model must know beside the conversation."""
        return (Message("system", _CALL + json.dumps([_shown(one) for one in self.tools], ensure_ascii=False)),) if self.tools else ()

    def check(self, completion: Completion) -> None:
        """Raises UnusableField where the model made something else; a text that was cut is told by its ``finish``."""
        if completion.finish == "length":
            return
        try:
            json.loads(completion.text)
        except ValueError as error:
            why = "cannot be met: the model made something else"
            raise UnusableField(self.field, why, remedy="Ask for less, or use an engine that keeps to schemas") from error

    def calls(self, completion: Completion) -> list[dict[str, Any]]:
        """The call that a text is, as OpenAI's clients read it; none where the text was cut."""
        if self.tool is None or completion.finish == "length":
            return []
        name, arguments = self.tool, completion.text
        if not name:
            made = json.loads(completion.text)
            name, arguments = made["name"], json.dumps(made["arguments"], ensure_ascii=False)
        return [{"name": name, "arguments": arguments}]


def wanted(body: ChatRequest) -> Wanted | None:
    """The shape that a request to the base asks for. Raises UnusableField for one that cannot be kept."""
    return _call(body) if body.tools and body.tool_choice != "none" else _format(body.response_format)


def governed_format(asked: ResponseFormat | None) -> bool:
    """Whether the governed answer is wanted as the JSON of its contract. Raises UnusableField for a shape of the client's own."""
    if asked is not None and asked.type == "json_schema":
        remedy = 'Send {"type": "json_object"}: the answer contract as JSON; the base model, with a key of the scope raw, keeps to a schema'
        raise UnusableField("response_format", "json_schema cannot be kept by an answer whose figures are bound", remedy=remedy)
    return asked is not None and asked.type == "json_object"


def _format(asked: ResponseFormat | None) -> Wanted | None:
    if asked is None or asked.type == "text":
        return None
    if asked.type == "json_object":
        return Wanted({"type": "object"}, "response_format")
    if asked.json_schema is None or asked.json_schema.schema_ is None:
        raise UnusableField("response_format.json_schema.schema", "is missing", remedy="Send the JSON Schema that the text must keep to")
    return Wanted(bounded(asked.json_schema.schema_, "response_format.json_schema.schema"), "response_format")


def _call(body: ChatRequest) -> Wanted:
    tools = tuple(_functions(body))
    choice = body.tool_choice
    if choice in (None, "auto"):
        remedy = 'Send "required", or {"type": "function", "function": {"name": …}}: a tool is called where the request says so'
        raise UnusableField("tool_choice", "cannot be left to the model", remedy=remedy)
    if isinstance(choice, ChosenTool):
        name = choice.function.name if choice.function else ""
        tools = tuple(one for one in tools if one.name == name)
        if not tools:
            raise UnusableField("tool_choice", f"names no function of tools: {name[:50]!r}", remedy="Name one of tools")
    if len(tools) == 1:
        return Wanted(_parameters(tools[0]), "tools", tools, tools[0].name)
    return Wanted({"anyOf": [_named(one) for one in tools]}, "tools", tools, "")


def _functions(body: ChatRequest) -> Iterator[ToolFunction]:
    for number, tool in enumerate(body.tools or []):
        if tool.type != "function" or tool.function is None:
            raise UnusableField(f"tools.{number}", f"is of the type {tool.type[:50]!r}", remedy="Send functions")
        bounded(tool.function.parameters or {}, f"tools.{number}.function.parameters")
        yield tool.function


def _parameters(tool: ToolFunction) -> JsonSchema:
    return tool.parameters or {"type": "object", "properties": {}}


def _named(tool: ToolFunction) -> JsonSchema:
    properties = {"name": {"const": tool.name}, "arguments": _parameters(tool)}
    return {"type": "object", "properties": properties, "required": ["name", "arguments"], "additionalProperties": False}


def _shown(tool: ToolFunction) -> dict[str, Any]:
    return {"name": tool.name, "description": tool.description or "", "arguments": _parameters(tool)}


def bounded(schema: JsonSchema, field: str) -> JsonSchema:
    """The schema, if an engine can make a grammar of it in a moment. Raises UnusableField."""
    if len(json.dumps(schema)) > LARGEST:
        raise UnusableField(field, f"is longer than {LARGEST} characters", remedy="Send a smaller schema")
    for level, part in _parts(schema):
        if level > DEEPEST:
            raise UnusableField(field, f"has more than {DEEPEST} levels", remedy="Send a flatter schema")
        for name in _COUNTS:
            if isinstance(count := part.get(name), int | float) and not 0 <= count <= MOST_REPEATED:
                raise UnusableField(field, f"has {name} beyond {MOST_REPEATED}", remedy="Ask for fewer, or leave the bound out")
    return schema


def _parts(schema: JsonSchema) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each object of the schema with its level."""
    waiting: list[tuple[int, Any]] = [(0, schema)]
    while waiting:
        level, part = waiting.pop()
        below: Sequence[Any] = list(part.values()) if isinstance(part, dict) else part if isinstance(part, list) else ()
        waiting += [(level + 1, one) for one in below]
        if isinstance(part, dict):
            yield level, part
