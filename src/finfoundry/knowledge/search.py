"""Search: by words (BM25) and by meaning (vectors), fused; filtered by what the principal may read inside the same SQL.

Two ways for each. Where the documents in question hold few passages, all of them are compared, exactly. In a large store the
inverted lists are read from the highest impact down until a budget is spent, and the nearest vectors come from the HNSW graph.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from math import log
from typing import Any, Literal

from finfoundry.core.database import Connection, Database
from finfoundry.core.document import Box, Locator
from finfoundry.core.language import language_of
from finfoundry.core.principal import Principal
from finfoundry.core.protocols import Embedder
from finfoundry.knowledge.filters import CONDITION, DocumentFilter, resolve
from finfoundry.knowledge.ids import document_id
from finfoundry.knowledge.terms import sparse, term_id, terms
from finfoundry.knowledge.vectors import text_form

EXACT_BELOW = 25_000  # passages: beyond it the inverted lists and the graph are faster
DEPTH = 200  # candidates of each kind before fusion
BUDGET = 40_000  # entries read from the inverted lists
RESCORED = 500  # of those, the best by the entries read are scored exactly
OTHER_LANGUAGE = 0.4  # share of passages in the other language: behind those of the question's own, wherever there are such
FUSION = 60  # Cormack, Clarke and Büttcher, Reciprocal Rank Fusion, 2009
# How much a document counts that reports on another period than the one asked for: on another part of that year; on the next year,
# which prints this one beside it; on any other.
OTHER_PART, NEXT_YEAR, OTHER_YEAR = 0.95, 0.8, 0.5


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What to look for. ``period`` (an ISO date or interval, or a year) prefers documents that report on it, and excludes none."""

    text: str
    k: int = 10
    collection: str | None = None
    entity: str | None = None
    period: str | None = None
    kind: str | None = None
    document_ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    chunk_id: str
    document_id: str
    document_name: str
    page: int
    score: float
    text: str
    section: tuple[str, ...]
    box: Box | None
    locator: Locator | None
    kind: Literal["text", "table"]
    mark: str | None


class Search:
    def __init__(self, database: Database, embedder: Embedder | None = None) -> None:
        self.database = database
        self.embedder = embedder

    def search(self, principal: Principal, query: SearchQuery) -> list[Hit]:
        """The ``k`` best passages. Passages whose embeddings are pending are found by their words."""
        seen = self._seen(query.text)
        with self.database.transaction(principal) as connection:
            where = resolve(connection, query.collection, query.entity, query.kind, query.document_ids)
            passages = _passages(connection, where)
            if not passages:
                return []
            exact = passages <= EXACT_BELOW
            rankings = [(1.0, _lexical(connection, _query_weights(connection, query, where), where, exact))]
            for by_encoder in seen:
                share = 1.0 if by_encoder["language"] in (None, language_of(query.text)) else OTHER_LANGUAGE
                rankings.append((share, _dense(connection, by_encoder, where, exact)))
            return _hits(connection, _fused(rankings), query)

    def _seen(self, text: str) -> list[dict[str, str | None]]:
        """The query as each encoder sees it, with what it can be compared with: passages of a language, vectors of an embedder."""
        if self.embedder is None or not text.strip():
            return []
        model = self.embedder.model
        return [
            {"vector": text_form(self.embedder.query(text, language)), "language": language, "model": model}
            for language in self.embedder.languages
        ]


def _passages(connection: Connection, where: DocumentFilter) -> int:
    found = connection.execute(f"SELECT coalesce(sum(d.chunks), 0) FROM documents d WHERE {CONDITION}", where.values()).fetchone()  # noqa: S608
    return int(found[0]) if found else 0


def _query_weights(connection: Connection, query: SearchQuery, where: DocumentFilter) -> dict[int, float]:
    """Each term's rarity among the passages that the principal may read, times how often the query says it."""
    counts = Counter(term_id(term) for term in terms(plain_question(query.text, where.keys or [], query.period)))
    if not counts:  # nothing but names and years: then these
        counts = Counter(term_id(term) for term in terms(query.text))
    found = connection.execute(
        """
        SELECT term, sum(size), (
            SELECT sum(chunks) FROM documents WHERE %(collection)s::integer IS NULL OR collection_id = %(collection)s
        ) FROM postings WHERE term = ANY (%(terms)s) AND (%(collection)s::integer IS NULL OR collection_id = %(collection)s) GROUP BY term
        """,
        {"terms": list(counts), "collection": where.collection},
    ).fetchall()
    return {term: counts[term] * log(1 + (int(total) - int(df) + 0.5) / (int(df) + 0.5)) for term, df, total in found}


def _lexical(connection: Connection, weights: dict[int, float], where: DocumentFilter, exact: bool) -> list[int]:
    if not weights:
        return []
    candidates: list[int] | None = None
    if not exact:
        candidates = _from_lists(connection, weights, where)
    query = f"""
        WITH scored AS MATERIALIZED (
            SELECT t.chunk_id, -(t.weights <#> %(weights)s::sparsevec) AS score FROM chunk_terms t
            WHERE t.document_id IN (SELECT d.id FROM documents d WHERE {CONDITION})
              AND (%(candidates)s::integer[] IS NULL OR t.chunk_id = ANY (%(candidates)s))
        )
        SELECT chunk_id FROM scored WHERE score > 0 ORDER BY score DESC, chunk_id LIMIT %(depth)s
    """  # noqa: S608
    values = where.values() | {"weights": sparse(weights), "candidates": candidates, "depth": DEPTH}
    return [id_ for (id_,) in connection.execute(query, values).fetchall()]


def _from_lists(connection: Connection, weights: dict[int, float], where: DocumentFilter) -> list[int]:
    """The best passages by as much of the inverted lists as the budget allows, the rare terms' share being larger."""
    total = sum(weights.values())
    values = where.values() | {
        "terms": list(weights), "idf": list(weights.values()), "rescored": RESCORED,
        "blocks": [max(int(BUDGET * weight / total / 250), 4) for weight in weights.values()],
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


def _dense(connection: Connection, seen: dict[str, str | None], where: DocumentFilter, exact: bool) -> list[int]:
    spoken = "AND d.language = %(language)s" if seen["language"] else ""
    allowed = f"v.document_id IN (SELECT d.id FROM documents d WHERE {CONDITION} AND d.vectors_by = %(model)s {spoken})"  # noqa: S608
    values = where.values() | seen | {"depth": DEPTH}
    if exact:  # a fence, lest the planner walk the graph and drop most of what it finds
        query = f"""
            WITH near AS MATERIALIZED (SELECT v.chunk_id, v.embedding <#> %(vector)s::halfvec AS distance FROM vectors v WHERE {allowed})
            SELECT chunk_id FROM near ORDER BY distance, chunk_id LIMIT %(depth)s
        """  # noqa: S608
    else:
        connection.execute("SET LOCAL hnsw.ef_search = 320; SET LOCAL hnsw.iterative_scan = relaxed_order")
        condition = allowed if where.narrow or where.collection is not None or seen["language"] else "true"
        query = f"""
            SELECT v.chunk_id FROM vectors v WHERE {condition} ORDER BY v.embedding <#> %(vector)s::halfvec LIMIT %(depth)s
        """  # noqa: S608
    return [id_ for (id_,) in connection.execute(query, values).fetchall()]


def _fused(rankings: list[tuple[float, list[int]]]) -> dict[int, float]:
    scores: dict[int, float] = {}
    for share, ranking in rankings:
        for rank, chunk in enumerate(ranking):
            scores[chunk] = scores.get(chunk, 0.0) + share / (FUSION + rank + 1)
    return scores


def _hits(connection: Connection, scores: dict[int, float], query: SearchQuery) -> list[Hit]:
    """The best, with their texts; of one passage that is there twice (the same bytes, two labels) only the first."""
    places = """
        SELECT c.id, d.sha256, c.ordinal, d.fiscal_year, d.period
        FROM chunks c JOIN documents d ON d.id = c.document_id WHERE c.id = ANY (%s)
    """
    ranked: dict[tuple[str, int], tuple[float, int]] = {}
    for id_, sha256, ordinal, fiscal_year, period in connection.execute(places, (list(scores),)).fetchall():
        score = scores[id_] * _nearness(query.period, period, fiscal_year)
        ranked[sha256, ordinal] = max(ranked.get((sha256, ordinal), (0.0, 0)), (score, -id_))
    best = {-id_: score for score, id_ in sorted(ranked.values(), reverse=True)[: query.k]}
    texts = """
        SELECT c.id, c.document_id, d.name, c.page, c.text, c.section, c.box, c.locator, c.kind, d.mark, c.ordinal
        FROM chunks c JOIN documents d ON d.id = c.document_id WHERE c.id = ANY (%s)
    """
    rows = {row[0]: row for row in connection.execute(texts, (list(best),)).fetchall()}
    return [_hit(rows[id_], score) for id_, score in best.items()]


def _hit(row: tuple[Any, ...], score: float) -> Hit:
    _, number, name, page, text, section, box, locator, kind, mark, ordinal = row
    document = document_id(number)
    return Hit(
        f"{document}/{ordinal}",
        document,
        name,
        page,
        round(score, 6),
        text,
        tuple(section),
        tuple(box) if box else None,
        locator,
        kind,
        mark,
    )


def _nearness(wanted: str | None, period: str | None, fiscal_year: int | None) -> float:
    """Of a document's period to the one asked for. Either the fiscal year or the calendar year that the period ends in may be meant."""
    found = re.match(r"\d{4}", wanted.rpartition("/")[2]) if wanted else None
    if wanted is None or found is None or (fiscal_year is None and period is None):
        return 1.0
    year, end = int(found.group()), (period or "").rpartition("/")[2]
    if year == fiscal_year or end.startswith(found.group()):
        return 1.0 if len(wanted) == 4 or wanted.rpartition("/")[2] == end else OTHER_PART
    return NEXT_YEAR if fiscal_year == year + 1 else OTHER_YEAR


# Words that a question is wrapped in and that no filing answers to.
_WRAPPING = re.compile(
    r"\b(what|which|how (?:much|many)|is|are|was|were|did|does|do|please|tell me|give me|according to|based on|for the year ended|"
    r"(?:in|of|for|at the end of) (?:the )?(?:fiscal )?year|respond|answer|question|round(?:ed)?|decimals?|places?|"
    r"usd|dollars?|in (?:millions|thousands|billions)|analyst|investor|access to)\b"
    r"|请问|请|是多少|为多少|多少|有哪些|哪些|什么|如何|怎么样|吗|呢|根据|情况|分别|简要|介绍|分析|说明|以及",
    re.IGNORECASE,
)
_YEARS = re.compile(r"\b(?:fy|fiscal(?: year)?|year)?\s*'?(?:19|20)\d\d\b|(?:19|20)\d\d\s*年度?|\bq[1-4]\b|\bfy\s?\d\d\b", re.IGNORECASE)


def plain_question(text: str, names: list[str], period: str | None) -> str:
    """A question less what the filters say already, the company and the year, and less the words it is wrapped in."""
    plain = _WRAPPING.sub(" ", text)
    if period:
        plain = _YEARS.sub(" ", plain)
    for name in sorted(names, key=len, reverse=True):
        words = r"[\W_]+(?:and[\W_]+)?".join(map(re.escape, name.split()))
        bounded = rf"\b{words}\b(?:['’]s)?" if name.isascii() else words
        plain = re.sub(bounded, " ", plain, flags=re.IGNORECASE)
    return plain if plain.strip() else text
