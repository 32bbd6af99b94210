"""Numbers as people print them, in Chinese and English: in running text, in table cells, in the line that states a table's scale.

All values are exact Decimals. A number's ``step`` is the worth of its last printed digit, so that ``5,466 million`` has the step 1,000,000:
a source rounds to the printed number when it lies within half a step of it.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from finfoundry.core.language import halfwidth
from finfoundry.core.period_patterns import NUMBER_BEGINS
from finfoundry.core.quantities.cells import CellNumber, parse_cell
from finfoundry.core.quantities.nonfigures import CJK_DIGITS, nonfigures
from finfoundry.core.quantities.numerals import WORD, WORD_VALUES, chinese_scale, chinese_value
from finfoundry.core.quantities.scales import PREFIXES
from finfoundry.core.quantities.unit_lines import currency_of, scale_of
from finfoundry.core.quantities.units import (
    ANY_CURRENCY,
    DIGITS,
    ONE,
    PER_SHARE,
    PERCENT,
    SCALE,
    SYMBOLS,
    is_points,
    percent_scale,
    places,
    scale_value,
)

__all__ = ["CellNumber", "PrintedNumber", "currency_of", "find_numbers", "halfwidth", "parse_cell", "scale_of"]


_MOST_ROUNDED = Decimal("0.05")  # share of a number by which a rounded one may be off: that of two digits


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
    within: tuple[Decimal, Decimal] | None = None  # of a quantity in words: the least and the most that it may be

    @property
    def step(self) -> Decimal:
        return self.scale.scaleb(-self.precision)

    def rounds(self, value: Decimal) -> bool:
        """Whether a value is this number but for its sign, by the digits printed: 1,014 million is $1bn, 1,400 million is not."""
        own = abs(self.value)
        return abs(abs(value) - own) <= min(self.step / 2, own * _MOST_ROUNDED)


_COUNTS = {
    "shares": r"\s?(?:common\s|ordinary\s|treasury\s)?shares?\b|股",
    "ratio": r"\s?(?:times\b|[xX](?![A-Za-z0-9]))|倍",
    "years": r"\s?years?\b|年",
    "months": r"\s?months?\b|个月",
    "days": r"\s?(?:calendar\s|business\s|working\s)?days?\b|个?(?:工作|交易)?(?:天|日(?![元圆]))",
    "count": r"\s?(?:employees|people|persons|stores|branches|customers)\b|[人名家户台套个項项件笔次只座辆位]",
}
_UNIT = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _COUNTS.items())

# A number is found by its digits, then read backwards and forwards from there: the alternatives are many, digits are few.
_FIGURE = re.compile(rf"{NUMBER_BEGINS}(?:{DIGITS})(?!\d)")
_BEFORE = re.compile(
    rf"""(?P<minus>(?<![A-Za-z0-9.)%万亿元股$€£¥])[-–]\s?|负的?\s?|(?i:\b(?:minus|negative)\s))?
    (?P<open>\(\s?)?(?:(?P<currency>{SYMBOLS})\s?(?P<inner>-\s?|\(\s?)?)?$""",
    re.VERBOSE,
)
_REACH = 20  # characters before the digits that may belong to the number
_CLOSE = r"(?P<percent_in>\s?%(?=\)))?(?P<scale_in>(?:\s[mb]illion|\s?[MB])(?=\)))?(?P<close>{})"
_REST = (
    rf"(?:(?P<percent>{PERCENT})|(?P<scale>{SCALE})?)"
    rf"(?:(?P<after>(?!\s[^\w\s]-\s?\d)\s?(?:{ANY_CURRENCY})(?![a-z]|\s?[\d(.]))|{_UNIT})?(?P<share>{PER_SHARE})?"
)
_AFTER = re.compile(_CLOSE.format("(?!)") + "?" + _REST)
_AFTER_OPEN = re.compile(_CLOSE.format(r"\s?\)") + "?" + _REST)  # a bracket before the digits may close behind them
_BETWEEN = re.compile(r"between\s*$", re.IGNORECASE)
_NEAR = 40  # characters before a figure in which a word belongs to it
_LONGEST_NUMERAL = 30  # characters; a longer run is no number, and trying each part of it would take its square in time
_COMPOUND = re.compile(
    rf"(?P<currency>{SYMBOLS})?\s?(?P<parts>(?<![\d,])(?:[\d,]{{1,{_LONGEST_NUMERAL}}}(?:\.\d+)?\s?(?:万亿|[亿億万萬])\s?){{2,}}(?:[\d,.]*\d)?)"
    rf"(?P<after>{ANY_CURRENCY}|股)?"
)
_CHINESE = re.compile(
    rf"(?P<negative>负)?(?:(?P<base>[百千万])分之(?P<fraction>[{CJK_DIGITS}点]+)"
    rf"|(?<![{CJK_DIGITS}万亿点])(?P<numeral>[{CJK_DIGITS}万亿点]{{0,{_LONGEST_NUMERAL}}}[{CJK_DIGITS}万亿])(?P<unit>个百分点|百分点|个?基点|美元|港元|欧元|日元|英镑|元|股|倍|人民币"
    rf"|个?(?:工作|交易)?(?:天|日(?![元圆]))|年(?!内到期|度)|个月|[名户家]))"
)
_FRACTION = re.compile(rf"(?P<negative>负)?(?P<base>[百千万])分之(?P<fraction>{DIGITS})(?P<numeral>(?!))?(?P<unit>(?!))?")  # 百分之12.5
_TENTHS = re.compile(r"(?P<numeral>[一二三四五六七八九])成(?![立功本长員员果分交型品为就熟效都])")
_WORDS = re.compile(
    rf"\b(?P<words>(?:{WORD})(?:[\s-](?:{WORD}|hundred|and|point))*)"
    rf"(?:(?P<percent>\s(?:percent(?:age\spoints?)?|per\scent|basis\spoints?|%))|\s(?P<scale>hundred|thousand|million|billion|trillion))\b",
    re.IGNORECASE,
)
_SPELLED = re.compile(r"(?i:hundred|thousand|million|billion|trillion|per\s?cent|basis)|[a-zA-Z]\s%")
_RANGE = re.compile(r"\s?(?:-|–|—|~|～|至|到|to|and)\s?(?:\(?[-]?)?")


def find_numbers(text: str) -> list[PrintedNumber]:
    """The figures of a running text in order. Dates, periods, ordinals, markers and parts of names are left out.

    Both ends of a range are found, the first with the unit and scale that only the second prints ("1.0-1.2 billion").
    """
    plain = halfwidth(text)
    spans = nonfigures(plain) if _FIGURE.search(plain) else []
    found: list[PrintedNumber] = []
    taken = _Taken(spans)
    if not plain.isascii():
        _read(_FRACTION, _from_chinese, None, text, plain, taken, found)
        _read(_COMPOUND, _from_compound, "parts", text, plain, taken, found)
    for match in _FIGURE.finditer(plain):
        if taken.is_free(*match.span()):
            number = _from_digits(text, plain, match, taken.end_before(match.start()))
            taken.add(number.start, number.end)
            found.append(number)
    if not plain.isascii():
        _read(_CHINESE, _from_chinese, None, text, plain, taken, found)
        _read(_TENTHS, _from_tenths, None, text, plain, taken, found)
    if _SPELLED.search(plain):
        _read(_WORDS, _from_words, None, text, plain, taken, found)
    return _share_units(plain, sorted(found, key=lambda number: number.start))


class _Taken:
    """Stretches of a text that are used up; those of the start may overlap each other."""

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self._used = sorted(spans)
        self._starts = [start for start, _ in self._used]
        self._longest = max((end - start for start, end in spans), default=0)
        self._ends: list[int] = []  # of the figures among them

    def is_free(self, start: int, end: int) -> bool:
        first = bisect.bisect_left(self._starts, start - self._longest)
        return not any(a < end and start < b for a, b in self._used[first : bisect.bisect_left(self._starts, end)])

    def add(self, start: int, end: int) -> None:
        place = bisect.bisect_left(self._starts, start)
        self._used.insert(place, (start, end))
        self._starts.insert(place, start)
        self._longest = max(self._longest, end - start)
        bisect.insort(self._ends, end)

    def end_before(self, start: int) -> int:
        """Where the last figure before a place ends: a sign that belongs to it is not the next one's."""
        place = bisect.bisect_right(self._ends, start)
        return self._ends[place - 1] if place else 0


def _read(
    pattern: re.Pattern[str],
    build: Callable[[str, re.Match[str]], PrintedNumber | None],
    key: str | None,
    text: str,
    plain: str,
    taken: _Taken,
    found: list[PrintedNumber],
) -> None:
    for match in pattern.finditer(plain):
        number = build(text, match) if taken.is_free(*(match.span(key) if key else match.span())) else None
        if number:
            found.append(number)
            taken.add(number.start, number.end)


def _from_digits(text: str, plain: str, figure: re.Match[str], free: int) -> PrintedNumber:
    before = _BEFORE.search(plain, max(free, figure.start() - _REACH), figure.start())
    assert before  # noqa: S101  all its parts are optional
    inner = (before["inner"] or "").strip()
    after = (_AFTER_OPEN if before["open"] or inner == "(" else _AFTER).match(plain, figure.end())
    assert after  # noqa: S101
    bracketed, minus = after["close"] is not None, bool(before["minus"]) or inner == "-"
    suffix = (after["percent"] or after["percent_in"] or "").strip()
    scale = percent_scale(suffix) if suffix else scale_value(after["scale"] or after["scale_in"] or "")
    if scale == ONE and (before["currency"] or "")[:1] in PREFIXES:
        scale = scale_of(before["currency"]) or ONE  # TEUR 5
    value = Decimal(figure[0].replace(",", "")) * scale
    start = before.start() if bracketed or not before["open"] else before.end("open")  # else the bracket is the sentence's
    printed = text[start : after.end()]
    start += len(printed) - len(printed.lstrip())
    return PrintedNumber(
        text=printed.strip(),
        start=start,
        end=start + len(printed.strip()),
        value=-value if minus or bracketed else value,
        unit="ratio" if suffix else _unit(before, after),
        scale=scale,
        precision=places(figure[0]),
        percent=bool(suffix),
        parenthesised=bracketed and not minus,
        points=is_points(suffix),
    )


def _from_compound(text: str, match: re.Match[str]) -> PrintedNumber | None:
    """1亿2000万元: parts of falling scale."""
    parts = re.findall(r"([\d,.]*\d)\s?(万亿|[亿億万萬])?", match["parts"])
    scales = [scale_value(scale) if scale else ONE for _, scale in parts]
    if scales != sorted(scales, reverse=True) or len(set(scales)) != len(scales):
        return None
    value = sum((Decimal(digits.replace(",", "")) * scale for (digits, _), scale in zip(parts, scales, strict=True)), Decimal(0))
    after = match["after"] or ""
    unit = "shares" if after == "股" else currency_of(f"{match['currency'] or ''}{after}")
    start, end = match.span()
    raw = text[start:end]
    start += len(raw) - len(raw.lstrip())
    return PrintedNumber(raw.strip(), start, start + len(raw.strip()), value, unit, scales[-1], places(parts[-1][0]))


def _from_chinese(text: str, match: re.Match[str]) -> PrintedNumber | None:
    """三千五百万元, 百分之五, 十二个百分点."""
    numeral = match["fraction"] or match["numeral"]
    value = chinese_value(numeral)
    unit_text = match["unit"] or ""
    if value is None or (numeral in "一百千万亿点" and re.fullmatch(r"年|个?[日天]|个月|[名户家]", unit_text) and not match["base"]):
        return None
    percent = bool(match["base"]) or "百分点" in unit_text or "基点" in unit_text
    scale = chinese_scale(numeral)
    if match["base"]:
        scale = ONE.scaleb({"百": -2, "千": -3, "万": -4}[match["base"]])
        value *= scale
    elif percent:
        scale = percent_scale(unit_text)
        value *= scale
    return PrintedNumber(
        text=text[match.start() : match.end()],
        start=match.start(),
        end=match.end(),
        value=-value if match["negative"] else value,
        unit="ratio" if percent else _chinese_unit(unit_text),
        scale=scale,
        precision=places(numeral) if numeral[0] < "\u3000" else len(numeral.partition("点")[2].rstrip("万亿")),
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
            part += WORD_VALUES[word]
    total += part
    suffix = match["percent"] or ""
    scale = percent_scale(suffix) if suffix else scale_value(match["scale"])
    dollars = re.match(rf"\s(?:{ANY_CURRENCY})(?![a-z]|\s?-?[\d(.])", text[match.end() :])
    end = match.end() + (dollars.end() if dollars else 0)
    unit = "ratio" if suffix else currency_of(dollars[0]) if dollars else None
    raw = text[match.start() : end]
    return PrintedNumber(raw, match.start(), end, total * scale, unit, scale, 0, percent=bool(suffix), points=is_points(suffix))


def _share_units(text: str, numbers: list[PrintedNumber]) -> list[PrintedNumber]:
    """Give the first end of a range what only the second prints: ``5-10%``, ``1.0 to 1.2 billion``, ``10至15亿元``."""
    for index in range(len(numbers) - 1, 0, -1):
        first, second = numbers[index - 1], numbers[index]
        between = text[first.end : second.start]
        if second.scale == 1 or first.scale != 1 or not _RANGE.fullmatch(between) or abs(first.value) >= 1000:
            continue
        if between.strip() == "and" and not _BETWEEN.search(text, max(0, first.start - _NEAR), first.start):
            continue  # a list, each of whose numbers has its own scale
        if (first.unit and second.unit and first.unit != second.unit) or (second.percent and first.unit):
            continue
        if second.value < 0 and text[second.start] in "-–" and second.start == first.end:  # "5-10%": a dash, not a sign
            second = numbers[index] = replace(second, value=-second.value, text=second.text[1:], start=second.start + 1)
        numbers[index - 1] = replace(
            first, value=first.value * second.scale, scale=second.scale, percent=second.percent, unit=second.unit or first.unit
        )
    return numbers


def _unit(before: re.Match[str], after: re.Match[str]) -> str | None:
    currency = currency_of(f"{before['currency'] or ''} {after['after'] or ''}")
    if currency:
        return f"{currency}/share" if after["share"] else currency
    return next((name for name in _COUNTS if after[name]), None)


def _chinese_unit(text: str) -> str | None:
    named = {"股": "shares", "倍": "ratio", "年": "years", "个月": "months", "名": "count", "户": "count", "家": "count"}
    return named.get(text) or ("days" if text[-1:] in "日天" else currency_of(text))
