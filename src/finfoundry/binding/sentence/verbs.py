"""Metrics that a sentence tells by a verb: "Nike earned $5.7 billion", 净赚3亿元."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from finfoundry.binding.sentence.labels import read_data

_HEDGE = r"(?:\s+(?:about|around|roughly|nearly|almost|some|just|over|under|only|more|less|than|close|to|a|little|shy|of|an?)){0,4}"


@dataclass(frozen=True, slots=True)
class ToldByVerb:
    name: str  # of the metric
    start: int  # of the verb


@lru_cache(maxsize=1)
def _verbs() -> tuple[re.Pattern[str], dict[str, str]]:
    names = {verb: name for name, verbs in read_data("finfoundry.binding", "verbs.yaml").items() for verb in verbs}
    either = "|".join(rf"\b{re.escape(verb)}\b" if verb.isascii() else re.escape(verb) for verb in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?P<verb>{either}){_HEDGE}(?:近|约|逾|超过?|不到)?\W*$", re.IGNORECASE), names


@lru_cache(maxsize=2_000)
def told_by_verb(before: str) -> ToldByVerb | None:
    """The metric that the verb at the end of the words before a figure tells; None where there is none."""
    pattern, names = _verbs()
    found = pattern.search(before)
    return ToldByVerb(names[found["verb"].lower()], found.start()) if found else None
