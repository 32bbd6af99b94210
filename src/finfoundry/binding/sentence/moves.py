"""Which of two levels of a sentence is the larger by its words, held against its own figures: none "declined from 17,967 to 19,457"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from finfoundry.binding.sentence import claim_patterns as said
from finfoundry.binding.sentence.claim import Claim

_FROM_BEHIND = re.compile(r"\bfrom\b[^,;.:]{0,40}$", re.IGNORECASE)
_MORE = re.compile(
    r"(?<=[\s,(])(?:(?:more|higher|greater|larger|better) than|above|exceeding|exceeds|exceeded|ahead of)\b(?! offset)[^;:]{0,40}$"
    r"|(?:高于|多于|超过|大于|高过)[^；：]{0,20}$",
    re.IGNORECASE,
)
_LESS = re.compile(
    r"(?<=[\s,(])(?:(?:less|lower|fewer|smaller) than|below|short of)\b[^;:]{0,40}$|(?:低于|少于|不及|小于)[^；：]{0,20}$", re.IGNORECASE
)
_MORE_BEFORE = re.compile(r"\b(?:more|larger|higher|greater)\b(?: [\w&-]+){0,5}? than\b[^.;:]*:[^.;:]{0,20}$", re.IGNORECASE)
_JOINED = re.compile(r"\b(?:with|from|to|against|and|of|at|by|a (?:little|bit)|just|slightly|was|were)\s*$", re.IGNORECASE)
_PART = re.compile(r"\b(?:half|third|quarter|fifth|twice|times|double|triple|offset)\b|[半倍成]|分之|[%％]", re.IGNORECASE)
_JUDGED = re.compile(r"\b(?:improv|better|worse|deteriorat|favou?rabl)\w*|改善|恶化|好转", re.IGNORECASE)
_NEAR, _FAR = 60, 120  # characters before the first of two levels that tell of both; between the two


def contradicted(claims: Sequence[Claim]) -> str | None:
    """The words by which a sentence speaks against its own figures; None where it does not."""
    levels = [one for one in claims if not _is_change(one)]
    for one, other in pairwise(levels):
        if _alike(one, other):
            for told, words_of in _directions(one, other):
                moved = (other.number.value > one.number.value) - (other.number.value < one.number.value)
                if told * moved < 0:
                    return words_of
    return None


def _is_change(claim: Claim) -> bool:
    """Whether a figure is by how much something moved, not where it stands."""
    before = claim.contexts[1].partition(" … ")[0].rstrip()
    return claim.number.points or (
        claim.direction != 0 and not claim.move and not claim.earlier and (claim.number.percent or bool(said.BY.search(before)))
    )


def _alike(one: Claim, other: Claim) -> bool:
    first, second = one.number, other.number
    both = first.percent is second.percent and (first.unit == second.unit or None in (first.unit, second.unit))
    return both and first.value > 0 < second.value and one.negative is other.negative and 0 < second.start - first.end < _FAR


def _directions(one: Claim, other: Claim) -> Iterator[tuple[int, str]]:
    """How the second of two levels stands to the first, 1 above it or -1 below, by each of the words that tell it."""
    sentence, start = one.sentence, one.start
    before = said.TWO_SIDED.sub(" ", sentence[max(0, one.number.start - start - _NEAR) : one.number.start - start])
    gap = said.TWO_SIDED.sub(" ", sentence[one.number.end - start : other.number.start - start])
    behind = sentence[other.number.end - start :][:8]
    if _JUDGED.search(before + gap) or (_PART.search(gap) and not said.ARRIVING.search(gap) and not _FROM_BEHIND.search(gap)):
        return
    if said.STARTING.search(before) and said.ARRIVING.search(gap) and not said.CLAUSE.search(gap):
        if told := said.only_direction(gap) or said.only_direction(before):
            yield told, _word(gap if said.only_direction(gap) else before)
    elif _FROM_BEHIND.search(gap):
        if told := said.only_direction(gap) or one.move:
            yield -told, _word(gap if said.only_direction(gap) else before)
    elif not _PART.search(behind) and not said.BESIDE.match(gap):
        if _MORE_BEFORE.search(before):
            yield -1, "more than"
        elif (found := _MORE.search(gap)) and not _is_hedge(gap, found):
            yield -1, found[0].strip()
        elif (found := _LESS.search(gap)) and not _is_hedge(gap, found):
            yield 1, found[0].strip()


def _is_hedge(gap: str, found: re.Match[str]) -> bool:
    """Whether "more than" only rounds the second figure: "compared with a little more than 5"."""
    return not gap[found.start() :].rstrip().partition("than")[2] and _JOINED.search(gap[: found.start()]) is not None


def _word(text: str) -> str:
    found = said.RISE.search(text) or said.FALL.search(text)
    return found[0] if found else text.strip()
