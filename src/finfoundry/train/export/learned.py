"""What a run has learned, read back from its folder: new weights, or the changes that an adapter makes to old ones."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.torch import load_file

from finfoundry.core.errors import ModelError
from finfoundry.core.model_files.tuned_file import PREFIX, learned_on, read_safetensors
from finfoundry.train.base import Base

# Keys of PEFT's configuration that say nothing of what an adapter does to a weight, or that are read here.
READ = {"r", "lora_alpha", "use_rslora", "use_dora", "peft_type", "init_lora_weights"}
SILENT = {
    "task_type", "auto_mapping", "peft_version", "base_model_name_or_path", "revision", "inference_mode", "target_modules", "lora_dropout",
    "exclude_modules", "layers_to_transform", "layers_pattern", "megatron_core", "qalora_group_size", "ensure_weight_tying",
}  # fmt: skip
FROM_NOTHING = (None, True, False, "gaussian", "orthogonal")  # beginnings of A and B that leave the base as it is


@dataclass(frozen=True)
class Adapter:
    """Low-rank pairs by the name of the weight that they change: A (rank, inputs), B (outputs, rank); of DoRA the lengths (outputs,) of the
    rows of the weights that result. ``tensors`` are those of its file.
    """

    pairs: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]
    rank: int
    alpha: float
    rslora: bool = False
    lengths: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    tensors: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    sha256: str = ""  # of its file

    @property
    def dora(self) -> bool:
        return bool(self.lengths)

    @property
    def scale(self) -> float:
        """What B A is multiplied by."""
        return self.alpha / (math.sqrt(self.rank) if self.rslora else self.rank)

    def change(self, name: str) -> NDArray[np.float32]:
        """(outputs, inputs), to be added to the weight; of DoRA before its rows are given their lengths."""
        a, b = self.pairs[name]
        return (b @ a) * np.float32(self.scale)

    def applied(self, name: str, weight: NDArray[np.float32]) -> NDArray[np.float32]:
        """The weight (outputs, inputs) as it is with the adapter; of DoRA by equation 5 of Liu et al. (2024, arXiv 2402.09353)."""
        changed: NDArray[np.float32] = weight + self.change(name)
        if name not in self.lengths:
            return changed
        factors: NDArray[np.float32] = self.lengths[name] / np.linalg.norm(changed, axis=1)
        return changed * factors[:, None]

    def __iter__(self) -> Iterator[str]:
        return iter(self.pairs)


def read_adapter(folder: Path, base: Base) -> Adapter:
    """Its numbers as float32. Raises ModelError when there is none, when it was learned on another base, or when it does what is not done
    here.
    """
    path = folder / "adapter_model.safetensors"
    try:
        config = json.loads((folder / "adapter_config.json").read_text("utf-8"))
        stated, data = learned_on(folder), path.read_bytes()
        tensors, digest = read_safetensors(data), hashlib.sha256(data).hexdigest()
    except (OSError, ValueError, KeyError, TypeError) as error:  # no file, none of JSON or of tensors, numbers of a kind that is not read
        raise ModelError(f"{folder} holds no adapter ({error})", remedy="Give the folder of a run with weights: lora or qlora") from error
    if stated not in ("", base.sha256):
        raise ModelError(
            f"{path} was learned on a base with the SHA-256 {stated[:12]}…; {base.path} has {base.sha256[:12]}…",
            remedy="Use the base on which it was learned, or tune again on this one",
        )
    check_config(config, folder)
    pairs, lengths = {}, {}
    for name in tensors:
        stem, _, part = name.removeprefix(PREFIX).partition(".lora_")
        if part == "A.weight":
            pairs[f"{stem}.weight"] = (tensors[name], tensors[name.replace(".lora_A.", ".lora_B.")])
        elif part == "magnitude_vector":
            lengths[f"{stem}.weight"] = tensors[name]
    return Adapter(
        pairs, int(config["r"]), float(config["lora_alpha"]), bool(config.get("use_rslora")), lengths, tensors, digest,
    )  # fmt: skip


def check_config(config: dict[str, Any], folder: Path) -> None:
    """Raises ModelError naming a key of PEFT's configuration by which the adapter would be read wrongly."""
    strange = [key for key, value in config.items() if key not in READ | SILENT and value not in (None, False, {}, [], "none")]
    strange += [key for key in ("peft_type",) if config.get(key, "LORA") != "LORA"]
    strange += [key for key in ("init_lora_weights",) if config.get(key) not in FROM_NOTHING]
    if strange:
        raise ModelError(
            f"{folder} has {strange[0]}: {config[strange[0]]!r} in its adapter_config.json, which is not read here",
            remedy="Merge the adapter with PEFT (merge_and_unload), or tune it without that key",
        )


def read_full(folder: Path) -> dict[str, Any]:
    """All weights of a fully tuned model. Raises ModelError."""
    tensors: dict[str, Any] = {}
    for path in sorted(folder.glob("*.safetensors")):
        tensors |= load_file(path)
    if not tensors:
        raise ModelError(f"{folder} holds no weights", remedy="Give the folder that `finfoundry train --out` wrote")
    return tensors
