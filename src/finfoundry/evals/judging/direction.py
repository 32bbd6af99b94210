"""Up or down: what words, and the figures that they join, say of a movement; and which end of an order a superlative means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from finfoundry.core.quantities.numbers import PrintedNumber, find_numbers
from finfoundry.evals.judging.sentences import Sentence, negated
from finfoundry.evals.judging.word_lists import alternatives, pattern

_WORD = re.compile(
    rf"\b(?P<up>{alternatives('up')})\b|\b(?P<down>{alternatives('down')})\b"
    rf"|(?P<up_zh>{alternatives('up_zh')})|(?P<down_zh>{alternatives('down_zh')})",
    re.IGNORECASE,
)
_NAMES = pattern("movements")
_FLAT = pattern("flat")
_FROM_TO = re.compile(r"(?:\bfrom|由|从)\s*[^\d]{0,16}$", re.IGNORECASE)
_TO = re.compile(r"(?:\bto|\bat|\breach(?:ed|ing)|至|到|达)\s*[^\d\s]{0,8}$", re.IGNORECASE)
_HIGH, _LOW = pattern("high"), pattern("low")
_THAN = re.compile(
    r"((?:19|20)\d\d)(?:(?!(?:19|20)\d\d).)*?(?:\bthan\b|\bexceed(?:s|ed)\b|\babove\b|\bbelow\b|高于|低于|多于|少于|超过)"
    r"(?:(?!(?:19|20)\d\d).)*((?:19|20)\d\d)"
)


@dataclass(frozen=True, slots=True)
class DirectionWord:
    """One word of direction; ``up`` with a negation before it taken into account."""

    start: int
    end: int
    up: bool
    denied: bool


def moves(text: str, ignore: str = "") -> Iterator[DirectionWord]:
    """The words of direction of a text; those that name a movement, and those of the label ``ignore``, are left out."""
    named = [match.span() for match in _NAMES.finditer(text)]
    if ignore:
        named += [match.span() for match in re.finditer(re.escape(ignore), text, re.IGNORECASE)]
    for match in _WORD.finditer(text):
        if any(start <= match.start() < end for start, end in named):
            continue
        up = bool(match["up"] or match["up_zh"])
        denied = negated(text, match.start())
        yield DirectionWord(match.start(), match.end(), up != denied, denied)


def by_figures(text: str) -> bool | None:
    """Whether the figures that "from" and "to" mark rise; None where there is no such pair of one kind."""
    before: PrintedNumber | None = None
    after: PrintedNumber | None = None
    for number in find_numbers(text):
        lead = text[max(0, number.start - 24) : number.start]
        if _FROM_TO.search(lead):
            before = before or number
        elif _TO.search(lead):
            after = after or number
    if before is None or after is None or before.percent != after.percent or before.value == after.value:
        return None
    return after.value > before.value


def direction(found: list[Sentence], ignore: str = "") -> tuple[bool | None, bool]:
    """Which way an answer says that something moved, and whether it contradicts itself. None where it says neither way."""
    said: bool | None = None
    for one in found:
        if one.explains:
            continue
        words = [move.up for move in moves(one.text, ignore)]
        if not words and _FLAT.search(one.text):
            continue
        figures = by_figures(one.text)
        if words and turned(one.text):
            words = [not words[0]]
        here = words[0] if words else figures
        if here is None:
            continue
        if words and figures is not None and figures != here:
            return here, True
        if said is not None and here != said:
            return said, True
        said = here if said is None else said
    return said, False


def turned(text: str) -> bool:
    """Whether a comparison names the earlier year first: "2023 was higher than 2024"."""
    match = _THAN.search(text)
    return bool(match and int(match[1]) < int(match[2]))


def pole(text: str) -> str | None:
    """ "high" or "low": which end a superlative means, the biggest drop being the low end; None where there is none."""
    high, low = _HIGH.search(text), _LOW.search(text)
    first = min((match for match in (high, low) if match), key=lambda match: match.start(), default=None)
    if first is None:
        return None
    falls = any(not move.up for move in moves(re.split(r"[(,.;:，。；（]", text[first.end() : first.end() + 30])[0]))
    return "low" if (first is low) != falls else "high"
