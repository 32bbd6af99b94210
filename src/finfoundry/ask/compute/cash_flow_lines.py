"""Lines of a cash flow statement that stand for figures of other statements: the profit it begins with, the cash it ends with.

A paper may hold no more than that statement, and name these lines by their place in it: 本期稅前淨利, 期末現金及約當現金餘額.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from finfoundry.ask.lexicon.metric_terms import Metric
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.understand.stored_labels import key, label_key
from finfoundry.core.language import has_han

CASH = "cash_and_equivalents"
_LABELS_AT_CLOSE = ("期末现金", "cash equivalents at end of period", "cash equivalents end of period")
_PLACE = re.compile(r"^期 末 | 余 额$| (?:at )?(?:the )?end of (?:the )?(?:period|year|quarter)$")
_OPENING = "本 期 "

Fetch = Callable[[str | None, str | None], Sequence[StoredFact]]


def at_close(metric: Metric, fetch: Fetch) -> list[StoredFact]:
    """The last line, where it is of the balance asked for by its words, with no more in it."""
    names = {_PLACE.sub("", key(phrase)) for phrase in metric.say}
    found = (stored for label in _LABELS_AT_CLOSE for stored in fetch(None, label))
    return [one for one in found if one.fact.statement == "cash flow" and _PLACE.sub("", label_key(one)) in names]


def at_opening(metric: Metric, fetch: Fetch) -> list[StoredFact]:
    """The line of the profit asked for, whose label says beside its name only that it is of the period."""
    names = {key(f"本期{phrase}") for phrase in metric.say if has_han(phrase)}
    found = (stored for name in sorted(names) for stored in fetch(None, name))
    return [one for one in found if one.fact.concept is None and one.fact.statement in (None, "cash flow") and label_key(one) in names]


def is_first_or_last(stored: StoredFact, metric: Metric) -> bool:
    """Whether a fact of no concept that was found for a metric is one of these lines."""
    return metric.name == CASH or label_key(stored).startswith(_OPENING)
