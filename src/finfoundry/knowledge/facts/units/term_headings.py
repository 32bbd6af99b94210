"""Rows of whole numbers that are headings: the terms of a matrix of rates, "Term in years" over "1 | 3 | 5 | 10"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from finfoundry.core.document import Block, Cell
from finfoundry.core.periods import find_periods

_COUNTED_BY = re.compile(
    r"\bin\s+(?:years|months|days)\b|[(（](?:years|months|days|年|个?月|天|日)[)）]|\b(?:years|months|days)\s*$", re.IGNORECASE
)
FEWEST, LONGEST = 3, 3  # columns; digits of a number of years, months or days
LONGEST_HEADING = 40  # characters


def heading_of_terms(above: Sequence[Cell], row: Sequence[Cell], labels: Sequence[int]) -> Cell | None:
    """The heading over a row of rising whole numbers that it counts; None over figures.

    Of "Term in years" over "Rating | 1 | 3 | 5 | 10" it is the former; of "2024" over "Loans | 1 | 3 | 5" None.
    """
    cells = [cell for cell in row if cell.column not in labels]
    heads = [cell for cell in above if _counts_terms(cell.text)]
    if len(heads) != 1 or not _are_terms([cell.text for cell in cells]):
        return None
    alone = not any(cell.column > heads[0].column for cell in above)
    over = heads[0].column_span > 1 or (alone and heads[0].column not in labels)
    return heads[0] if over and heads[0].column <= cells[0].column else None


def terms_called(row: Sequence[Cell], heading: str) -> list[Cell]:
    """The cells of a row of terms, each called as the heading over all of them: "Term in years: 3"."""
    return [_called(cell, heading) for cell in row]


def with_terms_called(block: Block, above: Sequence[str]) -> Block:
    """The table with the terms in its own header row called as the line right above it, which sheets keep apart from the table."""
    heading = above[0].strip() if above else ""
    first = [cell for cell in block.cells if cell.row == 0 and cell.text.strip()]
    numbers = [cell.text for cell in first if cell.column]
    if not (_counts_terms(heading) and all(cell.header for cell in first) and _are_terms(numbers)):
        return block
    return replace(block, cells=[_called(cell, heading) if cell.row == 0 else cell for cell in block.cells])


def without_heading_of_terms(block: Block, above: Sequence[str]) -> Sequence[str]:
    """The lines above a table but for that which its terms are called by: what then stands first is its title."""
    return above[1:] if with_terms_called(block, above) is not block else above


def _counts_terms(heading: str) -> bool:
    return len(heading) <= LONGEST_HEADING and _COUNTED_BY.search(heading) is not None and not find_periods(heading)


def _are_terms(texts: Sequence[str]) -> bool:
    numbers = [int(text) for text in texts if text.strip().isdecimal() and len(text.strip()) <= LONGEST]
    return len(numbers) == len(texts) >= FEWEST and sorted(set(numbers)) == numbers


def _called(cell: Cell, heading: str) -> Cell:
    return replace(cell, text=f"{heading.strip()}: {cell.text.strip()}") if cell.text.strip().isdecimal() else cell
