"""Corrections by hand behind an answer: whoever reads a figure that a person put right is told so, and what was read."""

from __future__ import annotations

from collections.abc import Sequence

from finfoundry.ask.compose.answer_evidence import prints
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.core.answer import Answer, Citation
from finfoundry.core.document import HandCorrection
from finfoundry.knowledge.corrections.correction import Correction
from finfoundry.knowledge.corrections.hand_reading import HandReading
from finfoundry.runtime.audit import Json


def name_corrections(context: QuestionContext, answer: Answer, revised: Sequence[str]) -> None:
    """Add to an answer that cites documents with corrections (``revised``) a warning for each that it rests on, and their numbers."""
    for stored in context.services.store.corrected(context.principal, revised):
        made = stored.correction
        if made and any(_rests_on(citation, stored, made) for citation in answer.citations):
            answer.corrections.append(made.id)
            answer.warnings.append(context.written(_said(context, stored, made)))


def name_readings(context: QuestionContext, answer: Answer, revised: Sequence[str]) -> None:
    """Add a warning for each figure of an answer that a person read in the place of the reader."""
    told = set()
    for stored in context.services.store.of_hand(context.principal, revised):
        made, fact = stored.reading, stored.fact
        cited = any(_is_cell(citation, stored) for citation in answer.citations)
        if made is None or not cited or (made.id, fact.metric, fact.period) in told:
            continue
        told.add((made.id, fact.metric, fact.period))
        said = context.words[f"{made.kind}_by_hand"]
        where = {
            "page": fact.page,
            "document": stored.document_name,
            "id": made.id,
            "person": made.approved_by,
            "day": made.approved_at[:10],
        }
        answer.warnings.append(context.written(said.format(metric=" › ".join(fact.metric[-1:]), period=fact.period, **where)))


def read_since(answer: Json, made: Sequence[HandReading]) -> list[str]:
    """Of readings by hand that were made or undone after a recorded answer, those of pages that it cites; each in one line."""
    pages = {(citation["document"]["id"], citation["page"]) for citation in answer["citations"]}
    return [one.shown() for one in made if (one.change.document, one.change.page) in pages]


def told_since(answer: Json, made: Sequence[Correction]) -> list[str]:
    """Of corrections that were made or undone after a recorded answer, those of figures that it cites; each in one line."""
    return [one.shown() for one in made if any(_cites(citation, one) for citation in answer["citations"])]


def _cites(citation: Json, one: Correction) -> bool:
    change = one.change
    same = (citation["document"]["id"], citation["page"]) == (change.document, change.page)
    return same and any(prints(citation["quote"], reading.text) for reading in (change.before, change.after))


def _rests_on(citation: Citation, stored: StoredFact, made: HandCorrection) -> bool:
    """Whether the citation is the fact's cell, or a passage that prints what was misread."""
    fact = stored.fact
    if (citation.document.id, citation.page) != (stored.document_id, fact.page):
        return False
    if _is_cell(citation, stored):
        return citation.quote.startswith(fact.metric[-1] if fact.metric else "")
    return made.read.text != made.given.text and prints(citation.quote, made.read.text)


def _is_cell(citation: Citation, stored: StoredFact) -> bool:
    """Whether the citation is the fact's cell."""
    fact = stored.fact
    if (citation.document.id, citation.page) != (stored.document_id, fact.page):
        return False
    return (citation.box, citation.locator) == (fact.box, fact.locator) and prints(citation.quote, fact.text)


def _said(context: QuestionContext, stored: StoredFact, made: HandCorrection) -> str:
    changes = made.read.changes(made.given)
    read = context.words["join"].join(context.words[f"read_{field}"].format(read=before) for field, before, _ in changes)
    fact = stored.fact
    return context.words["corrected"].format(
        metric=" › ".join(fact.metric[-1:]), period=fact.period, page=fact.page, document=stored.document_name, read=read, id=made.id,
        person=made.approved_by, day=made.approved_at[:10],
    )  # fmt: skip
