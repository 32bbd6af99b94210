"""A question for several things named side by side, written out as a question for each: "finished goods and raw materials", 现金与票据.

Where one thing ends and the next begins is told by what the reader of questions found in it, mentions and words that nothing explains, and
not by patterns: things stand side by side where nothing but commas, conjunctions and marks of a list are between them. What they share,
before the first or behind the last, may belong to each ("paid harbour and canal visitors"): there are several ways, and the store says
which holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from finfoundry.ask.understand.intent import Intent

MOST = 4  # things
_TOGETHER = re.compile(r"[\s+\-–’']*")  # between the words of one thing
_MARK = r"\(?(?:[a-h]|[ivx]{1,4}|\d)\)\s*"
_BETWEEN = re.compile(
    rf"\s*(?:[,，、;；]|(?:[,，]\s*)?(?:\band\b|\bor\b|&|以及|和|与|與|及|跟|或))\s*(?:the\s+|its\s+|their\s+)?(?:{_MARK})?", re.IGNORECASE
)
_OF_IT = re.compile(r"\s+(?:for|of|to|from)\s+(?:the\s+|its\s+)?", re.IGNORECASE)
_CONJUNCTION = re.compile(r"\band\b|\bor\b|&|[和与與及跟或、]", re.IGNORECASE)
_LIST_MARK = re.compile(rf"{_MARK}$", re.IGNORECASE)
_EACH = re.compile(r"^(?:分别|分別|各自|各)|\s*,?\s*(?:respectively|each)\b", re.IGNORECASE)
_EACH_BEHIND = re.compile(r"(?:分别|分別|各自|各)$")
_OWN_ARTICLE = re.compile(r"\b(?:the|its|their)\s+$", re.IGNORECASE)  # what has one begins anew: "the operating loss and the interest"

Span = tuple[int, int]


def coordinated(intent: Intent) -> Iterator[tuple[str, ...]]:
    """The ways to write a question for two to four things as a question for each, in the order of the question; none where it names no
    two side by side.
    """
    for things in _chains(intent.question, _with_whose(intent, _things(intent))):
        first, last = things[0][0], things[-1][1]
        before = _LIST_MARK.sub("", intent.question[:first])
        behind = _EACH.sub("", intent.question[last:], count=1)
        said = [intent.question[start:end] for start, end in things]
        apart = any(_OWN_ARTICLE.search(intent.question, 0, start) for start, _ in things[1:])
        for front, end in dict.fromkeys(("" if apart else front, end) for front, end in _shared(intent, said)):
            heads = ["", *[front] * (len(said) - 1)]
            tails = [*[end] * (len(said) - 1), ""]
            yield tuple(f"{before}{head}{word}{tail}{behind}" for head, word, tail in zip(heads, said, tails, strict=True))


def _things(intent: Intent) -> list[Span]:
    """Where the question names something: mentions, and words left over that nothing parts."""
    words = [(word.start, word.start + len(_EACH_BEHIND.sub("", word.text))) for word in intent.left if intent.language == "zh"]
    words = [(start, end) for start, end in words if end > start] or [(word.start, word.end) for word in intent.left]
    spans = sorted({(mention.start, mention.end) for mention in intent.mentions} | set(words))
    joined: list[Span] = []
    for start, end in spans:
        if joined and start < joined[-1][1]:
            continue
        if joined and intent.language == "en" and _TOGETHER.fullmatch(intent.question, joined[-1][1], start):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _with_whose(intent: Intent, things: Sequence[Span]) -> list[Span]:
    """Things of which words that no metric has belong to the metric before them, since a metric stands beside them: in "profit for the
    holders and revenue" the holders are no second thing; in "stocks of grain and wool" the wool is.
    """
    begins = {mention.start for mention in intent.mentions}
    found: list[Span] = []
    for place, (start, end) in enumerate(things):
        beside = things[place + 1] if place + 1 < len(things) else None
        of_metric = found and found[-1][0] in begins and start not in begins and _OF_IT.fullmatch(intent.question, found[-1][1], start)
        if of_metric and beside and beside[0] in begins and _BETWEEN.fullmatch(intent.question, end, beside[0]):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _chains(question: str, things: Sequence[Span]) -> Iterator[tuple[Span, ...]]:
    """Things that stand side by side, of which the last two are joined by a conjunction."""
    chain: list[Span] = list(things[:1])
    for one, other in [*pairwise(things), (None, None)]:
        if one and other and _BETWEEN.fullmatch(question, one[1], other[0]):
            chain.append(other)
            continue
        if 1 < len(chain) <= MOST and _CONJUNCTION.search(question, chain[-2][1], chain[-1][0]):
            yield tuple(chain)
        chain = [other] if other else []


def _shared(intent: Intent, said: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What the others share of the first thing's beginning, and of the last one's end: nothing, all words but one of either or of both."""
    first, last = (list(re.finditer(r"\S+", said[place])) if intent.language == "en" else [] for place in (0, -1))
    front = said[0][: first[-1].start()] if len(first) > 1 else ""
    end = " " + said[-1][last[1].start() :] if len(last) > 1 else ""
    yield from dict.fromkeys([("", ""), ("", end), (front, ""), (front, end)])
