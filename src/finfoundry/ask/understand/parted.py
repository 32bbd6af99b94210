"""A question of several parts as questions of their own: "What was A in 2024 and B in 2023?", "2024年A是多少？B呢？".

Each part gets what it shares with the others: the words that ask, and the year where it names none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from finfoundry.core.answer import Language

MOST = 4
_YEAR_EN = r"(?:fiscal\s+(?:year\s+)?|FY\s?)?(?:19|20)\d\d"
_SENTENCES = re.compile(r"(?<=[?？])\s*(?=\S)")
# where one part ends and another begins, whatever they ask: "… in 2024 and B …", 2024年的A和2023年的B
_OWN_YEAR_EN = re.compile(rf"(?<=\b(?:19|20)\d\d),?\s+and\s+(?!(?:in|for|of)?\s*(?:the\s+year\s+)?{_YEAR_EN}\b)", re.I)
_OWN_YEAR_ZH = re.compile(r"(?<=[\u3400-\u9fff])[和与及、，,]\s*(?=(?:19|20)\d\d年)")
# where the words that follow ask for themselves: "and how large was B", "and the B", ，B又是多少, 为什么
_OWN_WORDS_EN = re.compile(r",?\s+and\s+(?=(?:the|its|their|how|what|why|when|who)\b)", re.I)
_OWN_WORDS_ZH = re.compile(r"[，,；;]\s*(?=[^，,；;]*(?:多少|为什么|为何|几[个家人]))")
_LISTED_ZH = re.compile(r"(?<=[\u3400-\u9fff])[和与及、](?=[^和与及、]*(?:分别|各)(?:为|是)?多少)")
_COMPUTED = re.compile(
    r"\b(?:between|ratio|divided|minus|plus|times|sum|total\s+of|together|combined|compared?|versus|vs|than|differ\w*|respectively\s+to|each\s+of)\b"
    r"|相差|之[和差比]|除以|减去|乘以|加上|合计|比.{0,20}[高低多少大小]|相比|占.{0,20}比",
    re.I,
)
_OPENER_EN = re.compile(
    r"\W*(?:(?:what|how\s+(?:much|high|large|big|many))\s+(?:was|were|is|are)|give\s+(?:me\s+)?|state|list|tell\s+me)\s+", re.I
)
_ASKS_EN = re.compile(r"\W*(?:and\s+)?(?:what|how|why|when|who|which|is|are|was|were|did|does|do|has|have)\b", re.I)
_WHEN_EN = re.compile(rf"\b(?:in|for|of|at\s+the\s+end\s+of)\s+(?:the\s+(?:fiscal\s+)?year\s+)?{_YEAR_EN}\b", re.I)
_WHEN_ZH = re.compile(r"(?:19|20)\d\d年(?:度|末|底)?")
_ASKS_ZH = re.compile("多少|什么|为何|几|哪|吗")
_REASONS_ZH = re.compile("为什么|为何|原因|如何")
_LEAD = re.compile(r"^\W*(?:and|also|那么?|还有|以及)\s*|[\s?？。.，,；;]+$", re.I)
_TAIL_ZH = re.compile(r"(?:又|分别|各)?(?:为|是)?多少$|呢$|[又的]$")


@dataclass(frozen=True, slots=True)
class QuestionPart:
    """One part: the question that it is by itself, the words of it in the question, and what it is about."""

    question: str
    words: str
    about: str


def parted(question: str, language: Language, *, sure: bool) -> tuple[QuestionPart, ...]:
    """The parts of a question, in order; empty where it has one. ``sure``: only where each is a sentence, or has a year of its own;
    else also where what follows a conjunction asks for itself.
    """
    pieces = _pieces(question.strip(), language, sure=sure)
    return tuple(_whole(pieces, place, language) for place in range(len(pieces))) if 1 < len(pieces) <= MOST else ()


def _pieces(question: str, language: Language, *, sure: bool) -> list[str]:
    sentences = _SENTENCES.split(question)
    if len(sentences) > 1:
        asked = all(sentence.rstrip().endswith(("?", "？")) for sentence in sentences)
        return sentences if asked else []
    asks_an_amount = _OPENER_EN.match(question) if language == "en" else not _REASONS_ZH.search(_cut(question, _OWN_WORDS_ZH)[0])
    if _COMPUTED.search(question) or not asks_an_amount:
        return []
    own = _cut(question, _OWN_YEAR_EN if language == "en" else _OWN_YEAR_ZH)
    if all(_names_more_than_years(piece, language) for piece in own) and len(own) > 1:
        return own
    if sure:
        return []
    for pattern in (_OWN_WORDS_EN,) if language == "en" else (_OWN_WORDS_ZH, _LISTED_ZH):
        if len(found := _cut(question, pattern)) > 1:
            return found
    return []


def _cut(text: str, pattern: re.Pattern[str]) -> list[str]:
    places = [(0, 0), *(match.span() for match in pattern.finditer(text)), (len(text), len(text))]
    return [text[end:start] for (_, end), (start, _) in pairwise(places)]


def _names_more_than_years(piece: str, language: Language) -> bool:
    rest = _WHEN_ZH.sub("", _WHEN_EN.sub("", piece))
    return len(_about(rest, language)) > 1


def _about(piece: str, language: Language) -> str:
    """What a piece is about: without the words that ask and its year."""
    plain = _LEAD.sub("", _LEAD.sub("", piece))
    if language == "en":
        return " ".join(_OPENER_EN.sub("", _WHEN_EN.sub("", plain), count=1).split())
    return _TAIL_ZH.sub("", _TAIL_ZH.sub("", _WHEN_ZH.sub("", plain))).removeprefix("的").strip()


def _whole(pieces: list[str], place: int, language: Language) -> QuestionPart:
    """A piece as a question of its own, with the year and the opening words of the others where it has none."""
    piece = _LEAD.sub("", _LEAD.sub("", pieces[place]))
    about = _about(piece, language)
    whens = [match[0] for other in pieces if (match := (_WHEN_EN if language == "en" else _WHEN_ZH).search(other))]
    if language == "zh":
        when = "" if _WHEN_ZH.search(piece) or not whens else whens[0]
        asked = piece if _ASKS_ZH.search(piece) and not re.search("又|分别|各|呢$", piece) else f"{_own_when(piece)}{about}是多少"
        return QuestionPart(f"{when}{asked}？", piece, about)
    opening = _OPENER_EN.match(pieces[0])
    asked = piece if _ASKS_EN.match(piece) or opening is None or _OPENER_EN.match(piece) else f"{opening[0].strip()} {piece}"
    when = "" if _WHEN_EN.search(piece) or not whens else f" {whens[0]}"
    return QuestionPart(f"{asked}{when}?", piece, about)


def _own_when(piece: str) -> str:
    match = _WHEN_ZH.search(piece)
    return f"{match[0]}的" if match else ""
