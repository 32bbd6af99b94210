"""Numbers as people print them, in Chinese and English: in running text, in table cells, in the line that states a table's scale.

All values are exact Decimals. A number's ``step`` is the worth of its last printed digit, so that ``5,466 million`` has the step 1,000,000:
a source rounds to the printed number when it lies within half a step of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from finfoundry.core.nonfigures import CJK_DIGITS, nonfigures

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """A number in running text. ``value`` is in base units: sign, scale words and percent applied (5.2 % is 0.052)."""

    text: str
    start: int
    end: int
    value: Decimal
    unit: str | None  # ISO 4217, "USD/share", "ratio", "shares", "count", "years", "months", "days"; None where nothing is printed
    scale: Decimal  # of the printed digits: million 1000000, 万 10000, % 0.01
    precision: int  # digits after the point, as printed
    percent: bool = False  # printed as %, percentage points or basis points
    parenthesised: bool = False  # negative because of parentheses only: in prose these may be mere brackets
    points: bool = False  # percentage points or basis points: a difference of ratios

    @property
    def step(self) -> Decimal:
        return self.scale.scaleb(-self.precision)


@dataclass(frozen=True, slots=True)
class CellNumber:
    """A number in a table cell. ``value`` is as printed, sign applied, the table's scale not applied; 5.2 % is 5.2 with percent set.

    ``scale`` is set only where the cell itself names one ("1.2亿"); it is already applied to ``value`` and overrides the table's.
    """

    value: Decimal
    precision: int
    percent: bool = False
    currency: str | None = None
    dash: bool = False
    scale: Decimal | None = None


# ---- vocabulary

_FULL = "０１２３４５６７８９．％（）－＋＄￥：／～＝"
_HALF = "0123456789.%()-+$¥:/~="
_HALFWIDTH = str.maketrans(_FULL + "−‐‑‒\u00a0\u2007\u202f\u2009", _HALF + "----    ")
_FULL_COMMA = re.compile(r"(?<=[０-９])，(?=[０-９]{3}(?![０-９]))")

_SCALES = {
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
    "INR": r"INR|₹|Rs\.?|rupees?|卢比",
    "CNY": r"CN¥|CNY|RMB\s?¥?|人民币|人民幣|yuan|renminbi|¥|元|圆",
    "USD ": r"\$|dollars?",
}
_CURRENCY = re.compile("|".join(f"(?P<c{index}>{pattern})" for index, pattern in enumerate(_CURRENCIES.values())))
_CODES = [code.strip() for code in _CURRENCIES]
_ANY_CURRENCY = "|".join(_CURRENCIES.values())
_SYMBOLS = (
    r"(?:US|HK|NT|CA|AU|NZ|MOP|[CASR])\s?\$|U\.S\.\s?\$|\$|€|£|₩|₹|(?:JP|CN|RMB\s?)?¥"
    r"|(?<![A-Za-z])(?:USD|HKD|TWD|CAD|AUD|SGD|BRL|NZD|JPY|EUR|GBP|CHF|KRW|INR|CNY|RMB|Rs\.?)|人民币|美元|港币|欧元|日元|英镑|新台币"
)
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_SCALE = (
    r"\s?-?(?:[Tt]housands?|[Mm]illions?|[Bb]illions?|[Tt]rillions?|MILLION|BILLION|mln|bln|mm|MM|mn|bn|Bn|tn|[KkMmBbTt])(?![A-Za-z])"
    r"|\s?(?:万亿|千亿|百亿|十亿|千万|百万|百萬|十万|[亿億万萬千百兆])"
    r"|\s?\((?:in\s(?:thousand|million|billion)s|(?:单位:\s?)?(?:百万|[千万亿])元)\)"
)
_PERCENT = (
    r"\s?(?:%|‰|个百分点|個百分點|百分点|percentage[\s-]points?|percent(?:age)?(?![a-z])|per\scent|p\.p\.|pp?ts?\b|ppt?\b|pct\b"
    r"|bps?\b|basis\spoints?|个?基点|BPs?\b)"
)
_PER_SHARE = r"\s?(?:/\s?(?:share|股)|(?:per|a|each)\s(?:\w+\s){0,2}?share|每股)"
_COUNTS = {
    "shares": r"\s?(?:common\s|ordinary\s|treasury\s)?shares?\b|股",
    "ratio": r"\s?(?:times\b|[xX](?![A-Za-z0-9]))|倍",
    "years": r"\s?years?\b|年",
    "months": r"\s?months?\b|个月",
    "days": r"\s?(?:calendar\s|business\s|working\s)?days?\b|个?(?:工作|交易)?[日天]",
    "count": r"\s?(?:employees|people|persons|stores|branches|customers)\b|[人名家户台套个項项件笔次只座辆位]",
}
_UNIT = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _COUNTS.items())

_NUMBER = re.compile(
    rf"""(?P<minus>(?<![A-Za-z0-9.)%万亿元股])[-–]\s?(?=[\d$€£¥UHR.(])|负的?\s?|(?i:\b(?:minus|negative)\s))?
    (?P<open>\(\s?)?
    (?:(?P<currency>{_SYMBOLS})\s?(?P<inner>-\s?|\(\s?)?)?
    (?P<digits>(?<![\d.,])(?:{_DIGITS})(?![\d]))
    (?P<percent_in>\s?%(?=\)))?(?P<scale_in>(?:\s[mb]illion|\s?[MB])(?=\)))?(?P<close>\s?\))?
    (?:(?P<percent>{_PERCENT})|(?P<scale>{_SCALE})?)
    (?:(?P<after>\s?(?:{_ANY_CURRENCY})(?![a-z]|\s?[\d(.]))|{_UNIT})?
    (?P<share>{_PER_SHARE})?""",
    re.VERBOSE,
)
_COMPOUND = re.compile(
    rf"(?P<currency>{_SYMBOLS})?\s?(?P<parts>(?:[\d,]+(?:\.\d+)?\s?(?:万亿|[亿億万萬])\s?){{2,}}(?:[\d,.]*\d)?)"
    rf"(?P<after>{_ANY_CURRENCY}|股)?"
)
_CHINESE = re.compile(
    rf"(?P<negative>负)?(?:(?P<base>[百千万])分之(?P<fraction>[{CJK_DIGITS}点]+|{_DIGITS})"
    rf"|(?P<numeral>[{CJK_DIGITS}万亿点]*[{CJK_DIGITS}万亿])(?P<unit>个百分点|百分点|个?基点|美元|港元|欧元|日元|英镑|元|股|倍|人民币"
    rf"|个?(?:工作|交易)?[日天]|年(?!内到期|度)|个月|[名户家]))"
)
_TENTHS = re.compile(r"(?P<numeral>[一二三四五六七八九])成(?![立功本长員员果分交型品为就熟效都])")
_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORD_VALUES = {word: value for value, word in enumerate(_UNITS.split())} | {
    word: 10 * value for value, word in enumerate(_TENS.split(), start=2)
}
_WORD = "|".join(sorted(_WORD_VALUES, key=len, reverse=True))
_WORDS = re.compile(
    rf"\b(?P<words>(?:{_WORD})(?:[\s-](?:{_WORD}|hundred|and|point))*)"
    rf"(?:(?P<percent>\s(?:percent(?:age\spoints?)?|per\scent|basis\spoints?|%))|\s(?P<scale>hundred|thousand|million|billion|trillion))\b",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s?(?:-|–|—|~|～|至|到|to|and)\s?(?:\(?[-]?)?")


def halfwidth(text: str) -> str:
    """The text with full-width digits and signs made half-width, exotic hyphens and spaces made plain; same length, same offsets."""
    return _FULL_COMMA.sub(",", text).translate(_HALFWIDTH)


# ---- running text


def find_numbers(text: str) -> list[PrintedNumber]:
    """The figures of a running text in order. Dates, periods, ordinals, markers and parts of names are left out.

    Both ends of a range are found, the first with the unit and scale that only the second prints ("1.0-1.2 billion").
    """
    plain = halfwidth(text)
    taken = nonfigures(plain) if re.search(r"\d", plain) else []
    found: list[PrintedNumber] = []
    for pattern, build in _READERS:
        for match in pattern.finditer(plain):
            number = None if _overlaps(match, taken) else build(text, match)
            if number:
                found.append(number)
                taken = sorted([*taken, (number.start, number.end)])
    return _share_units(plain, sorted(found, key=lambda number: number.start))


def _overlaps(match: re.Match[str], spans: list[tuple[int, int]]) -> bool:
    names = match.groupdict()
    key = next((name for name in ("digits", "parts", "words", "numeral", "fraction") if names.get(name)), None)
    start, end = match.span(key) if key else match.span()
    return any(a < end and start < b for a, b in spans)


def _from_digits(text: str, match: re.Match[str]) -> PrintedNumber | None:
    digits = match["digits"]
    inner = (match["inner"] or "").strip()
    bracketed = bool(match["close"]) and (bool(match["open"]) or inner == "(")
    suffix = match["percent"] or match["percent_in"] or ""
    scale = _percent_scale(suffix) if suffix.strip() else _scale_value(match["scale"] or match["scale_in"] or "")
    minus = bool(match["minus"]) or inner == "-"
    value = Decimal(digits.replace(",", "")) * scale
    start = match.start() if minus or bracketed or not match["open"] else match.start("currency" if match["currency"] else "digits")
    end = match.end()
    if match["close"] and not bracketed:  # the bracket belongs to the sentence
        end = match.start("close")
        if match["percent"] or match["scale"] or match["after"]:
            return None if end <= start else _plain(text, start, end, digits)
    start += len(text[start:end]) - len(text[start:end].lstrip())
    return PrintedNumber(
        text=text[start:end].rstrip(),
        start=start,
        end=start + len(text[start:end].rstrip()),
        value=-value if minus or bracketed else value,
        unit=_unit(match, percent=bool(suffix.strip())),
        scale=scale,
        precision=_places(digits),
        percent=bool(suffix.strip()),
        parenthesised=bracketed and not minus,
        points=_is_points(suffix),
    )


def _plain(text: str, start: int, end: int, digits: str) -> PrintedNumber:
    return PrintedNumber(text[start:end], start, end, Decimal(digits.replace(",", "")), currency_of(text[start:end]), ONE, _places(digits))


def _from_compound(text: str, match: re.Match[str]) -> PrintedNumber | None:
    """1亿2000万元: parts of falling scale."""
    parts = re.findall(r"([\d,.]*\d)\s?(万亿|[亿億万萬])?", match["parts"])
    scales = [_scale_value(scale) if scale else ONE for _, scale in parts]
    if scales != sorted(scales, reverse=True) or len(set(scales)) != len(scales):
        return None
    value = sum((Decimal(digits.replace(",", "")) * scale for (digits, _), scale in zip(parts, scales, strict=True)), Decimal(0))
    after = match["after"] or ""
    unit = "shares" if after == "股" else currency_of(f"{match['currency'] or ''}{after}")
    start, end = match.span()
    raw = text[start:end]
    start += len(raw) - len(raw.lstrip())
    return PrintedNumber(raw.strip(), start, start + len(raw.strip()), value, unit, scales[-1], _places(parts[-1][0]))


def _from_chinese(text: str, match: re.Match[str]) -> PrintedNumber | None:
    """三千五百万元, 百分之五, 十二个百分点."""
    numeral = match["fraction"] or match["numeral"]
    value = _chinese_value(numeral)
    unit_text = match["unit"] or ""
    if value is None or (numeral in "一百千万亿点" and re.fullmatch(r"年|个?[日天]|个月|[名户家]", unit_text) and not match["base"]):
        return None
    percent = bool(match["base"]) or "百分点" in unit_text or "基点" in unit_text
    scale = _chinese_scale(numeral)
    if match["base"]:
        scale = ONE.scaleb({"百": -2, "千": -3, "万": -4}[match["base"]])
        value *= scale
    elif percent:
        scale = _percent_scale(unit_text)
        value *= scale
    return PrintedNumber(
        text=text[match.start() : match.end()],
        start=match.start(),
        end=match.end(),
        value=-value if match["negative"] else value,
        unit="ratio" if percent else _chinese_unit(unit_text),
        scale=scale,
        precision=_places(numeral.replace("点", ".")),
        percent=percent,
        points="点" in unit_text,
    )


def _from_tenths(text: str, match: re.Match[str]) -> PrintedNumber | None:
    value = Decimal("一二三四五六七八九".index(match["numeral"]) + 1).scaleb(-1)
    return PrintedNumber(text[match.start() : match.end()], *match.span(), value, "ratio", Decimal("0.1"), 0, percent=True)


def _from_words(text: str, match: re.Match[str]) -> PrintedNumber | None:
    """Twenty-five million, five percent. Spelled numbers count only with a scale or percent."""
    total = part = 0
    for word in re.split(r"[\s-]+", match["words"].lower()):
        if word == "point":
            return None
        if word == "hundred":
            part = max(part, 1) * 100
        elif word != "and":
            part += _WORD_VALUES[word]
    total += part
    suffix = match["percent"] or ""
    scale = _percent_scale(suffix) if suffix else _scale_value(match["scale"])
    dollars = re.match(rf"\s(?:{_ANY_CURRENCY})(?![a-z])", text[match.end() :])
    end = match.end() + (dollars.end() if dollars else 0)
    unit = "ratio" if suffix else currency_of(dollars[0]) if dollars else None
    raw = text[match.start() : end]
    return PrintedNumber(raw, match.start(), end, total * scale, unit, scale, 0, percent=bool(suffix), points=_is_points(suffix))


_READERS = (
    (_COMPOUND, _from_compound),
    (_NUMBER, _from_digits),
    (_CHINESE, _from_chinese),
    (_TENTHS, _from_tenths),
    (_WORDS, _from_words),
)


def _share_units(text: str, numbers: list[PrintedNumber]) -> list[PrintedNumber]:
    """Give the first end of a range what only the second prints: ``5-10%``, ``1.0 to 1.2 billion``, ``10至15亿元``."""
    for index in range(len(numbers) - 1, 0, -1):
        first, second = numbers[index - 1], numbers[index]
        between = text[first.end : second.start]
        if second.scale == 1 or first.scale != 1 or not _RANGE.fullmatch(between) or abs(first.value) >= 1000:
            continue
        if first.unit not in (None, second.unit) or (second.percent and first.unit):
            continue
        if second.value < 0 and text[second.start] in "-–" and second.start == first.end:  # "5-10%": a dash, not a sign
            second = numbers[index] = replace(second, value=-second.value, text=second.text[1:], start=second.start + 1)
        numbers[index - 1] = replace(first, value=first.value * second.scale, scale=second.scale, percent=second.percent, unit=second.unit)
    return numbers


def _unit(match: re.Match[str], *, percent: bool) -> str | None:
    if percent:
        return "ratio"
    currency = currency_of(f"{match['currency'] or ''} {match['after'] or ''}")
    if currency:
        return f"{currency}/share" if match["share"] else currency
    return next((name for name in _COUNTS if match[name]), None)


def _chinese_unit(text: str) -> str | None:
    named = {"股": "shares", "倍": "ratio", "年": "years", "个月": "months", "名": "count", "户": "count", "家": "count"}
    return named.get(text) or ("days" if text[-1:] in "日天" else currency_of(text))


def _places(digits: str) -> int:
    return len(digits.partition(".")[2])


def _scale_value(word: str) -> Decimal:
    exponent = _SCALES.get(re.sub(r"[\s()-]|\bin\b|单位:|元", "", word).lower())
    return Decimal(10**exponent) if exponent else ONE


def _is_points(suffix: str) -> bool:
    return bool(re.search(r"点|點|point|pp|bp|ppt|p\.p\.", suffix, re.IGNORECASE))


def _percent_scale(suffix: str) -> Decimal:
    if re.search(r"bp|basis|基点", suffix, re.IGNORECASE):
        return Decimal("0.0001")
    return Decimal("0.001") if "‰" in suffix else Decimal("0.01")


# ---- Chinese numerals

_CJK_VALUES = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CJK_POWERS = {"十": 10, "百": 100, "千": 1000}


def _chinese_value(numeral: str) -> Decimal | None:
    """三千五百万 → 35000000, 一点二亿 → 120000000, 十二 → 12; None when it is no well-formed numeral."""
    if re.fullmatch(_DIGITS, numeral):
        return Decimal(numeral.replace(",", ""))
    for big, factor in (("万亿", 10**12), ("亿", 10**8), ("万", 10**4)):
        if big in numeral:
            high, _, low = numeral.partition(big)
            head, tail = _chinese_value(high) if high else None, _chinese_value(low) if low else Decimal(0)
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


def _chinese_scale(numeral: str) -> Decimal:
    """The scale of the last printed digit group: 三千五百万 → 10000."""
    for big, exponent in (("万亿", 12), ("亿", 8), ("万", 4)):
        if numeral.endswith(big):
            return Decimal(10**exponent)
    return ONE


# ---- table cells

_FOOTNOTE = re.compile(r"(?:\s*(?:[¹²³⁴⁵⁶⁷⁸⁹⁰*†‡§#]+|\[\d{1,2}\]|\([a-z]\)|(?<=[\d%)])\s*\((?:\d|[a-z]{1,2}|\d[a-z])\)))+$")
_DASHES = re.compile(r"[-–—―﹣]{1,3}")
_CELL = re.compile(
    rf"(?P<open>\(\s*)?(?P<before>{_SYMBOLS})?\s*(?P<minus>[-–—△▲+]\s*)?(?P<inner>\(\s*)?(?P<inside>{_SYMBOLS})?\s*"
    rf"(?P<digits>{_DIGITS})\s*(?P<percent>(?:{_PERCENT})?)\s*(?P<scale>{_SCALE})?\s*(?P<close>\))?\s*(?P<trailing>-)?\s*"
    rf"(?P<late>(?:{_PERCENT})?)\s*(?P<after>{_ANY_CURRENCY}|[xX倍股]|/股|元/股)?\s*(?P<shut>\))?"
)


def parse_cell(text: str) -> CellNumber | None:
    """Read one table cell as a number, or None when it is anything else. Footnote marks and a currency sign are stripped."""
    plain = " ".join(halfwidth(text).split())
    if len(plain) > 60:
        return None
    plain = _FOOTNOTE.sub("", plain).strip() or plain
    bare = re.sub(rf"{_SYMBOLS}|%|\s|[()]", "", plain)
    if bare and _DASHES.fullmatch(bare):
        return CellNumber(Decimal(0), 0, percent="%" in plain, currency=currency_of(plain), dash=True)
    match = _CELL.fullmatch(plain)
    if match is None:
        return None
    suffix = match["percent"] or match["late"]
    own = _scale_value(match["scale"]) if match["scale"] and match["scale"].strip() else None
    negative = bool(match["open"] or match["inner"] or match["trailing"]) or (match["minus"] or "").strip() not in ("", "+")
    value = Decimal(match["digits"].replace(",", "")) * (own or ONE)
    if suffix.strip() not in ("", "%"):
        value *= _percent_scale(suffix) * 100
    currency = currency_of(f"{match['before'] or ''}{match['inside'] or ''} {match['after'] or ''}")
    return CellNumber(-value if negative else value, _places(match["digits"]), bool(suffix.strip()), currency, scale=own)


# ---- the line that states scale and currency

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


def scale_of(text: str) -> Decimal | None:
    """The scale that a heading, caption or note states ("(in millions, except per share data)", "单位：万元"), or None."""
    plain = halfwidth(text)
    for pattern in _SCALE_LINES:
        match = pattern.search(plain)
        if match:
            word = match.groupdict().get("scale")
            return Decimal(1000) if word == "000" else _scale_value(word or "")
    return None


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
