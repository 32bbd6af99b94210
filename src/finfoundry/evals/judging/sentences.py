"""An answer as a reader takes it: sentences without markers, what only explains them, and how words turn a statement round."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from finfoundry.core.language import simplified
from finfoundry.evals.judging.word_lists import alternatives, pattern

_MARKERS = re.compile(r"\s*(?:\[\d+\])+")
_ENDS = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"'$(])|(?<=[。！？])|\n+|(?<=[；])")
_ABBREVIATED = re.compile(r"(?:\b(?:Inc|Corp|Co|Ltd|vs|U\.S|Mr|Ms|Jr|St|approx)\.)$")
_EXPLAINS = re.compile(rf"^\W*(?:{alternatives('explains')})", re.IGNORECASE)
NEGATION = pattern("negation")


@dataclass(frozen=True, slots=True)
class Sentence:
    """``explains``: it says how or why, so its figures are operands and are not compared."""

    text: str
    explains: bool


def plain(text: str) -> str:
    """The text without citation markers, with single spaces, and full-width letters made narrow."""
    bare = _MARKERS.sub("", text)
    return re.sub(r"[ \t\u3000]+", " ", bare.translate({0xFF05: "%", 0x2019: "'", 0x2212: "-"})).strip()


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def without(sentence: Sentence, names: Sequence[str]) -> Sentence:
    """The sentence without names, the longest first."""
    any_of = "|".join(re.escape(simplified(name)) for name in sorted(names, key=lambda name: -len(name)) if name)
    return replace(sentence, text=re.sub(any_of, "", sentence.text)) if any_of else sentence


def sentences(text: str) -> list[Sentence]:
    """The sentences in order; an abbreviation's full stop ends none."""
    parts: list[str] = []
    for part in _ENDS.split(plain(text)):
        if parts and _ABBREVIATED.search(parts[-1]):
            parts[-1] = f"{parts[-1]} {part}"
        elif part and part.strip():
            parts.append(part.strip())
    return [Sentence(part, number > 0 and bool(_EXPLAINS.match(part))) for number, part in enumerate(parts)]


def negated(text: str, start: int, reach: int = 28) -> bool:
    """Whether an odd number of negations precedes a place, in the same clause."""
    clause = re.split(r"[,;:，；：。]|\.\s|\bbut\b|\band\b|但|而(?!非)", text[max(0, start - reach) : start])[-1]
    return len(NEGATION.findall(clause)) % 2 == 1
