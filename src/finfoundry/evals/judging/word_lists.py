"""The word lists of ``data/judging.yaml``, which are parts of patterns."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import yaml


@cache
def _lists() -> dict[str, list[str]]:
    loaded: dict[str, list[str]] = yaml.safe_load((files("finfoundry.evals") / "data" / "judging.yaml").read_text(encoding="utf-8"))
    return loaded


def alternatives(name: str) -> str:
    """A list as one alternation."""
    return "|".join(_lists()[name])


def pattern(name: str) -> re.Pattern[str]:
    """A list as a pattern that does not look at case."""
    return re.compile(alternatives(name), re.IGNORECASE)
