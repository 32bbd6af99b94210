"""What a sentence says of one of its figures, in plain values: for those who want to see how it was read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from finfoundry.binding.bind import Match, Matcher
from finfoundry.binding.checked_sentence import ReadClaim, Relation
from finfoundry.binding.evidence import plain
from finfoundry.binding.ranks import told_place
from finfoundry.binding.sentence.labels import qualifiers, words
from finfoundry.core.quantities.rough import find_multiples

_NAME = 120  # characters in which a metric is named
_SHARE = re.compile(r"\b(?:share|account\w*|represent\w*|made up|contribut\w*)\b|占", re.IGNORECASE)
_TIMES = re.compile(r"\s*(?:times|-?fold)\b|\s*倍|\s*[x×](?!\w)", re.IGNORECASE)


def read_claim(match: Match, matches: Sequence[Match], matcher: Matcher, text: str) -> ReadClaim:
    """The claim of a figure among those of its sentence. ``text`` is what it was read in."""
    claim, number = match.claim, match.claim.number
    named = claim.heads[0].partition(" … ")[0] if claim.heads else ""
    named = named if words(named) else claim.nearby.partition(" … ")[0][-_NAME:]
    return ReadClaim(
        relation=_relation(match, matches),
        metric=" ".join(named.split()),
        qualifiers=sorted(qualifiers(named, words(named))),
        value=plain(number.value),
        unit=number.unit,
        periods=[period.text for period in claim.periods],
        direction=claim.direction,
        negative=claim.negative,
        start=number.start,
        end=number.end,
        bound=match.item is not None,
        subject=_subject(match, matcher, text),
        scope=claim.scope,
    )


def _subject(match: Match, matcher: Matcher, text: str) -> str | None:
    """The one company that the words mean, by its first name in the evidence."""
    index = matcher.index
    meant = index.entities.of_claim(match.claim, text, index.question.text, index.labels)
    return index.entities.groups[min(meant)][0] if meant and len(meant) == 1 else None


def _relation(match: Match, matches: Sequence[Match]) -> Relation:
    claim, number = match.claim, match.claim.number
    expression = (match.item.reference.expression if match.item else None) or ""
    if claim.direction and (number.percent or "-" in expression):
        return "change"
    if number.unit == "ratio" and not number.points:
        if _is_multiple(match):
            return "multiple"
        if number.percent and _is_share(match, expression):
            return "share"
    if "/" in expression:
        return "ratio"
    return "difference" if "-" in expression else "sum" if "+" in expression else told_place(match, matches) or "level"


def _is_multiple(match: Match) -> bool:
    """Whether a figure says how many times another something is: "three times", doubled."""
    claim, number = match.claim, match.claim.number
    start, end = number.start - claim.start, number.end - claim.start
    told = any(one.start <= start < one.end for one in find_multiples(claim.sentence))
    return told or (not number.percent and bool(_TIMES.search(number.text) or _TIMES.match(claim.sentence, end)))


def _is_share(match: Match, expression: str) -> bool:
    """Whether a percentage is a part of a whole: its words say so, or it was computed of what its words call the whole."""
    before, _, behind = match.claim.heads[0].partition(" … ") if match.claim.heads else ("", "", "")
    return _SHARE.search(before) is not None or ("/" in expression and behind.lstrip().startswith("of "))
