"""A table given as HTML, Markdown or tab-separated text: each number with its row's label path, its column's period, its unit and scale."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from lxml import html

from finfoundry.binding.sentence.claim_patterns import PER_SHARE
from finfoundry.binding.sentence.scopes import scope_of
from finfoundry.core.document import Scope
from finfoundry.core.errors import InputError
from finfoundry.core.periods import FoundPeriod, find_periods
from finfoundry.core.quantities.numbers import CellNumber, parse_cell
from finfoundry.core.quantities.unit_lines import UnitLine, first_stated, meant, own_unit, read_unit_line

Grid = list[list[str]]
_MOST_CELLS = 200_000
_RULE = re.compile(r"\s*\|?[\s:|-]*-{2,}[\s:|-]*\|?\s*")
_SHARES = re.compile(r"\bshares\b(?! repurchase)|股数|股份数", re.IGNORECASE)
_RATIO = re.compile(r"%|％|\bpercent|比例|比率|率[(（]|\bratio\b|\bmargin\b|占比", re.IGNORECASE)
_COUNT = re.compile(r"employees|headcount|number of|人数|\(人\)|（人）|数量", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TableNumber:
    value: Decimal  # base units
    unit: str | None
    scale: Decimal
    step: Decimal
    text: str
    path: tuple[str, ...]  # headings above the row, then its label
    periods: tuple[FoundPeriod, ...]
    scope: Scope | None
    above: str  # what stands over the rows: the caption, and the headings of the columns


@lru_cache(maxsize=256)
def read_rows(markup: str, caption: str = "") -> tuple[TableNumber, ...]:
    """The numbers of a table. Raises InputError when the markup is larger than 200,000 cells."""
    return tuple(number for grid, above in grids(markup) for number in _numbers(grid, f"{caption}\n{above}"))


def grids(markup: str) -> Iterator[tuple[Grid, str]]:
    """Each table of the text as rows of cells, with the words above it. Raises InputError for a table of more than 200,000 cells."""
    if re.search(r"<(?:table|tr|td)\b", markup, re.IGNORECASE):
        yield from _html_grids(markup)
    elif re.search(r"^[^\S\n]*\|.*\|", markup, re.MULTILINE):
        yield from _markdown_grids(markup)
    else:
        rows = [re.split(r"\t|\s{3,}", line.strip("\n")) for line in markup.splitlines() if line.strip()]
        yield _bounded(rows), ""


def _html_grids(markup: str) -> Iterator[tuple[Grid, str]]:
    root = html.fromstring(f"<div>{markup}</div>")
    for table in root.findall(".//table") or [root]:
        above = " ".join(_text(node) for node in elements(table, "caption|preceding-sibling::*[position()<=3]"))
        yield _html_grid(table), above


def _html_grid(table: html.HtmlElement) -> Grid:
    """A table as rows of cells; text that spans several columns is repeated in each when it is a heading, else it is in the first."""
    grid: dict[tuple[int, int], str] = {}
    for row, line in enumerate(table.iter("tr")):
        column = 0
        for cell in line.iterchildren("td", "th"):
            while (row, column) in grid:
                column += 1
            text, width, height = _text(cell), _span(cell.get("colspan")), _span(cell.get("rowspan"))
            if len(grid) + width * height > _MOST_CELLS:
                raise InputError(f"a table of more than {_MOST_CELLS} cells is not read", remedy="Give the part that holds the figures")
            heading = parse_cell(text) is None
            for down in range(height):
                for right in range(width):
                    grid[row + down, column + right] = text if not down and (heading or not right) else ""
            column += width
    rows, columns = 1 + max((row for row, _ in grid), default=-1), 1 + max((column for _, column in grid), default=-1)
    return [[grid.get((row, column), "") for column in range(columns)] for row in range(rows)]


def elements(node: html.HtmlElement, path: str) -> list[html.HtmlElement]:
    """The elements that an XPath finds."""
    found = node.xpath(path)
    return [one for one in found if isinstance(one, html.HtmlElement)] if isinstance(found, list) else []


def _text(node: html.HtmlElement) -> str:
    return " ".join(node.text_content().split())


def _span(value: str | None) -> int:
    return min(int(value), 1000) if value and value.isdigit() and int(value) > 0 else 1


def _markdown_grids(markup: str) -> Iterator[tuple[Grid, str]]:
    rows: Grid = []
    above: list[str] = []
    for line in [*markup.splitlines(), ""]:
        if line.strip().startswith("|"):
            if not _RULE.fullmatch(line):
                rows.append([cell.strip().replace("**", "") for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))])
        elif rows:
            yield _bounded(rows), " ".join(above[-3:])
            rows, above = [], [line] if line.strip() else []
        elif line.strip():
            above.append(line)


def _bounded(rows: Grid) -> Grid:
    if sum(len(row) for row in rows) > _MOST_CELLS:
        raise InputError(f"a table of more than {_MOST_CELLS} cells is not read")
    return rows


def _numbers(grid: Grid, above: str) -> Iterator[TableNumber]:
    read = [[_number(cell) for cell in row] for row in grid]
    body = _first_body_row(grid, read)
    heads = _column_heads(grid[:body])
    over = "\n".join((above, *(" ".join(row) for row in grid[:body])))
    stated = _Stated.of(over, above)
    columns: dict[int, _Column] = {}
    section: str | None = None
    for cells, numbers in zip(grid[body:], read[body:], strict=True):
        name = next((cell for cell, number in zip(cells, numbers, strict=True) if cell and number is None and not _is_mark(cell)), "")
        if not any(numbers):
            section = name or section
            if not heads and len(name) < 40 and find_periods(name):
                heads = _column_heads([cells])
                columns.clear()
            continue
        sign = next((line for cell in cells if _is_mark(cell) and (line := read_unit_line(cell)).currency), UnitLine())  # "$ | 1.25"
        row = _Row.of(tuple(part for part in (section, name) if part), sign, stated)
        for column, (cell, number) in enumerate(zip(cells, numbers, strict=True)):
            if number:
                if column not in columns:
                    columns[column] = _Column.of(_head(heads, column))
                if (figure := _table_number(number, cell, row, columns[column], stated, over)) is not None:
                    yield figure


def _number(cell: str) -> CellNumber | None:
    number = parse_cell(cell) if cell else None
    return None if number is None or number.dash else number


def _is_mark(cell: str) -> bool:
    return re.fullmatch(r"[$€£¥%()\s—–-]+|[A-Z]{3}", cell) is not None


def _first_body_row(grid: Grid, read: list[list[CellNumber | None]]) -> int:
    """The index of the first row that is no heading: the first with a number that is no year, or with numbers, a name and no period; or of
    the name of a section right above it. The number of rows where there is none.
    """
    for row, (cells, all_numbers) in enumerate(zip(grid, read, strict=True)):
        numbers = [number for number in (all_numbers[1:] or all_numbers) if number]
        years = [number for number in numbers if not number.percent and number.precision == 0 and 1900 <= number.value <= 2100]
        if numbers and (len(years) < len(numbers) or (cells[0] and not find_periods(" ".join(cells)))):
            while row and grid[row - 1][0] and not any(grid[row - 1][1:]) and not find_periods(grid[row - 1][0]):
                row -= 1  # a section's name right above its numbers
            return row
    return len(grid)


def _column_heads(rows: Grid) -> dict[int, str]:
    heads: dict[int, str] = {}
    for row in rows:
        for column, cell in enumerate(row):
            if cell and (column or find_periods(cell)):
                heads[column] = f"{heads.get(column, '')} {cell}".strip()
    return heads


def _head(heads: dict[int, str], column: int) -> str:
    """The heading of a column; a "$" in a column of its own shifts the number to the right of it."""
    if column in heads:
        return heads[column]
    left = [number for number in heads if number < column and number]
    return heads[max(left)] if left else heads.get(0, "")


@dataclass(frozen=True, slots=True)
class _Stated:
    """What the heading and the words above a table say of all its numbers."""

    unit: UnitLine
    scope: Scope | None

    @classmethod
    def of(cls, text: str, above: str) -> _Stated:
        return cls(first_stated(text.splitlines()), scope_of(above))


@dataclass(frozen=True, slots=True)
class _Row:
    path: tuple[str, ...]
    unit: str | None
    scale: Decimal | None  # that the row states for itself
    ratio: bool
    unread: bool  # states a scale that is not understood

    @classmethod
    def of(cls, path: tuple[str, ...], sign: UnitLine, stated: _Stated) -> _Row:
        leaf = path[-1] if path else ""
        line = read_unit_line(leaf)
        named = line if line.currency else sign
        unit, scale = meant(named.currency, shared=named.shared, stated=stated.unit.currency), line.scale
        if PER_SHARE.search(" ".join(path)):
            unit, scale = f"{unit}/share" if unit else None, scale or Decimal(1)
        elif _SHARES.search(leaf):
            unit = "shares"
        elif _COUNT.search(leaf):
            unit, scale = "count", scale or Decimal(1)
        return cls(path, unit, scale, bool(_RATIO.search(leaf)), line.unread is not None)


@dataclass(frozen=True, slots=True)
class _Column:
    head: str
    periods: tuple[FoundPeriod, ...]
    unit: UnitLine
    scope: Scope | None
    ratio: bool

    @classmethod
    def of(cls, head: str) -> _Column:
        return cls(head, tuple(find_periods(head)), own_unit(head), scope_of(head), bool(_RATIO.search(head)))


@lru_cache(maxsize=10_000)
def _periods(name: str) -> tuple[FoundPeriod, ...]:
    return tuple(find_periods(name))


def _table_number(number: CellNumber, text: str, row: _Row, column: _Column, stated: _Stated, above: str) -> TableNumber | None:
    """The number; None where a scale is stated that is not understood: whatever it is taken for, nothing may be bound to it."""
    currency = column.unit.currency or stated.unit.currency
    unit = meant(number.currency, shared=number.shared, stated=currency) if number.currency else _of_column(row.unit, column.unit)
    own = None if number.scale else row.scale or column.unit.scale
    scale = Decimal(1) if number.scale else own or stated.unit.scale or Decimal(1)
    unread = row.unread or column.unit.unread or (stated.unit.unread and own is None)
    if unread and not number.scale and not number.percent and unit not in ("shares", "count") and not row.ratio and not column.ratio:
        return None
    if number.percent or ((row.ratio or column.ratio) and number.currency is None):
        is_fraction = not number.percent and not re.search("[%％]", f"{' '.join(row.path)} {column.head}") and abs(number.value) < 2
        scale, unit = Decimal(1) if is_fraction else Decimal("0.01"), "ratio"
    return TableNumber(
        value=number.value * scale,
        unit=unit,
        scale=number.scale or scale,
        step=(number.scale or scale).scaleb(-number.precision),
        text=text,
        path=row.path,
        periods=column.periods or _periods(" ".join(row.path)),
        scope=column.scope or stated.scope,
        above=above,
    )


def _of_column(unit: str | None, column: UnitLine) -> str | None:
    """The unit of a row, in the currency of its column where that has one of its own."""
    if column.currency is None or column.shared or unit in ("shares", "count"):
        return unit
    return f"{column.currency}/share" if unit and unit.endswith("/share") else column.currency
