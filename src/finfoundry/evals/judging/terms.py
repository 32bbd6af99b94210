"""Which financial metric a stretch of text names: the vocabulary of statements, ratios, and the names that a suite gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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


@lru_cache(maxsize=4096)
def _pattern(more: tuple[str, ...]) -> re.Pattern[str]:
    names = sorted({*vocabulary(), *more}, key=lambda one: -len(one))
    return re.compile("|".join(_bounded(name) for name in names if len(name) >= SHORTEST))


def _bounded(name: str) -> str:
    left = r"(?<![a-z0-9])" if re.match("[a-z0-9]", name) else ""
    right = r"(?![a-z0-9])" if re.search("[a-z0-9]$", name) else ""
    return left + re.escape(name).replace(r"\ ", r"\s+") + right


def terms(text: str, more: Iterable[str] = ()) -> Iterator[Term]:
    """The longest names in a text, in order."""
    names = tuple(sorted({folded(name) for name in more}))
    for match in _pattern(names).finditer(folded(text)):
        name = re.sub(r"\s+", " ", match[0])
        yield Term(match.start(), match.end(), name, vocabulary().get(name, name))
