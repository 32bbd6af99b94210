"""A specialist in production: what came of its scores, and its back-test from that, of whichever family it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.specialists.inputs.table import TableSource, read_source
from finfoundry.specialists.lifecycle import market_outcomes, outcomes, shadow
from finfoundry.specialists.lifecycle.market_comparison import MarketComparison, compare_market
from finfoundry.specialists.lifecycle.market_outcomes import MarketBackTest
from finfoundry.specialists.lifecycle.outcomes import Noted, ProductionBackTest
from finfoundry.specialists.lifecycle.shadow import ChallengerComparison
from finfoundry.specialists.market.market_results import MarketRisk
from finfoundry.usecases.run_specialist import Desk


def note_file(desk: Desk, principal: Principal, name: str, path: Path) -> Noted:
    """Record outcomes from a file: id and event; of market risk the series as they are given for scoring. Raises as ``outcomes.note``."""
    made = desk.in_use(principal, name)
    if isinstance(made, MarketRisk):
        return market_outcomes.note_moves(desk.database, principal, name, made, read_source(path))
    return outcomes.note(desk.database, principal, name, outcomes.read_outcomes(path))


def note_moves(desk: Desk, principal: Principal, name: str, rows: Sequence[Mapping[str, Any]]) -> Noted:
    """Record what the series of market risk did, from rows as they are given for scoring. Raises as ``market_outcomes.note_moves``."""
    made = desk.in_use(principal, name)
    if not isinstance(made, MarketRisk):
        raise InputError(f"{name!r} forecasts no series", remedy="Record what came of its rows as outcomes")
    return market_outcomes.note_moves(desk.database, principal, name, made, TableSource("the rows", pd.DataFrame(list(rows)), ""))


def compare(desk: Desk, principal: Principal, name: str) -> ChallengerComparison | MarketComparison:
    """The latest challenger against the version in use, on what both scored and what came. Raises NotFound, InputError: too little."""
    made = desk.in_use(principal, name)
    if isinstance(made, MarketRisk):
        return compare_market(desk.database, principal, name, made)
    return shadow.compare(desk.database, principal, name)


def back_test(desk: Desk, principal: Principal, name: str) -> ProductionBackTest | MarketBackTest:
    """The version in use against what came of its own recorded scores. Raises NotFound, InputError: too few outcomes."""
    made = desk.in_use(principal, name)
    if isinstance(made, MarketRisk):
        return market_outcomes.production(desk.database, principal, name, made)
    return outcomes.production(desk.database, principal, name)
