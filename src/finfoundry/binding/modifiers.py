"""Whether what stands before a name in a sentence makes it another thing than the row: "pledged assets", "the industry's margin", 抵押资产.

A row's own name, its headings, its column, the title of its table and what its metric is called otherwise may stand there; so may words
that change nothing. Of a passage all its words may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from finfoundry.binding.entities import Entities
from finfoundry.binding.evidence import EvidenceItem
from finfoundry.binding.sentence.claim import Claim
from finfoundry.binding.sentence.labels import BALANCES, Words, weight, weight_of, word_lists, words
from finfoundry.binding.sentence.phrases import NAME, Phrase, before, before_zh, owner_behind, phrases, runs_zh
from finfoundry.binding.sentence.when import without_periods
from finfoundry.core.language import has_han

_LINKS = frozenset(("of", "and", "&", ",", "for", "on", "in", "from"))  # within a name: "purchases of property, plant and equipment"
_OFTEN = {1: "monthly", 3: "quarterly", 6: "half-yearly"}
_CAPTIONS = word_lists()["captions"]


@dataclass(frozen=True, slots=True)
class Name:
    """A name as words: ``full`` are those of each of its forms, ``own`` all that it is called by, ``known`` what may stand before it."""

    full: tuple[Words, ...]
    own: Words
    known: Words

    @classmethod
    def of(cls, item: EvidenceItem) -> Name:
        label = item.label
        own = frozenset[str]().union(label.beside, *label.alternatives, *label.required, words(" ".join(item.entity)))
        return cls(label.alternatives, own, own | (item.above - _CAPTIONS) | _how_often(item))

    @property
    def words(self) -> Words:
        """Those that tell what it is."""
        return frozenset(word for form in self.full for word in form if weight_of(word) >= 1) - BALANCES

    def is_said(self, said: Words) -> bool:
        return any(weight(form - said) < 1 for form in self.full)


def _how_often(item: EvidenceItem) -> Words:
    """The words by which what lasts as long as an item is told: "quarterly"."""
    lasting = {when.period.months for when in item.whens if when.period is not None and when.period.start is not None}
    return frozenset(word for months, word in _OFTEN.items() if months in lasting)


class Modifiers:
    """What stands before names in the sentence of one figure."""

    def __init__(self, claim: Claim, entities: Entities, names_row: Callable[[str], bool]) -> None:
        self._claim, self._entities, self._names_row = claim, entities, names_row
        self._kept: dict[tuple[int, bool], bool] = {}

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
        """Whether the sentence has an item's name as that of another thing: next to the figure, and where it says most of it.
        ``anywhere``: wherever it says something of it.
        """
        key = id(item), anywhere
        if key not in self._kept:
            self._kept[key] = self.of_other_name(Name.of(item), anywhere=anywhere)
        return self._kept[key]

    def of_other_name(self, name: Name, *, anywhere: bool = False) -> bool:
        """The same of a name."""
        if has_han(self._text):
            runs = runs_zh(self._text, name.words)
            meant = runs if anywhere else self._meant(runs)
            return bool(meant) and all(before_zh(self._text[one[0] : one[1]], name.words, name.known, name.own) for one in meant)
        told = phrases(self._text)
        said = {(one.start, one.end, one.says(name.words)): place for place, one in enumerate(told) if one.head(name.words) >= 0}
        named = list(said) if anywhere else self._meant(list(said))
        return bool(named) and all(any(self._foreign(told, said[one], name)) for one in named)

    def _meant(self, places: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
        """Of places that say something of a name that nearest to the figure, and that of those which say most of it."""
        near = sorted(places, key=lambda one: self._place - one[1] if one[1] <= self._place else one[0] - self._place)
        return [*near[:1], *sorted(near, key=lambda one: -one[2])[:1]]

    def _foreign(self, told: Sequence[Phrase], place: int, name: Name, behind: Words = frozenset()) -> Iterator[str]:
        """The words that make a name another thing, in its phrase and in those before it where it needs them to be said in full."""
        phrase, head = told[place], told[place].head(name.words)
        rows = frozenset(word for one in phrase.words for word in one.said if self._names_row(word))
        yield from before(phrase, head, name.known, name.own, rows)
        if (other := self._owner_behind(told, place, name)) is not None:
            yield other
        said = behind.union(*(word.said for word in phrase.words[: head + 1]))
        if not (place and phrase.joined) or phrase.link not in _LINKS or name.is_said(said):
            return
        if told[place - 1].head(name.words) == len(told[place - 1].words) - 1:
            yield from self._foreign(told, place - 1, name, said)

    def _owner_behind(self, told: Sequence[Phrase], place: int, name: Name) -> str | None:
        """Who else has what a phrase names: "net profit of its subsidiaries"."""
        if place + 1 == len(told) or not self._text[told[place].end : told[place + 1].start].startswith(" of "):
            return None
        return owner_behind(told[place + 1], name.own)
