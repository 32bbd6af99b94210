"""What a paper says, sentence by sentence and row by row, and the few of these that are nearest to a sentence in words."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.retrieve.evidence_ranking import Concept, concepts_of
from finfoundry.ask.retrieve.quotable import Quotable, quotables
from finfoundry.core.document import Document
from finfoundry.knowledge.search.terms import terms
from finfoundry.knowledge.storage.chunks import chunk, weight

AROUND = 0.4  # what a word counts that stands in the heading or before it, of one in it


class PaperSentences:
    """All that can be quoted of a paper, found by words: as BM25 ranks, a word by what stands for it too. In simplified characters."""

    def __init__(self, document: Document) -> None:
        self.all = quotables(list(hits_of(document)), every=True)
        self._places: dict[str, dict[int, float]] = defaultdict(dict)
        for number, one in enumerate(self.all):
            for term in {*terms(f"{one.title} {one.before}")}:
                self._places[term][number] = AROUND
            for term in {*terms(one.text)}:
                self._places[term][number] = 1.0
        self._norms = [1 / (1 + 0.15 * math.log1p(weight(one.text) / 60)) for one in self.all]

    def nearest(self, sentence: str, most: int) -> list[Quotable]:
        """Those that hold most of a sentence's words, the rare ones counting more, the nearest first. Empty where none holds any."""
        worth: dict[int, float] = defaultdict(float)
        for concept in concepts_of(sentence):
            held = self._holding(concept)
            rarity = math.log1p(len(self.all) / (1 + len(held)))
            for number, share in held.items():
                worth[number] += rarity * share
        ranked = sorted(worth, key=lambda number: (-worth[number] * self._norms[number], number))
        return [self.all[number] for number in ranked[:most]]

    def _holding(self, concept: Concept) -> dict[int, float]:
        """The places that hold a phrase of a concept, all its words, each with how far."""
        found: dict[int, float] = {}
        for phrase in concept:
            places = [self._places.get(term, {}) for term in phrase]
            for number in set.intersection(*map(set, places)) if places else ():
                found[number] = max(found.get(number, 0.0), min(one[number] for one in places))
        return found


def hits_of(document: Document) -> Iterator[Hit]:
    """The passages of a parsed paper."""
    for one in chunk(document):
        place = str(one.ordinal), document.sha256[:16], document.name, one.page
        yield Hit(*place, 0.0, one.text, one.section, one.box, one.locator, one.kind, None)
