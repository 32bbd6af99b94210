"""Low-rank adaptation (Hu et al., 2021, arXiv 2106.09685): W stays, and W + alpha/rank B A acts. B begins at zero."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, inject_adapter_in_model
from torch import Tensor

from finfoundry.core.errors import SettingsError
from finfoundry.train.base import Base
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
            target_modules=list(self._targets(base.config)),
            task_type=None if is_encoder(base.config) else "CAUSAL_LM",
        )
        adapted = inject_adapter_in_model(config, model)
        for weight in whole:
            weight.requires_grad_(True)
        return adapted

    def learned(self, model: Any) -> dict[str, Tensor]:
        """The adapters' A, shape (rank, inputs), and B, shape (outputs, rank), and the weights that learn whole, by name."""
        return {name: weight for name, weight in model.named_parameters() if weight.requires_grad}

    def save(self, model: Any, base: Base, folder: Path) -> None:
        """PEFT's layout: adapter_config.json and adapter_model.safetensors; vLLM and transformers read it."""
        from safetensors.torch import save_file

        folder.mkdir(parents=True, exist_ok=True)
        tensors = {f"base_model.model.{_plain(name)}": weight.detach().contiguous() for name, weight in self.learned(model).items()}
        save_file(tensors, folder / "adapter_model.safetensors", {"format": "pt", "base_sha256": base.sha256})
        config = dataclasses.replace(model.peft_config["default"], base_model_name_or_path=base.name, inference_mode=True)
        config.save_pretrained(str(folder))

    def count(self, config: Any) -> int:
        shapes = linear_shapes(config)
        return int(
            config.num_hidden_layers * sum(self.recipe.lora.rank * sum(shapes[name]) for name in self._targets(config) if name in shapes)
        )

    def _targets(self, config: Any) -> tuple[str, ...]:
        targets = self.recipe.lora.targets
        return tuple(linear_shapes(config)) if targets == "all-linear" else tuple(targets)


def _plain(name: str) -> str:
    """PEFT's file leaves out the name of the adapter."""
    return name.replace(".default.", ".")
