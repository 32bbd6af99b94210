"""What questions are answered with, what is known of one question so far, and what it leaves behind."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from finfoundry.ask.compose.answer_evidence import AnswerPart, Parts
from finfoundry.ask.compose.sentences import templates
from finfoundry.ask.compute.operands import TableLines
from finfoundry.ask.context.timely import TimelyEngine
from finfoundry.ask.dialogue.topic import Topic
from finfoundry.ask.lexicon import metric_terms
from finfoundry.ask.lexicon.ports import FactStore, HiddenDocument, Hit, PassageSearch, SearchQuery, WideTables
from finfoundry.ask.lexicon.vocabulary import Vocabulary
from finfoundry.ask.plan.rules import Plan
from finfoundry.ask.reader.concept_plan import ConceptSource
from finfoundry.ask.reader.learnt_plan import ReaderSource
from finfoundry.ask.reader.tuned_plan import PlannerSource
from finfoundry.ask.retrieve.clause_ranking import Article
from finfoundry.ask.retrieve.evidence_ranking import Evidence
from finfoundry.ask.retrieve.figure_lines import FoundLine
from finfoundry.ask.retrieve.pair_scoring import ScorerSource, StatesSource
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.named_section import NamedSection
from finfoundry.ask.understand.subject import EntityCatalogue, Subject
from finfoundry.core import cancellation
from finfoundry.core.answer import Answer, Language, TermUsed
from finfoundry.core.document import Scope
from finfoundry.core.errors import ModelError
from finfoundry.core.instructions import gives_instructions
from finfoundry.core.language import language_of, traditional
from finfoundry.core.periods import CALENDAR_YEAR, FiscalYear
from finfoundry.core.principal import Principal
from finfoundry.core.progress import tell_stage
from finfoundry.core.protocols import (
    Completion,
    ConceptReader,
    Engine,
    PairReader,
    Specialists,
    StatesReader,
    TextReader,
)
from finfoundry.governance.guards.guards import GuardDecision, Guards
from finfoundry.runtime.audit import AuditStep

Model = TypeVar("Model")


class EvidenceSearch:
    """A search for one question. Passages that give instructions are found like others and kept ``aside``: for people to read."""

    def __init__(self, search: PassageSearch) -> None:
        self._search = search
        self.aside: dict[str, Hit] = {}

    def search(self, principal: Principal, query: SearchQuery) -> Sequence[Hit]:
        return self._that_inform(self._search.search(principal, query))

    def behind(self, principal: Principal, hit: Hit, most: int) -> Sequence[Hit]:
        """The passages right behind one in its document."""
        return self._that_inform(self._search.behind(principal, hit, most))

    def _that_inform(self, found: Sequence[Hit]) -> list[Hit]:
        self.aside |= {hit.chunk_id: hit for hit in found if hit.chunk_id not in self.aside and gives_instructions(hit.text)}
        return [hit for hit in found if hit.chunk_id not in self.aside]

    def all(self, principal: Principal, query: SearchQuery) -> Sequence[Hit]:
        """Everything, for a person who reads it."""
        return self._search.search(principal, query)

    def likeness(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        return self._search.likeness(question, texts)


@dataclass(slots=True)
class Trace:
    """The steps of an answer, for the audit record."""

    steps: list[AuditStep] = field(default_factory=list)
    published: set[str] = field(default_factory=set)  # texts that a company gives of itself, no personal data

    def add(self, kind: str, content: object, documents: Sequence[str] = ()) -> None:
        self.steps.append(AuditStep(kind, content, tuple(dict.fromkeys(documents))))

    def guarded(self, decision: GuardDecision, text: str, document: str) -> None:
        """What the guards did about a passage, once; of one that they stopped the text, too, which an upheld objection is learned from."""
        step = AuditStep("guard", decision, (document,))
        if decision.counts and step not in self.steps:
            self.steps.append(step)
            if decision.stops:
                self.add("stopped", {"channel": decision.channel, "text": text}, step.documents)


@dataclass(slots=True)
class Conversation:
    """What a follow-up question may leave out: the subject and the question of the turn before, and what was asked until then.

    No figure is kept, and no answer: each turn is answered anew by what its asker may read then.
    """

    entity: str | None = None
    question: str | None = None  # the last one, in full
    topics: tuple[Topic, ...] = ()  # of the latest questions, at most MOST_TOPICS, the last one last
    options: tuple[str, ...] = ()  # from which the last answer let the asker choose
    readings: tuple[str, ...] = ()  # those of them that are readings of the question, each a question for a figure in words
    said: tuple[str, ...] = ()  # the latest questions as they were asked, the last one last: what is harmful may come in parts


@dataclass(frozen=True, slots=True)
class Services:
    """What every question of one agent is answered with; engine, reader, tables, specialists are None where there are none."""

    engine: Engine | None
    store: FactStore
    search: PassageSearch
    known: EntityCatalogue
    tables: WideTables | None = None
    specialists: Specialists | None = None
    reader: ReaderSource | None = None
    deadline: float | None = None  # seconds for each call of the model
    weights: dict[tuple[str, str, int], Mapping[int, TableLines]] = field(default_factory=dict)  # of documents, by their revision
    scorer: ScorerSource | None = None  # of questions and the sentences that may answer them
    figures: ScorerSource | None = None  # of questions and the lines of tables that may answer them
    states: StatesSource | None = None  # of questions and what may answer them, by the states of the base model
    guards: Guards | None = None  # what looks at passages before a model reads them
    headings: dict[str, Sequence[tuple[str, ...]]] = field(default_factory=dict)  # over the tables of documents, which do not change
    strict: bool = False  # whether what a model wrote is withheld where nothing decides one of its sentences
    concepts: ConceptSource | None = None  # which metric a question in everyday words means
    planner: PlannerSource | None = None  # the adapter of the engine that plans
    drafts: bool = True  # whether the engine plans and writes; one that is too small for it is asked neither
    strong: bool = False  # whether it is given whole passages, and believed to find the answer among them


@dataclass(slots=True)
class Allowance:
    """How many pieces may yet be read beside a question by the base model's states, by all that look for its answer together.

    Two cores read one in half a second: read without end they take more time than a person waits. It is counted, and not timed, so that
    a busy machine gives the same answer.
    """

    left: int = 12

    def take(self, wanted: int) -> int:
        """How many of those wanted may be read, which are then taken off."""
        given = min(wanted, self.left)
        self.left -= given
        return given


@dataclass(slots=True)
class QuestionContext:
    """One question: who asks it, what was understood and found so far, what its answer will say of it. Used once."""

    services: Services
    principal: Principal
    question: str
    collection: str | None = None
    conversation: Conversation = field(default_factory=Conversation)
    hidden: Sequence[HiddenDocument] = ()
    vocabulary: Vocabulary = field(default_factory=metric_terms.vocabulary)  # by which the question is read
    traditional: bool = False  # whether it is asked, and answered, in traditional characters; it is read in simplified ones
    language: Language = field(init=False)
    words: Mapping[str, str] = field(init=False)  # templates of sentences in the question's language
    engine: TimelyEngine | None = field(init=False)
    search: EvidenceSearch = field(init=False)
    trace: Trace = field(default_factory=Trace)
    warnings: list[str] = field(default_factory=list)
    explained: bool = False  # whether a chain of figures tells why
    unprinted: bool = False  # whether a figure is asked for of a company not named, by words that no company prints
    doubts: list[str] = field(default_factory=list)  # why results that were computed are not stated
    undecided: list[str] = field(default_factory=list)  # of which lines a document gives several figures, none of which was taken
    together: list[AnswerPart] = field(default_factory=list)  # the same, told in one sentence by their headings
    timings: dict[str, float] = field(default_factory=dict)  # seconds by stage
    tokens: dict[str, int] = field(default_factory=lambda: {"prompt": 0, "completion": 0})
    model: str | None = None
    intent: Intent | None = None  # the question as read
    subject: Subject | None = None  # whom it is about
    terms: list[TermUsed] = field(default_factory=list)  # of the institution, by which it was read
    calendar: FiscalYear = CALENDAR_YEAR  # of the company asked about
    companies: dict[str, tuple[tuple[int, int], ...] | None] = field(default_factory=dict)  # where the reader sees them
    spoken: tuple[str, ...] = ()  # names of entities as the question writes them
    papers: tuple[str, ...] = ()  # of no company, that the question names by their title: none else is asked
    section: NamedSection | None = None  # of the company's papers, that the question names
    hits: list[Hit] | None = None  # what the search found, once it was made
    evidence: list[Evidence] | None = None  # what can be quoted of it, once it was ranked
    allowance: Allowance = field(default_factory=Allowance)  # one for all attempts and parts of the question
    opinions: dict[str, float] | None = field(default_factory=dict)  # of the base model, by text: how likely it answers; None: it has none
    states_told: dict[tuple[str, str, str], float] = field(default_factory=dict)  # how likely by a head a text answers a question
    lines_told: dict[tuple[str, str], float] = field(default_factory=dict)  # the same of lines of tables, by the question and what is read
    meant: dict[tuple[str, str | None], Sequence[Plan]] = field(default_factory=dict)  # by a question in everyday words, of a company
    lines: dict[tuple[str, str], Sequence[FoundLine]] = field(default_factory=dict)  # the likeliest by a question, of a company's papers
    clauses: Sequence[Article] = ()  # of English rules, the likeliest first, where an encoder read them
    stated: Parts = ()  # what was bound last
    readings: tuple[str, ...] = ()  # between which the asker is to choose
    composed: bool = True  # whether no model wrote it
    lacking: list[str] = field(default_factory=list)  # of the values asked for, those that no document holds
    refused: bool = False  # whether figures were found that hardly answer, and are not told
    unfound: bool = False  # whether a strong engine found no answer in the passages: what else is found it must confirm
    wholes: tuple[str, ...] = ()  # that the question names to say of what a part is asked for, and not for themselves
    left_out: tuple[str, ...] = ()  # parts of the question of which the answer, as it says itself, tells nothing

    def __post_init__(self) -> None:
        self.language = language_of(self.question)
        self.words = templates()[self.language]
        self.engine = TimelyEngine(self.services.engine) if self.services.engine and self.services.drafts else None
        self.search = EvidenceSearch(self.services.search)

    def written(self, text: str) -> str:
        """A text for the reader in the characters in which the question was asked."""
        return traditional(text) if self.traditional else text

    def called(self, subject: Subject, scope: Scope | None = None) -> str:
        """The company as the answer calls it; marked where its parent company alone is meant."""
        name = subject.called(self.language)
        return self.words["parent"].format(entity=name) if scope == "parent" else name

    def warn(self, text: str) -> None:
        """Add a warning to the answer, once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def reader(self) -> TextReader | None:
        """The learnt reader; None where there is none, or where it does not load, which the answer says."""
        return self._loaded(self.services.reader, said="no_reader")

    def planning_engine(self) -> TimelyEngine | None:
        """The engine that is asked for plans: one that drafts, or whose tuned planner serves."""
        tuned = self.services.engine if self.engine is None and self.planner() is not None else None
        return TimelyEngine(tuned) if tuned else self.engine

    def planner(self) -> str | None:
        """The adapter that plans; None where there is none, or where it is not there, which the trace says."""
        return self._loaded(self.services.planner)

    def scorer(self) -> PairReader | None:
        """The scorer of pairs; None where there is none, or where it does not load, which the trace says."""
        return self._loaded(self.services.scorer)

    def figures(self) -> PairReader | None:
        """The scorer of lines of tables; None where there is none, or where it does not load, which the trace says."""
        return self._loaded(self.services.figures)

    def states(self) -> StatesReader | None:
        """The reader of the base model's states; None where there is none, or where it does not load, which the trace says."""
        return self._loaded(self.services.states)

    def concepts(self) -> ConceptReader | None:
        """What tells which metric is meant; None where there is none, or where it does not load, which the trace says."""
        return self._loaded(self.services.concepts)

    def _loaded(self, source: Callable[[], Model | None] | None, said: str | None = None) -> Model | None:
        """What a source puts together. Where it does not load, the trace says so once; with a sentence ``said`` the answer does, too."""
        try:
            return source() if source else None
        except ModelError as error:
            if error.message not in [step.content for step in self.trace.steps if step.kind == "failed"]:
                self.trace.add("failed", error.message)
            if said is not None:
                self.warn(self.words[said])
            return None

    def count(self, completion: Completion) -> None:
        """Add what a call of the model took."""
        self.model = completion.model or self.model
        self.tokens["prompt"] += completion.prompt_tokens
        self.tokens["completion"] += completion.completion_tokens

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the seconds within to a stage. Raises EngineTimeout where nobody waits any more."""
        cancellation.check()
        tell_stage(stage)
        started = time.perf_counter()
        try:
            yield
        finally:
            self.timings[stage] = self.timings.get(stage, 0.0) + time.perf_counter() - started


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of question. ``sign`` is true of every question of the kind, and of few others; ``answer`` gives None for those."""

    name: str
    answer: Callable[[QuestionContext, Intent, Subject], Answer | None]
    sign: Callable[[QuestionContext, Intent, Subject], object]
    quotes: bool = False  # whether it tells what was read as an answer, or none: all others are read before they are told
    unknown: bool = False  # whether it is asked too where the question names a company that no document knows
