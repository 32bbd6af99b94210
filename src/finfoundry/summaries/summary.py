"""A summary of papers: their figures of the year, then their own worthiest sentences; each is bound, and what is left out is counted.

Nothing is written by a model, so that nothing can be said that no paper says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from finfoundry.ask.asker import Agent
from finfoundry.ask.compose import answer_evidence
from finfoundry.ask.compose.answer_evidence import Parts
from finfoundry.ask.context import endings, reading
from finfoundry.ask.context.question import QuestionContext, Trace
from finfoundry.ask.kinds.drivers import of_causes
from finfoundry.ask.kinds.figures import of_figures
from finfoundry.ask.kinds.quotation import quoted
from finfoundry.ask.lexicon.metric_terms import usual_phrase
from finfoundry.ask.lexicon.ports import Hit, StoredDocument
from finfoundry.ask.retrieve.quotable import Quotable, quotables
from finfoundry.ask.understand.subject import Subject, subject_of
from finfoundry.core.answer import Answer, DocumentName, Language
from finfoundry.core.display import Display, escaped
from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.summaries.choice import chosen, tellable
from finfoundry.summaries.own_papers import OwnPapers

MOST_PAPERS, MOST_SENTENCES = 10, 30
ROOM = 400  # characters of a summary for each of its sentences
NAMED = 12  # sections named in an error

Passages = Callable[[Principal, str], Sequence[Hit]]


@dataclass(frozen=True, slots=True)
class SectionLeft:
    """A section of a paper: how many of its sentences are in the summary, and how many it has."""

    title: str
    first_page: int
    last_page: int
    told: int
    sentences: int


@dataclass(frozen=True, slots=True)
class PaperLeft:
    """What a summary leaves out of one paper. ``tables``: passages that are tables, none of whose rows are quoted."""

    document: DocumentName
    told: int
    sentences: int
    tables: int
    sections: list[SectionLeft]

    def show_on(self, display: Display) -> None:
        told = f"{self.told} of {self.sentences} sentences told; {self.tables} passages of tables not quoted"
        display.line(f"[bold]{escaped(self.document.name)}[/]: {told}")
        rows = [(one.title or "-", f"{one.first_page}-{one.last_page}", f"{one.told} of {one.sentences}") for one in self.sections]
        display.table(("section", "pages", "told"), rows)


@dataclass(frozen=True, slots=True)
class Summary:
    """The summary as an answer whose every sentence is bound, and what it leaves out."""

    answer: Answer
    left_out: list[PaperLeft] = field(default_factory=list)

    def show_on(self, display: Display) -> None:
        display.show(self.answer)
        for one in self.left_out:
            display.show(one)


@dataclass(frozen=True, slots=True)
class _Paper:
    """A paper that is read: its document, whom it is of, what can be quoted of it, and how many of its passages are tables."""

    document: StoredDocument
    subject: Subject
    found: Sequence[Quotable]
    tables: int


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    held: dict[str, Any] = yaml.safe_load((files("finfoundry.summaries") / "data" / "summary_words.yaml").read_text(encoding="utf-8"))
    return held


def summarise(
    agent: Agent, passages: Passages, principal: Principal, documents: Sequence[StoredDocument], section: str = "", sentences: int = 6
) -> tuple[Summary, Trace]:
    """A summary of papers, or of one ``section`` of each, of at most so many ``sentences`` of theirs together.

    Raises InputError: too many papers or sentences, nothing to quote, no such section.
    """
    _check(documents, sentences)
    agent = over_papers(agent, [document.id for document in documents])
    papers = [_read(agent, passages, principal, document, section) for document in documents]
    language: Language = "zh" if sum(document.language == "zh" for document in documents) * 2 > len(documents) else "en"
    names = ("、" if language == "zh" else ", ").join(document.name for document in documents)
    context = agent.begun(principal, _words()[language]["request"].format(papers=names))
    each = max(1, sentences // len(papers))
    told = {paper.document.id: chosen(paper.found, each, each * ROOM) for paper in papers}
    parts = [part for paper in papers for part in _parts(agent, context, paper, told[paper.document.id], whole=not section)]
    context.trace.add("summary", {"documents": [one.id for one in documents], "section": section}, [one.id for one in documents])
    answer = endings.release(context, endings.bind(context, parts))
    context.trace.add("answer", answer, [citation.document.id for citation in answer.citations])
    return Summary(answer, [_left(paper, told[paper.document.id]) for paper in papers]), context.trace


def over_papers(agent: Agent, ids: Sequence[str]) -> Agent:
    """The agent over a few papers, without a model."""
    own = OwnPapers(agent.store, tuple(ids), agent.search)
    return Agent(None, own, own, question_characters=agent.question_characters, terms=agent.terms)


def _check(documents: Sequence[StoredDocument], sentences: int) -> None:
    if not 1 <= len(documents) <= MOST_PAPERS:
        raise InputError(f"A summary is of 1 to {MOST_PAPERS} papers, not of {len(documents)}", remedy="Name fewer of them")
    if not len(documents) <= sentences <= MOST_SENTENCES:
        raise InputError(
            f"A summary of {len(documents)} papers has {len(documents)} to {MOST_SENTENCES} sentences, not {sentences}",
            remedy="Give another number of sentences",
        )


def _read(agent: Agent, passages: Passages, principal: Principal, document: StoredDocument, section: str) -> _Paper:
    hits = passages(principal, document.id)
    every = quotables(hits)
    found = [one for one in every if _is_in(one, section)]
    if not any(map(tellable, found)):
        raise _nothing(document, every, section)
    known = agent.known.of(principal, None)
    owner = next((name for name, ids in known.papers.items() if document.id in ids), None)
    tables = sum(hit.kind == "table" and (not section or any(one.hit is hit for one in found)) for hit in hits)
    return _Paper(document, subject_of(owner, known), found, tables)


def _is_in(one: Quotable, section: str) -> bool:
    wanted = " ".join(section.lower().split())
    return any(wanted in " ".join(title.lower().split()) for title in one.heading) if wanted else True


def _nothing(document: StoredDocument, every: Sequence[Quotable], section: str) -> InputError:
    titles = list(dict.fromkeys(title for one in every if tellable(one) for title in one.heading))
    if section and titles:
        named = "; ".join(titles[:NAMED])
        return InputError(f"{document.name} has no section {section!r} with sentences in it", remedy=f"Its sections are: {named}")
    return InputError(f"{document.name} has no sentence that could be told", remedy="See its certificate: `finfoundry documents show`")


def _parts(agent: Agent, context: QuestionContext, paper: _Paper, told: Sequence[Quotable], *, whole: bool) -> list[Any]:
    """The figures of the paper's year, where it is summarised as a whole, then its sentences."""
    figures = _figures(agent, context.principal, paper) if whole else []
    known = " ".join(text for text, _ in figures)
    fresh = [one for one in told if one.text not in known]
    sentences = [part for part in quoted(context, fresh, paper.subject) if not _unbound(context, [part])]
    lead = _words()[context.language]["quoted"].format(paper=paper.document.name)
    lead = lead if not _unbound(context, [(lead, [])]) else context.words["quoted"]
    return [*figures, (lead, []), *sentences] if sentences else figures


def _unbound(context: QuestionContext, parts: Parts) -> bool:
    return bool(answer_evidence.bind_parts(parts, context.question, context.language).unbound)


def _figures(agent: Agent, principal: Principal, paper: _Paper) -> list[Any]:
    """What the paper's statements say of its year against the year before, with the reason where the paper gives one: each as a question
    for it is answered.
    """
    language: Language = "zh" if paper.document.language == "zh" else "en"
    entity, year = paper.subject.called(language), paper.document.fiscal_year
    if not entity or year is None:
        return []
    told: list[Any] = []
    for name in _words()["figures"]:
        if metric := usual_phrase(name, language):
            said = {"entity": entity, "metric": metric, "year": year}
            told += _answered(agent, principal, language, said)
    return told


def _answered(agent: Agent, principal: Principal, language: Language, said: Mapping[str, object]) -> Parts:
    """The reason of a change, else the change, else nothing."""
    for asked, answer in (("reason", of_causes), ("figure", of_figures)):
        context = agent.begun(principal, _words()[language][asked].format(**said))
        intent, subject = reading.understood(context)
        context.intent, context.subject, context.calendar = intent, subject, subject.calendar
        told = answer(context, intent, subject)
        if told and told.status == "answered":
            return context.stated
    return []


def _left(paper: _Paper, told: Sequence[Quotable]) -> PaperLeft:
    sections: dict[str, list[Quotable]] = {}
    for one in filter(tellable, paper.found):
        sections.setdefault(one.heading[0] if one.heading else "", []).append(one)
    rows = [
        SectionLeft(
            title, min(one.hit.page for one in held), max(one.hit.page for one in held), sum(one in told for one in held), len(held)
        )
        for title, held in sections.items()
    ]
    name = DocumentName(paper.document.id, paper.document.name)
    return PaperLeft(name, len(told), sum(row.sentences for row in rows), paper.tables, rows)
