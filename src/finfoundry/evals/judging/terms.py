"""Which financial metric a stretch of text names: the vocabulary of statements, ratios, and the names that a suite gives."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import yaml

from finfoundry.evals.judging.sentences import folded

SHORTEST = 2
STATEMENT = "Statement"  # the concept of a statement's own name
MOVEMENT = re.compile(r"(?:net )?(?:increase|decrease|change)")  # "increase in cash" names a movement, not a line


@dataclass(frozen=True, slots=True)
class Term:
    """A name of a metric in a text; names of one ``concept`` mean the same."""

    start: int
    end: int
    name: str
    concept: str


@cache
def vocabulary() -> dict[str, str]:
    """Name to concept: the vocabulary of statements, then the names of ratios."""
    known: dict[str, str] = {}
    for place, name in (("finfoundry.core", "concepts"), ("finfoundry.evals", "terms")):
        held = yaml.safe_load((files(place) / "data" / f"{name}.yaml").read_text(encoding="utf-8"))
        for one in held["concepts"]:
            for label in (*one.get("en", ()), *one.get("zh", ())):
                if not MOVEMENT.match(folded(label)):
                    known.setdefault(folded(label), one["name"])
    return known


Index = Mapping[str, tuple[str, ...]]  # the first two letters of names to the names, the longest first


@lru_cache(maxsize=256)
def _index(names: tuple[str, ...]) -> Index:
    found: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names, key=lambda one: -len(one)):
        if len(name) >= SHORTEST:
            found[name[:2]].append(name)
    return {start: tuple(some) for start, some in found.items()}


@cache
def _known() -> Index:
    return _index(tuple(vocabulary()))


def terms(text: str, more: Iterable[str] = ()) -> list[Term]:
    """The longest names in a text, in order; ``more`` are names besides those of the vocabulary."""
    return _terms(text, tuple(more))


@lru_cache(maxsize=4096)
def _terms(text: str, more: tuple[str, ...]) -> list[Term]:
    low, own = folded(text), _index(tuple(map(folded, more)))
    found: list[Term] = []
    place = 0
    while place < len(low) - 1:
        start = low[place : place + 2]
        name = max((_at(low, place, index.get(start, ())) for index in (_known(), own)), key=len)
        if name:
            found.append(Term(place, place + len(name), name, vocabulary().get(name, name)))
        place += max(1, len(name))
    return found


def _at(low: str, place: int, names: tuple[str, ...]) -> str:
    """The longest of some names that begins at a place and ends at the bound of a word; empty where none does."""
    for name in names:
        if low.startswith(name, place):
            end = place + len(name)
            inside = (_latin(low[place]) and place > 0 and _latin(low[place - 1])) or (_latin(low[end - 1]) and _latin(low[end : end + 1]))
            if not inside:
                return name
    return ""


def _latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()
