"""What the agent needs of the store and the search. ``knowledge`` offers it; tests offer it from memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from finfoundry.core.document import Box, Locator
from finfoundry.core.principal import Principal
from finfoundry.knowledge.fact_query import FactQuery, StoredEntity, StoredFact


@dataclass(frozen=True, slots=True)
class SearchQuery:
    text: str
    k: int = 10
    collection: str | None = None
    entity: str | None = None
    period: str | None = None
    kind: str | None = None
    document_ids: tuple[str, ...] | None = None


class StoredDocument(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def entity(self) -> str | None: ...
    @property
    def kind(self) -> str | None: ...
    @property
    def period(self) -> str | None: ...
    @property
    def fiscal_year(self) -> int | None: ...
    @property
    def mark(self) -> str | None: ...


class Hit(Protocol):
    """A passage found."""

    @property
    def chunk_id(self) -> str: ...
    @property
    def document_id(self) -> str: ...
    @property
    def document_name(self) -> str: ...
    @property
    def page(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def box(self) -> Box | None: ...
    @property
    def locator(self) -> Locator | None: ...
    @property
    def mark(self) -> str | None: ...


class Store(Protocol):
    def facts(self, principal: Principal, query: FactQuery) -> Sequence[StoredFact]: ...
    def entities(self, principal: Principal, collection: str | None = None) -> Sequence[StoredEntity]: ...
    def documents(self, principal: Principal, collection: str | None = None) -> Sequence[StoredDocument]: ...


class Search(Protocol):
    def search(self, principal: Principal, query: SearchQuery) -> Sequence[Hit]: ...


__all__ = ["FactQuery", "Hit", "Search", "SearchQuery", "Store", "StoredDocument", "StoredEntity", "StoredFact"]
