"""The model that plans questions: a base of the catalogue with the planner's adapter, in a child of its own beside the chat model."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

from finfoundry.base.catalogue import catalogue, model_folder
from finfoundry.base.llama import Served
from finfoundry.core.errors import ModelError, SettingsError
from finfoundry.runtime.settings import Settings

SHIPPED = "planner"  # the name of the adapter that comes with the product, where one does
PROCESS = "planner"  # of the child, and its socket
MANIFEST = "manifest.json"
FOLDER = "planners"  # of the home: NAME/NAME.gguf with its manifest.json


def planner_model(settings: Settings) -> Served:
    """What the planner's child runs, as ``settings.planner`` names it.

    Raises:
        SettingsError: the setting is not BASE+NAME.
        ModelError: the base is not on this machine, or no adapter of that name was made for it.
    """
    base, sign, name = settings.planner.partition("+")
    if not sign or not name or base not in catalogue() or catalogue()[base].purpose != "chat":
        remedy = "Set FINFOUNDRY_PLANNER to BASE+NAME, a chat model of the catalogue and an adapter: gemma-3-270m+planner"
        raise SettingsError(f"FINFOUNDRY_PLANNER cannot be {settings.planner!r}", remedy=remedy)
    weights, folder = model_folder(settings, base) / "model.gguf", adapter_folder(settings, name)
    manifest = _manifest(folder, name)
    if manifest["base"] != base:
        remedy = f"Set FINFOUNDRY_PLANNER to {manifest['base']}+{name}"
        raise ModelError(f"the planner {name} was made for {manifest['base']}, not for {base}", remedy=remedy)
    known, pinned = catalogue()[base], catalogue()[base].files["model.gguf"].sha256
    digests = ((str(folder / f"{name}.gguf"), manifest["sha256"]), *([(str(weights), pinned)] if pinned else []))
    return Served(PROCESS, base, weights, folder, known.template, known.chat_template, digests)


def adapter_folder(settings: Settings, name: str) -> Path:
    """The folder of an adapter: in the home, else the one that is shipped."""
    own = settings.home.absolute() / FOLDER / name
    return own if own.is_dir() or name != SHIPPED else Path(str(resources.files("finfoundry.ask").joinpath("data", SHIPPED)))


def _manifest(folder: Path, name: str) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as error:
        remedy = "Run `finfoundry planner install DIR` with the folder of a tuned planner, or leave FINFOUNDRY_PLANNER empty"
        raise ModelError(f"there is no planner {name}", remedy=remedy) from error
    if not {"base", "sha256"} <= set(content) or not (folder / f"{name}.gguf").is_file():
        raise ModelError(f"{folder} holds no whole planner", remedy="Run `finfoundry planner install DIR` again")
    return content
