"""The store: documents in, whole or not at all; what a principal may read of them out."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Literal

from psycopg.types.json import Jsonb

from finfoundry.core.document import Block, Box, Cell, Certificate, Identity, Page, Parsed, TableReport
from finfoundry.core.errors import InputError, NotFound, NotPermitted, SettingsError
from finfoundry.core.principal import Principal
from finfoundry.core.protocols import Embedder
from finfoundry.knowledge.ids import document_id, document_number, new_number, no_document
from finfoundry.knowledge.names import entity_keys, file_key
from finfoundry.knowledge.search import index_compaction
from finfoundry.knowledge.search.vectors import DIMENSIONS, EMBED_JOB, embed_document
from finfoundry.knowledge.storage import document_rows, fact_query, typed_table
from finfoundry.knowledge.storage.entity_directory import Gathered, reporting
from finfoundry.knowledge.storage.fact_query import FactQuery, StoredEntity, StoredFact
from finfoundry.knowledge.storage.typed_table import Typed
from finfoundry.runtime import audit, jobs
from finfoundry.runtime.database import Connection, Database

__all__ = ["Added", "FactQuery", "Removed", "Store", "StoredDocument", "StoredEntity", "StoredFact"]

Outcome = Literal["added", "unchanged", "referenced", "superseded"]


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a file. ``referenced``: the same bytes are also there under another label or collection."""

    document_id: str
    outcome: Outcome
    name: str
    pages: int
    chunks: int
    facts: int
    superseded: tuple[str, ...] = ()  # ids of the documents that this one replaced
    corrections: int = 0  # by hand, in force on those; they are not taken over


@dataclass(frozen=True, slots=True)
class Removed:
    """How many rows a deletion took."""

    document_id: str
    name: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class StoredDocument:
    id: str
    name: str
    collection: str
    label: str
    sha256: str
    media_type: str
    size: int
    pages: int
    chunks: int
    entity: str | None
    aliases: tuple[str, ...]
    kind: str | None
    period: str | None
    fiscal_year: int | None
    currency: str | None
    language: str
    title: str | None
    mark: str | None
    score: float
    embedded: bool
    added: str  # ISO 8601
    revision: int = 0  # how often its facts were changed by hand

    COLUMNS: ClassVar[tuple[str, ...]] = ("id", "name", "collection", "label", "entity", "fiscal_year", "pages", "score", "mark")


class Store:
    """Documents, facts and pages in one database. Every call acts for a principal and sees what that principal may see."""

    def __init__(self, database: Database, embedder: Embedder | None = None) -> None:
        if embedder is not None and embedder.dimensions != DIMENSIONS:
            raise SettingsError(
                f"The store keeps vectors of {DIMENSIONS} dimensions, and {embedder.model} makes {embedder.dimensions}",
                remedy=f"Choose an embedder of {DIMENSIONS} dimensions",
            )
        self.database = database
        self.embedder = embedder
        self._known = Gathered(_known)

    def find(self, principal: Principal, sha256: str, *, collection: str = "default", label: str = "general") -> Added | None:
        """The same bytes in the same place, if they are there already: nothing needs to be parsed then. None where they are not. Raises
        InputError for a label that does not exist, NotPermitted for one that the principal may not write under.
        """
        with self.database.transaction(principal) as connection:
            return _unchanged(connection, sha256, collection, _label(connection, label))

    def add(
        self,
        principal: Principal,
        parsed: Parsed,
        data: bytes,
        *,
        collection: str = "default",
        label: str = "general",
        tables: Sequence[Typed] = (),
        again: bool = False,
    ) -> Added:
        """Put a document into the store, whole, with its audit record, in one transaction; its embeddings follow as a job.

        ``tables`` are the wide tables of a structured file. The same bytes in the same place do nothing, unless ``again``: then what an
        older version of the parser read of them is superseded.
        Raises InputError for a label that is not there, NotPermitted where the principal may not write under it.
        """
        indexed = document_rows.index(parsed)
        document = parsed.document
        with self.database.transaction(principal) as connection:
            label_id = _label(connection, label)
            _serialise(connection, collection)
            same = _unchanged(connection, document.sha256, collection, label_id)
            if same and not again:
                return same
            same_bytes = connection.execute("SELECT id FROM documents WHERE sha256 = %s LIMIT 1", (document.sha256,)).fetchone()
            old = _older(connection, collection, document.name, document.sha256)
            if same:
                old.append(document_number(same.document_id))
            lost = sum(stored.correction is not None for stored in fact_query.corrected(connection, old))
            for number in old:
                _remove(connection, number)
            place = _place(connection, collection, label_id, len(indexed.chunks))
            _insert_document(connection, place, indexed)
            insert = "INSERT INTO files (document_id, label_id, data) VALUES (%s, %s, %b)"
            connection.execute(insert, (place.document, label_id, data))
            document_rows.write(connection, place, indexed)
            typed_table.write(connection, place, tables)
            jobs.add(connection, EMBED_JOB, str(place.document), {"document": place.document})
            index_compaction.ask_for_compaction(connection, place.collection, label_id)
            outcome: Outcome = "superseded" if old else "referenced" if same_bytes else "added"
            details = {"name": document.name, "sha256": document.sha256, "collection": collection, "label": label, "outcome": outcome}
            _record(
                connection,
                principal,
                "document added",
                place.document,
                {**details, "superseded": list(map(document_id, old)), "corrections": lost},
            )
        counts = (len(document.pages), len(indexed.chunks), len(parsed.facts) + sum(table.facts for table in tables))
        return Added(document_id(place.document), outcome, document.name, *counts, tuple(map(document_id, old)), lost)

    def delete(self, principal: Principal, id: str) -> Removed:
        """Remove a document and all that was made of it, in one transaction.

        Raises NotFound for one that is not there or not visible, NotPermitted for one that the principal may only read.
        """
        with self.database.transaction(principal) as connection:
            number = document_number(id)
            found = connection.execute("SELECT name FROM documents WHERE id = %s", (number,)).fetchone()
            if found is None:
                raise no_document(id)
            counts = _remove(connection, number)
            _record(connection, principal, "document removed", number, {"name": found[0], "counts": counts})
            return Removed(id, found[0], counts)

    def documents(self, principal: Principal, collection: str | None = None) -> list[StoredDocument]:
        """What the principal may read, by collection and name."""
        return self.known(principal, collection)[0]

    def document(self, principal: Principal, id: str) -> StoredDocument:
        """Raises NotFound."""
        with self.database.transaction(principal) as connection:
            return _document(connection, id)

    def certificate(self, principal: Principal, id: str) -> Certificate:
        """Raises NotFound."""
        (content,) = self._one(principal, "SELECT content FROM certificates WHERE document_id = %s", id)
        return _certificate(content)

    def data(self, principal: Principal, id: str) -> bytes:
        """The file as it came. Raises NotFound."""
        (data,) = self._one(principal, "SELECT data FROM files WHERE document_id = %s", id)
        return bytes(data)

    def page(self, principal: Principal, id: str, number: int) -> Page:
        """A page with its blocks and cells; words are not kept. Raises NotFound."""
        query = "SELECT width, height, source, name, confidence FROM pages WHERE document_id = %s AND number = %s"
        with self.database.transaction(principal) as connection:
            at = (document_number(id), number)
            found = connection.execute(query, at).fetchone()
            if found is None:
                raise NotFound(f"No page {number} of a document {id!r}", remedy="See `finfoundry documents list`")
            width, height, source, name, confidence = found
            return Page(number, width, height, _blocks(connection, at), [], source, name, confidence)

    def facts(self, principal: Principal, query: FactQuery) -> list[StoredFact]:
        """Facts that match, best first."""
        with self.database.transaction(principal) as connection:
            return fact_query.facts(connection, query)

    def corrected(self, principal: Principal, documents: Sequence[str]) -> list[StoredFact]:
        """The facts of documents that are corrected by hand, each with its correction."""
        with self.database.transaction(principal) as connection:
            return fact_query.corrected(connection, [document_number(id) for id in documents])

    def entities(self, principal: Principal, collection: str | None = None) -> list[StoredEntity]:
        """The companies that report in the documents that the principal may read."""
        return self.known(principal, collection)[1]

    def known(self, principal: Principal, collection: str | None = None) -> tuple[list[StoredDocument], list[StoredEntity]]:
        """Documents and companies at once, which every question needs first; do not change the lists, since others get the same."""
        with self.database.transaction(principal) as connection:
            return self._known.get(connection, collection)

    def shown(self, principal: Principal, id: str) -> tuple[StoredDocument, Certificate]:
        """A document with its certificate. Raises NotFound."""
        with self.database.transaction(principal) as connection:
            document = _document(connection, id)
            found = connection.execute("SELECT content FROM certificates WHERE document_id = %s", (document_number(id),)).fetchone()
        if found is None:
            raise no_document(id)
        return document, _certificate(found[0])

    def handlers(self) -> dict[str, jobs.Handler]:
        """What a worker does for the store. Without an embedder, embeddings wait."""
        found: dict[str, jobs.Handler] = {
            index_compaction.JOB: lambda payload: _discard(
                index_compaction.compact(self.database, payload["collection"], payload["label"])
            ),
        }
        if embedder := self.embedder:
            found[EMBED_JOB] = lambda payload: _discard(embed_document(self.database, embedder, payload["document"]))
        return found

    def embed_pending(self, limit: int | None = None) -> int:
        """Do the waiting work of the store now, at most ``limit`` jobs; how many were done."""
        done = 0
        while (limit is None or done < limit) and jobs.work(self.database, self.handlers()):
            done += 1
        return done

    def _one(self, principal: Principal, query: str, id: str) -> tuple[Any, ...]:
        with self.database.transaction(principal) as connection:
            found = connection.execute(query, (document_number(id),)).fetchone()
        if found is None:
            raise no_document(id)
        return found


def _record(connection: Connection, principal: Principal, action: str, number: int, details: dict[str, Any]) -> None:
    """Last in the transaction: the first record of a user waits for no other, but others of the user wait for its commit."""
    id = document_id(number)
    audit.append(connection, audit.AuditRecord(principal.user, action, (audit.AuditStep("document", details, (id,)),), target=id))


def _discard(_count: int) -> None:
    """A handler returns nothing."""


def _label(connection: Connection, name: str) -> int:
    found = connection.execute("SELECT id FROM labels WHERE name = %s", (name,)).fetchone()
    if found is None:
        raise InputError(f"No label {name!r}", remedy="See `finfoundry labels list`, or add it with `finfoundry labels add`")
    if connection.execute("SELECT %s = ANY (writable_labels())", found).fetchone() != (True,):
        raise NotPermitted(f"You may not write under the label {name!r}", remedy="Ask an administrator for a grant that may write")
    return int(found[0])


def _serialise(connection: Connection, collection: str) -> None:
    """One writer per collection between the look for an older version and the commit; parsing and indexing lie outside."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7246119))", (collection,))


def _unchanged(connection: Connection, sha256: str, collection: str, label: int) -> Added | None:
    query = """
        SELECT d.id, d.name, d.pages, d.chunks, (SELECT (content ->> 'facts')::integer FROM certificates WHERE document_id = d.id)
        FROM documents d JOIN collections c ON c.id = d.collection_id WHERE d.sha256 = %s AND c.name = %s AND d.label_id = %s
    """
    found = connection.execute(query, (sha256, collection, label)).fetchone()
    return Added(document_id(found[0]), "unchanged", *found[1:]) if found else None


def _older(connection: Connection, collection: str, name: str, sha256: str) -> list[int]:
    query = """
        SELECT d.id FROM documents d JOIN collections c ON c.id = d.collection_id
        WHERE c.name = %s AND d.name = %s AND d.sha256 <> %s ORDER BY d.id
    """
    return [id_ for (id_,) in connection.execute(query, (collection, name, sha256)).fetchall()]


def _place(connection: Connection, collection: str, label: int, chunks: int) -> document_rows.RowTarget:
    query = "SELECT collection_named(%s), nextval('batch_ids'), take_chunk_ids(%s)"
    found = connection.execute(query, (collection, max(chunks, 1))).fetchone()
    assert found is not None  # noqa: S101  a SELECT without FROM returns one row
    return document_rows.RowTarget(new_number(), found[0], label, found[1], found[2])


def _insert_document(connection: Connection, place: document_rows.RowTarget, indexed: document_rows.Indexed) -> None:
    document, certificate = indexed.parsed.document, indexed.parsed.certificate
    profile = document.profile
    keys = entity_keys([profile.entity, *profile.aliases, file_key(document.name)])
    values = {
        "id": place.document, "collection_id": place.collection, "label_id": place.label, "batch_id": place.batch,
        "first_chunk": place.first_chunk, "chunks": len(indexed.chunks), "name": document.name, "sha256": document.sha256,
        "media_type": document.media_type, "size": document.size, "pages": len(document.pages), "entity": profile.entity,
        "entity_keys": keys, "aliases": list(profile.aliases), "kind": profile.kind,
        "period": profile.period, "fiscal_year": profile.fiscal_year, "currency": profile.currency, "language": profile.language,
        "title": profile.title, "mark": certificate.mark, "score": certificate.score, "losses": document.losses,
    }  # fmt: skip
    cleaned = {name: document_rows.clean(value) if isinstance(value, str) else value for name, value in values.items()}
    columns, places = ", ".join(cleaned), ", ".join(f"%({name})s" for name in cleaned)
    connection.execute(f"INSERT INTO documents ({columns}) VALUES ({places})", cleaned)  # noqa: S608  our own names
    content = Jsonb(dataclasses.asdict(certificate), dumps=document_rows.json_text)
    connection.execute(
        "INSERT INTO certificates (document_id, label_id, content) VALUES (%s, %s, %s)", (place.document, place.label, content)
    )


def _remove(connection: Connection, number: int) -> dict[str, int]:
    """Count, then take the document out of the lists, then delete it; the rest goes with it."""
    tables = ("pages", "blocks", "cells", "facts", "table_rows", "chunks", "vectors", "files", "certificates", "corrections")
    count = "SELECT " + ", ".join(f"(SELECT count(*) FROM {table} WHERE document_id = %(id)s)" for table in tables)  # noqa: S608
    found = connection.execute(count, {"id": number}).fetchone()
    lists = index_compaction.remove(connection, number)
    if connection.execute("DELETE FROM documents WHERE id = %s", (number,)).rowcount == 0:
        raise NotPermitted("You may read this document, not remove it", remedy="Ask an administrator for a grant that may write")
    return dict(zip(tables, found or (), strict=True)) | {"documents": 1, "postings": lists}


def _known(connection: Connection, collection: str | None) -> tuple[list[StoredDocument], list[StoredEntity]]:
    documents = _documents(connection, "%(collection)s::text IS NULL OR c.name = %(collection)s", {"collection": collection})
    return documents, reporting(connection, collection)


def _document(connection: Connection, id: str) -> StoredDocument:
    found = _documents(connection, "d.id = %(id)s", {"id": document_number(id)})
    if not found:
        raise no_document(id)
    return found[0]


def _documents(connection: Connection, condition: str, values: dict[str, Any]) -> list[StoredDocument]:
    query = f"""
        SELECT d.id, d.name, c.name, l.name, d.sha256, d.media_type, d.size, d.pages, d.chunks, d.entity, d.aliases, d.kind, d.period,
               d.fiscal_year, d.currency, d.language, d.title, d.mark, d.score, d.embedded_by IS NOT NULL, d.added, d.revision
        FROM documents d JOIN collections c ON c.id = d.collection_id JOIN labels l ON l.id = d.label_id
        WHERE {condition} ORDER BY c.name, d.name, l.name
    """  # noqa: S608  conditions are written above
    found = connection.execute(query, values).fetchall()
    in_order = ((document_id(row[0]), *row[1:10], tuple(row[10]), *row[11:20], row[20].isoformat(), row[21]) for row in found)
    return [StoredDocument(*values) for values in in_order]


def _blocks(connection: Connection, at: tuple[int, int]) -> list[Block]:
    query = """
        SELECT ordinal, kind, text, box, section, level, title, note, locator, continued
        FROM blocks WHERE document_id = %s AND page = %s ORDER BY ordinal
    """
    cells = _cells(connection, at)
    return [
        Block(kind, text, _box(box), cells.get(ordinal, []), tuple(section), level, title, note, locator, continued)
        for ordinal, kind, text, box, section, level, title, note, locator, continued in connection.execute(query, at).fetchall()
    ]


def _cells(connection: Connection, at: tuple[int, int]) -> dict[int, list[Cell]]:
    query = """
        SELECT block, row_number, column_number, text, box, row_span, column_span, locator, indent, header, confidence
        FROM cells WHERE document_id = %s AND page = %s ORDER BY block, ordinal
    """
    cells: dict[int, list[Cell]] = {}
    for block, row, column, text, box, row_span, column_span, locator, indent, header, confidence in connection.execute(query, at):
        cell = Cell(row, column, text, _box(box), row_span, column_span, locator, indent, header, confidence)
        cells.setdefault(block, []).append(cell)
    return cells


def _box(values: Sequence[float] | None) -> Box | None:
    return None if values is None else (values[0], values[1], values[2], values[3])


def _certificate(content: dict[str, Any]) -> Certificate:
    """Back from JSON: decimals from strings, pages of OCR from string keys."""
    identities = [Identity(**{**one, "left": Decimal(one["left"]), "right": Decimal(one["right"])}) for one in content["identities"]]
    changes = {
        "identities": identities,
        "table_reports": [TableReport(**one) for one in content["table_reports"]],
        "pages_read_by_ocr": {int(page): confidence for page, confidence in content["pages_read_by_ocr"].items()},
    }
    return Certificate(**{**content, **changes})
