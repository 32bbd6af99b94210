"""Forecasts of market risk computed again from the returns in their record."""

from __future__ import annotations

import json
from collections.abc import Sequence

from finfoundry.runtime.audit import canonical, plain
from finfoundry.specialists.families.market_risk.market_risk import possible_today
from finfoundry.specialists.market.market_models import holds
from finfoundry.specialists.market.market_results import MarketRisk
from finfoundry.specialists.market.portfolio import basis_from, forecast
from finfoundry.specialists.scoring.replay import Entry


def again(specialist: MarketRisk, entries: Sequence[Entry]) -> list[str]:
    """Series of which any forecast, stress, warning or reason comes out otherwise from the recorded returns."""
    different = []
    for entry in entries:
        if (kept := entry["inputs"]) is None:
            continue
        new = forecast(basis_from(kept), specialist.levels) if "amounts" in kept else possible_today(specialist, entry["id"], kept)
        if not holds(entry["output"], json.loads(canonical(plain(new)))):
            different.append(str(entry["id"]))
    return different


def covered(entries: Sequence[Entry]) -> tuple[list[str], list[str]]:
    """What ``again`` computes of these entries, and what it does not."""
    whole = [entry for entry in entries if entry["inputs"] is not None]
    left_out = [] if len(whole) == len(entries) else [f"{len(entries) - len(whole)} series without recorded returns"]
    return sorted({name for entry in whole for name in entry["output"]}), [
        *left_out,
        "the returns' making out of prices",
        "the fit of the parameters, which are recorded",
    ]
