"""Units, scales and currencies as printed: the vocabulary of numbers in both languages."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

ONE = Decimal(1)
_FULL = "０１２３４５６７８９．％（）－＋＄￥：／～＝"
_HALF = "0123456789.%()-+$¥:/~="
_HALFWIDTH = str.maketrans(_FULL + "−‐‑‒\u00a0\u2007\u202f\u2009", _HALF + "----    ")
_FULL_COMMA = re.compile(r"(?<=[０-９])，(?=[０-９]{3}(?![０-９]))")

SCALES = {
    "thousand": 3, "thousands": 3, "k": 3, "million": 6, "millions": 6, "mm": 6, "mn": 6, "mln": 6, "m": 6, "billion": 9, "billions": 9,
    "bn": 9, "bln": 9, "b": 9, "trillion": 12, "trillions": 12, "tn": 12, "t": 12, "hundred": 2,
    "十": 1, "百": 2, "千": 3, "万": 4, "萬": 4, "十万": 5, "百万": 6, "百萬": 6, "千万": 7, "亿": 8, "億": 8, "十亿": 9, "百亿": 10,
    "千亿": 11, "万亿": 12, "兆": 12,
}  # fmt: skip
_CURRENCIES = {
    "USD": r"US\s?\$|U\.S\.\s?\$|USD|U\.S\.\sdollars?|US\sdollars?|美元|美金",
    "HKD": r"HK\s?\$|HKD|Hong\sKong\sdollars?|港元|港币|港幣",
    "TWD": r"NT\s?\$|TWD|新台币|新臺幣|台币",
    "CAD": r"C\s?\$|CA\$|CAD|Canadian\sdollars?|加元|加拿大元|加币",
    "AUD": r"A\$|AU\$|AUD|Australian\sdollars?|澳元|澳大利亚元",
    "SGD": r"S\$|SGD|Singapore\sdollars?|新加坡元|新元",
    "BRL": r"R\$|BRL|巴西雷亚尔",
    "NZD": r"NZ\$|NZD|新西兰元",
    "MOP": r"MOP\$?|澳门元",
    "JPY": r"JP¥|JPY|Japanese\syen|yen|日元|日圆|円",
    "EUR": r"EUR|€|euros?|欧元",
    "GBP": r"GBP|£|pounds?(?:\ssterling)?|英镑",
    "CHF": r"CHF|Swiss\sfrancs?|瑞士法郎",
    "KRW": r"KRW|₩|韩元",
    "INR": r"INR|₹|Rs\.|Rs|rupees?|卢比",
    "CNY": r"CN¥|CNY|RMB\s?¥?|人民币|人民幣|yuan|renminbi|¥|元|圆",
    "USD ": r"\$|dollars?",
}


def _words(pattern: str) -> str:
    """Let each alternative in Latin letters count only as a word of its own; digits may follow it ("RMB5")."""

    def bound(part: str) -> str:
        before = r"(?<![A-Za-z])" if re.match("[A-Za-z]", part) else ""
        return before + part + (r"(?![A-Za-z])" if re.search(r"[A-Za-z]\??\)?\??$", part) else "")

    return "|".join(bound(part) for part in pattern.split("|"))


_CURRENCY = re.compile("|".join(f"(?P<c{index}>{_words(pattern)})" for index, pattern in enumerate(_CURRENCIES.values())))
_CODES = [code.strip() for code in _CURRENCIES]
ANY_CURRENCY = "|".join(_words(pattern) for pattern in _CURRENCIES.values())
SYMBOLS = (
    r"(?<![A-Za-z])(?:US|HK|NT|CA|AU|NZ|MOP|[CASR])\s?\$|U\.S\.\s?\$|\$|€|£|₩|₹|(?:JP|CN|RMB\s?)?¥"
    r"|(?<![A-Za-z])(?:USD|HKD|TWD|CAD|AUD|SGD|BRL|NZD|JPY|EUR|GBP|CHF|KRW|INR|CNY|RMB|Rs\.?)|人民币|美元|港币|欧元|日元|英镑|新台币"
)
DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
SCALE = (
    r"\s?-?(?:[Tt]housands?|[Mm]illions?|[Bb]illions?|[Tt]rillions?|MILLION|BILLION|mln|bln|mm|MM|mn|bn|Bn|tn|[KkMmBbTt])(?![A-Za-z])"
    r"|\s?(?:万亿|千亿|百亿|十亿|千万|百万|百萬|十万|[亿億万萬千百兆])"
    r"|\s?\((?:in\s(?:thousand|million|billion)s|(?:单位:\s?)?(?:百万|[千万亿])元)\)"
)
PERCENT = (
    r"\s?(?:%|‰|个百分点|個百分點|百分点|percentage[\s-]points?|percent(?:age)?(?![a-z])|per\scent|p\.p\.|pp?ts?\b|ppt?\b|pct\b"
    r"|bps?\b|basis\spoints?|个?基点|BPs?\b)"
)
PER_SHARE = r"\s?(?:/\s?(?:share|股)|(?:per|a|each)\s(?:\w+\s){0,2}?share|每股)"


def halfwidth(text: str) -> str:
    """The text with full-width digits and signs made half-width, exotic hyphens and spaces made plain; same length, same offsets."""
    if text.isascii():
        return text
    return _FULL_COMMA.sub(",", text).translate(_HALFWIDTH)


def places(digits: str) -> int:
    return len(digits.partition(".")[2])


def scale_value(word: str) -> Decimal:
    exponent = SCALES.get(re.sub(r"[\s()-]|\bin\b|单位:|元", "", word).lower())
    return Decimal(10**exponent) if exponent else ONE


def is_points(suffix: str) -> bool:
    return bool(re.search(r"点|點|point|pp|bp|ppt|p\.p\.", suffix, re.IGNORECASE))


def percent_scale(suffix: str) -> Decimal:
    if re.search(r"bp|basis|基点", suffix, re.IGNORECASE):
        return Decimal("0.0001")
    return Decimal("0.001") if "‰" in suffix else Decimal("0.01")


_SCALE_LINES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"单位\s?:?\s?(?:人民币|美|港|欧|日)*\s?(?P<scale>万亿|千亿|百亿|十亿|千万|百万|十万|亿|万|千|百)?(?=[元股人美港吨户台件%\w])",
        r"\b(?:in|amounts?\sin|dollars\sin)\s+(?:[^\d\s,;.()]{1,12}\s+){0,3}?(?P<scale>thousand|million|billion|trillion)s?\b",
        r"(?:\$|€|£|¥|RMB|US|HK|CNY|USD|EUR)\s*[’'‘`]?\s?(?P<scale>000|mm|mn|million|thousand|billion|bn|m|k)s?\b",
        r"^\W*(?P<scale>thousand|million|billion)s?\b(?:\s+of\b|\W*$|[\s,;]+(?:of|except|dollars|U\.?S))",
        r"\(\s*(?:[^()]{0,30}\s)?(?P<scale>000|thousand|million|billion)[’']?s?\b[^()]*\)",
        r"(?:^|[(:,\s币])(?P<scale>万亿|百亿|十亿|千万|百万|百萬|十万|[亿億万萬千])(?:美|港|欧|日)?[元圆股](?:[),，;；\s]|$)",
        r"\b(?:in|of)\s+(?:U\.?S\.?\s+)?(?:dollars|euros|yuan|RMB)\b",  # states that there is no scale
    )
)


@lru_cache(maxsize=10_000)
def scale_of(text: str) -> Decimal | None:
    """The scale that a heading, caption or note states ("(in millions, except per share data)", "单位：万元"), or None."""
    plain = halfwidth(text)
    for pattern in _SCALE_LINES:
        match = pattern.search(plain)
        if match:
            word = match.groupdict().get("scale")
            return Decimal(1000) if word == "000" else scale_value(word or "")
    return None


@lru_cache(maxsize=10_000)
def currency_of(text: str) -> str | None:
    """The ISO 4217 code of the first currency named. A bare $ is USD, a bare ¥ or 元 is CNY."""
    found: tuple[int, int] | None = None
    for match in _CURRENCY.finditer(halfwidth(text)):
        index = int((match.lastgroup or "c0")[1:])
        if found is None or (found[1] == len(_CODES) - 1 and index < found[1]):
            found = (match.start(), index)
            if index < len(_CODES) - 1:
                break
    return _CODES[found[1]] if found else None
