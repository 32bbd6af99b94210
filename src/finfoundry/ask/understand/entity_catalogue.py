"""Who reports in the documents that somebody may read: gathered once for a set of documents, not with every question."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from finfoundry.agent.entities import Names
from finfoundry.agent.sources import Store, StoredDocument
from finfoundry.agent.subject import names_of
from finfoundry.core.principal import Principal

KEPT = 32  # sets of documents remembered


@dataclass(frozen=True, slots=True)
class Known:
    """``entities``: each with its other names; ``names`` finds them in questions."""

    documents: Sequence[StoredDocument]
    entities: Mapping[str, tuple[str, ...]]
    names: Names


@dataclass(slots=True)
class Acquaintance:
    """What is known, by the documents and the entities that the store shows; safe to use from several threads."""

    store: Store
    _kept: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[Mapping[str, tuple[str, ...]], Names]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, principal: Principal, collection: str | None) -> Known:
        documents, entities = self.store.known(principal, collection)
        key = (tuple(document.id for document in documents), tuple(entity.name for entity in entities))
        with self._lock:
            kept = self._kept.get(key)
        if kept is None:
            found = names_of(entities, documents)
            kept = found, Names(sorted(found.items()))
            with self._lock:
                while len(self._kept) >= KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[key] = kept
        return Known(documents, *kept)
