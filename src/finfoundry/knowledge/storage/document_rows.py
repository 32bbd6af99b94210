"""A parsed document as rows, written with COPY. Nothing here asks the database anything."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import sql

from finfoundry.core.document import Box, Chunk, Document, Parsed
from finfoundry.knowledge.search.terms import IMPACT_SCALE, label_weights, sparse, weights
from finfoundry.knowledge.storage.chunks import chunk
from finfoundry.runtime.database import Connection

Row = tuple[Any, ...]
COLUMNS = {
    "pages": "document_id number label_id width height source name confidence",
    "blocks": "document_id page ordinal label_id kind text box section level title note locator continued",
    "cells": (
        "document_id page block ordinal label_id row_number column_number row_span column_span text box locator indent header confidence"
    ),
    "facts": (
        "document_id ordinal label_id collection_id entity metric concept scope dimensions version period period_end value unit scale "
        "precision text page box locator statement table_number row_number column_number confidence terms weights"
    ),
    "chunks": "id document_id label_id ordinal page kind text section box locator places",
    "chunk_terms": "chunk_id document_id label_id weights",
    "clauses": "document_id ordinal label_id number heading text page box locator",
    "postings": "term compact impact label_id collection_id size batch_id chunks impacts",
}


@dataclass(frozen=True, slots=True)
class RowTarget:
    """Where rows go: the ids that every row of a document carries."""

    document: int
    collection: int
    label: int
    batch: int
    first_chunk: int


@dataclass(frozen=True, slots=True)
class Indexed:
    """A document cut and weighed, which takes most of the time and no database."""

    parsed: Parsed
    chunks: list[Chunk]
    weights: list[dict[int, float]]


def index(parsed: Parsed) -> Indexed:
    chunks = chunk(parsed.document)
    return Indexed(parsed, chunks, [weights(index_text(parsed.document, one.section, one.text)) for one in chunks])


def index_text(document: Document, section: Sequence[str], text: str) -> str:
    """A passage with what a reader would know of it beforehand: who reports, for when, under which two innermost headings."""
    profile = document.profile
    front = [profile.entity, profile.kind, str(profile.fiscal_year or ""), profile.title]
    return "\n".join([" ".join(part for part in front if part), " > ".join(section[-2:]), text])


def write(connection: Connection, place: RowTarget, indexed: Indexed) -> None:
    """COPY all rows but that of the document itself."""
    document = indexed.parsed.document
    for table, rows in (
        ("pages", _pages(document, place)),
        ("blocks", _blocks(document, place)),
        ("cells", _cells(document, place)),
        ("facts", _facts(indexed.parsed, place)),
        ("chunks", _chunks(indexed, place)),
        ("chunk_terms", _chunk_terms(indexed, place)),
        ("clauses", _clauses(indexed.parsed, place)),
        ("postings", _postings(indexed, place)),
    ):
        _copy(connection, table, rows)


def _copy(connection: Connection, table: str, rows: Iterator[Row]) -> None:
    """COPY into a table of the session's own, and from there through the row policy, which COPY itself does not know."""
    names = {"table": sql.Identifier(table), "new": sql.Identifier(f"new_{table}")}
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in COLUMNS[table].split())
    connection.execute(sql.SQL("CREATE TEMPORARY TABLE IF NOT EXISTS {new} (LIKE {table}) ON COMMIT DELETE ROWS").format(**names))
    with connection.cursor() as cursor, cursor.copy(sql.SQL("COPY {new} ({columns}) FROM STDIN").format(**names, columns=columns)) as copy:
        for row in rows:
            copy.write_row(row)
    connection.execute(sql.SQL("INSERT INTO {table} ({columns}) SELECT {columns} FROM {new}").format(**names, columns=columns))


def _pages(document: Document, place: RowTarget) -> Iterator[Row]:
    for page in document.pages:
        name = clean(page.name)
        yield place.document, page.number, place.label, page.width, page.height, page.source, name, page.confidence


def _blocks(document: Document, place: RowTarget) -> Iterator[Row]:
    for page in document.pages:
        for ordinal, block in enumerate(page.blocks):
            yield (
                place.document, page.number, ordinal, place.label, block.kind, clean(block.text), _box(block.box), _section(block.section),
                block.level, clean(block.title), clean(block.note), _json(block.locator), block.continued,
            )  # fmt: skip


def _cells(document: Document, place: RowTarget) -> Iterator[Row]:
    for page in document.pages:
        for number, block in enumerate(page.blocks):
            for ordinal, cell in enumerate(block.cells):
                yield (
                    place.document, page.number, number, ordinal, place.label, cell.row, cell.column, cell.row_span, cell.column_span,
                    clean(cell.text), _box(cell.box), _json(cell.locator), cell.indent, cell.header, cell.confidence,
                )  # fmt: skip


def _facts(parsed: Parsed, place: RowTarget) -> Iterator[Row]:
    label_terms: dict[tuple[tuple[str, ...], str | None], tuple[str, str]] = {}
    for ordinal, fact in enumerate(parsed.facts):
        key = (fact.metric, fact.concept)
        if key not in label_terms:
            found = label_weights(*key)
            label_terms[key] = (_array(found), sparse(found))
        yield (
            place.document, ordinal, place.label, place.collection, clean(fact.entity), [clean(part) or "" for part in fact.metric],
            fact.concept, fact.scope, _json([list(pair) for pair in fact.dimensions]), fact.version, fact.period,
            period_end(fact.period), fact.value, fact.unit, fact.scale, fact.precision, clean(fact.text), fact.page, _box(fact.box),
            _json(fact.locator), fact.statement, fact.table, fact.row, fact.column, fact.confidence, *label_terms[key],
        )  # fmt: skip


def _chunks(indexed: Indexed, place: RowTarget) -> Iterator[Row]:
    for one in indexed.chunks:
        yield (
            place.first_chunk + one.ordinal, place.document, place.label, one.ordinal, one.page, one.kind, clean(one.text),
            _section(one.section), _box(one.box), _json(one.locator), _parts(one),
        )  # fmt: skip


def _parts(one: Chunk) -> str | None:
    """The places of a passage's parts; None where its own says as much."""
    return _json([[part.start, part.box, part.locator] for part in one.places]) if len(one.places) > 1 else None


def _clauses(parsed: Parsed, place: RowTarget) -> Iterator[Row]:
    for one in parsed.clauses:
        heading = [clean(part) or "" for part in one.heading]
        yield (
            place.document,
            one.ordinal,
            place.label,
            clean(one.number),
            heading,
            clean(one.text),
            one.page,
            _box(one.box),
            _json(one.locator),
        )


def _chunk_terms(indexed: Indexed, place: RowTarget) -> Iterator[Row]:
    for ordinal, found in enumerate(indexed.weights):
        yield place.first_chunk + ordinal, place.document, place.label, sparse(found)


def _postings(indexed: Indexed, place: RowTarget) -> Iterator[Row]:
    """The document as a batch of its own: one row a term, chunks by falling impact."""
    lists: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for ordinal, found in enumerate(indexed.weights):
        for term, value in found.items():
            lists[term].append((-round(value * IMPACT_SCALE), place.first_chunk + ordinal))
    for term in sorted(lists):
        entries = sorted(lists[term])
        chunks, impacts = _array([chunk for _, chunk in entries]), _array([-impact for impact, _ in entries])
        yield term, False, -entries[0][0], place.label, place.collection, len(entries), place.batch, chunks, impacts


def period_end(period: str) -> date | None:
    """The last day of an ISO period; None for one that is not a date."""
    try:
        return date.fromisoformat(period.rpartition("/")[2])
    except ValueError:
        return None


def clean(text: str | None) -> str | None:
    """Text as PostgreSQL takes it: no zero bytes, no half surrogates."""
    if text is None or (text.isascii() and "\0" not in text):
        return text
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _array(values: Iterable[Any]) -> str:
    return "{" + ",".join(map(str, values)) + "}"


def _section(section: tuple[str, ...]) -> list[str]:
    return [clean(part) or "" for part in section]


def _box(box: Box | None) -> str | None:
    return None if box is None else "{{{:.2f},{:.2f},{:.2f},{:.2f}}}".format(*box)


def _json(value: Any) -> str | None:
    return None if value is None else json_text(value)


def json_text(value: Any) -> str:
    """JSON as PostgreSQL takes it; decimals as strings."""
    return clean(json.dumps(value, ensure_ascii=False, default=str).replace("\\u0000", "")) or ""
