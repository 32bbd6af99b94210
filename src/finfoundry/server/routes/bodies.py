"""What clients send and what the service says in addition to the product's own shapes (``views``, the answer contract)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from finfoundry.ask.given.given_papers import MOST_GIVEN

LONGEST_EVIDENCE = 2_000_000  # characters of one text
Text = Annotated[str, Field(max_length=LONGEST_EVIDENCE)]
Name = Annotated[str, Field(min_length=1, max_length=255)]


class Body(BaseModel):
    """A body of ours: an unknown field is refused."""

    model_config = ConfigDict(extra="forbid")


class TextEvidence(Body):
    """Running text, with or without tables in HTML or Markdown."""

    text: Text
    name: Name = "text"
    entity: str | None = Field(None, max_length=500, description="Whose figures these are, where the text does not say")


class FileEvidence(Body):
    """A file of any format that is read, in base64."""

    file: Annotated[str, Field(min_length=1)]
    name: Name


class StoredEvidence(Body):
    """A document of the store, by its id."""

    document: Annotated[str, Field(min_length=1, max_length=50)]


class VerifyRequest(Body):
    answer: Annotated[str, Field(min_length=1, max_length=200_000)]
    evidence: list[Text | TextEvidence | FileEvidence | StoredEvidence] = Field(max_length=1000)
    question: str = Field("", max_length=10_000)
    support: bool = Field(
        False,
        description="Taken of clients that send it: words that no program decides stay unchecked, and a warning says so",
    )
    strict: bool | None = Field(
        None,
        description="An answer does not hold, either, where nothing decides one of its sentences; without it as FINFOUNDRY_STRICT says",
    )


class AskRequest(Body):
    question: str
    collection: str | None = Field(None, max_length=255)
    conversation: str | None = Field(None, max_length=200)
    papers: list[Text | TextEvidence | FileEvidence] = Field(
        default_factory=list, max_length=MOST_GIVEN, description="Tables, texts or files that the question is about: nothing else is asked"
    )
    stream: bool = Field(False, description="Server-sent events: progress, then answer")


class SearchRequest(Body):
    query: str
    limit: Annotated[int, Field(ge=1, le=200)] = 10
    collection: str | None = Field(None, max_length=255)


class FeedbackRequest(Body):
    audit_id: Annotated[str, Field(max_length=100)]
    verdict: Literal["right", "wrong", "incomplete"]
    comment: str = Field("", max_length=4000)
    correction: str = Field("", max_length=20_000, description="The answer as it should have been; it may become training data")


@dataclass(frozen=True, slots=True)
class Collection:
    name: str
    documents: int
    pages: int


Collections = list[Collection]  # all of them


@dataclass(frozen=True, slots=True)
class FeedbackRecord:
    """The audit record that keeps it."""

    record: str


@dataclass(frozen=True, slots=True)
class Health:
    status: Literal["ok"]


Model = Literal[
    "running", "at the first question", "elsewhere", "none", "absent", "unknown"
]  # whether one runs, is started then, is not ours to start, or is not wanted


Guarding = Literal["tagging", "words", "absent", "strict", "open", "unknown"]


@dataclass(frozen=True, slots=True)
class Ready:
    """``checks`` says of each part whether it can be used; ``ready`` is what a balancer needs. ``model`` does not count: without one
    the service still searches, verifies, and answers from facts. ``busy``: the queue is full, or the checks did not come in time.
    ``guards``: whether questions and answers are tagged; "strict", where the tagger cannot be read and what the administrator chose is held
    back.
    """

    ready: bool
    checks: dict[str, bool]
    model: Model
    busy: bool
    guards: Guarding = "unknown"


_EVENT = {"type": "object", "properties": {"event": {"type": "string"}, "data": {"type": "string"}}, "required": ["data"]}
STREAMED: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {"schema": _EVENT}}}}  # of each event
