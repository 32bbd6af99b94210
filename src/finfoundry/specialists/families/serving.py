"""The families at work in one home: which one a folder or a version belongs to, and versions loaded once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from finfoundry.core.errors import InputError
from finfoundry.runtime.database import Database
from finfoundry.specialists.families.families import at_work, family_named
from finfoundry.specialists.families.family import Encoders, FamilyServices, Lifecycle
from finfoundry.specialists.lifecycle.registry import Registry
from finfoundry.specialists.models.classifier import Classifier
from finfoundry.specialists.models.specialist import family_of


class Opened(NamedTuple):
    """A specialist that was read from a folder, with the family that it belongs to."""

    lifecycle: Lifecycle[Any]
    made: Any
    name: str

    def classifier(self, what: str) -> Classifier:
        """Raises InputError where there is none: ``what`` says what is asked for of rows."""
        if self.lifecycle.classifier is None:
            raise InputError(f"{what}; {self.lifecycle.family.name} has none")
        return self.lifecycle.classifier


class Families:
    """What was loaded is used until the process ends, since a version never changes."""

    def __init__(self, database: Database, registry: Registry, home: Path, encoders: Encoders | None = None) -> None:
        self._registry, self._home = registry, home
        self.served = lru_cache(maxsize=8)(self._load)
        self._services = FamilyServices(database, registry, self.served, encoders)
        self._at_work: dict[str, Lifecycle[Any]] = {}

    def named(self, name: str) -> Lifecycle[Any]:
        """Raises InputError: there is no such family."""
        if name not in self._at_work:
            self._at_work[name] = at_work(family_named(name), self._services)
        return self._at_work[name]

    def of(self, made: Any) -> Lifecycle[Any]:
        """The family of a specialist."""
        return self.named(made.request.family)

    def open(self, folder: Path) -> Opened:
        """The specialist in a folder, unaltered. Raises NotFound, IntegrityError."""
        lifecycle = self.named(family_of(folder))
        return Opened(lifecycle, lifecycle.load(folder), folder.resolve().name)

    def check_challenger(self, family: str, used: str, other: str) -> None:
        """Raises InputError where two versions cannot be compared."""
        self.named(family).check_challenger(self.served(used), self.served(other))

    def _load(self, version: str) -> Any:
        folder = self._registry.restore(version, self._home / "specialists")
        lifecycle, made, _ = self.open(folder)
        lifecycle.ready(made)
        return made
