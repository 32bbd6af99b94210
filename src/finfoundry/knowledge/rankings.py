"""Passages ranked by their words (BM25) and by their meaning (vectors), filtered by what the principal may read inside the same SQL.

Two ways for each. Where the documents in question hold few passages, all of them are compared, exactly. In a large store the
inverted lists are read from the highest impact down until a budget is spent, and the nearest vectors come from the HNSW graph.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from finfoundry.core.answer import Language
from finfoundry.core.database import Connection
from finfoundry.knowledge.filters import CONDITION, DocumentFilter
from finfoundry.knowledge.terms import sparse, term_id, terms

DEPTH = 200  # candidates of each kind before fusion
BUDGET = 40_000  # entries read from the inverted lists
RESCORED = 500  # of those, the best by the entries read are scored exactly


@dataclass(frozen=True, slots=True)
class Seen:
    """A question as an encoder sees it, and what that can be compared with: vectors of one embedder, passages of one language."""

    vector: str
    model: str
    language: Language | None


@dataclass(frozen=True, slots=True)
class Terms:
    """A query's terms: each one's weight, and how many entries their inverted lists hold together."""

    weights: dict[int, float]
    entries: int


def weighed(connection: Connection, texts: Sequence[str], where: DocumentFilter) -> Terms:
    """Each term's rarity among the passages that the principal may read, times how often the query says it.

    Of the texts the first that holds any term is the query.
    """
    counts = next((said for text in texts if (said := Counter(map(term_id, terms(text))))), Counter[int]())
    found = connection.execute(
        """
        SELECT term, sum(size), (
            SELECT sum(chunks) FROM documents WHERE %(collection)s::integer IS NULL OR collection_id = %(collection)s
        ) FROM postings WHERE term = ANY (%(terms)s) AND (%(collection)s::integer IS NULL OR collection_id = %(collection)s) GROUP BY term
        """,
        {"terms": list(counts), "collection": where.collection},
    ).fetchall()
    weights = {term: counts[term] * log(1 + (int(total) - int(df) + 0.5) / (int(df) + 0.5)) for term, df, total in found}
    return Terms(weights, sum(int(df) for _, df, _ in found))


def by_words(connection: Connection, said: Terms, where: DocumentFilter, *, passages: int, exact: bool) -> list[int]:
    """Ids of passages, best first. ``passages``: how many stand to be compared.

    Lists that together hold fewer entries are read whole, which is exact, too, and sooner.
    """
    if not said.weights:
        return []
    whole = exact and not where.narrow and said.entries <= passages
    candidates = _from_lists(connection, said, where, None if whole else BUDGET) if whole or not exact else None
    query = f"""
        WITH scored AS MATERIALIZED (
            SELECT t.chunk_id, -(t.weights <#> %(weights)s::sparsevec) AS score FROM chunk_terms t
            WHERE t.document_id IN (SELECT d.id FROM documents d WHERE {CONDITION})
              AND (%(candidates)s::integer[] IS NULL OR t.chunk_id = ANY (%(candidates)s))
        )
        SELECT chunk_id FROM scored WHERE score > 0 ORDER BY score DESC, chunk_id LIMIT %(depth)s
    """  # noqa: S608
    values = where.values() | {"weights": sparse(said.weights), "candidates": candidates, "depth": DEPTH}
    return [id_ for (id_,) in connection.execute(query, values).fetchall()]


def _from_lists(connection: Connection, said: Terms, where: DocumentFilter, budget: int | None) -> list[int]:
    """The best passages by as much of the inverted lists as the budget allows, the rare terms' share being larger."""
    total = sum(said.weights.values())
    values = where.values() | {
        "terms": list(said.weights), "idf": list(said.weights.values()), "rescored": RESCORED,
        "blocks": [None if budget is None else max(int(budget * weight / total / 250), 4) for weight in said.weights.values()],
    }  # fmt: skip
    narrow = f"AND part.id IN (SELECT id FROM chunks WHERE document_id IN (SELECT d.id FROM documents d WHERE {CONDITION}))"  # noqa: S608
    query = f"""
        SELECT part.id FROM unnest(%(terms)s::integer[], %(idf)s::float8[], %(blocks)s::integer[]) AS q (term, idf, blocks)
        CROSS JOIN LATERAL (
            (SELECT chunks, impacts FROM postings p WHERE p.term = q.term AND p.compact
             AND (%(collection)s::integer IS NULL OR p.collection_id = %(collection)s) ORDER BY p.impact DESC LIMIT q.blocks)
            UNION ALL
            (SELECT chunks, impacts FROM postings p WHERE p.term = q.term AND NOT p.compact
             AND (%(collection)s::integer IS NULL OR p.collection_id = %(collection)s) ORDER BY p.impact DESC LIMIT q.blocks * 20)
        ) AS list CROSS JOIN LATERAL unnest(list.chunks, list.impacts) AS part (id, impact)
        WHERE true {narrow if where.narrow else ""}
        GROUP BY part.id ORDER BY sum(part.impact * q.idf) DESC LIMIT %(rescored)s
    """  # noqa: S608
    return [id_ for (id_,) in connection.execute(query, values).fetchall()]


def by_meaning(connection: Connection, seen: Seen, where: DocumentFilter, *, exact: bool) -> list[int]:
    """Ids of passages, nearest first, among those whose vectors can be compared with this one."""
    spoken = "AND d.language = %(language)s" if seen.language else ""
    allowed = f"v.document_id IN (SELECT d.id FROM documents d WHERE {CONDITION} AND d.vectors_by = %(model)s {spoken})"  # noqa: S608
    values = where.values() | {"vector": seen.vector, "language": seen.language, "model": seen.model, "depth": DEPTH}
    if exact:  # a fence, lest the planner walk the graph and drop most of what it finds
        query = f"""
            WITH near AS MATERIALIZED (SELECT v.chunk_id, v.embedding <#> %(vector)s::halfvec AS distance FROM vectors v WHERE {allowed})
            SELECT chunk_id FROM near ORDER BY distance, chunk_id LIMIT %(depth)s
        """  # noqa: S608
    else:
        connection.execute("SET LOCAL hnsw.ef_search = 320; SET LOCAL hnsw.iterative_scan = relaxed_order")
        condition = allowed if where.narrow or where.collection is not None or seen.language else "true"
        query = f"""
            SELECT v.chunk_id FROM vectors v WHERE {condition} ORDER BY v.embedding <#> %(vector)s::halfvec LIMIT %(depth)s
        """  # noqa: S608
    return [id_ for (id_,) in connection.execute(query, values).fetchall()]
