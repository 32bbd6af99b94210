"""Units, scales and currencies as printed: the vocabulary of numbers in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from finfoundry.core.quantities import currencies, scales

ONE = Decimal(1)
SCALES = scales.WORDS | scales.HAN | {"k": 3, "mm": 6, "m": 6, "b": 9, "t": 12, "hundred": 2, "十": 1, "lakhcrore": 12, "laccrore": 12}


def _either(words: Iterable[str]) -> str:
    """A pattern of all these words, the longer before the shorter."""
    return "|".join(re.escape(word).replace(r"\ ", r"\s") for word in sorted(words, key=len, reverse=True))


def _sign(sign: str) -> str:
    """A sign with letters before it may be set apart from them: "US $", "RMB ¥"."""
    return rf"{re.escape(sign[:-1])}\s?\{sign[-1]}" if sign[-1] in "$¥" and len(sign) > 1 else re.escape(sign)


_LETTERED = [sign for sign in currencies.SIGNS if (sign[0].isalpha() and sign.isascii()) or sign.endswith("¥")]
_LETTERED_SIGNS = "|".join(_sign(sign) for sign in sorted(_LETTERED, key=len, reverse=True) if sign != "LE")
_BARE_SIGNS = "[$¥" + "".join(sign for sign in currencies.SIGNS if len(sign) == 1 and sign not in "원") + "]"
_CODES = _either(set(currencies.CODES) - {"COP"})  # climate conferences are numbered
_HAN_NAMES = _either(currencies.HAN)
_ENGLISH_NAMES = _either(
    {name.removesuffix("s") for name in currencies.ENGLISH if name not in currencies.OTHER_MEANINGS and name.isascii()}
)
# before a number, and behind one
SYMBOLS = rf"(?<![A-Za-z])(?:[TkKM](?:EUR|USD|CHF|GBP|SEK|NOK|DKK|€|£)|{_LETTERED_SIGNS}|{_CODES})|{_BARE_SIGNS}|{_HAN_NAMES}"
ANY_CURRENCY = (
    rf"(?:{_LETTERED_SIGNS}|{_CODES}|U\.S\.\sdollars?|(?i:{_ENGLISH_NAMES}|dollar)s?)(?![A-Za-z])|{_BARE_SIGNS}|{_HAN_NAMES}|[元圆圓]"
)
DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
SCALE = (
    r"\s?-?(?:[Tt]housands?|[Mm]illions?|[Bb]illions?|[Tt]rillions?|MILLION|BILLION|[Ll](?:akh|ac)s?(?:\s[Cc]rores?)?|[Cc]rores?|[Mm]io\.?|[Mm]rd\.?"
    r"|Tsd\.?|mln|bln|mm|MM|mn|bn|Bn|tn|[KkMmBbTt])(?![A-Za-z])"
    rf"|\s?(?:{_either(scales.HAN)})"
    r"|\s?\((?:in\s(?:thousand|million|billion)s|(?:单位:\s?)?(?:百万|[千万亿])元)\)"
)
PERCENT = (
    r"\s?(?:%|‰|个百分点|個百分點|百分点|percentage[\s-]points?|percent(?:age)?(?![a-z])|per\scent|p\.p\.|pp?ts?\b|ppt?\b|pct\b"
    r"|bps?\b|basis\spoints?|个?基点|BPs?\b)"
)
PER_SHARE = r"\s?(?:/\s?(?:share|股)|(?:per|a|each)\s(?:\w+\s){0,2}?share|每股)"


def places(digits: str) -> int:
    return len(digits.partition(".")[2])


def scale_value(word: str) -> Decimal:
    plain = re.sub(r"[\s().-]|\bin\b|单位:|元", "", word).lower()
    exponent = SCALES.get(plain) or SCALES.get(plain.removesuffix("s")) or SCALES.get(plain.replace("s", ""))
    return Decimal(10**exponent) if exponent else ONE


def is_points(suffix: str) -> bool:
    return bool(re.search(r"点|點|point|pp|bp|ppt|p\.p\.", suffix, re.IGNORECASE))


def percent_scale(suffix: str) -> Decimal:
    if re.search(r"bp|basis|基点", suffix, re.IGNORECASE):
        return Decimal("0.0001")
    return Decimal("0.001") if "‰" in suffix else Decimal("0.01")
