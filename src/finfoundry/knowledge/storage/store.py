"""The store: documents in, whole or not at all; what a principal may read of them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from finfoundry.core.document import Block, Certificate, Page, Parsed
from finfoundry.core.errors import NotFound, SettingsError
from finfoundry.core.principal import Principal
from finfoundry.core.protocols import Embedder
from finfoundry.core.rules.law import Clause
from finfoundry.knowledge.ids import document_id, document_number, no_document
from finfoundry.knowledge.laws.register import Law
from finfoundry.knowledge.search import index_compaction
from finfoundry.knowledge.search.vectors import DIMENSIONS, EMBED_JOB, embed_document
from finfoundry.knowledge.storage import document_entry, document_rows, fact_query, law_rows, page_rows
from finfoundry.knowledge.storage.document_entry import Added
from finfoundry.knowledge.storage.entity_directory import Gathered, reporting
from finfoundry.knowledge.storage.fact_query import FactQuery, Holding, HoldingQuery, StoredEntity, StoredFact
from finfoundry.knowledge.storage.typed_table import Typed
from finfoundry.runtime import jobs
from finfoundry.runtime.database import Connection, Database

__all__ = ["Added", "FactQuery", "Removed", "Store", "StoredDocument", "StoredEntity", "StoredFact"]


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
    witness: str | None = None  # the document whose figures tell whose it is, where it does not say so itself
    head: str | None = None  # what stands beside the counts of its pages, on all pages of the paper that it is of
    whole_pages: int | None = None  # of that paper

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
        self._laws = Gathered(lambda connection, _: law_rows.laws(connection))

    def find(self, principal: Principal, sha256: str, *, collection: str = "default", label: str = "general") -> Added | None:
        """The same bytes in the same place, if they are there already: nothing needs to be parsed then. None where they are not. Raises
        InputError for a label that does not exist, NotPermitted for one that the principal may not write under.
        """
        with self.database.transaction(principal) as connection:
            return document_entry.unchanged(connection, sha256, collection, document_entry.label_number(connection, label))

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
        replaces: str | None = None,
    ) -> Added:
        """Put a document into the store, whole, with its audit record, in one transaction; its embeddings follow as a job.

        ``tables`` are the wide tables of a structured file. The same bytes in the same place do nothing, unless ``again``: then what an
        older version of the parser read of them is superseded. ``replaces``: the id of the document that was read again; if it is gone by
        now, nothing is written and the outcome is "dropped".
        Raises InputError for a label that is not there, NotPermitted where the principal may not write under it.
        """
        indexed = document_rows.index(parsed)
        with self.database.transaction(principal) as connection:
            return document_entry.enter(
                connection, principal, indexed, data, collection=collection, label=label, tables=tables, again=again, replaces=replaces
            )

    def delete(self, principal: Principal, id: str) -> Removed:
        """Remove a document and all that was made of it, in one transaction.

        Raises NotFound for one that is not there or not visible, NotPermitted for one that the principal may only read.
        """
        with self.database.transaction(principal) as connection:
            number = document_number(id)
            found = connection.execute("SELECT name FROM documents WHERE id = %s", (number,)).fetchone()
            if found is None:
                raise no_document(id)
            counts = document_entry.remove(connection, number)
            document_entry.record(connection, principal, "document removed", number, {"name": found[0], "counts": counts})
            return Removed(id, found[0], counts)

    def relabel(self, principal: Principal, id: str, label: str) -> StoredDocument:
        """Put a document with all that was made of it under another label, in one transaction. Raises NotFound; NotPermitted for who may
        not write under both labels; InputError for a label that is not there, or under which the same file lies.
        """
        with self.database.transaction(principal) as connection:
            document_entry.relabel(connection, principal, document_number(id), label)
            return _document(connection, id)

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
        return page_rows.certificate(content)

    def table_headings(self, principal: Principal, id: str) -> Sequence[tuple[str, ...]]:
        """The headings over each table of a document, in the order by which facts number tables; none of what may not be read."""
        with self.database.transaction(principal) as connection:
            return page_rows.table_headings(connection, document_number(id))

    def blocks_under(self, principal: Principal, id: str, path: tuple[str, ...]) -> list[tuple[int, Block]]:
        """The block of a heading (``path``: the headings down to it) and the headings and paragraphs right under it, each with its page."""
        with self.database.transaction(principal) as connection:
            return page_rows.blocks_under(connection, document_number(id), path)

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
            return Page(number, width, height, page_rows.blocks(connection, at), [], source, name, confidence)

    def facts(self, principal: Principal, query: FactQuery) -> list[StoredFact]:
        """Facts that match, best first."""
        with self.database.transaction(principal) as connection:
            return fact_query.facts(connection, query)

    def table_facts(self, principal: Principal, query: FactQuery) -> list[StoredFact]:
        """Facts of wide tables that match, best first."""
        with self.database.transaction(principal) as connection:
            return fact_query.of_tables(connection, query)

    def companies(self, principal: Principal, query: FactQuery, start: int = 0) -> dict[str, list[int]]:
        """Whose facts match, ``query.limit`` names from the ``start``-th on, each with the numbers of the documents that hold them;
        companies of wide tables alone are not among them.
        """
        with self.database.transaction(principal) as connection:
            return fact_query.companies(connection, query, start)

    def holdings(self, principal: Principal, query: HoldingQuery) -> list[Holding]:
        """Which documents that the principal may read have figures of some concepts, and of which periods; wide tables are not asked."""
        with self.database.transaction(principal) as connection:
            return fact_query.holdings(connection, query)

    def corrected(self, principal: Principal, documents: Sequence[str]) -> list[StoredFact]:
        """The facts of documents that are corrected by hand, each with its correction."""
        with self.database.transaction(principal) as connection:
            return fact_query.corrected(connection, [document_number(id) for id in documents])

    def of_hand(self, principal: Principal, documents: Sequence[str]) -> list[StoredFact]:
        """The facts of documents that were read by hand, each with its reading."""
        with self.database.transaction(principal) as connection:
            return fact_query.of_hand(connection, [document_number(id) for id in documents])

    def entities(self, principal: Principal, collection: str | None = None) -> list[StoredEntity]:
        """The companies that report in the documents that the principal may read."""
        return self.known(principal, collection)[1]

    def known(self, principal: Principal, collection: str | None = None) -> tuple[list[StoredDocument], list[StoredEntity]]:
        """Documents and companies at once, which every question needs first; do not change the lists, since others get the same."""
        with self.database.transaction(principal) as connection:
            return self._known.get(connection, collection)

    def laws(self, principal: Principal, collection: str | None = None) -> list[Law]:
        """The rules that the principal may read, each with its standing among all of these, those of other collections included."""
        with self.database.transaction(principal) as connection:
            found = self._laws.get(connection, None)
        return [law for law in found if collection in (None, law.collection)]

    def clauses(self, principal: Principal, documents: Sequence[str]) -> dict[str, list[Clause]]:
        """The clauses of rules in reading order, by document id; nothing for what may not be read."""
        with self.database.transaction(principal) as connection:
            return law_rows.clauses(connection, documents)

    def shown(self, principal: Principal, id: str) -> tuple[StoredDocument, Certificate]:
        """A document with its certificate. Raises NotFound."""
        with self.database.transaction(principal) as connection:
            document = _document(connection, id)
            found = connection.execute("SELECT content FROM certificates WHERE document_id = %s", (document_number(id),)).fetchone()
        if found is None:
            raise no_document(id)
        certificate = page_rows.certificate(found[0])
        certificate.mark = document.mark  # what was learned since, that its file is gone, stands with the document alone
        return document, certificate

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


def _discard(_count: int) -> None:
    """A handler returns nothing."""


def _known(connection: Connection, collection: str | None) -> tuple[list[StoredDocument], list[StoredEntity]]:
    documents = _documents(connection, "%(collection)s::text IS NULL OR c.name = %(collection)s", {"collection": collection})
    return documents, reporting(connection, collection)


def _document(connection: Connection, id: str) -> StoredDocument:
    found = _documents(connection, "d.id = %(id)s", {"id": document_number(id)})
    if not found:
        raise no_document(id)
    return found[0]


# Of pages from within a paper that of its first page, where one of the same collection and label says it.
_TITLE = """
    CASE WHEN d.first_page > 1 THEN coalesce((
        SELECT max(w.title) FROM documents w WHERE w.head = d.head AND w.whole_pages = d.whole_pages AND w.first_page = 1
            AND w.collection_id = d.collection_id AND w.label_id = d.label_id HAVING count(DISTINCT w.title) = 1
    ), d.title) ELSE d.title END
"""


def _documents(connection: Connection, condition: str, values: dict[str, Any]) -> list[StoredDocument]:
    query = f"""
        SELECT d.id, d.name, c.name, l.name, d.sha256, d.media_type, d.size, d.pages, d.chunks, d.entity, d.aliases, d.kind, d.period,
               d.fiscal_year, d.currency, d.language, {_TITLE}, d.mark, d.score, d.embedded_by IS NOT NULL, d.added, d.revision,
               (SELECT w.name FROM document_owners o JOIN documents w ON w.id = o.witness_id WHERE o.document_id = d.id),
               d.head, d.whole_pages
        FROM documents d JOIN collections c ON c.id = d.collection_id JOIN labels l ON l.id = d.label_id
        WHERE {condition} ORDER BY c.name, d.name, l.name
    """  # noqa: S608  conditions are written above
    found = connection.execute(query, values).fetchall()
    in_order = ((document_id(row[0]), *row[1:10], tuple(row[10]), *row[11:20], row[20].isoformat(), *row[21:]) for row in found)
    return [StoredDocument(*values) for values in in_order]
