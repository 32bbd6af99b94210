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


_GRAMMAR = ("speaker", "auxiliary", "copula", "asking")
_WITHIN = {
    "empty": ("empty", "ties", *_GRAMMAR),
    "restricting": ("ties", "limits"),
    "not_names": ("not_names", "modal", *_GRAMMAR),
}
