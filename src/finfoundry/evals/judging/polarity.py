"""Yes or no: how an answer takes the question, by the word that opens a sentence, by its direction, or by its negation."""

from __future__ import annotations

import re

from finfoundry.evals.judging.direction import direction, moves
from finfoundry.evals.judging.sentences import NEGATION, Sentence
from finfoundry.evals.judging.word_lists import alternatives

_YES, _NO = (re.compile(rf"^\W*(?:{alternatives('openings')})?(?:{alternatives(side)})", re.IGNORECASE) for side in ("yes", "no"))


def opening(text: str) -> bool | None:
    """The yes or no that opens a sentence."""
    return True if _YES.match(text) else False if _NO.match(text) else None


def stance(question: str, found: list[Sentence]) -> tuple[bool | None, str]:
    """Yes, no, or None where the answer says neither; and why it contradicts itself, empty where it does not."""
    said = [one for sentence in found if not sentence.explains and (one := opening(sentence.text)) is not None]
    if len(set(said)) > 1:
        return said[0], "it says yes and no"
    if len({move.up for move in moves(question)}) == 1 and direction(found)[1]:
        return said[0] if said else None, "its words and figures oppose each other"
    meant = by_direction(question, found)
    if said:
        if meant is not None and meant != said[0]:
            return said[0], "what it says opposes its yes or no"
        return said[0], ""
    if meant is not None:
        return meant, ""
    return by_negation(question, found), ""


def by_direction(question: str, found: list[Sentence]) -> bool | None:
    """Whether the movement or sign that the answer states is the one asked about; None where either has none, or asks for both."""
    asked = {move.up for move in moves(question)}
    said, _ = direction(found)
    return said in asked if len(asked) == 1 and said is not None else None


def by_negation(question: str, found: list[Sentence]) -> bool | None:
    """False where the first sentence with words of the question denies, True where it does not; None where no sentence has such words."""
    asked = set(re.findall(r"[a-z]{4,}|[\u4e00-\u9fff]{2}", question.lower()))
    for sentence in found:
        words = set(re.findall(r"[a-z]{4,}|[\u4e00-\u9fff]{2}", sentence.text.lower()))
        if words & asked:
            return not NEGATION.search(sentence.text)
    return None
