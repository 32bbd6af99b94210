"""Figures inside labels and other texts of a table: "net of allowance of $14 and $16", "par value $0.001; 10,000 shares authorized"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from finfoundry.core.document import Box, Cell, Word
from finfoundry.core.numbers import PrintedNumber, find_numbers
from finfoundry.core.periods import Period, find_periods
from finfoundry.knowledge.facts.scale import ONE, Measure

_PAR = re.compile(r"\b(?:par|stated)\b|每股", re.IGNORECASE)
_SHARES = re.compile(r"\bshares?\b|股", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
WHOLE = Decimal(1_000_000)  # share counts from here on are printed in full


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text: value in base units, what the words around it call it, and the date right after it, if any."""

    text: str
    value: Decimal
    unit: str
    scale: Decimal
    precision: int
    words: str
    date: Period | None


@lru_cache(maxsize=8192)
def _numbers(text: str) -> tuple[PrintedNumber, ...]:
    return tuple(find_numbers(text))


def figures_inside(text: str, measure: Measure) -> list[Figure]:
    """The figures of a text that is no number itself. Bare numbers count only where the text speaks of shares."""
    if not any(character.isdigit() for character in text) or len(text) > 600:
        return []
    found = []
    for number in _numbers(text):
        unit = number.unit or ("shares" if _SHARES.search(text) and number.value >= 100 and not number.precision else None)
        if unit is None or unit in {"years", "months", "days"} or (_YEAR.fullmatch(re.sub(r"\D", "", number.text)) and unit == "ratio"):
            continue
        unit, scale = _measured(number, unit, text, measure)
        value = abs(number.value if number.scale != ONE else number.value * scale)
        words = _words(text, number)
        scale = number.scale if number.scale != ONE else scale
        found.append(Figure(number.text, value, unit, scale, number.precision, words, _date_after(text, number.end)))
    return found


def _measured(number: PrintedNumber, unit: str, text: str, measure: Measure) -> tuple[str, Decimal]:
    """The unit, and the scale that the table gives to a figure that names none: not to par values, nor to counts printed in full."""
    around = text[max(number.start - 25, 0) : number.end + 15]
    if unit == "shares":
        scale = measure.shares if measure.shares is not None else measure.scale or ONE
        return unit, scale if number.value < WHOLE else ONE
    if unit == "ratio" or "/" in unit:
        return unit, ONE
    if _PAR.search(around) and number.value < 1000:
        return f"{unit}/share", ONE
    return unit, measure.scale or ONE


def _words(text: str, number: PrintedNumber) -> str:
    """The words around a figure, up to the next punctuation or figure."""
    before = re.split(r"[;:,(（，；\d]", text[: number.start])[-1]
    after = re.split(r"[;:,)）(，；\d]", text[number.end :])[0]
    return " ".join(f"{before} {after}".split())[-80:]


def _date_after(text: str, end: int) -> Period | None:
    near = text[end : end + 45]
    found = [item for item in find_periods(near) if item.period and item.kind == "date" and item.start < 16]
    return found[0].period if found else None


def assign(figures: Sequence[Figure], periods: Sequence[Period], *, every: bool) -> list[tuple[Figure, Period]]:
    """Give each figure its period: the date beside it; one period each where there are as many alike as periods ("$14 and $16,
    respectively"); else all periods (``every``: what a balance sheet says in a label holds for all its columns) or the first.
    """
    if not periods:
        return []
    pairs = []
    for figure in figures:
        alike = [other for other in figures if other.unit == figure.unit]
        if figure.date is not None:
            pairs.append((figure, figure.date))
        elif len(alike) == len(periods):
            pairs.append((figure, periods[next(place for place, other in enumerate(alike) if other is figure)]))
        else:
            pairs.extend((figure, period) for period in (periods if every else periods[:1]))
    return pairs


def box_of(figure: Figure, cell: Cell, words: Sequence[Word]) -> Box | None:
    """Where on the page a figure of a cell stands: the word that prints it."""
    if cell.box is None:
        return None
    digits = re.sub(r"[^\d.,]", "", figure.text).strip(".,")
    x0, y0, x1, y1 = cell.box
    for word in words:
        middle = ((word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2)
        if x0 - 1 <= middle[0] <= x1 + 1 and y0 - 1 <= middle[1] <= y1 + 1 and digits in word.text:
            return word.box
    return cell.box
