"""What is known of the documents that somebody may read. Thousands of companies are gathered once, not with every question."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Generic, TypeVar

from finfoundry.core.names.spoken_names import entity_keys
from finfoundry.knowledge.datasets.cells import Company, companies
from finfoundry.knowledge.storage import fact_query
from finfoundry.knowledge.storage.fact_query import StoredEntity
from finfoundry.runtime.database import Connection

KEPT = 32  # sets of visible documents remembered


T = TypeVar("T")


class Gathered(Generic[T]):
    """What follows from the documents that may be read, by their set: they never change but in their vectors, whose they are, and by
    corrections, which each count. Callers must not change what they get.
    """

    def __init__(self, gather: Callable[[Connection, str | None], T]) -> None:
        self._gather = gather
        self._kept: dict[tuple[str | None, str | None], T] = {}
        self._lock = threading.Lock()

    def get(self, connection: Connection, collection: str | None) -> T:
        """What was gathered for the documents that the connection's identity may read; gathered anew where these have changed."""
        query = (
            "SELECT md5(string_agg(id || ':' || revision || ':' || coalesce(hashtext(entity), 0)"
            " || CASE WHEN embedded_by IS NULL THEN ',' ELSE ';' END, '' ORDER BY id))"
            " FROM documents"
        )
        visible = connection.execute(query).fetchone()
        key = (visible[0] if visible else None, collection)
        with self._lock:
            if key in self._kept:
                return self._kept[key]
        found = self._gather(connection, collection)
        with self._lock:
            while len(self._kept) >= KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = found
        return found


def reporting(connection: Connection, collection: str | None) -> list[StoredEntity]:
    """The companies that report, in documents and in tables."""
    return merged(fact_query.entities(connection, collection), companies(connection, collection))


def merged(reporting: Sequence[StoredEntity], listed: Sequence[Company]) -> list[StoredEntity]:
    """Entities of documents and of tables; one that bears another's code or full name is that other."""
    known = {key: entity for entity in reporting for key in entity_keys([entity.name, *entity.aliases])}
    found = {entity.name: entity for entity in reporting}
    for company in listed:
        same = known.get(company.company) or next((known[key] for key in company.keys if key in known), None)
        if same is not None:
            found[same.name] = _joined(found[same.name], company)
            continue
        name = company.name if company.name not in found else f"{company.name}（{company.company}）"
        years = tuple(company.years)
        found[name] = StoredEntity(name, company.aliases, company.documents, years, (), ("table",))
    return sorted(found.values(), key=lambda entity: entity.name)


def _joined(entity: StoredEntity, company: Company) -> StoredEntity:
    names = dict.fromkeys([*entity.aliases, company.name, *company.aliases])
    return replace(
        entity,
        aliases=tuple(name for name in names if name != entity.name),
        documents=entity.documents + company.documents,
        fiscal_years=tuple(sorted({*entity.fiscal_years, *company.years})),
        kinds=tuple(dict.fromkeys([*entity.kinds, "table"])),
    )
