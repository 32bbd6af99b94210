"""What the agent needs of the store and the search. ``knowledge`` offers it; tests offer it from memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from finfoundry.core.document import Block, Certificate
from finfoundry.core.principal import Principal
from finfoundry.core.rules.law import Clause
from finfoundry.knowledge.datasets.cells import TextCell
from finfoundry.knowledge.datasets.dataset_queries import NumberColumn
from finfoundry.knowledge.datasets.sql_check import QueryResult
from finfoundry.knowledge.laws.register import Law
from finfoundry.knowledge.search.passages import Hit, SearchQuery
from finfoundry.knowledge.search.statement_routing import Route
from finfoundry.knowledge.storage.fact_query import FactQuery, Holding, HoldingQuery, StoredEntity, StoredFact
from finfoundry.knowledge.storage.store import StoredDocument

__all__ = [
    "FactQuery",
    "FactStore",
    "HiddenDocument",
    "Hit",
    "Holding",
    "HoldingQuery",
    "PassageSearch",
    "Route",
    "SearchQuery",
    "StoredDocument",
    "StoredEntity",
    "StoredFact",
    "TextCell",
    "WideTables",
]


class HiddenDocument(Protocol):
    """A document that one may know of without reading it."""

    @property
    def entity(self) -> str | None: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...
    @property
    def fiscal_year(self) -> int | None: ...


class FactStore(Protocol):
    def facts(self, principal: Principal, query: FactQuery) -> Sequence[StoredFact]: ...
    def known(self, principal: Principal, collection: str | None = None) -> tuple[Sequence[StoredDocument], Sequence[StoredEntity]]: ...
    def holdings(self, principal: Principal, query: HoldingQuery) -> Sequence[Holding]: ...
    def certificate(self, principal: Principal, id: str) -> Certificate: ...
    def table_headings(self, principal: Principal, id: str) -> Sequence[tuple[str, ...]]: ...
    def blocks_under(self, principal: Principal, id: str, path: tuple[str, ...]) -> Sequence[tuple[int, Block]]: ...
    def laws(self, principal: Principal, collection: str | None = None) -> Sequence[Law]: ...
    def clauses(self, principal: Principal, documents: Sequence[str]) -> Mapping[str, Sequence[Clause]]: ...
    def corrected(self, principal: Principal, documents: Sequence[str]) -> Sequence[StoredFact]: ...
    def of_hand(self, principal: Principal, documents: Sequence[str]) -> Sequence[StoredFact]: ...


class PassageSearch(Protocol):
    def search(self, principal: Principal, query: SearchQuery) -> Sequence[Hit]: ...
    def behind(self, principal: Principal, hit: Hit, most: int) -> Sequence[Hit]: ...
    def likeness(self, question: str, texts: Sequence[str]) -> Sequence[float]: ...


class WideTables(Protocol):
    """Wide tables: texts of cells, and verified SQL over the numbers."""

    def columns(self, principal: Principal, collection: str | None = None) -> Sequence[NumberColumn]: ...
    def fields(self, principal: Principal, collection: str | None = None) -> Sequence[str]: ...
    def years(self, principal: Principal, collection: str | None = None) -> Sequence[int]: ...
    def texts(self, principal: Principal, entity: str, fields: Sequence[str], collection: str | None = None) -> Sequence[TextCell]: ...
    def beside(self, principal: Principal, documents: Sequence[str], phrases: Sequence[str]) -> Sequence[TextCell]: ...
    def collection_id(self, principal: Principal, collection: str) -> int | None: ...
    def query(self, principal: Principal, query: str, rows: int = 1000) -> QueryResult: ...
