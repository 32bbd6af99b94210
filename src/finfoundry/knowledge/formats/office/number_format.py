"""A number as a spreadsheet shows it: the number formats of Excel and LibreOffice (ECMA-376, part 1, 18.8.31)."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

SIGNIFICANT = 15  # digits that a spreadsheet keeps
LONGEST = 1000  # characters of a format; a longer one is no format

_MARK = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]|[Ee][+-]|General|Standard|[0#?.,%@]|.', re.DOTALL | re.IGNORECASE)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?[\d.]+)\]")
_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_SIGNS = frozenset("-–—−(（△▲")
_GAPS = frozenset(" '’\u00a0\u2009\u202f")  # between thousands, where a format writes them as letters
_FRACTION = re.compile(r"[?#0]\s*/\s*[?#\d]")
_QUOTED = re.compile(r'"[^"]*"?|\\.|\[[^\]]*\]')


@dataclass(frozen=True, slots=True)
class _Section:
    """One part of a format: the text before and after the digits, and how these are written. ``whole`` is None without digits."""

    before: str
    after: str
    whole: str | None  # placeholders left of the point
    places: str  # placeholders right of the point
    grouped: bool
    factor: Decimal
    general: bool
    inner: tuple[tuple[int, str], ...] = ()  # letters between digits, each with how many digits are right of it


def shown_number(value: Decimal, code: str) -> str:
    """What the cell shows. A format that cannot be read, or a fraction or power of ten, shows the plain number."""
    if len(code) > LONGEST or not value.is_finite() or abs(value.adjusted()) > SIGNIFICANT * 2:
        return plain(value)
    sections = _sections(code)
    text, signed = _chosen(value, sections)
    if _FRACTION.search(_QUOTED.sub("", text)) or re.search(r"[Ee][+-]", _QUOTED.sub("", text)):
        return plain(value)
    section = _read(text)
    signed = signed and (value >= 0 or _tells_sign(section, _read(sections[0])))
    if section.general:
        minus = "-" if value < 0 and not signed else ""
        return f"{minus}{section.before}{plain(abs(value))}{section.after}".strip()
    if section.whole is None:
        return section.before.strip()
    digits, empty = _digits(abs(value) * section.factor, section)
    minus = "-" if value < 0 and not signed and not empty else ""
    return f"{minus}{section.before}{digits}{section.after}".strip()


def shown_date(value: datetime.date | datetime.datetime, code: str) -> str:
    """A date in the detail that its format shows: a year, a month with its year, or the day as ISO 8601."""
    marks = set(_QUOTED.sub("", code).lower())
    if "年" in code and "d" not in marks and "m" in marks:
        return f"{value.year}年{value.month}月"
    if "d" in marks or "y" not in marks:
        return value.strftime("%Y-%m-%d")
    return value.strftime("%b %Y") if "m" in marks else str(value.year)


def plain(value: Decimal) -> str:
    """A number without format, free of the noise of binary fractions: 0.30000000000000004 is 0.3."""
    if not value.is_finite() or value == 0:
        return "0" if value == 0 else str(value)
    rounded = value.quantize(Decimal(1).scaleb(max(value.adjusted() - SIGNIFICANT + 1, -30)), ROUND_HALF_UP)
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=4096)
def _sections(code: str) -> tuple[str, ...]:
    parts, current = [], ""
    for mark in _MARK.findall(code):
        if mark == ";":
            parts.append(current)
            current = ""
        else:
            current += mark
    return (*parts, current)


def _tells_sign(negative: _Section, positive: _Section) -> bool:
    """Whether the section of negative numbers shows that they are: a colour alone does not outlast the screen."""
    shown, other = (f"{section.before}{section.after}" for section in (negative, positive))
    return any(sign in shown for sign in _SIGNS) or (shown.strip() != other.strip() and any(letter.isalpha() for letter in shown))


def _chosen(value: Decimal, sections: tuple[str, ...]) -> tuple[str, bool]:
    """The section for a value, and whether the section itself shows the sign."""
    conditions = [_CONDITION.search(section) for section in sections]
    if any(conditions):
        for section, condition in zip(sections, conditions, strict=True):
            if condition is None or _holds(value, condition[1], Decimal(condition[2])):
                return section, False
        return "General", False
    if value < 0 and len(sections) > 1:
        return sections[1], True
    if value == 0 and len(sections) > 2:
        return sections[2], True
    return sections[0], False


def _holds(value: Decimal, sign: str, limit: Decimal) -> bool:
    return {
        "<": value < limit, ">": value > limit, "=": value == limit, "<=": value <= limit, ">=": value >= limit, "<>": value != limit,
    }[sign]  # fmt: skip


@lru_cache(maxsize=4096)
def _read(section: str) -> _Section:
    before, after, whole, places = "", "", "", ""
    started = pointed = general = False
    percent, pending, grouped = 0, 0, False
    inner: list[tuple[int, str]] = []
    for mark in _MARK.findall(section):
        if mark in "0#?":
            started = True
            grouped, pending = grouped or (pending > 0 and not pointed), 0
            if after and not pointed:  # what seemed to follow the digits is between them
                inner, after = [*inner, (len(whole), after)], ""
            whole, places = (whole, places + mark) if pointed else (whole + mark, places)
        elif mark == "." and not pointed and (started or not general):
            started = pointed = True
        elif mark == "," and started:
            pending += 1
        elif mark.lower() in {"general", "standard", "@"}:
            general = True
        else:
            percent += mark == "%"
            text = _literal(mark)
            before, after = (before, after + text) if started or general else (before + text, after)
    factor = Decimal(100) ** percent / Decimal(1000) ** pending
    between = tuple((len(whole) - at, text) for at, text in inner)
    return _Section(before, after, whole if started else None, places, grouped, factor, general and not started, between)


def _literal(mark: str) -> str:
    if mark[0] == '"':
        return mark.strip('"')
    if mark[0] == "\\":
        return mark[1:]
    if mark[0] in "_*":
        return " " if mark[0] == "_" else ""
    if mark[0] == "[" and len(mark) > 1:
        currency = _CURRENCY.fullmatch(mark)
        return currency[1] if currency else ""
    return mark


def _digits(value: Decimal, section: _Section) -> tuple[str, bool]:
    """The digits as written, and whether they are all zero (a rounded -0.001 shows no sign)."""
    rounded = value.quantize(Decimal(1).scaleb(-len(section.places)), ROUND_HALF_UP)
    left, _, right = f"{rounded:f}".partition(".")
    least = section.places.count("0") if "0" in section.places else 0
    last = section.places.rfind("0") + 1 if least else 0
    right = right[:last] + right[last:].rstrip("0")
    left = left.lstrip("0").rjust(section.whole.count("0") if section.whole else 0, "0")
    if section.grouped and left:
        left = f"{int(left):,}".rjust(len(left), "0")
    for right_of_it, text in section.inner:
        if not _GAPS.issuperset(text) and len(left) > right_of_it and not section.grouped:
            left = left[:-right_of_it] + text + left[-right_of_it:]
    return (f"{left or '0'}.{right}" if right else left), rounded == 0
