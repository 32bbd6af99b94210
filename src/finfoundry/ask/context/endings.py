"""How a question ends: bound and released, withheld, quoted, or without evidence."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from finfoundry.ask.compose import answer_evidence
from finfoundry.ask.compose.answer_evidence import Parts
from finfoundry.ask.compose.left_out import left_out
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.retrieve import passages
from finfoundry.ask.retrieve.query import search_text
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import concerns_hidden
from finfoundry.binding.bind import Bound
from finfoundry.core.answer import Answer, Citation, Status


def bind(context: QuestionContext, parts: Parts) -> Bound:
    """Each part of the text against its own evidence; recorded so that it can be done again."""
    parts = [(context.written(text), evidence) for text, evidence in parts]
    context.stated = parts
    context.trace.add("binding", answer_evidence.recorded(parts, context.question, context.language), answer_evidence.documents(parts))
    with context.timed("bind"):
        return answer_evidence.bind_parts(parts, context.question, context.language)


def release(context: QuestionContext, bound: Bound) -> Answer:
    """The answer when every figure is bound, else a withheld one."""
    if bound.unbound:
        reason = "; ".join(f"{figure.text}: {figure.reason}" for figure in bound.unbound)
        context.trace.add("withheld", {"text": bound.text, "reason": reason})
        return end(context, "withheld", context.words["withheld"], reason=reason)
    bound = _with_what_is_left_out(context, bound)
    answer = end(context, "answered", bound.text)
    answer.citations, answer.figures = list(bound.citations), list(bound.figures)
    return answer


def _with_what_is_left_out(context: QuestionContext, bound: Bound) -> Bound:
    """The answer with a sentence that names the parts of the question that it does not answer; unchanged where there are none."""
    if context.intent is None:
        return bound
    names = context.services.known.of(context.principal, context.collection).entities
    left = left_out(context.intent, bound.text, bound.figures, names, context.calendar, written=context.model is not None)
    left = [*context.lacking, *(part for part in left if not any(part in named for named in context.lacking))]
    if not left:
        return bound
    named = context.words["not_answered"].format(parts=context.words["join"].join(left))
    parts = [*context.stated, (named, [])]
    if answer_evidence.bind_parts(parts, context.question, context.language).unbound:
        context.warn(named)  # the text that is sealed is the one that is stated
        return bound
    return bind(context, parts)


def quote(context: QuestionContext, text: str, citations: Sequence[Citation]) -> Answer:
    """An answer that quotes texts of cells: names, addresses and numbers by which things are called are no figures."""
    answer = end(context, "answered", text)
    answer.citations = list(citations)
    return answer


def nothing(context: QuestionContext, text: str, intent: Intent) -> Answer:
    """No evidence; or not permitted, when the question is about a document that may be known of."""
    if concerns_hidden(context.hidden, context.question, intent):
        return end(context, "not_permitted", context.words["not_permitted"])
    answer = end(context, "no_evidence", text)
    if context.doubts:  # something was computed and does not hold: the reader gets the reasons and the closest passages
        answer.reason = "; ".join(dict.fromkeys(context.doubts))
        answer.nearest = passages.closest(context.hits or (), search_text(intent), context.language)
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
