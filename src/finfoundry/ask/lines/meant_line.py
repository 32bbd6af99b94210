"""A line of a table that a question means without saying its words: found by an encoder that has read questions beside lines.

Nothing is taken that another line, nearly as likely, tells otherwise; nothing of another kind than the one asked for, no movement for a
level or as what moved, no line that leaves out a metric that the question names, and none that shares no telling word with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from functools import lru_cache

from finfoundry.ask.compute.operands import Operand
from finfoundry.ask.context import fetch
from finfoundry.ask.context.question import QuestionContext
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.vocabulary import Mention, tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.lines.line_plan import NAME, plans_by_line
from finfoundry.ask.plan.dimension import AskedResult, Kind, asked_for, dimension_of_unit
from finfoundry.ask.plan.rules import Plan, wants_number
from finfoundry.ask.retrieve.figure_lines import FoundLine, likeliest
from finfoundry.ask.retrieve.query import asked_text
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.stored_labels import differs
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.language import simplified
from finfoundry.knowledge.search.terms import terms

SURE = 0.4  # what the line must be worth: how likely it is, by the share of the question's words that it has
BESIDE = 0.7  # of the first one's worth that another line must have to speak against it
LOOKED_AT = 12  # lines
COUNTED: frozenset[Kind] = frozenset({"count", "shares", "days", "other"})  # what "how many" may ask for
NAMED = 0.6  # of a metric's words that a line must have to be called by it


def plan_of_meant_line(context: QuestionContext, intent: Intent, subject: Subject, _: Plan | None) -> Plan | None:
    """A plan over the likeliest line that has figures for the times asked about; None where none is likely, or several are and differ."""
    asked = asked_for(intent)
    wanted = wants_number(intent) or asked.relation in ("growth", "difference") or _SAYS_WHAT.match(intent.core) is not None
    if subject.name is None or not wanted or asked.relation == "no figure" or (scorer := context.figures()) is None:
        return None
    words = set(terms(simplified(asked_text(intent)))) - _of_movements()
    lines = [one for one in fetch.lines(context, intent, subject) if _may_answer(one, asked, intent, words)]
    ranked = sorted(likeliest(asked_text(intent), lines, scorer), key=_worth, reverse=True)[:LOOKED_AT]
    told = [
        (one, plan, found) for one, plan in plans_by_line(intent, subject.calendar, ranked)
        if _worth(one) >= SURE * BESIDE and (found := _figures(context, plan, intent, subject))
    ]  # fmt: skip
    if not told or _worth(told[0][0]) < SURE:
        return None
    first, plan, figures = told[0]
    rivals = [found for one, _, found in told[1:] if _worth(one) >= BESIDE * _worth(first)]
    context.trace.add("line", {"read": first.line.read, "likely": round(first.likely, 3), "said": round(first.said, 3)})
    return None if any(_tell_otherwise(figures, found) for found in rivals) else plan


_SAYS_WHAT = re.compile(r"\W*what\b", re.I)
_HOW_MANY = re.compile(
    r"\bhow many\b(?! (?:\w+ )?(?:dollars|euros|pounds|millions|billions))|\bnumber of\b|[多几]少?[个人家户名台股件份只间]", re.I
)


def _worth(one: FoundLine) -> float:
    return one.likely * one.said


def _may_answer(one: FoundLine, asked: AskedResult, intent: Intent, words: Set[str]) -> bool:
    """Whether a line's figures are of the kind asked for, and it has one of the words and all metrics that the question names."""
    if asked.relation == "level":
        kinds = {dimension_of_unit(stored.fact.unit).kind for stored in one.facts}
        if not kinds & (asked.kinds or kinds) or (_HOW_MANY.search(intent.core) and not kinds & COUNTED):
            return False
    if _moves(one.line.path[-1]) and (asked.relation != "level" or not _moves(intent.masked)):
        return False
    return not words.isdisjoint(terms(one.line.read)) and all(_is_named(mention, one) for mention in intent.mentions)


@lru_cache(maxsize=1)
def _of_movements() -> frozenset[str]:
    """The terms by which movements are told."""
    return frozenset(term for word in word_list("movements") | word_list("movements_zh") for term in terms(word))


def _moves(text: str) -> bool:
    """Whether a text tells of a movement: "Increase in payables", 增加."""
    return bool({token.text for token in tokens(simplified(text))} & (word_list("movements") | word_list("movements_zh")))


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
    found = [operand for span in spans if (operand := operands.find(NAME, span)) is not None and not operand.rivals]
    return found if len(found) == len(spans) else []


def _tell_otherwise(figures: Sequence[Operand], others: Sequence[Operand]) -> bool:
    """Whether two lines have different figures for one of the times."""
    of_span = {one.span: one.stored for one in others}
    return any(one.span not in of_span or differs(one.stored, of_span[one.span]) for one in figures)
