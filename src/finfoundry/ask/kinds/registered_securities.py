"""The securities that the cover of a filing lists as registered under Section 12(b) of the Securities Exchange Act (Form 10-K, 10-Q)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import dropwhile

from finfoundry.ask.context import endings
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.ports import Hit, SearchQuery, StoredDocument
from finfoundry.ask.plan.asked_spans import spans_of
from finfoundry.ask.retrieve.passages import ordinal
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.answer import Answer, Citation, DocumentName
from finfoundry.core.periods import parse_iso

LAST_PAGE = 3  # that a cover reaches to
EVERY = 40  # passages of a page
QUOTED = 400  # characters of a passage in its citation
ASKED: re.Pattern[str] = re.compile(
    r"\b(?:securities|notes|bonds)\b.*\b(?:registered|listed|traded)\b|\b(?:registered|listed|traded)\b.*\b(?:securities|notes|bonds)\b",
    re.IGNORECASE | re.DOTALL,
)
_DEBT = re.compile(r"\b(?:debt|notes|bonds|debentures)\b", re.IGNORECASE)
_HEADING = "Securities registered pursuant to Section 12(b) of the Act: title of each class, trading symbol, name of each exchange"
_BEGINS = re.compile(r"registered\s+pursuant\s+to\s+section\s+12\(b\)|title\s+of\s+each\s+class", re.IGNORECASE)
_ENDS = re.compile(r"section\s+12\(g\)|indicate\s+(?:by\s+check|the\s+number)|if\s+securities\s+are\s+registered", re.IGNORECASE)
_NOTE = re.compile(
    r"^(?P<name>.*?\b(?:notes?|debentures?|bonds?)\b(?:,?\s+series\s+\w+)?(?:,?\s+due\s+(?:[a-z]+\s+(?:\d{1,2},\s+)?)?\d{4})?)",
    re.IGNORECASE,
)
_RATE = re.compile(r"\s+(?=\d+(?:\.\d+)?\s*%)")  # where a line lists two classes, the first ends before this rate
_STOCK = re.compile(r"^(?P<name>.*?\b(?:stock|shares?)\b(?!\s+exchange)[^|]*)", re.IGNORECASE)


def of_cover(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """Which securities are registered on an exchange, as a cover names them; None where that is not asked, or no cover lists any."""
    document = _paper(intent, subject) if subject.name and ASKED.search(intent.core) else None
    if document is None:
        return None
    query = SearchQuery(_HEADING, k=LAST_PAGE + 1, collection=context.collection, document_ids=(document.id,), passages=EVERY)
    found = context.search.search(context.principal, query)
    hits = sorted((hit for hit in found if hit.page <= LAST_PAGE), key=ordinal)
    listed = list(_listed(hits))
    debt_asked = _DEBT.search(intent.core) is not None
    shown = [one for one in listed if one[1]] if debt_asked else listed
    key = "listed"
    if debt_asked and not shown and _is_whole(hits):
        shown, key = listed, "listed_no_debt"
    if not shown:
        return None
    places = list(dict.fromkeys(hit for _, _, hit in shown))
    names = dict.fromkeys(name for name, _, _ in shown)
    markers = "".join(f"[{number}]" for number in range(1, len(places) + 1))
    called = context.called(subject)
    text = context.words[key].format(names="; ".join(names), document=document.name, entity=called, markers=markers)
    context.trace.add("evidence", [hit.chunk_id for hit in places], [document.id])
    return endings.quote(context, text, [_citation(number, hit) for number, hit in enumerate(places, 1)])


def _is_whole(hits: Sequence[Hit]) -> bool:
    """Whether the section was read from its heading to what follows it, no passage between left out: only then is nothing more listed."""
    section = list(dropwhile(lambda hit: not _BEGINS.search(hit.text), hits))
    for place, hit in enumerate(section):
        if ordinal(hit) != ordinal(section[0]) + place:
            return False
        begun = _BEGINS.search(hit.text) if place == 0 else None
        if _ENDS.search(hit.text, begun.end() if begun else 0):
            return True
    return False


def _citation(marker: int, hit: Hit) -> Citation:
    return Citation(marker, DocumentName(hit.document_id, hit.document_name), hit.page, hit.box, hit.locator, hit.text[:QUOTED])


def _paper(intent: Intent, subject: Subject) -> StoredDocument | None:
    """The annual or quarterly report whose period ends nearest to that of the question; the latest where it names none."""
    papers = [document for document in subject.documents if document.kind in ("10-K", "10-Q") and document.period]
    spans = spans_of(intent, subject.calendar)
    ends = {document.id: parse_iso(document.period or "").end for document in papers}
    if not spans:
        return max(papers, key=lambda document: ends[document.id], default=None)
    wanted = spans[-1].at(subject.calendar).end
    return min(papers, key=lambda document: abs((ends[document.id] - wanted).days), default=None)


def _listed(hits: Sequence[Hit]) -> Iterator[tuple[str, bool, Hit]]:
    """The names of the classes in the passages of a cover, in order, each with whether it is debt."""
    seen: set[str] = set()
    for hit, line in ((hit, part) for hit, whole in _section(hits) for part in _RATE.split(whole)):
        note = _NOTE.match(" ".join(line.replace("|", " ").split()))
        found = note or _STOCK.match(line.replace(" | ", "|"))
        name = " ".join(found["name"].split()) if found else ""
        if name and name not in seen:
            seen.add(name)
            yield name, note is not None, hit


def _section(hits: Sequence[Hit]) -> Iterator[tuple[Hit, str]]:
    """The lines between the heading of the section and what follows it, through all passages."""
    inside = False
    for hit in hits:
        for line in hit.text.split("\n"):
            if _ENDS.search(line):
                inside = False
            elif _BEGINS.search(line):
                inside = True
            elif inside:
                yield hit, line
