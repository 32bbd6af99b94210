"""Where the packages meet: what an engine, an embedder, a store and a specialist offer, without saying how."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.answer import Language
from finfoundry.core.principal import Principal

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
    reuse: bool = True  # of what the engine kept of prompts that begin alike, anybody's
    likelihood: bool = False  # whether it shall say how likely it found what it wrote


@dataclass(frozen=True, slots=True)
class Completion:
    text: str
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0  # prompt tokens that the engine did not have to read again
    finish: Literal["stop", "length", "content_filter"] = "stop"  # the last: the guards stopped it
    model: str = ""
    likelihood: float | None = None  # of the text, by token: the geometric mean of their probabilities; None where it was not told


@dataclass(frozen=True, slots=True)
class FoundSpan:
    """Characters ``start`` to ``end`` (exclusive) of a text; ``probability`` is the lowest of its tokens'."""

    start: int
    end: int
    label: str
    probability: float


class TextReader(Protocol):
    """A tuned encoder: what it tells of texts, head by head. Raises InputError for a text that is too long."""

    @property
    def identity(self) -> str: ...

    def labels_of(self, head: str) -> Sequence[str]: ...

    def labels(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]: ...

    def spans(self, head: str, text: str) -> Sequence[FoundSpan]: ...


class PairReader(Protocol):
    """A tuned encoder that tells how much texts side by side, such as a question and a sentence, belong together."""

    @property
    def identity(self) -> str: ...

    def scores(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """From 0 to 1, shape (texts,). Raises InputError for texts that are too long."""
        ...


class StatesReader(PairReader, Protocol):
    """What reads off a model's states whether one text answers another; which heads it has depends on what it was taught."""

    def reads(self, head: str) -> bool: ...


class ConceptReader(Protocol):
    """Tells which metric a question in everyday words means."""

    def likely(self, question: str, language: Language) -> Sequence[tuple[str, float]]:
        """Metrics by name, the likeliest first; their probabilities lack that of none of them to 1."""
        ...


class Chat(Protocol):
    """What answers requests, and no more."""

    def chat(self, request: Request) -> Completion: ...


class Engine(Protocol):
    """A language model behind one interface. Raises EngineBusy, EngineTimeout, EngineError."""

    @property
    def model(self) -> str: ...

    def chat(self, request: Request) -> Completion: ...

    def stream(self, request: Request) -> Generator[str, None, Completion]:
        """Yield pieces of text and return the whole with its tokens; closing the generator cancels the work in the engine."""
        ...

    def count_tokens(self, text: str) -> int: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Scale:
    """Takes cosines of one encoder to those of another for texts that are as like: each encoder has its own for texts that have nothing to
    do with one another (0.07, 0.76) and for a question and what answers it (0.50, 0.86).
    """

    slope: float = 1.0
    shift: float = 0.0

    def of(self, cosine: float) -> float:
        return self.slope * cosine + self.shift


class Embedder(Protocol):
    """Text to unit vectors, float32, shape (n, dimensions)."""

    @property
    def model(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    @property
    def languages(self) -> tuple[Language | None, ...]:
        """One entry for each encoder: the language that it serves, None for all. Vectors of two encoders cannot be compared."""
        ...

    def passages(self, texts: Sequence[str], language: Language | None = None) -> NDArray[np.float32]:
        """A vector a text: shape (texts, dimensions). Raises EngineError where the encoder is a server that fails."""
        ...

    def query(self, text: str, language: Language | None = None) -> NDArray[np.float32]:
        """The vector of a question, shape (dimensions,), for comparison with passages of that language. Raises EngineError likewise."""
        ...

    def scale(self, language: Language | None = None) -> Scale:
        """How its cosines are told as those of the encoder that bars of likeness are fitted on."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> int:
        """Tokens that the encoder reads of passages; an estimate on the high side where it is a server that does not tell."""
        ...


@dataclass(frozen=True, slots=True)
class SpecialistName:
    """A specialist in the registry. ``version`` is the one in use; None while none is promoted."""

    name: str
    family: str
    version: str | None


@dataclass(frozen=True, slots=True)
class RecordedScore:
    """What a specialist returned of one row, as the audit holds it under ``record``."""

    model: str
    family: str
    version: str
    record: str
    row: str
    at: str
    output: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CutOff:
    """What a version in use approves: scores at or above the cut-off where a higher one is safer, else at or below."""

    model: str
    version: str
    cutoff: Decimal
    higher_is_safer: bool
    set_by: str
    at: str

    def approves(self, score: Decimal) -> bool:
        return score >= self.cutoff if self.higher_is_safer else score <= self.cutoff


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """How well a version's champion did on rows that it was not fitted to: figure → (value, low, high)."""

    model: str
    version: str
    champion: str
    figures: Mapping[str, tuple[float, float | None, float | None]]


class Specialists(Protocol):
    """Small quantitative models as a tool: what they returned can be asked for, never altered."""

    def names(self, principal: Principal) -> Sequence[SpecialistName]:
        """Those that the principal may use."""
        ...

    def scores(self, principal: Principal, models: Sequence[str], rows: Sequence[str]) -> Sequence[RecordedScore]:
        """The latest score of each of these rows by the promoted version of each of these models, as far as the principal may see them."""
        ...

    def beyond(
        self, principal: Principal, models: Sequence[str], bound: Decimal, most: int, *, below: bool
    ) -> tuple[int, Sequence[RecordedScore]]:
        """How many rows have a latest score below (else above) the bound by a version in use, and up to ``most``, the furthest first."""
        ...

    def cut_off(self, principal: Principal, model: str) -> CutOff | None:
        """The latest cut-off of the version in use; None where none was set, or the principal may not see it."""
        ...

    def figures(self, principal: Principal, model: str) -> ModelFigures | None:
        """The figures of the version in use; None where none is promoted or its figures were not kept."""
        ...
