"""Whether what stands before a name in a sentence makes it another thing than the row: "pledged assets", "the industry's margin", 抵押资产.

A row's own name, its headings, its column, the title of its table and what its metric is called otherwise may stand there; so may words
that change nothing. Of a passage all its words may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

from finfoundry.binding.entities import Entities
from finfoundry.binding.evidence import EvidenceItem
from finfoundry.binding.sentence.claim import Claim
from finfoundry.binding.sentence.labels import BALANCES, Words, weight_of, word_lists, words
from finfoundry.binding.sentence.phrases import NAME, Phrase, before, before_zh, phrases
from finfoundry.binding.sentence.when import without_periods
from finfoundry.core.language import has_han

_LINKS = frozenset(("of", "and", "&", ",", "for", "on", "in"))  # within a name: "purchases of property, plant and equipment"
_CAPTIONS = word_lists()["captions"]


class Modifiers:
    """What stands before names in the sentence of one figure."""

    def __init__(self, claim: Claim, entities: Entities, names_row: Callable[[str], bool]) -> None:
        self._claim, self._entities, self._names_row = claim, entities, names_row

    @cached_property
    def _text(self) -> str:
        """The sentence without its times, companies' names blotted out; places in it are those of the sentence."""
        text = without_periods(self._claim.sentence)
        for start, end in self._entities.spans(text):
            text = text[:start] + NAME + " " * (end - start - 1) + text[end:]
        return text

    @cached_property
    def _place(self) -> int:
        return max(self._claim.number.start - self._claim.start, 0)

    def of_another(self, item: EvidenceItem, *, anywhere: bool = False) -> bool:
        """Whether the name of an item nearest to the figure is that of another thing. ``anywhere``: wherever the sentence has its name."""
        own = _own(item)
        return self.of_other_name(_name(item), own | (item.above - _CAPTIONS), own, anywhere=anywhere)

    def of_other_name(self, name: Words, known: Words, own: Words, *, anywhere: bool = False) -> bool:
        """The same of a name, with all words that may stand before it, and those of them that are its own."""
        if has_han(self._text):
            return before_zh(self._text, name, known, self._place) is not None
        told = phrases(self._text)
        named = [place for place, phrase in enumerate(told) if phrase.head(name) >= 0]
        if not anywhere:
            named = sorted(named, key=lambda place: self._distance(told[place]))[:1]
        return bool(named) and all(any(self._foreign(told, place, name, known, own)) for place in named)

    def _foreign(self, told: tuple[Phrase, ...], place: int, name: Words, known: Words, own: Words) -> Iterable[str]:
        """The words that make a name another thing, in its phrase and in those before it with which it is one name."""
        head = told[place].head(name)
        rows = frozenset(word for one in told[place].words for word in one.said if self._names_row(word))
        yield from before(told[place], head, known, own, rows)
        if place and told[place].link in _LINKS and told[place - 1].head(name) == len(told[place - 1].words) - 1:
            yield from self._foreign(told, place - 1, name, known, own)

    def _distance(self, phrase: Phrase) -> int:
        return self._place - phrase.end if phrase.end <= self._place else phrase.start - self._place


def _name(item: EvidenceItem) -> Words:
    """The words of a row's names that tell what it is; of a passage those of its sentence."""
    return frozenset(word for name in item.label.alternatives for word in name if weight_of(word) >= 1) - BALANCES


def _own(item: EvidenceItem) -> Words:
    """All words by which an item is called, and those of the headings of its row and column."""
    label = item.label
    return frozenset[str]().union(label.beside, *label.alternatives, *label.required, words(" ".join(item.entity)))
