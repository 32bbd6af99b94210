"""A document into the store, and out of it: every row of it with its audit record, within a transaction that may hold more of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from psycopg.types.json import Jsonb

from finfoundry.core.document import Document
from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.names.spoken_names import entity_keys, file_key
from finfoundry.core.principal import Principal
from finfoundry.knowledge.ids import document_id, document_number, new_number, no_document
from finfoundry.knowledge.search import index_compaction
from finfoundry.knowledge.search.vectors import EMBED_JOB
from finfoundry.knowledge.storage import document_owners, document_rows, fact_query, law_rows, readings, typed_table
from finfoundry.knowledge.storage.typed_table import Typed
from finfoundry.runtime import audit, jobs
from finfoundry.runtime.approval import not_writable
from finfoundry.runtime.database import Connection

Outcome = Literal["added", "unchanged", "referenced", "superseded", "dropped"]


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a file. ``referenced``: the same bytes are also there under another label or collection. ``dropped``: it was read
    again for a document that is no longer there, and nothing was written.
    """

    document_id: str
    outcome: Outcome
    name: str
    pages: int
    chunks: int
    facts: int
    superseded: tuple[str, ...] = ()  # ids of the documents that this one replaced
    corrections: int = 0  # by hand, in force on those; they are not taken over
    changed: int = 0  # facts that came out otherwise than when the same bytes were read before (readings.py)


def enter(
    connection: Connection,
    principal: Principal,
    indexed: document_rows.Indexed,
    data: bytes,
    *,
    collection: str,
    label: str,
    tables: Sequence[Typed] = (),
    again: bool = False,
    replaces: str | None = None,
    update: int | None = None,
) -> Added:
    """Write a document; an older file of its name goes, but for an earlier version of a rule. The same bytes in the same place do nothing,
    unless ``again``. ``replaces``: the document that was read again; where another has taken its place meanwhile, or none is there, nothing
    is written. ``update``: the number of the package that it comes with, which takes nothing away. Raises as ``Store.add``.
    """
    parsed = indexed.parsed
    document = parsed.document
    label_id = label_number(connection, label)
    _serialise(connection, collection)
    same = unchanged(connection, document.sha256, collection, label_id)
    if same and (not again or replaces not in (None, same.document_id)):
        return same
    if same and not _held(connection, document_number(same.document_id)):
        same = None
    if replaces and not same:
        return _dropped(connection, principal, document, replaces)
    same_bytes = connection.execute("SELECT id FROM documents WHERE sha256 = %s LIMIT 1", (document.sha256,)).fetchone()
    effective = next((one.value for one in parsed.certificate.law if one.matter == "effective"), None)
    old = [] if update else _older(connection, collection, document.name, document.sha256, effective)
    if same:
        old.append(document_number(same.document_id))
    lost = sum(stored.correction is not None for stored in fact_query.corrected(connection, old))
    lost += len(fact_query.read_by_hand(connection, documents=old))
    reading = readings.compared(connection, parsed.facts, document_number(same.document_id) if same else None)
    for number in old:
        with suppress(NotFound):  # somebody was quicker
            remove(connection, number)
    place = _place(connection, collection, label_id, len(indexed.chunks))
    _insert_document(connection, place, indexed)
    insert = "INSERT INTO files (document_id, label_id, data) VALUES (%s, %s, %b)"
    connection.execute(insert, (place.document, label_id, data))
    document_rows.write(connection, place, indexed)
    readings.keep(connection, place.document, reading)
    law_rows.write(connection, place, parsed.certificate.law, update)
    typed_table.write(connection, place, tables)
    owned = document_owners.own(connection, place.document)
    jobs.add(connection, EMBED_JOB, str(place.document), {"document": place.document})
    index_compaction.ask_for_compaction(connection, place.collection, label_id)
    outcome: Outcome = "superseded" if old else "referenced" if same_bytes else "added"
    details = {"name": document.name, "sha256": document.sha256, "collection": collection, "label": label, "outcome": outcome}
    record(
        connection,
        principal,
        "document added",
        place.document,
        {**details, "superseded": list(map(document_id, old)), "corrections": lost, "owned": [_told(one) for one in owned]},
    )
    counts = (len(document.pages), len(indexed.chunks), len(parsed.facts) + sum(table.facts for table in tables))
    return Added(document_id(place.document), outcome, document.name, *counts, tuple(map(document_id, old)), lost, len(reading.changes))


def _held(connection: Connection, number: int) -> bool:
    """Whether a document is there until this transaction ends: who deletes it at this moment is waited for."""
    return connection.execute("SELECT FROM documents WHERE id = %s FOR UPDATE", (number,)).fetchone() is not None


def _dropped(connection: Connection, principal: Principal, document: Document, replaces: str) -> Added:
    """Its document was deleted, or put under another label, since it was sent to be read again: that is meant of this reading, too."""
    record(connection, principal, "reading dropped", document_number(replaces), {"name": document.name, "sha256": document.sha256})
    return Added(replaces, "dropped", document.name, 0, 0, 0)


def relabel(connection: Connection, principal: Principal, number: int, label: str) -> None:
    """Give a document, which the principal may read, another label. Raises InputError, NotPermitted."""
    query = (
        "SELECT d.name, l.name, d.sha256, c.name, l.id = ANY (writable_labels()) FROM documents d JOIN labels l ON l.id = d.label_id"
        " JOIN collections c ON c.id = d.collection_id WHERE d.id = %s"
    )
    found = connection.execute(query, (number,)).fetchone()
    if found is None:
        raise no_document(document_id(number))
    name, old, sha256, collection, writable = found
    if not writable:
        raise not_writable(principal, old)
    wanted = label_number(connection, label)
    if same := unchanged(connection, sha256, collection, wanted):
        which = "It carries this label already" if old == label else f"The same file lies under {label!r} already: {same.document_id}"
        raise InputError(which, remedy="Choose another label, or delete one of the two")
    document_owners.release(connection, number)
    connection.execute("SELECT relabel_document(%s, %s)", (number, wanted))
    document_owners.own(connection, number)
    record(connection, principal, "document relabelled", number, {"name": name, "before": old, "after": label})


def _told(owned: document_owners.Owned) -> dict[str, Any]:
    return {"document": document_id(owned.document), "by": document_id(owned.witness), "figures": owned.figures}


def record(connection: Connection, principal: Principal, action: str, number: int, details: dict[str, Any]) -> None:
    """Last in the transaction: the first record of a user waits for no other, but others of the user wait for its commit."""
    id = document_id(number)
    audit.append(connection, audit.AuditRecord(principal.user, action, (audit.AuditStep("document", details, (id,)),), target=id))


def label_number(connection: Connection, name: str) -> int:
    found = connection.execute("SELECT id FROM labels WHERE name = %s", (name,)).fetchone()
    if found is None:
        raise InputError(f"No label {name!r}", remedy="See `finfoundry labels list`, or add it with `finfoundry labels add`")
    if connection.execute("SELECT %s = ANY (writable_labels())", found).fetchone() != (True,):
        raise NotPermitted(f"You may not write under the label {name!r}", remedy="Ask an administrator for a grant that may write")
    return int(found[0])


def _serialise(connection: Connection, collection: str) -> None:
    """One writer per collection between the look for an older version and the commit; parsing and indexing lie outside."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7246119))", (collection,))


def unchanged(connection: Connection, sha256: str, collection: str, label: int) -> Added | None:
    query = """
        SELECT d.id, d.name, d.pages, d.chunks, (SELECT (content ->> 'facts')::integer FROM certificates WHERE document_id = d.id)
        FROM documents d JOIN collections c ON c.id = d.collection_id WHERE d.sha256 = %s AND c.name = %s AND d.label_id = %s
    """
    found = connection.execute(query, (sha256, collection, label)).fetchone()
    return Added(document_id(found[0]), "unchanged", *found[1:]) if found else None


def _older(connection: Connection, collection: str, name: str, sha256: str, effective: str | None) -> list[int]:
    """Other files of the same name. A version of a rule that is in force from another day stays: it answers for its own time."""
    query = """
        SELECT d.id FROM documents d JOIN collections c ON c.id = d.collection_id
        WHERE c.name = %(collection)s AND d.name = %(name)s AND d.sha256 <> %(sha256)s AND (%(effective)s::text IS NULL OR NOT EXISTS (
            SELECT FROM law_statements s WHERE s.document_id = d.id AND s.matter = 'effective' AND s.value <> %(effective)s
        )) ORDER BY d.id
    """
    values = {"collection": collection, "name": name, "sha256": sha256, "effective": effective}
    return [id_ for (id_,) in connection.execute(query, values).fetchall()]


def _place(connection: Connection, collection: str, label: int, chunks: int) -> document_rows.RowTarget:
    query = "SELECT collection_named(%s), nextval('batch_ids'), take_chunk_ids(%s)"
    found = connection.execute(query, (collection, max(chunks, 1))).fetchone()
    assert found is not None  # noqa: S101  a SELECT without FROM returns one row
    return document_rows.RowTarget(new_number(), found[0], label, found[1], found[2])


def _insert_document(connection: Connection, place: document_rows.RowTarget, indexed: document_rows.Indexed) -> None:
    document, certificate = indexed.parsed.document, indexed.parsed.certificate
    profile = document.profile
    keys = entity_keys([profile.entity, *profile.aliases, file_key(document.name)])
    pages = profile.excerpt
    values = {
        "id": place.document, "collection_id": place.collection, "label_id": place.label, "batch_id": place.batch,
        "first_chunk": place.first_chunk, "chunks": len(indexed.chunks), "name": document.name, "sha256": document.sha256,
        "media_type": document.media_type, "size": document.size, "pages": len(document.pages), "entity": profile.entity,
        "entity_keys": keys, "aliases": list(profile.aliases), "kind": profile.kind,
        "period": profile.period, "fiscal_year": profile.fiscal_year, "currency": profile.currency, "language": profile.language,
        "title": profile.title, "head": pages and pages.head, "first_page": pages and pages.first, "whole_pages": pages and pages.whole,
        "mark": certificate.mark, "score": certificate.score, "losses": document.losses,
    }  # fmt: skip
    cleaned = {name: document_rows.clean(value) if isinstance(value, str) else value for name, value in values.items()}
    columns, places = ", ".join(cleaned), ", ".join(f"%({name})s" for name in cleaned)
    connection.execute(f"INSERT INTO documents ({columns}) VALUES ({places})", cleaned)  # noqa: S608  our own names
    content = Jsonb(dataclasses.asdict(certificate), dumps=document_rows.json_text)
    connection.execute(
        "INSERT INTO certificates (document_id, label_id, content) VALUES (%s, %s, %s)", (place.document, place.label, content)
    )


def remove(connection: Connection, number: int) -> dict[str, int]:
    """Count, then take the document out of the lists, then delete it; the rest goes with it. Raises NotFound, NotPermitted."""
    tables = (
        "pages",
        "blocks",
        "cells",
        "facts",
        "table_rows",
        "chunks",
        "vectors",
        "files",
        "certificates",
        "corrections",
        "hand_readings",
        "clauses",
        "law_statements",
    )
    count = "SELECT " + ", ".join(f"(SELECT count(*) FROM {table} WHERE document_id = %(id)s)" for table in tables)  # noqa: S608
    found = connection.execute(count, {"id": number}).fetchone()
    lists = index_compaction.remove(connection, number)
    if connection.execute("DELETE FROM documents WHERE id = %s", (number,)).rowcount == 0:
        if connection.execute("SELECT FROM documents WHERE id = %s", (number,)).fetchone() is None:  # another was quicker
            raise no_document(document_id(number))
        raise NotPermitted("You may read this document, not remove it", remedy="Ask an administrator for a grant that may write")
    return dict(zip(tables, found or (), strict=True)) | {"documents": 1, "postings": lists}
