"""What a reading by hand would change, before anything is kept: a figure added, or the facts of a table within another border."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from finfoundry.core.document import Block, Box, Cell, Fact, FactReading, Page
from finfoundry.core.errors import InputError, NotFound
from finfoundry.knowledge.corrections.corrected_fields import CorrectionFields, corrected_reading
from finfoundry.knowledge.corrections.hand_reading import PlacedReading, ReadingDraft, ReadingKind
from finfoundry.knowledge.corrections.identity_changes import document_changes
from finfoundry.knowledge.ids import document_id, no_document
from finfoundry.knowledge.ingest.bordered_page import BorderedPage, within
from finfoundry.knowledge.layout.table_border import TableBorder
from finfoundry.knowledge.search.terms import label_weights, sparse
from finfoundry.knowledge.storage import fact_query, page_rows
from finfoundry.knowledge.storage.document_rows import period_end
from finfoundry.knowledge.storage.fact_query import StoredFact
from finfoundry.runtime import audit
from finfoundry.runtime.database import Connection

_NEEDED = ("text", "metric", "period")  # of a figure that was not read
_NEAR = 0.6  # points by which two boxes of one cell may differ
MOST_BORDERS, MOST_COLUMNS = 20, 60  # of a page; of a table
MOST_FACTS = 2_000  # that one reading may bring or take
ANEW = "Look at the page as it is now and propose it anew"


@dataclass(frozen=True, slots=True)
class DraftedReading:
    """A draft with what the database keeps of it: rows of ``facts``, ordinals that go with the correction in force of each, the page's
    blocks, and the borders by which they were read.
    """

    draft: ReadingDraft
    facts: list[dict[str, Any]]
    gone: dict[str, int | None]
    blocks: list[Block]
    borders: list[TableBorder]


@dataclass(frozen=True, slots=True)
class _Place:
    """A page of a document, with all facts of the document."""

    document: int
    name: str
    page: Page
    every: list[StoredFact]


def checked_box(box: Sequence[float], columns: Sequence[float] = ()) -> Box:
    """A box as people give it, from any of its corners. Raises InputError."""
    if len(box) != 4 or not all(-20_000 < edge < 20_000 for edge in (*box, *columns)):
        raise InputError("That is no box of a page", remedy="Give x0,y0,x1,y1 in points from the top left of the page")
    x0, y0, x1, y1 = box
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def checked_border(box: Sequence[float], columns: Sequence[float] = ()) -> TableBorder:
    """A border as people give it. Raises InputError."""
    x0, y0, x1, y1 = checked = checked_box(box, columns)
    if x1 - x0 < 4 or y1 - y0 < 4:
        raise InputError("The border has no room for a table", remedy="Draw it around labels and figures")
    if len(columns) > MOST_COLUMNS:
        raise InputError(f"{len(columns)} edges of columns are given, more than {MOST_COLUMNS}", remedy="Draw a smaller border")
    return TableBorder(checked, tuple(sorted(columns)))


def borders_of(connection: Connection, document: int, page: int, new: TableBorder) -> list[TableBorder]:
    """The borders of a page that are in force and that the new one does not touch, and that as the last. Raises InputError for too many."""
    query = "SELECT content -> 'borders' FROM hand_readings WHERE document_id = %s AND page = %s AND kind = 'table' AND state = 'approved'"
    row = connection.execute(f"{query} ORDER BY id DESC LIMIT 1", (document, page)).fetchone()
    held = [TableBorder(box, tuple(one["columns"])) for one in (row[0] if row else ()) if (box := page_rows.box_of_row(one["box"]))]
    found = [*(one for one in held if not _meet(one.box, new.box)), new]
    if len(found) > MOST_BORDERS:
        raise InputError(f"{len(found)} tables of page {page} have borders by hand, more than {MOST_BORDERS}", remedy="Undo one of them")
    return found


def drafted_table(connection: Connection, document: int, number: int, borders: list[TableBorder], read: BorderedPage) -> DraftedReading:
    """The facts of the tables that the last border touches, as they are and within it. Raises InputError where nothing changes, or the
    page has other borders by now than those within which it was read.
    """
    if borders_of(connection, document, number, borders[-1]) != borders:
        raise InputError(f"While it was read, another border of page {number} came into force or was undone", remedy=ANEW)
    place = _place(connection, document, number)
    held = [one for one in place.every if one.fact.page == number and within(one.fact.box, read.touched)]
    fresh = {_said(fact): fact for fact in reversed(read.facts)}
    stays = [one for one in held if _said(_as_read(one)) in fresh or _of_figure(one, read.facts)]
    kept = {_said(_as_read(one)) for one in stays}
    goes = [one for one in held if one not in stays]
    comes = [fact for fact in read.facts if _said(fact) not in kept]
    if not comes and not goes:
        raise InputError(
            "Within this border the same facts are read as now", remedy="Draw another border, or say where its columns are parted"
        )
    numbered = _numbered(comes, stays, place.every)
    drawn = DraftedReading(_draft("table", place, borders[-1], numbered, goes, len(stays)), [], _gone(goes), read.blocks, borders)
    return replace(drawn, facts=[_row(fact) for fact in numbered])


def drafted_figure(connection: Connection, document: int, number: int, box: Box | None, given: CorrectionFields) -> DraftedReading:
    """A figure that was not read, as the fields say it, at a place of a page. Raises InputError, NotFound."""
    place = _place(connection, document, number)
    wanting = [name for name in _NEEDED if not getattr(given, name)]
    if wanting:
        raise InputError(f"A figure needs its {wanting[0]}", remedy="Give text (the number as printed), metric (its label) and period")
    entity = connection.execute("SELECT entity FROM documents WHERE id = %s", (document,)).fetchone()
    blank = Fact(("",), Decimal(0), None, "", "0", number, entity[0] if entity else None, box=box)
    there = next((one for one in place.every if box and shares_place(blank, one.fact)), None)
    if there is not None:
        raise InputError(f"That cell has been read, as fact {there.id}", remedy="Correct the fact: finfoundry corrections propose")
    fact = replace(blank, **_fields(corrected_reading(blank, given)))
    fact = _in_its_table(fact, place)
    border = TableBorder(box) if box else None
    return DraftedReading(_draft("figure", place, border, [fact], [], 0), [_row(fact)], {}, [], [])


def _place(connection: Connection, document: int, number: int) -> _Place:
    found = connection.execute("SELECT name FROM documents WHERE id = %s", (document,)).fetchone()
    if found is None:
        raise no_document(document_id(document))
    page = connection.execute("SELECT width, height FROM pages WHERE document_id = %s AND number = %s", (document, number)).fetchone()
    if page is None:
        raise NotFound(f"{found[0]} has no page {number}", remedy="See finfoundry documents show")
    blocks = page_rows.blocks(connection, (document, number))
    return _Place(document, found[0], Page(number, page[0], page[1], blocks), fact_query.in_document_order(connection, document))


def _draft(
    kind: ReadingKind, place: _Place, border: TableBorder | None, comes: list[Fact], goes: list[StoredFact], stays: int
) -> ReadingDraft:
    if max(len(comes), len(goes)) > MOST_FACTS:
        raise InputError(f"{max(len(comes), len(goes)):,} facts would change, more than {MOST_FACTS:,}", remedy="Draw a smaller border")
    left = [one.fact for one in place.every if one not in goes]
    effects = document_changes([one.fact for one in place.every], [*left, *comes])
    box = border.box if border else None
    before = [
        block.box
        for block in place.page.blocks
        if kind == "table" and block.kind == "table" and block.box and box and _meet(block.box, box)
    ]
    new = [PlacedReading("", fact.box, FactReading.of(fact)) for fact in comes]
    old = [PlacedReading(one.id, one.fact.box, FactReading.of(one.fact)) for one in goes]
    along = [one.correction.id for one in goes if one.correction]
    columns = border.columns if border else ()
    effect = (effects.identities, effects.conflicts, along, before)
    return ReadingDraft(kind, document_id(place.document), place.name, place.page.number, box, columns, new, old, stays, *effect)


def _gone(goes: Sequence[StoredFact]) -> dict[str, int | None]:
    return {one.id.partition("/")[2]: one.correction.id if one.correction else None for one in goes}


def _as_read(stored: StoredFact) -> Fact:
    """A stored fact without its correction, as the file reads."""
    return replace(stored.fact, **_fields(stored.correction.read)) if stored.correction else stored.fact


def _fields(reading: FactReading) -> dict[str, Any]:
    return {name: getattr(reading, name) for name in FactReading.__slots__}


def _said(fact: Fact) -> tuple[object, ...]:
    """All that a reader says of a number: two facts that agree in it are one."""
    box = tuple(round(edge) for edge in fact.box) if fact.box else None
    reading = (
        fact.text,
        fact.value,
        fact.unit,
        fact.scale,
        fact.period,
        fact.metric,
        fact.concept,
        fact.scope,
        fact.dimensions,
        fact.version,
    )
    return (box, *reading)


def _of_figure(stored: StoredFact, fresh: Sequence[Fact]) -> bool:
    """Whether a figure was added by hand and is still read by nobody else."""
    added = stored.reading is not None and stored.reading.kind == "figure"
    return added and not any(_same(stored.fact.box, fact.box) for fact in fresh)


def shares_place(added: Fact, other: Fact) -> bool:
    """Whether a figure added by hand stands where another fact does: their boxes are one, the added one lies around the other, or within
    its cell. Without a box on either, whether both say the figure of one line.
    """
    if added.page != other.page:
        return False
    if added.box is None or other.box is None:
        line = ("entity", "metric", "period", "scope", "dimensions", "locator")
        return added.box is other.box and all(getattr(added, name) == getattr(other, name) for name in line)
    around = within(other.box, added.box) or (other.table is not None and within(added.box, other.box))
    return around or _same(added.box, other.box)


def _same(one: Box | None, other: Box | None) -> bool:
    return one is not None and other is not None and all(abs(a - b) < _NEAR for a, b in zip(one, other, strict=True))


def _meet(one: Box, other: Box) -> bool:
    return min(one[2], other[2]) - max(one[0], other[0]) > 1 and min(one[3], other[3]) - max(one[1], other[1]) > 1


def _numbered(comes: Sequence[Fact], stays: Sequence[StoredFact], every: Sequence[StoredFact]) -> list[Fact]:
    """Tables numbered as those whose facts stay are, or as none is yet: a number of a table is one of its document."""
    last = max((one.fact.table for one in every if one.fact.table is not None), default=-1)
    held = next((one.fact.table for one in stays if one.fact.table is not None), None)
    numbers: dict[int | None, int | None] = {}
    for fact in comes:
        if fact.table is not None and fact.table not in numbers:
            last += 1
            numbers[fact.table] = held if held is not None and len(numbers) == 0 else last
    return [replace(fact, table=numbers.get(fact.table)) for fact in comes]


def _in_its_table(fact: Fact, place: _Place) -> Fact:
    """With the row, the column and the statement of the table in which its cell stands, where another fact of it tells them."""
    cells = [cell for block in place.page.blocks for cell in block.cells if fact.box and cell.box and within(fact.box, cell.box)]
    cell: Cell | None = cells[0] if cells else None
    table = next((block for block in place.page.blocks if cell is not None and any(one is cell for one in block.cells)), None)
    if table is None or cell is None or table.box is None:
        return fact
    near = [one.fact for one in place.every if one.fact.page == place.page.number and within(one.fact.box, table.box)]
    like = next((one for one in near if one.table is not None), None)
    return replace(fact, table=like.table, row=cell.row, column=cell.column, statement=like.statement) if like else fact


def _row(fact: Fact) -> dict[str, Any]:
    """A fact as columns of ``facts``; numbers as text, which stays exact."""
    weights = label_weights(fact.metric, fact.concept)
    end = period_end(fact.period)
    same = {name: getattr(fact, name) for name in ("entity", "concept", "scope", "version", "period", "unit", "precision", "text", "page")}
    exact = {"value": format(fact.value, "f"), "scale": format(fact.scale, "f"), "metric": list(fact.metric)}
    where: dict[str, Any] = {
        "box": [round(edge, 2) for edge in fact.box] if fact.box else None,
        "locator": fact.locator,
        "statement": fact.statement,
    }
    where |= {"table_number": fact.table, "row_number": fact.row, "column_number": fact.column, "confidence": float(fact.confidence)}
    derived = {"period_end": end.isoformat() if end else None, "terms": list(weights), "weights": sparse(weights)}
    return same | exact | where | derived | {"dimensions": audit.plain([list(pair) for pair in fact.dimensions])}
