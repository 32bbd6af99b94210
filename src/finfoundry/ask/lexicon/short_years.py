"""Years that a question writes with two digits: "19年", "2019 compared with 18", "22 vs 23". In full, they are read as any other.

A number of two digits is a year only where something says so: 年 behind it, or another year that it is compared or listed with.
"""

from __future__ import annotations

import re

FIRST, LAST = 0, 40  # 2000 to 2040: what two digits may mean
NEAR = 15  # years between one written in full and one that is compared with it

_DURATION_ZH = "(?:代|期|来|间|以[来内上下]|之?内|之?前|之?后|龄|级|限|多|半|左右|累计|平均|复合)"
_YEAR_ZH = re.compile(rf"(?<![\d.,．第近约过满前后来续年第每共超达立这头长])(?P<y>\d\d)(?P<end>年(?!{_DURATION_ZH}))")
_FULL = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?!\d)")
_LISTED_ZH = re.compile(r"(?<!\d)(?P<y>\d\d)(?=\s*(?:、|和|与|及|至|到|-|~)\s*(?:20)?\d\d年)")
_END = r"(?=\s*(?:[?.,;!)]|$)|\s+(?:and|or|to|vs|versus|compared|respectively)\b)"
_COMPARED = re.compile(
    rf"(?P<lead>\b(?:with|to|vs\.?|versus|against|than|over|and|or|from|in|since|between)\s+(?:that\s+of\s+|the\s+figure\s+(?:of|for)\s+)?|(?:19|20)\d\d\s*[,/]\s*)"
    rf"['’]?(?P<y>\d\d){_END}",
    re.IGNORECASE,
)
_AMOUNTS = re.compile(  # "from 12 to 14", "more than 15", "over 20": figures; "in 2021 higher than 18" sets two years against each other
    r"\bfrom\s+\d\d\s+to\s+\d\d(?!\d)|\b(?:more|less|fewer|greater)\s+than\s+\d\d(?!\d)|(?<!\d{4}\s)\b\w+er\s+than\s+\d\d(?!\d)"
    r"|\bover\s+\d\d(?!\d)",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"(?<![\d.,$%])['’]?(?P<a>\d\d)(?P<between>\s*(?:vs\.?|versus|against|compared\s+(?:with|to))\s*)['’]?(?P<b>\d\d)(?![\d.,]*\d|\s*%)",
    re.I,
)


def in_full(question: str) -> str:
    """The question with its years in four digits."""
    question = _PAIR.sub(lambda match: _pair(match), question)
    known = [int(match["y"]) for match in _FULL.finditer(question)]
    if known:
        amounts = [match.span() for match in _AMOUNTS.finditer(question)]
        question = _COMPARED.sub(
            lambda match: match[0] if _inside(match, amounts) else f"{match['lead']}{_full(match['y'], known)}", question
        )
    question = _LISTED_ZH.sub(lambda match: _full(match["y"], None), question)
    return _YEAR_ZH.sub(lambda match: f"{_full(match['y'], None)}{match['end']}", question)


def _inside(match: re.Match[str], spans: list[tuple[int, int]]) -> bool:
    return any(start <= match.start("y") < end for start, end in spans)


def _full(digits: str, known: list[int] | None) -> str:
    """Four digits; the two as they are where they can be no year next to those that are written out."""
    year = 2000 + int(digits)
    possible = FIRST <= int(digits) <= LAST and (known is None or min(abs(year - other) for other in known) <= NEAR)
    return str(year) if possible else digits


def _pair(match: re.Match[str]) -> str:
    one, other = _full(match["a"], None), _full(match["b"], None)
    near = len(one) == len(other) == 4 and abs(int(one) - int(other)) <= NEAR and one != other
    return f"{one}{match['between']}{other}" if near else match[0]
