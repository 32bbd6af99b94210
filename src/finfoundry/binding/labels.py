"""How well the words of a sentence name a metric: word and bigram overlap with synonyms, no model.

A label (a row's name with the headings above it) is compared with the words around a figure. What decides is not the score alone but
that no other label fits those words better: "total current assets" is a poor name for "Total current liabilities" only because the
latter's sibling is there or because "assets" is missing from it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml

_WORD = re.compile(r"[a-z]+(?:&[a-z]+)*|[\u4e00-\u9fff]+")
_APOSTROPHE = re.compile(r"['’]s?\b|(?<=[a-z])\.(?=[a-z]\b)")


@lru_cache(maxsize=1)
def word_lists() -> dict[str, frozenset[str]]:
    """The lists of ``data/words.yaml``."""
    lists: dict[str, str] = yaml.safe_load(files("finfoundry.binding").joinpath("data/words.yaml").read_text("utf-8"))
    return {name: frozenset(text.split()) for name, text in lists.items()}


_STOP, _WEAK = word_lists()["stop"], word_lists()["weak"]
_QUALIFIERS, _QUALIFIERS_ZH = word_lists()["qualifiers"], word_lists()["qualifiers_zh"]
_ZH_BREAK = re.compile(r"[的为是达约比较和与及等共了于在由至到从其该本中占按以]")
_IRREGULAR = {"losses": "loss", "taxes": "tax", "ppe": "ppe", "noncurrent": "noncurrent", "earnings": "earnings", "goods": "goods"}

Words = frozenset[str]


def words(text: str) -> Words:
    """Content words of English in the singular and character bigrams of Chinese."""
    return frozenset(_words(text))


@lru_cache(maxsize=20_000)
def _words(text: str) -> tuple[str, ...]:
    lowered = _APOSTROPHE.sub("", text.lower()).replace("non-", "non").replace("pre-tax", "pretax").replace("pp&e", "ppe")
    found: list[str] = []
    for run in _WORD.findall(lowered):
        if run[0] <= "z":
            if run not in _STOP:
                found.append(_singular(run))
        else:
            for part in _ZH_BREAK.split(run):
                found += [part[i : i + 2] for i in range(len(part) - 1)] if len(part) > 1 else []
    return tuple(found)


@lru_cache(maxsize=50_000)
def _singular(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def weight(found: Iterable[str]) -> float:
    return sum(0.4 if word in _WEAK else 1.0 for word in found)


def qualifiers(text: str, found: Words) -> Words:
    return (found & _QUALIFIERS) | frozenset(name for name in _QUALIFIERS_ZH if name in text)


@lru_cache(maxsize=1)
def synonyms() -> dict[str, tuple[str, ...]]:
    """Normalised name → the other names of the same metric, from ``data/synonyms.yaml``."""
    groups: dict[str, list[str]] = yaml.safe_load(files("finfoundry.binding").joinpath("data/synonyms.yaml").read_text("utf-8"))
    return {normal(name): tuple(other for other in group if other != name) for group in groups.values() for name in group}


@lru_cache(maxsize=20_000)
def normal(text: str) -> str:
    """A label without case, punctuation, numbering and footnote marks."""
    bare = re.sub(r"^[一二三四五六七八九十\d]+[、.．]|^[其减加][中：:]|^其中[:：]|^[减加][:：]", "", text.strip().lower())
    return " ".join(_words(bare)) or " ".join(re.findall(r"\w+", bare))


@dataclass(frozen=True, slots=True)
class Label:
    """A metric's name: alternatives that each may be said in full, and words from its surroundings that may be said besides.

    ``required`` are words that must be said: the members of a breakdown ("Americas"), without which the number is only a part.
    """

    alternatives: tuple[Words, ...]
    beside: Words = frozenset()
    required: tuple[Words, ...] = ()
    qualifiers: Words = frozenset()
    prose: bool = False  # the words of a sentence, of which a claim repeats only some


def label(path: tuple[str, ...], names: tuple[str, ...] = (), dimensions: tuple[tuple[str, str], ...] = ()) -> Label:
    """The label of a table row: its own text in full, its headings besides; a bare "Total" or "Other" needs its heading too."""
    leaf, beside = words(path[-1]) if path else frozenset(), frozenset[str]().union(*(words(part) for part in path[:-1]))
    if len(path) > 1 and weight(leaf) < 1:
        leaf, beside = leaf | words(path[-2]), beside - words(path[-2])
    own = normal(path[-1]) if path else ""
    others = [*names, *synonyms().get(own, ()), *(name for given in names for name in synonyms().get(normal(given), ()))]
    alternatives = tuple(dict.fromkeys(found for found in (leaf, *(words(name) for name in others)) if found))
    text = " ".join((*path, *others))
    return Label(
        alternatives or (frozenset(),),
        beside,
        tuple(found for _, member in dimensions if (found := words(member))),
        qualifiers(text, words(text)),
    )


def sentence_label(text: str) -> Label:
    found = words(text)
    return Label((found,), qualifiers=qualifiers(text, found), prose=True)


class Labels:
    """All labels of the evidence, searchable by the words of a sentence."""

    def __init__(self, labels: Iterable[Label]) -> None:
        self.known = list(dict.fromkeys(labels))
        self._number = {known: number for number, known in enumerate(self.known)}
        self._holders: dict[str, list[int]] = defaultdict(list)
        for number, known in enumerate(self.known):
            for word in frozenset().union(known.beside, *known.alternatives, *known.required):
                self._holders[word].append(number)
        self._scores: dict[str, dict[int, float]] = {}

    def number(self, known: Label) -> int:
        return self._number[known]

    def knows(self, word: str) -> bool:
        return word in self._holders

    def scores(self, text: str) -> dict[int, float]:
        """Label number → how well the text names it, 0 to 1; labels that share no word are left out."""
        if text not in self._scores:
            self._scores[text] = self._score_all(text)
        return self._scores[text]

    def _score_all(self, text: str) -> dict[int, float]:
        said = words(text)
        meant = qualifiers(text, said)
        said = frozenset(word for word in said if word in self._holders) | (said & _QUALIFIERS)
        near = {number for word in said for number in self._holders.get(word, ())}
        scored = {number: _score(self.known[number], said, meant) for number in near}
        return {number: score for number, score in scored.items() if score > 0}


def _score(known: Label, said: Words, meant: Words) -> float:
    best = 0.0
    for name in known.alternatives:
        common = weight(name & said)
        if not common:
            continue
        foreign = weight(said - name - known.beside) + 0.25 * weight((said & known.beside) - name)
        cover = common / weight(name)
        precision = common / (common + foreign)
        best = max(best, 0.2 * cover + 0.8 * precision if known.prose else 2 * cover * precision / (cover + precision))
    if not known.prose:
        best -= 0.15 * len(meant - known.qualifiers)
    return max(0.0, best)
