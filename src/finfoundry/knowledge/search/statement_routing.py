"""Facts route a question to its pages: those whose tables hold the lines asked for, and the statements that have such lines.

Only for documents that were named (a company's, or given ones): among all companies' pages the facts of one line distinguish nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from finfoundry.core.document import Scope
from finfoundry.knowledge.facts.table.concepts import label_key
from finfoundry.knowledge.search.fusion import Place
from finfoundry.knowledge.search.recency_prior import FIRST_WEEK
from finfoundry.runtime.database import Connection

LEAST_LINES = 3  # known lines that make a table with a statement's title the statement, not a mention of it
MOST_DOCUMENTS = 12  # looked into: those nearest to the period


@dataclass(frozen=True, slots=True)
class Route:
    """``lines``: what the question needs, each as the concepts that answer it; ``statements``: where to look, with a weight each;
    ``scope``: the group's figures or the parent's own; ``year``: lines of periods that end in it count double; ``share``: how much facts
    count in addition to words and meaning.
    """

    lines: tuple[tuple[str, ...], ...] = ()
    statements: tuple[tuple[str, float], ...] = ()
    scope: Scope = "consolidated"
    year: int | None = None
    share: float = 1.0

    def __bool__(self) -> bool:
        return bool(self.lines or self.statements)


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What one page holds of one statement: how many known lines, which of the wanted concepts, and which for the year."""

    place: Place
    statement: str | None
    lines: int
    concepts: frozenset[str]
    dated: frozenset[str] = frozenset()


def routed(connection: Connection, route: Route, documents: Sequence[int], factors: Mapping[int, float]) -> list[Place]:
    """Pages of the documents, the most promising first; ``factors`` of documents weigh their pages."""
    if not route or not documents:
        return []
    query = """
        SELECT * FROM (
            SELECT f.document_id, f.page, f.statement, count(DISTINCT f.concept),
                   coalesce(array_agg(DISTINCT f.concept) FILTER (WHERE f.concept = ANY (%(concepts)s)), '{}') AS wanted,
                   coalesce(array_agg(DISTINCT f.concept) FILTER (WHERE f.concept = ANY (%(concepts)s)
                       AND extract(year FROM f.period_end - %(first_week)s::integer) = %(year)s), '{}')
            FROM facts f WHERE f.document_id = ANY (%(documents)s) AND f.concept IS NOT NULL AND f.box IS NOT NULL AND f.scope = %(scope)s
            GROUP BY 1, 2, 3
        ) AS page WHERE wanted <> '{}' OR statement = ANY (%(statements)s)
    """
    values = {
        "documents": list(documents[:MOST_DOCUMENTS]), "scope": route.scope, "year": route.year, "first_week": FIRST_WEEK.days,
        "concepts": [concept for line in route.lines for concept in line],
        "statements": [name for name, _ in route.statements],
    }  # fmt: skip
    found = connection.execute(query, values).fetchall()
    pages = [PageFacts((row[0], row[1]), row[2], row[3], frozenset(row[4]), frozenset(row[5])) for row in found]
    return best_pages(route, pages, factors)


def own_labels(connection: Connection, route: Route, documents: Sequence[int]) -> list[str]:
    """What the documents themselves call the lines, most usual names: "sales to customers" where others print "revenue"."""
    if not route.lines or not documents:
        return []
    query = """
        SELECT f.concept, f.metric[cardinality(f.metric)] AS label FROM facts f
        WHERE f.document_id = ANY (%s) AND f.concept = ANY (%s) AND jsonb_array_length(f.dimensions) = 0
        GROUP BY 1, 2 ORDER BY count(*) DESC, label
    """
    wanted = [concept for line in route.lines for concept in line]
    usual: dict[str, str] = {}
    for concept, label in connection.execute(query, (list(documents[:MOST_DOCUMENTS]), wanted)).fetchall():
        usual.setdefault(concept, label_key(label))
    return [next(usual[concept] for concept in line if concept in usual) for line in route.lines if usual.keys() & set(line)]


def best_pages(route: Route, found: Iterable[PageFacts], factors: Mapping[int, float]) -> list[Place]:
    """Pages ordered by the share of the wanted lines that they hold, and by how much of a wanted statement they are."""
    pages = list(found)
    held: dict[Place, set[str]] = defaultdict(set)
    dated: dict[Place, set[str]] = defaultdict(set)
    longest: dict[tuple[int, str], int] = defaultdict(int)
    for one in pages:
        held[one.place] |= one.concepts
        dated[one.place] |= one.dated
        if one.statement:
            longest[one.place[0], one.statement] = max(longest[one.place[0], one.statement], one.lines)
    shares = {place: (_part(route, concepts) + _part(route, dated[place])) / 2 for place, concepts in held.items()}
    weights = dict(route.statements)
    titled: dict[Place, float] = defaultdict(float)
    for one in pages:
        if one.statement in weights and one.lines >= LEAST_LINES:
            part = weights[one.statement] * one.lines / longest[one.place[0], one.statement]
            titled[one.place] = max(titled[one.place], part)
    totals = {place: (share + titled[place]) * factors.get(place[0], 1.0) for place, share in shares.items()}
    return sorted((place for place, total in totals.items() if total > 0), key=lambda place: (-totals[place], place))


def _part(route: Route, concepts: set[str]) -> float:
    """The share of the route's lines that are among the concepts."""
    return sum(any(concept in concepts for concept in line) for line in route.lines) / max(len(route.lines), 1)
