"""Lists of words that carry no content of their own, as reviewable data (``data/words.yaml``)."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import yaml


@lru_cache(maxsize=1)
def _lists() -> dict[str, str]:
    loaded: dict[str, str] = yaml.safe_load(resources.files("finfoundry.ask").joinpath("data/words.yaml").read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=32)
def word_list(name: str) -> frozenset[str]:
    """One list of the file, as words in lower case."""
    return frozenset(_lists()[name].split())
