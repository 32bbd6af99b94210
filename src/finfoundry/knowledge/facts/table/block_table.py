"""A table block with the texts around it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from decimal import Decimal

from finfoundry.core.document import Block, Page, Scope
from finfoundry.core.periods import Period, find_periods
from finfoundry.knowledge.facts.table.column_headers import HeaderColumn
from finfoundry.knowledge.facts.table.grid import PLAIN, Grid, Style
from finfoundry.knowledge.facts.table.scale import TableScale

_UNTIL = re.compile(r"至|(?:to|through)\b|[-–—~]", re.IGNORECASE)
_FOOTNOTE = re.compile(r"^\s*(?:\(\w{1,2}\)|\*+|[†‡¹²³])\s*\S")


@dataclass(frozen=True, slots=True)
class BlockTable:
    """A table block with the texts around it, and what was found out about it. What finds out more gives another."""

    number: int
    page: Page
    block: Block
    above: tuple[str, ...]  # texts before it on the page, nearest first
    grid: Grid
    leaf: int = 0  # its page, counted without pages that hold next to nothing
    style: Style = PLAIN
    begun: tuple[str, ...] = ()  # how these and a few more begin: an introduction names its subject first
    measure: TableScale = field(default_factory=TableScale)
    statement: str | None = None
    scope: Scope | None = None
    columns: Mapping[int, HeaderColumn] = field(default_factory=dict)  # of its last header
    labels: Sequence[str] = ()
    assumed: bool = False  # the scale is the document's usual one, not its own
    rolls: bool = False  # goes from opening to closing balances
    balance: Period | None = None  # the last that a row dates
    percent: Set[int] = frozenset()  # columns of percents that print the sign in some rows only
    signed: Set[int] = frozenset()  # columns that print the sign of percents
    in_percent: bool = False  # its title or note says that its numbers are percents
    percent_cells: Set[tuple[int, int]] = frozenset()  # row and column of percents whose other years have the sign
    percent_rows: Set[int] = frozenset()  # rows of percents that leave the sign to others of their kind
    counts: Set[tuple[int, int]] = frozenset()  # row and column of shares, printed in full whatever the scale
    prices: Set[tuple[int, int]] = frozenset()  # of what is per share, by its cents among whole amounts
    each: bool = False  # its amounts are of one piece or user, as its title says
    money: Set[tuple[int, int]] = frozenset()  # in columns whose balances bear the sign of a currency
    relations: Mapping[int, Decimal] = field(default_factory=dict)  # rows that are no amounts, as a sign beside them tells, and their scale
    differences: Mapping[int, Decimal | None] = field(default_factory=dict)  # of bare changes in rows of percents or multiples
    aside: bool = False  # only a row of its own bears the sign of a currency
    mixed: Mapping[str, int] = field(default_factory=dict)  # headings that name shares, and the row from which on money is below them


def titles_of(table: BlockTable) -> list[str]:
    """Texts that may be the title, the table's own headings first."""
    inside = {"heading", "note", "header"}  # a header's first cell is over the labels, and may hold the title
    headings = [row.cells[0].text for row in table.grid.rows[:3] if row.kind in inside and row.cells[0].column in (*table.grid.labels, 0)]
    return [text for text in (*headings, table.block.title or "", *table.above) if text]


def texts_around(table: BlockTable) -> list[str]:
    """Texts that may say what time the table is about, nearest first."""
    labels = set(table.grid.labels)
    last = max((row.index for row in table.grid.rows if row.values), default=0)  # below it no row heads anything
    corner = [
        cell.text for row in table.grid.rows if row.kind == "header" and row.index < last for cell in row.cells if cell.column in labels
    ]
    title = table.block.title or ""
    above = [text for text in table.above if not _FOOTNOTE.match(text)]
    return [_with_first_day(" ".join(corner), title), table.block.note or "", "" if title in table.above else title, *above]


def _with_first_day(corner: str, title: str) -> str:
    """The words over the labels; where these are the end of a span of time, behind its first day, which the line above has."""
    line = title.rpartition(" / ")[2].strip()
    days = find_periods(line) if _UNTIL.match(corner.strip()) else []
    return f"{line}{corner.strip()}" if len(days) == 1 and days[0].kind == "date" and days[0].text == line else corner
