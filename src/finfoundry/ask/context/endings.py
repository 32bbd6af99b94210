"""How a question ends: bound and released, withheld, quoted, or without evidence."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from functools import partial, reduce

from finfoundry.ask.compose import answer_evidence, term_definitions
from finfoundry.ask.compose.answer_evidence import Parts
from finfoundry.ask.compose.left_out import left_out
from finfoundry.ask.compose.marks import mark_in
from finfoundry.ask.context import fetch
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.spans import as_documents_date
from finfoundry.ask.support.checked_answer import Denied
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import concerns_hidden
from finfoundry.binding.bind import MARKER, Bound, Unbound
from finfoundry.binding.evidence import CitedPlace, plain
from finfoundry.binding.sentence.checked_sentence import CheckedSentence
from finfoundry.core.answer import MOST_NEAREST, Answer, Citation, Figure, Status
from finfoundry.core.instructions import gives_instructions

MOST_REPEATED, LONGEST_REPEATED = 3, 240  # sentences of a withheld answer that its reason names; characters of each


def bind(context: QuestionContext, parts: Parts, *, composed: bool = True) -> Bound:
    """Each part of the text against its own evidence; recorded so that it can be done again. ``composed``: no model wrote it; of what one
    wrote each sentence is checked.
    """
    parts = [(context.written(text), evidence) for text, evidence in parts]
    context.stated, context.composed = parts, composed
    question = as_documents_date(context.question, context.calendar, context.language)
    how = {"composed": composed, "checked": not composed}
    context.trace.add("binding", answer_evidence.recorded(parts, question, context.language, **how), answer_evidence.documents(parts))
    with context.timed("bind"):
        return answer_evidence.bind_parts(parts, question, context.language, **how)


def release(context: QuestionContext, bound: Bound, leads: Sequence[str] = ()) -> Answer:
    """The answer when every figure is bound and no sentence is wrong, else a withheld one. ``leads``: what of it tells whose papers are
    quoted, which answers no part of a question.
    """
    if not bound.complete:
        wrong = [one for one in bound.wrong if all(claim.bound or claim.value is None for claim in one.claims)]
        reason = context.words["join"].join([*map(partial(_failed, context), bound.unbound), *map(partial(_refuted, context), wrong)])
        context.trace.add("withheld", {"text": bound.text, "reason": reason})
        deciding = [*(one.nearest for one in bound.unbound if one.nearest), *(figure for one in wrong for figure in one.against)]
        return withheld(context, context.words["withheld"], reason, _places(context, deciding))
    bound = _with_what_is_left_out(context, bound, leads)
    for text in (term_definitions.definition(term, context.vocabulary, context.language) for term in context.terms if term.replaces):
        if context.written(text) not in bound.text:
            context.warn(text)
    answer = _citing(context, bound.text, bound.citations)
    answer.figures, answer.written = list(bound.figures), not context.composed
    return answer


def _citing(context: QuestionContext, text: str, citations: Sequence[Citation]) -> Answer:
    """An answer with its citations, and with what each document that it cites is marked with."""
    cited = {citation.document.id for citation in citations}
    for document in context.services.known.of(context.principal, context.collection).documents if cited else ():
        if document.mark and document.id in cited:
            context.warn(context.words["marked"].format(document=document.name, mark=mark_in(document.mark, context.language)))
    answer = end(context, "answered", text)
    answer.citations = list(citations)
    return answer


def unchecked(context: QuestionContext, bound: Bound, sentences: Sequence[str]) -> Answer:
    """Withheld, because nothing decides sentences that a model wrote, and only what is decided may be stated; with these sentences, and the
    places that they cite.
    """
    told = [_written(context, "open_sentence", text=_repeated(context, one)) for one in sentences[:MOST_REPEATED]]
    if more := len(sentences) - len(told):
        told.append(_written(context, "more_sentences", count=more))
    reason = "; ".join(told)
    context.trace.add("withheld", {"text": bound.text, "reason": reason})
    places = [CitedPlace(one.document, one.page, one.box, one.locator, one.quote) for one in bound.citations]
    return withheld(context, context.words["not_checked"], reason, places)


def denied(context: QuestionContext, text: str, sentences: Sequence[Denied]) -> Answer:
    """Withheld, because the papers speak against every sentence that a model wrote: with what they say in its place."""
    told = []
    for one in sentences[:MOST_REPEATED]:
        why = _written(context, "says_otherwise")
        said = context.words["join"].join(f"“{_short(place.quote)}”" for place in one.places)
        told.append(_claim(context, _repeated(context, one.text), why, said) if said else f"{_repeated(context, one.text)}: {why}")
    reason = "; ".join(told)
    context.trace.add("withheld", {"text": text, "reason": reason})
    return withheld(context, context.words["not_borne"], reason, [place for one in sentences for place in one.places])


def _repeated(context: QuestionContext, sentence: str) -> str:
    """A sentence that a model wrote, as a reason repeats it: nothing else looks at its words before they leave."""
    said = MARKER.sub("", sentence).strip()
    told = context.services.guards.decide("answer", said) if context.services.guards else None
    if told and told.counts:
        context.trace.add("guard", told)
    if gives_instructions(said) or (told and told.stops):
        return _written(context, "not_repeated")
    return f"“{context.written(_short(said))}”"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_REPEATED else f"{text[:LONGEST_REPEATED].rstrip()}…"


def _written(context: QuestionContext, name: str, **said: object) -> str:
    """One of our sentences in the characters of the question."""
    return context.written(context.words[name]).format(**said)


def _failed(context: QuestionContext, figure: Unbound) -> str:
    """Which claim does not hold, and what the paper says in its place."""
    return _told_against(context, figure.text, figure.reason, [figure.nearest] if figure.nearest else [])


def _refuted(context: QuestionContext, sentence: CheckedSentence) -> str:
    """What a sentence says of figures that does not hold, and what the paper says of these."""
    said, _, why = f"{sentence.reason}".partition(": ")
    return _told_against(context, said, why, sentence.against)


def _told_against(context: QuestionContext, text: str, reason: str, figures: Sequence[Figure]) -> str:
    """``reason`` of a part of the text, and the figures that decide it as the paper prints them, each once."""
    printed = [one for one in figures if one.reference.text is not None]
    if not printed:
        return f"{text}: {reason}"
    told = (" ".join(filter(None, [one.reference.metric, one.reference.text, one.period and f"({one.period})"])) for one in printed)
    return _claim(context, text, reason, ", ".join(dict.fromkeys(told)))


def _claim(context: QuestionContext, text: str, reason: str, said: str) -> str:
    return _written(context, "claim", text=text, reason=reason, said=said)


def _places(context: QuestionContext, figures: Sequence[Figure]) -> list[CitedPlace]:
    """Where the evidence prints these figures."""
    printed = {(one.value, one.reference.text) for one in figures}
    items = (item for _, evidence in context.stated for one in evidence for item in one.items())
    return [item.place for item in items if item.place and (plain(item.value), item.reference.text) in printed]


def withheld(context: QuestionContext, text: str, reason: str, places: Sequence[CitedPlace] = ()) -> Answer:
    """No answer, why, and where its reader may look: first ``places``, then the closest passages."""
    answer = end(context, "withheld", text, reason=reason)
    first = [
        Citation(0, place.document, place.page, place.box, place.locator, place.quote)
        for place in {repr(place): place for place in places}.values()
    ]
    told = (first + fetch.nearest(context))[:MOST_NEAREST]
    answer.nearest = [replace(citation, marker=number) for number, citation in enumerate(told, 1)]
    return answer


def _of_no_company(context: QuestionContext, bound: Bound) -> bool:
    """Whether all that is cited stands in papers of no company: rules, policies, products."""
    nameless = context.subject.nameless if context.subject else frozenset[str]()
    return bool(bound.citations) and all(citation.document.id in nameless for citation in bound.citations)


def _with_what_is_left_out(context: QuestionContext, bound: Bound, leads: Sequence[str]) -> Bound:
    """The answer with a sentence that names the parts of the question that it does not answer; unchanged where there are none."""
    if context.intent is None:
        return bound
    names = context.services.known.of(context.principal, context.collection).entities
    written, explained = context.model is not None, context.explained
    lines = not _of_no_company(context, bound)
    told = reduce(lambda text, said: text.replace(context.written(said), "", 1), leads, bound.text)
    left = left_out(context.intent, told, bound.figures, names, context.calendar, written=written, explained=explained, lines=lines)
    named_already = (*context.lacking, *context.wholes)
    left = [*context.lacking, *(part for part in left if not any(part in named for named in named_already))]
    context.left_out = tuple(left)
    if not left:
        return bound
    named = context.words["not_answered"].format(parts=context.words["join"].join(left))
    whole = bound_with(context, [(named, [])])
    if whole is None:
        context.warn(named)  # the text that is sealed is the one that is stated
    return whole or bound


def bound_with(context: QuestionContext, more: Parts) -> Bound | None:
    """What was stated, with more behind it; None, and that stays what is stated, where it does not hold together."""
    parts = [*context.stated, *((context.written(text), evidence) for text, evidence in more)]
    question = as_documents_date(context.question, context.calendar, context.language)
    how = {"composed": context.composed, "checked": not context.composed}
    if not answer_evidence.bind_parts(parts, question, context.language, **how).complete:
        return None
    return bind(context, parts, composed=context.composed)


def quote(context: QuestionContext, text: str, citations: Sequence[Citation]) -> Answer:
    """An answer that quotes texts of cells: names, addresses and numbers by which things are called are no figures."""
    return _citing(context, text, citations)


def nothing(context: QuestionContext, text: str, intent: Intent) -> Answer:
    """No evidence, with the closest passages; or not permitted, when the question is about a document that may be known of."""
    if concerns_hidden(context.hidden, context.question, intent):
        return end(context, "not_permitted", context.words["not_permitted"])
    answer = end(context, "no_evidence", text)
    answer.nearest = fetch.nearest(context)
    refused = [context.words["refuted"]] if context.refused else []
    if reasons := [*refused, *context.doubts, *map(context.written, context.undecided)]:  # the reader gets them, and decides
        answer.reason = "; ".join(dict.fromkeys(reasons))
    return answer


def end(context: QuestionContext, status: Status, text: str, *, options: Sequence[str] = (), reason: str | None = None) -> Answer:
    """An answer of any status, with the context's warnings, timings, tokens and model."""
    for hit in list(context.search.aside.values())[:3]:
        context.warn(context.words["instructs"].format(document=hit.document_name, page=hit.page))
    context.warnings[:] = map(context.written, context.warnings)
    return Answer(
        id=str(uuid.uuid4()), status=status, language=context.language, text=context.written(text),
        warnings=context.warnings, options=list(options),
        reason=reason, model=context.model, timings={name: round(value, 4) for name, value in context.timings.items()},
        tokens=context.tokens, terms=context.terms,
    )  # fmt: skip
