"""Who is known is gathered once for a set of documents, and anew for another."""

from __future__ import annotations

from tests.ask.memory import MemoryStore, document

from finfoundry.ask.understand.subject import KEPT, EntityCatalogue
from finfoundry.core.principal import ADMINISTRATOR


def test_the_same_documents_are_gathered_once() -> None:
    store = MemoryStore()
    store.papers.append(document("0001", "Harbour Bank", 2024))
    known = EntityCatalogue(store)
    first = known.of(ADMINISTRATOR, None)
    assert known.of(ADMINISTRATOR, None).names is first.names
    assert [item.name for item in first.names.find("What did Harbour Bank earn?")] == ["Harbour Bank"]


def test_a_new_document_is_known_at_once_and_sets_beyond_the_limit_are_forgotten() -> None:
    store = MemoryStore()
    known = EntityCatalogue(store)
    for number in range(KEPT + 3):
        store.papers.append(document(f"{number:04}", f"Meadow{number} Bank", 2024))
        assert f"Meadow{number} Bank" in known.of(ADMINISTRATOR, None).entities
    assert len(known._kept) == KEPT
