"""A line of a table that a question means without saying its words: found by an encoder that has read questions beside lines.

Where another line, nearly as likely, tells otherwise, this is told with it, so that a sentence may decide between them. No line of another
kind than the one asked for is taken, no movement for a level or as what moved, and none that shares no telling word with the question.
Where no model reads the lines, one that leaves out a metric that the question names is no answer either, and a level is told of a line
alone that stands clearly ahead of all that tell otherwise; of things side by side one line tells only one.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache

from finfoundry.ask.compute.operands import Operand
from finfoundry.ask.context import fetch, opinions
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.movements import moves, terms_of_movements
from finfoundry.ask.lexicon.vocabulary import Mention
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.lines.line_plan import NAME, plans_by_line
from finfoundry.ask.plan.asked_spans import spans_of
from finfoundry.ask.plan.dimension import NUMBER, AskedResult, asked_for, dimension_of_unit
from finfoundry.ask.plan.rules import Plan, asks_openly
from finfoundry.ask.retrieve.figure_lines import HEAD, FoundLine, likeliest
from finfoundry.ask.retrieve.model_opinion import log_odds
from finfoundry.ask.retrieve.query import asked_text
from finfoundry.ask.understand.coordination import coordinated
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.stored_labels import differs
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.language import simplified
from finfoundry.core.protocols import PairReader, StatesReader
from finfoundry.knowledge.search.terms import terms

SURE = 0.5  # what the line must be worth: how likely it is, by the share of the question's words that it has, and by what the model says
SURE_BY_STATES = 0.7  # the same where the base model's states are read: of 33 lines by hand 29 had a figure asked for (at .6 38 of 47)
SURE_OF_CHANGE = 0.25  # the same where two times of it are compared, which few lines have: of 20 such by hand 19
SURE_UNREAD, AHEAD = 0.25, 1.5  # where no model reads them: what a line must be worth for a level, and its log-odds above the next
NEAR = 0.5  # how far below the first one's worth, in log-odds, another line still speaks against it
LOOKED_AT = 12  # lines
READ, LEAST = 5, 0.01  # lines that the model reads; what one must be worth, below which no word of anybody would make it sure
LONGEST = 220  # characters of a line that it reads, the last
NAMED = 0.6  # of a metric's words that a line must have to be called by it


@dataclass(frozen=True, slots=True)
class MeantLine:
    """A line with its plan, the figures of the times asked about, what it is worth, whether that is enough for it to be told though nothing
    else speaks for it, and whether one nearly as likely tells otherwise.
    """

    line: FoundLine
    plan: Plan
    figures: Sequence[Operand]
    worth: float
    sure: bool = False
    rivalled: bool = False


def meant_line(context: QuestionContext, intent: Intent, subject: Subject) -> MeantLine | None:
    """The likeliest line that has figures for the times asked about; None where none is likely at all."""
    asked = asked_of_line(intent)
    if subject.name is None or asks_openly(intent) or asked.relation not in ("level", "growth", "difference"):
        return None
    if (scorer := context.figures()) is None:
        return None
    states = opinions.states_for(context, HEAD)
    ranked = _ranked(context, intent, subject, asked, scorer, read=context.engine is not None or states is not None)
    told = [one for one in _with_figures(context, ranked, intent, subject) if one.worth >= LEAST or states is not None]
    if states is not None:
        if opinions.states_for(context, HEAD) is None:
            return None  # to find them took what time there was
        told = _by_states(context, states, told, asked_text(intent))
    elif context.engine is not None:
        told = _as_read(context, told)
    elif asked.relation == "level":
        return None if any(coordinated(intent)) or not told else _judged(context, told, SURE_UNREAD, AHEAD, ranked[0])
    return _judged(context, told, SURE if states is None else _bar(told), NEAR) if told else None


def lines_read(context: QuestionContext, intent: Intent, subject: Subject) -> list[MeantLine]:
    """The lines of which the base model's states are read, the worthiest first; none where no line is asked for."""
    asked = asked_of_line(intent)
    scorer = None if subject.name is None or asks_openly(intent) else context.figures()
    if scorer is None or asked.relation not in ("level", "growth", "difference"):
        return []
    return _with_figures(context, _ranked(context, intent, subject, asked, scorer, read=True), intent, subject)


def _bar(told: Sequence[MeantLine]) -> float:
    return SURE_OF_CHANGE if told and told[0].plan.ask == "change" else SURE_BY_STATES


def _judged(context: QuestionContext, told: Sequence[MeantLine], bar: float, near: float, ahead: FoundLine | None = None) -> MeantLine:
    """The first of some lines, sure where it is worth enough; with the likeliest of all, ``ahead``, where it is that, and none that tells
    otherwise comes near.
    """
    first, *others = told
    rivals = [one for one in others if log_odds(first.worth) - log_odds(one.worth) < near]
    rivalled = any(_tell_otherwise(first.figures, one.figures) for one in rivals)
    sure = first.worth >= bar and (ahead is None or (first.line == ahead and not rivalled))
    worth = {"likely": round(first.line.likely, 3), "worth": round(first.worth, 3)}
    context.trace.add("line", {"read": first.line.line.read, **worth, "sure": sure})
    return replace(first, sure=sure, rivalled=rivalled)


def asked_of_line(intent: Intent) -> AskedResult:
    """What a question asks of a line. A rate or a share is a level where a line prints it."""
    asked = asked_for(intent)
    return AskedResult("level", NUMBER) if asked.relation in ("ratio", "share") else asked


def _ranked(
    context: QuestionContext, intent: Intent, subject: Subject, asked: AskedResult, scorer: PairReader, *, read: bool
) -> list[FoundLine]:
    """The lines that may answer, the worthiest first; ``read``: by a model, too."""
    words = set(terms(simplified(asked_text(intent)))) - terms_of_movements()
    lines = [of_kind(one, asked) for one in fetch.lines(context, intent, subject)]
    may = [one for one in lines if one.facts and _may_answer(one, asked, intent, words, named=not read)]
    return sorted(likeliest(asked_text(intent), may, scorer), key=_worth, reverse=True)[:LOOKED_AT]


def _with_figures(context: QuestionContext, ranked: Sequence[FoundLine], intent: Intent, subject: Subject) -> list[MeantLine]:
    """Those that have figures for the times asked about."""
    return [
        MeantLine(one, plan, found, _worth(one)) for one, plan in plans_by_line(intent, subject.calendar, ranked)
        if (found := _figures(context, plan, intent, subject))
    ]  # fmt: skip


def _as_read(context: QuestionContext, told: Sequence[MeantLine]) -> list[MeantLine]:
    """The likeliest as the base model finds them beside the question, the likeliest first; none where it cannot say."""
    with context.timed("generate"):
        read = [(one, opinions.opinion(context, _passage(one), one.figures[0].stored.document_id)) for one in told[:READ]]
    unsaid = {id(one): _unsaid(one.line, context.question) for one, _ in read}
    found = [replace(one, worth=opinions.joined("line_read", one.worth, said, unsaid[id(one)])) for one, said in read if said is not None]
    return sorted(found, key=lambda one: -one.worth)


def _by_states(context: QuestionContext, states: StatesReader, told: Sequence[MeantLine], question: str) -> list[MeantLine]:
    """The same by the base model's states, of which nothing need be written."""
    lines = [(one.line.line.read, one.figures[0].stored.document_id) for one in told]
    scores = opinions.lines_by_states(context, states, question, lines)
    found = [
        replace(one, worth=opinions.joined("line_state_read", one.worth, score, _unsaid(one.line, context.question)))
        for one, score in zip(told, scores, strict=True) if score is not None
    ]  # fmt: skip
    return sorted(found, key=lambda one: -one.worth)


def _unsaid(one: FoundLine, question: str) -> float:
    """The share of a label's telling words that the question does not say: of "Total" none, of "Long-term RPO" two of three. A part has
    words of its own that who asks for the whole does not use.
    """
    own = set(terms(simplified(one.line.members[-1] if one.line.members else one.line.path[-1]))) - _untelling()
    return len(own - set(terms(simplified(question)))) / len(own) if own else 0.0


@lru_cache(maxsize=1)
def _untelling() -> frozenset[str]:
    """The terms that tell no line from others."""
    return frozenset(term for name in ("untelling", "neutral", "empty") for word in word_list(name) for term in terms(word))


def _passage(one: MeantLine) -> str:
    """A line with its figures, as the model reads it."""
    figures = (f"{stored.fact.text} ({stored.fact.period})" for stored in (operand.stored for operand in one.figures))
    return f"{one.line.line.read[-LONGEST:]} | {' | '.join(figures)}"


def _worth(one: FoundLine) -> float:
    return one.likely * one.said


def of_kind(one: FoundLine, asked: AskedResult) -> FoundLine:
    """A line with those of its figures alone that are of the kind asked for, or of no known one: 15,126 pieces beside what they cost. Where
    no kind is asked for, a rate beside an amount tells how the amount stands to others, and is not what the line is of.
    """
    if not asked.kinds:
        amounts = tuple(stored for stored in one.facts if dimension_of_unit(stored.fact.unit).kind != "number")
        return replace(one, facts=amounts or one.facts)
    if asked.relation != "level":
        return one
    fits = tuple(stored for stored in one.facts if stored.fact.unit and dimension_of_unit(stored.fact.unit).kind in asked.kinds)
    return replace(one, facts=fits or tuple(stored for stored in one.facts if not stored.fact.unit))


def _may_answer(one: FoundLine, asked: AskedResult, intent: Intent, words: Set[str], *, named: bool) -> bool:
    """Whether a line has one of the words of the question, ``named``: and all metrics that it names, and is no movement for a level."""
    if tells_a_movement(one, asked, intent):
        return False
    return not words.isdisjoint(terms(one.line.read)) and (not named or all(_is_named(mention, one) for mention in intent.mentions))


def tells_a_movement(one: FoundLine, asked: AskedResult, intent: Intent) -> bool:
    """Whether a line tells how something moved where its level is asked for, or what moved."""
    return moves(one.line.path[-1]) and (asked.relation != "level" or not moves(intent.masked))


def _is_named(mention: Mention, one: FoundLine) -> bool:
    """Whether a line is of the metric's concept, or has most of the words by which the question names it."""
    metric = metrics().get(mention.name)
    if metric is not None and any(stored.fact.concept in metric.concepts for stored in one.facts):
        return True
    words = set(terms(simplified(mention.text)))
    return len(words & set(terms(one.line.read))) >= NAMED * len(words)


def _figures(context: QuestionContext, plan: Plan, intent: Intent, subject: Subject) -> list[Operand]:
    """The line's figures of the times of its plan, of the latest where it names none; empty where one is missing or doubtful."""
    operands = fetch.operands(context, plan, intent, subject)
    spans = plan.spans or operands.spans(NAME)[:1]
    named = set(spans_of(intent, subject.calendar)).intersection(spans) or set(spans)  # of a range its ends; what lies between may lack
    found = [operand for span in spans if (operand := operands.find(NAME, span)) is not None]
    clear = not any(operand.rivals for operand in found)
    return found if clear and named <= {operand.span for operand in found} else []


def _tell_otherwise(figures: Sequence[Operand], others: Sequence[Operand]) -> bool:
    """Whether two lines have different figures for one of the times."""
    of_span = {one.span: one.stored for one in others}
    return any(one.span not in of_span or differs(one.stored, of_span[one.span]) for one in figures)
