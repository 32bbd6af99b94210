"""The words of a question and of a sentence as they are compared: stems with their places, each weighing by how few sentences have it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.core.period_patterns import NUMBER_BEGINS
from finfoundry.knowledge.search.terms import terms

_WORD = re.compile(r"[A-Za-z0-9][\w&'’.,-]*(?<![.,])|[%&]")
_YEAR = re.compile(rf"{NUMBER_BEGINS}(?:19|20)\d\d(?![\d,.]\d|\d)")
_GRAMMAR = ("asking", "auxiliary", "copula", "speaker", "empty", "limits")
_OF_QUESTIONS = frozenset({"respective", "respectively", "period", "reason"})

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class SaidWord:
    """``stem`` is empty for a word of grammar."""

    text: str
    stem: str
    start: int
    end: int


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[SaidWord, ...]:
    return tuple(SaidWord(one[0].lower(), _stem(one[0]), one.start(), one.end()) for one in _WORD.finditer(text))


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    return next(iter(terms(word)), "")


def stems_of(text: str) -> frozenset[str]:
    return frozenset(word.stem for word in words_of(text) if word.stem)


def years_of(text: str) -> list[str]:
    """The years that a text names, each once."""
    return list(dict.fromkeys(_YEAR.findall(text)))


def weights_of(question: str, sentences: Sequence[str]) -> Weights:
    """What a question says besides its grammar, by stems."""
    grammar = frozenset[str]().union(*map(word_list, _GRAMMAR)) | _OF_QUESTIONS
    asked = {one.stem for one in words_of(question) if one.stem and not {one.text, one.text.removesuffix("s")} & grammar}
    held = Counter(stem for one in sentences for stem in stems_of(one) & asked)
    return {stem: math.log(1 + (len(sentences) + 1) / (held[stem] + 0.5)) for stem in asked}


def share_said(text: str, weights: Weights) -> float:
    """How much of a question a sentence has."""
    return sum(weights[stem] for stem in weights.keys() & stems_of(text)) / max(sum(weights.values()), 1e-9)


def spread_of(text: str, weights: Weights) -> int:
    """Over how many words that of a question stands in a sentence."""
    places = [at for at, word in enumerate(words_of(text)) if word.stem in weights]
    return places[-1] - places[0] if places else 0
