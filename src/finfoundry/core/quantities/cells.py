"""One table cell read as a number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal
from unicodedata import numeric

from finfoundry.core.language import halfwidth
from finfoundry.core.quantities.currencies import ALONE
from finfoundry.core.quantities.scales import PREFIXES
from finfoundry.core.quantities.unit_lines import read_unit_line, scale_of
from finfoundry.core.quantities.units import (
    ANY_CURRENCY,
    DIGITS,
    ONE,
    PERCENT,
    SCALE,
    SYMBOLS,
    is_points,
    percent_scale,
    places,
    scale_value,
)
from finfoundry.core.quantities.writings import Writing, plain_digits


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
    shared: frozenset[str] = ALONE  # the currencies that share its sign: of "$", 元
    per_share: bool = False  # the cell says that it is: 5.86元/股
    points: bool = False  # percentage points or basis points: a difference of two shares
    unit: Literal["ratio", "shares", "years"] | None = None  # what the cell says that it counts: 2.4x, 1,000股, 1.2 years
    side: Literal["debit", "credit"] | None = None  # of an account: 1,000 DR; the value has no sign of it


_FOOTNOTE = re.compile(r"(?:\s*(?:[¹²³⁴⁵⁶⁷⁸⁹⁰*†‡§#]+|⁽[^⁾]{1,3}⁾|\[\d{1,2}\]|\([a-z]\)|(?<=[\d%)xX倍])\s*\((?:\d|[a-z]{1,2}|\d[a-z])\)))+$")
_AREA = re.compile(r"\d\s?(?:[kcd]?m|ft|yd)\s?[²³]")  # 45,000 m²: no million with a footnote
_DASHES = re.compile(r"[-–—―﹣]{1,3}")
_CELL = re.compile(
    rf"(?P<open>\(\s*)?(?P<before>{SYMBOLS})?\s*(?P<minus>[-–—△▲+]\s*)?(?P<inner>\(\s*)?(?P<inside>{SYMBOLS})?\s*"
    rf"(?P<digits>{DIGITS})\s*(?P<percent>(?:{PERCENT})?)\s*(?P<scale>{SCALE})?\s*(?P<close>\))?\s*(?P<trailing>-)?\s*"
    rf"(?P<late>(?:{PERCENT})?)\s*(?P<after>{ANY_CURRENCY}|[xX×倍股]|/股|元/股)?\s*(?P<shut>\))?"
)
NOTED = re.compile(r"(?P<figure>.*(?:\d[.,]\d|[%)]|\d{3}).*)\s(?P<mark>\d{1,2})")  # with the mark of a note behind it
_UNITS: dict[str, Literal["ratio", "shares"]] = {"x": "ratio", "X": "ratio", "×": "ratio", "倍": "ratio", "股": "shares"}
_LASTING = re.compile(r"(?P<digits>\d+\.\d+)\s?(?:years?|yrs?|年)", re.IGNORECASE)  # "2 years" heads a column of maturities
_FRACTION = re.compile(r"(?:(?P<whole>\d{1,3})[ -])?(?P<over>[1-9]\d?)/(?P<under>2|4|8|16|32|64)\s?%")
_HALVES = re.compile(r"(?P<whole>\d{1,3})?\s?(?P<part>[¼½¾⅛⅜⅝⅞])\s?(?P<percent>%)?")
_SIDE = re.compile(r"(?P<before>DR|Dr|CR)\.?\s?(?=[\d$€£¥])|(?<=\d)\s?(?P<behind>DR|Dr|CR)\.?$")  # not "5 Cr", which are crores
_CRORES = re.compile(r"(?P<figure>.*\d)\s?(?:Cr|CR|cr)\.?")
CRORE = Decimal(10_000_000)
_YEAR = re.compile(r"(?:19|20)\d\d")
_TEXT_SIGN = re.compile(r"^['’](?=[-+(]\s?[\d$€£¥]|\d{1,3},\d{3})")  # by which a sheet keeps a figure as a text; not '24, a year


_SIMPLE = re.compile(r"(?P<open>\()?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?(open)\))")  # most cells, read at once
_ZEROS = re.compile("0{2,}")  # "£000" over a column: thousands of pounds, and no figure
_HINT = re.compile(r"[\d０-９—–―﹣¼½¾⅛⅜⅝⅞-]")


def parse_cell(text: str, writing: Writing = "unknown") -> CellNumber | None:
    """Read one table cell as a number, or None when it is anything else. Footnote marks and a currency sign are stripped.

    ``writing`` is how the cells around it write their figures. A range, a bound and what is only about so much are no number:
    "2-3%", "<0.1%", "~300".

    >>> parse_cell("(1,234)").value, parse_cell("1.234", "decimal comma").value, parse_cell("2-3%")
    (Decimal('-1234'), Decimal('1234'), None)
    """
    simple = _SIMPLE.fullmatch(text) if text.isascii() and writing in ("unknown", "decimal point", "grouping comma") else None
    if simple:
        value = Decimal(simple["digits"].replace(",", ""))
        return CellNumber(-value if simple["open"] else value, places(simple["digits"]))
    if not _HINT.search(text) or ("\n" in text and are_figures(text.split("\n"))):
        return None
    plain = " ".join(halfwidth(text).split())
    if len(plain) > 60:
        return None
    if plain[-1] in "²³" and _AREA.search(plain) and not re.search(SYMBOLS, plain):
        return None
    plain = _FOOTNOTE.sub("", plain).strip() or plain
    bare = re.sub(rf"{SYMBOLS}|%|\s|[()]", "", plain)
    if bare and _DASHES.fullmatch(bare):
        unit = read_unit_line(plain)
        return CellNumber(Decimal(0), 0, percent="%" in plain, currency=unit.currency, dash=True, shared=unit.shared)
    digits = plain_digits(_TEXT_SIGN.sub("", plain), writing)
    return None if digits is None else _in_words(digits) or _on_a_side(digits) or _number(digits)


def in_one_cell(lines: Sequence[str]) -> str:
    """The lines of a cell as one text. Figures one below another are several, and stay apart: a space would group the digits of one.

    >>> in_one_cell(["850", "120"]), in_one_cell(["Revenue", "and costs"])
    ('850 / 120', 'Revenue and costs')
    """
    return (" / " if are_figures(lines) else " ").join(lines)


def are_figures(lines: Sequence[str]) -> bool:
    """Whether lines, more than one, are a figure each, and no years or parts of a date."""
    return len(lines) > 1 and all(_YEAR.fullmatch(line.strip()) is None and parse_cell(line.strip()) is not None for line in lines)


def readings(text: str) -> list[CellNumber]:
    """What a cell may be by itself: one number, but of "1.234" two, the more usual first, and of "12,5" the one of a decimal comma.

    >>> [str(number.value) for number in readings("1.234")], [str(number.value) for number in readings("1,234 2")]
    (['1.234', '1234'], ['1234'])
    """
    plain = " ".join(text.split())
    noted = NOTED.fullmatch(plain) if parse_cell(plain) is None else None
    plain = noted["figure"] if noted else plain
    usual = parse_cell(plain)
    other = parse_cell(plain, "decimal comma") if usual is None or "," not in plain else None
    return [number for number in (usual, other if other != usual else None) if number is not None]


def _number(plain: str) -> CellNumber | None:
    """A figure in plain digits, with its sign, currency, scale and suffix."""
    match = _CELL.fullmatch(plain)
    if match is None or _ZEROS.fullmatch(match["digits"]):
        return None
    suffix = match["percent"] or match["late"]
    own = scale_value(match["scale"]) if match["scale"] and match["scale"].strip() else _prefixed(match["before"] or "")
    negative = bool(match["open"] or match["inner"] or match["trailing"]) or (match["minus"] or "").strip() not in ("", "+")
    value = Decimal(match["digits"].replace(",", "")) * (own or ONE)
    finer = 0  # places by which a printed unit is finer than a percent: 25 bps are 0.25 %
    if suffix.strip() not in ("", "%"):
        value *= percent_scale(suffix) * 100
        finer = -2 - percent_scale(suffix).adjusted()
    after = match["after"] or ""
    unit = read_unit_line(f"{match['before'] or ''}{match['inside'] or ''} {after}")
    return CellNumber(
        -value if negative else value, places(match["digits"]) + finer, bool(suffix.strip()), unit.currency, scale=own, shared=unit.shared,
        per_share="/股" in after, points=is_points(suffix), unit=None if unit.currency or suffix.strip() else _UNITS.get(after),
    )  # fmt: skip


def _in_words(plain: str) -> CellNumber | None:
    """A length of time with decimals, and a fraction of a percent: 1.2 years, 2 1/4 %, 2½."""
    if lasting := _LASTING.fullmatch(plain):
        return CellNumber(Decimal(lasting["digits"]), places(lasting["digits"]), unit="years")
    if fraction := _FRACTION.fullmatch(plain):
        value = Decimal(fraction["whole"] or 0) + Decimal(fraction["over"]) / Decimal(fraction["under"])
        return CellNumber(value, places(str(value)), percent=True)
    if halves := _HALVES.fullmatch(plain):
        value = Decimal(halves["whole"] or 0) + Decimal(str(numeric(halves["part"])))
        return CellNumber(value, places(str(value)), percent=halves["percent"] is not None)
    return None


def _on_a_side(plain: str) -> CellNumber | None:
    """A figure with the side of the account on which it stands; in rupees Cr are crores: ₹ 400 Cr."""
    if (
        (crores := _CRORES.fullmatch(plain))
        and (number := _number(crores["figure"].strip()))
        and number.currency == "INR"
        and not number.scale
    ):
        return replace(number, value=number.value * CRORE, scale=CRORE)
    if (side := _SIDE.search(plain)) is None or (number := _number(_SIDE.sub("", plain, count=1).strip())) is None:
        return None
    if number.percent or number.unit or number.currency == "INR":
        return None
    return replace(number, side="credit" if (side["before"] or side["behind"]) == "CR" else "debit")


def _prefixed(sign: str) -> Decimal | None:
    """The scale of a sign that has one: TEUR, k€."""
    return scale_of(sign) if sign[:1] in PREFIXES else None
