"""One table cell read as a number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from finfoundry.core.language import halfwidth
from finfoundry.core.quantities.scales import PREFIXES
from finfoundry.core.quantities.unit_lines import read_unit_line, scale_of
from finfoundry.core.quantities.units import (
    ANY_CURRENCY,
    DIGITS,
    ONE,
    PERCENT,
    SCALE,
    SYMBOLS,
    percent_scale,
    places,
    scale_value,
)


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
    shared: bool = False  # the sign is one that several currencies share: "$", 元
    per_share: bool = False  # the cell says that it is: 5.86元/股


_FOOTNOTE = re.compile(r"(?:\s*(?:[¹²³⁴⁵⁶⁷⁸⁹⁰*†‡§#]+|⁽[^⁾]{1,3}⁾|\[\d{1,2}\]|\([a-z]\)|(?<=[\d%)])\s*\((?:\d|[a-z]{1,2}|\d[a-z])\)))+$")
_AREA = re.compile(r"\d\s?(?:[kcd]?m|ft|yd)\s?[²³]")  # 45,000 m²: no million with a footnote
_DASHES = re.compile(r"[-–—―﹣]{1,3}")
_CELL = re.compile(
    rf"(?P<open>\(\s*)?(?P<before>{SYMBOLS})?\s*(?P<minus>[-–—△▲+]\s*)?(?P<inner>\(\s*)?(?P<inside>{SYMBOLS})?\s*"
    rf"(?P<digits>{DIGITS})\s*(?P<percent>(?:{PERCENT})?)\s*(?P<scale>{SCALE})?\s*(?P<close>\))?\s*(?P<trailing>-)?\s*"
    rf"(?P<late>(?:{PERCENT})?)\s*(?P<after>{ANY_CURRENCY}|[xX倍股]|/股|元/股)?\s*(?P<shut>\))?"
)


_SIMPLE = re.compile(r"(?P<open>\()?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?(open)\))")  # most cells, read at once
_ZEROS = re.compile("0{2,}")  # "£000" over a column: thousands of pounds, and no figure
_HINT = re.compile(r"[\d０-９—–―﹣-]")


def parse_cell(text: str) -> CellNumber | None:
    """Read one table cell as a number, or None when it is anything else. Footnote marks and a currency sign are stripped."""
    simple = _SIMPLE.fullmatch(text) if text.isascii() else None
    if simple:
        value = Decimal(simple["digits"].replace(",", ""))
        return CellNumber(-value if simple["open"] else value, places(simple["digits"]))
    if not _HINT.search(text):
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
    match = _CELL.fullmatch(plain)
    if match is None or _ZEROS.fullmatch(match["digits"]):
        return None
    suffix = match["percent"] or match["late"]
    own = scale_value(match["scale"]) if match["scale"] and match["scale"].strip() else _prefixed(match["before"] or "")
    negative = bool(match["open"] or match["inner"] or match["trailing"]) or (match["minus"] or "").strip() not in ("", "+")
    value = Decimal(match["digits"].replace(",", "")) * (own or ONE)
    if suffix.strip() not in ("", "%"):
        value *= percent_scale(suffix) * 100
    unit = read_unit_line(f"{match['before'] or ''}{match['inside'] or ''} {match['after'] or ''}")
    return CellNumber(
        -value if negative else value, places(match["digits"]), bool(suffix.strip()), unit.currency, scale=own, shared=unit.shared,
        per_share="/股" in (match["after"] or ""),
    )  # fmt: skip


def _prefixed(sign: str) -> Decimal | None:
    """The scale of a sign that has one: TEUR, k€."""
    return scale_of(sign) if sign[:1] in PREFIXES else None
