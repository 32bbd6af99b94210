"""The adapter of the model that plans questions for figures: the release of its slot, or one of development that the settings name."""

from __future__ import annotations

from collections.abc import Collection

from finfoundry.ask.reader.tuned_plan import PLANNER
from finfoundry.base.tuned_adapter import OFF
from finfoundry.core.errors import ModelError
from finfoundry.release.candidate import MODEL
from finfoundry.release.serving import development_adapters
from finfoundry.runtime.settings import Settings


def planner_of(settings: Settings, slots: Collection[str]) -> str | None:
    """Its name in requests; ``slots`` are those in which releases serve. Raises ModelError for one of development that is not loaded."""
    if settings.planner == OFF:
        return None
    if not settings.own_engine:
        return settings.planner or None  # a model of its own there
    if PLANNER in slots:
        return PLANNER
    if settings.planner and (MODEL in slots or settings.planner not in development_adapters(settings)):
        raise ModelError(
            f"FINFOUNDRY_PLANNER names {settings.planner!r}, which is not loaded with the model",
            remedy="Install it (finfoundry adapters install DIR), or release it; beside a released base only releases are loaded",
        )
    return settings.planner or None
