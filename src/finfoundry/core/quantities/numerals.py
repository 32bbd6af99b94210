"""Numerals written in words: 三千五百万, twenty-five."""

from __future__ import annotations

import re
from decimal import Decimal

from finfoundry.core.quantities.units import DIGITS, ONE

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
WORD_VALUES = {word: value for value, word in enumerate(_UNITS.split())} | {
    word: 10 * value for value, word in enumerate(_TENS.split(), start=2)
}
WORD = "|".join(sorted(WORD_VALUES, key=len, reverse=True))
_CJK_VALUES = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CJK_POWERS = {"十": 10, "百": 100, "千": 1000}


def chinese_value(numeral: str) -> Decimal | None:
    """三千五百万 → 35000000, 一点二亿 → 120000000, 十二 → 12; None when it is no well-formed numeral."""
    if re.fullmatch(DIGITS, numeral):
        return Decimal(numeral.replace(",", ""))
    for big, factor in (("万亿", 10**12), ("亿", 10**8), ("万", 10**4)):
        if big in numeral:
            high, _, low = numeral.partition(big)
            head, tail = chinese_value(high) if high else None, chinese_value(low) if low else Decimal(0)
            return None if head is None or tail is None or tail >= factor else head * factor + tail
    whole, point, decimals = numeral.partition("点")
    if point and (not decimals or any(character not in _CJK_VALUES for character in decimals)):
        return None
    total, digit = 0, -1
    for character in whole:
        if character in _CJK_POWERS:
            total += (1 if digit < 0 else digit) * _CJK_POWERS[character]
            digit = -1
        elif digit > 0 or character not in _CJK_VALUES:
            return None
        else:
            digit = _CJK_VALUES[character]
    fraction = Decimal("0." + "".join(str(_CJK_VALUES[character]) for character in decimals)) if point else Decimal(0)
    return Decimal(total + max(digit, 0)) + fraction if whole else None


def chinese_scale(numeral: str) -> Decimal:
    """The scale of the last printed digit group: 三千五百万 → 10000."""
    for big, exponent in (("万亿", 12), ("亿", 8), ("万", 4)):
        if numeral.endswith(big):
            return Decimal(10**exponent)
    return ONE
