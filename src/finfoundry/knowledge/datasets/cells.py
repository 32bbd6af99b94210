"""Cells of wide tables as facts and as texts, made when they are asked for: a row of 50 metrics is one row of the database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from finfoundry.core.document import Fact
from finfoundry.core.names.spoken_names import entity_key, whole_keys
from finfoundry.core.workbook import cell_name
from finfoundry.knowledge.ids import document_id
from finfoundry.knowledge.search.terms import label_weights
from finfoundry.runtime.database import Connection


@dataclass(frozen=True, slots=True)
class CellQuery:
    """Which cells; None = any. ``companies`` are those of ``companies_named``; ``label`` is compared term by term."""

    companies: tuple[str, ...] | None = None
    label: str | None = None
    concept: str | None = None
    period: str | None = None
    collection: int | None = None
    statement: str | None = None
    document: int | None = None
    least: float = 0.3
    limit: int = 50


@dataclass(frozen=True, slots=True)
class CellFact:
    """A number of a table with the document that holds it."""

    fact: Fact
    document: int
    document_name: str
    mark: str | None
    id: str
    similarity: float


@dataclass(frozen=True, slots=True)
class TextCell:
    """A text of a table: whose, of which year, under which column."""

    name: str
    year: int | None
    period: str | None
    field: str
    value: str
    document: str
    document_name: str
    page: int
    locator: dict[str, str]


def companies_named(connection: Connection, *entities: str) -> tuple[str, ...]:
    """What the rows of entities share, from any of their names or their codes."""
    keys = list(dict.fromkeys(key for entity in entities for key in whole_keys(entity)))
    found = connection.execute("SELECT DISTINCT company FROM table_rows WHERE keys && %s", (keys,)).fetchall()
    return tuple(company for (company,) in found)


@dataclass(frozen=True, slots=True)
class _Column:
    document: int
    table: int
    position: int
    sheet: str
    name: str
    concept: str | None
    statement: str | None
    unit: str | None
    factor: Any
    instant: bool


def facts(connection: Connection, query: CellQuery) -> list[CellFact]:
    """Numbers that match, those with the closest label first, then the latest."""
    wanted = _wanted(connection, query)
    if not wanted or query.companies == ():
        return []
    columns = {(column.document, column.table): [] for column, _ in wanted}  # type: dict[tuple[int, int], list[tuple[_Column, float]]]
    for column, similarity in wanted:
        columns[column.document, column.table].append((column, similarity))
    found = [
        _fact(column, similarity, row)
        for row in _rows(connection, query, sorted(columns))
        for column, similarity in columns[row[0], row[1]]
        if row[8][column.position - 1] is not None
    ]
    found.sort(key=lambda cell: (-cell.similarity, _reversed(cell.fact.period)))
    return found[: query.limit]


def _reversed(period: str) -> tuple[int, ...]:
    return tuple(-ord(c) for c in period.rpartition("/")[2])


def _wanted(connection: Connection, query: CellQuery) -> list[tuple[_Column, float]]:
    select = """
        SELECT document_id, table_number, position, sheet, name, concept, statement, unit, factor, instant FROM table_columns
        WHERE kind = 'number' AND (%(concept)s::text IS NULL OR concept = %(concept)s)
        AND (%(statement)s::text IS NULL OR statement = %(statement)s) AND (%(document)s::bigint IS NULL OR document_id = %(document)s)
        AND (%(collection)s::integer IS NULL OR collection_id = %(collection)s) ORDER BY 1, 2, 3
    """
    values = {"concept": query.concept, "statement": query.statement, "document": query.document, "collection": query.collection}
    columns = [_Column(*row) for row in connection.execute(select, values).fetchall()]
    if query.label is None:
        return [(column, 1.0) for column in columns]
    near = [(column, likeness(query.label, column.name, column.concept)) for column in columns]
    return [(column, similarity) for column, similarity in near if similarity >= query.least]


@lru_cache(maxsize=20_000)
def likeness(wanted: str, name: str, concept: str | None) -> float:
    """The cosine of two labels' terms, as between a question's label and a fact's."""
    one, other = label_weights([wanted], None), label_weights([name], concept)
    return round(sum(weight * other.get(term, 0.0) for term, weight in one.items()), 3)


def _rows(connection: Connection, query: CellQuery, tables: Sequence[tuple[int, int]]) -> list[tuple[Any, ...]]:
    select = """
        SELECT r.document_id, r.table_number, d.name, d.mark, r.row_number, r.names, r.period, r.fiscal_year, r.numbers, r.texts
        FROM table_rows r JOIN documents d ON d.id = r.document_id
        WHERE (r.document_id, r.table_number) IN (SELECT * FROM unnest(%(documents)s::bigint[], %(tables)s::integer[]))
        AND (%(companies)s::text[] IS NULL OR r.company = ANY (%(companies)s))
        AND (%(period)s::text IS NULL OR r.fiscal_year::text = %(period)s OR r.period = %(period)s
             OR split_part(r.period, '/', 2) = %(period)s)
        ORDER BY r.fiscal_year DESC NULLS LAST, r.document_id, r.row_number LIMIT %(limit)s
    """
    values = {
        "documents": [document for document, _ in tables], "tables": [table for _, table in tables],
        "companies": None if query.companies is None else list(query.companies), "period": query.period, "limit": query.limit,
    }  # fmt: skip
    return connection.execute(select, values).fetchall()


def _fact(column: _Column, similarity: float, row: tuple[Any, ...]) -> CellFact:
    document, table, name, mark, number, names, period, _, numbers, texts = row
    text = texts[column.position - 1]
    at = (period or "").rpartition("/")[2] if column.instant else period or ""
    digits = len(text.replace(",", "").partition(".")[2].rstrip("0"))
    fact = Fact(
        (column.name,), numbers[column.position - 1], column.unit, at, text, table + 1, names[-1], column.concept,
        scale=column.factor, precision=digits, locator=_locator(column.sheet, column.position, number), statement=column.statement,
        table=table, row=number - 1, column=column.position - 1,
    )  # fmt: skip
    return CellFact(fact, document, name, mark, f"{document_id(document)}/{table}.{number}.{column.position}", similarity)


def _locator(sheet: str, position: int, row: int) -> dict[str, str]:
    return {"sheet": sheet, "cell": cell_name(row - 1, position - 1)}


def texts(connection: Connection, companies: Sequence[str], fields: Sequence[str], collection: str | None) -> list[TextCell]:
    """The texts of some columns, the latest year first."""
    select = """
        SELECT r.names, r.fiscal_year, r.period, c.name, r.texts[c.position], r.document_id, d.name, r.table_number, c.sheet, c.position,
               r.row_number
        FROM table_rows r JOIN table_columns c USING (document_id, table_number) JOIN documents d ON d.id = r.document_id
        WHERE r.company = ANY (%(companies)s) AND c.kind = 'text' AND c.name = ANY (%(fields)s) AND r.texts[c.position] IS NOT NULL
        AND (%(collection)s::text IS NULL OR r.collection_id = (SELECT id FROM collections k WHERE k.name = %(collection)s))
        ORDER BY r.fiscal_year DESC NULLS LAST, array_position(%(fields)s, c.name), r.document_id, c.position
    """
    values = {"companies": list(companies), "fields": list(fields), "collection": collection}
    return [
        TextCell(names[-1], year, period, field, value, document_id(document), name, table + 1, _locator(sheet, position, row))
        for names, year, period, field, value, document, name, table, sheet, position, row in connection.execute(select, values).fetchall()
    ]


_LEGAL = re.compile(r"公司$|\b(?:inc|corp|corporation|company|ltd|limited|plc|llc|ag|sa|nv)\.?$", re.I)


@dataclass(frozen=True, slots=True)
class Company:
    """An entity of the tables: its latest full name, its other names, the years it has rows for."""

    company: str
    name: str
    aliases: tuple[str, ...]
    keys: tuple[str, ...]
    documents: int
    years: tuple[int, ...]


def companies(connection: Connection, collection: str | None) -> list[Company]:
    """All entities of the tables that one may read."""
    select = """
        SELECT company, array_agg(DISTINCT r.document_id), array_agg(DISTINCT fiscal_year) FILTER (WHERE fiscal_year IS NOT NULL),
               array_agg(DISTINCT lpad(coalesce(fiscal_year, 0)::text, 4, '0') || array_to_string(names, chr(9)))
        FROM table_rows r
        WHERE %(collection)s::text IS NULL OR r.collection_id = (SELECT id FROM collections WHERE name = %(collection)s)
        GROUP BY company ORDER BY company
    """
    return [_company(*row) for row in connection.execute(select, {"collection": collection}).fetchall()]


def _company(company: str, documents: Sequence[int], years: Sequence[int] | None, named: Sequence[str]) -> Company:
    names = dict.fromkeys(name for one in sorted(named, reverse=True) for name in reversed(one[4:].split("\t")))
    full = max((bool(_LEGAL.search(name)), one[:4], len(name), name) for one in named for name in one[4:].split("\t"))[3]
    code = (company,) if company not in {entity_key(name) for name in names} else ()
    aliases = tuple(name for name in names if name != full) + code
    return Company(company, full, aliases, (company, *map(entity_key, names)), len(documents), tuple(sorted(years or ())))
