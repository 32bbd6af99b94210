"""A specialist in production: what came of its scores, and its back-test from that, of whichever family it is."""

from __future__ import annotations

from pathlib import Path

from finfoundry.core.principal import Principal
from finfoundry.specialist_desk import Desk
from finfoundry.specialists import market_outcomes, outcomes
from finfoundry.specialists.market_outcomes import MarketBackTest
from finfoundry.specialists.market_results import MarketRisk
from finfoundry.specialists.outcomes import BackTest, Noted
from finfoundry.specialists.table import read_source


def note_file(desk: Desk, principal: Principal, name: str, path: Path) -> Noted:
    """Record outcomes from a file: id and event; of market risk the series as they are given for scoring. Raises as ``outcomes.note``."""
    made = desk.in_use(principal, name)
    if isinstance(made, MarketRisk):
        return market_outcomes.note_moves(desk.database, principal, name, made, read_source(path))
    return outcomes.note(desk.database, principal, name, outcomes.read_outcomes(path))


def back_test(desk: Desk, principal: Principal, name: str) -> BackTest | MarketBackTest:
    """The version in use against what came of its own recorded scores. Raises NotFound, InputError: too few outcomes."""
    made = desk.in_use(principal, name)
    if isinstance(made, MarketRisk):
        return market_outcomes.production(desk.database, principal, name, made)
    return outcomes.production(desk.database, principal, name)
