"""An answer by quotation: where one to five sentences of the papers answer, they are the answer, word for word, with page and box.

What is quoted is chosen by ``ask/retrieve/evidence_ranking``, and only where that is sure. A list is quoted with the line that leads to it.
Rows of tables are left to the kinds that read figures: a cell means nothing without its column, unit and scale.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from finfoundry.ask.compose import answer_evidence
from finfoundry.ask.compose.answer_evidence import Parts
from finfoundry.ask.context import endings, fetch
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.plan.rules import wants_number
from finfoundry.ask.retrieve.evidence_ranking import Evidence, of_another, of_auditor, refers, says_what, speaks_of
from finfoundry.ask.retrieve.passages import ordinal
from finfoundry.ask.retrieve.query import search_text
from finfoundry.ask.retrieve.quotable import Quotable, follow
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject, concerns_hidden
from finfoundry.core.answer import Answer
from finfoundry.core.language import simplified

SURE = 0.45  # worth of the likeliest sentence from which on what is quoted answers (benchmarks/evidence_sentences.py)
BESIDE = 0.3  # of the likeliest one's worth that another must have to be quoted beside it
LONGEST_TITLE = 80  # characters
QUOTES, ROOM = 5, 1500  # sentences quoted, and their characters
MANNER = re.compile(  # a question for the way in which something is done: an amount is no answer to it
    r"\bhow (?:do|does|is|are)\b.{0,80}?\b(?:valued?|account(?:ed)? for|measured?|recogni[sz]ed?|treat(?:ed)?|test(?:ed)?|carried"
    r"|depreciated?|amorti[sz]ed?|managed?|protect(?:ed)?|hedged?|handled?)\b|(?:如何|怎样|怎么).{0,4}(?:计价|核算|确认|计量|计提|处理|测试|折旧|摊销|管理|应对)",
    re.IGNORECASE,
)
_END = re.compile(r"[a-z.,;:)%]")
_NUMBER = re.compile(r"(?<![A-Za-z\d.,-])\d+(?:[.,]\d+)*(?!-)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_MARKER = re.compile(r"\[\d{1,3}\]")


def of_sentences(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
    """The sentences that answer, quoted; None where none does for sure, or where a result was computed that does not hold."""
    if context.doubts or concerns_hidden(context.hidden, context.question, intent) or not says_what(search_text(intent)):
        return None
    with context.timed("retrieve"):
        found = [one for one in fetch.evidence(context, intent, subject) if _may_be_quoted(one.quotable)]
        best = [one for one in found if not of_another(context.question, one.quotable)]
        best = [one for one in best if not intent.unknown or speaks_of(one.quotable, intent.unknown)]
        best = _of_the_year(best, intent, subject)
        chosen = _chosen(best)
    if wants_number(intent) and not any(_NUMBER.search(_YEAR.sub("", one.text)) for one in chosen):
        return None  # what is told is no figure
    if context.unprinted and len(subject.known) > 1 and _of_companies(chosen, subject):
        return endings.end(context, "clarify", context.words["which_entity"], options=sorted(subject.known)[:20])
    if not chosen or best[0].quotable not in chosen or not _numbers(search_text(intent)) <= _numbers(*(one.text for one in chosen)):
        return None
    bound = endings.bind(context, [(context.words["quoted"], []), *quoted(context, chosen, subject)])
    if bound.unbound:
        return None
    cited = list({one.hit.chunk_id: one.hit for one in chosen}.values())
    context.trace.add("evidence", [hit.chunk_id for hit in cited], [hit.document_id for hit in cited])
    for hit in cited:
        if hit.mark:
            context.warn(f"{hit.document_name}: {hit.mark}")
    context.conversation.entity = subject.name or context.conversation.entity
    return endings.release(context, bound)


def _of_companies(chosen: Sequence[Quotable], subject: Subject) -> bool:
    """Whether sentences are of papers of companies, of which the question names none."""
    reporting = {document.id for document in subject.documents if document.entity}
    return any(one.hit.document_id in reporting for one in chosen)


def _numbers(*texts: str) -> set[str]:
    """The numbers that texts write in digits. A case with numbers of its own (2.5 million over 9 years) is answered by what says them;
    to a rule that does not it would have to be applied.
    """
    return {number for text in texts for number in _NUMBER.findall(text)}


def _may_be_quoted(one: Quotable) -> bool:
    """Not the end of a sentence that a passage begins with, nor a question, nor what tells where to look, nor an auditor's usual words, nor
    what looks like a citation of ours; a row only where nothing in it is a figure.
    """
    if one.text.endswith(("?", "？")):
        return False
    row = one.form == "row" and any(sign.isdigit() for sign in one.text)
    return not (row or _END.match(one.text) or refers(one) or of_auditor(one) or _MARKER.search(one.text))


def _of_the_year(best: Sequence[Evidence], intent: Intent, subject: Subject) -> list[Evidence]:
    """Without what speaks of other years than the question does, or of years long before its paper's where the question names none."""
    wanted = {found.fiscal_year for found in intent.periods if found.fiscal_year}
    years = {document.id: document.fiscal_year for document in subject.documents}

    def fits(one: Quotable) -> bool:
        told = {int(year) for year in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", one.text)}
        own = years.get(one.hit.document_id)
        if not wanted:
            return not told or own is None or max(told) >= own - 1
        return told <= wanted if told else own in wanted | {None}

    return [one for one in best if fits(one.quotable)]


def _chosen(best: Sequence[Evidence]) -> list[Quotable]:
    """The likeliest with what is nearly as likely, and the lists that they lead to, heading by heading; empty where none is sure."""
    if not best or best[0].worth < SURE:
        return []
    found = sorted((one.quotable for one in best), key=lambda one: (one.hit.document_id, ordinal(one.hit), one.place))
    near = [one.quotable for one in best[:QUOTES] if one.worth >= BESIDE * best[0].worth]
    chosen: list[Quotable] = []
    for one in (whole for first in near for whole in _with_list(first, found)):
        if one not in chosen and len(chosen) < QUOTES and sum(len(other.text) for other in chosen) + len(one.text) <= ROOM:
            chosen.append(one)
    headings = [(one.hit.document_id, one.title) for one in chosen]
    return sorted(chosen, key=lambda one: (headings.index((one.hit.document_id, one.title)), found.index(one)))


def _with_list(first: Quotable, found: Sequence[Quotable]) -> list[Quotable]:
    """A sentence that ends in a colon with the items behind it; else the sentence."""
    if not re.search(r"[:：]$", first.text):
        return [first]
    whole = [first]
    for other in found[found.index(first) + 1 :]:
        if other.form != "item" or not (follow(whole[-1], other) or _goes_on(whole[-1], other)):
            break
        whole.append(other)
    return whole if len(whole) > 1 else []


def _goes_on(one: Quotable, item: Quotable) -> bool:
    """Whether an item belongs to what the passage before its own ends with: to another item, or to the line that leads to it."""
    if one.hit.document_id != item.hit.document_id or not 0 <= ordinal(item.hit) - ordinal(one.hit) <= 1:
        return False
    return one.form == "item" or (one.title == item.title and item.place == 0)


def quoted(context: QuestionContext, chosen: Sequence[Quotable], subject: Subject) -> Parts:
    """Each quotation with its own span as its evidence; the first under a heading with that."""
    parts, heading = [], None
    for one in chosen:
        title = _title(one)
        told = context.words["quotation"].format(text=one.text)
        if title and title != heading:
            told = context.words["headed"].format(heading=title, quotation=told)
        heading = title
        parts.append((told, answer_evidence.of_hits([_span(one)], subject, fetch.facts_on(context))))
    return parts


def _title(one: Quotable) -> str:
    """Its heading; none where figures are in it, which nothing would bind."""
    return "" if re.search(r"\d|[一二三四五六七八九十百千万亿]", simplified(one.title)) or len(one.title) > LONGEST_TITLE else one.title


def _span(one: Quotable) -> Hit:
    """The passage cut down to what is quoted of it."""
    return replace(one.hit, text=one.text, kind="text")
