"""Raised marks of footnotes, written so that they cannot be taken for digits of the number before them."""

from __future__ import annotations

import re

_RAISED = str.maketrans("0123456789()+-=（）", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾⁺⁻⁼⁽⁾")
_ONE = r"[(\[（]?(?:\d{1,3}|(?<![A-Za-z])[A-Za-z](?![A-Za-z]))[)\]）]?"
_MARKS = re.compile(rf"{_ONE}(?:[\s,、;]*{_ONE}){{0,9}}")
_POWER = re.compile(r"[+-]?\d{1,3}")
_LETTER = re.compile(r"[A-Za-z]")
_BEARS_LETTER = re.compile(r"(?:\d\d|[%)）\]]|[^\W\d_]{3})\s?$")  # 310ᵃ, Revenueᵃ; not 1ᵉ, Nᵒ
_LENGTH = re.compile(r"(?:^|[\s\d(（/])(?:[kcdm]?m|ft|yd)\s?$")


def with_raised(before: str, text: str) -> str:
    """What raised letters after ``before`` are written as: marks of footnotes and powers as superscript characters, all others as they
    are. ("250", "9") → "⁹"; ("310", "(a)") → "⁽a⁾"; ("m", "2") → "²"; ("31", "st") → "st".
    """
    said = " ".join(text.split())
    if _POWER.fullmatch(said):
        return said.translate(_RAISED)
    if not _MARKS.fullmatch(said) or (_LETTER.fullmatch(said) and not _BEARS_LETTER.search(before)):
        return text
    return " ".join(map(_mark, re.findall(_ONE, said))).translate(_RAISED)


def _mark(text: str) -> str:
    """A letter stands in brackets, as no letter is raised in all fonts."""
    inner = text.strip("()[]（）")
    return inner if inner == text and inner.isdigit() else f"({inner})"


def is_power(before: str, text: str) -> bool:
    """Whether a raised 2 or 3 belongs to a unit, as in m², and is no mark of a footnote."""
    return text.strip() in {"2", "3"} and _LENGTH.search(before) is not None
