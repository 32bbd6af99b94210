"""A plan for a question that names known metrics but says in unknown words what it wants of them: each is told with how it moved.

"Which way did operating cash flow go, and how far?", 商譽動過沒有: the level, the year before and the difference answer that, whatever the
verb means. So which word of moving it is does not matter, as long as no other word is left over: "write off" asks for another line.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.plan.asked_spans import spans_of
from finfoundry.ask.plan.dimension import SHARE, asked_for
from finfoundry.ask.plan.expressions import items_named
from finfoundry.ask.plan.rules import AVERAGE, CAGR, Ask, Plan, asks_openly, compound, goes_on
from finfoundry.ask.plan.unexplained import names_left, unexplained
from finfoundry.ask.understand.comparison import order_of
from finfoundry.ask.understand.intent import Intent, without_mentions
from finfoundry.core.language import has_han
from finfoundry.core.periods import FiscalYear

MOST = 6  # metrics
MOST_LEFT = 4  # words that nothing explains; a question of more is of something else
_TOLD = ("level", "growth", "difference", "verdict")
_POINTS_BACK = re.compile(r"\b(?:those|these|that|this|such)\s*$|[该这那其此][些类]?$", re.IGNORECASE)


def plan_in_full(intent: Intent, calendar: FiscalYear, prints: Callable[[str], bool]) -> Plan | None:
    """``prints``: whether a line of the company has a word. None where what is asked may be something else than levels and movements."""
    plain = without_mentions(intent, intent.masked)
    if not 0 < len(intent.mentions) <= MOST or asks_openly(intent) or asked_for(intent).relation not in _TOLD:
        return None
    if order_of(plain) is not None or any(pattern.search(plain) for pattern in (AVERAGE, CAGR, SHARE)):
        return None
    if compound(intent) or goes_on(intent) or _may_be_another(intent, prints):
        return None
    if any(one.name in intent.labels for one in intent.mentions):
        return None  # a line of this paper that bears the same words may be another than what is asked about
    items = items_named(intent, intent.vocabulary.library)
    if not all(item.expression.isidentifier() for item in items):
        return None
    spans = tuple(spans_of(intent, calendar))
    ask: Ask = "change" if len(items) == 1 and len(spans) <= 2 else "value"
    return Plan(ask, tuple(items), spans, dict(intent.labels), source="rule")


def _may_be_another(intent: Intent, prints: Callable[[str], bool]) -> bool:
    """Whether a word that nothing explains may ask for something else: one that is no word of moving, or that a line of the company has."""
    left = [word for word in unexplained(intent) if word not in word_list("greetings")]
    if (
        len(left) > MOST_LEFT
        or names_left(intent)
        or any(_POINTS_BACK.search(intent.core[: one.start].rstrip()) for one in intent.mentions)
    ):
        return True
    return not all(_tells_of_moving(word) for word in left) or any(prints(word) for word in left)


def _tells_of_moving(word: str) -> bool:
    if not has_han(word[:1]):
        return word in word_list("moving")
    for part in sorted(word_list("moving_zh"), key=len, reverse=True):
        word = word.replace(part, "")
    return not word
