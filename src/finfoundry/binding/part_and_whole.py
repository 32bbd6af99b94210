"""Of two rows which is the part and which the whole, which the larger, as a sentence tells them; and which metric a part's row is of: below
"Net sales", "Footwear" is sales, and no operating income.
"""

from __future__ import annotations

import re

from finfoundry.binding.evidence import EvidenceItem
from finfoundry.binding.sentence.claim import Claim
from finfoundry.binding.sentence.labels import Words, concepts_named, concepts_said, weight, word_list, words

_OF = re.compile(r"\s?of\b(.*)", re.IGNORECASE | re.DOTALL)
_SHARE_OF = re.compile(r"\bas an? (?:\w+ )?(?:share|percentage|proportion|portion|fraction) of(.*)|占(.*)", re.IGNORECASE | re.DOTALL)
BETWEEN = re.compile(
    r"\b(?:difference|gap) between\b|差额|相差|之差"
    r"|(?P<more>\bexceed(?:s|ed|ing)? .{3,60}\bby\b|\b(?:more|higher|larger|greater) than\b|[比较][^，。；]{2,24}[多高大]出?了?|高出|多出)"
    r"|(?P<less>\b(?:less|lower|smaller|fewer) than\b|\b(?:fell short of|trailed)\b|[比较][^，。；]{2,24}[少低小])",
    re.IGNORECASE,
)


def stands_so(larger: EvidenceItem, smaller: EvidenceItem, sentence: str) -> bool:
    """Whether the words do not make the smaller of two rows the larger: what exceeds stands first, what falls short as well."""
    found = BETWEEN.search(sentence)
    if found is None or not (found["more"] or found["less"]):
        return True
    first, second = places_said(larger, smaller, sentence, sentence)
    return min(first, second) < 0 or (first < second) is bool(found["more"])


def places_said(one: EvidenceItem, other: EvidenceItem, text: str, sentence: str) -> tuple[int, int]:
    """Which word of a part of a sentence is the first that is of the one row and not of the other, as the sentence calls them, and
    the other way round; -1 where none is.
    """
    said, told = words(sentence), word_list(text)
    own, others = (max(item.label.alternatives, key=lambda name: (_cover(name, said), weight(name))) for item in (one, other))
    if own == others:
        own, others = (name | (item.label.beside & said) for name, item in ((own, one), (others, other)))

    def first(name: Words) -> int:
        return next((place for place, word in enumerate(told) if word in name), -1)

    return first(own - others), first(others - own)


def _cover(name: Words, said: Words) -> float:
    return weight(name & said) / weight(name) if name else 0.0


def is_part(part: EvidenceItem, whole: EvidenceItem, claim: Claim) -> bool:
    """Whether what one row is of another can be told: they are two, the words do not take the one for the other, and a part of another
    metric is none of the whole.
    """
    if abs(part.value) == abs(whole.value) or not is_whole(part, whole, claim):
        return False
    return not is_of_other_metric(part, concepts_of_row(whole), claim.sentence)


def is_whole(part: EvidenceItem, whole: EvidenceItem, claim: Claim) -> bool:
    """Whether the words do not make the part the whole: behind "of" stands first of what the figure is a share."""
    before = claim.sentence[: max(claim.number.start - claim.start, 0)]
    behind = claim.sentence[max(claim.number.end - claim.start, 0) :]
    of = _OF.match(behind) or _SHARE_OF.search(before)
    if of is None:
        return True
    first, second = places_said(part, whole, "".join(filter(None, of.groups())), claim.sentence)
    return first < 0 or 0 <= second < first


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
