"""What questions are answered with, and what is known of one question so far."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from finfoundry.ask.compose.bound_parts import Parts
from finfoundry.ask.compose.sentences import templates
from finfoundry.ask.compute.operands import TableLines
from finfoundry.ask.context.timely import TimelyEngine
from finfoundry.ask.lexicon.conversation_state import Conversation, Trace
from finfoundry.ask.lexicon.ports import FactStore, HiddenDocument, Hit, PassageSearch, WideTables
from finfoundry.ask.retrieve.evidence_search import EvidenceSearch
from finfoundry.ask.understand.entity_catalogue import EntityCatalogue
from finfoundry.ask.understand.intent import Intent
from finfoundry.core import cancellation
from finfoundry.core.answer import Language
from finfoundry.core.language import language_of
from finfoundry.core.periods import CALENDAR_YEAR, FiscalYear
from finfoundry.core.principal import Principal
from finfoundry.core.protocols import Completion, Engine, Specialists


@dataclass(frozen=True, slots=True)
class Services:
    """What every question of one agent is answered with; ``engine``, ``tables`` and ``specialists`` are None where there are none."""

    engine: Engine | None
    store: FactStore
    search: PassageSearch
    known: EntityCatalogue
    tables: WideTables | None = None
    specialists: Specialists | None = None
    deadline: float | None = None  # seconds for each call of the model
    weights: dict[tuple[str, str], Mapping[int, TableLines]] = field(default_factory=dict)  # of documents, which never change


@dataclass(slots=True)
class QuestionContext:
    """One question: who asks it, what was understood and found so far, what its answer will say of it. Used once."""

    services: Services
    principal: Principal
    question: str
    collection: str | None = None
    conversation: Conversation = field(default_factory=Conversation)
    hidden: Sequence[HiddenDocument] = ()
    language: Language = field(init=False)
    words: Mapping[str, str] = field(init=False)  # templates of sentences in the question's language
    engine: TimelyEngine | None = field(init=False)
    search: EvidenceSearch = field(init=False)
    trace: Trace = field(default_factory=Trace)
    warnings: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)  # why results that were computed are not stated
    timings: dict[str, float] = field(default_factory=dict)  # seconds by stage
    tokens: dict[str, int] = field(default_factory=lambda: {"prompt": 0, "completion": 0})
    model: str | None = None
    intent: Intent | None = None  # the question as read
    calendar: FiscalYear = CALENDAR_YEAR  # of the company asked about
    spoken: tuple[str, ...] = ()  # names of entities as the question writes them
    hits: list[Hit] | None = None  # what the search found, once it was made
    stated: Parts = ()  # what was bound last
    lacking: list[str] = field(default_factory=list)  # of the values asked for, those that no document holds

    def __post_init__(self) -> None:
        self.language = language_of(self.question)
        self.words = templates()[self.language]
        self.engine = TimelyEngine(self.services.engine) if self.services.engine else None
        self.search = EvidenceSearch(self.services.search)

    def warn(self, text: str) -> None:
        """Say something beside the answer, once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def count(self, completion: Completion) -> None:
        """Add what a call of the model took."""
        self.model = completion.model or self.model
        self.tokens["prompt"] += completion.prompt_tokens
        self.tokens["completion"] += completion.completion_tokens

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the seconds within to a stage. Raises EngineTimeout where nobody waits any more."""
        cancellation.check()
        started = time.perf_counter()
        try:
            yield
        finally:
            self.timings[stage] = self.timings.get(stage, 0.0) + time.perf_counter() - started
