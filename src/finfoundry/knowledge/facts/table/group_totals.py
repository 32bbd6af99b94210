"""Rows between a heading and figures that are their sums: a group, whose total bears the heading's name."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from finfoundry.core.document import Cell
from finfoundry.knowledge.facts.table.grid import Grid, GridRow

_TOTAL_OF = re.compile(r"total\b|合计|总计|小计|(?:.*合计)$", re.IGNORECASE)


def name_totals(grid: Grid) -> None:
    """Make rows between a heading and figures that are their sums a group, whatever the heading is called ("Net sales", "Revenues").

    Figures without a label are named as the group's total; the heading gets the colon by which groups are known.
    """
    heading: GridRow | None = None
    parts: list[dict[int, Decimal]] = []
    for row in grid.rows:
        label = next((cell for cell in row.cells if cell.column in grid.labels), None)
        values = {value.column: value.number.value for value in row.values}
        total = row.kind == "data" and (label is None or _TOTAL_OF.match(label.text.strip()) is not None)
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
