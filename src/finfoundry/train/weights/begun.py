"""To begin where another run, or a merge, ended: what was learned is read into the weights that learn."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor

from finfoundry.core.errors import ModelError
from finfoundry.train.base import Base
from finfoundry.train.recipe import Recipe

ADAPTER, CONFIG, PREFIX = "adapter_model.safetensors", "adapter_config.json", "base_model.model."


def load_learned(folder: Path, base: Base, learned: Mapping[str, Tensor], recipe: Recipe) -> None:
    """Copy the tensors in a folder of learned weights into those that learn, in place. Raises ModelError where they do not fit: another
    base, other targets, another rank or scale.
    """
    found: dict[str, Tensor] = {}
    stated: dict[str, str] = {}
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, "pt") as file:
            stated |= file.metadata() or {}
            found |= {name.removeprefix(PREFIX): file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  no mapping
    if stated.get("base_sha256", base.sha256) != base.sha256:
        raise ModelError(f"{folder} was learned on another base than {base.name}", remedy="Begin with what was learned on this one")
    if recipe.weights != "full" and scale_of(folder) != recipe.lora.alpha / recipe.lora.rank:
        raise ModelError(f"{folder} has another scale than the recipe", remedy=f"Set lora.alpha to {scale_of(folder):g} times lora.rank")
    named = {name.replace(".default.", "."): weight for name, weight in learned.items()}
    if strange := [name for name, weight in named.items() if name not in found or found[name].shape != weight.shape]:
        raise ModelError(
            f"{folder} does not fit the recipe: {min(strange)} is absent or of another shape",
            remedy="Give the recipe the weights, targets and rank with which it was learned",
        )
    with torch.no_grad():
        for name, weight in named.items():
            weight.copy_(found[name])


def scale_of(folder: Path) -> float:
    """What the product of an adapter's B and A is multiplied by. Raises ModelError."""
    try:
        config = json.loads((folder / CONFIG).read_text("utf-8"))
        return float(config["lora_alpha"]) / float(config["r"])
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{folder} holds no adapter ({error})", remedy="Give the folder `adapter` of a tuned model") from error
