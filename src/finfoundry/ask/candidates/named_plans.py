"""All that may be asked of the metrics that a question names: each as it stands, how it grew, one set against another or against their sum.

Which of two is set against the other the base model's states do not tell, but the words between and beside them: A占B, B中A.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from finfoundry.ask.lexicon.formula import names_in
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.ask.lexicon.vocabulary import Mention
from finfoundry.ask.lexicon.word_lists import word_pairs
from finfoundry.ask.plan.asked_spans import all_between, spans_of
from finfoundry.ask.plan.dimension import asked_for
from finfoundry.ask.plan.drawn_plan import DrawnItem, item_of
from finfoundry.ask.plan.rules import Plan
from finfoundry.ask.understand.intent import Intent, without_mentions
from finfoundry.core.formulas import Show
from finfoundry.core.periods import FiscalYear

LETTERS = "abcdefgh"
_OVER = re.compile(
    r"(?:占|除以|/|相当于|抵得上|[^同环]比(?![上去前]年)|为分子)[^,，。;；?？]{0,6}$|\b(?:divided\s+by|over|(?:share|percent(?:age)?|proportion)\s+of)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_WITH, _RATIO = re.compile(r"\s*[与和对同跟]\s*$"), re.compile(r"\s*的?(?:之比|比[值例率]|比(?!上年|去年))")  # A与B之比
_WITHIN = re.compile(r"\s*(?:之?[中里内]|当中|里[头面])")  # behind the whole
_FOR_EACH = re.compile(
    r"每\s*(?:收|赚|卖|一|1|十|10|百|一百|100|千|万)?\s*(?:块钱?|元|个|名|股)?的?\s*$|\b(?:per|for\s+(?:each|every))\s+$", re.IGNORECASE
)
LESS = re.compile(r"减去|扣[掉除去]|剔除|除[去掉]|除[^,，]{1,12}外|不含|\b(?:exclud|net\s+of|less)\w*", re.IGNORECASE)


def plans_named(intent: Intent, calendar: FiscalYear) -> list[Plan]:
    """The plans, those that compute nothing first; none for a question without a metric, with more than there are letters, or about a
    division, whose figures bear its name.
    """
    named = _named(intent)
    mentions = [one for place, one in enumerate(named) if one.name not in {other.name for other in named[:place]}]
    said = without_mentions(intent, intent.masked)
    if not mentions or len(mentions) > len(LETTERS) or any(word in said for pair in word_pairs("divisions_zh") for word in pair):
        return []
    spans, relation = spans_of(intent, calendar), asked_for(intent).relation
    plans = list(_levels(mentions, spans, intent))
    if relation in ("growth", "difference", "share") or len(spans) > 1:
        plans += _growths(mentions, spans, intent)
    return [*plans, *_quotients(mentions, spans, intent)]


def _named(intent: Intent) -> list[Mention]:
    """The metrics in the order of the question, but those that only spell out a formula beside them."""
    library = intent.vocabulary.library
    inside = {name for one in intent.mentions if one.formula and one.name in library for name in names_in(library[one.name].expression)}
    return sorted((one for one in intent.mentions if one.name not in inside), key=lambda one: one.start)


def _levels(mentions: Sequence[Mention], spans: Sequence[FiscalSpan], intent: Intent) -> Iterator[Plan]:
    drawn = [_drawn("a", [one], spans, None, intent) for one in mentions]
    if len(drawn) > 1:
        yield _plan(drawn, all_between(intent, spans))
    for one in drawn:
        yield _plan([one], all_between(intent, spans))


def _growths(mentions: Sequence[Mention], spans: Sequence[FiscalSpan], intent: Intent) -> Iterator[Plan]:
    """Of the last year that is named over the first, or over the year before it."""
    if not spans or len({(span.through, span.months) for span in spans}) > 1:
        return
    last, first = spans[-1].year, spans[0].year if len(spans) > 1 else spans[-1].year - 1
    for one in mentions:
        if not one.formula:
            lines = {"a": (one.text, last), "b": (one.text, first)}
            yield _plan([item_of("(a - b) / b", lines, "percent", intent, dated=False)], spans[-1:])


def _quotients(mentions: Sequence[Mention], spans: Sequence[FiscalSpan], intent: Intent) -> Iterator[Plan]:
    """Of two the one over the other, where the words tell which; of more two that stand so side by side, the one over the sum of all that
    is named twice, or the others' sum over the last.
    """
    plain = [one for one in mentions if not one.formula]
    names = LETTERS[: len(plain)]
    whole, others = " + ".join(names), " + ".join(names[:-1])
    if len(plain) < 2 or LESS.search(intent.core):
        return
    if len(plain) == 2:
        ordered = _part_first(plain[0], plain[1], intent)
        expressions = ["a / b"] if ordered else []
    else:
        for at, (one, other) in enumerate(pairwise(plain)):
            alone = not (_LISTED.fullmatch(_between(plain, at - 1, intent)) or _JOINED.fullmatch(_between(plain, at + 1, intent)))
            if alone and (pair := _part_first(one, other, intent)):
                yield _plan([_drawn("a / b", pair, spans, _shown(intent), intent)], all_between(intent, spans))
        ordered = plain
        expressions = [f"{name} / ({whole})" for name in _said_again(plain, intent)]
        if not expressions and _part_first(plain[-2], plain[-1], intent) == plain[-2:]:
            expressions = [f"({others}) / {names[-1]}"]
    for expression in expressions:
        yield _plan([_drawn(expression, ordered, spans, _shown(intent), intent)], all_between(intent, spans))


_JOINED = re.compile(r"\s*(?:[、+＋和与及/]|以及|\band\b)\s*")  # what is added up with the one before it
_LISTED = re.compile(r"\s*(?:[、,，+＋和与及/]|以及|\band\b)\s*")


def _between(mentions: Sequence[Mention], at: int, intent: Intent) -> str:
    """What stands between a mention and the next; nothing behind the last, or before the first."""
    return intent.core[mentions[at].end : mentions[at + 1].start] if 0 <= at < len(mentions) - 1 else ""


def _shown(intent: Intent) -> Show:
    return "ratio" if asked_for(intent).relation == "ratio" else "percent"


def _part_first(one: Mention, other: Mention, intent: Intent) -> list[Mention]:
    """The part before its whole: A占B, A除以B, A在B中, but B中A, 每百元B的A; neither where the words do not tell."""
    before, between, after = intent.core[: one.start], intent.core[one.end : other.start], intent.core[other.end :]
    if _WITHIN.match(between) or _FOR_EACH.search(before):
        return [other, one]
    inside = between.strip() == "在" and _WITHIN.match(after)
    if inside or _OVER.search(between) or (_WITH.fullmatch(between) and _RATIO.match(after)):
        return [one, other]
    return []


def _said_again(mentions: Sequence[Mention], intent: Intent) -> str:
    """The letters of the metrics that the question names twice: by themselves and among those that are added up."""
    named = [one.name for one in intent.mentions]
    return "".join(letter for letter, one in zip(LETTERS, mentions, strict=False) if named.count(one.name) > 1)


def _drawn(expression: str, mentions: Sequence[Mention], spans: Sequence[FiscalSpan], show: Show | None, intent: Intent) -> DrawnItem:
    year = spans[-1].year if spans else 0
    lines = {name: (one.text, year) for name, one in zip(LETTERS, mentions, strict=False)}
    return item_of(expression, lines, show, intent, dated=False)


def _plan(drawn: Sequence[DrawnItem], spans: Sequence[FiscalSpan]) -> Plan:
    labels = {name: label for one in drawn for name, label in one.labels.items()}
    spoken = {name: label for one in drawn for name, label in one.spoken.items()}
    return Plan("value", tuple(one.item for one in drawn), tuple(spans), labels, source="learnt", spoken=spoken)
