"""How likely each sentence, item or row answers a question, and whether any does: by words, headings and meaning, weighed as fitted."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Protocol

import yaml

from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.retrieve.passages import REASONS, Likeness
from finfoundry.ask.retrieve.quotable import Quotable
from finfoundry.core.language import language_of
from finfoundry.knowledge.search.terms import terms

READ_CHARACTERS = {"en": 340, "zh": 140}  # of a sentence, of which an encoder is given the beginning
FEWEST, CLAUSE = 4, 0.5  # characters of what may be a Chinese clause; share of them that a sentence must have more of to speak of it
FAR = 0.7  # cosine of texts that have nothing to do with one another
READ_BY_MEANING = 160  # of what can be quoted, the first by words: an encoder takes milliseconds for each

_ANY = re.IGNORECASE
_WHO = re.compile(r"\bwho(?:m|se)?\b|谁|哪(?:家|位|个人)", _ANY)
_WHEN = re.compile(r"\bwhen\b|\bwhat (?:date|day)\b|何时|什么时候|哪[一]?[天年日]", _ANY)
_HOW_MUCH = re.compile(
    r"\bhow (?:much|many|large|big|high|often)\b|\bwhat (?:amount|number|size|percentage|share|rate)\b"
    r"|\bwhat(?:['’]s| is| was| are| were)(?: the| our| its)?(?: \w+){0,2} (?:dollar|amount|fee|price|sum)\b|多少|多大|几[个家名天年]"
    r"|(?:[利费汇税比]率|金额|额度|人数|天数|比例)[?？。\s]*$",
    _ANY,
)
_WHERE = re.compile(r"\bwhere\b|\bwhich (?:city|country|state)\b|哪里|何处|在哪", _ANY)
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+|\b[A-Z]{2,}\b|[\u4e00-\u9fff]{2,}(?:公司|事务所|银行|先生|女士)")
_DAY = re.compile(r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December|19\d\d|20\d\d)\b|[年月日]")
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|annually|quarterly|no|none)\b|[一二三四五六七八九十百千万亿]"
)
_CAUSE = re.compile(
    r"\b(?:due\s+to|driven\s+by|because|attributable|result(?:ed|ing)?\s+(?:of|from)|reflect\w*|owing\s+to|primarily)\b|由于|系|所致|因",
    _ANY,
)
_MAY = re.compile(r"\b(?:could|might|may|would)\b|可能|或将", _ANY)
_RISK = re.compile(r"\b(?:risks?|could|might|affect|threat|exposed)\b|风险|影响", _ANY)
_ELSEWHERE = re.compile(
    r"\b(?:see|refer to|set forth (?:in|under)|discussed (?:in|under)|incorporated (?:herein )?by reference)\b|详见|参见|请见", _ANY
)
_HOW = re.compile(r"\bhow (?:do|does|is|are)\b|\bwhen (?:do|does|is|are)\b[^?]*\brecogni[sz]|\bhow often\b|如何|怎样|怎么|政策", _ANY)
_WAY = re.compile(
    r"\b(?:(?:is|are) (?:stated|valued|recogni[sz]ed|recorded|carried|measured|determined|tested|expensed|accounted|reviewed|amorti[sz]ed)"
    r"|(?:we|the company) (?:use|uses|recogni[sz]es?|records?|values?|tests?|determines?|accounts?|measures?|manages?|expenses?|enters?))\b"
    r"|确认|计量|采用|按照|计价|计提|列报",
    _ANY,
)
_OURS = re.compile(
    r"^(?:\W*(?:\d{1,2}[.、)）])?\s*)(?:we\b|our\b|the (?:company|group|firm|bank|corporation)\b|公司|本公司|本集团|本行|集团|报告期)", _ANY
)
_OPINION = re.compile(r"\bopinions?\b|critical audit|registered public accounting firm|审计意见|审计报告", _ANY)
_OF_ANY_NAME = re.compile(
    "公司|集团|股份|控股|银行|证券|保险|基金|信托|人寿|科技|实业|药业|中国|国际|有限|全国|国家|中华|上海|北京|深圳|广东|江苏|浙江"
)
_WHICH_YEAR = re.compile(r"\b(?:which|what)\s+year\b", _ANY)
_ANOTHER = re.compile(
    r"\b(?:former(?:ly)?|previously|until|denie[ds]|denies|competitors?|controlling\s+shareholders?)\b|曾任|曾经|前任|原任|竞争对手|控股股东|否认",
    _ANY,
)


class EvidenceScorer(Protocol):
    """Probabilities, 0 to 1, that each answers the question; ``query`` are the question's content words."""

    def __call__(self, question: str, query: str, found: Sequence[Quotable]) -> Sequence[float]: ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quotable with the probability that it answers; ``state``: its log-odds as the states of a model tell, where they were read."""

    quotable: Quotable
    worth: float
    state: float | None = None


def ranked(question: str, query: str, found: Sequence[Quotable], scorer: EvidenceScorer) -> list[Evidence]:
    """The likeliest first."""
    worths = scorer(question, query, found) if found else ()
    return sorted(map(Evidence, found, worths), key=lambda one: -one.worth)


@dataclass(frozen=True, slots=True)
class WordsAndMeaning:
    """The scorer without training data of its own: features of words, headings, meaning and form, weighed by ``data/evidence.json``."""

    likeness: Likeness

    def __call__(self, question: str, query: str, found: Sequence[Quotable]) -> list[float]:
        weights = shipped()
        rows = features(question, query, found, self.likeness)
        return [1 / (1 + math.exp(-sum(weights.get(name, 0.0) * value for name, value in row.items()))) for row in rows]


@lru_cache(maxsize=8)
def shipped(weights: str = "weights") -> Mapping[str, float]:
    """Feature → weight, ``bias`` among them; ``paired``: of these together with a trained scorer of pairs."""
    held: dict[str, float] = json.loads((files("finfoundry.ask") / "data" / "evidence.json").read_text(encoding="utf-8"))[weights]
    return held


def features(question: str, query: str, found: Sequence[Quotable], likeness: Likeness) -> list[dict[str, float]]:
    """Of each quotable, about 0 to 1 each.

    words: share of the question's content words in it, the rarer counting more · around: the same with its headings and what stands
    before it · whole: all of them are in it · title: their share in its innermost heading · heading, headings: share of a heading's
    words that the question says, of the innermost, of any that it stands under · first: it follows its heading · rare: its rarest word
    is there · ours: it begins with the company · meaning: how many deviations it is nearer to the question than others · nearness: how
    near by itself · kind, other_kind: it holds what is asked for (a name, a day, an amount, a place, a cause, a way of doing), or none
    of it · may, elsewhere: it tells what could be, or where to look · opinion: it stands in an auditor's report · both, agreed: words
    and heading, words and meaning at once · row, item: its form · page: how far in front the search puts its page · length.
    """
    asked = concepts_of(query)
    own = [frozenset(terms(one.text)) for one in found]
    near = [mine | frozenset(terms(f"{one.title} {one.lead} {one.before}")) for mine, one in zip(own, found, strict=True)]
    rarity = _rarity(asked, near)
    whole = sum(rarity.values()) or 1.0
    rarest = max(asked, key=lambda one: rarity[one]) if asked else None
    rows = [
        {
            "bias": 1.0,
            "words": sum(rarity[one] for one in asked if _held(one, mine)) / whole,
            "around": sum(rarity[one] for one in asked if _held(one, around)) / whole,
            "whole": float(all(_held(one, mine) for one in asked)),
            "title": _told(asked, said.title, rarity) / whole,
            "heading": share_said(asked, said.title),
            "headings": max((share_said(asked, part) for part in (*said.heading, said.lead)), default=0.0),
            "first": float(bool(said.heading) and said.before.strip() == said.heading[-1].strip()),
            "ours": float(_OURS.search(said.text) is not None),
            "rare": float(rarest is not None and _held(rarest, around)),
            "page": 1 / (1 + place),
            **_form(question, said),
        }
        for said, mine, around, place in zip(found, own, near, _pages(found), strict=True)
    ]
    for row, (meaning, nearness) in zip(rows, _meanings(question, found, rows, likeness), strict=True):
        row["meaning"], row["nearness"] = meaning, nearness
        row["both"] = row["words"] * row["heading"]
        row["agreed"] = row["words"] * max(0.0, meaning)
    return rows


def asks_an_amount(question: str) -> bool:
    """Whether a question asks how much, how many or how large."""
    return _HOW_MUCH.search(question) is not None


def asks_when(question: str) -> bool:
    """Whether a question asks for a day or a year."""
    return _WHEN.search(question) is not None or _WHICH_YEAR.search(question) is not None


def of_another(question: str, one: Quotable) -> bool:
    """Whether a sentence tells of another time or of somebody else, of which the question does not say a word: "former", "competitor"."""
    return any(found[0].lower() not in question.lower() for found in _ANOTHER.finditer(one.text))


Concept = tuple[frozenset[str], ...]  # phrases that stand for one another, each as its stems


@lru_cache(maxsize=1)
def _phrases() -> tuple[tuple[str, ...], ...]:
    """Phrases that stand for one another, as ``data/evidence_words.yaml`` writes them."""
    return tuple(tuple(phrase.strip() for phrase in row.split("|")) for row in _held_words()["same"])


@lru_cache(maxsize=1)
def _held_words() -> Mapping[str, Any]:
    held: dict[str, Any] = yaml.safe_load((files("finfoundry.ask") / "data" / "evidence_words.yaml").read_text(encoding="utf-8"))
    return held


@lru_cache(maxsize=1)
def _words() -> tuple[tuple[Concept, ...], frozenset[str]]:
    """The phrases that stand for one another, and words that say nothing of what is asked (``data/evidence_words.yaml``)."""
    rows = tuple(tuple(filter(None, map(_stems, row))) for row in _phrases())
    unsaid = [*_held_words()["unsaid"].split(), *word_list("structure")]
    return rows, frozenset(stem for word in unsaid for stem in terms(word))


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem for stem in terms(text) if len(stem) > 1)


def refers(one: Quotable) -> bool:
    """Whether a sentence tells where to look, in place of what stands there."""
    return _ELSEWHERE.search(one.text) is not None


def of_auditor(one: Quotable) -> bool:
    """Whether a sentence stands in an auditor's report, whose wording is the same for every company."""
    return _OPINION.search(one.title) is not None


def concepts_of(query: str) -> list[Concept]:
    """What a question is about: the phrases that it says, each with those that papers print for it, and its other words."""
    for word in sorted(word_list("asking_zh"), key=len, reverse=True):
        query = query.replace(word, " ")
    same, unsaid = _words()
    said = _stems(query)
    found = [row for row in same if any(phrase <= said for phrase in row)]
    covered = {stem for row in found for phrase in row if phrase <= said for stem in phrase}
    return [*found, *((frozenset({stem}),) for stem in sorted(said - covered - unsaid))]


def speaks_of(one: Quotable, name: str) -> bool:
    """Whether a sentence, or what it stands under, holds the words of what is taken for a name that no paper is known by. Of a Chinese one,
    which may be a clause, its end and more than half of its characters are enough, in words that not every company's name has: many
    companies share a beginning.
    """
    wanted = _stems(name)
    text = f"{one.text} {one.before} {one.lead} {' '.join(one.heading)} {one.hit.document_name}"
    there = frozenset(terms(text))
    if wanted <= there:
        return True
    if language_of(name) != "zh" or len(name) < FEWEST:
        return False
    pairs = [(place, name[place : place + 2]) for place in range(len(name) - 1)]
    said = {place + step for place, pair in pairs if pair in there and not _OF_ANY_NAME.fullmatch(pair) for step in (0, 1)}
    ends = re.search(rf"{re.escape(name[-2])}\w?{re.escape(name[-1])}", text)  # 保费 is 保险费, too
    return ends is not None and len(said) > CLAUSE * len(name)


def holds_all(one: Quotable, words: str) -> bool:
    """Whether a sentence, or its heading, holds what words say, each in these or in what papers print for them."""
    stems = frozenset(terms(f"{one.text} {one.title}"))
    return all(_held(concept, stems) for concept in concepts_of(words))


def coverage(asked: Sequence[Concept], said: Set[str], found: Sequence[Quotable]) -> tuple[float, bool]:
    """The share of a question's words that are said, those that are rare among what was ``found`` counting more; whether the rarest is."""
    rarity = _rarity(asked, [frozenset(terms(f"{one.text} {one.title} {one.lead} {one.before}")) for one in found])
    if not asked:
        return 0.0, False
    return sum(rarity[one] for one in asked if _held(one, said)) / sum(rarity.values()), _held(max(asked, key=rarity.__getitem__), said)


def in_print(query: str) -> str:
    """A query with what papers print for its words: "buy back" is looked for by repurchase, too."""
    said = _stems(query)
    rows = [row for row in _phrases() if any(_stems(phrase) and _stems(phrase) <= said for phrase in row)]
    more = dict.fromkeys(phrase for row in rows for phrase in row if not _stems(phrase) <= said)
    return " ".join([query, *more])


def says_what(query: str) -> bool:
    """Whether a question says enough of what it is about for a sentence to answer it: two words, or one that papers have words for."""
    asked = concepts_of(query)
    return len(asked) > 1 or any(len(one) > 1 for one in asked)


def _held(concept: Concept, stems: Set[str]) -> bool:
    return any(phrase <= stems for phrase in concept)


def _rarity(asked: Sequence[Concept], texts: Sequence[frozenset[str]]) -> dict[Concept, float]:
    return {one: math.log(1 + len(texts) / (1 + sum(_held(one, text) for text in texts))) for one in asked}


def share_said(asked: Sequence[Concept], heading: str) -> float:
    """The share of a heading's words that the question says."""
    words = _stems(heading)
    told = {stem for one in asked for phrase in one if phrase <= words for stem in phrase}
    return len(words & told) / len(words) if words else 0.0


def _told(asked: Sequence[Concept], heading: str, rarity: Mapping[Concept, float]) -> float:
    words = _stems(heading)
    return sum(rarity[one] for one in asked if _held(one, words))


def _pages(found: Sequence[Quotable]) -> list[int]:
    places = {place: number for number, place in enumerate(dict.fromkeys((one.hit.document_id, one.hit.page) for one in found))}
    return [places[one.hit.document_id, one.hit.page] for one in found]


_KINDS = ((REASONS, _CAUSE), (_WHO, _NAME), (_WHEN, _DAY), (_HOW_MUCH, _NUMBER), (_WHERE, _NAME), (_HOW, _WAY))


def _form(question: str, one: Quotable) -> dict[str, float]:
    wanted = [holds for asks, holds in _KINDS if asks.search(question)]
    return {
        "kind": float(bool(wanted) and all(holds.search(one.text) for holds in wanted)),
        "other_kind": float(bool(wanted) and not any(holds.search(one.text) for holds in wanted)),
        "may": float(bool(_MAY.search(one.text)) and not _RISK.search(question)),
        "elsewhere": float(refers(one)),
        "opinion": float(of_auditor(one)),
        "row": float(one.form == "row"),
        "item": float(one.form == "item"),
        "length": min(1.0, len(one.text) / 400),
    }


def _meanings(
    question: str, found: Sequence[Quotable], rows: Sequence[Mapping[str, float]], likeness: Likeness
) -> list[tuple[float, float]]:
    """Of each the deviations from the mean of those that were read, a third of them, from -1 to 1, and how near it is by itself, 0 to 1;
    -1 and 0 for those that were not read, 0 and 0 without an encoder.
    """
    order = sorted(range(len(found)), key=lambda at: -(rows[at]["words"] + rows[at]["around"] + rows[at]["heading"]))[:READ_BY_MEANING]
    cosines = likeness(question, [_read(found[at]) for at in order])
    if not len(cosines):
        return [(0.0, 0.0)] * len(found)
    mean = sum(cosines) / len(cosines)
    deviation = math.sqrt(sum((one - mean) ** 2 for one in cosines) / len(cosines)) or 1.0
    known = {
        at: (max(-1.0, min(1.0, (one - mean) / deviation / 3)), max(0.0, min(1.0, (one - FAR) / (1 - FAR))))
        for at, one in zip(order, cosines, strict=True)
    }
    return [known.get(at, (-1.0, 0.0)) for at in range(len(found))]


def _read(one: Quotable) -> str:
    """The text as an encoder reads it: under its heading."""
    text = one.text[: READ_CHARACTERS[language_of(one.text)]]
    return f"{one.title}: {text}" if one.title else text
