"""Readings by hand in the database: proposed by one person, approved by a second one, undone by either.

The database itself withdraws and adds facts when one comes into force, and the other way round when it is undone
(``0372_hand_readings.sql``); each act is a record of the audit in its transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from finfoundry.core.document import Box, FactReading
from finfoundry.core.errors import InputError, NotFound
from finfoundry.core.principal import Principal
from finfoundry.knowledge.corrections.corrected_fields import CorrectionFields, check_why
from finfoundry.knowledge.corrections.correction_register import ANYWAY, lock_documents
from finfoundry.knowledge.corrections.hand_reading import HandReading, PlacedReading, ReadingDraft, ReadingState
from finfoundry.knowledge.corrections.identity_changes import document_changes, identities_of
from finfoundry.knowledge.corrections.reading_drafts import (
    ANEW,
    DraftedReading,
    borders_of,
    checked_box,
    drafted_figure,
    drafted_table,
    shares_place,
)
from finfoundry.knowledge.ids import document_id, document_number, no_document
from finfoundry.knowledge.ingest.bordered_page import BorderedPage
from finfoundry.knowledge.layout.table_border import TableBorder
from finfoundry.knowledge.storage import fact_query
from finfoundry.knowledge.storage.document_rows import json_text
from finfoundry.knowledge.storage.fact_query import StoredFact, reading_of
from finfoundry.knowledge.storage.page_rows import box_of_row
from finfoundry.runtime import audit
from finfoundry.runtime.approval import acts_of, not_writable, refuse_own, refuse_unchanged
from finfoundry.runtime.database import Connection, Database

MOST_WAITING = 50  # readings of one document that wait for a decision
MOST_READINGS = 1_000  # of one list
Drafting = Callable[[Connection], DraftedReading]


class HandReadings:
    """The readings by hand of one database, as a person may see and make them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def borders(self, principal: Principal, document: str, page: int, border: TableBorder) -> list[TableBorder]:
        """With which borders a page is read again. Raises NotFound, InputError."""
        with self._database.transaction(principal) as connection:
            return borders_of(connection, document_number(document), page, border)

    def draft(self, principal: Principal, drafting: Drafting) -> ReadingDraft:
        """What a reading would change. Nothing is kept. Raises NotFound, InputError."""
        with self._database.transaction(principal) as connection:
            return drafting(connection).draft

    def propose(self, principal: Principal, document: str, drafting: Drafting, why: str, *, anyway: bool = False) -> HandReading:
        """Keep a reading; nothing changes before a second person approves it.

        Raises:
            NotFound: no such document or page that the principal may read.
            NotPermitted: the principal may not write under the document's label.
            InputError: nothing changes, too many wait, or, without ``anyway``, an identity breaks; it names those.
        """
        reason = check_why(why)
        with self._database.transaction(principal) as connection:
            number = document_number(document)
            label = _writable(connection, principal, number)
            lock_documents(connection, [number])
            _refuse_crowd(connection, number)
            made = drafting(connection)
            if made.draft.broken and not anyway:
                broken = "; ".join(one.shown() for one in made.draft.broken)
                raise InputError(f"The reading breaks what holds in {made.draft.name}: {broken}", remedy=ANYWAY)
            kept = _one(connection, _inserted(connection, principal, number, label, made, reason))
            _record(connection, principal, "reading proposed", kept)
            return kept

    def approve(self, principal: Principal, number: int) -> HandReading:
        """Put a reading in force. Raises NotFound, NotPermitted, and InputError where the page or its facts changed since, or it would
        break what was not shown.
        """
        with self._changing(principal, number) as (connection, made):
            if made.state != "proposed":
                raise InputError(f"Reading {number} is {made.state}, not proposed", remedy=ANEW)
            refuse_own(principal, made, f"reading {number}")
            document = document_number(made.change.document)
            _refuse_overtaken(connection, number, document)
            before = fact_query.in_document_order(connection, document)
            update = "UPDATE hand_readings SET state = 'approved', approved_by = %s, approved_proof = %s, approved_at = clock_timestamp()"
            changed = connection.execute(f"{update} WHERE id = %s", (principal.user, principal.proof, number)).rowcount
            refuse_unchanged(changed, principal, made.label)
            after = fact_query.in_document_order(connection, document)
            _refuse_shared_place(number, after)
            changes = document_changes([one.fact for one in before], [one.fact for one in after]).identities
            shown = {(one.name, one.page, one.period) for one in made.change.broken}
            new = [one.shown() for one in changes if one.breaks and (one.name, one.page, one.period) not in shown]
            if new:
                raise InputError(f"Reading {number} now breaks what was not shown when it was proposed: {'; '.join(new)}", remedy=ANEW)
            kept = _one(connection, number)
            _record(connection, principal, "reading approved", kept)
            return kept

    def undo(self, principal: Principal, number: int) -> HandReading:
        """Give the facts again as they were before; one person is enough. Raises NotFound, NotPermitted, and InputError for one that is
        not in force or on which something rests.
        """
        with self._changing(principal, number) as (connection, made):
            if made.state != "approved":
                raise InputError(f"Reading {number} is {made.state}, not in force", remedy="See finfoundry readings list")
            _refuse_rested_on(connection, number, made)
            undone = _retired(connection, principal, made, "reading undone")
            _refuse_shared_place(number, fact_query.in_document_order(connection, document_number(made.change.document)))
            return undone

    def retire(self, principal: Principal, number: int) -> HandReading:
        """Withdraw a proposal; one person is enough. Raises NotFound, NotPermitted, InputError."""
        with self._changing(principal, number) as (connection, made):
            if made.state != "proposed":
                remedy = f"Undo it: finfoundry readings undo {number}" if made.state == "approved" else None
                raise InputError(f"Reading {number} is {made.state}, not proposed", remedy=remedy)
            return _retired(connection, principal, made, "reading withdrawn")

    def readings(
        self,
        principal: Principal,
        state: ReadingState | None = None,
        document: str | None = None,
        *,
        limit: int = MOST_READINGS,
        after: int = 0,
    ) -> list[HandReading]:
        """Those that the principal may read, by their numbers: at most ``limit`` above ``after``. Raises NotFound."""
        values = {"state": state, "document": None if document is None else document_number(document), "limit": limit, "after": after}
        with self._database.transaction(principal) as connection:
            query = (
                f"{_READ} WHERE r.id > %(after)s AND (%(state)s::text IS NULL OR r.state = %(state)s)"
                " AND (%(document)s::bigint IS NULL OR r.document_id = %(document)s) ORDER BY r.id LIMIT %(limit)s"
            )
            return [_reading(row) for row in connection.execute(query, values)]

    def since(self, principal: Principal, documents: Sequence[str], moment: datetime) -> list[HandReading]:
        """The readings of documents that came into force or were undone after a moment."""
        with self._database.transaction(principal) as connection:
            query = f"{_READ} WHERE r.document_id = ANY (%s) AND (r.approved_at > %s OR r.approved_at < r.retired_at AND r.retired_at > %s)"
            values = ([document_number(id) for id in documents], moment, moment)
            return [_reading(row) for row in connection.execute(f"{query} ORDER BY r.id", values)]

    @contextmanager
    def _changing(self, principal: Principal, number: int) -> Iterator[tuple[Connection, HandReading]]:
        with self._database.transaction(principal) as connection:
            document = document_number(_one(connection, number).change.document)
            _writable(connection, principal, document)
            lock_documents(connection, [document])
            yield connection, _one(connection, number)


def figure(document: str, page: int, box: Sequence[float] | None, given: CorrectionFields) -> Drafting:
    """A figure that was not read. Raises InputError for a box that is none."""
    place = checked_box(box) if box is not None else None
    return lambda connection: drafted_figure(connection, document_number(document), page, place, given)


def table(document: str, page: int, borders: list[TableBorder], read: BorderedPage) -> Drafting:
    """A page that was read again within borders, the last of which is new."""
    return lambda connection: drafted_table(connection, document_number(document), page, borders, read)


def _writable(connection: Connection, principal: Principal, document: int) -> int:
    """The number of a document's label. Raises NotFound, NotPermitted."""
    query = "SELECT l.id, l.name, l.id = ANY (writable_labels()) FROM documents d JOIN labels l ON l.id = d.label_id WHERE d.id = %s"
    found = connection.execute(query, (document,)).fetchone()
    if found is None:
        raise no_document(document_id(document))
    if not found[2]:
        raise not_writable(principal, found[1])
    return int(found[0])


def _refuse_crowd(connection: Connection, document: int) -> None:
    query = "SELECT count(*) FROM hand_readings WHERE document_id = %s AND state = 'proposed'"
    (waiting,) = connection.execute(query, (document,)).fetchone() or (0,)
    if waiting >= MOST_WAITING:
        raise InputError(f"{waiting} readings of the document wait for a decision, as many as may", remedy="Decide about them first")


def _inserted(connection: Connection, principal: Principal, document: int, label: int, made: DraftedReading, why: str) -> int:
    draft = made.draft
    content = {
        "why": why, "draft": audit.plain(draft), "facts": made.facts, "gone": made.gone, "blocks": audit.plain(made.blocks),
        "borders": audit.plain(made.borders), "after": _latest(connection, document, draft.page),
    }  # fmt: skip
    row = connection.execute(
        "INSERT INTO hand_readings (document_id, label_id, kind, page, content, proposed_by, proposed_proof)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (document, label, draft.kind, draft.page, Jsonb(content, dumps=json_text), principal.user, principal.proof),
    ).fetchone()
    return int(row[0]) if row else 0


def _latest(connection: Connection, document: int, page: int) -> int | None:
    """The last border of a page that is in force."""
    query = "SELECT max(id) FROM hand_readings WHERE document_id = %s AND page = %s AND kind = 'table' AND state = 'approved'"
    (found,) = connection.execute(query, (document, page)).fetchone() or (None,)
    return int(found) if found is not None else None


def _refuse_overtaken(connection: Connection, number: int, document: int) -> None:
    """Raises InputError where a border of the page, or a correction of a fact that would go, came or went since the proposal."""
    query = "SELECT kind, page, content -> 'gone', content -> 'after' FROM hand_readings WHERE id = %s"
    kind, page, gone, after = connection.execute(query, (number,)).fetchone() or ("", 0, {}, None)
    if kind == "table" and _latest(connection, document, page) != after:
        raise InputError(f"Since reading {number} was proposed, another border of page {page} came into force or was undone", remedy=ANEW)
    rows = connection.execute(
        "SELECT ordinal, correction_id FROM facts WHERE document_id = %s AND ordinal = ANY (%s)", (document, [int(one) for one in gone])
    ).fetchall()
    if {str(ordinal): correction for ordinal, correction in rows} != gone:
        raise InputError(f"Since reading {number} was proposed, facts that it takes away were corrected or taken away", remedy=ANEW)


def _refuse_rested_on(connection: Connection, number: int, made: HandReading) -> None:
    """Raises InputError where a later border of the page, or a correction of one of its facts, rests on a reading."""
    document, page = document_number(made.change.document), made.change.page
    latest = _latest(connection, document, page) if made.change.kind == "table" else number
    if latest is not None and latest > number:
        raise InputError(f"Reading {latest} rests on reading {number}", remedy=f"Undo {latest} first, then {number}")
    rows = connection.execute("SELECT correction_id FROM facts WHERE document_id = %s AND reading_id = %s", (document, number)).fetchall()
    corrected = sorted(correction for (correction,) in rows if correction is not None)
    if corrected:
        raise InputError(f"Correction {corrected[0]} rests on reading {number}", remedy=f"Undo {corrected[0]} first, then {number}")
    if len(rows) < len(made.change.comes):
        raise InputError(f"A later border took facts of reading {number} away", remedy="Undo that one first: finfoundry readings list")


def _refuse_shared_place(number: int, facts: Sequence[StoredFact]) -> None:
    """Raises InputError where a figure that was added by hand would stand in the cell of another fact of these: only one can be right."""
    for one in facts:
        if one.reading is None or one.reading.kind != "figure":
            continue
        other = next((other for other in facts if other.id != one.id and shares_place(one.fact, other.fact)), None)
        if other is not None:
            added = one.reading.id
            remedy = ANEW if added == number else f"Undo that first, where it is not right: finfoundry readings undo {added}"
            raise InputError(f"What reading {added} added stands in the cell of fact {other.id}", remedy=remedy)


def _retired(connection: Connection, principal: Principal, made: HandReading, action: str) -> HandReading:
    update = "UPDATE hand_readings SET state = 'retired', retired_by = %s, retired_at = clock_timestamp() WHERE id = %s"
    refuse_unchanged(connection.execute(update, (principal.user, made.id)).rowcount, principal, made.label)
    ended = _one(connection, made.id)
    _record(connection, principal, action, ended)
    return ended


def _record(connection: Connection, principal: Principal, action: str, made: HandReading) -> None:
    step = audit.AuditStep("reading by hand", {"reading": made, "proof": principal.proof}, (made.change.document,))
    audit.append(connection, audit.AuditRecord(principal.user, action, (step,), target=str(made.id)))


_READ = (
    "SELECT r.id, r.content -> 'draft', r.content ->> 'why', l.name, r.state, r.proposed_by, r.proposed_at, r.proposed_proof,"
    " r.approved_by, r.approved_at, r.approved_proof, r.retired_by, r.retired_at FROM hand_readings r JOIN labels l ON l.id = r.label_id"
)


def _one(connection: Connection, number: int) -> HandReading:
    row = connection.execute(f"{_READ} WHERE r.id = %s", (number,)).fetchone()
    if row is None:
        raise NotFound(f"There is no reading {number} by hand", remedy="See finfoundry readings list")
    return _reading(row)


def _reading(row: tuple[Any, ...]) -> HandReading:
    number, kept, why, label, state, *acts = row
    comes, goes = ([_placed(one) for one in kept[name]] for name in ("comes", "goes"))
    identities = identities_of(kept["identities"])
    shapes: dict[str, Any] = {
        "box": box_of_row(kept["box"]),
        "columns": tuple(kept["columns"]),
        "before": [_box(one) for one in kept["before"]],
    }
    whole: dict[str, Any] = {**kept, **shapes, "comes": comes, "goes": goes, "identities": identities}
    change = ReadingDraft(**whole)
    return HandReading(number, change, why, label, state, **acts_of(acts))


def _box(values: Sequence[float]) -> Box:
    return values[0], values[1], values[2], values[3]


def _placed(kept: dict[str, Any]) -> PlacedReading:
    reading: FactReading = reading_of(kept["reading"])
    return PlacedReading(kept["fact"], box_of_row(kept["box"]), reading)
