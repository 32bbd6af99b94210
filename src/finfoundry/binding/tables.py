"""A table given as HTML, Markdown or tab-separated text: each number with its row's label path, its column's period, its unit and scale."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from lxml import html

from finfoundry.binding.claims import scope_of
from finfoundry.core.document import Scope
from finfoundry.core.errors import InputError
from finfoundry.core.numbers import CellNumber, currency_of, parse_cell, scale_of
from finfoundry.core.periods import FoundPeriod, find_periods

Grid = list[list[str]]
_MOST_CELLS = 200_000
_RULE = re.compile(r"\s*\|?[\s:|-]*-{2,}[\s:|-]*\|?\s*")
_PER_SHARE = re.compile(r"per (?:\w+ ){0,3}share|每股|\beps\b", re.IGNORECASE)
_SHARES = re.compile(r"\bshares\b(?! repurchase)|股数|股份数|\(in shares\)", re.IGNORECASE)
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


def read_rows(markup: str, caption: str = "") -> list[TableNumber]:
    """The numbers of a table. Raises InputError when the markup is larger than 200,000 cells."""
    return [number for grid, above in grids(markup) for number in _numbers(grid, f"{caption}\n{above}")]


def grids(markup: str) -> Iterator[tuple[Grid, str]]:
    """Each table of the text as rows of cells, with the words that stand above it."""
    if re.search(r"<(?:table|tr|td)\b", markup, re.IGNORECASE):
        yield from _html_grids(markup)
    elif re.search(r"^\s*\|.*\|", markup, re.MULTILINE):
        yield from _markdown_grids(markup)
    else:
        rows = [re.split(r"\t|\s{3,}", line.strip("\n")) for line in markup.splitlines() if line.strip()]
        yield _bounded(rows), ""


def _html_grids(markup: str) -> Iterator[tuple[Grid, str]]:
    root = html.fromstring(f"<div>{markup}</div>")
    for table in root.findall(".//table") or [root]:
        above = " ".join(_text(node) for node in _nodes(table, "caption|preceding-sibling::*[position()<=3]"))
        yield _html_grid(table), above


def _html_grid(table: html.HtmlElement) -> Grid:
    """Cells by row and column; what spans several columns is repeated in each when it is a heading, else stands in the first."""
    grid: dict[tuple[int, int], str] = {}
    for row, line in enumerate(_nodes(table, ".//tr")):
        column = 0
        for cell in _nodes(line, "td|th"):
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


def _nodes(node: html.HtmlElement, path: str) -> list[html.HtmlElement]:
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
    body = _first_body_row(grid)
    header = _column_heads(grid[:body])
    stated = "\n".join((above, *(" ".join(row) for row in grid[:body])))
    scale, currency, scope = scale_of_lines(stated), currency_of(stated), scope_of(above)
    section: str | None = None
    for row in grid[body:]:
        name = next((cell for cell in row if cell and parse_cell(cell) is None and not _is_mark(cell)), "")
        cells = [(column, cell, number) for column, cell in enumerate(row) if (number := _number(cell)) is not None]
        if not cells:
            section = name or section
            in_row = find_periods(name)
            if in_row and len(name) < 40 and header == {}:
                header = _column_heads([row])
            continue
        path = tuple(part for part in (section, name) if part)
        for column, cell, number in cells:
            heads = _head(header, column)
            yield _table_number(number, cell, path, heads, (scale, currency, scope))


def _number(cell: str) -> CellNumber | None:
    number = parse_cell(cell) if cell else None
    return None if number is None or number.dash else number


def _is_mark(cell: str) -> bool:
    return re.fullmatch(r"[$€£¥%()\s—–-]+|[A-Z]{3}", cell) is not None


def _first_body_row(grid: Grid) -> int:
    """Rows above the first that holds a number which is no year are headings."""
    for row, cells in enumerate(grid):
        numbers = [number for cell in cells[1:] or cells if (number := _number(cell)) is not None]
        years = [number for number in numbers if not number.percent and number.precision == 0 and 1900 <= number.value <= 2100]
        if numbers and (len(years) < len(numbers) or (cells[0] and not find_periods(" ".join(cells)))):
            return row
    return len(grid)


def _column_heads(rows: Grid) -> dict[int, str]:
    heads: dict[int, str] = {}
    for row in rows:
        for column, cell in enumerate(row):
            if cell and (column or find_periods(cell)):
                heads[column] = f"{heads.get(column, '')} {cell}".strip()
    return heads


def _head(header: dict[int, str], column: int) -> str:
    """The heading of a column; a "$" in a column of its own shifts the number to the right of it."""
    if column in header:
        return header[column]
    left = [number for number in header if number < column and number]
    return header[max(left)] if left else header.get(0, "")


def _table_number(
    number: CellNumber, text: str, path: tuple[str, ...], head: str, stated: tuple[Decimal | None, str | None, Scope | None]
) -> TableNumber:
    scale, currency, scope = stated
    name = " ".join(path)
    per_share = bool(_PER_SHARE.search(name))
    percent = number.percent or (bool(_RATIO.search(f"{path[-1] if path else ''} {head}")) and number.currency is None)
    own = scale_of_lines(f"{path[-1] if path else ''}\n{head}")
    factor = Decimal(1) if number.scale else own or (Decimal(1) if per_share or percent else scale or Decimal(1))
    unit: str | None = number.currency or currency_of(path[-1] if path else "") or currency
    if per_share:
        unit = f"{unit or 'USD'}/share"
    elif _SHARES.search(path[-1] if path else ""):
        unit = "shares"
    elif _COUNT.search(path[-1] if path else ""):
        unit, factor = "count", own or Decimal(1)
    value = number.value * factor
    if percent:
        is_fraction = not number.percent and not re.search("[%％]", f"{name} {head}") and abs(number.value) < 2
        factor = Decimal(1) if is_fraction else Decimal("0.01")
        value, unit = number.value * factor, "ratio"
    printed = number.scale or factor
    return TableNumber(
        value,
        unit,
        printed,
        printed.scaleb(-number.precision),
        text,
        path,
        tuple(find_periods(head)) or tuple(find_periods(name)),
        scope_of(head) or scope,
    )


def scale_of_lines(text: str) -> Decimal | None:
    """The scale of the first line that states one."""
    return next((scale for line in text.splitlines() if (scale := scale_of(line)) is not None), None)
