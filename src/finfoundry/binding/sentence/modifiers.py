"""Whether what stands before a name in a sentence makes it another thing than the row: "pledged assets", "the industry's margin", 抵押资产.

A row's own name, its headings, its column, the title of its table and what its metric is called otherwise may stand there; so may words
that change nothing. Of a passage all its words may.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from finfoundry.binding.sentence.labels import BALANCES, MetricLabel, Words, telling, weight, word_lists, words
from finfoundry.binding.sentence.phrases import Phrase, before, before_zh, owner_behind, phrases, runs_zh
from finfoundry.core.language import has_han

_LINKS = frozenset(("of", "and", "&", ",", "for", "on", "in", "from"))  # within a name: "purchases of property, plant and equipment"
_OFTEN = {1: "monthly", 3: "quarterly", 6: "half-yearly"}
_CAPTIONS = word_lists()["captions"]
_CLAUSE_ENDS = frozenset("，,：:；;。")


@dataclass(frozen=True)
class Name:
    """A name as words: ``full`` are those of each of its forms, ``own`` all that it is called by, ``known`` what may stand before it."""

    full: tuple[Words, ...]
    own: Words
    known: Words

    @classmethod
    def of(cls, label: MetricLabel, above: Words, entity: tuple[str, ...], months: Collection[int] = ()) -> Name:
        """The name of a row, or of a passage; ``above`` are words of the headings over its table, ``months`` how long it lasts."""
        own = frozenset[str]().union(label.beside, *label.alternatives, *label.required, words(" ".join(entity)))
        often = frozenset(word for length, word in _OFTEN.items() if length in months)
        return cls(label.alternatives, own, own | (above - _CAPTIONS) | often)

    @cached_property
    def words(self) -> Words:
        """Those that tell what it is."""
        return telling(frozenset[str]().union(*self.full)) - BALANCES

    def is_said(self, said: Words) -> bool:
        return any(weight(form - said) < 1 for form in self.full)


class Modifiers:
    """What stands before names in a sentence with a figure. ``text``: without its times, companies' names in it blotted out by ``NAME``;
    ``place``: where the figure stands; ``names_row``: whether some row has a word; ``nameless``: no company is known by a name, so that
    whoever the sentence begins with may be the one.
    """

    def __init__(self, text: str, place: int, names_row: Callable[[str], bool], *, nameless: bool) -> None:
        self._text, self._place, self._names_row, self._nameless = text, place, names_row, nameless

    def make_another(self, name: Name, *, anywhere: bool = False) -> bool:
        """Whether the sentence has a name as that of another thing: next to the figure, and where it says most of it. ``anywhere``:
        wherever it says something of it.
        """
        if has_han(self._text):
            runs = runs_zh(self._text, name.words)
            meant = runs if anywhere else self._meant(runs)
            return bool(meant) and all(self._foreign_zh(one[0], one[1], name) for one in meant)
        told = phrases(self._text)
        said = {(one.start, one.end, one.says(name.words)): place for place, one in enumerate(told) if one.head(name.words) >= 0}
        named = list(said) if anywhere else self._meant(list(said))
        return bool(named) and all(any(self._foreign(told, said[one], name)) for one in named)

    def _foreign_zh(self, start: int, end: int, name: Name) -> str | None:
        begins = not start or self._text[start - 1] in _CLAUSE_ENDS
        return before_zh(self._text[start:end], name.words, name.known, name.own, owner=self._nameless and begins)

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
        return owner_behind(told[place + 1], name.known)
