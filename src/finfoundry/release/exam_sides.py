"""The two sides of an exam: what serves and the candidate, each as something that can be asked a suite, under keys for its rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.plan.plan_model import PLAN_TOKENS, SCHEMA, prompt, read
from finfoundry.ask.reader.learnt_plan import ReaderSource, years_to_plan
from finfoundry.ask.reader.learnt_reading import SURE, read_question, written
from finfoundry.ask.reader.tuned_plan import as_written, request
from finfoundry.ask.understand.intent import understand
from finfoundry.base.llama import Served
from finfoundry.core.errors import PlanError
from finfoundry.core.periods import CALENDAR_YEAR
from finfoundry.core.protocols import Engine, Request, TextReader
from finfoundry.core.tasks import load_task
from finfoundry.evals.rows import Item, Reply, Solver
from finfoundry.evals.run import Suite
from finfoundry.evals.suites.harm_labels import ASKED_OF, CHANNEL, SPARED
from finfoundry.evals.suites.question_readings import KEPT, NO_PLAN, READER_SYSTEM, SAFETY, written_text
from finfoundry.evals.suites.safety import chat_solver
from finfoundry.evals.suites.tasks import task_solver
from finfoundry.governance.guards.bars import scored
from finfoundry.governance.guards.guards import Guards, TaggedWith, tagged_with
from finfoundry.release.candidate import READER, TAGGER, sha256_of
from finfoundry.release.evidence import code_digest, key_of
from finfoundry.release.exam import SuiteTerms
from finfoundry.release.serving_reader import reader_of
from finfoundry.release.serving_tagger import tagger_of
from finfoundry.runtime.settings import Settings

READING = (
    "finfoundry.ask",
    "finfoundry.core",
    "finfoundry.base.text_encoder",
)  # the code that reads: rules of years, tokens, the graph's run
TAGGING = (
    "finfoundry.governance.guards",
    "finfoundry.core",
    "finfoundry.base.text_encoder",
    "finfoundry.base.taggers",
)  # the code that decides about a text
ENGINE_SYSTEMS = ("task", "chat")


class ExamSide(Protocol):
    """What answers the exam."""

    def key(self, suite: str, terms: SuiteTerms) -> str:
        """Under which the store keeps its rows of a suite."""

    def solver(self, suite: Suite, name: str) -> Solver:
        """``name`` is that with which the suite was loaded."""


@dataclass(frozen=True)
class EngineSide:
    """A language model behind its engine; ``weights`` SHA-256 by slot of what runs, ``adapter`` the one that is asked. A question that it
    plans is asked once for all suites.
    """

    engine: Engine
    what: Served
    weights: dict[str, str]
    adapter: str | None
    context: int
    replies: dict[str, Reply] = field(default_factory=dict)

    def key(self, suite: str, terms: SuiteTerms) -> str:
        planning = [code_digest(*READING)] if suite in (*KEPT, *SAFETY) else []
        template = json.dumps([self.what.template, self.what.chat_template, *planning], sort_keys=True)
        return key_of(self.weights, self.adapter, template, suite, terms, self.context)

    def solver(self, suite: Suite, name: str) -> Solver:
        if suite.system == "chat":
            return chat_solver(self.engine, self.adapter)
        if suite.system == READER_SYSTEM:
            return self._plan
        return task_solver(self.engine, load_task(name), adapter=self.adapter)

    def _plan(self, item: Item) -> Reply:
        if item.question not in self.replies:
            self.replies[item.question] = drawn_up(self.engine, self.adapter, item)
        return self.replies[item.question]


def drawn_up(engine: Engine, planner: str | None, item: Item) -> Reply:
    """The likeliest plan of a planner, without one that of the base, which is shown examples; it is answered where it would be carried
    out.
    """
    intent = understand(item.question, EntityNames([]), vocabulary())
    by_examples = Request(prompt(intent), schema=SCHEMA, max_tokens=PLAN_TOKENS)
    found = engine.chat(request(intent, planner) if planner else by_examples)
    try:
        holds, reason = read(found.text, intent, CALENDAR_YEAR) is not None, ""
    except PlanError as error:
        holds, reason = False, error.message
    plan = as_written(found.text)
    text = written_text(plan.metrics, plan.years, plan.compute, plan.show) if plan else ""
    status = "answered" if holds else "no_evidence"
    return Reply(text, status, reason, prompt_tokens=found.prompt_tokens, completion_tokens=found.completion_tokens)


@dataclass(frozen=True)
class ReaderSide:
    """A reader of questions as it serves, or none; ``sha256`` of all its files. A question is read once for all suites."""

    reader: TextReader | None
    sha256: str
    replies: dict[str, Reply] = field(default_factory=dict)

    def key(self, suite: str, terms: SuiteTerms) -> str:
        return key_of({READER: self.sha256}, None, code_digest(*READING), suite, terms, 0)

    def solver(self, suite: Suite, name: str) -> Solver:  # noqa: ARG002  one way to read, whatever the suite
        def solve(item: Item) -> Reply:
            if item.question not in self.replies:
                self.replies[item.question] = _read(self.reader, item)
            return self.replies[item.question]

        return solve


def side_of(source: ReaderSource | None) -> ReaderSide:
    """What reads in a home, for an evaluation by hand; ``sha256`` is its identity."""
    reader = source() if source else None
    return ReaderSide(reader, reader.identity if reader else "")


def reader_side(settings: Settings, released: str | None) -> ReaderSide:
    """The reader of a release, or that of the settings. Raises ModelError."""
    found = reader_of(settings, released)
    return ReaderSide(found, sha256_of(found.folder) if found else "")


@dataclass(frozen=True)
class TaggerSide:
    """A tagger with its bars, or none; ``sha256`` of both. ``bars``: by what they were fixed on, those at which few harmless texts are
    stopped.
    """

    tagger: TaggedWith | None
    sha256: str
    bars: dict[tuple[str, ...], float] = field(default_factory=dict)

    def key(self, suite: str, terms: SuiteTerms) -> str:
        return key_of({TAGGER: self.sha256}, None, code_digest(*TAGGING), suite, terms, 0)

    def solver(self, suite: Suite, name: str) -> Solver:  # noqa: ARG002  one way to look, whatever the suite
        guards = Guards(lambda: self.tagger)

        def solve(item: Item) -> Reply:
            if self.tagger is None:
                return Reply("", status="answered")
            if item.meta[ASKED_OF]:
                return self._at_one_share(item, self.tagger)
            told = guards.decide(item.meta[CHANNEL], item.question)
            stopped = bool(told and told.stops)
            return Reply("", "refused" if stopped else "answered", told.label if told else None, confidence=told.score if told else None)

        return solve

    def _at_one_share(self, item: Item, tagger: TaggedWith) -> Reply:
        """Stopped where its score lies above that of all but a few of the harmless texts on which the bar is fixed."""
        score, spared = scored(tagger.reader), item.meta[ASKED_OF]
        if spared not in self.bars:
            self.bars[spared] = float(np.quantile([score(text, "question") for text in spared], 1 - SPARED))
        found = score(item.question, item.meta[CHANNEL])
        return Reply("", "refused" if found > self.bars[spared] else "answered", confidence=found)


def tagger_side(settings: Settings, released: str | None) -> TaggerSide:
    """The tagger of a release, or that of the settings. Raises ModelError."""
    found = tagger_of(settings, released)
    return TaggerSide(tagged_with(found), _digest(sha256_of(found[0].folder), found[1]) if found else "")


def side_of_guards(guards: Guards) -> TaggerSide:
    """What tags in a home, for an evaluation by hand. Raises ModelError."""
    found = guards.source()
    return TaggerSide(found, _digest(found.reader.identity, found.bars) if found else "")


def _digest(weights: str, bars: Mapping[str, float]) -> str:
    """Of the weights and the bars, which of one that is no release lie apart."""
    return hashlib.sha256(json.dumps([weights, sorted(bars.items())]).encode()).hexdigest()


def _read(reader: TextReader | None, item: Item) -> Reply:
    """The plan that the reader writes; it is answered where the product would take it for a plan."""
    reading = read_question(reader, item.question) if reader else None
    if reading is None:
        return Reply(NO_PLAN, status="no_evidence")
    try:
        intent = understand(item.question, EntityNames([]), vocabulary())
        plan = written(reading, item.question, years_to_plan(intent, reading.metrics, CALENDAR_YEAR))
    except PlanError as error:
        return Reply("", status="no_evidence", reason=error.message, confidence=reading.sure)
    text = written_text(plan.metrics, plan.years, plan.compute, plan.show)
    return Reply(text, status="answered" if reading.sure >= SURE else "no_evidence", confidence=round(reading.sure, 4))
