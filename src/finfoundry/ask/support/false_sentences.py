"""True sentences made false in one place, by kind: what is said of whom, which way, how much, how surely, when, where, why."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from finfoundry.ask.support.made_sentences import words
from finfoundry.core.answer import Language

_NAME = {
    "en": re.compile(r"(?<![.!?] )(?<!^)\b(?:[A-Z][\w&’'-]+|[A-Z]{2,})(?: (?:&|of|[A-Z][\w&’'.-]*))*(?<! of)"),
    "zh": re.compile(
        r"(?:(?![的在由向对与和为将应从到及是有可按经该本其当])[\u4e00-\u9fff]){2,8}?(?:公司|银行|事务所|委员会|管理局|法院|基金|集团|协会|交易所|证监会|财政部|医院)"
    ),
}
_DAY = {
    "en": re.compile(r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b|\b(?:19|20)\d\d\b"),
    "zh": re.compile(r"(?<!\d)(?:\d{1,2}(?=[月日个])|(?:19|20)\d\d(?=年))|[一二三四五六七八九十]+(?=[日月年个]|个工作日)"),
}
_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
_LIST = {
    "en": re.compile(r"([A-Za-z][\w' -]{2,30}), ([A-Za-z][\w' -]{2,30}),? and ([A-Za-z][\w' -]{2,30})"),
    "zh": re.compile(r"[\u4e00-\u9fff]{2,8}(?:、[\u4e00-\u9fff]{2,8})+"),
}
_ITEM = {
    "en": re.compile(r"(?<=, )[a-z][\w' -]{2,26}(?=,)|(?<=, and )[a-z][\w' -]{2,26}(?=[.,]|$)"),
    "zh": re.compile(r"(?<=、)(?:(?![应当将不得的和及])[\u4e00-\u9fff]){2,6}(?=[、和等。，])"),
}
_ADVERB = {"en": re.compile(r"\b(?:is|are|was|were|has|have|will|may|must|can)\b"), "zh": re.compile(r"应当|可以|不得|应|已|负责|将")}


Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class FalseSentence:
    """``spans`` are the characters (start, end) of the words that nothing supports, ``kinds`` what was made wrong in each."""

    text: str
    spans: tuple[Span, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Others:
    """What can be put in the place of what a sentence says: names and list items of the same papers, and clauses of other passages."""

    names: Sequence[str]
    items: Sequence[str]
    clauses: Sequence[str]


def in_order_of_chance(source: random.Random) -> list[str]:
    """The kinds in an order of chance, the likelier ones rather first."""
    return sorted(KINDS, key=lambda kind: source.random() ** (1 / LIKELY.get(kind, 1.0)), reverse=True)


Made = tuple[str, Span] | None


def names_in(text: str, language: Language) -> list[str]:
    """Names as they are written: capitals, or endings that Chinese bodies have."""
    return [found for found in _NAME[language].findall(text) if len(found) > 2]


def items_in(text: str, language: Language) -> list[str]:
    return _ITEM[language].findall(text)


def _put(text: str, start: int, end: int, by: str) -> Made:
    """``by`` in the place of some characters; what is empty marks the word behind it."""
    made = text[:start] + by + text[end:]
    if by.strip():
        return made, (start + len(by) - len(by.lstrip()), start + len(by.rstrip()))
    made = re.sub(r"  +", " ", made)
    after = re.compile(r"\s*([A-Za-z'-]+|[\u4e00-\u9fff]{1,3})").match(made, max(0, start - 1))
    return (made, after.span(1)) if after else None


def _other_name(text: str, language: Language, others: Others, source: random.Random) -> Made:
    named = [name for name in others.names if name in text]
    pool = [name for name in others.names if name not in text and not any(name in one for one in named)]
    if not named or not pool:
        return None
    name = max(source.sample(named, min(2, len(named))), key=len)
    alike = [one for one in pool if one[-1:] == name[-1:]] if language == "zh" else pool
    start = text.index(name)
    return _put(text, start, start + len(name), source.choice(alike or pool))


def _other_place(text: str, language: Language, others: Others, source: random.Random) -> Made:  # noqa: ARG001
    places = list(_place_pattern(language).finditer(text))
    if not places:
        return None
    return _put(text, *source.choice(places).span(), source.choice([one for one in words()["places"][language] if one not in text]))


@lru_cache
def _place_pattern(language: Language) -> re.Pattern[str]:
    joined = "|".join(map(re.escape, words()["places"][language]))
    return re.compile(rf"\b(?:{joined})\b" if language == "en" else joined)


def _other_item(text: str, language: Language, others: Others, source: random.Random) -> Made:
    places = list(_ITEM[language].finditer(text))
    pool = [item for item in others.items if item not in text]
    if not places or not pool:
        return None
    return _put(text, *source.choice(places).span(), source.choice(pool))


def _another_clause(text: str, language: Language, others: Others, source: random.Random) -> Made:
    pool = [clause for clause in others.clauses if clause not in text]
    if not pool:
        return None
    clause = source.choice(pool)
    joint = source.choice((" and ", ", and ", ", which ")) if language == "en" else "，"
    stop = "." if language == "en" else "。"
    body = text.rstrip("。. ")
    return body + joint + clause + stop, (len(body + joint), len(body + joint + clause))


def _other_day(text: str, language: Language, others: Others, source: random.Random) -> Made:  # noqa: ARG001
    places = list(_DAY[language].finditer(text))
    if not places:
        return None
    place = source.choice(places)
    if place[0] in _MONTHS:
        return _put(text, *place.span(), source.choice([one for one in _MONTHS if one != place[0]]))
    if place[0].isdigit():
        return _put(text, *place.span(), str(int(place[0]) + source.choice((-2, -1, 1, 2, 3)) or 4))
    return _put(text, *place.span(), source.choice([one for one in "一二三五六七十" if one != place[0]]))


def _added(text: str, language: Language, others: Others, source: random.Random) -> Made:  # noqa: ARG001
    places = list(_ADVERB[language].finditer(text))
    if not places:
        return None
    said, place = source.choice(words()["added"][language]), source.choice(places)
    if language == "en":
        at = place.end() if source.random() < 0.4 else len(text.rstrip(". "))
        return text[:at] + " " + said + text[at:], (at + 1, at + 1 + len(said))
    return text[: place.end()] + said + text[place.end() :], (place.end(), place.end() + len(said))


def _reversed(text: str, language: Language, others: Others, source: random.Random) -> Made:  # noqa: ARG001
    """Cause and effect, or whatever stands on both sides of a connective, in each other's place."""
    for connective in source.sample(words()["connectives"][language], len(words()["connectives"][language])):
        before, found, after = text.partition(f" {connective} " if language == "en" else connective)
        body, stop = after.rstrip("。. "), "." if language == "en" else "。"
        if found and 6 < len(before) < 120 and 6 < len(body) < 120 and before[-1] not in "，,":
            made = f"{body[0].upper()}{body[1:]}{found}{before[0].lower()}{before[1:]}" if language == "en" else f"{body}{found}{before}"
            return made + stop, (len(body) + len(found), len(made))
    return None


def _swapped(kind: str) -> Callable[[str, Language, Others, random.Random], Made]:
    """One of two words for the other: what ``swaps`` of the words lists."""

    def made(text: str, language: Language, others: Others, source: random.Random) -> Made:  # noqa: ARG001
        both = kind not in ("modality", "quantifier")
        pairs = [(one, other) for one, other in words()["swaps"][kind][language]]
        pairs += [(other, one) for one, other in pairs] if both else []
        return _one_of(text, pairs, language, source)

    return made


def _negated(text: str, language: Language, others: Others, source: random.Random) -> Made:  # noqa: ARG001
    return _one_of(text, [(one, other) for one, other in words()["negations"][language]], language, source)


def _one_of(text: str, pairs: Sequence[tuple[str, str]], language: Language, source: random.Random) -> Made:
    edge = r"\b" if language == "en" else ""
    places = [
        (found, other)
        for one, other in pairs
        for found in re.finditer(rf"{edge}{re.escape(one)}{edge}", text, re.IGNORECASE if len(one) > 4 else 0)
    ]
    if not places:
        return None
    found, other = source.choice(places)
    return _put(text, *found.span(), other[:1].upper() + other[1:] if found[0][0].isupper() else other)


KINDS: Mapping[str, Callable[[str, Language, Others, random.Random], Made]] = {
    "entity": _other_name,
    "place": _other_place,
    "list item": _other_item,
    "clause": _another_clause,
    "date": _other_day,
    "added": _added,
    "cause": _reversed,
    "negation": _negated,
    **{kind: _swapped(kind) for kind in ("direction", "relation", "modality", "quantifier", "role")},
}
# against 1 of the others: a clause from elsewhere and an addition are known by their words alone
LIKELY: Mapping[str, float] = {
    "clause": 0.06, "added": 0.3, "entity": 2.0, "place": 2.0, "list item": 1.5, "direction": 1.5, "role": 1.5,
}  # fmt: skip
