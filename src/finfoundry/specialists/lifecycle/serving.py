"""What is in use, loaded from the registry."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from finfoundry.runtime.database import Database
from finfoundry.specialists.families.families import MARKET_RISK, classifier
from finfoundry.specialists.lifecycle import market_risk
from finfoundry.specialists.lifecycle.payment_intake import PaymentIntake
from finfoundry.specialists.lifecycle.registry import Registry
from finfoundry.specialists.market.market_results import MarketRisk
from finfoundry.specialists.models import specialist
from finfoundry.specialists.models.specialist import Specialist, family_of
from finfoundry.specialists.scoring.score import past_of


class SpecialistLoader:
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


def intake(database: Database, home: Path) -> PaymentIntake:
    """Of a process that does nothing else with specialists."""
    registry = Registry(database)
    return PaymentIntake(database, registry, SpecialistLoader(registry, home).load)
