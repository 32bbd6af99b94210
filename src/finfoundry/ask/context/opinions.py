"""What the base model thinks of the likeliest sentences and lines: whether each answers, weighed with how likely it was before.

It is read off the model's states, where there is a reader of these that was taught to; else the model says so in a word.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from finfoundry.ask.context import fetch
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.retrieve.evidence_ranking import Evidence, shipped
from finfoundry.ask.retrieve.figure_lines import HEAD as LINE_HEAD
from finfoundry.ask.retrieve.model_opinion import log_odds, said_to_answer
from finfoundry.ask.retrieve.pair_scoring import HEAD, QUESTION, QUOTED_HEAD, ROWS_HEAD, TOLD_HEAD, quoted_text, state_text
from finfoundry.ask.retrieve.quotable import Quotable, items_of
from finfoundry.core import cancellation
from finfoundry.core.answer import Answer
from finfoundry.core.errors import EngineError
from finfoundry.core.language import simplified
from finfoundry.core.protocols import Chat, PairReader, StatesReader

READ = 3  # sentences of which the model says a word, the likeliest: a second each on two cores
# Of which its states are read: half a second each on two cores. Of questions by hand a sentence that answers is among the first four of the
# encoder that ranks them for nine in ten.
STATES_READ = 4
LINES_READ = 4  # the same of lines of tables
AGAIN = 4  # times that each is looked for again
PASSAGE, PIECES, CALLED = 700, 3, 60  # characters of a passage that are read in one piece; pieces; what the trace calls one by
UNLIKELY = 0.1  # below which a clause found by words is not told: by the layers of before of 13 two of three wrong ones, none of the right
# Below which figures that words of the question leave in doubt are not told: of 22 that it partly learned from 5 of 6 wrong, no right one.
UNLIKELY_TOLD = 0.45
UNLIKELY_OF_RECORDS = 0.2  # the same of records alone: of 156 wrong ones, by heads fitted on others, it keeps back 59, of 346 right ones 7
TOLD = 600  # characters of an answer that are read
STATES_TAKE = 4.5  # seconds that must be left for it
_MARKER = re.compile(r"\s*\[\d+\]")


def as_read(context: QuestionContext, best: Sequence[Evidence]) -> list[Evidence] | None:
    """The likeliest as the model finds them, the likeliest first, and no others; None where there is no model to say so, or where it does
    not tell how sure it is.
    """
    if (states := states_for(context, HEAD)) is not None:
        told = _by_states(context, states, _first_said(best, STATES_READ))
    else:
        with context.timed("generate"):
            read = [(one, opinion(context, passage(one.quotable), one.quotable.hit.document_id)) for one in best[:READ]]
        told = [replace(one, worth=joined("read", one.worth, said)) for one, said in read if said is not None]
    return sorted(told, key=lambda one: -one.worth) if told or not best else None


def _first_said(best: Sequence[Evidence], most: int) -> list[Evidence]:
    """The first that say so many things: what is said again, word for word, takes the room of no other."""
    said = list(dict.fromkeys(one.quotable.text for one in best))[:most]
    return [one for one in best[: most * AGAIN] if one.quotable.text in said]


def states_for(context: QuestionContext, head: str) -> StatesReader | None:
    """The reader of the model's states, where there is one that was taught so, and time for it."""
    left = cancellation.remaining()
    states = context.states() if left is None or left > STATES_TAKE else None
    return states if states is not None and states.reads(head) else None


def lines_by_states(context: QuestionContext, states: StatesReader, question: str, lines: Sequence[tuple[str, str]]) -> list[float | None]:
    """How likely each line of a table, of a document, states what is asked for, the first of them; None for one that is not read, or that
    no model may read. Each is read once.
    """
    asked = simplified(question)[:QUESTION]
    may = {text for text, document in lines[:LINES_READ] if not stopped(context, text, document)}
    new = {text: document for text, document in lines if text in may and (asked, text) not in context.lines_told}
    new = dict(list(new.items())[: context.allowance.take(len(new))])
    if new:
        scores = [float(score) for score in states.scores(LINE_HEAD, [(asked, text) for text in new])]
        context.lines_told |= {(asked, text): score for text, score in zip(new, scores, strict=True)}
        told = [{"line": text, "likely": round(score, 3)} for text, score in zip(new, scores, strict=True)]
        context.trace.add("states", {"by": states.identity, "read": told}, list(new.values()))
    return [context.lines_told.get((asked, text)) if text in may else None for text, _ in lines]


def quoted_by_states(context: QuestionContext, chosen: Sequence[Quotable]) -> float | None:
    """How likely all that would be told, read in one piece, answers all that is asked for; None where nothing reads states that was
    taught so, or may not read it.
    """
    head = ROWS_HEAD if any(one.cells for one in chosen) else QUOTED_HEAD
    states, first = states_for(context, head), chosen[0].hit
    text = quoted_text(chosen, fetch.titles(context).get(first.document_id, ""))
    if states is None or stopped(context, text, first.document_id):
        return None
    return _scored(context, states, {text: (first.chunk_id, first.document_id)}, head, one_more=True)[text]


def rows_by_states(context: QuestionContext, rows: Sequence[Evidence]) -> list[Evidence]:
    """The rows of tables that a model may read, as likely as its states tell of each that it answers all that is asked for, the likeliest
    first; none where nothing reads states that was taught so.
    """
    states, titles = states_for(context, ROWS_HEAD), fetch.titles(context)
    read = [(one, one.quotable.hit, quoted_text([one.quotable], titles.get(one.quotable.hit.document_id, ""))) for one in rows]
    may = [(one, hit, text) for one, hit, text in read if not stopped(context, text, hit.document_id)]
    if states is None or not may:
        return []
    scores = _scored(context, states, {text: (hit.chunk_id, hit.document_id) for _, hit, text in may}, ROWS_HEAD)
    told = [replace(one, worth=scores[text], state=log_odds(scores[text])) for one, _, text in may if text in scores]
    return sorted(told, key=lambda one: -one.worth)


def says_no(context: QuestionContext, text: str, document: str) -> bool:
    """Whether the model's states find it unlikely that a text of a document answers; never where nothing reads them, or no model may."""
    states = states_for(context, HEAD)
    if states is None or stopped(context, text, document):
        return False
    text = simplified(text)
    pieces = [text[at : at + PASSAGE] for at in range(0, min(len(text), PASSAGE * PIECES), PASSAGE)]
    return max(_scored(context, states, {one: (one[:CALLED], document) for one in pieces}, one_more=True).values(), default=1.0) < UNLIKELY


def refuted(context: QuestionContext, answer: Answer) -> bool:
    """Whether the model's states find it unlikely that figures, as an answer tells them, answer all that is asked for."""
    likely = told_likely(context, answer)
    return likely is not None and likely < UNLIKELY_TOLD


def refuted_of_records(context: QuestionContext, answer: Answer, *, unread: bool) -> bool:
    """The same of records alone; ``unread``: what to say where nothing reads them. A fall may be told either way: 同比下降5% answers a
    question for the rate of growth as -5% does.
    """
    likely = told_likely(context, answer)
    if likely is not None and likely < UNLIKELY_OF_RECORDS and _FALL.search(answer.text):
        likely = max(likely, told_likely(context, answer, _FALL.sub(r"增长率为-\g<share>", answer.text)) or 0.0)
    return unread if likely is None else likely < UNLIKELY_OF_RECORDS


_FALL = re.compile(r"同比下降(?P<share>[\d,.]+%)")


def told_likely(context: QuestionContext, answer: Answer, text: str | None = None) -> float | None:
    """How likely an answer, as it would be told or in another ``text``, answers all that is asked for; None where nothing reads states that
    was taught so, or may not read it.
    """
    states, documents = states_for(context, TOLD_HEAD), [citation.document.id for citation in answer.citations]
    text = told_text(text or answer.text)
    if states is None or not documents or any(stopped(context, text, one) for one in dict.fromkeys(documents)):
        return None
    key = (TOLD_HEAD, simplified(context.question)[:QUESTION], text)
    if key not in context.states_told:
        context.states_told[key] = float(states.scores(TOLD_HEAD, [key[1:]])[0])
    told = [{"answer": True, "likely": round(context.states_told[key], 3)}]
    context.trace.add("states", {"by": states.identity, "read": told, "whole": True}, documents)
    return context.states_told[key]


def told_text(text: str) -> str:
    """Figures that would be told, as the states are taught to read them: in simplified characters, without the marks of citations."""
    return simplified(_MARKER.sub("", text))[:TOLD]


def _by_states(context: QuestionContext, states: PairReader, best: Sequence[Evidence]) -> list[Evidence]:
    """Those that a model may read, as its states tell; what is said again, under the same heading, is read once."""
    titles = fetch.titles(context)
    texts = [state_text(one.quotable, titles.get(one.quotable.hit.document_id, "")) for one in best]
    may = [(one, text) for one, text in zip(best, texts, strict=True) if not stopped(context, text, one.quotable.hit.document_id)]
    scores = _scored(context, states, {text: (one.quotable.hit.chunk_id, one.quotable.hit.document_id) for one, text in may})
    return [_told(one, scores[text]) for one, text in may if text in scores]


def _scored(
    context: QuestionContext, states: PairReader, texts: Mapping[str, tuple[str, str]], head: str = HEAD, *, one_more: bool = False
) -> dict[str, float]:
    """How likely each text answers the question, as a head reads it, once; each with what the trace calls it, and its document. Only the
    first, as far as the question's allowance goes, but for ``one_more``: what would be told is always read.
    """
    asked = simplified(context.question)[:QUESTION]
    new = [text for text in texts if (head, asked, text) not in context.states_told]
    if new := new if one_more else new[: context.allowance.take(len(new))]:
        scores = [float(score) for score in states.scores(head, [(asked, text) for text in new])]
        context.states_told |= {(head, asked, text): score for text, score in zip(new, scores, strict=True)}
        told = [{"chunk": texts[text][0], "likely": round(score, 3)} for text, score in zip(new, scores, strict=True)]
        whole = {"whole": True} if head in (QUOTED_HEAD, ROWS_HEAD) else {}
        context.trace.add("states", {"by": states.identity, "read": told, **whole}, [texts[text][1] for text in new])
    return {text: context.states_told[head, asked, text] for text in texts if (head, asked, text) in context.states_told}


def _told(one: Evidence, score: float) -> Evidence:
    return replace(one, worth=joined("state_read", one.worth, score), state=log_odds(score))


def joined(weights: Literal["read", "line_read", "state_read", "line_state_read"], worth: float, told: float, unsaid: float = 0.0) -> float:
    """The probability before the model read it and the model's own, as fitted (``data/evidence.json``); of a line also the share of its
    label that the question does not say.
    """
    of = shipped(weights)
    sure = of["bias"] + of["before"] * log_odds(worth) + of["told"] * log_odds(told) + of.get("unsaid", 0.0) * unsaid
    return 1 / (1 + math.exp(-sure))


def opinion(context: QuestionContext, text: str, document: str) -> float | None:
    """How likely the model finds it that a passage answers; asked once. None where there is no model, it cannot say, or may not read it.

    A model that once was late or could not say how sure it is gets no further passage of the question.
    """
    if context.engine is None or context.opinions is None or stopped(context, text, document):
        return None
    if text not in context.opinions:
        told = _asked(context, context.engine, text)
        if told is None:
            context.opinions = None
            return None
        context.opinions[text] = told
    return context.opinions[text]


def stopped(context: QuestionContext, text: str, document: str) -> bool:
    """Whether no model may read a passage, as the guards decide; the trace tells once what they did about it."""
    decision = context.services.guards.decide("passage", text) if context.services.guards else None
    if decision:
        context.trace.guarded(decision, text, document)
    return decision is not None and decision.stops


def _asked(context: QuestionContext, engine: Chat, text: str) -> float | None:
    try:
        return said_to_answer(engine, context.question, context.language, text, context.services.deadline)
    except EngineError as error:
        context.trace.add("failed", error.message)
        return None


def passage(one: Quotable) -> str:
    """A sentence as the model reads it, under the heading that it stands under; a row also under the lines above it, an item under the line
    that leads to its list, and such a line with its list.
    """
    above = [part.rstrip(":：") for part in (one.title, one.before if one.form == "row" else one.lead) if part]
    return ": ".join([*above, "\n".join([one.text, *(item.text for item in items_of(one))])])
