"""A question that goes on from the one before: "And in 2023?", "2023年呢？", "How about net income?", or the company alone.

It is read as the earlier question with the named part exchanged, so that whatever answers whole questions answers it, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from finfoundry.agent.entities import Names
from finfoundry.agent.plan import unexplained
from finfoundry.agent.understand import understand
from finfoundry.agent.vocabulary import Vocabulary
from finfoundry.core.language import language_of
from finfoundry.core.periods import find_periods

_MARK = re.compile(
    r"^\W*(?:(?:and|but|or|then|ok(?:ay)?|what about|how about|what of|same for|now)\b[\s,]*)+"
    r"|^\W*(?:那么?|再看?|还有|换成|改成)|(?:呢|又如何|怎么样)\W*$",
    re.I,
)
_BETWEEN = re.compile(r"\s*(?:,|、|，|和|与|及|至|到|~|-|–|and|to|versus|vs\.?|or|compared (?:to|with))?\s*(?:in\s+|the\s+)?", re.I)
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Parts:
    """Where a question names companies, figures and periods."""

    entities: list[Place]
    figures: list[Place]
    periods: list[Place]


def completed(question: str, before: str, names: Names, vocabulary: Vocabulary) -> str | None:
    """The question in full; None when it stands by itself, or does not go on from the one before."""
    now = _parts(question, names, vocabulary)
    if not (now.entities or now.figures or now.periods) or not _leaves_out(question, now, names, vocabulary):
        return None
    then = _parts(before, names, vocabulary)
    changes: list[tuple[Place, str]] = []
    for new, old in ((now.entities, then.entities), (now.figures, then.figures), (now.periods, then.periods)):
        exchanged = _exchanged(question, before, new, old)
        if exchanged is None:
            return None
        changes += exchanged
    if now.figures and not then.figures:
        return None
    text = before
    for (start, end), words in sorted(changes, reverse=True):
        text = text[:start] + words + text[end:]
    return _added(text, question, now, then)


def _parts(text: str, names: Names, vocabulary: Vocabulary) -> _Parts:
    entities = _outermost([(item.start, item.end) for item in names.find(text)])
    masked = _blanked(text, entities)
    figures = _outermost([(item.start, item.end) for item in vocabulary.find(masked)])
    return _Parts(entities, figures, _outermost([(item.start, item.end) for item in find_periods(_blanked(masked, figures))]))


def _leaves_out(question: str, parts: _Parts, names: Names, vocabulary: Vocabulary) -> bool:
    """Whether nothing is said beside the parts, and a part is missing that a question needs."""
    if parts.figures and (parts.periods or not _MARK.search(question)):
        return False
    left = _MARK.sub(" ", _blanked(question, [*parts.entities, *parts.figures, *parts.periods]))
    return not unexplained(understand(left.strip() or "?", names, vocabulary))


def _exchanged(question: str, before: str, new: Sequence[Place], old: Sequence[Place]) -> list[tuple[Place, str]] | None:
    """Which parts of the earlier question become which words; None where that cannot be told."""
    if not new or not old:
        return []
    words = [question[start:end] for start, end in new]
    if len(new) == len(old):
        return list(zip(old, words, strict=True))
    if len({before[start:end] for start, end in old}) == 1 and len(new) == 1:
        return [(place, words[0]) for place in old]
    if all(_BETWEEN.fullmatch(before[a[1] : b[0]]) for a, b in pairwise(old)) and all(
        _BETWEEN.fullmatch(question[a[1] : b[0]]) for a, b in pairwise(new)
    ):
        return [((old[0][0], old[-1][1]), question[new[0][0] : new[-1][1]])]
    return None


def _added(text: str, question: str, now: _Parts, then: _Parts) -> str:
    """With the parts that the earlier question did not name."""
    chinese = language_of(text) == "zh"
    for new, old, lead in ((now.periods, then.periods, "In"), (now.entities, then.entities, "For")):
        if new and not old:
            words = question[new[0][0] : new[-1][1]]
            text = f"{words}{text}" if chinese else f"{lead} {words}, {text}"
    return text


def _outermost(places: list[Place]) -> list[Place]:
    """In order, without those that lie in another or are there twice."""
    kept: list[Place] = []
    for start, end in sorted(set(places), key=lambda place: (place[0], -place[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _blanked(text: str, places: Sequence[Place]) -> str:
    for start, end in places:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
