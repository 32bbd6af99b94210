"""Search for what may support an answer. Passages that give instructions are found like others, and kept aside: for people to read."""

from __future__ import annotations

from collections.abc import Sequence

from finfoundry.ask.lexicon.ports import Hit, PassageSearch, SearchQuery
from finfoundry.core.instructions import gives_instructions
from finfoundry.core.principal import Principal


class EvidenceSearch:
    """A search for one question. ``aside`` holds what was found and may not support the answer."""

    def __init__(self, search: PassageSearch) -> None:
        self._search = search
        self.aside: dict[str, Hit] = {}

    def search(self, principal: Principal, query: SearchQuery) -> Sequence[Hit]:
        found = self._search.search(principal, query)
        self.aside |= {hit.chunk_id: hit for hit in found if hit.chunk_id not in self.aside and gives_instructions(hit.text)}
        return [hit for hit in found if hit.chunk_id not in self.aside]

    def all(self, principal: Principal, query: SearchQuery) -> Sequence[Hit]:
        """Everything, for a person who reads it."""
        return self._search.search(principal, query)

    def likeness(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        return self._search.likeness(question, texts)
