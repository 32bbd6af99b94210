"""Which metric a row is of that is called by a part: below "Net sales", "Footwear" is sales, and no operating income."""

from __future__ import annotations

from finfoundry.binding.evidence import EvidenceItem
from finfoundry.binding.sentence.labels import concepts_named, concepts_said


def topics(item: EvidenceItem) -> frozenset[str]:
    """The concepts that stand as headings above a part's row; none of one that is called by a concept itself, or stands in a statement."""
    *headings, own = (item.reference.metric or "").split(" > ")
    if item.principal or item.source != "cell" or item.concept or concepts_named(own):
        return frozenset()
    return frozenset[str]().union(*map(concepts_named, headings))


def concepts_of_row(item: EvidenceItem) -> frozenset[str]:
    """The concepts that a row is by its name, or else by its headings."""
    own = concepts_named((item.reference.metric or "").rpartition(" > ")[2])
    return own | (frozenset((item.concept,)) if item.concept else frozenset()) or topics(item)


def is_of_other_metric(item: EvidenceItem, meant: frozenset[str], sentence: str) -> bool:
    """Whether a part's row is of a metric that a sentence does not name, and none of those that are meant."""
    mine = topics(item)
    return bool(mine and meant) and not mine & (meant | concepts_said(sentence))
