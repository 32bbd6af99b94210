"""Ways of writing a figure: which mark groups its digits and which one begins its decimals.

English and Chinese papers write 1,234.5; others write 1 234,5, 1'234.5, 1.234,5 or, in lakhs, 1,23,456. Most of these are sure by
themselves. Of "1.234" and "1,234" only the other figures of the table tell, so a table is asked for its writing first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from finfoundry.core.language import halfwidth
from finfoundry.core.quantities.units import PERCENT, SYMBOLS

# What the figures of a table show; "both" where some have a decimal comma and others a decimal point, so that "1.234" tells nothing.
Writing = Literal["unknown", "decimal point", "grouping comma", "decimal comma", "both"]

_ALONE = r"(?<![\d.,'’])"
_END = r"(?![.,'’]?\d)"
_SPACED = re.compile(r"(?<![\d.,'’])(?<!\d )(?!(?<=[+])(?:\d+ ){3})([1-9]\d{0,2}(?: \d{3})+)(?:[.,](\d+))?(?! ?\d)(?![.,'’]\d)")
_QUOTED = re.compile(rf"{_ALONE}([1-9]\d{{0,2}}(?:['’]\d{{3}})+)(?:[.,](\d+))?{_END}")
_LAKHS = re.compile(rf"{_ALONE}([1-9]\d?(?:,\d{{2}})+,\d{{3}})(?:\.(\d+))?{_END}")
_POINTS = re.compile(rf"{_ALONE}([1-9]\d{{0,2}}(?:\.\d{{3}})+),(\d+){_END}|{_ALONE}([1-9]\d{{0,2}}(?:\.\d{{3}}){{2,}}){_END}")
_GROUPED = re.compile(rf"{_ALONE}([1-9]\d{{0,2}}(?:\.\d{{3}})+)(?:,(\d+))?{_END}")
_DECIMAL = re.compile(rf"{_ALONE}(\d+),(\d+){_END}")
_SHORT_DECIMAL = re.compile(rf"{_ALONE}(\d+),(\d{{1,2}}|\d{{4,}}){_END}")  # of "12,345" the comma may group
_UNIT = re.compile(rf"{PERCENT}|{SYMBOLS}")  # numbers of notes, "12,5", have none
_COMMA = re.compile(r"(?<!\d)\d{1,3}(?:\.\d{3})+,\d+|(?<!\d)\d{1,3}(?:\.\d{3}){2,}(?!\d)|(?<=\d)(?<!,\d{3}),(?:\d{1,2}|\d{4,})(?!\d|,)")
_POINT = re.compile(
    r"\d{1,3}(?:,\d{3})+\.\d|\d{1,3}(?:,\d{3}){2,}|(?<![.\d])\d+\.(?:\d{1,2}|\d{4,})(?![\d.])|(?<!\d)\d{1,3},\d{3}(?![\d,])"
)
_NO_DIGIT = re.compile(r"\D")
_UNSURE = re.compile(r"(?<![\d.,])[1-9]\d{0,2}\.\d{3}(?![\d.,])")
_SEVERAL = 4  # figures with a decimal comma, which are no numbers of notes
_FIGURE = re.compile(rf"[-+()\s.,\d%‰]|{PERCENT}|{SYMBOLS}")


def plain_digits(text: str, writing: Writing = "unknown") -> str | None:
    """The text of a cell with its digits as English papers write them; None where the writing of its table does not tell what they are.

    >>> plain_digits("1 234,50"), plain_digits("1'234"), plain_digits("1,23,456"), plain_digits("1.234")
    ('1234.50', '1234', '123456', '1.234')
    >>> plain_digits("1.234", "decimal comma")
    '1234'
    """
    if writing == "both" and _UNSURE.search(text):
        return None
    if " " in text and (spaced := _SPACED.sub(_joined, text)) != text:
        if writing == "grouping comma":
            return None  # "5 234" beside 1,234: a number of a note and a figure
        text = spaced
    if "'" in text or "’" in text:
        text = _QUOTED.sub(_joined, text)
    if "," not in text and (writing != "decimal comma" or "." not in text) and text.count(".") < 2:
        return text
    text = _LAKHS.sub(_joined, text)
    if writing == "decimal comma":
        return _DECIMAL.sub(r"\1.\2", _GROUPED.sub(_joined, text))
    text = _POINTS.sub(_joined, text)
    return _SHORT_DECIMAL.sub(r"\1.\2", text) if "," in text and _UNIT.search(text) else text


def _joined(match: re.Match[str]) -> str:
    """The digits of a figure without what groups them, and a point before the decimals."""
    groups = next(part for part in (match[1], *match.groups()[2:]) if part)
    return _NO_DIGIT.sub("", groups) + (f".{match[2]}" if match[2] else "")


def writing_of(texts: Iterable[str]) -> Writing | None:
    """How the cells of a table write their figures; None where no cell tells, as 1.234 and 1,234 do not, nor whole numbers.

    One figure that can be read in no other way, 1.234,56 or 12,5 %, is needed for a decimal comma: "12,5" alone may name two notes.
    """
    figures = [plain for text in texts if len(text) <= 60 and (plain := " ".join(halfwidth(text).split())) and not _FIGURE.sub("", plain)]
    commas = [text for text in figures if _COMMA.search(_without_spaces(text))]
    points = [text for text in figures if text not in commas and _POINT.search(text)]
    sure = any("." in text or " " in text.strip("%‰ ") or _UNIT.search(text) for text in commas) or len(set(commas)) >= _SEVERAL
    if commas and sure:
        return "both" if points else "decimal comma"
    return "grouping comma" if any("," in text for text in points) else "decimal point" if points else None


def _without_spaces(text: str) -> str:
    return re.sub(r"(?<=\d) (?=\d{3})", "", text)
