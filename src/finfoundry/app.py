"""The only place that builds engines, stores and workers from settings and hands them out.

``open_app`` starts what a command needs: PostgreSQL, the worker and, at the first question that needs a model, the engine.
"""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path

from finfoundry.ask import engine_exam
from finfoundry.ask.asker import Agent
from finfoundry.ask.compose import confidence
from finfoundry.ask.compose.answer_evidence import rebind
from finfoundry.ask.context.corrected import read_since, told_since
from finfoundry.ask.context.question import Trace
from finfoundry.ask.given.given_papers import is_stored
from finfoundry.ask.lexicon.own_vocabulary import OwnVocabularies
from finfoundry.base.concept_reader import concept_reader
from finfoundry.base.llama import drafts
from finfoundry.base.privacy.personal_reader import personal_reader
from finfoundry.base.tuned_adapter import AdapterOnDemand
from finfoundry.batch import BatchLine, BatchReport, run_batch
from finfoundry.binding import evaluate
from finfoundry.conversations import memory
from finfoundry.conversations.forgetting import Erased, forget_person
from finfoundry.conversations.history import History
from finfoundry.conversations.sign_off import SignOff
from finfoundry.core import cancellation
from finfoundry.core.answer import Answer, Language
from finfoundry.core.disclosure import Disclosure, disclose, of_file
from finfoundry.core.document import Parsed
from finfoundry.core.errors import IntegrityError
from finfoundry.core.principal import ADMINISTRATOR, Principal, require_administrator
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.core.protocols import Engine
from finfoundry.governance import guard, seal
from finfoundry.governance.answer_models import note_model
from finfoundry.governance.api_keys import Scope
from finfoundry.governance.chain import Head
from finfoundry.governance.decisions import Decisions, credential_of
from finfoundry.governance.guards.guard_register import GuardRegister
from finfoundry.governance.guards.guard_register import keep as keep_decisions
from finfoundry.governance.guards.guards import GuardDecision, Guards, refused_answer, tagged_with, unguarded, warnings_of
from finfoundry.governance.guards.readings import TURNS
from finfoundry.governance.oidc import Provider
from finfoundry.governance.own_terms import OwnTerm, TermRegister
from finfoundry.governance.personal_text import without_personal
from finfoundry.governance.policy import Policy, version
from finfoundry.governance.recorder import Recorder
from finfoundry.governance.replay import ReplayReport, reverify
from finfoundry.governance.replay import regenerate as call_again
from finfoundry.governance.trail import AuditTrace, Listed, recall, records
from finfoundry.governance.unanswered import learnable
from finfoundry.knowledge.corrections.correction_register import CorrectionRegister
from finfoundry.knowledge.corrections.hand_reading_register import HandReadings
from finfoundry.knowledge.corrections.law_correction import LawCorrections
from finfoundry.knowledge.datasets import sql_check
from finfoundry.knowledge.datasets.columns import DatasetReading
from finfoundry.knowledge.datasets.dataset_queries import Tables
from finfoundry.knowledge.datasets.sql_check import QueryResult
from finfoundry.knowledge.ingest import gone_files
from finfoundry.knowledge.ingest.import_table import Imported, import_tables
from finfoundry.knowledge.ingest.ingest_files import Ingested, IngestTarget, Intake
from finfoundry.knowledge.laws.law_view import LawView
from finfoundry.knowledge.search.passages import Search
from finfoundry.knowledge.search.search_log import SearchLog
from finfoundry.knowledge.search.vectors import EMBED_JOB
from finfoundry.knowledge.shown.views import DocumentView, FactView, HitView, document_view, hit_view, stored_fact_view
from finfoundry.knowledge.storage import readings
from finfoundry.knowledge.storage.readings import ReadingDiff
from finfoundry.knowledge.storage.store import FactQuery, Removed, Store, StoredDocument
from finfoundry.machine import dsn_of, embedder, master_of, open_database, read_settings, worker_process, workers
from finfoundry.release.candidate import READER, SCORERS, TAGGER
from finfoundry.release.cheap_model import cheap_model
from finfoundry.release.engine import EngineOnDemand
from finfoundry.release.register import serving, serving_digest
from finfoundry.release.serving import served
from finfoundry.release.serving_planner import planner_of
from finfoundry.release.serving_reader import ReaderOnDemand
from finfoundry.release.serving_scorer import ScorerOnDemand
from finfoundry.release.serving_tagger import serving_tagger
from finfoundry.runtime import audit, jobs
from finfoundry.runtime.database import Database
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.specialists.scoring.scores import Scores
from finfoundry.summaries.risk_changes import RiskChanges, guarded, risk_changes
from finfoundry.summaries.summary import Summary, summarise


class App:
    """One home with its store open. Every call acts for a principal."""

    administrator = ADMINISTRATOR

    def __init__(self, settings: Settings, database: Database, supervisor: Supervisor) -> None:
        self.settings = settings
        self.database = database
        self.supervisor = supervisor
        self.master = master_of(settings, database)
        self.policy = Policy(database)
        self.decisions = Decisions(database, Provider.of(settings))
        found = embedder(settings)
        self.store = Store(database, found)
        self.searcher = Search(database, found, SearchLog(settings.retrieval_log) if settings.retrieval_log else None)
        self.engine: Engine = EngineOnDemand(settings, supervisor, lambda: served(settings, serving(database)))
        self.personal = AdapterOnDemand(settings, personal_reader)
        self.recorder = Recorder(self.engine, self.without_personal if settings.foreign_engine else None)  # no call escapes the audit
        self.agent = Agent(
            self.recorder if settings.has_model else None, self.store, self.searcher, self.policy.hidden, settings.question_characters
        )
        self.agent.strict, self.agent.drafts = settings.strict, drafts(settings)
        exam = engine_exam.kept(settings)
        self.agent.strong = self.agent.drafts and exam is not None and exam.strong
        self.agent.tables = Tables(database)
        self.calibration = confidence.calibration(settings.calibration)
        self.agent.cheap = cheap_model(settings, supervisor, self.recorder, self.calibration)
        self.specialists = self.agent.specialists = Scores(database)
        self.terms = TermRegister(database)
        self.agent.terms = OwnVocabularies(self.terms)
        self.corrections = CorrectionRegister(database)
        self.readings = HandReadings(database)
        self.law_corrections = LawCorrections(database)
        self.history, self.sign_off = History(database), SignOff(database)
        scorers = [ScorerOnDemand(slot, settings, partial(serving_digest, database, slot)) for slot in SCORERS]
        self.agent.scorer, self.agent.figures, self.agent.states = scorers
        self.agent.concepts = cache(lambda: concept_reader(settings, found))
        tagger = self.tagger = serving_tagger(settings, lambda: serving_digest(database, TAGGER))
        self.guards = self.agent.guards = Guards(lambda: tagged_with(tagger(), by_words=tagger.by_words), settings.guard_strict)
        self.guard_register = GuardRegister(database, settings.home)
        self.agent.planner = lambda: planner_of(settings, serving(database))
        self.agent.reader = ReaderOnDemand(settings, lambda: serving_digest(database, READER))

    def without_personal(self, text: str) -> str:
        """A text as it may leave this machine: personal data by rules and by the reader of the settings. Raises ModelError."""
        return without_personal(text, self.personal())

    def close(self) -> None:
        self.recorder.close()
        self.database.close()

    def principal(self, user: str | None) -> Principal:
        """The user, or the administrator of the home. Raises NotFound."""
        return self.policy.principal(user) if user else ADMINISTRATOR

    def maker(self, user: str | None, scope: Scope = "admin") -> Principal:
        """Who takes a decision, by the credential of the environment. Raises NotPermitted, UnknownKey, InputError."""
        return self.decisions.maker(user, credential_of(os.environ), scope)

    def changer(self) -> Principal:
        """Which administrator changes users, grants, keys and rules, in the same way. Raises NotPermitted, UnknownKey, InputError."""
        return self.decisions.administrator(credential_of(os.environ))

    # documents

    def ingest(
        self,
        principal: Principal,
        paths: Sequence[Path],
        *,
        collection: str | None = None,
        label: str = "general",
        wait: bool = False,
        again: bool = False,
        remove_missing: bool = False,
        report: Report = silent,
    ) -> list[Ingested]:
        """Read files and folders into the store, ``again`` those too that are there; ``wait`` returns once embeddings are finished. Then a
        row for each document whose file is gone from the folders: it is marked, or, with ``remove_missing``, removed.
        """
        place = IngestTarget(collection or self.settings.collection, label, again)
        with workers(self.settings, min(self.settings.threads, 4)) as pool:
            intake = Intake(self.store, pool, principal, place, report=report)
            results = intake.run(paths, max_bytes=self.settings.max_file_bytes, home=self.settings.home)
        gone_files.keep_origins(self.store, principal, results)
        folders = [path for path in paths if path.is_dir() and not path.is_symlink()]
        results += gone_files.gone(self.store, principal, folders, place.collection, results, remove=remove_missing)
        if wait:
            self._wait_for_embeddings(report)
        return results

    def import_tables(
        self,
        principal: Principal,
        paths: Sequence[Path],
        reading: DatasetReading,
        *,
        collection: str | None = None,
        label: str = "general",
        trial: bool = False,
        report: Report = silent,
    ) -> list[Imported]:
        """Put wide tables into the store; ``trial`` only shows how their columns would be read."""
        place, settings = IngestTarget(collection or self.settings.collection, label), self.settings
        return import_tables(
            self.store, principal, paths, reading, place, max_bytes=settings.max_file_bytes, home=settings.home, trial=trial, report=report
        )

    def query_tables(self, principal: Principal, query: str, limit: int = 100) -> QueryResult:
        """Run one SELECT over the views of wide tables. Raises InputError for anything else."""
        return sql_check.run(self.database, principal, query, rows=limit)

    def _wait_for_embeddings(self, report: Report) -> None:
        """Help the worker until nothing is left. Without an embedder there is nothing to wait for."""
        if self.store.embedder is None:
            return
        total = None
        while (counts := jobs.counts(self.database, EMBED_JOB)).queued + counts.running:
            left = counts.queued + counts.running
            total = max(total or left, left)
            report(Progress("embedding", total - left, total, "documents"))
            if not self.store.embed_pending(1):
                time.sleep(0.2)

    def documents(self, principal: Principal, collection: str | None = None) -> list[StoredDocument]:
        """What the principal may read, by collection and name. Raises NotFound for a collection that is not there."""
        self.policy.require_collection(principal, collection)
        return self.store.documents(principal, collection)

    def document(self, principal: Principal, document: str) -> DocumentView:
        """Raises NotFound."""
        stored, told = self.store.shown(principal, document)
        law = next((law for law in self.store.laws(principal, stored.collection) if law.document == document), None)
        told = self.corrections.retold(principal, document, told) if stored.revision else told
        return document_view(stored, told, LawView.of(law, date.today()) if law else None)

    def reading_diff(self, principal: Principal, document: str) -> ReadingDiff:
        """Which facts of a document came out otherwise when its file was read again. Raises NotFound."""
        return readings.diff(self.database, principal, document)

    def delete(self, principal: Principal, document: str) -> Removed:
        """Raises NotFound, NotPermitted."""
        return self.store.delete(principal, document)

    # questions

    def search(self, principal: Principal, query: str, limit: int = 10, collection: str | None = None) -> list[HitView]:
        """Passages, filtered by the entity and the period that the query names. Raises NotFound for a collection that is not there."""
        self.policy.require_collection(principal, collection)
        question = guard.clean_question(query, limit=self.settings.question_characters).text
        return [hit_view(hit) for hit in self.agent.find(principal, question, limit, collection)]

    def facts(
        self,
        principal: Principal,
        entity: str | None = None,
        metric: str | None = None,
        period: str | None = None,
        collection: str | None = None,
        limit: int = 1000,
    ) -> list[FactView]:
        """Facts that the principal may read, at most ``limit``; None filters nothing. Raises NotFound for an unknown collection."""
        self.policy.require_collection(principal, collection)
        query = FactQuery(entity=entity, metric=metric, period=period, collection=collection, limit=limit)
        return [stored_fact_view(row) for row in self.store.facts(principal, query)]

    def ask(
        self,
        principal: Principal,
        question: str,
        *,
        collection: str | None = None,
        conversation: str | None = None,
        seconds: float | None = None,
        trial: Sequence[OwnTerm] | None = None,
        papers: Sequence[Parsed] = (),
    ) -> Answer:
        """Answer one question, leave a record of how, and say under which id. Where the model does not answer within ``seconds``
        (None: as long as it takes), the closest passages are given. ``trial``: the terms in force for this call alone. Where ``papers``
        come with it, nothing else is searched. Raises InputError, StoreError, NotFound for a collection that is not there.
        """
        self.policy.require_collection(principal, collection)
        cleaned = guard.clean_question(question, limit=self.settings.question_characters)
        talk = memory.recall(self.database, principal, conversation) if conversation else None
        asked = self.guards.decide("question", cleaned.text, talk.said if talk else ())
        if asked and asked.stops:
            return self._refused(principal, asked, cleaned.text)
        with self.recorder.recording() as calls, cancellation.work_until(seconds=seconds):
            agent = self.agent.without_model() if self.guards.keeps_model_out() else self.agent
            agent = agent.over(papers) if papers else agent
            answer, trace = agent.ask(principal, cleaned.text, collection, talk, trial)
        answer, decisions = self._guarded(answer, trace, asked)
        if talk:
            talk.said = (*talk.said, cleaned.text)[-TURNS:]
        checked = guard.check_answer(answer, published=trace.published)
        answer = confidence.weighed(checked, cleaned.text, self.calibration, self.settings.accepted_error)
        answer.disclosure = self.disclose(answer.language, answer.id)
        with self.database.transaction(principal) as connection:
            documents = [document for step in trace.steps for document in step.documents]
            made = [call.step(documents) for call in calls.made]
            sure = audit.AuditStep("confidence", {"confidence": answer.confidence, "status": answer.status})
            may = learnable(answer.status) if self.settings.learn_from_questions else ()
            steps = (*trace.steps, *made, *may, sure, audit.AuditStep("policy", {"version": version(connection)}))
            answer.audit_id = audit.append(connection, audit.AuditRecord(principal.user, "answer", steps, target=answer.id))
            keep_decisions(connection, principal, answer.audit_id, decisions)
            note_model(connection, answer.audit_id, answer.model)
            if talk:
                memory.remember(connection, principal, conversation, talk)
        return answer

    def _guarded(self, answer: Answer, trace: Trace, asked: GuardDecision | None) -> tuple[Answer, list[GuardDecision]]:
        """The answer as the guards let it leave, and all that they decided on its way, which the trace now holds."""
        if asked:
            trace.add("guard", asked)
        told = self.guards.decide_composed(answer.text, written=answer.model is not None) if answer.status == "answered" else None
        if told:
            trace.add("guard", told)
            answer = refused_answer(answer.id, told, answer.text) if told.stops else answer
        decisions = [step.content for step in trace.steps if isinstance(step.content, GuardDecision)]
        answer.warnings += self._guards_say(decisions, answer.language)
        return answer, decisions

    def _guards_say(self, decisions: Sequence[GuardDecision], language: Language) -> list[str]:
        """Warnings: nothing could look at it, or what looked lets it go with one."""
        failing = self.guards.failing()
        return [*([f"{unguarded(language)} ({failing})"] if failing else []), *warnings_of(decisions, language)]

    def _refused(self, principal: Principal, decision: GuardDecision, question: str) -> Answer:
        """A question that is not answered, on record with what decided so."""
        answer = refused_answer(str(uuid.uuid4()), decision, question)
        answer.disclosure = self.disclose(answer.language, answer.id)
        steps = (audit.AuditStep("question", {"text": question}), audit.AuditStep("guard", decision), audit.AuditStep("answer", answer))
        with self.database.transaction(principal) as connection:
            policy = audit.AuditStep("policy", {"version": version(connection)})
            answer.audit_id = audit.append(connection, audit.AuditRecord(principal.user, "answer", (*steps, policy), target=answer.id))
            keep_decisions(connection, principal, answer.audit_id, [decision])
        return answer

    def summarise(self, principal: Principal, documents: Sequence[str], section: str = "", sentences: int = 6) -> Summary:
        """A summary of papers, or of one section of each: every sentence bound, what is left out counted. Raises NotFound, InputError."""
        papers = [self.store.document(principal, one) for one in dict.fromkeys(documents)]
        summary, trace = summarise(self.agent, self.searcher.passages, principal, papers, section, sentences)
        answer, decisions = self._guarded(summary.answer, trace, None)
        answer.disclosure = self.disclose(answer.language, answer.id)
        with self.database.transaction(principal) as connection:
            answer.audit_id = audit.append(connection, audit.AuditRecord(principal.user, "answer", tuple(trace.steps), target=answer.id))
            keep_decisions(connection, principal, answer.audit_id, decisions)
        return replace(summary, answer=answer)

    def risk_changes(self, principal: Principal, document: str, against: str) -> RiskChanges:
        """The risk factors of a paper against an earlier one's: new, gone, changed. Raises NotFound, InputError."""
        papers = [self.store.document(principal, one) for one in (document, against)]
        step = audit.AuditStep("risk changes", {"document": document, "against": against}, (document, against))
        found, decisions = guarded(risk_changes(self.searcher.passages, principal, *papers), self.guards)
        language: Language = "zh" if papers[0].language == "zh" else "en"
        steps = (step, *(audit.AuditStep("guard", one, (document, against)) for one in decisions))
        with self.database.transaction(principal) as connection:
            record = audit.append(connection, audit.AuditRecord(principal.user, "risk changes", steps, target=document))
            keep_decisions(connection, principal, record, decisions)
        warnings = self._guards_say(decisions, language)
        return replace(found, warnings=warnings, audit_id=record, disclosure=self.disclose(language, record))

    def disclose(self, language: Language, identifier: str) -> Disclosure | None:
        """The label that the law of the place asks for on generated content; None where it asks for none."""
        return disclose(self.settings.disclosure, self.settings.disclosure_producer, language, identifier)

    def file_labels(self) -> list[Disclosure]:
        """The labels as ``disclose`` gives them, for a file that is exported, in each language."""
        return of_file(self.settings.disclosure, self.settings.disclosure_producer, str(uuid.uuid4()))

    def ask_batch(self, source: Path, target: Path, *, collection: str | None, user: str | None, report: Report = silent) -> BatchReport:
        """Answer a file of questions, each within the time for one; what ``target`` holds already is not asked again."""

        def answer(line: BatchLine) -> Answer:
            who, where, seconds = self.principal(line.user or user), line.collection or collection, self.settings.ask_deadline
            return self.ask(who, line.question, collection=where, conversation=line.conversation, seconds=seconds)

        return run_batch(source, target, answer, report)

    def start_processes(self) -> None:
        """Have what this home needs run again: its database, the worker, at the next call the engine. Raises ProcessError."""
        if isinstance(self.engine, EngineOnDemand):
            self.engine.look_again()
        dsn_of(self.settings, self.supervisor)
        if self.settings.worker:
            self.supervisor.ensure(worker_process(self.settings))

    # audit

    def audit_verify(self, receipts: Sequence[str] = ()) -> seal.Verification:
        """Check the chain, the signatures, the contents and the head outside the database; seal first what waits."""
        with contextlib.suppress(IntegrityError):  # a cut tail cannot be sealed on; the check says where
            seal.seal(self.database, self.settings.home)
        return seal.verify(self.database, self.settings.home, receipts=receipts)

    def audit_show(self, principal: Principal, record: str | None) -> AuditTrace | list[Listed]:
        """One record, or the latest. Raises NotFound, NotPermitted."""
        if record is None:
            return records(self.database, principal)
        return recall(self.database, self.settings.home, principal, record)

    def audit_erase(self, kind: audit.SubjectKind, name: str, principal: Principal = ADMINISTRATOR) -> Erased:
        """Forget what was said by a user, or drawn from a document. Raises NotFound, NotPermitted."""
        require_administrator(principal)
        with self.database.transaction(principal) as connection:
            subject = audit.erase(connection, principal.user, kind, name)
            forgotten = forget_person(connection, self.specialists, name, subject) if kind == "user" else 0
        return Erased(kind, name, forgotten)

    def audit_resume(self, reason: str, principal: Principal = ADMINISTRATOR) -> Head | None:
        """The new head; None when nothing was missing. Raises IntegrityError when what is left is not whole."""
        return seal.resume(self.database, self.settings.home, principal, reason)

    def audit_replay(self, principal: Principal, record: str, *, regenerate: bool = False) -> ReplayReport:
        """Recompute an answer from its record without a model; with ``regenerate`` ask the model again, too."""
        trace = recall(self.database, self.settings.home, principal, record)
        replay = reverify(trace, evaluate=evaluate, rebind=rebind)
        if regenerate:
            replay.calls = call_again(trace, self.engine)
        if answer := trace.one("answer"):
            cited = sorted({id for citation in answer["citations"] if is_stored(id := citation["document"]["id"])})
            since = (principal, cited, datetime.fromisoformat(trace.at))
            replay.since = told_since(answer, self.corrections.since(*since)) + read_since(answer, self.readings.since(*since))
        return replay


@contextlib.contextmanager
def open_app(settings: Settings | None = None) -> Iterator[App]:
    """The product over one home. Raises SettingsError, StoreError with a remedy when it cannot start."""
    settings = settings or read_settings()
    supervisor = Supervisor(settings.home)
    app = App(settings, open_database(settings, supervisor), supervisor)
    try:
        if settings.worker:
            supervisor.ensure(worker_process(settings))
        yield app
    finally:
        app.close()
