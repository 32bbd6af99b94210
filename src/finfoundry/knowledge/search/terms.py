"""Words as the index knows them: English stems, Chinese characters and pairs of them, numbers; and their BM25 weights.

A term is a hash of 30 bits, so that no dictionary has to be shared, locked or cleaned. Two terms meet in one hash with a
probability of about one in a thousand in a store of a million terms.
"""

from __future__ import annotations

import re
import threading
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

import snowballstemmer

from finfoundry.core.language import simplified

DIMENSIONS = 1_000_000_000  # the largest that pgvector's sparsevec takes
# Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009. The usual b is 0.75; passages are cut to a
# length already, and a short one is more often a stray line than a precise one (on FinanceBench 0.3 finds more).
K1, B = 1.2, 0.3
USUAL_LENGTH = 150.0  # terms of a passage. A constant, not the average: weights then need no change when documents come and go
IMPACT_SCALE = 1000  # impacts are integers

_TOKEN = re.compile(r"[a-z]+(?:&[a-z]+)*|\d[\d,]*(?:\.\d+)?|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_ENGLISH = (
    "a an and any are as at be been but by can could did do does for from had has have how if in into is it its may of on or our shall "
    "should so such than that the their them then there these they this those to was we were what when where which who will with would "
    "s t you your he she his her i me my about also between both each other over under up out not no"
)
_STOP_WORDS = frozenset(_ENGLISH.split())
_CHINESE_STOP = frozenset("的了和与及在是为或等之其有对于将由以")
_stemming = threading.Lock()  # the stemmer keeps its word in itself


def terms(text: str) -> list[str]:
    """Terms in order, repeated as often as they occur."""
    found: list[str] = []
    for token in _TOKEN.findall(simplified(unicodedata.normalize("NFKC", text)).lower()):
        first = token[0]
        if first.isdigit():
            found.append(token.replace(",", ""))
        elif first.isascii():
            if token not in _STOP_WORDS:
                found.append(_stem(token))
        else:
            found.extend(character for character in token if character not in _CHINESE_STOP)
            found.extend(token[i : i + 2] for i in range(len(token) - 1))
    return found


@lru_cache(maxsize=200_000)
def term_id(term: str) -> int:
    """A number from 1 to DIMENSIONS."""
    return zlib.crc32(term.encode()) % DIMENSIONS + 1


def weights(text: str) -> dict[int, float]:
    """BM25 weight of each term of a passage, but for the term's rarity."""
    counts = Counter(terms(text))
    norm = K1 * (1 - B + B * sum(counts.values()) / USUAL_LENGTH)
    return {term_id(term): count * (K1 + 1) / (count + norm) for term, count in counts.items()}


def sparse(values: Mapping[int, float]) -> str:
    """The text form of a sparsevec."""
    inside = ",".join(f"{term}:{value:.4g}" for term, value in sorted(values.items()))
    return f"{{{inside}}}/{DIMENSIONS}"


def label_weights(metric: Iterable[str], concept: str | None) -> dict[int, float]:
    """Weights of a fact's label path, of length one: the innermost label counts most, its ancestors and the concept less.

    So a short label that matches in full ranks above a long one that matches in part.
    """
    path = list(metric)
    found: dict[str, float] = {}
    for depth, label in enumerate(reversed(path)):
        for term in terms(label):
            found[term] = max(found.get(term, 0.0), 1.0 if depth == 0 else 0.35)
    for term in terms(_words(concept or "")):
        found[term] = max(found.get(term, 0.0), 0.35)
    norm = sum(value * value for value in found.values()) ** 0.5 or 1.0
    return {term_id(term): value / norm for term, value in found.items()}


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    with _stemming:
        return str(_stemmer.stemWord(word))


def _words(name: str) -> str:
    """``TotalAssets`` or ``total_assets`` as words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ")


_stemmer = snowballstemmer.stemmer("english")
