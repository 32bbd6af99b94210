"""The cheap model of the settings: an engine of its own next to the one that serves, and the bar that its answers have to reach."""

from __future__ import annotations

import json
import math
from dataclasses import replace

from finfoundry.ask.cheap_first import CheapModel
from finfoundry.ask.compose.confidence import Calibration
from finfoundry.base.llama import own_model
from finfoundry.core.errors import SettingsError
from finfoundry.governance.recorder import Recorder
from finfoundry.release.engine import EngineOnDemand
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor

PROCESS = "cheap"  # the child and its socket


def cheap_model(settings: Settings, supervisor: Supervisor, recorder: Recorder, calibration: Calibration) -> CheapModel | None:
    """None where the settings name none, or where none of its answers was sure enough. It starts at its first call. Raises SettingsError
    for a file that `finfoundry cascade` did not write, or wrote for another model.
    """
    if not settings.cheap_model:
        return None
    bar, silence = _bar(settings)
    if math.isinf(bar) and not silence:
        return None
    own = settings.model_copy(update={"model": settings.cheap_model, "engine": "llama", "engine_url": None})
    engine = EngineOnDemand(own, supervisor, lambda: replace(own_model(own), process=PROCESS))
    return CheapModel(recorder.beside(engine), bar, calibration, silence)


def _bar(settings: Settings) -> tuple[float, bool]:
    path, remedy = settings.cascade, "Write it by finfoundry cascade CHEAP DEAR --out FILE, of runs of these models"
    try:
        stage = json.loads(path.read_text("utf-8"))["stages"][-2] if path else {}
        model, bar, silence = stage["model"], stage["bar"], stage.get("silence", False)
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise SettingsError(f"FINFOUNDRY_CASCADE names no bars for {settings.cheap_model}: {path}", remedy=remedy) from error
    if model not in (None, settings.cheap_model):
        raise SettingsError(f"the bar of {path} is one of {model}, not of {settings.cheap_model}", remedy=remedy)
    return math.inf if bar is None else float(bar), bool(silence)
