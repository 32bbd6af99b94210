"""Figures inside labels and other texts of a table: "net of allowance of $14 and $16", "par value $0.001; 10,000 shares authorized"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from finfoundry.core.document import Box, Cell, Word
from finfoundry.core.periods import Period, find_periods
from finfoundry.core.quantities.numbers import PrintedNumber, find_numbers, parse_cell
from finfoundry.knowledge.facts.table.scale import ONE, TableScale

_PAR = re.compile(r"\b(?:par|stated)\b|每股", re.IGNORECASE)
_PER_SHARE = re.compile(r"\bper\s+share\b[^;]*$|\ba\s+share\b", re.IGNORECASE)
_PRICES = re.compile(r"\s*[$€£]\s?\d+\.\d\d\s*(?:-|–|—|to)\s*[$€£]\s?\d+\.\d\d\s*")  # a range of exercise prices
_RANGE = re.compile(r"\s*(?:[-–—~～至到]|to)\s*", re.IGNORECASE)
_NO_WORDS = re.compile(  # what is left of a text without its figures: signs, marks and words that bound
    r"(?:[\s\d.,/()%％‰<>≤≥＜＞~～≈±+'’*†‡§#¹²³⁴-⁹-]|ca\.?|circa|c\.|approx\.?|about|up to|over|under|less than|more than|at least"
    r"|约|近|逾|超|大于|小于|不足|不超过|以[上下内])*",
    re.IGNORECASE,
)
_SHARES = re.compile(r"\bshares?\b|股", re.IGNORECASE)
_RUN = re.compile(r"\s*(?:(?:million|billion|thousand)?\s*(?:shares\s+)?(?:,\s*and|,|and|及|和|、)\s*)")
_YEAR_BEFORE = re.compile(r"\b(?P<year>(?:19|20)\d\d)\s*(?:[,:]|[-–—])\s*$")
_YEAR_AFTER = re.compile(r"\)?\s*in\s+(?:fiscal\s+)?(?P<year>(?:19|20)\d\d)\b", re.IGNORECASE)
_AND_PER_SHARE = re.compile(
    r"(?:\s*(?:,\s*and|,|and)\s*[$€£]\s?\d+\.\d+){1,4}\s*per\s+share", re.IGNORECASE
)  # "$1.96, $1.94 and $1.90 per share"
_AT = re.compile(r"\b(?:at|as\s+of)\s*$", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
WHOLE = Decimal(1_000_000)  # share counts from here on are printed in full


@dataclass(frozen=True, slots=True)
class InlineFigure:
    """A number in a text: value in base units, what the words around it call it, and the date right after it, if any."""

    text: str
    value: Decimal
    unit: str
    scale: Decimal
    precision: int
    words: str
    dates: tuple[Period, ...]
    year: int | None = None  # said right before or after it: "2022, $318; 2021, $463", "$15 in 2023"
    series: int = 0  # figures of one run, "$14 and $16", share the number of the run


@lru_cache(maxsize=8192)
def _numbers(text: str) -> tuple[PrintedNumber, ...]:
    return tuple(find_numbers(text))


def figures_inside(text: str, measure: TableScale, *, named: bool = False) -> list[InlineFigure]:
    """The figures of a text that is no number itself. Bare numbers count only where the text speaks of shares.

    A label that is a percent and nothing else is a figure where its row is ``named`` by another: "3.4% | Notes due 2032 | 1,508".
    """
    if not any(character.isdigit() for character in text) or len(text) > 600:
        return []
    numbers = _numbers(text)
    ends = _ends_of_range(text, numbers)
    if not ends and not (named and _is_percent(text, numbers)) and _is_not_understood(text, numbers):
        return []
    found: list[InlineFigure] = []
    end = 0
    for number in numbers:
        unit = number.unit or ("shares" if _SHARES.search(text) and number.value >= 100 and not number.precision else None)
        if unit is None or unit in {"years", "months", "days"} or (_YEAR.fullmatch(re.sub(r"\D", "", number.text)) and unit == "ratio"):
            continue
        unit, scale = _measured(number, unit, text, measure)
        value = abs(number.value if number.scale != ONE else number.value * scale)
        words = ends.get(number.start) or _words(text, number)
        scale = number.scale if number.scale != ONE else scale
        series = found[-1].series + (not _RUN.fullmatch(text[end : number.start])) if found else 0
        end = number.end
        found.append(
            InlineFigure(
                number.text,
                value,
                unit,
                scale,
                number.precision,
                words,
                _dates_after(text, number.end),
                _year_beside(text, number),
                series,
            )
        )
    return found


def _is_percent(text: str, numbers: Sequence[PrintedNumber]) -> bool:
    return len(numbers) == 1 and numbers[0].unit == "ratio" and numbers[0].value >= 0 and numbers[0].text == text.strip()


def _is_not_understood(text: str, numbers: Sequence[PrintedNumber]) -> bool:
    """Whether a text is figures and no words, and not what these print: a bound, a part of a fraction, about so much, or beside
    a mark that is not known. Figures that each have a unit, "5.2% / 4.8%", are those two.
    """
    rest = text
    for number in reversed(numbers):
        rest = rest[: number.start] + rest[number.end :]
    whole = (len(numbers) > 1 or not rest.strip()) and all(number.unit and number.value >= 0 for number in numbers)
    whole = whole and parse_cell(text) is None  # a label that is a figure has none inside
    return bool(numbers) and _NO_WORDS.fullmatch(rest) is not None and not whole


def _ends_of_range(text: str, numbers: Sequence[PrintedNumber]) -> dict[int, str]:
    """Where the two ends of a range begin that is all a text says, "2-3%" or "$1.50 to $2.30", and which end each is."""
    if len(numbers) != 2:
        return {}
    first, second = numbers
    dash = len(second.text) - len(second.text.lstrip("-–— "))  # read as a sign
    outside = text[: first.start] + text[second.end :]
    if _RANGE.fullmatch(text[first.end : second.start + dash]) is None or any(map(str.isalnum, outside)):
        return {}
    return {first.start: "from", second.start: "to"}


def _measured(number: PrintedNumber, unit: str, text: str, measure: TableScale) -> tuple[str, Decimal]:
    """The unit, and the scale that the table gives to a figure that names none: not to par values, nor to counts printed in full."""
    around = text[max(number.start - 25, 0) : number.end + 15]
    if unit == "shares":
        scale = measure.shares if measure.shares is not None else measure.scale or ONE
        return unit, scale if number.value < WHOLE else ONE
    if unit == "ratio" or "/" in unit:
        return unit, ONE
    if number.value < 1000 and (
        _PAR.search(around)
        or _PER_SHARE.search(text[max(number.start - 40, 0) : number.end + 15])
        or _AND_PER_SHARE.match(text, number.end)
        or _PRICES.fullmatch(text)
    ):
        return f"{unit}/share", ONE
    return unit, measure.scale or ONE


def _words(text: str, number: PrintedNumber) -> str:
    """The words around a figure, up to the next punctuation or figure."""
    before = re.split(r"[;:,(（，；\d]", text[: number.start])[-1]
    after = re.split(r"[;:,)）(，；\d]", text[number.end :])[0]
    return " ".join(f"{before} {after}".split())[-80:]


def _dates_after(text: str, end: int) -> tuple[Period, ...]:
    """The date right after a figure, and the one joined to it: "10,000 shares authorized at June 30, 2025 and December 31, 2024"."""
    near = text[end : end + 80]
    found = [item for item in find_periods(near) if item.period and item.kind == "date"]
    if not found or found[0].start >= 24 or (found[0].start >= 16 and not _AT.search(near[: found[0].start])):
        return ()
    joined = found[1:2] if found[1:] and near[found[0].end : found[1].start].strip(" ,") == "and" else []
    return tuple(item.period for item in (found[0], *joined) if item.period)


def _year_beside(text: str, number: PrintedNumber) -> int | None:
    found = _YEAR_AFTER.match(text, number.end) or _YEAR_BEFORE.search(text, max(0, number.start - 40), number.start)
    return int(found["year"]) if found else None


def assign(figures: Sequence[InlineFigure], periods: Sequence[Period], *, every: bool) -> list[tuple[InlineFigure, Period]]:
    """Give each figure its period: the date next to it; one period each where there are as many alike as periods ("$14 and $16,
    respectively"); else all periods (``every``: what a balance sheet says in a label holds for all its columns) or the first.
    """
    if not periods:
        return []
    pairs = []
    for figure in figures:
        alike = [other for other in figures if other.unit == figure.unit and (not every or other.series == figure.series)]
        named = [period for period in periods if period.end.year == figure.year]
        if len(named) == 1:
            pairs.append((figure, named[0]))
        elif figure.dates and len(alike) == 1:
            pairs.extend((figure, date) for date in figure.dates)
        elif len(alike) == len(periods):
            pairs.append((figure, periods[next(place for place, other in enumerate(alike) if other is figure)]))
        else:
            pairs.extend((figure, period) for period in (periods if every else periods[:1]))
    return pairs


def box_of(figure: InlineFigure, cell: Cell, words: Sequence[Word]) -> Box | None:
    """The box on the page of the word that prints a figure of a cell. None where the cell has no box, or no word prints it."""
    if cell.box is None:
        return None
    digits = re.sub(r"[^\d.,]", "", figure.text).strip(".,")
    x0, y0, x1, y1 = cell.box
    for word in words:
        middle = ((word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2)
        if x0 - 1 <= middle[0] <= x1 + 1 and y0 - 1 <= middle[1] <= y1 + 1 and digits in word.text:
            return word.box
    return cell.box
