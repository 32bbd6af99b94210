"""Engines that are no child process of the home, by the name that the settings give."""

from __future__ import annotations

from collections.abc import Callable

from finfoundry.base.openai import OpenAIEngine
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.errors import SettingsError
from finfoundry.core.plugins import offered, plugins
from finfoundry.core.protocols import Engine
from finfoundry.runtime.settings import Settings

SAYS = "NOT FOUND"  # the scripted engine: what a model says that finds no answer in the passages


def _openai(settings: Settings) -> Engine:
    if not settings.engine_url:
        raise SettingsError("the engine openai has no address", remedy="Set FINFOUNDRY_ENGINE_URL")
    key = settings.engine_key.get_secret_value() if settings.engine_key else None
    return OpenAIEngine(settings.engine_url, settings.model, key=key)


def _scripted(settings: Settings) -> Engine:
    """Finds nothing, so that rules and facts alone answer: for trying the product without weights."""
    return ScriptedEngine([("", SAYS)], model=settings.model)


def _none(_: Settings) -> Engine:
    raise SettingsError("this home has no chat model (FINFOUNDRY_ENGINE=none)", remedy="Leave FINFOUNDRY_ENGINE out, or name another")


ENGINES: dict[str, Callable[[Settings], Engine]] = {"none": _none, "openai": _openai, "scripted": _scripted}


def engine_elsewhere(settings: Settings) -> Engine:
    """The engine that the settings name. Raises SettingsError for a name that nobody offers."""
    name = "openai" if settings.engine == "llama" else settings.engine
    if name in ENGINES:
        return ENGINES[name](settings)
    if name not in offered("engines"):
        known = ", ".join(["llama", *ENGINES, *offered("engines")])
        raise SettingsError(f"there is no engine {name}", remedy=f"Set FINFOUNDRY_ENGINE to one of {known}")
    found: Engine = plugins("engines")[name](settings)
    return found
