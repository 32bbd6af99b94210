"""An answer that the model writes from the passages found: each of its figures is bound, or it is written once more, or withheld."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from finfoundry.agent import evidence, passages
from finfoundry.agent.retrieval import search_text
from finfoundry.agent.subject import Subject
from finfoundry.agent.understand import Intent
from finfoundry.binding.bind import Bound
from finfoundry.binding.evidence import Evidence
from finfoundry.core.answer import Answer
from finfoundry.core.instructions import gives_instructions
from finfoundry.core.protocols import Chat

if TYPE_CHECKING:
    from finfoundry.agent.inquiry import Inquiry


def from_passages(inquiry: Inquiry, intent: Intent, subject: Subject) -> Answer:
    """The answer, or that there is none: nothing was found, or there is no model, or what it wrote is not supported."""
    with inquiry.timed("retrieve"):
        found = inquiry.searched(intent, subject)
        extracts = passages.extracts(found, inquiry.question, search_text(intent), inquiry.language, inquiry.search.likeness)
        hits = [extract.hit for extract in extracts]
    inquiry.trace.add("evidence", [str(hit.chunk_id) for hit in hits], [hit.document_id for hit in hits])
    if not hits or inquiry.engine is None:
        return inquiry.nothing(inquiry.words["nothing"], intent)
    engine = inquiry.engine
    draft = _drafted(inquiry, engine, lambda engine: passages.write(engine, intent, extracts, inquiry.deadline))
    if gives_instructions(draft.text):
        inquiry.trace.add("withheld", {"text": draft.text, "reason": "instruction"})
        return inquiry.ended("withheld", inquiry.words["repeats_instruction"], reason="it repeats an instruction of a document")
    text = None if draft.nothing else passages.supported(draft.text, extracts, inquiry.question)
    if text is None:
        return inquiry.nothing(inquiry.words["nothing"], intent)
    told = evidence.of_hits(hits, subject, inquiry.facts_on)
    bound = _bound(inquiry, text, told)
    if bound.unbound:
        unbound = [figure.text for figure in bound.unbound]
        again = _drafted(inquiry, engine, lambda engine: passages.rewrite(engine, draft, unbound, inquiry.language, inquiry.deadline))
        text = None if again.nothing else passages.supported(again.text, extracts, inquiry.question)
        if text is None:
            return inquiry.nothing(inquiry.words["nothing"], intent)
        bound = _bound(inquiry, text, told)
    for hit in hits:
        if hit.mark and hit.document_id in {citation.document.id for citation in bound.citations}:
            inquiry.warn(f"{hit.document_name}: {hit.mark}")
    return inquiry.released(bound)


def _drafted(inquiry: Inquiry, engine: Chat, write: Callable[[Chat], passages.Written]) -> passages.Written:
    with inquiry.timed("generate"):
        draft = write(engine)
    inquiry.count(draft.completion)
    return draft


def _bound(inquiry: Inquiry, text: str, found: Sequence[Evidence]) -> Bound:
    """Bind what the model wrote; figures of a table that it copied without the table's scale are given it."""
    bound = inquiry.bind([(text, found)])
    scaled = passages.scaled(text, bound.unbound, inquiry.language)
    return bound if scaled == text else inquiry.bind([(scaled, found)])
