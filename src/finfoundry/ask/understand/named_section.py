"""A note or section of the papers that a question names: "in the segment note", 分部报告中. Only what a heading says is a name of one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from finfoundry.ask.lexicon.vocabulary import Token, tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.core.language import has_han, simplified

Headings = Sequence[str]  # over one table, the outermost first
LONGEST, SHORTEST_HAN = 6, 2  # words of a name, and characters of a Chinese one
_HAN = re.compile(r"[\u3400-\u9fff]+")
_PLACE_ZH = re.compile("附注|注释|报告|明细表|章节|部分")
_TIE_ZH = re.compile(".*[的在按从照据]|.*年度?")  # what stands before a name


@dataclass(frozen=True, slots=True)
class NamedSection:
    """Where a text names a section, from the word that ties it on, and the words that a heading of it has."""

    start: int
    end: int
    words: tuple[str, ...]

    def names(self, headings: Headings) -> bool:
        """Whether one of the headings has all the words."""
        return any(_has(heading, self.words) for heading in headings)


@lru_cache(maxsize=4096)
def heading_words(text: str) -> frozenset[str]:
    """The words by which a heading may be known, of Chinese every two characters in a row."""
    words = {word.text for word in tokens(text) if not has_han(word.text) and not word.text.isdecimal()}
    pairs = {run[0][at : at + 2] for run in _HAN.finditer(simplified(text)) for at in range(len(run[0]) - 1)}
    return frozenset(words - word_list("empty") - word_list("structure") - word_list("neutral")) | pairs


def named_section(text: str, headings: Iterable[Headings]) -> NamedSection | None:
    """The section that a text names and a heading of the papers bears; None where there is none. ``headings`` are looked at only where the
    text may name one.
    """
    found = [*_places_zh(text), *_places_en(text)]
    held = list(headings) if found else []
    return next((one for one in found if any(one.names(over) for over in held)), None)


def _places_en(text: str) -> Iterable[NamedSection]:
    """ "in the segment note", "under note 17": a tie, a name, and the word for a place, which is no "notes payable"."""
    found = tokens(text)
    for at, word in enumerate(found):
        if text[word.start : word.end].casefold() not in word_list("headings"):
            continue
        before = found[max(0, at - LONGEST) : at]
        tie = next((place for place in range(len(before) - 1, -1, -1) if before[place].text in word_list("ties_to_headings")), None)
        if tie is None:
            continue
        name = [one.text for one in before[tie + 1 :] if not _says_nothing(one)]
        behind = found[at + 1 : at + 2]
        numbered = [(word.text, one.text) for one in behind if one.text.isdecimal() and text[word.end : one.start].isspace()]
        number = numbered[0] if numbered and len(numbered[0][1]) < len("2024") else ()
        if name or number:
            yield NamedSection(before[tie].start, behind[0].end if number else word.end, (*name, *number))


def _says_nothing(word: Token) -> bool:
    return word.text in word_list("empty") | word_list("neutral") | word_list("articles")


def _places_zh(text: str) -> Iterable[NamedSection]:
    """分部报告, 存货附注: the characters before the word for a place, from what ties them to the sentence on."""
    for run in _HAN.finditer(text):
        for place in _PLACE_ZH.finditer(run[0]):
            tie = _TIE_ZH.match(run[0][: place.start()])
            name = run[0][tie.end() if tie else 0 : place.start()]
            if len(name) >= SHORTEST_HAN:
                yield NamedSection(run.start() + place.start() - len(name), run.start() + place.end(), (simplified(name),))


def _has(heading: str, words: tuple[str, ...]) -> bool:
    if has_han(words[0]):
        return words[0] in simplified(heading)
    held = [token.text for token in tokens(heading)]
    numbered = words[-1].isdecimal()  # the number stands right behind its word
    together = not numbered or any(tuple(held[at : at + 2]) == words[-2:] for at in range(len(held)))
    return together and set(words) <= set(held)
