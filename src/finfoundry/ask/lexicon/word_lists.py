"""Lists of words that carry no content of their own, as reviewable data (``data/words.yaml``)."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import yaml


@lru_cache(maxsize=1)
def _lists() -> dict[str, str]:
    loaded: dict[str, str] = yaml.safe_load(resources.files("finfoundry.ask").joinpath("data/words.yaml").read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=64)
def word_list(name: str) -> frozenset[str]:
    """One list of the file, or several that are one, as words in lower case."""
    return frozenset(word for part in _WITHIN.get(name, (name,)) for word in _lists()[part].split())


@lru_cache(maxsize=16)
def word_pairs(name: str) -> tuple[tuple[str, str], ...]:
    """A list of the file of pairs ("said=usual"), the longest first."""
    pairs = (word.split("=") for word in word_list(name))
    return tuple(sorted(((said, usual) for said, usual in pairs), key=lambda pair: (-len(pair[0]), pair)))


_GRAMMAR = ("speaker", "auxiliary", "copula", "asking")
_WITHIN = {
    "empty": ("empty", "ties", *_GRAMMAR),
    "restricting": ("ties", "limits"),
    "not_names": ("not_names", "modal", *_GRAMMAR),
}
