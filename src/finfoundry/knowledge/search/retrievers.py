"""Passages ranked by their words (BM25) and by their meaning (vectors), filtered by what the principal may read inside the same SQL.

Two ways for each. Where the documents in question hold few passages, all of them are compared, exactly. In a large store the
inverted lists are read from the highest impact down until a budget is spent, and the nearest vectors come from the HNSW graph.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from finfoundry.core.answer import Language
from finfoundry.knowledge.search.filters import CONDITION, DocumentFilter
from finfoundry.knowledge.search.terms import sparse, term_id, terms
from finfoundry.runtime.database import Connection

DEPTH = 200  # candidates of each kind before fusion
BUDGET = 40_000  # entries read from the inverted lists
WHOLE = 4  # entries a passage: to compare a passage takes as long as to read ten
RESCORED = 500  # of those, the best by the entries read are scored exactly


@dataclass(frozen=True, slots=True)
class Reach:
    """What is searched: the filter; its documents by id, where they are few; how many passages they hold, and whether all of these are
    compared.
    """

    where: DocumentFilter
    documents: tuple[int, ...] | None
    passages: int
    exact: bool

    def values(self) -> dict[str, Any]:
        return self.where.values() | {"ids": None if self.documents is None else list(self.documents)}

    def holds(self, column: str, also: str = "") -> str:
        """A condition on a column of document ids. The planner misjudges subqueries under row policies: ids, where they are known."""
        if self.documents is not None:
            return f"{column} = ANY (%(ids)s::bigint[])"
        limited = self.where.narrow or self.where.collection is not None or also
        return f"{column} IN (SELECT d.id FROM documents d WHERE {CONDITION} {also})" if limited else "true"  # noqa: S608


@dataclass(frozen=True, slots=True)
class EncodedQuery:
    """A question as an encoder sees it, and what that can be compared with: vectors of one embedder, passages of one language.

    ``alone``: all that is searched is of that kind.
    """

    vector: str
    model: str
    language: Language | None
    alone: bool = False


@dataclass(frozen=True, slots=True)
class QueryTerms:
    """A query's terms: each one's weight, and how many entries their inverted lists hold together."""

    weights: dict[int, float]
    entries: int


def weighed(connection: Connection, texts: Sequence[str], where: DocumentFilter) -> QueryTerms:
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
    return QueryTerms(weights, sum(int(df) for _, df, _ in found))


def by_words(connection: Connection, said: QueryTerms, reach: Reach) -> list[int]:
    """Ids of passages, best first. Lists that together hold few entries for so many passages are read whole, which gives the scores
    themselves (in thousandths of a term's weight), and sooner.
    """
    if not said.weights:
        return []
    if reach.exact and not reach.where.narrow and said.entries <= WHOLE * reach.passages:
        return _from_lists(connection, said, reach, None, DEPTH)
    candidates = None if reach.exact else _from_lists(connection, said, reach, BUDGET, RESCORED)
    place = reach.holds("t.document_id") if reach.exact else "t.chunk_id = ANY (%(candidates)s::integer[])"
    query = f"""
        WITH scored AS MATERIALIZED (
            SELECT t.chunk_id, -(t.weights <#> %(weights)s::sparsevec) AS score FROM chunk_terms t WHERE {place}
        )
        SELECT chunk_id FROM scored WHERE score > 0 ORDER BY score DESC, chunk_id LIMIT %(depth)s
    """  # noqa: S608
    values = reach.values() | {"weights": sparse(said.weights), "candidates": candidates, "depth": DEPTH}
    return [id_ for (id_,) in connection.execute(query, values).fetchall()]


def _from_lists(connection: Connection, said: QueryTerms, reach: Reach, budget: int | None, most: int) -> list[int]:
    """The best passages by as much of the inverted lists as the budget allows, the rare terms' share being larger."""
    total = sum(said.weights.values())
    values = reach.values() | {
        "terms": list(said.weights), "idf": list(said.weights.values()), "most": most,
        "blocks": [None if budget is None else max(int(budget * weight / total / 250), 4) for weight in said.weights.values()],
    }  # fmt: skip
    narrow = f"AND part.id IN (SELECT id FROM chunks WHERE {reach.holds('document_id')})"  # noqa: S608
    query = f"""
        SELECT part.id FROM (
            SELECT q.idf, unnest(list.chunks) AS id, unnest(list.impacts) AS impact
            FROM unnest(%(terms)s::integer[], %(idf)s::float8[], %(blocks)s::integer[]) AS q (term, idf, blocks)
            CROSS JOIN LATERAL (
                (SELECT chunks, impacts FROM postings p WHERE p.term = q.term AND p.compact
                 AND (%(collection)s::integer IS NULL OR p.collection_id = %(collection)s) ORDER BY p.impact DESC LIMIT q.blocks)
                UNION ALL
                (SELECT chunks, impacts FROM postings p WHERE p.term = q.term AND NOT p.compact
                 AND (%(collection)s::integer IS NULL OR p.collection_id = %(collection)s) ORDER BY p.impact DESC LIMIT q.blocks * 20)
            ) AS list
        ) AS part
        WHERE true {narrow if reach.where.narrow else ""}
        GROUP BY part.id ORDER BY sum(part.impact * part.idf) DESC, part.id LIMIT %(most)s
    """  # noqa: S608
    return [id_ for (id_,) in connection.execute(query, values).fetchall()]


def by_meaning(connection: Connection, seen: EncodedQuery, reach: Reach) -> list[int]:
    """Ids of passages, nearest first, among those whose vectors can be compared with this one."""
    also = "" if seen.alone else "AND d.vectors_by = %(model)s" + (" AND d.language = %(language)s" if seen.language else "")
    allowed = reach.holds("v.document_id", also)
    values = reach.values() | {"vector": seen.vector, "language": seen.language, "model": seen.model, "depth": DEPTH}
    if reach.exact:  # a fence, lest the planner walk the graph and drop most of what it finds
        query = f"""
            WITH near AS MATERIALIZED (SELECT v.chunk_id, v.embedding <#> %(vector)s::halfvec AS distance FROM vectors v WHERE {allowed})
            SELECT chunk_id FROM near ORDER BY distance, chunk_id LIMIT %(depth)s
        """  # noqa: S608
    else:
        connection.execute("SET LOCAL hnsw.ef_search = 320; SET LOCAL hnsw.iterative_scan = relaxed_order")
        query = f"""
            SELECT v.chunk_id FROM vectors v WHERE {allowed} ORDER BY v.embedding <#> %(vector)s::halfvec LIMIT %(depth)s
        """  # noqa: S608
    return [id_ for (id_,) in connection.execute(query, values).fetchall()]
