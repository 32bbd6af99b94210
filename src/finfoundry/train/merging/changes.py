"""What a tuned model changed, tensor by tensor, read from its folder, and written as one of the same kind."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from finfoundry.core.errors import InputError
from finfoundry.core.model_files.tuned_file import PREFIX
from finfoundry.train.base import Base
from finfoundry.train.export.learned import read_adapter, read_full
from finfoundry.train.weights.lora import adapter_file

ADAPTER, CONFIG = "adapter_model.safetensors", "adapter_config.json"


@dataclass
class Changes:
    """Of one model. ``rank`` is that of an adapter; None of full weights, from which the base's must be taken first."""

    folder: Path
    names: tuple[str, ...]
    rank: int | None
    _of: Any
    _base: Mapping[str, Tensor]

    def of(self, name: str) -> Tensor | None:
        """(outputs, inputs) of a matrix, (width,) of a norm; None where this model leaves a tensor as it was."""
        if name not in self.names:
            return None
        if self.rank is not None:
            return torch.from_numpy(self._of.change(name))
        tensor: Tensor = self._of[name].float()
        return tensor - self._base[name]

    def length(self, name: str) -> float | None:
        """The root of the mean square of the lengths of an adapter's rows of A; None of what this model leaves as it was."""
        if name not in self.names:
            return None
        a = self._of.pairs[name][0]
        return float(np.linalg.norm(a)) / math.sqrt(len(a))


def read_changes(folder: Path, base: Base, weights: Mapping[str, Tensor]) -> Changes:
    """Of a model's ``adapter`` folder; ``weights`` are the base's, needed for full weights only. Raises ModelError for one of another base,
    InputError for one that learned more than pairs.
    """
    if not (folder / CONFIG).is_file():
        full = read_full(folder)
        return Changes(folder, tuple(full), None, full, weights)
    adapter = read_adapter(folder, base)
    if other := [name for name in load_file(folder / ADAPTER) if ".lora_" not in name]:
        raise InputError(f"{folder} learned {other[0]} besides its pairs", remedy="Adapters with heads of their own are not merged")
    if adapter.dora:
        raise InputError(f"{folder} has lengths of its own (DoRA), which are no change that adds up", remedy="Merge adapters without them")
    return Changes(folder, tuple(adapter), adapter.rank, adapter, {})


def write_adapter(like: Path, folder: Path, factors: Iterator[tuple[str, Tensor, Tensor]], rank: int, base: Base) -> None:
    """PEFT's layout, with the configuration of another adapter and its scale. ``factors``: name, A (rank, inputs), B (outputs, rank)."""
    config = json.loads((like / CONFIG).read_text("utf-8"))
    scale = read_adapter(like, base).scale
    tensors: dict[str, Tensor] = {}
    for name, a, b in factors:
        stem = f"{PREFIX}{name.removesuffix('.weight')}"
        tensors[f"{stem}.lora_A.weight"], tensors[f"{stem}.lora_B.weight"] = a.contiguous(), (b / scale).contiguous()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ADAPTER).write_bytes(adapter_file(tensors, {"base_sha256": base.sha256, "format": "pt"}))
    targets = sorted({name.split(".")[-2] for name in (key.removeprefix(PREFIX).rsplit(".lora_", 1)[0] + ".weight" for key in tensors)})
    config |= {"r": rank, "lora_alpha": alpha_of(scale, rank, rslora=bool(config.get("use_rslora"))), "target_modules": targets}
    (folder / CONFIG).write_text(json.dumps(config, indent=1), "utf-8")


def alpha_of(scale: float, rank: int, *, rslora: bool) -> float:
    """The alpha that gives a scale at a rank."""
    return scale * (math.sqrt(rank) if rslora else rank)


def write_full(like: Path, folder: Path, tensors: Mapping[str, Tensor]) -> None:
    """The layout of transformers, with the sizes and tokenizer of another model."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in like.iterdir():
        if path.is_file() and ".safetensors" not in path.name:
            shutil.copyfile(path, folder / path.name)
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, folder / "model.safetensors", {"format": "pt"})


def factored(change: Tensor, rank: int, bound: int | None, length: float = 1.0) -> tuple[Tensor, Tensor, float]:
    """A (rank, inputs) with rows of a length, B (outputs, rank), the share of the change's squares that they hold: the best pair of this
    rank (Eckart and Young, 1936). ``bound``: the rank of the change where it is known, which makes this cheap.

    A direction that the change has not keeps its row of A: with B at zero it can still learn. How far a step of one learning rate moves the
    product depends on ``length``: what is to be learned on needs that of an adapter from which it comes.
    """
    most = min(change.shape)
    if bound is not None and bound + 8 < most:
        torch.manual_seed(0)  # a random beginning that does not matter: the rank is known
        left, sizes, right = torch.svd_lowrank(change, q=max(bound, rank) + 8, niter=2)
        right = right.T
    else:
        left, sizes, right = torch.linalg.svd(change, full_matrices=False)
    if rank > most:
        raise InputError(f"a tensor of {tuple(change.shape)} has no rank of {rank}", remedy="Lower the rank")
    total = float((change**2).sum())
    kept = float((sizes[:rank] ** 2).sum()) / total if total else 1.0
    return right[:rank] * length, left[:, :rank] * sizes[:rank] / length, min(kept, 1.0)
