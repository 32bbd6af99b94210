"""One question on its way to an answer: understood, planned, carried out over facts or passages, bound."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from finfoundry.agent import absent, articles, binding, evidence, late, passages, readers, reading, score_questions, tabular, written
from finfoundry.agent.binding import Parts
from finfoundry.agent.compose import compose, templates
from finfoundry.agent.compute import Computed, carry_out, carry_out_in_part
from finfoundry.agent.evidence_search import EvidenceSearch
from finfoundry.agent.formula import MissingOperandError, formulas
from finfoundry.agent.greeting import is_greeting
from finfoundry.agent.in_parts import answered_in_parts
from finfoundry.agent.known import Acquaintance
from finfoundry.agent.labels import plan_as_printed, plan_by_label, plan_by_words, plan_printed_ratios
from finfoundry.agent.left_out import left_out
from finfoundry.agent.metrics import metrics
from finfoundry.agent.operands import Operand, Operands, TableLines
from finfoundry.agent.plan import Plan, plan_by_rule, wants_number
from finfoundry.agent.plan_model import plan_by_model
from finfoundry.agent.printed_rate import as_printed
from finfoundry.agent.result_check import Lines, check, other_currency
from finfoundry.agent.retrieval import search_query, search_text
from finfoundry.agent.sources import FactQuery, Hidden, Hit, Search, Store, StoredFact, Tables
from finfoundry.agent.subject import Subject
from finfoundry.agent.timely import TimelyEngine
from finfoundry.agent.turn import Conversation, Trace
from finfoundry.agent.understand import Intent
from finfoundry.agent.years import plan_over_years
from finfoundry.binding.bind import Bound
from finfoundry.core import leaving
from finfoundry.core.answer import Answer, Citation, Language, Status
from finfoundry.core.document import Scope
from finfoundry.core.errors import PlanError
from finfoundry.core.language import language_of
from finfoundry.core.periods import CALENDAR_YEAR, FiscalYear
from finfoundry.core.principal import Principal
from finfoundry.core.protocols import Completion, Engine, Specialists

CANDIDATES = 400  # facts fetched for one concept, all periods and documents
EVERY = 20_000  # facts of one company that end in one year
MANY = 2000  # facts of one statement of one document


class Inquiry:
    """One question; used once."""

    def __init__(
        self,
        engine: Engine | None,
        store: Store,
        search: Search,
        known: Acquaintance,
        principal: Principal,
        question: str,
        collection: str | None,
        conversation: Conversation,
        hidden: Sequence[Hidden],
        weights: dict[tuple[str, str], Mapping[int, TableLines]],
        deadline: float | None,
    ) -> None:
        self.engine = TimelyEngine(engine) if engine else None
        self.store = store
        self.search = EvidenceSearch(search)
        self.known = known
        self.principal = principal
        self.question = question
        self.collection = collection
        self.conversation = conversation
        self.hidden = hidden
        self.weights = weights
        self.deadline = deadline
        self.language: Language = language_of(question)
        self.words = templates()[self.language]
        self.trace = Trace()
        self.warnings: list[str] = []
        self.doubts: list[str] = []  # why results that were computed are not stated
        self.timings: dict[str, float] = {}
        self.tokens = {"prompt": 0, "completion": 0}
        self.model: str | None = None
        self.tables: Tables | None = None
        self.specialists: Specialists | None = None
        self.spoken: tuple[str, ...] = ()  # names of entities as the question writes them
        self.hits: list[Hit] | None = None  # what the search found, once it was made
        self.intent: Intent | None = None  # the question as read
        self.calendar: FiscalYear = CALENDAR_YEAR  # of the company asked about
        self.stated: Parts = ()  # what was bound last
        self.lacking: list[str] = []  # of the values asked for, those that no document holds

    def answer(self) -> Answer:
        """The answer; where the time is over, or the model does not answer in time, the closest passages found until then."""
        return late.in_time(self, self._answer)

    def _answer(self) -> Answer:
        self.trace.add("question", {"text": self.question, "collection": self.collection})
        if is_greeting(self.question):
            companies = self.known.of(self.principal, self.collection).entities
            return self.ended("clarify", self.words["greeting"], options=sorted(companies)[:20])
        if (told := score_questions.of_specialists(self)) is not None:
            return told
        with self.timed("understand"):
            intent, subject = reading.understood(self)
            self.intent, self.calendar = intent, subject.calendar
        self.trace.add("intent", {"entities": intent.entities, "core": intent.core.strip(), "unknown": intent.unknown})
        if intent.ambiguous:
            return self.ended("clarify", self.words["which_entity"], options=list(intent.ambiguous))
        if (ranked := tabular.over_companies(self, intent)) is not None:
            return ranked
        if (told := articles.of_articles(self, intent, subject)) is not None:
            return told
        if intent.unknown and not (intent.mentions and intent.periods) and articles.is_term(self, intent.unknown):
            return written.from_passages(self, replace(intent, unknown=None), subject)
        if (told := answered_in_parts(self, sure=True)) is not None:
            return told
        if intent.unknown:
            return answered_in_parts(self, sure=False) or absent.unknown(self, intent, intent.unknown)
        if (told := readers.read(self, intent, subject)) is not None:
            return told
        return self._planned(intent, subject) or answered_in_parts(self, sure=False) or written.from_passages(self, intent, subject)

    def part(self, question: str) -> Inquiry:
        """An inquiry into a part of the question: of the same company, by rules alone."""
        conversation = Conversation(entity=self.conversation.entity or next(iter(self.intent.entities if self.intent else ()), None))
        return Inquiry(
            None, self.store, self.search, self.known, self.principal, question, self.collection, conversation, self.hidden, self.weights,
            self.deadline,
        )  # fmt: skip

    def by_rules(self) -> Answer | None:
        """The answer that rules and labels plan; None where they plan none, or its subject is not clear."""
        intent, subject = reading.understood(self)
        if intent.ambiguous or intent.unknown or subject.name is None:
            return None
        return self._planned(intent, subject)

    def _planned(self, intent: Intent, subject: Subject) -> Answer | None:
        """By the first plan that can be carried out over facts; None where no plan can. Raises Unanswered."""
        for make in (self._plan_as_printed, self._plan_by_rule, self._plan_by_label, self._plan_by_model):
            with self.timed("plan"):
                plan = make(intent, subject)
            if plan is None:
                continue
            if subject.name is None:
                return self._which_entity(subject.known)
            self.trace.add("plan", plan)
            answer = self.from_facts(plan, intent, subject)
            if answer is not None:
                self.conversation.entity = subject.name
                return answer
        return None

    # planning

    def _plan_as_printed(self, intent: Intent, subject: Subject) -> Plan | None:
        """Labels of lines, or of ratios, that a document of the company prints word for word."""
        if subject.name is None:
            return None
        plan = plan_as_printed(intent, subject.calendar) or plan_printed_ratios(self._plan_by_rule(intent, subject), formulas())
        asked = [item.expression for item in plan.items if item.expression in plan.labels] if plan else []
        operands = self.operands(plan, intent, subject) if plan and asked else None
        return plan if operands and all(operands.printed(name) for name in asked) else None

    def _plan_by_rule(self, intent: Intent, subject: Subject) -> Plan | None:
        return plan_over_years(intent, subject.calendar, formulas()) or plan_by_rule(intent, subject.calendar, formulas())

    def _plan_by_label(self, intent: Intent, subject: Subject) -> Plan | None:
        return plan_by_label(intent, subject.calendar) or plan_by_words(self._plan_by_rule(intent, subject))

    def _plan_by_model(self, intent: Intent, subject: Subject) -> Plan | None:
        """Only for a question that wants a number of a known entity: the model would plan anything."""
        if self.engine is None or subject.name is None or not subject.documents or not wants_number(intent):
            return None
        self.searched(intent, subject)  # before the model, which may come late
        drafted = plan_by_model(self.engine, intent, subject.calendar, self.deadline)
        for completion in drafted.completions:
            self.count(completion)
        return drafted.plan

    # from facts

    def from_facts(self, plan: Plan, intent: Intent, subject: Subject) -> Answer | None:
        """The composed answer; None when passages should be asked instead."""
        operands = self.operands(plan, intent, subject)
        try:
            with self.timed("retrieve"):
                rows = [[as_printed(one, self._year_of) for one in row] for row in self._carried_out(plan, operands)]
            lines = Lines(self.store, self.principal, subject.name, self.collection)
            reasons = check(plan, rows, intent, subject.calendar, lines).reasons
        except MissingOperandError as missing:
            self.trace.add("missing", {"metric": missing.metric, "span": missing.span.key})
            return None if plan.source in ("label", "model") else absent.missing(self, missing, plan, intent, subject)
        except PlanError as error:
            self.trace.add("failed", str(error))
            return None
        if reasons:
            self.trace.add("unchecked", list(reasons))
            self.doubts += reasons
            return None
        if (own := other_currency(intent.wish.currency, rows)) is not None:
            return self.nothing(self.words["other_currency"].format(own=own, asked=intent.wish.currency), intent)
        name = self.words["parent"].format(entity=subject.name) if intent.scope == "parent" else subject.name or ""
        parts = compose(plan, rows, name, intent.wish, self.language)
        used = [operand for row in rows for computed in row for operand in computed.operands.values()]
        self.trace.add("evidence", [operand.stored.id for operand in used], [operand.stored.document_id for operand in used])
        self._warn_about(plan, rows)
        names = (*subject.names, *self.spoken)
        return self.released(self.bind([(part.text, evidence.of_part(part, names, subject.calendar)) for part in parts]))

    def _carried_out(self, plan: Plan, operands: Operands) -> Sequence[Sequence[Computed]]:
        """The plan's values; of several that a question names, those that are there: the others are named as not answered."""
        try:
            return carry_out(plan, operands, formulas())
        except MissingOperandError:
            rows, lacking = carry_out_in_part(plan, operands, formulas()) if plan.source == "rule" else ([], [])
            if not rows:
                raise
            self.lacking = [self.words["lacking"].format(title=item.title, span=span.words(self.language)) for item, span in lacking]
            return rows

    def _year_of(self, entity: str, year: int) -> Sequence[StoredFact]:
        query = FactQuery(entity=entity, period=str(year), collection=self.collection, limit=EVERY)
        return self.store.facts(self.principal, query)

    def operands(self, plan: Plan, intent: Intent, subject: Subject) -> Operands:
        def fetch(concept: str | None, label: str | None) -> Sequence[StoredFact]:
            query = FactQuery(entity=subject.name, concept=concept, metric=label, collection=self.collection, limit=CANDIDATES)
            return self.store.facts(self.principal, query)

        scope = intent.scope or "consolidated"
        weigh = self._weigh if scope == "consolidated" else partial(self._weigh, scope=scope)
        return Operands(fetch, weigh, subject.calendar, metrics(), self.question, plan.labels, subject.published, scope, plan.exact)

    def _weigh(self, document: str, statement: str, scope: Scope = "consolidated") -> Mapping[int, TableLines]:
        """Known lines by table, of one statement of one document. Documents never change, so that it is kept."""
        key = (document, statement if scope == "consolidated" else f"{scope} {statement}")
        if key not in self.weights:
            query = FactQuery(document_id=document, statement=statement, scope=scope, limit=MANY)
            lines: dict[tuple[int, int], set[str]] = {}
            chinese: set[int] = set()
            for stored in self.store.facts(self.principal, query):
                if stored.fact.concept and stored.fact.table is not None and not stored.fact.dimensions:
                    lines.setdefault((stored.fact.table, stored.fact.page), set()).add(stored.fact.concept)
                    chinese |= {stored.fact.table} if language_of(" ".join(stored.fact.metric)) == "zh" else set()
            self.weights[key] = {table: TableLines(len(found), page, table in chinese) for (table, page), found in lines.items()}
        return self.weights[key]

    def _warn_about(self, plan: Plan, rows: Sequence[Sequence[Computed]]) -> None:
        """What a reader must know beside the figures: an assumed period, a restated or contradicted value, a weak document."""
        if not plan.spans and not plan.recent:  # "the last three years" are named by the answer
            self.warnings.append(self.words["assumed"].format(span=rows[0][-1].span.words(self.language)))
        for operand in (operand for row in rows for computed in row for operand in computed.operands.values()):
            self._warn_operand(operand)
            if operand.stored.mark:
                self.warn(f"{operand.stored.document_name}: {operand.stored.mark}")

    def _warn_operand(self, operand: Operand) -> None:
        fact = operand.stored.fact
        said = {"metric": " ".join(fact.metric[-1:]), "value": fact.text, "document": operand.stored.document_name}
        if operand.earlier is not None:
            other = operand.earlier
            self.warn(self.words["restated"].format(other=other.fact.text, other_document=other.document_name, **said))
        if operand.rivals:
            others = ", ".join(dict.fromkeys(rival.fact.text for rival in operand.rivals[:3]))
            self.warn(self.words["conflict"].format(others=others, **said))
        for other in operand.namesakes[:1]:
            named = {"other": other.fact.text, "other_metric": " ".join(other.fact.metric[-1:]), "page": other.fact.page}
            self.warn(self.words["namesake"].format(**named, **said))
        if fact.confidence < 0.9:
            self.warn(self.words["ocr"].format(confidence=f"{fact.confidence:.0%}", **said))

    def warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)

    # from passages

    def facts_on(self, hit: Hit) -> Sequence[StoredFact]:
        return self.store.facts(self.principal, FactQuery(document_id=hit.document_id, page=hit.page, limit=MANY))

    def find(self, limit: int) -> list[Hit]:
        """Passages for the question, without answering it."""
        query = search_query(*reading.understood(self), self.collection, limit)
        return list(self.search.all(self.principal, query))

    def hits_of(self, intent: Intent, subject: Subject, limit: int, each: int = 1) -> list[Hit]:
        """Of each of the first pages so many passages, of the entity named; papers on the period named go before others."""
        return list(self.search.search(self.principal, search_query(intent, subject, self.collection, limit, each)))

    def searched(self, intent: Intent, subject: Subject) -> list[Hit]:
        """The passages that a prompt is made of; searched for once."""
        if self.hits is None:
            self.hits = self.hits_of(intent, subject, passages.PAGES, passages.PASSAGES)
        return self.hits

    def count(self, completion: Completion) -> None:
        self.model = completion.model or self.model
        self.tokens["prompt"] += completion.prompt_tokens
        self.tokens["completion"] += completion.completion_tokens

    # endings

    def bind(self, parts: Parts) -> Bound:
        """Each part of the text against its own evidence; recorded so that it can be done again."""
        self.stated = parts
        self.trace.add("binding", binding.recorded(parts, self.question, self.language), binding.documents(parts))
        with self.timed("bind"):
            return binding.bind_parts(parts, self.question, self.language)

    def released(self, bound: Bound) -> Answer:
        """The answer when every figure is bound, else a withheld one."""
        if bound.unbound:
            reason = "; ".join(f"{figure.text}: {figure.reason}" for figure in bound.unbound)
            self.trace.add("withheld", {"text": bound.text, "reason": reason})
            return self.ended("withheld", self.words["withheld"], reason=reason)
        bound = self._with_what_is_left_out(bound)
        answer = self.ended("answered", bound.text)
        answer.citations, answer.figures = list(bound.citations), list(bound.figures)
        return answer

    def _with_what_is_left_out(self, bound: Bound) -> Bound:
        """The answer with a sentence that names what of the question it does not answer."""
        if self.intent is None:
            return bound
        names = self.known.of(self.principal, self.collection).entities
        left = left_out(self.intent, bound.text, bound.figures, names, self.calendar, written=self.model is not None)
        left = [*self.lacking, *(part for part in left if not any(part in named for named in self.lacking))]
        if not left:
            return bound
        named = self.words["not_answered"].format(parts=self.words["join"].join(left))
        parts = [*self.stated, (named, [])]
        if binding.bind_parts(parts, self.question, self.language).unbound:
            self.warn(named)  # the text that is sealed is the one that is stated
            return bound
        return self.bind(parts)

    def quoted(self, text: str, citations: Sequence[Citation]) -> Answer:
        """An answer that quotes texts of cells: names, addresses and numbers by which things are called are no figures."""
        answer = self.ended("answered", text)
        answer.citations = list(citations)
        return answer

    def _which_entity(self, known: Sequence[str]) -> Answer:
        return self.ended("clarify", self.words["which_entity"], options=sorted(known)[:20])

    def nothing(self, text: str, intent: Intent) -> Answer:
        """No evidence; or not permitted, when the question is about a document that may be known of."""
        if reading.concerns_hidden(self, intent):
            return self.ended("not_permitted", self.words["not_permitted"])
        answer = self.ended("no_evidence", text)
        if self.doubts:  # something was computed and does not hold: the reader gets the reasons and the closest passages
            answer.reason = "; ".join(dict.fromkeys(self.doubts))
            answer.nearest = passages.closest(self.hits or (), search_text(intent), self.language)
        return answer

    def ended(self, status: Status, text: str, *, options: Sequence[str] = (), reason: str | None = None) -> Answer:
        for hit in list(self.search.aside.values())[:3]:
            self.warn(self.words["instructs"].format(document=hit.document_name, page=hit.page))
        return Answer(
            id=str(uuid.uuid4()), status=status, language=self.language, text=text, warnings=self.warnings, options=list(options),
            reason=reason, model=self.model, timings={name: round(value, 4) for name, value in self.timings.items()}, tokens=self.tokens,
        )  # fmt: skip

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        leaving.check()
        started = time.perf_counter()
        try:
            yield
        finally:
            self.timings[name] = self.timings.get(name, 0.0) + time.perf_counter() - started
