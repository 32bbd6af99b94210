"""Which years, quarters and statements a stretch of text is about, and which stretch belongs to which figure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
_DAY = re.compile(
    rf"\b(?P<month>{'|'.join(_MONTHS)})\s+\d{{1,2}},?\s+(?P<year>(?:19|20)\d\d)\b|\b\d{{1,2}}\s+(?P<month2>{'|'.join(_MONTHS)})\s+(?P<year2>(?:19|20)\d\d)\b"
    r"|(?P<year3>(?:19|20)\d\d)[年/-](?P<month3>\d{1,2})[月/-]\d{1,2}日?",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d.,$€£¥])(?P<full>(?:19|20)\d\d)(?![\d%]|,\d{3}|\.\d)|\bFY\s?'?(?P<short>\d\d)(?!\d)", re.IGNORECASE)
_QUARTER = re.compile(
    r"\bQ(?P<q>[1-4])\b|\b(?P<word>first|second|third|fourth)[\s-]quarter|第?(?P<zh>[一二三四1-4])季(?:度|报)?"
    r"|(?P<h1>上半年|first half)|(?P<h2>下半年|second half)",
    re.IGNORECASE,
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "一": 1, "二": 2, "三": 3, "四": 4}
_PARENT = re.compile(r"母公司|\bparent[- ]company\b|\bparent only\b", re.IGNORECASE)
_GROUP = re.compile(r"合并口径|合并报表|集团口径|\bconsolidated basis\b", re.IGNORECASE)
FISCAL_MONTHS = 6  # a year that ends by June is also named by the year before


@dataclass(frozen=True, slots=True)
class YearMention:
    """A year in a text, in each of the ways in which it may be named."""

    start: int
    end: int
    years: frozenset[int]


def years(text: str) -> list[YearMention]:
    """The years of a text in order; a day in the first half of a year also counts as the fiscal year before."""
    found: list[YearMention] = []
    for match in _DAY.finditer(text):
        year = int(match["year"] or match["year2"] or match["year3"])
        name = match["month"] or match["month2"]
        month = _MONTHS.index(name.lower()) + 1 if name else int(match["month3"])
        found.append(YearMention(*match.span(), frozenset({year, year - 1} if month <= FISCAL_MONTHS else {year})))
    for match in _YEAR.finditer(text):
        if not any(one.start <= match.start() < one.end for one in found):
            year = int(match["full"]) if match["full"] else 2000 + int(match["short"])
            found.append(YearMention(*match.span(), frozenset({year})))
    return sorted(found, key=lambda one: one.start)


def years_of(text: str) -> tuple[int, ...]:
    """The years that a question names; those between the ends of a span with them."""
    named = [min(one.years) if len(one.years) == 1 else max(one.years) for one in years(text)]
    if len(named) >= 2 and re.search(r"\d\s*(?:[-–—至到]|through|to)\s*(?:FY|fiscal)?\s*\d|between|average", text):
        named += range(min(named), max(named) + 1)
    return tuple(sorted(set(named)))


def quarters(text: str) -> frozenset[int]:
    """Quarters named: 1 to 4; 12 and 34 for the halves."""
    found = set()
    for match in _QUARTER.finditer(text):
        word = match["q"] or (match["word"] or "").lower() or match["zh"]
        found.add(12 if match["h1"] else 34 if match["h2"] else _ORDINALS.get(word) or int(word))
    return frozenset(found)


def parent(text: str) -> bool | None:
    """Whether a text is about the parent company alone (True) or says that it is about the group (False); None where it says neither."""
    return True if _PARENT.search(text) else False if _GROUP.search(text) else None
