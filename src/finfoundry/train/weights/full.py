"""All weights learn. They are kept in float32 and multiplied in ``dtype``, so that small steps are not lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from finfoundry.train.base import Base
from finfoundry.train.weights.trainable import Trainable, body_weights, vocabulary_weights


class Full(Trainable):
    stored_bits = 0  # nothing is frozen

    def open(self, base: Base, dtype: torch.dtype) -> Any:  # noqa: ARG002  the loop multiplies in it
        return base.model(torch.float32)

    def learned(self, model: Any) -> dict[str, Tensor]:
        """Every weight by name, each in its shape in the model."""
        return dict(model.named_parameters())  # a vocabulary shared by input and output is in it once

    def save(self, model: Any, base: Base, folder: Path) -> None:
        model.save_pretrained(folder, state_dict={name: weight.detach() for name, weight in self.learned(model).items()})
        base.save_tokenizer(folder)

    def count(self, config: Any) -> int:
        return body_weights(config) + vocabulary_weights(config)
