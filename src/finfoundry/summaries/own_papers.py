"""A store and its search as if they held a few papers alone: what an account of these may say, whatever else there is of a company."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from finfoundry.ask.lexicon.ports import (
    FactQuery,
    FactStore,
    Hit,
    Holding,
    HoldingQuery,
    PassageSearch,
    SearchQuery,
    StoredDocument,
    StoredEntity,
    StoredFact,
)
from finfoundry.core.document import Block, Certificate
from finfoundry.core.principal import Principal
from finfoundry.core.rules.law import Clause
from finfoundry.knowledge.laws.register import Law


@dataclass(frozen=True, slots=True)
class OwnPapers:
    """``ids`` are the papers' documents; of others nothing is found."""

    store: FactStore
    ids: tuple[str, ...]
    search_in: PassageSearch

    def search(self, principal: Principal, query: SearchQuery) -> Sequence[Hit]:
        return self.search_in.search(principal, replace(query, document_ids=self.ids))

    def behind(self, principal: Principal, hit: Hit, most: int) -> Sequence[Hit]:
        return self.search_in.behind(principal, hit, most) if hit.document_id in self.ids else ()

    def likeness(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        return self.search_in.likeness(question, texts)

    def facts(self, principal: Principal, query: FactQuery) -> Sequence[StoredFact]:
        wanted = self.ids if query.document_id is None else [one for one in self.ids if one == query.document_id]
        found = [stored for one in wanted for stored in self.store.facts(principal, replace(query, document_id=one))]
        return sorted(found, key=lambda stored: -stored.similarity)[: query.limit]

    def known(self, principal: Principal, collection: str | None = None) -> tuple[Sequence[StoredDocument], Sequence[StoredEntity]]:
        documents, entities = self.store.known(principal, collection)
        return [document for document in documents if document.id in self.ids], entities

    def holdings(self, principal: Principal, query: HoldingQuery) -> Sequence[Holding]:
        return [one for one in self.store.holdings(principal, query) if one.document_id in self.ids]

    def certificate(self, principal: Principal, id: str) -> Certificate:
        return self.store.certificate(principal, id)

    def table_headings(self, principal: Principal, id: str) -> Sequence[tuple[str, ...]]:
        return self.store.table_headings(principal, id)

    def blocks_under(self, principal: Principal, id: str, path: tuple[str, ...]) -> Sequence[tuple[int, Block]]:
        return self.store.blocks_under(principal, id, path)

    def laws(self, principal: Principal, collection: str | None = None) -> Sequence[Law]:
        return [law for law in self.store.laws(principal, collection) if law.document in self.ids]

    def clauses(self, principal: Principal, documents: Sequence[str]) -> Mapping[str, Sequence[Clause]]:
        return self.store.clauses(principal, [one for one in documents if one in self.ids])

    def corrected(self, principal: Principal, documents: Sequence[str]) -> Sequence[StoredFact]:
        return self.store.corrected(principal, [one for one in documents if one in self.ids])

    def of_hand(self, principal: Principal, documents: Sequence[str]) -> Sequence[StoredFact]:
        return self.store.of_hand(principal, [one for one in documents if one in self.ids])
