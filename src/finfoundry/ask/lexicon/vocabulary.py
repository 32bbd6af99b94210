"""Which concepts and formulae a text names: the longest known phrases, in English and Chinese, left to right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from finfoundry.ask.lexicon.formula import concepts_in
from finfoundry.core.formulas import Formula, formulas
from finfoundry.core.language import simplified
from finfoundry.governance.own_terms import OwnTerm

_PARTICLES = frozenset("的之")
LISTED = re.compile(r"\s*[,，、;；]\s*")  # between two things of a list
_AND = frozenset(("and", "&", "和", "与", "及"))
_BREAK = re.compile(r"[,，、;；]")
_FARTHEST = 4  # blanks between two words of one phrase: more stand for a name that was taken out
_TOKEN = re.compile(r"(?:\b[A-Za-z]\.){2,}|[A-Za-z0-9]+(?:[&][A-Za-z0-9]+)*|[\u3400-\u9fff]|[%&]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a Chinese character, in the form in which phrases are compared."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A phrase of a text that names a concept or a formula of the library."""

    name: str
    formula: bool
    start: int
    end: int
    text: str


def tokens(text: str) -> list[Token]:
    return [Token(_stem(match[0]), match.start(), match.end()) for match in _TOKEN.finditer(text)]


def distinct_words(text: str) -> frozenset[str]:
    """The words of a text, each once, in the form in which phrases are compared: what a long text holds, without their places."""
    return frozenset(map(_stem, set(_TOKEN.findall(text))))


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    """Lower case without the plural: "Inventories" and "inventory" are one."""
    word = simplified(word.lower()).replace(".", "")
    if len(word) > 3 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def telling(text: str) -> list[Token]:
    """The tokens of a text without particles: 职工人数的比例 gives those of 职工人数比例."""
    return [token for token in tokens(text) if token.text not in _PARTICLES]


def words_of(phrase: str) -> tuple[str, ...]:
    """A phrase in the form in which phrases are compared."""
    return tuple(token.text for token in telling(phrase))


def holds(text: str, phrase: str) -> bool:
    """Whether a text holds a phrase word for word, whatever its plurals, case and particles."""
    words, wanted = ([token.text for token in telling(part)] for part in (text, phrase))
    return bool(wanted) and any(words[place : place + len(wanted)] == wanted for place in range(len(words) - len(wanted) + 1))


class Vocabulary:
    """Phrases to names. A formula's phrase goes before a concept's of the same words; that of one that papers print names the concept.

    ``library`` are the formulas, the institution's own among them; ``labels`` the printed labels of names that stand for one;
    ``own`` the terms of the institution by the words of their phrases, ``norms`` by the metric or formula that they judge, the latest last,
    ``defined`` the names of the formulas that it defined itself, those of the product among them that it redefined (``own_vocabulary``);
    ``abbreviations`` are found only in capitals.
    """

    def __init__(
        self,
        concepts: Mapping[str, Iterable[str]],
        library: Mapping[str, Formula] | None = None,
        abbreviations: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        self.library = formulas() if library is None else library
        self.concepts = set(concepts)
        self.labels: dict[str, str] = {}
        self.own: dict[tuple[str, ...], OwnTerm] = {}
        self.norms: dict[str, list[OwnTerm]] = {}
        self.defined: frozenset[str] = frozenset()
        self._phrases: dict[str, dict[tuple[str, ...], tuple[str, bool]]] = {}
        self.nearby: Any = None  # of ``nearest_phrase``, once it was asked
        for name, phrases in concepts.items():
            for phrase in phrases:
                self._add(phrase, name, formula=False)
        self._capitals = {phrase: name for name, phrases in (abbreviations or {}).items() for phrase in phrases}
        for name, formula in self.library.items():
            for phrase in (*formula.en, *formula.zh):
                self._add(phrase, formula.printed or name, formula=formula.printed is None)

    def _add(self, phrase: str, name: str, *, formula: bool) -> None:
        words = words_of(phrase)
        self.nearby = None
        if words:
            known = self._phrases.setdefault(words[0], {})
            if formula or words not in known:
                known[words] = (name, formula)

    def add_own(self, phrase: str, name: str, term: OwnTerm, *, formula: bool) -> None:
        """A phrase of the institution's own: it goes before any other of the same words."""
        words = words_of(phrase)
        self._phrases.setdefault(words[0], {})[words] = (name, formula)
        self.nearby = None
        self.own[words] = term

    def means_its_own(self, mention: Mention) -> bool:
        """Whether the institution says what a mention means: a formula of its own, or a phrase of the product that it redefined."""
        term = self.own.get(words_of(mention.text))
        return mention.name in self.defined or (term is not None and term.entry.redefines)

    def phrases(self) -> Iterator[tuple[tuple[str, ...], tuple[str, bool]]]:
        """Each phrase in the form in which phrases are compared, with what it names and whether that is a formula."""
        for known in self._phrases.values():
            yield from known.items()

    def labels_of(self, names: Iterable[str]) -> dict[str, str]:
        """The printed labels that names stand for, formulas taken apart; nothing for names of metrics."""
        if not self.labels:
            return {}
        parts = {part for name in names for part in concepts_in(name, self.library)}
        return {part: self.labels[part] for part in parts if part in self.labels}

    def find(self, text: str) -> list[Mention]:
        """The mentions in a text, longest first where they overlap, from left to right."""
        words = telling(text)
        found: list[Mention] = []
        position = 0
        while position < len(words):
            length, target = self._longest(words, position)
            if target is None and (name := self._capitals.get(self._written(text, words[position]))):
                length, target = 1, (name, False)
            listed = bool(found) and LISTED.fullmatch(text, found[-1].end, words[position].start) is not None
            cut = self._cut(text, words, position, length)
            if (cut := self._last_of_list(words, position, length) if cut is None and listed else cut) is not None:
                length, target = self._longest(words[:cut], position)
            if target is None:
                position += 1
                continue
            start, end = words[position].start, words[position + length - 1].end
            end += int(text[end : end + 1] == ")" and text.count("(", start, end) > text.count(")", start, end))
            found.append(Mention(target[0], target[1], start, end, text[start:end]))
            position += length
        return found

    @staticmethod
    def _written(text: str, word: Token) -> str:
        """A word as the text has it, less the s of several: NPLs."""
        said = text[word.start : word.end]
        return said[:-1] if said.endswith("s") and len(said) > 2 else said

    def _last_of_list(self, words: list[Token], position: int, length: int) -> int | None:
        """Where a phrase ends that is the last two things of a list: "assets, liabilities and equity" are three."""
        for at in range(position + 1, position + length - 1):
            if words[at].text in _AND:
                one, first = self._longest(words[:at], position)
                other, last = self._longest(words, at + 1)
                apart = len({first, last, self._longest(words, position)[1]}) == 3  # not "cash and cash equivalents"
                if apart and (one, other) == (at - position, position + length - at - 1):
                    return at
        return None

    def _cut(self, text: str, words: list[Token], position: int, length: int) -> int | None:
        """Where a phrase ends that would reach over a comma into the next one, or over a name: "goodwill, net income" names two. None where
        none does.
        """
        for after in range(position + 1, position + length):
            if words[after].start - words[after - 1].end > _FARTHEST:
                return after
            if (
                _BREAK.search(text[words[after - 1].end : words[after].start])
                and self._longest(words, after)[0] > position + length - after
            ):
                return after
        return None

    def _longest(self, words: list[Token], position: int) -> tuple[int, tuple[str, bool] | None]:
        best: tuple[int, tuple[str, bool] | None] = (0, None)
        for phrase, target in self._phrases.get(words[position].text, {}).items():
            size = len(phrase)
            if size > best[0] and phrase == tuple(word.text for word in words[position : position + size]):
                best = (size, target)
        return best

    def exact(self, phrase: str) -> Mention | None:
        """What a whole phrase names; None where it names nothing, several things, or has words besides."""
        found = self.find(phrase)
        words = telling(phrase)
        whole = len(found) == 1 and words and (found[0].start, found[0].end) == (words[0].start, words[-1].end)
        return found[0] if whole else None
