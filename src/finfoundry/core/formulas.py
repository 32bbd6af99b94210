"""The one library of finance formulae and of the metrics they are made of: asked for in questions, stated by name in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

import yaml

Show = Literal["ratio", "times", "percent", "days", "money", "per_share", "number"]


@dataclass(frozen=True, slots=True)
class Formula:
    """One entry of ``data/formulas.yaml``; ``stated`` are the names by which a sentence gives its result and does not spell it out,
    ``printed`` is the metric under which papers print it: it is computed for that metric where a paper does not.
    """

    name: str
    en: tuple[str, ...]
    zh: tuple[str, ...]
    expression: str
    show: Show
    source: str
    better: Literal["higher", "lower"] | None = None
    norm: Decimal | None = None  # what is judged by: from here on a business is liquid, capital-intensive, …
    stated: tuple[str, ...] = ()
    printed: str | None = None
    annual: bool = False  # of a part of a year it is no ratio of a year


@lru_cache(maxsize=1)
def formulas() -> Mapping[str, Formula]:
    """The library, by name."""
    return {name: _formula(name, entry) for name, entry in _read("formulas.yaml").items()}


def _formula(name: str, entry: dict[str, Any]) -> Formula:
    norm = Decimal(str(entry["norm"])) if "norm" in entry else None
    lists = {key: tuple(entry.get(key, ())) for key in ("en", "zh", "stated")}
    return Formula(name=name, **{**entry, **lists, "norm": norm})


@lru_cache(maxsize=1)
def listed_metrics() -> Mapping[str, dict[str, Any]]:
    """The content of ``data/metrics.yaml``: name to its concepts, phrases and statement."""
    return _read("metrics.yaml")


def concepts_of(metric: str) -> tuple[str, ...]:
    """The concepts that can answer for a metric, the first preferred; a name that is not listed is a concept itself."""
    return tuple(listed_metrics().get(metric, {"concepts": [metric]})["concepts"])


def _read(name: str) -> dict[str, dict[str, Any]]:
    text = resources.files("finfoundry.core").joinpath("data", name).read_text(encoding="utf-8")
    loaded: dict[str, dict[str, Any]] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  both are safe
    return loaded
