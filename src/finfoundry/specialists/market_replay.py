"""Forecasts of market risk computed again from the returns in their record."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from finfoundry.core.audit import canonical, plain
from finfoundry.specialists.market_risk import MarketRisk, possible_today
from finfoundry.specialists.replay import Entry


def again(specialist: MarketRisk, entries: Sequence[Entry]) -> list[str]:
    """Series of which any forecast, stress, warning or reason comes out otherwise from the recorded returns."""
    different = []
    for entry in entries:
        if (kept := entry["inputs"]) is None:
            continue
        new = possible_today(specialist, entry["id"], kept["date"], np.array(kept["returns"], dtype=np.float64), kept["shocks"])
        if json.loads(canonical(plain(new))) != entry["output"]:
            different.append(str(entry["id"]))
    return different


def covered(entries: Sequence[Entry]) -> tuple[list[str], list[str]]:
    """What ``again`` computes of these entries, and what it does not."""
    whole = [entry for entry in entries if entry["inputs"] is not None]
    left_out = [] if len(whole) == len(entries) else [f"{len(entries) - len(whole)} series without recorded returns"]
    return sorted({name for entry in whole for name in entry["output"]}), [*left_out, "the returns' making out of prices"]
