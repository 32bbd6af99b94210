"""The plain tokeniser: runs of digits in a text, whatever they mean.

It knows nothing of numbers, tables or units, and shares nothing with what reads those: what it counts, no reader can forget to count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉"
_HAN_DIGITS = "〇○零一二三四五六七八九"
_PLAIN = str.maketrans(_RAISED + _HAN_DIGITS, "01234567890123456789000123456789")
_UP = str.maketrans("0123456789", _RAISED[:10])
_BETWEEN = ".,，．'’·٫٬"  # parts groups of digits, or the decimals, within one run
# Chinese numerals count where they are used as digits: three or more in a row with a zero among them (二〇二四), not 三百 or 十二.
_RUN = re.compile(rf"\d+(?:[{_BETWEEN}]\d+)*|[{_RAISED}]+(?:,[{_RAISED}]+)*|(?=[{_HAN_DIGITS}]{{0,12}}[〇○零])[{_HAN_DIGITS}]{{3,}}")
_MAY_HOLD = re.compile(rf"[\d{_RAISED}〇○零]")
_FIRST_RAISED = frozenset(_RAISED)
_NO_DIGIT = re.compile(r"\D+")
_LONGEST_KEPT = 200  # characters of texts whose runs are remembered: those of cells return


class DigitRun(NamedTuple):
    """A run as it stands in its text, and its digits alone: "1,234.5" → "12345"."""

    text: str
    digits: str
    start: int

    @property
    def raised(self) -> bool:
        """Whether it is set above or below the line, as marks are."""
        return self.text[0] in _FIRST_RAISED


def digit_runs(text: str) -> Sequence[DigitRun]:
    """The runs of digits of a text, from left to right; none where it has no digit.

    >>> [run.digits for run in digit_runs("1,234.5 in 二〇二四, note ⁹")]
    ['12345', '2024', '9']
    """
    return [DigitRun(match[0], only_digits(match[0]), match.start()) for match in _RUN.finditer(text)] if has_digits(text) else ()


def digits_of(text: str) -> tuple[str, ...]:
    """The digits of each run, from left to right: "1,234 (5)" → ("1234", "5")."""
    return _of_short(text) if len(text) < _LONGEST_KEPT else tuple(map(only_digits, _RUN.findall(text)))


@lru_cache(maxsize=32_768)
def _of_short(text: str) -> tuple[str, ...]:
    return tuple(map(only_digits, _RUN.findall(text))) if has_digits(text) else ()


def as_raised(text: str) -> str:
    """A text with its digits as raised ones, so that they are runs of their own."""
    return text.translate(_UP)


def has_digits(text: str) -> bool:
    return _MAY_HOLD.search(text) is not None


def only_digits(run: str) -> str:
    """The digits of a run as 0 to 9: "１，２３４" → "1234"."""
    if run.isascii():
        bare = run.replace(",", "").replace(".", "")
        return bare if bare.isdigit() else _NO_DIGIT.sub("", bare)
    plain = run.translate(_PLAIN)
    return "".join(str(unicodedata.decimal(sign)) for sign in plain if sign.isdecimal())
