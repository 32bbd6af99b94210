"""The blocks of a report: headings, paragraphs, and tables in which the truth of each printed number is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from institutions.books import Key


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as a table shows it. ``names`` are the words that place it: its row, and its column where columns are metrics.

    ``value`` is in base units at the printed precision, its sign as printed; ``period`` is a date or "start/end".
    """

    key: Key
    names: tuple[str, ...]
    value: Decimal
    unit: str
    period: str
    scope: str
    scale: int
    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    level: int = 1  # 0 is the cover


@dataclass(frozen=True, slots=True)
class Prose:
    text: str


@dataclass(frozen=True, slots=True)
class NewPage:
    pass


@dataclass(slots=True)
class Grid:
    """A table. A cell of ``heads`` that is None goes on from the one on its left. ``bold`` are rows of totals, from 0."""

    title: str
    unit_line: str
    heads: list[list[str | None]]
    rows: list[list[str]] = field(default_factory=list)
    bold: set[int] = field(default_factory=set)
    footnote: str = ""


Block = Heading | Prose | NewPage | Grid
