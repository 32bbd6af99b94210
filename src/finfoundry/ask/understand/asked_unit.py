"""The scale and currency in which a question wants its answer: "in crores of rupees", "in CHF millions", 以港币百万元计, 多少亿美元."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from finfoundry.core.quantities.unit_lines import UnitLine, unit_phrase

_IN = re.compile(r"\bin\s+(?:units?\s+of\s+)?(?P<rest>[A-Za-z$€£¥₹₩][^\n?!;()]{0,60})", re.IGNORECASE)
_IN_ZH = re.compile(r"(?:以|用|折合?|合|单位|單位|多少|几|幾)\s*[:：为為是]?\s*(?=(?P<rest>[\u4e00-\u9fff]{1,8}))")
_PLACE = re.compile(r"\s+(?:area|zone|countries|bloc|market|bonds?|notes?|loans?)\b", re.IGNORECASE)  # "in euro area countries"
_MOST_WORDS = 5
_ENGLISH = {3: "thousand", 5: "lakh", 6: "million", 7: "crore", 9: "billion", 12: "trillion"}
_CHINESE = {0: "元", 3: "千元", 4: "万元", 6: "百万元", 7: "千万元", 8: "亿元", 12: "万亿元"}
_BARE = (6, 8)  # scales that a question names without a currency: 多少亿


class AskedUnit(NamedTuple):
    scale: Decimal | None = None
    word: str = ""  # for the scale, as an answer prints it
    currency: str | None = None  # only one that is surely meant: "dollars" and 元 may be any


def asked_unit(question: str) -> AskedUnit:
    """The unit that the question asks for; each part None where it leaves it open."""
    found = [*_english(question), *_chinese(question)]
    scaled = next((unit for unit in found if unit.scale is not None), AskedUnit())
    return AskedUnit(scaled.scale, scaled.word, next((unit.currency for unit in found if unit.currency), None))


def _english(question: str) -> list[AskedUnit]:
    found = []
    for match in _IN.finditer(question):
        ends = [word.end() for word in re.finditer(r"\S+", match["rest"])][:_MOST_WORDS]
        lines = ((end, unit_phrase(f"in {match['rest'][:end].rstrip('.,:')}")) for end in reversed(ends))
        end, line = next(((end, line) for end, line in lines if line is not None), (0, None))
        if line is None or _PLACE.match(match["rest"], end):
            continue
        power = _power(line)
        word = _ENGLISH.get(power, "")
        found.append(AskedUnit(line.scale if word else None, word, _sure(line)))
    return found


def _chinese(question: str) -> list[AskedUnit]:
    found = []
    for match in _IN_ZH.finditer(question):
        lines = (unit_phrase(f"单位：{match['rest'][:end]}") for end in range(len(match["rest"]), 0, -1))
        line = next((line for line in lines if line is not None), None)
        if line is None or (line.currency is None and _power(line) not in _BARE):
            continue
        power = _power(line)
        plain = power == 0 and not line.shared  # 以美元: in which currency, and nothing of a scale
        word = "" if plain else _CHINESE.get(power, "")
        found.append(AskedUnit(line.scale if word else None, word, _sure(line)))
    return found


def _power(line: UnitLine) -> int:
    return int(line.scale.log10()) if line.scale is not None else 0


def _sure(line: UnitLine) -> str | None:
    return None if line.shared and line.currency in ("USD", "CNY") else line.currency
