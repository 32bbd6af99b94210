"""Scenarios: the library that comes with the house, and those of a file of the user's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from finfoundry.core.errors import InputError

Shocks = dict[str, dict[str, float]]  # scenario → series → the move of one day


@dataclass(frozen=True)
class Scenario:
    """One of the library: moves by factor, simple returns of a day in parts, or changes of a rate. ``day`` is empty where it is a rule."""

    name: str
    day: str
    source: str
    moves: Mapping[str, float]


@cache
def library() -> tuple[Scenario, ...]:
    """All of them, in the order of the file."""
    text = resources.files("finfoundry.specialists").joinpath("data/scenarios.yaml").read_text(encoding="utf-8")
    return tuple(_scenario(told) for told in yaml.safe_load(text)["scenarios"])


def _scenario(told: Mapping[str, Any]) -> Scenario:
    return Scenario(told["name"], str(told.get("day", "")), told["source"], told["moves"])


def of_factors(factors: Mapping[str, str]) -> Shocks:
    """The library's scenarios for series whose factors are given (series → factor). Raises InputError: no such factor."""
    known = sorted({factor for one in library() for factor in one.moves})
    for series, factor in factors.items():
        if factor not in known:
            raise InputError(f"There is no factor {factor!r} (of {series!r})", remedy=f"Choose one of {', '.join(known)}")
    found = {one.name: {series: one.moves[factor] for series, factor in factors.items() if factor in one.moves} for one in library()}
    return {name: moves for name, moves in found.items() if moves}


def read_factors(told: list[str]) -> dict[str, str]:
    """``SERIES=FACTOR`` as the command line takes it. Raises InputError."""
    pairs = [one.partition("=") for one in told]
    if wrong := [series for series, sign, factor in pairs if not (series and sign and factor)]:
        raise InputError(f"{wrong[0]!r} names no series with its factor", remedy="Write SERIES=FACTOR, such as ACME=equity_us")
    return {series: factor for series, _, factor in pairs}
