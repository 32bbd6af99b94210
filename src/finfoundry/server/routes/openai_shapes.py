"""Bodies of the API that OpenAI's clients speak: what they send, and what they get, with the answer contract as extension fields."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from finfoundry.core.answer import Citation, Figure, Language, Status
from finfoundry.core.disclosure import Disclosure


class Open(BaseModel):
    """A body of OpenAI's: fields that have no meaning here are let pass, as clients send many."""

    model_config = ConfigDict(extra="ignore")


class MessagePart(Open):
    type: str
    text: str = ""


class ChatMessage(Open):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[MessagePart] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type in ("text", "input_text"))
        return self.content or ""


class StreamOptions(Open):
    include_usage: bool = False


class ChatRequest(Open):
    model: str = Field(max_length=300)
    messages: list[ChatMessage] = Field(min_length=1, max_length=1000)
    stream: bool = False
    stream_options: StreamOptions | None = None
    max_tokens: int | None = Field(None, ge=1, le=32_768)
    max_completion_tokens: int | None = Field(None, ge=1, le=32_768)
    temperature: float | None = Field(None, ge=0, le=2)
    seed: int | None = None
    stop: str | list[str] | None = None


class EmbeddingsRequest(Open):
    model: str = Field(max_length=300)
    input: str | list[str]
    encoding_format: Literal["float", "base64"] = "float"


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
    prompt_tokens: int
    total_tokens: int
    completion_tokens: int | None = None


class SaidMessage(BaseModel):
    role: Literal["assistant"]
    content: str
    refusal: None


class Choice(BaseModel):
    index: int
    message: SaidMessage
    finish_reason: Literal["stop", "length"]
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


_EVENT = {"type": "object", "properties": {"event": {"type": "string"}, "data": {"type": "string"}}, "required": ["data"]}
STREAMED: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {"schema": _EVENT}}}}  # of each event
