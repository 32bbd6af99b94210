"""What companies are called in other scripts, and for short, as reviewable data (``data/company_names.yaml``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import resources

import yaml

from finfoundry.core.language import simplified
from finfoundry.core.names.spoken_names import entity_key


@lru_cache(maxsize=1)
def _known() -> Mapping[str, tuple[str, ...]]:
    """Key of each name → all names of its company."""
    text = resources.files("finfoundry.core").joinpath("data/company_names.yaml").read_text(encoding="utf-8")
    lines: list[list[str]] = yaml.safe_load(text)
    return {entity_key(name): tuple(names) for names in lines for name in names}


@lru_cache(maxsize=1)
def listed() -> frozenset[str]:
    """All names of the list, Chinese ones in simplified characters."""
    return frozenset(simplified(name) for names in _known().values() for name in names)


def other_names(names: Iterable[str]) -> list[str]:
    """The names that the list has besides these of one company; none where it does not know the company."""
    said = list(names)
    found = dict.fromkeys(other for name in said for other in _known().get(entity_key(name), ()))
    keys = {entity_key(name) for name in said}
    return [other for other in found if entity_key(other) not in keys]
