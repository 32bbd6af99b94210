"""Low-rank adaptation (Hu et al., 2021, arXiv 2106.09685): W stays, and W + alpha/rank B A acts. B begins at zero."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, inject_adapter_in_model
from safetensors.torch import save
from torch import Tensor

from finfoundry.core.errors import ModelError, SettingsError
from finfoundry.core.model_files.tuned_file import PREFIX
from finfoundry.train.base import Base
from finfoundry.train.export.learned import read_adapter
from finfoundry.train.weights.trainable import Trainable, is_encoder, linear_shapes


class LowRank(Trainable):
    stored_bits = 16.0

    def open(self, base: Base, dtype: torch.dtype) -> Any:
        return self.attach(base.model(dtype), base)

    def attach(self, model: Any, base: Base) -> Any:
        """Adapters on every chosen linear map, drawn by the recipe's seed. Raises SettingsError for an unknown target."""
        lora = self.recipe.lora
        if unknown := set(self._targets(base.config)) - set(linear_shapes(base.config)):
            raise SettingsError(
                f"lora.targets: {sorted(unknown)[0]} is no linear map of {base.name}", remedy=", ".join(linear_shapes(base.config))
            )
        torch.manual_seed(self.recipe.seed)
        whole = [weight for name, weight in model.named_parameters() if name.startswith(base.whole)]
        config = LoraConfig(
            r=lora.rank,
            lora_alpha=lora.alpha,
            lora_dropout=lora.dropout,
            use_rslora=lora.rslora,
            use_dora=lora.dora,
            target_modules=list(self._targets(base.config)),
            task_type=None if is_encoder(base.config) else "CAUSAL_LM",
        )
        adapted = inject_adapter_in_model(config, model)
        for weight in whole:
            weight.requires_grad_(True)
        for weight in self.learned(adapted).values():
            weight.data = weight.data.float()  # those of a base in bf16 would be, too, and small steps be lost
        return adapted

    def begin(self, model: Any, base: Base, folder: Path) -> str:
        """Put an adapter that was learned before into a fresh ``open``; returns the SHA-256 of its file.

        Raises ModelError for one of another base, or of other sizes than the recipe gives.
        """
        adapter = read_adapter(folder, base)
        mine = {_plain(name): weight for name, weight in self.learned(model).items()}
        theirs = {name.removeprefix(PREFIX): tensor for name, tensor in adapter.tensors.items()}
        wanted = (self.recipe.lora.rank, self.recipe.lora.alpha, self.recipe.lora.rslora, self.recipe.lora.dora)
        if wanted != (adapter.rank, adapter.alpha, adapter.rslora, adapter.dora) or mine.keys() != theirs.keys():
            raise ModelError(
                f"the adapter {folder} has rank {adapter.rank}, alpha {adapter.alpha:g} and {len(theirs)} tensors: not those of the recipe"
                f" {self.recipe.name}",
                remedy="Give the recipe the keys under lora with which it was learned",
            )
        if other := [name for name, weight in mine.items() if weight.shape != theirs[name].shape]:
            sizes, here = tuple(theirs[other[0]].shape), tuple(mine[other[0]].shape)
            raise ModelError(
                f"the adapter {folder} was learned on a base of other sizes: {other[0]} is {sizes}, {here} for {base.name}",
                remedy="Use the base on which it was learned, or tune again on this one",
            )
        with torch.no_grad():
            for name, weight in mine.items():
                weight.copy_(torch.from_numpy(theirs[name]))
        return adapter.sha256

    def learned(self, model: Any) -> dict[str, Tensor]:
        """The adapters' A, shape (rank, inputs), and B, shape (outputs, rank), and the weights that learn whole, by name."""
        return {name: weight for name, weight in model.named_parameters() if weight.requires_grad}

    def save(self, model: Any, base: Base, folder: Path) -> None:
        """PEFT's layout: adapter_config.json and adapter_model.safetensors; vLLM and transformers read it."""
        folder.mkdir(parents=True, exist_ok=True)
        tensors = {f"{PREFIX}{_plain(name)}": weight.detach().contiguous() for name, weight in self.learned(model).items()}
        (folder / "adapter_model.safetensors").write_bytes(adapter_file(tensors, {"base_sha256": base.sha256, "format": "pt"}))
        config = dataclasses.replace(model.peft_config["default"], base_model_name_or_path=base.name, inference_mode=True)
        config.target_modules = sorted(self._targets(base.config))  # PEFT keeps a set: another order in each process
        config.save_pretrained(str(folder))

    def count(self, config: Any) -> int:
        shapes = linear_shapes(config)
        return int(
            config.num_hidden_layers
            * sum(
                self.recipe.lora.rank * sum(shapes[name]) + self.recipe.lora.dora * shapes[name][0]
                for name in self._targets(config)
                if name in shapes
            )
        )

    def _targets(self, config: Any) -> tuple[str, ...]:
        targets = self.recipe.lora.targets
        return tuple(linear_shapes(config)) if targets == "all-linear" else tuple(targets)


def _plain(name: str) -> str:
    """PEFT's file leaves out the name of the adapter, and of a vector of lengths what it is."""
    return name.replace("magnitude_vector.default.weight", "magnitude_vector").replace(".default.", ".")


def adapter_file(tensors: dict[str, Tensor], about: dict[str, str]) -> bytes:
    """A safetensors file. The library writes what it is ``about`` in another order in each process: here equal runs give equal bytes."""
    data = save(tensors, about)
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    header["__metadata__"] = dict(sorted(about.items()))
    return data[:8] + json.dumps(header, separators=(",", ":")).encode().ljust(length) + data[8 + length :]
