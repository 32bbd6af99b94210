"""What is in use, loaded from the registry."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from finfoundry.core.database import Database
from finfoundry.specialists import market_risk, specialist
from finfoundry.specialists.families import MARKET_RISK, classifier
from finfoundry.specialists.intake import Intake
from finfoundry.specialists.market_results import MarketRisk
from finfoundry.specialists.registry import Registry
from finfoundry.specialists.score import past_of
from finfoundry.specialists.specialist import Specialist, family_of


class Loader:
    """Specialists by version; what was loaded is used until the process ends, since a version never changes."""

    def __init__(self, registry: Registry, home: Path) -> None:
        self._registry, self._home = registry, home
        self.load = lru_cache(maxsize=8)(self._load)

    def _load(self, version: str) -> Specialist | MarketRisk:
        folder = self._registry.restore(version, self._home / "specialists")
        if family_of(folder) == MARKET_RISK:
            return market_risk.load(folder)
        made = specialist.load(folder)
        past_of(classifier(made.request.family), made)
        return made


def intake(database: Database, home: Path) -> Intake:
    """Of a process that does nothing else with specialists."""
    registry = Registry(database)
    return Intake(database, registry, Loader(registry, home).load)
