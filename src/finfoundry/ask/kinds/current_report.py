"""What a current report (Form 8-K) is about: its items, each by its heading and the words that it begins with, quoted.

The form orders what happened by numbered items (General Instructions to Form 8-K, SEC); a small model that is asked what
happened picks a sentence from the exhibits instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from finfoundry.ask.compose import answer_evidence
from finfoundry.ask.context import endings, fetch
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.ports import Hit, SearchQuery, StoredDocument
from finfoundry.ask.retrieve import passages
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.answer import Answer
from finfoundry.core.periods import FoundPeriod, find_periods

PLACES = 40  # pages searched for items: they precede the exhibits
QUOTED = 420  # characters of an item
FORM: re.Pattern[str] = re.compile(r"\b8-?k\b|\bcurrent\s+report\b", re.I)
_ABOUT = re.compile(
    r"\b(?:subject|topics?|events?|items?|contents?|about|announc\w+|disclos\w+|(?:did|does)\b.*\breport)\b",
    re.I,
)
_ITEM = re.compile(r"\bItem\s+(?P<number>\d\.\d\d)\.?\s*\|?\s*(?P<title>[A-Z][^\n.]{3,160})\.?\s*\n(?P<text>.+)", re.S)
_STOP = re.compile(r"(?<![A-Z])(?<!Ms)(?<!Mr)(?<!Mrs)(?<!Dr)(?<!Inc)(?<!Corp)(?<!Co)(?<!No)\.[”)]?(?=\s+[A-Z])")  # no "Ms." or initial
_ATTACHED = ("9.01", "7.01")  # exhibits, and what is furnished: given only where there is nothing else


@dataclass(frozen=True, slots=True)
class ReportItem:
    """An item of a current report, in the passage where it begins."""

    number: str
    hit: Hit
    text: str


def of_current_report(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The items of the current report asked about; None where none is asked about as a whole, or none is there."""
    if not FORM.search(intent.question) or not _ABOUT.search(intent.core) or intent.mentions:
        return None
    with context.timed("retrieve"):
        items = next(filter(None, (_items(context, intent, paper) for paper in _papers(intent, subject))), [])
    parts = [(f"{item.text} [1]", answer_evidence.of_hits([item.hit], subject, fetch.facts_on(context))) for item in items]
    bound = endings.bind(context, parts) if parts else None
    if bound is None or bound.unbound:
        return None
    context.trace.add("evidence", [item.hit.chunk_id for item in items], [item.hit.document_id for item in items])
    context.conversation.entity = subject.name
    return endings.release(context, bound)


def _papers(intent: Intent, subject: Subject) -> list[StoredDocument]:
    """Current reports, the latest first; of the year of the day that the question names."""
    years = {day[:4] for day in _days(intent.periods)}
    papers = [document for document in subject.documents if document.kind == "8-K" and (not years or str(document.fiscal_year) in years)]
    return sorted(papers, key=lambda paper: paper.period or "", reverse=True)


def _days(periods: Sequence[FoundPeriod]) -> set[str]:
    return {found.period.end.isoformat() for found in periods if found.period and found.kind == "date"}


def _items(context: QuestionContext, intent: Intent, paper: StoredDocument) -> list[ReportItem]:
    """The items of a filing; none where the question names a day that its first page does not print."""
    query = SearchQuery("Item date of report", k=PLACES, collection=context.collection, document_ids=(paper.id,), passages=PLACES)
    hits = context.search.search(context.principal, query)
    days = _days(intent.periods)
    printed = {day for hit in hits if hit.page == 1 for day in _days(find_periods(hit.text))}
    return items_of(hits) if not days or days & printed else []


def items_of(hits: Sequence[Hit]) -> list[ReportItem]:
    """The items in the order of the form, without what is merely attached where there is more; each by its heading and beginning."""
    found: dict[str, ReportItem] = {}
    for hit in sorted(hits, key=passages.ordinal):
        match = _ITEM.search(hit.text)
        if match and match["number"] not in found:
            text = f"Item {match['number']} {match['title'].strip()}: {_beginning(match['text'])}"
            found[match["number"]] = ReportItem(match["number"], hit, text)
    told = [item for item in found.values() if item.number not in _ATTACHED]
    return told or [item for item in found.values() if item.number != "9.01"]


def _beginning(text: str) -> str:
    """Whole sentences while there is room; of a longer one the words that fit."""
    line = " ".join(text.split())
    if len(line) <= QUOTED:
        return line
    end = max((match.end() for match in _STOP.finditer(line[:QUOTED])), default=0)
    return line[:end] if end > QUOTED // 3 else line[:QUOTED].rpartition(" ")[0] + " …"
