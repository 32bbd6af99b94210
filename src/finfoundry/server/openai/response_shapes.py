"""Bodies of ``/v1/responses``: what clients send, as a request for a chat completion, and what they get."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from finfoundry.core.answer import Citation, Figure, Language, Status
from finfoundry.core.disclosure import Disclosure
from finfoundry.server.openai.shapes import (
    MOST_TOKENS,
    CalledFunction,
    ChatMessage,
    ChatRequest,
    ChosenTool,
    FormatSchema,
    MessagePart,
    Open,
    Place,
    ResponseFormat,
    Sampled,
    Tool,
    ToolCall,
    ToolFunction,
)

MOST_ITEMS = 999  # of an input; with the instructions they are the messages of a chat


class InputItem(Open):
    """A message, a call that was made, or what came of it."""

    type: Literal["message", "function_call", "function_call_output"] = "message"
    role: Literal["system", "developer", "user", "assistant"] = "user"
    content: str | list[MessagePart] | None = None
    call_id: str = ""
    name: Annotated[str, Field(max_length=200)] = ""
    arguments: str = ""
    output: str | list[MessagePart] = ""

    def message(self) -> ChatMessage:
        if self.type == "function_call":
            call = ToolCall(id=self.call_id, function=CalledFunction(name=self.name, arguments=self.arguments))
            return ChatMessage(role="assistant", tool_calls=[call])
        if self.type == "function_call_output":
            return ChatMessage(role="tool", content=self.output)
        return ChatMessage(role=self.role, content=self.content)


class TextFormat(Open):
    type: Literal["text", "json_object", "json_schema"] = "text"
    schema_: dict[str, Any] | None = Field(None, alias="schema")

    def response_format(self) -> ResponseFormat:
        return ResponseFormat(type=self.type, json_schema=FormatSchema(schema=self.schema_) if self.schema_ is not None else None)


class TextConfig(Open):
    format: TextFormat | None = None
    verbosity: str | None = None


class FlatTool(Open):
    type: str
    name: str = Field("", max_length=200)
    description: str | None = Field(None, max_length=20_000)
    parameters: dict[str, Any] | None = None

    def tool(self) -> Tool:
        named = self.type == "function" and self.name
        return Tool(type=self.type, function=ToolFunction.model_validate(self.model_dump(exclude={"type"})) if named else None)


class FlatChoice(Open):
    type: str
    name: str = Field("", max_length=200)


class ResponsesRequest(Sampled):
    input: str | Annotated[list[InputItem], Field(min_length=1, max_length=MOST_ITEMS)] = Field(
        description="The question, or a conversation that ends with it"
    )
    instructions: str | None = None
    max_output_tokens: int | None = Field(None, ge=1, le=MOST_TOKENS)
    text: TextConfig | None = None
    tools: list[FlatTool] | None = Field(None, max_length=128)
    tool_choice: Literal["none", "auto", "required"] | FlatChoice | None = None

    def chat(self) -> ChatRequest:
        """The same as a request for a chat completion."""
        items = [InputItem(content=self.input)] if isinstance(self.input, str) else self.input
        messages = [item.message() for item in items]
        if self.instructions:
            messages.insert(0, ChatMessage(role="system", content=self.instructions))
        fields = {
            "model": self.model, "stream": self.stream, "temperature": self.temperature, "max_tokens": self.max_output_tokens,
            "messages": messages, "tools": [one.tool() for one in self.tools] if self.tools else None, "tool_choice": self._choice(),
            "response_format": self.text.format.response_format() if self.text and self.text.format else None,
        }  # fmt: skip
        return ChatRequest.model_validate(fields)

    def _choice(self) -> Literal["none", "auto", "required"] | ChosenTool | None:
        if not isinstance(self.tool_choice, FlatChoice):
            return self.tool_choice
        function = ToolFunction.model_validate({"name": self.tool_choice.name}) if self.tool_choice.name else None
        return ChosenTool(type=self.tool_choice.type, function=function)

    def kinds(self) -> Iterator[tuple[str, str]]:
        """The parts of items: where each stands, and its type."""
        for number, item in enumerate(self.input if isinstance(self.input, list) else []):
            for parts in (item.content, item.output):
                for part in parts if isinstance(parts, list) else []:
                    yield f"input.{number}.content", part.type


# what they get


class FileCitation(BaseModel):
    type: Literal["file_citation"]
    file_id: str
    filename: str
    index: int
    finfoundry: Place


class OutputText(BaseModel):
    type: Literal["output_text"]
    text: str
    annotations: list[FileCitation]


class OutputItem(BaseModel):
    """A message with its text, or a call of a function."""

    id: str
    type: Literal["message", "function_call"]
    status: Literal["in_progress", "completed", "incomplete"]
    role: Literal["assistant"] | None = None
    content: list[OutputText] | None = None
    call_id: str | None = None
    name: str | None = None
    arguments: str | None = None


class CachedTokens(BaseModel):
    cached_tokens: int
    cache_write_tokens: int


class ReasoningTokens(BaseModel):
    reasoning_tokens: int


class ResponseUsage(BaseModel):
    """Tokens that a model read and wrote for this answer: 0 where none was called."""

    input_tokens: int
    input_tokens_details: CachedTokens
    output_tokens: int
    output_tokens_details: ReasoningTokens
    total_tokens: int


class ResponseObject(BaseModel):
    """The answer contract (``answer``) is there when the answer is governed, that is, not of the base itself."""

    id: str
    object: Literal["response"]
    created_at: int
    model: str
    status: Literal["in_progress", "completed", "incomplete"]
    output: list[OutputItem]
    usage: ResponseUsage | None
    answer: AnswerFields | None = None
    ai_generated: bool | None = None
    disclosure: Disclosure | None = None


class AnswerFields(BaseModel):
    """What the answer contract says beside the text."""

    status: Status
    language: Language
    citations: list[Citation]
    figures: list[Figure]
    warnings: list[str]
    options: list[str]
    nearest: list[Citation]
    reason: str | None
    audit_id: str | None
    timings: dict[str, float]
    disclosure: Disclosure | None
    ai_generated: bool
