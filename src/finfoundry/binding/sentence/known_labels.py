"""All labels of the evidence of one answer, found by the words of a sentence, with how well it names each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from finfoundry.binding.sentence.labels import MetricLabel, Words, qualifiers, weight, weight_of, word_lists, words

_SYNONYM, _SENTENCE = 0.93, 0.85
_NO_NAME = 0.5  # of the weight of a name: where less is said, it is not named
_BESIDE = 0.75  # of the weight of words that may be said besides: so much of them is as good as not said
_LITTLE = 1e-9
_CHANGES, _QUALIFIERS = word_lists()["changes"], word_lists()["qualifiers"]


class _KnownName(NamedTuple):
    """A name that labels have: its weight, and the places of the labels that have it among all names of all labels."""

    words: Words
    full: float
    prose: bool
    places: list[int]


class _Read:
    """A text held against all names: ``meant`` are its qualifiers, ``common`` the weight of the words that each name shares with it, and
    ``together`` the names that share one of its words and none before it.
    """

    def __init__(self, text: str, labels: Labels) -> None:
        said = words(text)
        self._labels, self.meant = labels, qualifiers(text, said)
        self._in_rows = said & (labels.of_rows | _QUALIFIERS)
        self._heavy = weight(self._in_rows), weight(said & labels.holders.keys())  # of the words of rows, of all
        self.common, self.together = _shared(said, labels.holders)
        self._beside = {number for word in self._in_rows for number in labels.beside.get(word, ())}
        self._plain: dict[int, float] = {}

    def score(self, number: int, named: int, *, first: bool) -> float:
        """How well it names a label by one of its names; less where that is not its ``first``."""
        name = self._labels.names[named]
        more = (self._in_rows & self._labels.known[number].beside) - name.words if number in self._beside else None
        if more:
            found = self._close(named, _BESIDE * weight(more))
        elif (kept := self._plain.get(named)) is not None:
            found = kept
        else:
            found = self._plain[named] = self._close(named, 0.0)
        return found if first else found * (_SENTENCE if name.prose else _SYNONYM)

    def bound(self, named: int) -> float:
        """What no label has more than by a name: as if all other words of rows might be said besides."""
        name, shared = self._labels.names[named], self.common[named]
        foreign = self._heavy[name.prose] - shared
        foreign *= 1 if name.prose or not self._beside else 1 - _BESIDE
        return _closeness(shared / name.full, shared / (shared + foreign), prose=name.prose) + _LITTLE

    def _close(self, named: int, beside: float) -> float:
        name, shared = self._labels.names[named], self.common[named]
        foreign = self._heavy[name.prose] - shared - beside
        return _closeness(shared / name.full, shared / (shared + foreign), prose=name.prose)


class Labels:
    """All labels of the evidence, searchable by the words of a sentence."""

    def __init__(self, labels: Iterable[MetricLabel]) -> None:
        self.known = list(dict.fromkeys(labels))
        self._number = {known: number for number, known in enumerate(self.known)}
        self.names: list[_KnownName] = []
        self.places: list[tuple[int, int, bool]] = []  # label number, number of one of its names, whether that is its first
        self.holders: dict[str, list[int]] = defaultdict(list)  # word → numbers of the names that have it
        self._of_rows: dict[str, list[int]] = defaultdict(list)  # the same without prose
        self.beside: dict[str, list[int]] = defaultdict(list)  # word → numbers of the labels beside which it may be said
        words_of_rows: set[str] = set()
        numbers: dict[tuple[Words, bool], int] = {}
        for number, known in enumerate(self.known):
            for name in known.alternatives:
                self._add(number, name, numbers, prose=known.prose)
            for word in known.beside:
                self.beside[word].append(number)
            if not known.prose:
                words_of_rows.update(known.beside, *known.alternatives, *known.required)
        self.of_rows = frozenset(words_of_rows)
        self._scores: dict[str, dict[int, float]] = {}
        self._ranked: dict[str, list[tuple[int, float]]] = {}
        self._best: dict[str, float] = {}
        self._covers: dict[str, dict[int, tuple[float, Words]]] = {}

    def _add(self, number: int, name: Words, numbers: dict[tuple[Words, bool], int], *, prose: bool) -> None:
        """A name of a label; many labels have one name, which is compared with a text once."""
        named = numbers.setdefault((name, prose), len(self.names))
        if named == len(self.names):
            self.names.append(_KnownName(name, weight(name), prose, []))
            for word in name:
                self.holders[word].append(named)
                if not prose:
                    self._of_rows[word].append(named)
        self.names[named].places.append(len(self.places))
        self.places.append((number, named, name is self.known[number].alternatives[0]))

    def number(self, known: MetricLabel) -> int:
        return self._number[known]

    def names_row(self, word: str) -> bool:
        """Whether a word belongs to some row's name."""
        return word in self.of_rows

    def knows(self, word: str) -> bool:
        """Whether any label of the evidence has the word, of rows or of prose."""
        return word in self.holders or word in self.of_rows

    def tells(self, text: str) -> bool:
        """Whether a text says enough to name a metric: more than "net" or "total", more than that something rose."""
        return weight(word for word in words(text) - _CHANGES if word in self.holders) >= 1

    def scores(self, text: str) -> dict[int, float]:
        """Label number → how well the text names it, 0 to 1; labels that share no word are left out."""
        if text not in self._scores:
            self._scores[text] = self._score_all(text)
        return self._scores[text]

    def ranked(self, text: str) -> list[tuple[int, float]]:
        """``scores`` as (label number, score), best first."""
        if text not in self._ranked:
            self._ranked[text] = sorted(self.scores(text).items(), key=lambda pair: -pair[1])
        return self._ranked[text]

    def most(self, text: str) -> float:
        """How well the text names the label that it names best; 0 where it says too little to name one."""
        if text not in self._best:
            scored = self._scores.get(text)
            found = self._most(text) if scored is None else max(scored.values(), default=0.0)
            self._best[text] = found if self.tells(text) else 0.0
        return self._best[text]

    def best(self, text: str) -> float:
        """The same, rounded."""
        return round(self.most(text), 2)

    def covers(self, text: str) -> dict[int, tuple[float, Words]]:
        """Row's label number → how much of the best said of its names is said, 0.5 to 1, and which words."""
        if text not in self._covers:
            self._covers[text] = self._cover_all(words(text))
        return self._covers[text]

    def _cover_all(self, said: Words) -> dict[int, tuple[float, Words]]:
        best: dict[int, tuple[float, Words]] = {}
        common, together = _shared(said, self._of_rows)
        enough = {named for named, shared in common.items() if shared >= 1 and shared >= _NO_NAME * self.names[named].full}
        for number, named, _ in self._in_order(together, enough):
            name, full = self.names[named].words, self.names[named].full
            shared = common[named]
            if number not in best or (shared / full, shared) > (best[number][0], weight(best[number][1])):
                best[number] = shared / full, name & said
        return best

    def _in_order(self, together: Sequence[Sequence[int]], among: Container[int]) -> Iterator[tuple[int, int, bool]]:
        """The places of names, those first whose first word by the alphabet is, then in the order of the labels."""
        for names in together:
            for place in sorted(place for named in names if named in among for place in self.names[named].places):
                yield self.places[place]

    def _score_all(self, text: str) -> dict[int, float]:
        read = _Read(text, self)
        best: dict[int, float] = {}
        for number, named, first in self._in_order(read.together, read.common):
            score = read.score(number, named, first=first)
            if score > best.get(number, -1.0):
                best[number] = score
        return {number: score for number, found in best.items() if (score := self._discounted(number, found, read.meant)) > 0}

    def _most(self, text: str) -> float:
        """The highest score, without those of names that cannot reach it."""
        read, most = _Read(text, self), 0.0
        for bound, named in sorted(((read.bound(named), named) for named in read.common), reverse=True):
            if bound <= most:
                break
            for number, _, first in map(self.places.__getitem__, self.names[named].places):
                score = self._discounted(number, read.score(number, named, first=first), read.meant)
                most = max(most, score)
        return most

    def _discounted(self, number: int, score: float, meant: Words) -> float:
        """The score, less for each qualifier that is said but not the label's, and for a column that is headed by more than a period."""
        known = self.known[number]
        return score if known.prose else score - 0.15 * len(meant - known.qualifiers) - 0.06 * known.partial


def _shared(said: Words, holders: Mapping[str, Sequence[int]]) -> tuple[dict[int, float], list[list[int]]]:
    """Number of a name → the weight of the words that it shares; and the names together that share one word and none before it."""
    common: dict[int, float] = {}
    together: list[list[int]] = []
    for word in sorted(said):  # by the alphabet: what comes first must not depend on a process
        own, new = weight_of(word), list[int]()
        for named in holders.get(word, ()):
            if named in common:
                common[named] += own
            else:
                common[named] = own
                new.append(named)
        together.append(new)
    return common, together


def _closeness(cover: float, precision: float, *, prose: bool) -> float:
    """Of a row's name all should be said and little else; of a passage a claim repeats only some."""
    return 0.2 * cover + 0.8 * precision if prose else 2 * cover * precision / (cover + precision)
