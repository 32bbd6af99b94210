"""How a file is read as a table: encoding, separator, line ends, which line is its header, which mark parts decimals.

Numbers as people write them become numbers where all cells of a column can be read one way: 1,234.50; 1.234,50; ¥1,200; 3.5万. Where both
readings are possible the user is asked. Percent signs stay, since a column's unit is part of a specialist's schema.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

import pandas as pd

from finfoundry.core.errors import InputError

SEPARATORS = ",;\t|"
_LINES = 200  # that are looked at for the header and the decimal mark
_MONEY = re.compile(r"^([+-]?)\s*(?:[¥￥$€£]|RMB|CNY|USD|EUR)?\s*([+-]?[\d.,'  ]*\d)\s*([万亿]?)\s*元?$")
_POINT = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:[,'  ]\d{3})+)(?:\.\d+)?")
_COMMA = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:[.'  ]\d{3})+)(?:,\d+)?")
_SHOWS_COMMA = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+),(?:\d{1,2}|\d{4,})|[+-]?\d{1,3}(?:\.\d{3})+,\d+|[+-]?\d{1,3}(?:\.\d{3}){2,}")
_SHOWS_POINT = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)\.(?:\d{1,2}|\d{4,})|[+-]?\d{1,3}(?:,\d{3})+\.\d+|[+-]?\d{1,3}(?:,\d{3}){2,}")
_TIMES = {"": 1, "万": 10_000, "亿": 100_000_000}


@dataclass(frozen=True)
class FileReading:
    """How a file was read. ``header``: the line of the column names, from 1; the lines before it were skipped."""

    encoding: str
    separator: str = ""
    line_ends: str = ""
    header: int = 1
    decimal: str = "."
    sheet: str = ""
    notes: list[str] = field(default_factory=list)


def layout(encoding: str, text: str) -> FileReading:
    """The layout of a delimited text, by its first lines."""
    ends = "CRLF" if "\r\n" in text else "CR" if "\r" in text and "\n" not in text else "LF"
    lines = text.splitlines()[: _LINES + 1]
    separator = max(SEPARATORS, key=lambda one: sum(sorted((line.count(one) for line in lines), reverse=True)[: max(len(lines) // 2, 1)]))
    rows = list(csv.reader(lines, delimiter=separator))
    header = header_of(rows)
    notes = [f"{header - 1} lines before the header were passed over"] if header > 1 else []
    return FileReading(encoding, separator, ends, header, decimal_of(rows[header:]), "", notes)


def header_of(rows: Sequence[Sequence[str]]) -> int:
    """The line of the column names, from 1: the first as wide as most lines of which every cell is filled, once, and no number."""
    widths = [len(row) for row in rows if any(cell.strip() for cell in row)]
    if not widths:
        return 1
    usual = max(set(widths), key=lambda width: (widths.count(width), width))
    for number, row in enumerate(rows, 1):
        names = [cell.strip() for cell in row]
        filled = names[1:] if names and not names[0] else names  # row numbers have no name
        if len(row) == usual and all(filled) and not any(_number(name, "point") is not None for name in filled):
            return number
    return 1


def decimal_of(rows: Sequence[Sequence[str]]) -> str:
    """The decimal mark that cells show beyond doubt: a comma where some show it and none shows a point."""
    cells = [cell.strip() for row in rows for cell in row]
    comma, point = (sum(1 for cell in cells if shape.fullmatch(cell)) for shape in (_SHOWS_COMMA, _SHOWS_POINT))
    return "," if comma and not point else "."


def written_numbers(cells: pd.Series, name: str, decimal: str) -> pd.Series | None:
    """Cells written for people as numbers; None where they are none.

    Raises InputError: every cell can be read with the comma as decimal mark and as a mark of thousands.
    """
    texts = [str(cell).strip() for cell in cells.dropna()]
    if not texts or not all(_MONEY.match(text) for text in texts):
        return None
    ways = {way: [_number(text, way) for text in texts] for way in ("point", "comma")}
    whole = [way for way, found in ways.items() if None not in found]
    if not whole:
        return None
    way = whole[0]
    if len(whole) > 1 and ways["point"] != ways["comma"]:
        shown = [
            way for way, shape in (("comma", _SHOWS_COMMA), ("point", _SHOWS_POINT)) if any(shape.fullmatch(_bare(text)) for text in texts)
        ]
        if decimal == ",":
            way = "comma"
        elif len(shown) == 1:
            way = shown[0]
        elif any("," in text for text in texts):
            cell = next(text for text in texts if "," in text)
            raise InputError(
                f"column {name!r}: {cell!r} may be {_number(cell, 'point')} or {_number(cell, 'comma')}, and no other cell says which",
                remedy="Write it without marks of thousands, or with two decimals",
            )
    made = pd.Series([float("nan")] * len(cells), index=cells.index, dtype="float64")
    made[cells.notna()] = [float(value) for value in ways[way] if value is not None]
    return made


def _bare(text: str) -> str:
    match = _MONEY.match(text)
    return match[1] + match[2] if match else text


def _number(text: str, way: str) -> Decimal | None:
    match = _MONEY.match(text.strip())
    if match is None:
        return None
    bare = (match[1] + match[2]).strip()
    if not (_POINT if way == "point" else _COMMA).fullmatch(bare):
        return None
    thousands = "," if way == "point" else "."
    for mark in (thousands, "'", " ", "\u00a0"):
        bare = bare.replace(mark, "")
    try:
        return Decimal(bare.replace(",", ".")) * _TIMES[match[3]]
    except InvalidOperation:
        return None
