"""Search: rankings by words, by meaning and by facts, fused by the places where they agree.

A hit is a place: of a file with pages, the page, shown by its best passage; of one without (HTML, sheets, plain text), the passage.
What the principal may not read is left out inside the same SQL.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Literal

from finfoundry.core.answer import Language
from finfoundry.core.document import Box, ChunkPlace, Locator
from finfoundry.core.language import language_of
from finfoundry.core.principal import Principal
from finfoundry.core.protocols import Embedder
from finfoundry.knowledge.ids import document_id, document_number, no_document
from finfoundry.knowledge.search import retrievers as rankings
from finfoundry.knowledge.search.filters import CONDITION, DocumentFilter, resolve
from finfoundry.knowledge.search.fusion import FUSION, Place, fuse, ranked
from finfoundry.knowledge.search.recency_prior import Reported, latest_year, nearness
from finfoundry.knowledge.search.retrievers import EncodedQuery, Reach
from finfoundry.knowledge.search.statement_routing import Route, own_labels, routed
from finfoundry.knowledge.search.vectors import text_form
from finfoundry.runtime.database import Connection, Database

EXACT_BELOW = 25_000  # passages: beyond it the inverted lists and the graph are faster
LONGEST_HEADING = 80  # characters of one that tells a place
LISTED = 5_000  # documents: so many are named one by one
UNOWNED = 0.7  # factor of a document of which it is not known whose it is, where a company is asked about
OTHER_LANGUAGE = 0.4  # share of passages in the other language: behind those of the question's own, wherever there are such


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What to look for: ``text`` by its words, ``question`` (the text, where there is none) by its meaning, ``route`` by facts.

    ``period`` (an ISO date or interval, or a year) and its length in ``months`` prefer documents that report on it, and exclude none.
    Of each place at most ``passages`` are returned.
    """

    text: str
    k: int = 10
    collection: str | None = None
    entity: str | None = None
    period: str | None = None
    kind: str | None = None
    document_ids: tuple[str, ...] | None = None
    question: str | None = None
    months: int | None = None
    route: Route = field(default_factory=Route)
    passages: int = 1
    others: tuple[str, ...] = ()  # companies asked about in addition to ``entity``


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
    places: tuple[ChunkPlace, ...] = ()  # of its parts; empty where only the whole has one

    def cut(self, said: str) -> Hit:
        """The passage cut down to what is quoted of it, with the place of the part that this begins in; where that is no box, its heading
        tells it, too.
        """
        quoted, starts = _letters(said), [one.start for one in self.places]
        parts = [_letters(self.text[start:end]) for start, end in pairwise([*starts, len(self.text)])]
        whole = [one for one, part in zip(self.places, parts, strict=True) if part == quoted]  # not "fees | 50" for "fees | 5"
        begun = [one for one in self.places if _letters(self.text[one.start :]).startswith(quoted)]  # nor "Late fees | 5"
        before = _letters(self.text).find(quoted)
        found = whole[:1] or begun[:1] or [one for one in self.places if len(_letters(self.text[: one.start])) <= before]
        box, locator = (found[-1].box, found[-1].locator) if found else (self.box, self.locator)
        if box is None and self.section:
            locator = {**(locator or {}), "heading": self.section[-1][:LONGEST_HEADING]}
        return replace(self, text=said, box=box, locator=locator, places=())


@dataclass(frozen=True, slots=True)
class SearchOutcome:
    """A search and how it came about: each ranking's share and places, and each document's factor (finfoundry.knowledge.search.fusion)."""

    query: SearchQuery
    rankings: tuple[tuple[str, float, tuple[Place, ...]], ...]
    factors: Mapping[int, float]
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class _Stock:
    """How much there is to search."""

    passages: int
    documents: int
    languages: set[str]
    models: set[str | None]  # of the embedders that made the vectors


@dataclass(frozen=True, slots=True)
class _DocumentEntry:
    id: int
    sha256: str
    language: str
    vectors_by: str | None
    reported: Reported


@dataclass(frozen=True, slots=True)
class _Passage:
    id: int
    ordinal: int
    place: Place
    reported: Reported


class Search:
    """``log`` is called with every search (knowledge/search/search_log.py)."""

    def __init__(self, database: Database, embedder: Embedder | None = None, log: Callable[[SearchOutcome], None] | None = None) -> None:
        self.database = database
        self.embedder = embedder
        self.log = log

    def search(self, principal: Principal, query: SearchQuery) -> list[Hit]:
        """The ``k`` best places. Passages whose embeddings are pending are found by their words."""
        found = self.find(principal, query)
        if self.log:
            self.log(found)
        return list(found.hits)

    def passages(self, principal: Principal, document: str) -> list[Hit]:
        """All passages of a document in their order. Raises NotFound for one that is not there or not visible."""
        with self.database.transaction(principal) as connection:
            rows = connection.execute(f"{_SELECT} WHERE d.id = %s ORDER BY c.ordinal", (document_number(document),)).fetchall()
            if not rows and not connection.execute("SELECT FROM documents WHERE id = %s", (document_number(document),)).fetchone():
                raise no_document(document)
            return [_hit(row, 0.0) for row in rows]

    def behind(self, principal: Principal, hit: Hit, most: int) -> list[Hit]:
        """The passages right behind one in its document; none where it is not there any more, or not visible."""
        document, _, ordinal = hit.chunk_id.rpartition("/")
        wanted = (document_number(document), int(ordinal), most)
        with self.database.transaction(principal) as connection:
            query = f"{_SELECT} WHERE d.id = %s AND c.ordinal > %s ORDER BY c.ordinal LIMIT %s"
            return [_hit(row, 0.0) for row in connection.execute(query, wanted).fetchall()]

    def likeness(self, question: str, texts: Sequence[str]) -> list[float]:
        """How like each text is to the question: the cosine by the encoder that reads both, on the scale that bars are fitted on. Empty
        without an encoder.
        """
        if self.embedder is None or not texts:
            return []
        english = language_of(question) == "en" and all(language_of(text) == "en" for text in texts)
        language: Language = "en" if english else "zh"
        cosines: list[float] = (self.embedder.passages(texts, language) @ self.embedder.query(question, language)).tolist()
        return list(map(self.embedder.scale(language).of, cosines))

    def find(self, principal: Principal, query: SearchQuery) -> SearchOutcome:
        """The search with its parts."""
        seen = self._seen(query.question or query.text)
        with self.database.transaction(principal) as connection:
            asked = (query.collection, query.entity, query.kind, query.document_ids)
            where = resolve(connection, *asked, others=query.others, unowned=True)
            stock = _stock(connection, where)
            if not stock.passages:
                return SearchOutcome(query, (), {}, ())
            return _found(connection, query, where, stock, seen)

    def _seen(self, text: str) -> list[EncodedQuery]:
        if self.embedder is None or not text.strip():
            return []
        embedder = self.embedder
        return [EncodedQuery(text_form(embedder.query(text, language)), embedder.model, language) for language in embedder.languages]


def _found(connection: Connection, query: SearchQuery, where: DocumentFilter, stock: _Stock, seen: Sequence[EncodedQuery]) -> SearchOutcome:
    exact = stock.passages <= EXACT_BELOW
    entries = _entries(connection, where) if (exact or where.narrow) and stock.documents <= LISTED else []
    reach = Reach(where, tuple(entry.id for entry in entries) or None, stock.passages, exact)
    factors = _factors(query, where, {entry.id: entry.reported for entry in entries})
    nearest = sorted({entry.sha256: entry.id for entry in reversed(entries)}.values(), key=lambda id_: (-factors[id_], id_))
    route = query.route if where.narrow else Route()
    plain = " ".join([plain_question(query.text, where.keys or [], query.period), *own_labels(connection, route, nearest)])
    said = rankings.weighed(connection, (plain, query.text), where)
    by_kind = [("words", 1.0, rankings.by_words(connection, said, reach))]
    for one in seen:
        if one.language in (None, *stock.languages):
            share = 1.0 if one.language in (None, language_of(query.question or query.text)) else OTHER_LANGUAGE
            by_kind.append(("meaning", share, rankings.by_meaning(connection, *_comparable(one, reach, entries, stock))))
    passages = _passages(connection, {id_ for _, _, ids in by_kind for id_ in ids}, entries)
    factors |= _factors(query, where, {one.place[0]: one.reported for one in passages.values()}) if not entries else {}
    placed = [(name, share, ranked(passages[id_].place for id_ in ids if id_ in passages)) for name, share, ids in by_kind]
    placed.append(("facts", route.share, routed(connection, route, nearest, factors)))
    places = fuse([(share, found) for _, share, found in placed], factors)
    best = sorted(places, key=lambda place: (-places[place], place))[: query.k]
    shown = _shown([(share, ids) for _, share, ids in by_kind], passages, best, query.passages)
    shown |= _tables_of(connection, [place for place in best if place not in shown])
    hits = _hits(connection, [(id_, places[place]) for place in best for id_ in shown.get(place, ())])
    return SearchOutcome(query, tuple((name, share, tuple(found)) for name, share, found in placed if found), factors, tuple(hits))


def _comparable(seen: EncodedQuery, reach: Reach, entries: Sequence[_DocumentEntry], stock: _Stock) -> tuple[EncodedQuery, Reach]:
    """The search limited to the documents whose vectors the question's can be compared with."""
    if not entries:
        return replace(seen, alone=stock.models == {seen.model} and (seen.language is None or stock.languages == {seen.language})), reach
    fitting = (entry for entry in entries if entry.vectors_by == seen.model and seen.language in (None, entry.language))
    return seen, replace(reach, documents=tuple(entry.id for entry in fitting))


def _factors(query: SearchQuery, where: DocumentFilter, reported: Mapping[int, Reported]) -> dict[int, float]:
    """A factor a document: how near it is to the period; where none is asked for, how near to the company's latest document."""
    latest = latest_year(entry for entry in reported.values() if entry.owned) if where.keys else None
    return {
        id_: nearness(query.period, query.months, entry, latest) * (1.0 if entry.owned or where.keys is None else UNOWNED)
        for id_, entry in reported.items()
    }


def _stock(connection: Connection, where: DocumentFilter) -> _Stock:
    query = f"""
        SELECT coalesce(sum(d.chunks), 0), count(*), array_agg(DISTINCT d.language), array_agg(DISTINCT d.vectors_by)
        FROM documents d WHERE {CONDITION}
    """  # noqa: S608
    found = connection.execute(query, where.values()).fetchone()
    assert found is not None  # noqa: S101  an aggregate returns one row
    passages, documents, languages, models = found
    return _Stock(int(passages), int(documents), set(languages or ()), set(models or ()))


_ENTRIES = """
    SELECT d.id, d.sha256, d.language, d.vectors_by, d.period, d.fiscal_year, d.kind, d.entity_keys <> '{}' FROM documents d
"""


def _entries(connection: Connection, where: DocumentFilter) -> list[_DocumentEntry]:
    return [_entry(row) for row in connection.execute(f"{_ENTRIES} WHERE {CONDITION} ORDER BY d.id", where.values()).fetchall()]


def _named(connection: Connection, ids: Iterable[int]) -> dict[int, _DocumentEntry]:
    found = map(_entry, connection.execute(f"{_ENTRIES} WHERE d.id = ANY (%s)", (list(ids),)).fetchall())
    return {entry.id: entry for entry in found}


def _entry(row: tuple[Any, ...]) -> _DocumentEntry:
    id_, sha256, language, vectors_by, *profiled = row
    return _DocumentEntry(id_, sha256, language, vectors_by, Reported(*profiled))


def _passages(connection: Connection, ids: Iterable[int], entries: Sequence[_DocumentEntry]) -> dict[int, _Passage]:
    """Passages by id, with their places. The same bytes under two labels are one document: the first copy."""
    chunks = "SELECT id, ordinal, document_id, page, box IS NOT NULL FROM chunks WHERE id = ANY (%s) ORDER BY document_id"
    rows = connection.execute(chunks, (list(ids),)).fetchall()
    known = {entry.id: entry for entry in entries} or _named(connection, {document for _, _, document, _, _ in rows})
    first: dict[str, int] = {}
    for id_ in sorted(known):
        first.setdefault(known[id_].sha256, id_)
    found: dict[int, _Passage] = {}
    for id_, ordinal, document, page, has_pages in rows:
        place = (first[known[document].sha256], page if has_pages else -1 - ordinal)
        found[id_] = _Passage(id_, ordinal, place, known[document].reported)
    return found


def _shown(
    by_kind: Sequence[tuple[float, Sequence[int]]], passages: Mapping[int, _Passage], best: Sequence[Place], number: int
) -> dict[Place, list[int]]:
    """The best passages of each place by their own ranks, at most ``number``; copies of one passage count once."""
    scores: dict[int, float] = defaultdict(float)
    for share, ids in by_kind:
        for rank, id_ in enumerate(ids, 1):
            scores[id_] += share / (FUSION + rank)
    wanted, shown = set(best), defaultdict[Place, dict[int, int]](dict)
    for id_ in sorted(scores, key=lambda id_: (-scores[id_], id_)):
        one = passages.get(id_)
        if one and one.place in wanted and len(shown[one.place]) < number:
            shown[one.place].setdefault(one.ordinal, id_)
    return {place: list(ids.values()) for place, ids in shown.items() if ids}


def _tables_of(connection: Connection, places: Sequence[Place]) -> dict[Place, list[int]]:
    """For pages that facts alone led to: the largest table on each."""
    if not places:
        return {}
    query = """
        SELECT DISTINCT ON (c.document_id, c.page) c.document_id, c.page, c.id
        FROM unnest(%s::bigint[], %s::integer[]) AS wanted (document_id, page) JOIN chunks c USING (document_id, page)
        ORDER BY c.document_id, c.page, c.kind = 'table' DESC, length(c.text) DESC, c.id
    """
    found = connection.execute(query, ([document for document, _ in places], [page for _, page in places])).fetchall()
    return {(document, page): [id_] for document, page, id_ in found}


_SELECT = """
    SELECT c.id, c.document_id, d.name, c.page, c.text, c.section, c.box, c.locator, c.kind, d.mark, c.ordinal, c.places
    FROM chunks c JOIN documents d ON d.id = c.document_id
"""


def _hits(connection: Connection, scored: Sequence[tuple[int, float]]) -> list[Hit]:
    found = connection.execute(f"{_SELECT} WHERE c.id = ANY (%s)", ([id_ for id_, _ in scored],)).fetchall()
    rows = {row[0]: row for row in found}
    return [_hit(rows[id_], score) for id_, score in scored]


def _hit(row: tuple[Any, ...], score: float) -> Hit:
    _, number, name, page, text, section, box, locator, kind, mark, ordinal, parts = row
    places = tuple(ChunkPlace(start, tuple(box) if box else None, locator) for start, box, locator in parts or ())
    document = document_id(number)
    place = (tuple(section), tuple(box) if box else None, locator)
    return Hit(f"{document}/{ordinal}", document, name, page, round(score, 6), text, *place, kind, mark, places)


def _letters(text: str) -> str:
    """A text without spaces and breaks, of which quotations have others."""
    return "".join(text.split())


# Words that a question is wrapped in and that no filing answers to.
_WRAPPING = re.compile(
    r"\b(what|which|how (?:much|many)|is|are|was|were|did|does|do|please|tell me|give me|according to|based on|for the year ended|"
    r"(?:in|of|for|at the end of) (?:the )?(?:fiscal )?year|answer|round(?:ed)?|decimals?|places?|"
    r"usd|dollars?|in (?:millions|thousands|billions))\b"
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
