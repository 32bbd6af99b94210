"""What the words of a figure say that what it is bound to has to say, too: that it is basic, before tax, the owners'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from finfoundry.binding.sentence.labels import Words, read_data, words


@dataclass(frozen=True, slots=True)
class Demand:
    """One such thing by the names that say it: in sentences, in labels, and what a line that says it is not called."""

    said: tuple[Words, ...]
    held: tuple[Words, ...]
    never: tuple[Words, ...]


@lru_cache(maxsize=1)
def _demands() -> dict[str, Demand]:
    return {
        name: Demand(_names(one["said"]), _names([*one["said"], *one.get("also", ())]), _names(one.get("never", ())))
        for name, one in read_data("finfoundry.binding", "demands.yaml").items()
    }


def _names(texts: Sequence[str]) -> tuple[Words, ...]:
    return tuple(words(text) for text in texts)


def demanded(told: Words) -> dict[str, Words]:
    """What words tell of a figure, by its name here, with the words that tell it."""
    found = {name: [said for said in one.said if said <= told] for name, one in _demands().items()}
    return {name: frozenset[str]().union(*said) for name, said in found.items() if said}


def unmet(told: Words, held: Words, name: Words) -> bool:
    """Whether words tell of a figure what neither the name nor the headings of a line, ``held``, say; or call it what no line of such a
    ``name`` is called.
    """
    for one in _demands().values():
        if _has(told, one.said):
            if not _has(held, one.held):
                return True
        elif _has(name, one.said) and _has(told, one.never) and not _has(name, one.never):
            return True
    return False


def _has(said: Words, names: Sequence[Words]) -> bool:
    return any(name <= said for name in names)
