"""Bodies of chat completions and embeddings: what clients send, and what they get, with the answer contract as extension fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from finfoundry.core.answer import Citation, Figure, Language, Status
from finfoundry.core.disclosure import Disclosure
from finfoundry.core.document import Box, Locator

MOST_TOKENS = 32_768  # of one completion


class Open(BaseModel):
    """A part of a body of OpenAI's: fields that have no meaning here are let pass, as clients send many."""

    model_config = ConfigDict(extra="ignore")


class Whole(BaseModel):
    """A body of OpenAI's. Fields that it does not name are kept, to be refused by their name (``fields``)."""

    model_config = ConfigDict(extra="allow")


class MessagePart(Open):
    type: str
    text: str = ""


class CalledFunction(Open):
    name: str = Field(max_length=200)
    arguments: str = ""


class ToolCall(Open):
    id: str = ""
    type: str = "function"
    function: CalledFunction


class ChatMessage(Open):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[MessagePart] | None = None
    tool_calls: list[ToolCall] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""

    @property
    def kinds(self) -> list[str]:
        return [part.type for part in self.content] if isinstance(self.content, list) else []


class StreamOptions(Open):
    include_usage: bool = False


class FormatSchema(Open):
    schema_: dict[str, Any] | None = Field(None, alias="schema")


class ResponseFormat(Open):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: FormatSchema | None = None


class ToolFunction(Open):
    name: str = Field(min_length=1, max_length=200)
    description: str | None = Field(None, max_length=20_000)
    parameters: dict[str, Any] | None = None


class Tool(Open):
    type: str
    function: ToolFunction | None = None


class ChosenTool(Open):
    type: str
    function: ToolFunction | None = None


class Sampled(Whole):
    """What both kinds of request say of how the text is made."""

    model: str = Field(max_length=300)
    stream: bool = False
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, ge=0, le=1)
    top_logprobs: int | None = Field(None, ge=0, le=20)
    parallel_tool_calls: bool | None = None
    metadata: dict[str, str] | None = None
    user: str | None = None
    store: bool | None = None


class ChatRequest(Sampled):
    messages: list[ChatMessage] = Field(min_length=1, max_length=1000)
    stream_options: StreamOptions | None = None
    max_tokens: int | None = Field(None, ge=1, le=MOST_TOKENS)
    max_completion_tokens: int | None = Field(None, ge=1, le=MOST_TOKENS)
    seed: int | None = None
    stop: str | list[str] | None = None
    n: int | None = Field(None, ge=1, le=128)
    logprobs: bool | None = None
    frequency_penalty: float | None = Field(None, ge=-2, le=2)
    presence_penalty: float | None = Field(None, ge=-2, le=2)
    response_format: ResponseFormat | None = None
    tools: list[Tool] | None = Field(None, max_length=128)
    tool_choice: Literal["none", "auto", "required"] | ChosenTool | None = None

    @property
    def longest(self) -> int | None:
        """Tokens that the text may have."""
        return self.max_completion_tokens or self.max_tokens

    @property
    def kinds(self) -> Iterator[tuple[str, str]]:
        """The parts of messages: where each stands, and its type."""
        for number, message in enumerate(self.messages):
            for kind in message.kinds:
                yield f"messages.{number}.content", kind


class EmbeddingsRequest(Whole):
    model: str = Field(max_length=300)
    input: str | list[Any] = Field(description="A text, or texts; texts as numbers of tokens are refused")
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = None


# what they get


class ModelObject(BaseModel):
    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class Models(BaseModel):
    object: Literal["list"]
    data: list[ModelObject]


class Usage(BaseModel):
    """Tokens that a model read and wrote for this answer: 0 where none was called."""

    prompt_tokens: int
    total_tokens: int
    completion_tokens: int | None = None


class Place(BaseModel):
    """The extension of an annotation: the page and the box of what is cited, as in ``citations``."""

    marker: int
    document: str
    page: int
    box: Box | None
    locator: Locator | None
    quote: str


class UrlCitation(BaseModel):
    start_index: int
    end_index: int
    title: str
    url: str


class ChatAnnotation(BaseModel):
    type: Literal["url_citation"]
    url_citation: UrlCitation
    finfoundry: Place


class SaidMessage(BaseModel):
    role: Literal["assistant"]
    content: str | None
    refusal: None
    annotations: list[ChatAnnotation] | None = None
    tool_calls: list[ToolCall] | None = None


class Choice(BaseModel):
    index: int
    message: SaidMessage
    finish_reason: Literal["stop", "length", "tool_calls", "content_filter"]
    logprobs: None


class ChatCompletion(BaseModel):
    """``status`` and what follows it are there when the answer is governed, that is, not of the base itself."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    status: Status | None = None
    language: Language | None = None
    citations: list[Citation] | None = None
    figures: list[Figure] | None = None
    warnings: list[str] | None = None
    options: list[str] | None = None
    nearest: list[Citation] | None = None
    reason: str | None = None
    audit_id: str | None = None
    timings: dict[str, float] | None = None
    ai_generated: bool | None = None
    disclosure: Disclosure | None = None


class Embedding(BaseModel):
    object: Literal["embedding"]
    index: int
    embedding: list[float] | str


class Embeddings(BaseModel):
    object: Literal["list"]
    model: str
    data: list[Embedding]
    usage: Usage
