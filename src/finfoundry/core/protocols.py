"""Where the packages meet: what an engine, an embedder and a store offer, without saying how."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

JsonSchema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Request:
    """One thing asked of an engine. ``deadline`` is in seconds from now."""

    messages: tuple[Message, ...]
    schema: JsonSchema | None = None  # the text must be JSON of this shape
    max_tokens: int = 512
    temperature: float = 0.0
    seed: int = 0
    stop: tuple[str, ...] = ()
    adapter: str | None = None
    deadline: float | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    text: str
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0  # prompt tokens that the engine did not have to read again
    finish: Literal["stop", "length"] = "stop"
    model: str = ""


class Engine(Protocol):
    """A language model behind one interface. Raises EngineBusy, EngineTimeout, EngineError."""

    @property
    def model(self) -> str: ...

    def chat(self, request: Request) -> Completion: ...

    def stream(self, request: Request) -> Iterator[str]:
        """Yield pieces of text; closing the iterator cancels the work in the engine."""
        ...

    def count_tokens(self, text: str) -> int: ...

    def close(self) -> None: ...


class Embedder(Protocol):
    """Text to unit vectors, float32, shape (n, dimensions)."""

    @property
    def model(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]: ...

    def query(self, text: str) -> NDArray[np.float32]: ...
