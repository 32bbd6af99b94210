"""Facts and entities, found. What a principal may see is decided by the row policies of the connection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from finfoundry.core.document import Fact, FactReading, HandCorrection, ReadByHand
from finfoundry.core.names.spoken_names import entity_key
from finfoundry.knowledge.balance.lossy_tables import table_mark
from finfoundry.knowledge.datasets import cells
from finfoundry.knowledge.ids import document_id, document_number
from finfoundry.knowledge.search.filters import CONDITION, DocumentFilter, resolve
from finfoundry.knowledge.search.terms import label_weights, sparse
from finfoundry.runtime.database import Connection

LEAST_SIMILARITY = 0.3  # of a label to the metric asked for


@dataclass(frozen=True, slots=True)
class FactQuery:
    """What to look for; None = any. ``metric`` is compared with the label path term by term, the rest exactly.

    ``period`` is an ISO date or interval, or a year, which takes periods that end in it.
    """

    entity: str | None = None
    metric: str | None = None
    concept: str | None = None
    period: str | None = None
    collection: str | None = None
    scope: str | None = None
    statement: str | None = None
    document_id: str | None = None
    page: int | None = None
    limit: int = 50
    companies: Mapping[str, Sequence[int]] | None = None  # whose facts, by the names that they bear, and in which documents


@dataclass(frozen=True, slots=True)
class HoldingQuery:
    """Of which concepts to tell who has figures of the whole; ``years``: of periods that end from the one to the other, None = any."""

    concepts: Sequence[str]
    scope: str = "consolidated"
    collection: str | None = None
    years: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class StoredFact:
    id: str
    fact: Fact
    document_id: str
    document_name: str
    mark: str | None
    similarity: float = 1.0  # of its label to the metric asked for
    structured: bool = False  # a cell of a wide table, whose column says what it is
    correction: HandCorrection | None = None  # by which it is not as it was read
    reading: ReadByHand | None = None  # by which it was read by hand

    @property
    def moved(self) -> bool:
        """Whether a correction says that it is the figure of another than its document tells."""
        return self.correction is not None and self.correction.read.entity != self.correction.given.entity


@dataclass(frozen=True, slots=True)
class Holding:
    """Of which periods a document has figures of a concept."""

    document_id: str
    concept: str
    periods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoredEntity:
    name: str
    aliases: tuple[str, ...]
    documents: int
    fiscal_years: tuple[int, ...]
    periods: tuple[str, ...]
    kinds: tuple[str, ...] = ()


def facts(connection: Connection, query: FactQuery) -> list[StoredFact]:
    """Best first: label similarity, then statements before other tables, consolidated before parent, later periods first."""
    wanted = label_weights([query.metric], None) if query.metric else {}
    if query.metric and not wanted:
        return []
    about, values = _resolved(connection, query, wanted)
    similar = _SELECT_SIMILAR if about.narrow else _SELECT_OF_ALL
    found = connection.execute(similar if wanted else _SELECT_PLAIN, values).fetchall()
    own = [
        one
        for one in _with_corrections(connection, found)
        if not one.moved or about.keys is None or entity_key(one.fact.entity or "") in about.keys
    ]
    stored = [*own, *_from_tables(connection, query, values["collection"])]
    return sorted(stored, key=lambda one: -one.similarity)[: query.limit] if wanted else stored[: query.limit]


def companies(connection: Connection, query: FactQuery, start: int = 0) -> dict[str, list[int]]:
    """Whose facts of the whole match, and in which documents, those with the likest label first, then by name: ``limit`` of them from the
    ``start``-th on.
    """
    wanted = label_weights([query.metric], None) if query.metric else {}
    if query.metric and not wanted:
        return {}
    about, values = _resolved(connection, query, wanted)
    similar = _COMPANIES_SIMILAR if about.narrow else _COMPANIES_OF_ALL
    found = connection.execute(similar if wanted else _COMPANIES_PLAIN, values | {"start": start}).fetchall()
    return {name: sorted(set(documents)) for name, documents in found}


def holdings(connection: Connection, query: HoldingQuery) -> list[Holding]:
    """Which documents have such figures, and of which periods."""
    statement = """
        SELECT f.document_id, f.concept, array_agg(DISTINCT f.period) FROM facts f
        WHERE f.concept = ANY (%(concepts)s) AND f.scope = %(scope)s AND f.dimensions = '[]'
        AND (%(collection)s::integer IS NULL OR f.collection_id = %(collection)s)
        AND (%(first)s::integer IS NULL OR extract(year FROM f.period_end) BETWEEN %(first)s AND %(last)s)
        GROUP BY 1, 2
    """
    first, last = query.years or (None, None)
    about = resolve(connection, query.collection, None)
    values = {"concepts": list(query.concepts), "scope": query.scope, "collection": about.collection, "first": first, "last": last}
    found = connection.execute(statement, values).fetchall()
    return [Holding(document_id(document), concept, tuple(periods)) for document, concept, periods in found]


def holdings_among(facts: Iterable[StoredFact], query: HoldingQuery) -> list[Holding]:
    """The same of facts that are in memory, whatever the collection."""
    held: dict[tuple[str, str], set[str]] = {}
    for stored in facts:
        fact = stored.fact
        timely = query.years is None or query.years[0] <= int(fact.period.rpartition("/")[2][:4]) <= query.years[1]
        whole = (fact.scope, fact.dimensions) == (query.scope, ())
        if fact.concept is not None and fact.concept in query.concepts and whole and timely:
            held.setdefault((stored.document_id, fact.concept), set()).add(fact.period)
    return [Holding(document, concept, tuple(sorted(periods))) for (document, concept), periods in held.items()]


def _resolved(connection: Connection, query: FactQuery, wanted: dict[int, float]) -> tuple[DocumentFilter, dict[str, Any]]:
    """Which documents are meant, and the values of the conditions below."""
    document_ids = None if query.document_id is None else [query.document_id]
    about = resolve(connection, query.collection, query.entity, document_ids=document_ids)
    if query.companies is not None and document_ids is None:
        about = replace(about, documents=[number for numbers in query.companies.values() for number in numbers])
    return about, about.values() | {
        "concept": query.concept, "period": query.period, "scope": query.scope, "statement": query.statement, "page": query.page,
        "limit": query.limit, "companies": None if query.companies is None else list(query.companies),
        "terms": list(wanted), "weights": sparse(wanted), "least": LEAST_SIMILARITY, "far": -(LEAST_SIMILARITY - 0.001),
    }  # fmt: skip


def of_tables(connection: Connection, query: FactQuery) -> list[StoredFact]:
    """Those that match of wide tables alone, the best first."""
    return _from_tables(connection, query, resolve(connection, query.collection, None).collection)


def _from_tables(connection: Connection, query: FactQuery, collection: int | None) -> list[StoredFact]:
    """Cells of wide tables are consolidated figures without dimensions; they have no pages."""
    if query.scope not in (None, "consolidated") or query.page is not None:
        return []
    named = query.companies if query.entity is None else (query.entity,)
    rows = None if named is None else cells.companies_named(connection, *named)
    document = None if query.document_id is None else document_number(query.document_id)
    wanted = cells.CellQuery(
        rows, query.metric, query.concept, query.period, collection, query.statement, document, LEAST_SIMILARITY, query.limit
    )
    return [
        StoredFact(cell.id, cell.fact, document_id(cell.document), cell.document_name, cell.mark, cell.similarity, structured=True)
        for cell in cells.facts(connection, wanted)
    ]


_COLUMNS = """
    f.document_id, d.name, d.mark, f.ordinal, f.metric, f.value, f.unit, f.period, f.text, f.page, f.entity, f.concept, f.scope,
    f.dimensions, f.version, f.scale, f.precision, f.box, f.locator, f.statement, f.table_number, f.row_number, f.column_number,
    f.confidence, f.reading_id, f.correction_id
"""
_LIKE_ASKED = """
    (%(concept)s::text IS NULL OR f.concept = %(concept)s)
    AND (%(period)s::text IS NULL OR f.period = %(period)s
         OR (%(period)s ~ '^[0-9]{4}$' AND extract(year FROM f.period_end)::text = %(period)s))
    AND (%(scope)s::text IS NULL OR f.scope = %(scope)s)
    AND (%(statement)s::text IS NULL OR f.statement = %(statement)s)
    AND (%(page)s::integer IS NULL OR f.page = %(page)s)
    AND (%(companies)s::text[] IS NULL OR f.entity = ANY (%(companies)s))
"""
_FROM = f"FROM facts f JOIN documents d ON d.id = f.document_id WHERE {CONDITION} AND {_LIKE_ASKED}"
# the candidates of a search through all documents, by the index on terms
_FROM_ALL = f"FROM readable_facts f WHERE (%(collection)s::integer IS NULL OR f.collection_id = %(collection)s) AND {_LIKE_ASKED}"
_SIMILARITY = "round((-(f.weights <#> %(weights)s::sparsevec))::numeric, 3)::float8 AS similarity"
_OF_WHOLES = "AND f.entity IS NOT NULL AND f.dimensions = '[]' AND f.scope = 'consolidated'"
# what cannot reach the least similarity is left out before it is rounded and its row is read
_NEAR = "AND f.terms && %(terms)s::integer[] AND (f.weights <#> %(weights)s::sparsevec) <= %(far)s"
_PAGE = "LIMIT %(limit)s OFFSET %(start)s"
_NAMES = "SELECT entity, array_agg(document_id)"  # as often as a document holds such facts
_BEST_NAMES = f"WHERE similarity >= %(least)s GROUP BY entity ORDER BY max(similarity) DESC, entity {_PAGE}"
_COMPANIES_PLAIN = f"SELECT f.entity, array_agg(f.document_id) {_FROM} {_OF_WHOLES} GROUP BY 1 ORDER BY 1 {_PAGE}"
_COMPANIES_SIMILAR = f"{_NAMES} FROM (SELECT f.entity, f.document_id, {_SIMILARITY} {_FROM} {_OF_WHOLES} {_NEAR}) AS near {_BEST_NAMES}"
_COMPANIES_OF_ALL = f"{_NAMES} FROM (SELECT f.entity, f.document_id, {_SIMILARITY} {_FROM_ALL} {_OF_WHOLES} {_NEAR}) AS near {_BEST_NAMES}"
_ORDER_OF = (
    "({0}.statement IS NULL), ({0}.scope <> 'consolidated'), jsonb_array_length({0}.dimensions), {0}.period_end DESC NULLS LAST,"
    " {0}.ordinal, {0}.document_id"
)
_SELECT_PLAIN = f"SELECT {_COLUMNS}, 1.0::float8 {_FROM} ORDER BY {_ORDER_OF.format('f')} LIMIT %(limit)s"
_SELECT_SIMILAR = f"""
    SELECT * FROM (
        SELECT {_COLUMNS}, {_SIMILARITY}, f.period_end
        {_FROM} {_NEAR}
    ) AS near WHERE similarity >= %(least)s ORDER BY similarity DESC, {_ORDER_OF.format("near")} LIMIT %(limit)s
"""  # noqa: S608
_SELECT_OF_ALL = f"""
    SELECT {_COLUMNS}, best.similarity FROM (
        SELECT * FROM (
            SELECT f.document_id, f.ordinal, f.statement, f.scope, f.dimensions, f.period_end, {_SIMILARITY} {_FROM_ALL} {_NEAR}
        ) AS near WHERE similarity >= %(least)s ORDER BY similarity DESC, {_ORDER_OF.format("near")} LIMIT %(limit)s
    ) AS best JOIN facts f ON f.document_id = best.document_id AND f.ordinal = best.ordinal JOIN documents d ON d.id = f.document_id
    ORDER BY best.similarity DESC, {_ORDER_OF.format("f")}
"""  # noqa: S608


def in_document_order(connection: Connection, document: int) -> list[StoredFact]:
    """All facts of a document's pages, in the order in which they were read."""
    query = f"SELECT {_COLUMNS}, 1.0::float8 FROM facts f JOIN documents d ON d.id = f.document_id WHERE d.id = %s ORDER BY f.ordinal"  # noqa: S608
    return _with_corrections(connection, connection.execute(query, (document,)).fetchall())


def one(connection: Connection, document: int, ordinal: int) -> StoredFact | None:
    """A fact of a document's pages by its number; None where there is none."""
    query = f"SELECT {_COLUMNS}, 1.0::float8 FROM facts f JOIN documents d ON d.id = f.document_id WHERE d.id = %s AND f.ordinal = %s"  # noqa: S608
    return next(iter(_with_corrections(connection, connection.execute(query, (document, ordinal)).fetchall())), None)


def corrected(connection: Connection, documents: Sequence[int]) -> list[StoredFact]:
    """The facts of documents that are corrected by hand, in their order."""
    query = f"""
        SELECT {_COLUMNS}, 1.0::float8 FROM corrections c JOIN facts f ON f.correction_id = c.id AND f.document_id = c.document_id
        AND f.ordinal = c.ordinal JOIN documents d ON d.id = f.document_id
        WHERE c.state = 'approved' AND c.document_id = ANY (%s) ORDER BY d.id, f.ordinal
    """  # noqa: S608
    return _with_corrections(connection, connection.execute(query, (list(documents),)).fetchall())


def of_hand(connection: Connection, documents: Sequence[int]) -> list[StoredFact]:
    """The facts of documents that were read by hand, in their order."""
    query = f"""
        SELECT {_COLUMNS}, 1.0::float8 FROM facts f JOIN documents d ON d.id = f.document_id
        WHERE f.reading_id IS NOT NULL AND f.document_id = ANY (%s) ORDER BY d.id, f.ordinal
    """  # noqa: S608
    return _with_corrections(connection, connection.execute(query, (list(documents),)).fetchall())


def entities(connection: Connection, collection: str | None) -> list[StoredEntity]:
    """Grouped by the normalised name, the most frequent spelling shown."""
    query = """
        WITH visible AS (
            SELECT d.*, d.entity_keys[1] AS key FROM documents d JOIN collections c ON c.id = d.collection_id
            WHERE d.entity IS NOT NULL AND (%(collection)s::text IS NULL OR c.name = %(collection)s)
        )
        SELECT mode() WITHIN GROUP (ORDER BY v.entity), array_agg(DISTINCT v.entity), count(*),
               array_agg(DISTINCT v.fiscal_year) FILTER (WHERE v.fiscal_year IS NOT NULL),
               array_agg(DISTINCT v.period) FILTER (WHERE v.period IS NOT NULL),
               array_agg(DISTINCT v.kind) FILTER (WHERE v.kind IS NOT NULL),
               (SELECT array_agg(DISTINCT alias) FROM visible o CROSS JOIN unnest(o.aliases) AS alias
                WHERE o.key = v.key)
        FROM visible v GROUP BY v.key ORDER BY 1
    """
    return [
        StoredEntity(
            name, tuple(other for other in dict.fromkeys([*spellings, *(aliases or ())]) if other != name), number,
            tuple(years or ()), tuple(periods or ()), tuple(kinds or ()),
        )
        for name, spellings, number, years, periods, kinds, aliases in connection.execute(query, {"collection": collection}).fetchall()
    ]  # fmt: skip


def _stored(row: tuple[Any, ...]) -> StoredFact:
    (number, name, mark, ordinal, metric, value, unit, period, text, page, entity, concept, scope, dimensions, version, scale, precision,
     box, locator, statement, table, table_row, column, confidence, _, _, similarity) = row[:27]  # fmt: skip
    fact = Fact(
        tuple(metric), value, unit, period, text, page, entity, concept, scope, tuple((axis, member) for axis, member in dimensions),
        version, scale, precision, tuple(box) if box else None, locator, statement, table, table_row, column, confidence,
    )  # fmt: skip
    id_ = document_id(number)
    return StoredFact(f"{id_}/{ordinal}", fact, id_, name, table_mark(fact, mark), similarity)


_READING, _CORRECTION = 24, 25  # which columns of a row name the reading by hand and the correction


def _with_corrections(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> list[StoredFact]:
    """Rows as facts, those that people touched with their reading and their correction; asked for only where there are some."""
    notes = _notes(connection, [row[_CORRECTION] for row in rows if row[_CORRECTION] is not None])
    readings = read_by_hand(connection, numbers=[row[_READING] for row in rows if row[_READING] is not None])
    found = []
    for row in rows:
        stored = _stored(row)
        if row[_CORRECTION] or row[_READING]:
            stored = replace(stored, correction=notes.get(row[_CORRECTION]), reading=readings.get(row[_READING]))
        found.append(stored)
    return found


def read_by_hand(connection: Connection, numbers: Sequence[int] = (), documents: Sequence[int] = ()) -> dict[int, ReadByHand]:
    """Readings by hand in force, by their numbers: those of ``numbers``, and all of ``documents``."""
    if not numbers and not documents:
        return {}
    query = """
        SELECT id, kind, page, content ->> 'why', proposed_by, approved_by, approved_at FROM hand_readings
        WHERE (id = ANY (%s) OR document_id = ANY (%s)) AND state = 'approved' ORDER BY id
    """
    rows = connection.execute(query, (list(numbers), list(documents))).fetchall()
    return {
        number: ReadByHand(number, kind, page, why, proposer, approver, at.isoformat(timespec="seconds"))
        for number, kind, page, why, proposer, approver, at in rows
    }


def _notes(connection: Connection, numbers: Sequence[int]) -> dict[int, HandCorrection]:
    if not numbers:
        return {}
    query = """
        SELECT c.id, c.document_id, c.ordinal, f.page, c.content, c.proposed_by, c.approved_by, c.approved_at
        FROM corrections c JOIN facts f ON f.document_id = c.document_id AND f.ordinal = c.ordinal WHERE c.id = ANY (%s)
    """
    return {
        number: HandCorrection(
            number, f"{document_id(document)}/{ordinal}", page, reading_of(content["read"]), reading_of(content["after"]), content["why"],
            proposer, approver, at.isoformat(timespec="seconds"),
        )
        for number, document, ordinal, page, content, proposer, approver, at in connection.execute(query, (list(numbers),)).fetchall()
    }  # fmt: skip


def reading_of(kept: dict[str, Any]) -> FactReading:
    """A reading as a correction keeps it: columns of ``facts``, numbers as text."""
    numbers = {"value": Decimal(kept["value"]), "scale": Decimal(kept["scale"]), "metric": tuple(kept["metric"])}
    return FactReading(**{name: kept[name] for name in FactReading.__slots__} | numbers)
