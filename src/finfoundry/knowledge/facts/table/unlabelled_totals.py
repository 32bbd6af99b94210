"""Figures without a label that are the sum of others: the total of a group, by its heading; the whole that a note is of, by the note's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from finfoundry.core.document import Cell
from finfoundry.knowledge.facts.table.grid import Grid, GridRow, unit_note

_GROUPS_TOTAL = re.compile(r"total\b|合计|总计|小计|(?:.*合计)$", re.IGNORECASE)
LONGEST = 40  # characters of such a heading
_NUMBERED = re.compile(
    r"^\s*(?:[(（][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}[、.．]|note\s+\d{1,2}\s*[-–—.:]*)\s*(?P<name>[^\W\d].*?)[：:。.]?\s*$",
    re.IGNORECASE,
)
_SUM = re.compile(r"total\b|小计|小計|.*合[计計]$|.*[总總][计計]$", re.IGNORECASE)
# what came or went is a part of a change, and its sum is not what the note holds
_MOVED = re.compile(
    r"增加|减少|減少|购[置入买]|購[置入買]|[转轉][入出]|[计計]提|处置|處置|[转轉]回|\b(?:additions?|disposals?|purchases?|acquisitions?|transfers?|increases?|decreases?|write-?(?:downs?|offs?)|reversals?)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"如下|下列|[，；,;]|\b(?:following|as follows)\b")
_SPACED = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")

Amounts = dict[int, Decimal]  # of a row, by column


def name_totals(grid: Grid) -> None:
    """Make rows between a heading and figures that are their sums a group, whatever the heading is called ("Net sales", "Revenues").

    Figures without a label are named as the group's total; the heading gets the colon by which groups are known.
    """
    heading: GridRow | None = None
    parts: list[dict[int, Decimal]] = []
    for row in grid.rows:
        label = next((cell for cell in row.cells if cell.column in grid.labels), None)
        values = {value.column: value.number.value for value in row.values}
        total = row.kind == "data" and (label is None or _GROUPS_TOTAL.match(label.text.strip()) is not None)
        if total and heading is not None and len(parts) > 1 and values and _are_sums(values, parts):
            _close_group(heading, row, label, grid)
        if row.kind == "data" and not total:
            parts.append(values)
        else:
            heading, parts = row if row.kind == "heading" else None, []


def _are_sums(values: dict[int, Decimal], parts: list[dict[int, Decimal]]) -> bool:
    return all(sum((part.get(column, Decimal(0)) for part in parts), Decimal(0)) == value for column, value in values.items())


def _close_group(heading: GridRow, row: GridRow, label: Cell | None, grid: Grid) -> None:
    """Mark a heading whose group ends in this row, and name the row where it bears no name."""
    first = next((cell for cell in heading.cells if cell.column in grid.labels), None)
    if first is None:
        return
    name = first.text.strip().rstrip(":：")
    if label is None:
        total = f"{name}合计" if "\u4e00" <= name[:1] <= "\u9fff" else f"Total {name.lower()}"
        if any(
            cell.text.strip().lower() == total.lower() for other in grid.rows for cell in other.cells
        ):  # printed further down: less something
            total = "以上各项之和" if total.endswith("合计") else "Sum of the lines above"
        row.cells = [replace(first, row=row.cells[0].row, text=total), *row.cells]
    heading.cells = [replace(cell, text=f"{name}:") if cell is first else cell for cell in heading.cells]


def name_wholes(grid: Grid, above: Sequence[str]) -> None:
    """Name the last figures under a heading or header where they have no label and are the sum of all rows, or subtotals, above them: by
    the numbered heading that they are under, in the table or right ``above`` it (nearest first).
    "(六)存货 … 减：备抵跌价损失 (832) / 47,448".
    """
    # any other text between says what the table is of: 固定资产 / 本期增加
    outside = next((_name(text) for text in above if text.strip() and not unit_note(text)), None)
    for name, figures in _parts(grid, outside):
        last = figures[-1]
        if name and len(figures) > 1 and _label(last, grid) is None and _is_whole(figures, grid):
            last.cells = [replace(last.cells[0], column=grid.labels[0] if grid.labels else 0, text=name), *last.cells]


def _parts(grid: Grid, name: str | None) -> Iterator[tuple[str | None, list[GridRow]]]:
    """The rows with figures under each numbered heading and each header, with the heading's name; None where another heading follows it,
    and where a row is of what came or went.
    """
    figures: list[GridRow] = []
    ended = False  # by a heading that may be of the next part
    for row in grid.rows:
        told = _name(row.cells[0].text) if row.kind != "data" and row.cells else None
        if figures and (told or row.kind == "header"):
            yield name, figures
            name, figures = None if ended else name, []
        moved = bool(row.cells) and _MOVED.search(row.cells[0].text)
        name, ended = None if moved else told or name, row.kind == "heading" and bool(figures)
        if row.kind == "data" and row.values:
            figures.append(row)
    if figures:
        yield name, figures


def _is_whole(figures: Sequence[GridRow], grid: Grid) -> bool:
    """Whether the last row is the sum of those before it, of which sums stand for what they sum up."""
    terms = list[Amounts]()
    for row in figures:
        amounts = {value.column: value.number.value for value in row.values}
        label = _label(row, grid)
        count = _summed(amounts, terms) if label is None or _SUM.match(label.text.strip()) else 0
        if row is figures[-1]:
            return count > 1 and count == len(terms)
        terms = [*terms[: len(terms) - count], amounts]
    return False


def _summed(amounts: Amounts, terms: Sequence[Amounts]) -> int:
    """How many of the last terms add up to these amounts in every column; 0 where none do."""
    for count in range(2, len(terms) + 1):
        sums = {column: sum((term.get(column, Decimal(0)) for term in terms[-count:]), Decimal(0)) for column in amounts}
        if sums == amounts:
            return count
    return 0


def _label(row: GridRow, grid: Grid) -> Cell | None:
    return next((cell for cell in row.cells if cell.column in grid.labels and cell.text.strip()), None)


def _name(text: str) -> str | None:
    """What a numbered heading names; None for other texts."""
    found = _NUMBERED.match(text) if len(text) <= LONGEST and not _SENTENCE.search(text) else None
    return _SPACED.sub("", found["name"]) if found else None
