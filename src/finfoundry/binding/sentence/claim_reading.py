"""What kind of claim a sentence makes, which decides who checks it; and the days of the times that it tells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from finfoundry.binding.sentence.checked_sentence import ClaimTime, ClaimType, Relation
from finfoundry.binding.sentence.claim_patterns import FALL, RISE
from finfoundry.binding.sentence.days import days_in
from finfoundry.binding.sentence.labels import word_lists
from finfoundry.binding.sentence.when import When, agree, told_periods, without_periods
from finfoundry.core.periods import FoundPeriod

_OF_FIGURES: dict[Relation, ClaimType] = {
    "level": "numeric", "change": "computed", "difference": "computed", "sum": "computed", "ratio": "computed", "share": "computed",
    "multiple": "computed", "extreme": "comparative", "rank": "comparative",
}  # fmt: skip
_OF_WORDS: dict[Relation, ClaimType] = _OF_FIGURES | {"change": "temporal", "difference": "comparative"}
_REGULATORY = re.compile(
    r"\b(?:shall|must|may not|(?:is|are) (?:required|obliged|permitted|allowed|prohibited|forbidden) (?:to|from)"
    r"|(?:article|section|rule|regulation) \d+|pursuant to)\b"
    r"|应当|必须|不得|禁止|有权|有义务|须(?=[^臾知])|第[一二三四五六七八九十百\d]+条",
    re.IGNORECASE,
)
_EDGE = re.compile(r"[\w&’'-]+|[^\w\s]")
_WRAPPED = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_EDGES_ZH = re.compile(r"^[的，、：:]+|(?:[为是达约的，、：:]|分别)+$")


def claim_type(relation: Relation | None, words_of: str, *, figure: bool) -> ClaimType:
    """The kind of a claim by how it stands to figures; of words that tell of none by what they say. ``figure``: it states one."""
    if relation:
        return (_OF_FIGURES if figure else _OF_WORDS)[relation]
    if _REGULATORY.search(words_of):
        return "regulatory"
    return "temporal" if days_in(words_of) else "attribute"


def claim_times(periods: Sequence[FoundPeriod], whens: Sequence[When], *, bound: bool) -> list[ClaimTime]:
    """The times of a claim, dated by themselves, else by those of items, ``whens``: by the one that it was ``bound`` to also where only
    words like "last year" stand.
    """
    return [_time(one, whens, bound=bound) for one in periods]


def _time(found: FoundPeriod, whens: Sequence[When], *, bound: bool) -> ClaimTime:
    told, relative = When.found(found), not found.text or _is_relative(found.text)
    open_ones = whens if bound and found.kind == "relative" and len(whens) == 1 else ()  # which of several it is, nothing says
    then = next((one for one in open_ones or whens if one in open_ones or (found.kind != "relative" and agree(told, one))), None)
    days = told.period or (then.period if then else None)
    kind = then.kind if then and found.kind == "relative" else found.kind
    start, end = (days.start.isoformat() if days.start else None, days.end.isoformat()) if days else (None, None)
    return ClaimTime(found.text, kind, start, end, told.fiscal_year or (then.fiscal_year if then else None), relative)


@lru_cache(maxsize=2_000)
def _is_relative(text: str) -> bool:
    return any(one.kind == "relative" for one in told_periods(text))


@lru_cache(maxsize=2_000)
def bare_name(text: str) -> str:
    """The words that name a metric, without times, and those of grammar and of moves at their edges: "Net sales" of "Net sales rose by";
    none where they only tell of a move.
    """
    text = without_periods(text)
    if not text.isascii():
        text = _EDGES_ZH.sub("", text.strip())
    kept = [one for one in _EDGE.finditer(text) if one[0][0].isalnum() and not _says_nothing(one[0].lower())]
    return _WRAPPED.sub("", " ".join(text[kept[0].start() : kept[-1].end()].split())) if kept else ""


def _says_nothing(word: str) -> bool:
    return word in word_lists()["stop"] or word in word_lists()["changes"] or any(one.fullmatch(word) for one in (RISE, FALL))
