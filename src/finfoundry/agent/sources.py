"""What the agent needs of the store and the search. ``knowledge`` offers it; tests offer it from memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from finfoundry.core.principal import Principal
from finfoundry.knowledge.fact_query import FactQuery, StoredEntity, StoredFact
from finfoundry.knowledge.search import Hit, SearchQuery
from finfoundry.knowledge.store import StoredDocument

__all__ = ["FactQuery", "Hit", "Search", "SearchQuery", "Store", "StoredDocument", "StoredEntity", "StoredFact"]


class Store(Protocol):
    def facts(self, principal: Principal, query: FactQuery) -> Sequence[StoredFact]: ...
    def entities(self, principal: Principal, collection: str | None = None) -> Sequence[StoredEntity]: ...
    def documents(self, principal: Principal, collection: str | None = None) -> Sequence[StoredDocument]: ...


class Search(Protocol):
    def search(self, principal: Principal, query: SearchQuery) -> Sequence[Hit]: ...
