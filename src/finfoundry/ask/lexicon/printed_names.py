"""What the label of a row says next to the name of a metric: that minorities are in it, or another of the metric's names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from finfoundry.ask.lexicon.metric_terms import Metric
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.vocabulary import tokens

_WITH_MINORITIES = re.compile(
    r"\b(?:including|before)\b.*\b(?:non-?\s?controlling|minority|minorities)\b|(?:含|未扣除?|扣除前)[^，。]{0,4}少数股东", re.I
)


def key(text: str) -> str:
    """The words of a text in the form in which labels are compared."""
    return " ".join(token.text for token in tokens(text))


def label_key(stored: StoredFact) -> str:
    """The same of the row's own label; empty where it has none."""
    return key(stored.fact.metric[-1] if stored.fact.metric else "")


def differs(one: StoredFact, other: StoredFact) -> bool:
    """Whether two facts differ by more than the rounding of the coarser one (and not by sign alone, which prints differ in)."""
    a, b = one.fact, other.fact
    step = max(a.scale.scaleb(-a.precision), b.scale.scaleb(-b.precision))
    return abs(abs(a.value) - abs(b.value)) > step


def with_minorities(stored: StoredFact) -> bool:
    """Whether a row says of itself that it includes what belongs to minorities."""
    return bool(stored.fact.metric) and _WITH_MINORITIES.search(stored.fact.metric[-1]) is not None


def namesakes(best: StoredFact, found: Sequence[StoredFact], metric: Metric) -> list[StoredFact]:
    """Facts of the document and the period of ``best`` that have another value under another name of the metric, where the document has
    more than one value of their concept (the certificate lists that as a conflict): the "Operating profit" of a bank whose "Operating
    income" is its revenue. Those of the same table first. ``found`` are the facts of the metric for the period.
    """
    names, own = {key(phrase) for phrase in metric.say}, label_key(best)
    alike = [stored for stored in found if _comparable(stored, best)]
    other = [stored for stored in alike if differs(stored, best) and own != label_key(stored) and {own, label_key(stored)} <= names]
    listed = [one for one in other if any(one.fact.concept == two.fact.concept and differs(one, two) for two in alike)]
    return sorted(listed, key=lambda stored: stored.fact.table != best.fact.table)


def _comparable(stored: StoredFact, best: StoredFact) -> bool:
    """Whether a fact is of the whole company, as ``best`` is, in the same document and unit."""
    fact = stored.fact
    plain = bool(fact.statement) and not fact.dimensions and not stored.structured
    return plain and stored.document_id == best.document_id and (fact.scope, fact.unit) == (best.fact.scope, best.fact.unit)
