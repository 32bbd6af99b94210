"""Who reports in the documents that somebody may read: gathered once for a set of documents, not with every question."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.ports import FactStore, StoredDocument
from finfoundry.ask.understand.subject import names_of
from finfoundry.core.principal import Principal

KEPT = 32  # sets of documents remembered


@dataclass(frozen=True, slots=True)
class KnownEntities:
    """``entities``: each with its other names; ``names`` finds them in questions."""

    documents: Sequence[StoredDocument]
    entities: Mapping[str, tuple[str, ...]]
    names: EntityNames


@dataclass(slots=True)
class EntityCatalogue:
    """What is known, by the documents and the entities that the store shows; safe to use from several threads."""

    store: FactStore
    _kept: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[Mapping[str, tuple[str, ...]], EntityNames]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, principal: Principal, collection: str | None) -> KnownEntities:
        documents, entities = self.store.known(principal, collection)
        key = (tuple(document.id for document in documents), tuple(entity.name for entity in entities))
        with self._lock:
            kept = self._kept.get(key)
        if kept is None:
            found = names_of(entities, documents)
            kept = found, EntityNames(sorted(found.items()))
            with self._lock:
                while len(self._kept) >= KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[key] = kept
        return KnownEntities(documents, *kept)
