"""Labels and headings of what is measured or counted, and is no money: 万毫升, "Production (thousand tonnes)", "Number"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from finfoundry.core.quantities.unit_lines import currency_of, scale_of

_HAN_TIMES = {"": 1, "百": 100, "千": 1000, "万": 10_000, "百万": 10**6, "千万": 10**7, "亿": 10**8}
_HAN = (
    r"(?P<han>百万|千万|百|千|万|亿)?(?:(?:毫|微|公)?升|公?吨|吨公里|公斤|千克|克|(?:[人车客]?公)里|千米|(?<!平方)米|立方米|平方米|平米|千瓦时?|兆瓦时?|度"
    r"|标准?箱|公顷|[台套件辆只头羽枚支瓶盒箱袋条片册艘架座栋间亩株棵副双块卷根颗粒桶宗笔人次名家户个项店剂])"
)
_LATIN_TIMES = {
    "": 1, "000": 1000, "'000": 1000, "’000": 1000, "thousand": 1000, "thousands": 1000, "million": 10**6, "millions": 10**6,
    "billion": 10**9, "billions": 10**9, "10,000": 10_000, "ten thousand": 10_000,
}  # fmt: skip
_TIMES = r"(?:in\s+)?(?P<latin>(?:10,000|ten\s+thousand|['’]?000|thousands?|millions?|billions?)(?:\s+of)?\s+)?"
_KIND = r"(?:(?:metric|short|long|dry|troy|cubic|nautical|net|gross)\s+)*"
_MEASURES = rf"{_KIND}(?:tons|tonnes|kilograms|ounces|barrels|bbls|boe|boepd|bpd|mmcfe?|mmbtu|gallons|lit(?:er|re)s|[kmgt]wh|teus)"
# What stands in a table as a label, too (vehicles, whose figures are money; MT, a state): a unit only in brackets.
_THINGS = (
    rf"{_KIND}(?:tons?|mt|kgs?|oz|m?cfe?|mw|miles|kilomet(?:er|re)s|km|square\s+(?:met(?:er|re)s|feet)|sq\.?\s?(?:m|ft)|feet|acres|hectares|teu"
    r"|vehicles|aircraft|vessels|containers|unit\s+cases|cases|pieces|packages|passengers|employees|people|stores|rooms|homes|units)"
)
_EACH = r"(?:\s+(?:per|a)\s+(?:day|month|year|quarter))?"
_WHOLE = re.compile(rf"(?:{_HAN}|{_TIMES}{_MEASURES}{_EACH})\Z", re.IGNORECASE)
_BRACKETED = re.compile(rf"[（(]\s*(?:单位[:：]\s*)?(?:{_HAN}|{_TIMES}(?:{_MEASURES}|{_THINGS}){_EACH})\s*[)）]\s*\Z", re.IGNORECASE)
_UNIT_LINE = re.compile(rf"单位[:：]\s*{_HAN}\Z")
_AMOUNT = re.compile(
    r"\b(?:revenues?|sales(?!\s+volumes?)|income|expenses?|costs?|profits?|loss(?:es)?|provisions?|assets|liabilit(?:y|ies)|payables?|receivables?|fees?|taxes|earnings|ebitda?|margins?|cash|dividends?|debt|equity|capex|prices?)\b"
    r"|收入|成本|费用|利润|支出|金额|余额|资产|负债|税",
    re.IGNORECASE,
)
_VOLUME = re.compile(
    r"\b(?:package|parcel|mail|shipment|delivery|production|unit\s+case|case|passenger|traffic|cargo|freight)\s+volumes?\s*[(（]\s*(?:in\s+)?(?P<times>thousands|millions)\s*[)）]\W*\Z",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?:number|no\.|count|quantity|headcount|数量|个数|家数|户数|人数)\Z", re.IGNORECASE)
_PER_TIME = re.compile(r"[(（](?!in |per )[a-z][^()（）]{0,60}? per (?:second|minute|hour|day|week|month|quarter|year)[)）]", re.IGNORECASE)
_IN_WHOLE = re.compile(r"\bin\s+whole\s+[\w-]+\)?\Z", re.IGNORECASE)
_IN_UNITS = re.compile(r"\bin\s+(?:whole\s+)?units\b(?!\s+of)", re.IGNORECASE)
_PAID = re.compile(r"\b(?:rents?|wages?|salar(?:y|ies)|pay)\b", re.IGNORECASE)  # by the month, and amounts
_COUNTED = re.compile(
    r"\b(?:employees|people|persons|positions|headcount|customers?|subscribers|members|users|relationships|cards|engines|aircraft|vehicles"
    r"|stores|locations|passengers|riders|packages)\b",
    re.IGNORECASE,
)


def stated_of_things(texts: Iterable[str]) -> Decimal | None:
    """What the head, note or title of a table states of all its numbers where they count or measure things: 单位：辆, "Sales in units"."""
    found = (Decimal(1) if _in_units(text) else measured(text) for text in texts if text)
    return next((times for times in found if times is not None), None)


def _in_units(text: str) -> bool:
    """Whether a text says so and states no scale of amounts, of which the units would be the exception."""
    return _IN_UNITS.search(text) is not None and scale_of(text) is None


@lru_cache(maxsize=32_768)
def measured(text: str) -> Decimal | None:
    """How many things one printed unit stands for, where a label or heading is nothing but a measure or ends in one in brackets.

    >>> measured("万毫升"), measured("Production (thousand tonnes)"), measured("Ore, in whole carats"), measured("营业收入（万元）")
    (Decimal('10000'), Decimal('1000'), Decimal('1'), None)
    """
    text = text.strip()
    whole = _IN_WHOLE.search(text)
    if _NUMBER.match(text) or (whole and currency_of(whole[0]) is None):
        return Decimal(1)
    if volume := _VOLUME.search(text):
        return Decimal(_LATIN_TIMES[volume["times"].lower()])
    if (rate := _PER_TIME.search(text)) and not (is_amount(text) or _PAID.search(text)) and currency_of(rate[0]) is None:
        return Decimal(1)
    found = _WHOLE.match(text) or _UNIT_LINE.match(text) or _BRACKETED.search(text)
    if found is None or is_amount(text[: found.start()]):
        return None
    said = found.groupdict()
    times = " ".join((said.get("latin") or "").lower().split()).removesuffix(" of")
    return Decimal(_HAN_TIMES[said["han"] or ""] * _LATIN_TIMES[times])


def is_amount(label: str) -> bool:
    """Whether what stands before a bracket is a line of amounts: of "Deferred revenue (miles)" the bracket says only what was sold."""
    return _AMOUNT.search(label) is not None


def names_things(label: str) -> bool:
    """Whether a label or title names what is counted, and no amount: people, cards, stores; not what customers owe."""
    return _COUNTED.search(label) is not None and not is_amount(label)
