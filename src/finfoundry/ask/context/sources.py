"""What a strong engine reads of the papers found: whole passages, tables with their columns and units, each under the paper, page and
headings that it stands under.

A small engine gets a few likely sentences (``ask/retrieve/passages.py``): a prompt token costs it 10 ms, and what is beside the answer
misleads it. A strong one finds the answer among whole passages, and loses it in pieces: of 561 questions by other hands the evidence of
84 % stands within these many characters of what the search finds first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, zip_longest

from finfoundry.ask.context import fetch
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.ports import Hit, StoredDocument
from finfoundry.ask.retrieve.passage_trimming import keywords, pieces, rarities
from finfoundry.ask.retrieve.passages import NAME, Extract, ordinal
from finfoundry.ask.retrieve.query import search_text
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.answer import Language
from finfoundry.core.instructions import as_data, gives_instructions, in_lines

ROOM: dict[Language, int] = {"en": 12_000, "zh": 6_000}  # characters of all together: 3,000 to 4,000 tokens
LONGEST: dict[Language, int] = {"en": 3_000, "zh": 1_500}  # of one; of a longer table its head and the rows that say most of the question


def sources(context: QuestionContext, intent: Intent, subject: Subject) -> list[Extract]:
    """The passages by the search and by what of them most likely answers, in turn, while there is room; paper by paper, as printed."""
    found = fetch.for_quotation(context, intent, subject)
    by_search = list(found)
    by_worth = list(dict.fromkeys(one.quotable.hit.chunk_id for one in fetch.evidence(context, intent, subject)))
    known = {hit.chunk_id: hit for hit in found}
    in_turn = zip_longest(by_search, (known[chunk] for chunk in by_worth if chunk in known))
    chosen = _that_fit(_once(hit for hit in chain.from_iterable(in_turn) if hit is not None), intent)
    papers = list(dict.fromkeys(one.hit.document_id for one in chosen))
    return sorted(chosen, key=lambda one: (papers.index(one.hit.document_id), ordinal(one.hit)))


def _once(hits: Iterable[Hit]) -> list[Hit]:
    return list({hit.chunk_id: hit for hit in hits}.values())


def _that_fit(hits: Sequence[Hit], intent: Intent) -> list[Extract]:
    """The first of them while there is room, each whole, or what of it says most of the question; none that another holds."""
    wanted, weights = keywords(search_text(intent)), rarities([hit.text for hit in hits])
    room, longest = ROOM[intent.language], LONGEST[intent.language]
    chosen: list[Extract] = []
    for hit in hits:
        text = hit.text if len(hit.text) <= longest else pieces(hit.text, wanted, weights, longest, table=hit.kind == "table")[0]
        if len(text) <= room and all(text not in one.text for one in chosen):
            chosen.append(Extract(hit, text))
            room -= len(text)
    return chosen


def told(context: QuestionContext, chosen: Sequence[Extract]) -> str:
    """The sources as the engine sees them, numbered. Only a line that begins a source begins with [."""
    papers = {one.id: one for one in context.services.known.of(context.principal, context.collection).documents}
    return "\n".join(
        f"[{number}] ({_place(one.hit, papers.get(one.hit.document_id))}) {in_lines(one.text)}" for number, one in enumerate(chosen, 1)
    )


def _place(hit: Hit, paper: StoredDocument | None) -> str:
    """Whose paper, of which kind and period, in which currency; the page, and the headings over the passage."""
    of = [paper.entity or paper.title, paper.kind, paper.period, paper.currency] if paper else []
    headings = " > ".join(hit.section)
    parts = [*(part for part in of if part), *([] if any(of[:1]) else [hit.document_name]), f"p. {hit.page}", headings]
    return "; ".join(_as_name(part) for part in parts if part)


def _as_name(text: str) -> str:
    """A name that a stranger may have chosen, for its place in a prompt."""
    return "…" if gives_instructions(text) else as_data(" ".join(text.split()))[:NAME]
