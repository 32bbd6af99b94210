"""A question to a bound answer.

Read the question; plan it by rule, else by the labels of the entity's own tables; take operands from facts, compute in Decimal, compose
the sentence; or have the model answer from passages. Then bind every figure. What is missing is named, not guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TypeVar

from finfoundry.ask import cheap_first, pipeline
from finfoundry.ask.cheap_first import CheapModel
from finfoundry.ask.compute.operands import TableLines
from finfoundry.ask.context import endings
from finfoundry.ask.context.corrected import name_corrections, name_readings
from finfoundry.ask.context.question import Conversation, QuestionContext, Services, Trace
from finfoundry.ask.conversing import Talk
from finfoundry.ask.dialogue.continued import Unclear, Whole
from finfoundry.ask.given.given_papers import given_papers
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.lexicon.own_vocabulary import OwnVocabularies
from finfoundry.ask.lexicon.ports import FactStore, HiddenDocument, Hit, PassageSearch, WideTables
from finfoundry.ask.lexicon.vocabulary import Vocabulary
from finfoundry.ask.reader.concept_plan import ConceptSource
from finfoundry.ask.reader.learnt_plan import ReaderSource
from finfoundry.ask.reader.tuned_plan import PlannerSource
from finfoundry.ask.retrieve.pair_scoring import ScorerSource, StatesSource
from finfoundry.ask.understand.question_text import clean, in_full
from finfoundry.ask.understand.shared_heads import with_heads
from finfoundry.ask.understand.subject import EntityCatalogue
from finfoundry.core.answer import Answer
from finfoundry.core.document import Parsed
from finfoundry.core.language import is_traditional, simplified
from finfoundry.core.principal import Principal
from finfoundry.core.protocols import Engine, Specialists
from finfoundry.governance.guards.guards import Guards
from finfoundry.governance.own_terms import OwnTerm

Found = TypeVar("Found")


@dataclass(slots=True)
class Agent:
    """Answers questions over one store.

    ``engine`` None leaves out what needs a model. ``hidden`` lists documents that the principal may not read but may know of, in a
    collection or in all (labels marked *discoverable*).
    """

    engine: Engine | None
    store: FactStore
    search: PassageSearch
    hidden: Callable[[Principal, str | None], Sequence[HiddenDocument]] | None = None
    question_characters: int = 4000
    deadline: float | None = None  # seconds for each call of the model
    tables: WideTables | None = None  # wide tables, where there are any
    specialists: Specialists | None = None  # whose recorded scores may be stated
    terms: OwnVocabularies | None = None  # the institution's own words, where it has any
    reader: ReaderSource | None = None  # the learnt reader of questions whose words no rule explains
    scorer: ScorerSource | None = None  # of questions and the sentences that may answer them
    figures: ScorerSource | None = None  # of questions and the lines of tables that may answer them
    states: StatesSource | None = None  # of questions and what may answer them, by the states of the base model
    concepts: ConceptSource | None = None  # which metric a question in everyday words means
    planner: PlannerSource | None = None  # the adapter of the engine that plans, where one serves
    guards: Guards | None = None  # what looks at passages before the model reads them
    cheap: CheapModel | None = None  # which is asked before the engine
    strict: bool = False  # whether what the model wrote is withheld where nothing decides one of its sentences
    drafts: bool = True  # whether the engine plans and writes; one that is too small for it is asked neither
    strong: bool = False  # whether it is given whole passages, and believed to find the answer among them
    _weights: dict[tuple[str, str, int], Mapping[int, TableLines]] = field(default_factory=dict)
    known: EntityCatalogue = field(init=False)

    def __post_init__(self) -> None:
        self.known = EntityCatalogue(self.store)

    def over(self, papers: Sequence[Parsed]) -> Agent:
        """The same agent over papers that come with a question, and over nothing else. Raises InputError for too many of them."""
        given = given_papers(papers, self.search)
        return Agent(
            self.engine, given, given, question_characters=self.question_characters, deadline=self.deadline, terms=self.terms,
            reader=self.reader, scorer=self.scorer, figures=self.figures, states=self.states,
            concepts=self.concepts, planner=self.planner, guards=self.guards, cheap=self.cheap, strict=self.strict,
            drafts=self.drafts, strong=self.strong,
        )  # fmt: skip

    def without_model(self) -> Agent:
        """The same agent, answering only what is computed, looked up or quoted: no model reads or writes for it."""
        apart = replace(self, engine=None, states=None)
        apart.known = self.known
        return apart

    def find(self, principal: Principal, question: str, limit: int = 10, collection: str | None = None) -> list[Hit]:
        """Passages for a question, filtered by the entity and the period that it names. Raises InputError, StoreError."""
        text = in_full(simplified(clean(question, self.question_characters)))
        context = self._context(principal, text, collection, Conversation(), (), self._vocabulary(principal), self.engine)
        context.services = replace(context.services, reader=None)  # names that are known are all that a search filters by
        return pipeline.find(context, limit)

    def ask(
        self,
        principal: Principal,
        question: str,
        collection: str | None = None,
        conversation: Conversation | None = None,
        trial: Sequence[OwnTerm] | None = None,
    ) -> tuple[Answer, Trace]:
        """Answer one question; ``conversation``, where there is one, is gone on from and brought up to date. ``trial``: the terms in force
        for this call alone.

        Raises:
            InputError: the question is empty or too long.
            EngineError, StoreError: the engine or the store failed.
        """
        asked = clean(question, self.question_characters)
        words = self._vocabulary(principal, trial)
        said = with_heads(in_full(simplified(asked)), words)
        talk = Talk(self.store, principal, self.known, words, collection, self.specialists) if conversation else None
        conversation = conversation or Conversation()
        meant = talk.meant(said, conversation) if talk else said
        whole = in_full(meant.text if isinstance(meant, Whole) else meant if isinstance(meant, str) else said)
        text = whole if len(whole) <= self.question_characters else said
        conversation.question = text
        hidden = self.hidden(principal, collection) if self.hidden else ()

        def begun(engine: Engine | None) -> QuestionContext:
            context = self._context(principal, text, collection, conversation, hidden, words, engine)
            context.traditional = is_traditional(asked)
            if text != said:
                context.trace.add("follow-up", {"said": said, "meant": text})
                context.warnings.append(context.words["understood"].format(question=text))
            return context

        if isinstance(meant, Unclear):
            context = begun(self.engine)
            answer = endings.end(context, "clarify", context.words["which_entity"], options=list(meant.entities))
        else:
            context, answer = self._answered(begun, principal, collection)
        if talk:
            talk.note(context, answer, conversation, meant.topic if isinstance(meant, Whole) else None)
        cited = {citation.document.id for citation in answer.citations}
        known = context.services.known.of(principal, collection).documents if cited else ()
        if revised := sorted(document.id for document in known if document.revision and document.id in cited):
            name_corrections(context, answer, revised)
            name_readings(context, answer, revised)
        context.trace.add("answer", answer, [citation.document.id for citation in (*answer.citations, *answer.nearest)])
        return answer, context.trace

    def _answered(
        self, begun: Callable[[Engine | None], QuestionContext], principal: Principal, collection: str | None
    ) -> tuple[QuestionContext, Answer]:
        """The answer; asked again where a document that it shows was deleted meanwhile, and none where that happens once more."""
        for _ in range(2):
            before = {document.id for document in self.store.known(principal, collection)[0]}
            if self.cheap and self.engine:
                context, answer = cheap_first.answered(begun, self.cheap, self.engine)
            else:
                context = begun(self.engine)
                answer = pipeline.answer(context)
            shown = before & {citation.document.id for citation in (*answer.citations, *answer.nearest)}
            if not shown or shown <= {document.id for document in self.store.known(principal, collection)[0]}:
                return context, answer
        return context, self._nothing_left(context, principal, collection)

    def _nothing_left(self, context: QuestionContext, principal: Principal, collection: str | None) -> Answer:
        """No evidence, with those of the closest passages whose documents are there still."""
        intent = context.intent
        answer = endings.nothing(context, context.words["nothing"], intent) if intent else None
        answer = answer or endings.end(context, "no_evidence", context.words["nothing"])
        there = {document.id for document in self.store.known(principal, collection)[0]}
        left = [citation for citation in answer.nearest if citation.document.id in there]
        return replace(answer, nearest=[replace(citation, marker=number) for number, citation in enumerate(left, 1)])

    def begun(self, principal: Principal, question: str, collection: str | None = None) -> QuestionContext:
        """A question that stands by itself, before anything is read of it: of what is composed without a reader's own words."""
        return self._context(principal, question, collection, Conversation(), (), self._vocabulary(principal), self.engine)

    def _vocabulary(self, principal: Principal, trial: Sequence[OwnTerm] | None = None) -> Vocabulary:
        return self.terms.of(principal, trial) if self.terms else vocabulary()

    def _context(
        self,
        principal: Principal,
        question: str,
        collection: str | None,
        conversation: Conversation,
        hidden: Sequence[HiddenDocument],
        words: Vocabulary,
        engine: Engine | None,
    ) -> QuestionContext:
        services = Services(
            engine, self.store, self.search, self.known, self.tables, self.specialists,
            _once(self.reader), self.deadline, self._weights, _once(self.scorer), _once(self.figures), _once(self.states),
            self.guards,
            strict=self.strict, concepts=self.concepts,
            planner=self.planner if engine is self.engine else None,  # the cheap model has no adapters
            drafts=self.drafts, strong=self.strong,
        )  # fmt: skip
        return QuestionContext(services, principal, question, collection, conversation, hidden, words)


def _once(source: Callable[[], Found] | None) -> Callable[[], Found] | None:
    """What a source finds first: a question is read by one reader, and by one scorer of each kind, though another may serve meanwhile."""
    return cache(source) if source else None
