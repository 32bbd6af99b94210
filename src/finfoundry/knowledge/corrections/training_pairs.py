"""Corrections in force as pairs to learn from: what was read of a cell, with what stands around it, and what is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from finfoundry.core.document import Box, FactReading, Locator
from finfoundry.core.quantities.cells import parse_cell
from finfoundry.knowledge.corrections.correction import Correction
from finfoundry.knowledge.ids import document_number
from finfoundry.runtime.database import Connection

MOST_HEADS = 8  # cells above a number that are given as the heads of its column


@dataclass(frozen=True, slots=True)
class TrainingPair:
    """One corrected fact: ``read`` by the machine and ``right``, with the fields that differ, the cells of its row, the heads of its column
    and the words above its table. ``row`` and ``heads`` are empty where the number stands in no table.
    """

    correction: int
    fact: str
    document: str
    name: str
    label: str  # of the document: who may read it
    page: int
    box: Box | None
    locator: Locator | None
    statement: str | None
    title: str | None
    note: str | None
    section: tuple[str, ...]
    heads: tuple[str, ...]
    row: tuple[str, ...]
    read: FactReading
    right: FactReading
    changed: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around a number."""

    title: str | None = None
    note: str | None = None
    section: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    row: tuple[str, ...] = ()


def training_pairs(connection: Connection, corrections: Sequence[Correction]) -> list[TrainingPair]:
    """A pair for each correction that its fact bears now; what the connection's identity may not read is left out."""
    found = []
    for one in corrections:
        document, ordinal = document_number(one.change.document), int(one.change.fact.partition("/")[2])
        query = "SELECT page, box, locator, statement, row_number, column_number FROM facts WHERE correction_id = %s AND document_id = %s"
        row = connection.execute(f"{query} AND ordinal = %s", (one.id, document, ordinal)).fetchone()
        if row is not None:
            found.append(_pair(one, row, _around(connection, document, row, one.change.read.text)))
    return found


def _pair(one: Correction, row: tuple[Any, ...], around: _Around) -> TrainingPair:
    page, box, locator, statement, *_ = row
    change = one.change
    told = {field.name: getattr(around, field.name) for field in fields(_Around)}
    return TrainingPair(
        correction=one.id, fact=change.fact, document=change.document, name=change.name, label=one.label, page=page,
        box=tuple(box) if box else None, locator=locator, statement=statement, read=change.read, right=change.after,
        changed=tuple(field for field, _, _ in change.read.changes(change.after)), why=one.why, **told,
    )  # fmt: skip


def _around(connection: Connection, document: int, row: tuple[Any, ...], text: str) -> _Around:
    """The table whose cell prints the number: at the fact's own place, else in its row and column."""
    page, box, locator, _, row_number, column = row
    query = """
        SELECT c.block, c.row_number, c.column_number, c.column_span, c.text, c.box, c.locator FROM cells c
        WHERE c.document_id = %s AND c.page = %s ORDER BY c.block, c.row_number, c.column_number
    """
    cells = connection.execute(query, (document, page)).fetchall()
    printing = [cell for cell in cells if text and text in cell[4]]
    best = max(printing, key=lambda cell: _likeness(cell, box, locator, (row_number, column)), default=None)
    if best is None:
        return _Around()
    select = "SELECT title, note, section FROM blocks WHERE document_id = %s AND page = %s AND ordinal = %s"
    title, note, section = connection.execute(select, (document, page, best[0])).fetchone() or (None, None, ())
    table = [cell for cell in cells if cell[0] == best[0]]
    return _Around(title, note, tuple(section), _heads(table, best), tuple(cell[4] for cell in table if cell[1] == best[1] and cell[4]))


def _likeness(cell: tuple[Any, ...], box: Sequence[float] | None, locator: Mapping[str, str] | None, at: tuple[Any, Any]) -> int:
    """How surely a cell is the fact's: the same box, the same locator, the same row and column of its table."""
    return 4 * (box is not None and cell[5] == box) + 2 * (locator is not None and cell[6] == locator) + ((cell[1], cell[2]) == at)


def _heads(table: Sequence[tuple[Any, ...]], cell: tuple[Any, ...]) -> tuple[str, ...]:
    """The cells above that are words or years, from the top."""
    first, last = cell[2], cell[2] + cell[3]
    above = [one for one in table if one[1] < cell[1] and one[2] < last and one[2] + one[3] > first and one[4].strip()]
    return tuple(one[4] for one in above if parse_cell(one[4]) is None or _is_year(one[4]))[:MOST_HEADS]


def _is_year(text: str) -> bool:
    return text.strip().isdecimal() and 1900 <= int(text) <= 2200
