"""What a made paper consists of, whatever its format: headings, lines, tables, page ends, a line at the head of every page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from finfoundry.evals.silent_errors.draw import Draw, Row, grouped


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell. ``sup`` is set in superscript behind the text; ``span`` covers cells to the right, ``down`` cells below, which stand as None.
    ``number`` and ``pattern`` are what a sheet keeps in place of the text, and how it shows it.
    """

    text: str
    sup: str = ""
    span: int = 1
    down: int = 1
    number: Decimal | None = None
    pattern: str = "General"


CellRow = Sequence[Cell | str | None]  # a plain text is a cell; None is covered by another


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    size: float = 10


@dataclass(frozen=True, slots=True)
class Running:
    """A line at the head of every page, outside the text."""

    text: str


@dataclass(frozen=True, slots=True)
class NextPage:
    pass


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``ruled``: with all its rules, else with one below the heading. ``wide``: width of the first column in points, on a page."""

    rows: Sequence[CellRow]
    ruled: bool = False
    heads: int = 1
    wide: float = 170


Block = Heading | Line | Running | NextPage | Table
INCOME, BALANCE = ("Income statement", "利润表"), ("Balance sheet", "资产负债表")  # titles


def amount(number: Decimal) -> Cell:
    """A number as statements print it, and as sheets keep it."""
    return Cell(grouped(number), number=number, pattern="#,##0_);(#,##0)")


def body(rows: Iterable[Row]) -> list[CellRow]:
    """The lines of a plain table."""
    return [[row.label, *map(amount, row.numbers)] for row in rows]


def opening(draw: Draw, title: tuple[str, str] = INCOME) -> list[Block]:
    """The company, and what the table is, in English or Chinese."""
    return [Heading(draw.company), Heading(f"{draw.say(*title)} {draw.year}" if not draw.zh else f"{draw.year}年度{title[1]}", 2)]


def statement(
    draw: Draw,
    rows: Sequence[CellRow],
    *,
    ruled: bool | None = None,
    heads: Sequence[Cell | str | None] | None = None,
    title: tuple[str, str] = INCOME,
) -> list[Block]:
    """Company, title, unit line and a table under the years: the paper that most recipes vary."""
    head = [draw.say("Item", "项目"), *(heads if heads is not None else draw.heads())]
    return [*opening(draw, title), Line(draw.unit_line), Table([head, *rows], ruled=draw.variant % 2 == 0 if ruled is None else ruled)]


def balance_sheet(draw: Draw, rows: Sequence[CellRow]) -> list[Block]:
    """The same at the last days of two years."""
    return statement(draw, rows, heads=draw.days(), title=BALANCE)
