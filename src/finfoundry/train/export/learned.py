"""What a run has learned, read back from its folder: new weights, or the changes that an adapter makes to old ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import load_file

from finfoundry.core.encoders.tuned_file import PREFIX
from finfoundry.core.errors import ModelError
from finfoundry.train.base import Base
from finfoundry.train.gguf_file.names import array


@dataclass(frozen=True)
class Adapter:
    """Low-rank pairs by the name of the weight that they change: A (rank, inputs), B (outputs, rank)."""

    pairs: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]
    rank: int
    alpha: float

    def change(self, name: str) -> NDArray[np.float32]:
        """(outputs, inputs), to be added to the weight."""
        a, b = self.pairs[name]
        return (b @ a) * np.float32(self.alpha / self.rank)

    def __iter__(self) -> Iterator[str]:
        return iter(self.pairs)


def read_adapter(folder: Path, base: Base) -> Adapter:
    """Raises ModelError when there is none, or when it was learned on another base."""
    path = folder / "adapter_model.safetensors"
    try:
        config = json.loads((folder / "adapter_config.json").read_text("utf-8"))
        with safe_open(path, "np") as file:
            stated = file.metadata() or {}
        tensors = load_file(path)
    except (OSError, json.JSONDecodeError) as error:
        raise ModelError(f"{folder} holds no adapter ({error})", remedy="Give the folder of a run with weights: lora or qlora") from error
    if stated.get("base_sha256", base.sha256) != base.sha256:
        raise ModelError(
            f"{path} was learned on a base with the SHA-256 {stated['base_sha256'][:12]}…; {base.path} has {base.sha256[:12]}…",
            remedy="Use the base on which it was learned, or tune again on this one",
        )
    pairs = {}
    for name in tensors:
        if name.endswith(".lora_A.weight"):
            stem = name.removesuffix(".lora_A.weight")
            pairs[f"{stem.removeprefix(PREFIX)}.weight"] = (array(tensors[name]), array(tensors[f"{stem}.lora_B.weight"]))
    return Adapter(pairs, int(config["r"]), float(config["lora_alpha"]))


def read_full(folder: Path) -> dict[str, Any]:
    """All weights of a fully tuned model. Raises ModelError."""
    tensors: dict[str, Any] = {}
    for path in sorted(folder.glob("*.safetensors")):
        tensors |= load_file(path)
    if not tensors:
        raise ModelError(f"{folder} holds no weights", remedy="Give the folder that `finfoundry train --out` wrote")
    return tensors
