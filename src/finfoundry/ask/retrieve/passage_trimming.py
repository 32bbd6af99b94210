"""Passages in pieces that fit a prompt: a few neighbouring sentences, or the heading rows of a table with the rows that hold the query."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import log

from finfoundry.ask.lexicon.vocabulary import tokens
from finfoundry.ask.lexicon.word_lists import word_list

_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=[A-Z\"“(•$])|(?<=[。！？；])|\n+")


def keywords(text: str) -> set[str]:
    """The content words of a text; of Chinese, pairs of characters."""
    words = [token.text for token in tokens(text)]
    pairs = {a + b for a, b in pairwise(words) if a[0] >= "\u3400" and b[0] >= "\u3400"}
    return pairs | {word for word in words if word[0] < "\u3400" and word not in word_list("empty")}


def rarities(texts: Sequence[str]) -> dict[str, float]:
    """Word → weight among the texts found, larger for rarer words: log(1 + texts / texts that have it)."""
    counts = Counter(word for text in texts for word in keywords(text))
    return {word: log(1 + len(texts) / count) for word, count in counts.items()}


def pieces(text: str, wanted: set[str], weights: dict[str, float], room: int, *, table: bool) -> list[str]:
    """A passage in pieces of at most ``room`` characters: neighbouring sentences; of a table one piece, its first three rows with those
    that hold most of ``wanted``.
    """
    lines = [line.strip() for line in (text.split("\n") if table else _SENTENCE.split(text)) if line and line.strip()]
    if not lines:
        return []
    return [_rows(lines, wanted, weights, room)] if table else _stretches(lines, room)


def _stretches(lines: list[str], room: int) -> list[str]:
    """Sentences joined while they fit; one that is longer is cut off."""
    found = [lines[0][:room]]
    for line in lines[1:]:
        if len(found[-1]) + 1 + len(line) <= room:
            found[-1] += f" {line}"
        else:
            found.append(line[:room])
    return found


def _rows(lines: list[str], wanted: set[str], weights: dict[str, float], room: int) -> str:
    """The first three lines (title, unit, heading) and then the rows that hold most, in their order."""
    kept = set(range(min(3, len(lines))))
    for index in sorted(range(len(lines)), key=lambda i: (-held(lines[i], wanted, weights), i)):
        if index not in kept and sum(len(lines[i]) + 1 for i in {*kept, index}) <= room:
            kept.add(index)
    return "\n".join(lines[i] for i in sorted(kept))[:room]


def held(text: str, wanted: set[str], weights: dict[str, float]) -> float:
    """The summed weights of the wanted words that a text has."""
    return sum(weights.get(word, 0.0) for word in wanted & keywords(text))
