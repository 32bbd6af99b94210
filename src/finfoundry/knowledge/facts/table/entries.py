"""Entries: rows of a table of two columns that says in words what its terms are (a term sheet, the key facts of a fund).

A word beside a term is no column heading, so that no day or name in the first entries is put on the figures of the others.
"""

from __future__ import annotations

from collections.abc import Sequence

from finfoundry.core.periods import find_periods
from finfoundry.knowledge.facts.table.grid import GridRow, unit_note, year_like

FEWEST = 3  # entries in words that make such a table
OFTEN = 3  # rows with a figure for each of them at most


def entries_in_words(rows: Sequence[GridRow], labels: Sequence[int]) -> list[GridRow]:
    """The rows of terms in words that were taken for column headings; none where the table is no list of terms."""
    if max((len(row.cells) for row in rows), default=0) != 2 or len(labels) != 1:
        return []
    found = [row for row in rows if row.kind in {"header", "text"} and len(row.cells) == 2 and row.cells[0].column == labels[0]]
    said = {row.cells[0].text for row in found if not _heads(row.cells[1].text)}
    figures = sum(row.kind == "data" for row in rows)
    if len(said) < FEWEST or len(said) * OFTEN < figures:
        return []
    return [row for row in found if row.kind == "header" and not (year_like(row.cells[1].text) or _heads(row.cells[0].text))]


def _heads(text: str) -> bool:
    """Whether a text may head a column of figures: a time, or a unit; not where it has further words, as "Jane Roe (since June 2016)"."""
    times = sum(found.end - found.start for found in find_periods(text))
    return 2 * times >= len(text) or unit_note(text)
