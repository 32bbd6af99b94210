"""An answer that the model writes from the passages found: each of its figures is bound, or it is written once more; of its sentences only
those are left that nothing speaks against; else it is withheld. What the passages print in the place of a figure of it is quoted with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from finfoundry.ask.compose import answer_evidence
from finfoundry.ask.compose.answer_evidence import prints
from finfoundry.ask.context import endings, fetch, opinions
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.kinds import quotation
from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.retrieve import passages
from finfoundry.ask.retrieve.evidence_ranking import Evidence as Found
from finfoundry.ask.retrieve.passage_trimming import keywords
from finfoundry.ask.retrieve.query import search_text
from finfoundry.ask.retrieve.quotable import Quotable, quotables, short_rows
from finfoundry.ask.retrieve.quotation_choice import contradicting, figures_of, with_sentences_whole
from finfoundry.ask.retrieve.said_again import unsaid_names
from finfoundry.ask.retrieve.stray_clauses import without_stray_clauses
from finfoundry.ask.retrieve.whole_lists import with_lists_whole
from finfoundry.ask.support.checked_answer import SupportedText, supported_text
from finfoundry.ask.support.denied_quotations import denying
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject
from finfoundry.binding.bind import Bound
from finfoundry.binding.evidence import Evidence
from finfoundry.core.answer import Answer
from finfoundry.core.instructions import gives_instructions, instructions
from finfoundry.core.language import sentences
from finfoundry.core.protocols import Chat
from finfoundry.core.quantities.numbers import find_numbers
from finfoundry.knowledge.search.terms import terms

SOURCES = 2  # sentences or rows of the passages that a text cites, those that say most of it, of which one must answer
LIKELY = 0.45  # how likely that must be: as what is quoted must (``kinds/quotation``)


class _Borne(NamedTuple):
    """What passages bear of what the model wrote, cited; ``cut``: whether other parts of it were left out."""

    text: str
    cut: bool


def from_passages(context: QuestionContext, intent: Intent, subject: Subject) -> Answer:
    """The answer, or that there is none: nothing was found, or there is no model, or what it wrote is not supported."""
    if context.unfound:
        return endings.nothing(context, context.words["nothing"], intent)
    with context.timed("retrieve"):
        extracts = guarded(context, of_passages(context, intent, subject))
        hits = [extract.hit for extract in extracts]
    context.trace.add("evidence", [str(hit.chunk_id) for hit in hits], [hit.document_id for hit in hits])
    if not hits or context.engine is None:
        return endings.nothing(context, context.words["nothing"], intent)
    engine = context.engine
    draft = drafted(context, engine, lambda engine: passages.write(engine, intent, extracts, context.services.deadline))
    if gives_instructions(draft.text):
        return repeating(context, draft, extracts)
    borne = _supported(context, draft, extracts, intent, subject)
    if borne is None:
        return endings.nothing(context, context.words["nothing"], intent)
    read = [extract.text for extract in extracts]
    told = answer_evidence.of_hits(hits, subject, fetch.facts_on(context), pages=True, read=read)
    text, bound = bound_as_scaled(context, borne.text, told)
    if bound.unbound:
        unbound = [figure.text for figure in bound.unbound]
        again = drafted(
            context, engine, lambda engine: passages.rewrite(engine, draft, unbound, context.language, context.services.deadline)
        )
        if gives_instructions(again.text):
            return repeating(context, again, extracts)
        borne = _supported(context, again, extracts, intent, subject)
        if borne is None:
            return endings.nothing(context, context.words["nothing"], intent)
        text, bound = bound_as_scaled(context, borne.text, told)
    if borne.cut:
        context.warn(context.words["stray"])
    return supported(context, text, bound, told, extracts, intent, subject)


def supported(
    context: QuestionContext, text: str, bound: Bound, told: Sequence[Evidence], extracts: Sequence[passages.Extract], intent: Intent,
    subject: Subject,
) -> Answer:  # fmt: skip
    """What a model wrote, without the sentences of which something does not hold; withheld where none is left. What the papers print in the
    place of a figure of it is quoted with it.
    """
    hits = [extract.hit for extract in extracts]
    left = _without_unsupported(context, text, bound, hits)
    if left.dropped:
        if not left.text or (bound.wrong and not _found_to_answer(context, left.text, extracts, intent, subject)):
            return endings.release(context, bound) if bound.wrong else endings.denied(context, bound.text, left.denied)
        text, bound = bound_as_scaled(context, left.text, told)
        context.warn(context.words["unsupported"].format(count=len(left.dropped)))
    if _of_another_company(context, bound, hits, subject):
        return endings.nothing(context, context.words["nothing"], intent)
    if context.services.strict and bound.complete and left.open:
        return endings.unchecked(context, bound, left.open)
    if left.open and bound.complete:
        context.warn(context.words["words_unchecked"].format(count=len(left.open)))
    others, denials = _told_otherwise(context, text, extracts, intent, subject) if bound.complete else ([], [])
    return endings.release(context, _quoted_with(context, bound, others, denials, subject) if others or denials else bound)


def _of_another_company(context: QuestionContext, bound: Bound, hits: Sequence[Hit], subject: Subject) -> bool:
    """Whether figures of a company are told to who names somebody of whom its papers do not speak: in a language of which no word is read
    the name may be that of a company that nobody knows.
    """
    cited = {citation.document.id for citation in bound.citations}
    papers = [one for one in subject.documents if one.id in cited and one.entity]
    if subject.name is not None or not bound.figures or not papers:
        return False
    said = [hit.text for hit in hits if hit.document_id in cited]
    said += [text for one in papers for text in (one.name, one.title, one.entity, *one.aliases) if text]
    return bool(unsaid_names(context.question, " ".join(said)))


def of_passages(context: QuestionContext, intent: Intent, subject: Subject) -> list[passages.Extract]:
    """What of the passages found goes into a prompt, before the guards: what answers likeliest, as it would be quoted, and behind it, as
    far as there is room, pieces of the passages of which nothing can be quoted; of all of them where nothing else fits.
    """
    found, best = fetch.for_quotation(context, intent, subject), with_lists_whole(fetch.evidence(context, intent, subject))
    read = passages.likeliest(found, [one.quotable for one in best], context.question, context.language)
    rest = [hit for hit in found if not quotables([hit]) and not gives_instructions(hit.text)] if read else found
    asked = (context.question, search_text(intent), context.language, context.search.likeness)
    return [*read, *passages.extracts(rest, *asked, beside=read)]


def repeating(context: QuestionContext, draft: passages.Written, extracts: Sequence[passages.Extract]) -> Answer:
    """Withheld, because what the model wrote orders its reader about. What a stranger orders is in no reason: it is said where what
    comes nearest to it stands.
    """
    context.trace.add("withheld", {"text": draft.text, "reason": "instruction"})
    said = keywords(" ".join(instructions(draft.text)))
    near = max(extracts, key=lambda one: len(said & keywords(one.text)))
    document = near.hit.document_name
    known = said & keywords(near.text) and not gives_instructions(document)
    reason = context.words["instruction_place" if known else "instruction_told"].format(document=document, page=near.hit.page)
    return endings.withheld(context, context.words["repeats_instruction"], context.written(reason))


def _supported(
    context: QuestionContext, draft: passages.Written, extracts: Sequence[passages.Extract], intent: Intent, subject: Subject
) -> _Borne | None:
    """What the extracts bear of what the model wrote; None where that is nothing."""
    text = None if draft.nothing else passages.supported(draft.text, extracts, context.question)
    if not text:
        return None
    left = without_stray_clauses(text, [extract.text for extract in extracts], context.question)
    if left != text:
        context.trace.add("stray", {"text": text, "left": left})
    return _Borne(left, cut=left != text) if left and _found_to_answer(context, left, extracts, intent, subject) else None


def _found_to_answer(context: QuestionContext, text: str, extracts: Sequence[passages.Extract], intent: Intent, subject: Subject) -> bool:
    """Whether one of the sentences or rows that the text was taken from answers, as surely as what is quoted must; true where the model
    cannot say. Written from a passage that speaks of the same thing it reads as well as an answer (docs/figures.md).
    """
    if context.services.strong:
        return True  # what a strong engine found is not for the small one to say
    read = opinions.as_read(context, _sources(context, text, extracts, intent, subject)[:SOURCES])
    if read is None or (read and read[0].worth >= LIKELY):
        return True
    context.trace.add("not found to answer", {"text": text, "likely": round(read[0].worth, 3) if read else 0.0})
    return False


def _sources(context: QuestionContext, text: str, extracts: Sequence[passages.Extract], intent: Intent, subject: Subject) -> list[Found]:
    """The sentences and rows of the passages that a text cites, those first that say most of it; of a passage of which nothing can be
    quoted its piece. What was not ranked is as likely before it is read as the likeliest.
    """
    cited = {one.hit.chunk_id: one for one in (extracts[number] for number in passages.cited(text, extracts))}
    ranked = fetch.evidence(context, intent, subject)
    found = [one for one in ranked if one.quotable.hit.chunk_id in cited]
    quotable = {one.quotable.hit.chunk_id for one in found}
    unranked = short_rows([cited[chunk].hit for chunk in sorted(quotable)])
    unranked += [Quotable(one.hit, one.text, "sentence", one.hit.section) for chunk, one in cited.items() if chunk not in quotable]
    found += [Found(one, ranked[0].worth if ranked else LIKELY) for one in unranked]
    return sorted(found, key=lambda one: -_taken(text, one.quotable.text))


def _told_otherwise(
    context: QuestionContext, text: str, extracts: Sequence[passages.Extract], intent: Intent, subject: Subject
) -> tuple[list[Quotable], list[Quotable]]:
    """What says the source of a sentence of the text again, and prints something else in the place of a figure that was taken from it; and
    what denies that source.
    """
    found = [one for one in fetch.evidence(context, intent, subject) if quotation.may_be_quoted(one.quotable)]
    others: list[Quotable] = []
    denials: list[Quotable] = []
    for said in (text[start:end] for start, end in sentences(text)):
        for source in _sources(context, said, extracts, intent, subject)[:1]:
            taken = figures_of(said) & figures_of(source.quotable.text)
            otherwise = [one for one in found if not taken <= figures_of(one.quotable.text)]
            others += [one for one in contradicting([source.quotable], otherwise, subject) if one not in others]
            denials += [one for one in denying([source.quotable], found, subject) if one not in denials]
    return with_sentences_whole(others, quotation.may_be_told), with_sentences_whole(denials, quotation.may_be_told)


def _quoted_with(
    context: QuestionContext, bound: Bound, others: Sequence[Quotable], denials: Sequence[Quotable], subject: Subject
) -> Bound:
    """What was stated, and behind it what contradicts it, quoted, with a warning; where that does not hold, what was stated alone."""
    both = [*others, *denials]
    whole = endings.bound_with(context, quotation.quoted_whole(context, both, subject))
    if whole is not None:
        quotation.warn_of_others(context, others, denied=bool(denials))
        context.trace.add("evidence", [one.hit.chunk_id for one in both], [one.hit.document_id for one in both])
    return whole or bound


def _taken(text: str, sentence: str) -> float:
    """How much of a text a sentence says: its figures, then the share of its words."""
    figures = {number.text for number in find_numbers(text)}
    words, own = set(terms(text)), set(terms(sentence))
    return sum(prints(sentence, figure) for figure in figures) + len(words & own) / (len(words) or 1)


def guarded(context: QuestionContext, found: Sequence[passages.Extract]) -> list[passages.Extract]:
    """The extracts that a model may read, without the sentences that the guards stop; one that they stop still is kept for people, and the
    answer says so.
    """
    guards, kept = context.services.guards, list[passages.Extract]()
    for extract in found if guards else ():
        stopped = guards.stopped_sentences(extract.text) if guards else []
        for sentence, told in stopped:
            context.trace.guarded(told, sentence, extract.hit.document_id)
            extract = _without(extract, sentence)
        decision = guards.decide("passage", extract.text) if guards and extract.text.strip() else None
        if decision:
            context.trace.guarded(decision, extract.text, extract.hit.document_id)
        if (decision and decision.stops) or not extract.text.strip():
            context.search.aside.setdefault(extract.hit.chunk_id, extract.hit)
        else:
            kept.append(extract)
    return kept if guards else list(found)


def _without(extract: passages.Extract, sentence: str) -> passages.Extract:
    """Blanks where the sentence stood, so that all else stays in its place; in its passage it may stand with other breaks."""
    printed = re.compile(r"\s*".join(map(re.escape, "".join(sentence.split()))))
    text, whole = (printed.sub(lambda found: " " * len(found[0]), one) for one in (extract.text, extract.hit.text))
    return passages.Extract(replace(extract.hit, text=whole), text)


def drafted(context: QuestionContext, engine: Chat, write: Callable[[Chat], passages.Written]) -> passages.Written:
    with context.timed("generate"):
        draft = write(engine)
    context.count(draft.completion)
    return draft


def _without_unsupported(context: QuestionContext, text: str, bound: Bound, hits: Sequence[Hit]) -> SupportedText:
    """The text without the sentences that do not hold."""
    with context.timed("bind"):
        told = supported_text(text, bound.sentences, hits)
    if told.dropped:
        reasons = [one.reason for one in bound.wrong]
        context.trace.add("unsupported", {"sentences": list(told.dropped), "reasons": reasons})
    return told


def bound_as_scaled(context: QuestionContext, text: str, found: Sequence[Evidence]) -> tuple[str, Bound]:
    """Bind what the model wrote; figures of a table that it copied without the table's scale are given it. With the text that was bound."""
    bound = endings.bind(context, [(text, found)], composed=False)
    scaled = passages.scaled(text, bound.unbound, context.language)
    return (text, bound) if scaled == text else (scaled, endings.bind(context, [(scaled, found)], composed=False))
