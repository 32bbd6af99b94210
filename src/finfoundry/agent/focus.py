"""The part of a passage that speaks of a question: a few neighbouring sentences, or the heading rows and the telling rows of a table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import log

from finfoundry.agent.vocabulary import tokens
from finfoundry.agent.words import word_list

_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=[A-Z\"“(•$])|(?<=[。！？；])|\n+")


def keywords(text: str) -> set[str]:
    """Content words; of Chinese, pairs of characters."""
    words = [token.text for token in tokens(text)]
    pairs = {a + b for a, b in pairwise(words) if a[0] >= "\u3400" and b[0] >= "\u3400"}
    return pairs | {word for word in words if word[0] < "\u3400" and word not in word_list("empty")}


def rarities(texts: Sequence[str]) -> dict[str, float]:
    """How telling each word is among the texts found: rare words tell more."""
    counts = Counter(word for text in texts for word in keywords(text))
    return {word: log(1 + len(texts) / count) for word, count in counts.items()}


def focused(text: str, wanted: set[str], weights: dict[str, float], room: int, *, table: bool) -> tuple[str, float]:
    """The stretch of at most ``room`` characters that holds most of the wanted words, and how much it holds."""
    lines = [line for line in (text.split("\n") if table else _SENTENCE.split(text)) if line and line.strip()]
    scores = [sum(weights.get(word, 0.0) for word in wanted & keywords(line)) for line in lines]
    if not lines:
        return "", 0.0
    return _rows(lines, scores, wanted, weights, room) if table else _stretch(lines, scores, wanted, weights, room)


def _stretch(lines: list[str], scores: list[float], wanted: set[str], weights: dict[str, float], room: int) -> tuple[str, float]:
    """The best sentence with its neighbours, the one after first: it tells more than the one before."""
    best = max(range(len(lines)), key=scores.__getitem__)
    first = last = best
    while True:
        after = last + 1 < len(lines) and _length(lines[first : last + 2]) <= room
        before = first > 0 and _length(lines[first - 1 : last + 1]) <= room
        if after and (not before or scores[last + 1] >= scores[first - 1]):
            last += 1
        elif before:
            first -= 1
        else:
            break
    kept = " ".join(line.strip() for line in lines[first : last + 1])[:room]
    return kept, _held(kept, wanted, weights)


def _rows(lines: list[str], scores: list[float], wanted: set[str], weights: dict[str, float], room: int) -> tuple[str, float]:
    """The first three lines (title, unit, heading) and then the rows that hold most, in their order."""
    kept = set(range(min(3, len(lines))))
    for index in sorted(range(len(lines)), key=lambda i: (-scores[i], i)):
        if index not in kept and _length([lines[i] for i in sorted({*kept, index})]) <= room:
            kept.add(index)
    text = "\n".join(lines[i].strip() for i in sorted(kept))[:room]
    return text, _held(text, wanted, weights)


def _length(lines: Sequence[str]) -> int:
    return sum(len(line) + 1 for line in lines)


def _held(text: str, wanted: set[str], weights: dict[str, float]) -> float:
    return sum(weights.get(word, 0.0) for word in wanted & keywords(text))
