"""Whose figures the clauses of a sentence tell: where two print the same metric, each is told with the words that its own begins with."""

from __future__ import annotations

import re
from collections.abc import Sequence

from finfoundry.binding.sentence.claim import Claim
from finfoundry.binding.sentence.labels import Words, words
from finfoundry.binding.sentence.when import without_periods

_PARTED = re.compile(r"[;；]")
_COMMA = re.compile(r"[,，]")
_GAP = 2  # characters between a clause and the next that goes on from it


def subjects(claims: Sequence[Claim]) -> list[Words]:
    """Of each figure the words of which one must be said with it; none where no other clause of its sentence prints the same metric:
    "drugs earned 2, up 5 %; dyes earned 4, up 7 %" tells nothing of the 4 of drugs.
    """
    clauses = _clauses(claims)
    heads = {place: _head(claims[clauses.index(place)]) for place in dict.fromkeys(clauses)}
    named = [words(one.contexts[0]) for one in claims]
    found = []
    for claim, (run, number), said in zip(claims, clauses, named, strict=True):
        others = {
            place
            for one, place, its in zip(claims, clauses, named, strict=True)
            if place[0] == run and place[1] != number and its == said and one.number.value != claim.number.value
        }
        found.append(heads[run, number].difference(*(heads[place] for place in others)) if others else frozenset[str]())
    return found


def _clauses(claims: Sequence[Claim]) -> list[tuple[int, int]]:
    """Of each figure which sentence it stands in, and in the how-manieth clause of it: semicolons part clauses, also where each is read as
    a sentence.
    """
    found: list[tuple[int, int]] = []
    run = clause = start = end = -1
    sentence = ""
    for claim in claims:
        if claim.start != start:
            goes_on = sentence.rstrip().endswith((";", "；")) and 0 <= claim.start - end <= _GAP
            run, clause = (run, clause + 1) if goes_on else (run + 1, 0)
            start, sentence, end = claim.start, claim.sentence, claim.start + len(claim.sentence)
        inside = len(_PARTED.findall(claim.sentence[: max(claim.number.start - claim.start, 0)]))
        found.append((run, clause + inside))
    return found


def _head(first: Claim) -> Words:
    """The words of a clause before its first figure, as far as its first comma."""
    before = _PARTED.split(first.sentence[: max(first.number.start - first.start, 0)])[-1]
    return words(without_periods(_COMMA.split(before.strip(), maxsplit=1)[0]))
