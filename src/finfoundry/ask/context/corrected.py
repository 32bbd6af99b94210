"""Corrections by hand behind an answer: whoever reads a figure that a person put right is told so, and what was read."""

from __future__ import annotations

from collections.abc import Sequence

from finfoundry.ask.compose.answer_evidence import prints
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.core.answer import Answer, Citation
from finfoundry.core.document import HandCorrection
from finfoundry.knowledge.corrections.correction import Correction
from finfoundry.runtime.audit import Json


def name_corrections(context: QuestionContext, answer: Answer, revised: Sequence[str]) -> None:
    """Add to an answer that cites documents with corrections (``revised``) a warning for each that it rests on, and their numbers."""
    for stored in context.services.store.corrected(context.principal, revised):
        made = stored.correction
        if made and any(_rests_on(citation, stored, made) for citation in answer.citations):
            answer.corrections.append(made.id)
            answer.warnings.append(context.written(_said(context, stored, made)))


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
    if (citation.box, citation.locator) == (fact.box, fact.locator) and prints(citation.quote, fact.text):
        return citation.quote.startswith(fact.metric[-1] if fact.metric else "")
    return made.read.text != made.given.text and prints(citation.quote, made.read.text)


def _said(context: QuestionContext, stored: StoredFact, made: HandCorrection) -> str:
    changes = made.read.changes(made.given)
    read = context.words["join"].join(context.words[f"read_{field}"].format(read=before) for field, before, _ in changes)
    fact = stored.fact
    return context.words["corrected"].format(
        metric=" › ".join(fact.metric[-1:]), period=fact.period, page=fact.page, document=stored.document_name, read=read, id=made.id,
        person=made.approved_by, day=made.approved_at[:10],
    )  # fmt: skip
