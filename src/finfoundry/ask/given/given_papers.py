"""A store and a search over papers that come with one question. Nothing of them is kept, and nothing but them is found.

A paper that names no company is one all the same: its figures are those of its file, which a question need not name.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import takewhile

from finfoundry.ask.lexicon.ports import (
    FactQuery,
    Hit,
    Holding,
    HoldingQuery,
    PassageSearch,
    SearchQuery,
    StoredDocument,
    StoredEntity,
    StoredFact,
)
from finfoundry.core.document import Block, Certificate, Fact, Parsed, headings_over, stands_under
from finfoundry.core.errors import InputError
from finfoundry.core.language import language_of
from finfoundry.core.names.spoken_names import entity_keys
from finfoundry.core.principal import Principal
from finfoundry.core.rules.law import Clause
from finfoundry.knowledge.laws.register import Law
from finfoundry.knowledge.search.terms import label_weights, weights
from finfoundry.knowledge.storage.chunks import chunk
from finfoundry.knowledge.storage.fact_query import LEAST_SIMILARITY, holdings_among

MOST_GIVEN = 10  # papers that one question may bring
COLLECTION = "given"


@dataclass(frozen=True)
class _Paper:
    """A paper with its facts and passages as a store would show them, and the terms by which both are found, once they are looked for."""

    document: StoredDocument
    entity: StoredEntity
    certificate: Certificate
    facts: tuple[StoredFact, ...]
    hits: tuple[Hit, ...]
    headings: tuple[tuple[str, ...], ...]  # over each table
    blocks: tuple[tuple[int, Block], ...]  # each with its page

    @cached_property
    def labels(self) -> tuple[Mapping[int, float], ...]:
        """The terms of each fact's label."""
        return tuple(label_weights(stored.fact.metric, stored.fact.concept) for stored in self.facts)

    @cached_property
    def words(self) -> tuple[Mapping[int, float], ...]:
        """The terms of each passage: a figure that tables give is answered without them."""
        return tuple(weights(f"{' '.join(hit.section)} {hit.text}") for hit in self.hits)


@dataclass
class GivenPapers:
    """Store and search at once. ``meaning`` compares a question with sentences; of it nothing else is asked."""

    papers: list[_Paper]
    meaning: PassageSearch

    @cached_property
    def _rarity(self) -> dict[int, float]:
        held = Counter(term for paper in self.papers for words in paper.words for term in words)
        count = sum(len(paper.words) for paper in self.papers)
        return {term: math.log(1 + (count - number + 0.5) / (number + 0.5)) for term, number in held.items()}

    # the store

    def facts(self, principal: Principal, query: FactQuery) -> Sequence[StoredFact]:  # noqa: ARG002  whoever asks brought them
        papers = [paper for paper in self.papers if query.document_id in (None, paper.document.id) and _is_of(paper, query.entity)]
        found = [
            stored for paper in papers for stored in (_near(paper, query) if query.metric else paper.facts) if _fits(stored.fact, query)
        ]
        return sorted(found, key=_order)[: query.limit]

    def known(self, principal: Principal, collection: str | None = None) -> tuple[Sequence[StoredDocument], Sequence[StoredEntity]]:  # noqa: ARG002
        entities = {paper.entity.name: paper.entity for paper in self.papers}
        return [paper.document for paper in self.papers], list(entities.values())

    def holdings(self, principal: Principal, query: HoldingQuery) -> Sequence[Holding]:  # noqa: ARG002
        return holdings_among((stored for paper in self.papers for stored in paper.facts), query)

    def certificate(self, principal: Principal, id: str) -> Certificate:  # noqa: ARG002
        return next(paper.certificate for paper in self.papers if paper.document.id == id)

    def table_headings(self, principal: Principal, id: str) -> Sequence[tuple[str, ...]]:  # noqa: ARG002
        return next(paper.headings for paper in self.papers if paper.document.id == id)

    def blocks_under(self, principal: Principal, id: str, path: tuple[str, ...]) -> Sequence[tuple[int, Block]]:  # noqa: ARG002
        return [one for paper in self.papers if paper.document.id == id for one in paper.blocks if stands_under(one[1], path)]

    def corrected(self, principal: Principal, documents: Sequence[str]) -> Sequence[StoredFact]:  # noqa: ARG002
        return []

    def of_hand(self, principal: Principal, documents: Sequence[str]) -> Sequence[StoredFact]:  # noqa: ARG002
        return []

    def laws(self, principal: Principal, collection: str | None = None) -> Sequence[Law]:  # noqa: ARG002
        return []

    def clauses(self, principal: Principal, documents: Sequence[str]) -> Mapping[str, Sequence[Clause]]:  # noqa: ARG002
        return {}

    # the search

    def search(self, principal: Principal, query: SearchQuery) -> Sequence[Hit]:  # noqa: ARG002
        """The best places by their words (BM25), each with its best passages."""
        asked = set(weights(query.text))
        scored = [
            replace(hit, score=round(sum(words.get(term, 0.0) * self._rarity[term] for term in asked & words.keys()), 6))
            for paper in self.papers
            if query.document_ids is None or paper.document.id in query.document_ids
            for hit, words in zip(paper.hits, paper.words, strict=True)
        ]
        places: dict[tuple[str, int], list[Hit]] = {}
        for hit in sorted(scored, key=lambda hit: -hit.score):
            places.setdefault((hit.document_id, hit.page), []).append(hit)
        return [hit for found in list(places.values())[: query.k] for hit in found[: query.passages]]

    def behind(self, principal: Principal, hit: Hit, most: int) -> Sequence[Hit]:  # noqa: ARG002
        """The passages right behind one in its paper."""
        own = next((paper.hits for paper in self.papers if paper.document.id == hit.document_id), ())
        at = next((place for place, one in enumerate(own, 1) if one.chunk_id == hit.chunk_id), len(own))
        return own[at : at + most]

    def prose(self) -> list[str]:
        """The passages that are no tables."""
        return [hit.text for paper in self.papers for hit in paper.hits if hit.kind != "table"]

    def leads(self) -> list[Hit]:
        """What stands over tables: the lines before the first row of each."""
        tables = (hit for paper in self.papers for hit in paper.hits if hit.kind == "table")
        cut = ((hit, "\n".join(takewhile(lambda line: "|" not in line, hit.text.splitlines()))) for hit in tables)
        return [replace(hit.cut(lines), kind="text") for hit, lines in cut if lines]

    def sentences(self) -> list[Hit]:
        """The passages that are no tables, and the lines of sentences that stand right before or behind one and were joined to it."""
        return [found for paper in self.papers for hit in paper.hits for found in (_lines_of(hit) if hit.kind == "table" else (hit,))]

    def likeness(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        return self.meaning.likeness(question, texts)


def given_papers(parsed: Sequence[Parsed], meaning: PassageSearch) -> GivenPapers:
    """Raises InputError: too many papers."""
    if len(parsed) > MOST_GIVEN:
        raise InputError(
            f"{len(parsed)} papers come with the question; {MOST_GIVEN} may", remedy="Read them into a collection and ask there"
        )
    return GivenPapers([_paper(one) for one in parsed], meaning)


def is_stored(document: str) -> bool:
    """Whether a document that an answer cites is one of the store, not one that came with its question."""
    return not document.startswith(f"{COLLECTION}-")


def _paper(parsed: Parsed) -> _Paper:
    source, profile = parsed.document, parsed.document.profile
    identifier = f"{COLLECTION}-{source.sha256[:16]}"
    entity = profile.entity or source.name.rpartition(".")[0] or source.name
    blocks = tuple((page.number, block) for page in source.pages for block in page.blocks)
    text = "\n".join(block.text for _, block in blocks)
    chunks = chunk(source)
    mark = parsed.certificate.mark
    document = StoredDocument(
        identifier, source.name, COLLECTION, COLLECTION, source.sha256, source.media_type, source.size, len(source.pages), len(chunks),
        entity, profile.aliases, profile.kind, profile.period, profile.fiscal_year, profile.currency, language_of(text), profile.title,
        mark, parsed.certificate.score, False, datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip
    facts = tuple(
        StoredFact(f"{identifier}/{number}", replace(fact, entity=fact.entity or entity), identifier, source.name, mark)
        for number, fact in enumerate(parsed.facts)
    )
    years = (profile.fiscal_year,) if profile.fiscal_year else ()
    periods = (profile.period,) if profile.period else ()
    found = StoredEntity(entity, profile.aliases, 1, years, periods, (profile.kind,) if profile.kind else ())
    hits = tuple(
        Hit(
            f"{identifier}/{one.ordinal}",
            identifier,
            source.name,
            one.page,
            0.0,
            one.text,
            one.section,
            one.box,
            one.locator,
            one.kind,
            mark,
            one.places,
        )
        for one in chunks
    )
    headings = tuple(headings_over(block.section, block.title) for _, block in blocks if block.kind == "table")
    return _Paper(document, found, parsed.certificate, facts, hits, headings, blocks)


def _lines_of(table: Hit) -> Iterator[Hit]:
    """The lines of a table's passage that are no rows but whole sentences."""
    for line in table.text.splitlines():
        if "|" not in line and line.rstrip().endswith((".", "。")):
            yield replace(table.cut(line), kind="text")


def _near(paper: _Paper, query: FactQuery) -> Iterator[StoredFact]:
    """The facts whose labels are near to the metric asked for, each with how near."""
    wanted = label_weights([query.metric or ""], None)
    for stored, label in zip(paper.facts, paper.labels, strict=True):
        near = sum(value * label.get(term, 0.0) for term, value in wanted.items()) if wanted else 1.0
        if near >= LEAST_SIMILARITY:
            yield replace(stored, similarity=round(near, 3))


def _is_of(paper: _Paper, entity: str | None) -> bool:
    own = set(entity_keys([paper.entity.name, *paper.entity.aliases]))
    return entity is None or bool(own & set(entity_keys([entity])))


def _fits(fact: Fact, query: FactQuery) -> bool:
    end = fact.period.rpartition("/")[2]
    return (
        query.concept in (None, fact.concept)
        and query.scope in (None, fact.scope)
        and query.statement in (None, fact.statement)
        and query.page in (None, fact.page)
        and (query.period is None or fact.period == query.period or (len(query.period) == len("2024") and end.startswith(query.period)))
    )


def _order(stored: StoredFact) -> tuple[object, ...]:
    """Best first: likest label, then statements before other tables, consolidated before parent, then the whole, later periods first."""
    fact = stored.fact
    later = tuple(-int(part) for part in fact.period.rpartition("/")[2].split("-") if part.isdigit())
    return (-stored.similarity, fact.statement is None, fact.scope != "consolidated", len(fact.dimensions), later)
