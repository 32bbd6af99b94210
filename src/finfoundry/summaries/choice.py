"""Which sentences of a paper are told: the worthiest, but not one thing twice, nor one section alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from finfoundry.ask.retrieve.evidence_ranking import of_auditor, refers
from finfoundry.ask.retrieve.quotable import Quotable
from finfoundry.core.language import language_of
from finfoundry.knowledge.search.terms import terms
from finfoundry.summaries.sentence_worth import worths

SAME = 0.6  # share of a sentence's words that another holds: the same said again
AGAIN = 0.7  # factor of a section's worth for each sentence that was taken from it
_TAIL = re.compile(r"[a-z,;:)%，；：）]")  # how the rest of a sentence begins whose front lies elsewhere
SHORTEST = {"en": 40, "zh": 12}  # characters that say something by themselves
_STOP = re.compile(r"[.!?。！？][”\")）]?$")
_MARKER = re.compile(r"\[\d{1,3}\]")  # what looks like a citation of ours


def tellable(one: Quotable) -> bool:
    """Whether a sentence says something by itself: whole, no row or rest of another, no word on where to look, none of an auditor's."""
    whole = _STOP.search(one.text) and len(one.text) >= SHORTEST[language_of(one.text)]
    other = one.form in ("row", "heading") or _TAIL.match(one.text) or _MARKER.search(one.text)
    return bool(whole) and not (other or refers(one) or of_auditor(one))


def chosen(found: Sequence[Quotable], number: int, room: int) -> list[Quotable]:
    """At most ``number`` sentences of one paper, of ``room`` characters together, in its order."""
    own = [frozenset(terms(one.text)) for one in found]
    left = {place: worth for place, worth in enumerate(worths(found)) if tellable(found[place])}
    taken: list[int] = []
    sections: Counter[str] = Counter()
    while left and len(taken) < number:
        best = max(left, key=lambda place: left[place] * AGAIN ** sections[found[place].title])
        del left[best]
        if len(found[best].text) > room or any(_says(own[best], own[other]) for other in taken):
            continue
        taken.append(best)
        room -= len(found[best].text)
        sections[found[best].title] += 1
    return [found[place] for place in sorted(taken)]


def _says(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) > SAME * min(len(one), len(other))
