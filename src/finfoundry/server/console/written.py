"""Values, periods, units and names as readers write them, in their language; the exact form stays beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, DecimalException

from finfoundry.core.answer import Language
from finfoundry.core.periods import parse_iso

MOST_SHOWN = 16  # significant digits of a value on a page
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_SCALES = {
    "en": ((Decimal("1e12"), "trillion"), (Decimal("1e9"), "billion"), (Decimal("1e6"), "million")),
    "zh": ((Decimal("1e12"), "万亿"), (Decimal("1e8"), "亿"), (Decimal("1e4"), "万")),
}
_UNITS = {
    "ratio": ("share of one", "比率"), "shares": ("shares", "股"), "count": ("number", "个"), "years": ("years", "年"),
    "months": ("months", "月"), "days": ("days", "天"),
}  # fmt: skip
_STATEMENTS = {
    "income": ("income statement", "利润表"),
    "balance": ("balance sheet", "资产负债表"),
    "cash flow": ("cash flow statement", "现金流量表"),
    "equity": ("statement of equity", "所有者权益变动表"),
    "comprehensive income": ("comprehensive income", "综合收益表"),
}
_SCALE_WORDS = {
    Decimal(1): ("as printed", "按原数"), Decimal("1e3"): ("thousands", "千"), Decimal("1e4"): ("ten thousands", "万"),
    Decimal("1e6"): ("millions", "百万"), Decimal("1e8"): ("hundred millions", "亿"), Decimal("1e9"): ("billions", "十亿"),
}  # fmt: skip
_SMALL = {"of", "and", "the", "for", "in", "de", "la"}


def grouped(value: str) -> str:
    """A decimal string with its thousands apart: 9737000000 -> 9,737,000,000."""
    whole, point, rest = value.partition(".")
    digits = whole.lstrip("-")
    return f"{'-' if whole.startswith('-') else ''}{int(digits):,}{point}{rest}" if digits.isdecimal() else value


def shown(value: str) -> str:
    """A value with its thousands apart; one of more digits than anybody reads is rounded, and says so."""
    try:
        number = Decimal(value)
    except DecimalException:
        return value
    if not number.is_finite() or len(number.as_tuple().digits) <= MOST_SHOWN:
        return grouped(value)
    places = max(MOST_SHOWN - 6 - 1 - max(number.adjusted(), -4), 0)
    return f"≈ {grouped(format(round(number, places), 'f'))}"


def amount(value: str, unit: str | None, language: Language) -> str:
    """A value in the words of a reader: 9.74 billion CNY, 97.37亿 CNY, 36.9%."""
    try:
        number = Decimal(value)
    except DecimalException:
        return value
    if unit == "ratio":
        return f"{_trimmed(number * 100)}%"
    said = "" if unit in (None, "count") else f" {unit_words(unit, language)}"
    for scale, name in _SCALES[language]:
        if abs(number) >= scale:
            return f"{_trimmed(number / scale)}{' ' if language == 'en' else ''}{name}{said}"
    return f"{_trimmed(number)}{said}"


@dataclass(frozen=True, slots=True)
class Scaled:
    """Values that stand side by side, told in one scale and unit: 9.74 and 26.43 with "billion CNY"."""

    scale: Decimal
    unit: str  # with the scale, as it stands behind a number
    language: Language

    @classmethod
    def of(cls, values: Sequence[str], unit: str | None, language: Language) -> Scaled:
        """The largest scale in which the largest value is at least one, and the others do not vanish."""
        if unit == "ratio":
            return cls(Decimal("0.01"), "%", language)
        sizes = [abs(Decimal(one)) for one in values if Decimal(one)]
        fits = (pair for pair in _SCALES[language] if sizes and max(sizes) >= pair[0] and min(sizes) >= pair[0] / 20)
        scale, name = next(fits, (Decimal(1), ""))
        said = "" if unit in (None, "count") else unit_words(unit, language)
        return cls(scale, " ".join(part for part in (name, said) if part), language)

    def bare(self, value: str | float) -> str:
        """The number alone, as far as two places."""
        return _trimmed(Decimal(str(value)) / self.scale)

    def told(self, value: str) -> str:
        """The number with scale and unit: 9.74 billion CNY, 97.37亿 CNY, 36.9%."""
        close = self.unit == "%" or (self.language == "zh" and self.scale > 1) or not self.unit
        return f"{self.bare(value)}{'' if close else ' '}{self.unit}"


def entity_words(name: str | None, aliases: Sequence[str], language: Language) -> str:
    """A company by its name in the language of the page, the longest where its papers print several; else by the one that is there."""
    said = name or ""
    if not said or _is_chinese(said) == (language == "zh"):
        return plain_case(said)
    fitting = [one for one in aliases if _is_chinese(one) == (language == "zh")]
    return plain_case(max(fitting, key=len)) if fitting else plain_case(said)


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def _trimmed(number: Decimal) -> str:
    text = f"{number:,.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def unit_words(unit: str | None, language: Language) -> str:
    """A unit as words; a currency stays its code."""
    money, _, per = (unit or "").partition("/")
    if per:
        return f"{money} per {per}" if language == "en" else f"{money}／{'股' if per == 'share' else per}"
    return _UNITS[money][language == "zh"] if money in _UNITS else money or "–"


def scale_words(scale: str, language: Language) -> str:
    """1000000 -> millions."""
    try:
        known = _SCALE_WORDS.get(Decimal(scale))
    except (DecimalException, TypeError):  # no number, or one that cannot be compared
        return scale
    return known[language == "zh"] if known else f"× {scale}"


def statement_words(statement: str | None, language: Language) -> str:
    return _STATEMENTS.get(statement or "", (statement or "–",) * 2)[language == "zh"]


def period_words(period: str | None, language: Language) -> str:
    """2024-01-01/2024-12-31 -> year 2024; 2024-03-31 -> 31 March 2024."""
    try:
        found = parse_iso(period or "")
    except ValueError:
        return period or "–"
    if found.start is None:
        return _day(found.end, language)
    told = _span(found.start, found.end, language)
    return told or f"{_day(found.start, language)} – {_day(found.end, language)}"


def _span(first: date, last: date, language: Language) -> str:
    """A year, a half, a quarter or a month of the calendar; "" for any other stretch."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    whole = first.day == 1 and (last + timedelta(days=1)).day == 1
    if not whole or first.year != last.year:
        return ""
    year, english = last.year, language == "en"
    if months == 12:
        return f"year {year}" if english else f"{year}年"
    if months == 6 and first.month in (1, 7):
        half = 1 if first.month == 1 else 2
        return f"half {half} of {year}" if english else f"{year}年{'上' if half == 1 else '下'}半年"
    if months == 3 and first.month % 3 == 1:
        quarter = first.month // 3 + 1
        return f"quarter {quarter} of {year}" if english else f"{year}年第{'一二三四'[quarter - 1]}季度"
    if months == 1:
        return f"{_MONTHS[first.month - 1]} {year}" if english else f"{year}年{first.month}月"
    return ""


def _day(day: date, language: Language) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}" if language == "en" else f"{day.year}年{day.month}月{day.day}日"


def plain_case(name: str | None) -> str:
    """A name that is all capitals as people write it: THE EXAMPLE GROUP INC -> The Example Group Inc."""
    said = name or ""
    if len(said) < 6 or not said.isupper() or " " not in said:
        return said
    words = (word.lower() if number and word.lower() in _SMALL else _capital(word) for number, word in enumerate(said.split(" ")))
    return " ".join(words)


def _capital(word: str) -> str:
    return word if len(word) < 3 or "." in word or "&" in word or any(letter.isdigit() for letter in word) else word.capitalize()


def moment(text: str | None, language: Language) -> str:
    """An ISO 8601 time to the minute; scripts put it into the reader's own zone."""
    if not text:
        return "–"
    day, _, time = text.partition("T")
    try:
        told = _day(date.fromisoformat(day), language)
    except ValueError:
        return text
    return f"{told} {time[:5]} UTC" if time else told
