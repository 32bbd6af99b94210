"""Quantities told roughly: two in every five, nearly three quarters, half a million, 三分之一强, 七成半, 520多亿, 破百亿; doubled, 腰斩.

Each is read as a number with the interval that its words leave open. What stands around a number and says on which side of it the true
one lies ("just shy of", 逾, 出头) is read here too, for printed numbers as for those in words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from finfoundry.core.language import halfwidth, simplified
from finfoundry.core.quantities.numbers import PrintedNumber
from finfoundry.core.quantities.numerals import WORD, WORD_VALUES, chinese_value
from finfoundry.core.quantities.scales import HAN
from finfoundry.core.quantities.unit_lines import currency_of
from finfoundry.core.quantities.units import ANY_CURRENCY, ONE, scale_value

_FEW = r"(?:(?:just|only|slightly|somewhat|well|far|a\s+(?:little|bit|shade|touch|hair|tad))\s+)?"
_OVER = re.compile(
    rf"(?:(?<!no\s)(?<!not\s)(?<!fail\sto\s)(?<!fails\sto\s)(?<!failed\sto\s){_FEW}(?:more\s+than|over|above|north\s+of|exceed(?:s|ed|ing)?|in\s+excess\s+of|upwards\s+of)"
    r"|at\s+least|(?:no|not)\s+(?:less|fewer)\s+than|topp(?:ed|ing)|tops|surpass(?:ed|es|ing)|cross(?:ed|ing)|broke(?:\s+through)?"
    r"|(?<![不未没])超过|(?<![不未没])超|逾|(?<!不)高于|不低于|不少于|(?<!不)多于|突破|冲破|冲过|跨过|站上|(?<!跌)破|至少|上(?=[百千万]))\W?$",
    re.IGNORECASE,
)
_UNDER = re.compile(
    rf"(?:nearly|almost|close\s+to|approaching|{_FEW}(?:under|below|less\s+than|fewer\s+than|short\s+of|shy\s+of|south\s+of)"
    r"|fail(?:s|ed|ing)?\s+to\s+(?:reach|hit|meet|attain|make|top|pass|surpass|exceed)"
    r"|(?:no|not)\s+(?:more|over|above|exceed(?:ed|ing)?)(?:\s+than)?|not\s+(?:quite|even)|at\s+most|近|接近|不足|不到|不超过?|未超过?|低于|少于|不及|跌破|跌穿|失守"
    r"|未到|不满|未满|至多)\W?$",
    re.IGNORECASE,
)
_INCLUSIVE = re.compile(  # on that side, or just there: "at least", "nearly", "failed to exceed"
    r"(?:at\s+(?:least|most)|\b(?:no|not)\s+(?:more|less|fewer|over|above|below|exceed(?:ed|ing)?)(?:\s+than)?"
    r"|fail\w*\s+to\s+(?:top|pass|surpass|exceed)|nearly|almost|close\s+to|approaching|不低于|不少于|不超过?|未超过?|至少|至多|站上|上|近|接近)\W?$",
    re.IGNORECASE,
)
_INCLUSIVE_BEHIND = re.compile(r"以上|以下|\+|\s+or\s+(?:more|less|fewer)\b")
_ABOUT = re.compile(
    r"(?:about|around|approximately|roughly|some|circa|or\s+so|in\s+the\s+region\s+of|大?约|约为|大概|左右|差不多|大致)\W?$", re.IGNORECASE
)
_MORE_BEHIND = re.compile(
    r"(?:多|余|有余|出头|强|以上)(?![\w])|(?:多|余|有余|出头|强|以上)(?=[的是在为来与和])|\+|\s+(?:or\s+more|plus|and\s+change)\b"
)
_LESS_BEHIND = re.compile(r"(?:弱|不到|以下)(?![\w])|(?:弱|不到|以下)(?=[的是在为来与和])|\s+or\s+(?:less|fewer)\b")
_SO_BEHIND = re.compile(r"\s*(?:左右|上下|or\s+so\b|give\s+or\s+take\b)")
_OVER_OF = re.compile(r"(?:超过|[已略]?逾)了?[^，。；：、\d]{1,16}的$")  # 超过销售额的三分之一
_UNDER_OF = re.compile(r"(?:不到|不足|接近)了?[^，。；：、\d]{1,16}的$")
_NEAR = 34  # characters before a number in which such words stand

_PARTS = {
    "half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "twentieth": 20, "hundredth": 100, "halve": 2,
}  # fmt: skip
_SMALL = {"a": 1, "an": 1} | {word: value for word, value in WORD_VALUES.items() if 0 < value < 100}
_COUNT = "|".join(sorted(_SMALL, key=len, reverse=True))
_FRACTION = re.compile(rf"\b(?P<n>{_COUNT})[\s-](?P<d>{'|'.join(_PARTS)})(?P<s>s?)\b(?!\s+(?:part|majority|time))", re.IGNORECASE)
_HALF = re.compile(
    r"(?<![\w-])half(?=\s+(?:of|the|its|their|our|that|as|what|from|in)\b|\s*[,.;]|\s*$|\s+(?:a|to)\b)(?![\s-]years?)(?!\s+(?:as\s+\w+\s+)?again)",
    re.IGNORECASE,
)
_NTH_BEFORE = re.compile(r"\b(?:first|second|latter|other|this|last|each|per|and\s+a|former|year|fiscal|the)\s+$", re.IGNORECASE)
_BY = re.compile(r"\bby\s+(?:a\s+)?$", re.IGNORECASE)
_MOVED = re.compile(  # "grew a third to", "down a tenth"
    r"\b(?:r[io]se|risen|rising|gr[eo]w\w*|f[ae]ll\w*|increas\w+|decreas\w+|declin\w+|dropp?\w*|gain\w*|los[et]|losing|add(?:s|ed|ing)?"
    r"|climb\w*|jump\w*|surg\w+|soar\w*|advanc\w+|expand\w*|swell\w*|swollen|shed(?:ding)?|shr[aiu]nk\w*|slipp?\w*|slid\w*|dipp?\w*"
    r"|plung\w+|tumbl\w+|sank|sunk|slump\w*|eased|contracted|rebound\w*|reduced|cut|up|down|higher|lower|another)\s+(?:by\s+)?$",
    re.IGNORECASE,
)
_COMPARED = re.compile(r"\s+(?:up|down|higher|lower|more|less|fewer|larger|smaller|greater|bigger|above|below)\b", re.IGNORECASE)
_NOT_COUNTED = re.compile(  # what stands behind a fraction that is none of an order: no "a third plant"
    r"(?=\s*(?:[^\w\s]|$)|\s+(?:of|to|from|on|in|over|at|as|and|but|or|while|when|than|with|by|versus|vs|against|compared|during|since|for"
    r"|after|year[- ]o(?:n|ver)|again|this|last|up|down|higher|lower|more|less|fewer|larger|smaller|greater|bigger|above|below)\b)",
    re.IGNORECASE,
)
_OF = re.compile(r"\s+of\b", re.IGNORECASE)
_AMONG = re.compile(
    rf"\b(?P<n>{_COUNT}|\d\d?)\s+(?P<of>in\s+every|out\s+of\s+every|out\s+of|of\s+every|in)\s+(?P<m>{_COUNT}|\d\d?|100)\b"
    r"(?![,.]?\d|\s+(?:years?|months?|quarters?|days?|million|billion|percent))",
    re.IGNORECASE,
)
_PORTION = re.compile(
    r"\bhalf\s+an?\s+(?P<scale>million|billion|trillion)\b|\b(?:an?|one)\s+(?P<one>million|billion|trillion)\b", re.IGNORECASE
)
_AND_HALF = re.compile(rf"\b(?P<n>{WORD})\s+and\s+a\s+half\s+(?P<scale>thousand|million|billion|trillion)\b", re.IGNORECASE)
_CENTS = re.compile(rf"\b(?P<tens>{WORD})(?:-(?P<ones>{WORD}))?\s+cents?\b(?!\s+on\b)", re.IGNORECASE)
_DOLLARS = re.compile(rf"\s(?:{ANY_CURRENCY})(?![a-z]|\s?-?[\d(.])")

_HAN_DIGIT = "一二两三四五六七八九"
_FRACTION_ZH = re.compile(rf"(?<![{_HAN_DIGIT}十百千万])(?P<d>[二三四五六七八九十]{{1,2}})分之(?P<n>[{_HAN_DIGIT}])")
_HALF_ZH = re.compile(r"一半(?!以[上下]年)|半数|(?<=过)半(?![年])|(?<=[近约超逾占])半(?=[^年导径\w]|数|的|来|是|为|由)")
_TENTHS_ZH = re.compile(rf"(?P<n>[{_HAN_DIGIT}\d])成(?:(?P<half>半)|(?P<more>[{_HAN_DIGIT}]))?(?![立功本长员果分交型品为就熟效都])")
_SCALES_ZH = "|".join(sorted((word for word in HAN if simplified(word) == word and word not in "千조兆仟"), key=len, reverse=True))
_MONEY_ZH = r"(?P<unit>人民币|[美港欧日]元|英镑|元)?"
_MORE_ZH = re.compile(rf"(?P<n>\d[\d,]*(?:\.\d+)?|[{_HAN_DIGIT}十百千]+)\s?[多余来]个?(?P<scale>{_SCALES_ZH}){_MONEY_ZH}")
_TEENS_ZH = re.compile(rf"(?P<n>[{_HAN_DIGIT}]?)十几个?(?P<scale>{_SCALES_ZH}){_MONEY_ZH}")
_SEVERAL_ZH = re.compile(rf"[几数](?P<scale>{_SCALES_ZH}){_MONEY_ZH}")
_NO_NUMERAL = rf"(?<![{_HAN_DIGIT}十百千\d万亿.])"
_ROUND_ZH = re.compile(  # 破百亿, 逾千万元, 千亿大关
    rf"{_NO_NUMERAL}(?P<scale>[百千万]亿|[百千]万|亿(?=[^\w]|元|美|港|大关)){_MONEY_ZH}(?:大关)?(?![\w])"
)

_MULTIPLES = (
    (Decimal(2), re.compile(r"\b(?:doubl(?:ed|ing)|twice)\b(?![- ]digit)|翻了?(?:一?番|一?倍)|[增长涨]了?一倍|一倍以上", re.IGNORECASE)),
    (Decimal(3), re.compile(r"\b(?:tripl(?:ed|ing)|trebl(?:ed|ing))\b", re.IGNORECASE)),
    (Decimal(4), re.compile(r"\bquadrupl(?:ed|ing)\b", re.IGNORECASE)),
    (
        Decimal("1.5"),
        re.compile(r"\bhalf (?:as (?:much|many|large|big|high) again|again as (?:much|many|large|big|high))\b", re.IGNORECASE),
    ),
    *((Decimal(2) ** (place + 2), re.compile(rf"翻了?{count}番")) for place, count in enumerate(("[两二]", "三", "四", "五"))),
    *(
        (count + Decimal("0.5"), re.compile(rf"\b{word} and (?:a|one)[ -]half(?: times|-?fold)\b", re.IGNORECASE))
        for word, count in WORD_VALUES.items()
        if 0 < count < 11
    ),
    (Decimal("0.5"), re.compile(r"\bhalv(?:ed|ing)\b|减半|腰斩", re.IGNORECASE)),
    *(
        (Decimal(count), re.compile(rf"\b{word}(?: times|-?fold)\b", re.IGNORECASE))
        for word, count in WORD_VALUES.items()
        if 1 < count < 11
    ),
)
_MANIFOLD = re.compile(  # a multiple, whether or not it can be read
    r"\b(?:several|many|countless)\s+times(?=\s+(?:as|its|their|that|those|what|the|more|higher|larger)\b)|\b(?:many|several|hundred|thousand|\w+ty|\d+)-?fold\b"
    r"|\band\s+(?:a|one)[\s-](?:half|third|quarter)\s+times\b|\bhalf\s+(?:as\s+\w+\s+)?again\b|\b(?:quintupl|sextupl|octupl)\w+"
    rf"|翻了?(?:近|约|逾|超过?)?[{_HAN_DIGIT}几数十\d]+番|[几数]十?倍",
    re.IGNORECASE,
)
_SPAN_BEFORE = re.compile(r"\b(?:in|for|per|over|within|during|throughout|than)\s+$", re.IGNORECASE)  # "the best in a quarter"
_EXACT, _LOOSE = Decimal("0.05"), Decimal("0.1")  # of a quantity in words: how far the true one may be off
_HAIR = Decimal("1e-9")  # of a multiple: the least by which one is "more than" it
_BEYOND, _SHORT = Decimal("0.2"), Decimal("0.15")  # of "over a third" or "less than a third", of "nearly a third"


@dataclass(frozen=True, slots=True)
class Hedge:
    """What the words around a number say of the true one: ``lean`` 1 above it, -1 below it, 0 neither; ``loose``: only about it.
    ``strict``: never just at it, "more than".
    """

    lean: int = 0
    loose: bool = False
    strict: bool = False


def hedge(text: str, start: int, end: int, since: int = 0) -> Hedge:
    """The words around ``text[start:end]``; none before ``since`` are read."""
    before = text[max(since, start - _NEAR) : start]
    if _OVER.search(before) or _MORE_BEHIND.match(text, end):
        return Hedge(1, strict=_is_strict(before, text, end))
    if _UNDER.search(before) or _LESS_BEHIND.match(text, end):
        return Hedge(-1, strict=_is_strict(before, text, end))
    return Hedge(0, _ABOUT.search(before) is not None or _SO_BEHIND.match(text, end) is not None)


def _is_strict(before: str, text: str, end: int) -> bool:
    return _INCLUSIVE.search(before) is None and _INCLUSIVE_BEHIND.match(text, end) is None


def around(value: Decimal, told: Hedge) -> tuple[Decimal, Decimal]:
    """The interval of a quantity in words: of "nearly a third" from somewhat below it to it."""
    size = abs(value)
    if told.lean:
        return (value, value + size * _BEYOND) if told.lean > 0 else (value - size * (_BEYOND if told.strict else _SHORT), value)
    off = size * (_LOOSE if told.loose else _EXACT)
    return value - off, value + off


def find_rough(text: str) -> list[PrintedNumber]:
    """The rough quantities of a text in order, each with the interval ``within``; shares as ratios ("percent"). In either script."""
    plain = simplified(halfwidth(text))
    found: list[PrintedNumber] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(plain):
            number = read(plain, match)
            if number and not any(number.start < one.end and one.start < number.end for one in found):
                found.append(replace(number, text=text[number.start : number.end]))
    return sorted(found, key=lambda number: number.start)


def find_multiples(text: str) -> list[PrintedNumber]:
    """How many times as large something became, where no numeral says it: doubled, 翻番, halved. Ratios of two levels, not "percent"."""
    plain = simplified(halfwidth(text))
    found = [
        PrintedNumber(
            text[match.start() : match.end()], *match.span(), value, "ratio", ONE, 1, within=_times(value, hedge(plain, *match.span()))
        )
        for value, pattern in _MULTIPLES
        for match in pattern.finditer(plain)
    ]
    return sorted(found, key=lambda number: number.start)


def find_unread(text: str) -> list[str]:
    """Fractions and multiples of a text that neither ``find_rough`` nor ``find_multiples`` reads: nothing can be said of them."""
    plain = simplified(halfwidth(text))
    read = [*find_rough(text), *find_multiples(text)]
    told = [*filter(_is_part, _FRACTION.finditer(plain)), *_MANIFOLD.finditer(plain)]
    return [text[slice(*one.span())] for one in told if not any(one.start() < other.end and other.start < one.end() for other in read)]


def _is_part(match: re.Match[str]) -> bool:
    """Whether words are a fraction, not a place in an order and not a span of time."""
    text, start = match.string, match.start()
    if _NTH_BEFORE.search(text, 0, start) or (match["d"].lower() == "quarter" and _SPAN_BEFORE.search(text, 0, start)):
        return False
    less = _SMALL[match["n"].lower()] < _PARTS[match["d"].lower()]  # no "all four quarters"
    return less and _NOT_COUNTED.match(text, match.end()) is not None


def _times(value: Decimal, told: Hedge) -> tuple[Decimal, Decimal]:
    """The interval of a multiple, which is told more roughly than a part: 2.6 times is "more than doubled"."""
    if told.lean > 0 and value < 1:  # "more than halved": what is left is less than the half
        return value / 2, value
    if told.lean < 0 and value < 1:
        return value, value * Decimal("1.16")
    if told.lean > 0:
        return value * (1 + _HAIR if told.strict else 1), value + max(Decimal(1), value / 2)
    return (
        (value * Decimal("0.82"), value * Decimal("1.08")) if told.lean or told.loose else (value * Decimal("0.9"), value * Decimal("1.15"))
    )


# ---- readers


def _share(text: str, match: re.Match[str], value: Decimal) -> PrintedNumber:
    """A part of a whole, as a percentage. What it is a part of may stand between its hedge and itself: 不到销售额的五分之一."""
    start, end = match.span()
    before = text[max(0, start - _NEAR) : start]
    told = Hedge(1) if _OVER_OF.search(before) else Hedge(-1, strict=True) if _UNDER_OF.search(before) else hedge(text, start, end)
    return PrintedNumber(match[0], start, end, value, "ratio", Decimal("0.01"), 0, percent=True, within=around(value, told))


def _fraction(text: str, match: re.Match[str]) -> PrintedNumber | None:
    """Two thirds, a fifth of; no "third quarter", no "a third plant"."""
    count, parts = _SMALL[match["n"].lower()], _PARTS[match["d"].lower()]
    if count >= parts or (count > 1 and not match["s"] and parts != 2):
        return None
    told = hedge(text, *match.span())
    said = _OF.match(text, match.end()) or _BY.search(text[: match.start()]) or told.lean or told.loose
    plainly = (count > 1 and parts != 4) or _is_moved(text, *match.span())
    if _NTH_BEFORE.search(text, 0, match.start()) and not _BY.search(text[: match.start()]):
        return None
    return _share(text, match, Decimal(count) / parts) if said or plainly else None


def _is_moved(text: str, start: int, end: int) -> bool:
    """Whether a fraction is by how much something rose or fell, or stands above or below another: "grew a third", "a fifth lower"."""
    if not _NOT_COUNTED.match(text, end):
        return False
    return _MOVED.search(text, max(0, start - _NEAR), start) is not None or _COMPARED.match(text, end) is not None


def _half(text: str, match: re.Match[str]) -> PrintedNumber | None:
    if _NTH_BEFORE.search(text, max(0, match.start() - _NEAR), match.start()):
        return None
    return None if re.match(r"\s+an?\b", text[match.end() :]) else _share(text, match, Decimal("0.5"))


def _among(text: str, match: re.Match[str]) -> PrintedNumber | None:
    """One in ten, two in every five."""
    count, whole = (int(word) if word.isdigit() else _SMALL[word] for word in (match["n"].lower(), match["m"].lower()))
    digits = match["n"].isdigit() or match["m"].isdigit()
    if count >= whole or match["m"].lower() in ("a", "an") or (digits and match["of"].lower() == "in"):
        return None
    return _share(text, match, Decimal(count) / whole)


def _portion(text: str, match: re.Match[str]) -> PrintedNumber:
    value = scale_value(match["scale"] or match["one"]) / (2 if match["scale"] else 1)
    return _amount(text, match, value, scale_value(match["scale"] or match["one"]), around(value, hedge(text, *match.span())))


def _and_half(text: str, match: re.Match[str]) -> PrintedNumber:
    scale = scale_value(match["scale"])
    value = (WORD_VALUES[match["n"].lower()] + Decimal("0.5")) * scale
    return _amount(text, match, value, scale, around(value, hedge(text, *match.span())))


def _amount(text: str, match: re.Match[str], value: Decimal, scale: Decimal, within: tuple[Decimal, Decimal]) -> PrintedNumber:
    money = _DOLLARS.match(text, match.end())
    end = money.end() if money else match.end()
    return PrintedNumber(
        text[match.start() : end], match.start(), end, value, currency_of(money[0]) if money else None, scale, 0, within=within
    )


def _cents(_: str, match: re.Match[str]) -> PrintedNumber:
    count = WORD_VALUES[match["tens"].lower()] + (WORD_VALUES[match["ones"].lower()] if match["ones"] else 0)
    return PrintedNumber(match[0], *match.span(), Decimal(count).scaleb(-2), "USD", Decimal("0.01"), 0)


def _fraction_zh(text: str, match: re.Match[str]) -> PrintedNumber | None:
    parts, count = chinese_value(match["d"]), chinese_value(match["n"])
    return _share(text, match, count / parts) if parts and count and count < parts else None


def _half_zh(text: str, match: re.Match[str]) -> PrintedNumber:
    number = _share(text, match, Decimal("0.5"))
    over = text[max(0, match.start() - 1) : match.start()] == "过"
    return replace(number, within=around(number.value, Hedge(1))) if over else number


def _tenths_zh(text: str, match: re.Match[str]) -> PrintedNumber:
    """七成, 七成半, 七成多: a whole tenth may be off by half of one."""
    ones = (chinese_value(match["more"]) or Decimal(0)) / 100 if match["more"] else Decimal(0)
    value = (chinese_value(match["n"]) or Decimal(0)) / 10 + (Decimal("0.05") if match["half"] else ones)
    told = hedge(text, *match.span())
    half = Decimal("0.01") if match["more"] else Decimal("0.025") if match["half"] else Decimal("0.05")
    within = (value - (0 if told.lean > 0 else half), value + (0 if told.lean < 0 else half))
    if told.lean:
        within = (value, value + 2 * half) if told.lean > 0 else (value - 2 * half, value)
    return PrintedNumber(match[0], *match.span(), value, "ratio", Decimal("0.01"), 0, percent=True, within=within)


def _vague_zh(match: re.Match[str], low: Decimal, high: Decimal, scale: Decimal) -> PrintedNumber:
    """An amount of which only the leading digits are told: from ``low`` to ``high`` times its scale."""
    unit = currency_of(match["unit"]) if match["unit"] else None
    return PrintedNumber(match[0], *match.span(), low * scale, unit, scale, 0, within=(low * scale, high * scale))


def _more_zh(_: str, match: re.Match[str]) -> PrintedNumber | None:
    """520多亿: between 520 and 530."""
    value = chinese_value(match["n"])
    if not value:
        return None
    digits = value.normalize().as_tuple()
    return _vague_zh(match, value, value + Decimal(1).scaleb(int(digits.exponent)), scale_value(match["scale"]))


def _teens_zh(_: str, match: re.Match[str]) -> PrintedNumber:
    tens = 10 * (chinese_value(match["n"]) or Decimal(1)) if match["n"] else Decimal(10)
    return _vague_zh(match, tens + 1, tens + 10, scale_value(match["scale"]))


def _several_zh(_: str, match: re.Match[str]) -> PrintedNumber:
    """几十亿, 数百万: from two to ten of them."""
    return _vague_zh(match, Decimal(2), Decimal(10), scale_value(match["scale"]))


def _round_zh(text: str, match: re.Match[str]) -> PrintedNumber | None:
    """破百亿, 千亿大关: only where words say on which side of it."""
    told = hedge(text, *match.span("scale"))
    if not (told.lean or told.loose):
        return None
    value = scale_value(match["scale"])
    within = (value, 2 * value) if told.lean > 0 else around(value, told)
    return PrintedNumber(match[0], *match.span(), value, currency_of(match["unit"]) if match["unit"] else None, value, 0, within=within)


_Reader = Callable[[str, re.Match[str]], PrintedNumber | None]
_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_PORTION, _portion), (_AND_HALF, _and_half), (_AMONG, _among), (_FRACTION, _fraction), (_HALF, _half), (_CENTS, _cents),
    (_FRACTION_ZH, _fraction_zh), (_HALF_ZH, _half_zh), (_TENTHS_ZH, _tenths_zh), (_MORE_ZH, _more_zh), (_TEENS_ZH, _teens_zh),
    (_SEVERAL_ZH, _several_zh), (_ROUND_ZH, _round_zh),
)  # fmt: skip
