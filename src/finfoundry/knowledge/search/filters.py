"""Which documents a question is about: by collection, company, kind of document, or id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from finfoundry.core.names.spoken_names import entity_key
from finfoundry.knowledge.ids import document_number
from finfoundry.runtime.database import Connection

# on a row d of documents
CONDITION = """
    (%(collection)s::integer IS NULL OR d.collection_id = %(collection)s)
    AND (%(keys)s::text[] IS NULL OR d.entity_keys && %(keys)s OR (%(unowned)s AND d.entity_keys = '{}'))
    AND (%(kind)s::text IS NULL OR d.kind = %(kind)s)
    AND (%(documents)s::bigint[] IS NULL OR d.id = ANY (%(documents)s))
"""
NO_COLLECTION = -1  # a name that is not there matches nothing


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Values for CONDITION. ``keys`` are the normalised names that the company's name was found to mean; ``unowned`` takes in
    documents whose company is not known.
    """

    collection: int | None
    keys: list[str] | None
    kind: str | None
    documents: list[int] | None
    unowned: bool = False

    def values(self) -> dict[str, Any]:
        kept = {"collection": self.collection, "keys": self.keys, "kind": self.kind, "documents": self.documents}
        return {**kept, "unowned": self.unowned}

    @property
    def narrow(self) -> bool:
        """Whether the filter names a company, a kind or documents, not the collection alone."""
        return bool(self.keys is not None or self.kind or self.documents is not None)


def resolve(
    connection: Connection,
    collection: str | None,
    entity: str | None,
    kind: str | None = None,
    document_ids: Sequence[str] | None = None,
    *,
    others: Sequence[str] = (),
    unowned: bool = False,
) -> DocumentFilter:
    """Names to ids, as far as the principal may see them. ``others`` are companies asked about in addition to ``entity``."""
    documents = None if document_ids is None else [document_number(id) for id in document_ids]
    keys = None if entity is None else [key for name in dict.fromkeys((entity, *others)) for key in entity_names(connection, name)]
    return DocumentFilter(_collection(connection, collection), keys, kind, documents, unowned)


def entity_names(connection: Connection, entity: str) -> list[str]:
    """The normalised names that ``entity`` may mean: itself where a document bears it, else those that contain it or lie in it."""
    key = entity_key(entity)
    if not key or connection.execute("SELECT FROM documents WHERE entity_keys @> %s LIMIT 1", ([key],)).fetchone() is not None:
        return [key]
    near = """
        SELECT DISTINCT near FROM documents d CROSS JOIN unnest(d.entity_keys) AS near
        WHERE (' ' || near || ' ') LIKE %(words)s OR (' ' || %(key)s || ' ') LIKE '%% ' || near || ' %%'
           OR (%(key)s !~ '[a-z]' AND length(near) > 1 AND (near LIKE %(part)s OR strpos(%(key)s, near) > 0))
    """
    escaped = key.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    values = {"key": key, "words": f"% {escaped} %", "part": f"%{escaped}%"}
    return [name for (name,) in connection.execute(near, values).fetchall()]


def _collection(connection: Connection, name: str | None) -> int | None:
    if name is None:
        return None
    found = connection.execute("SELECT id FROM collections WHERE name = %s", (name,)).fetchone()
    return int(found[0]) if found else NO_COLLECTION
