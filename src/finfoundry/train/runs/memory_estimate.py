"""How much memory a run will take at its peak, from sizes alone. ``benchmarks/training.py memory`` holds it against what runs take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from finfoundry.train import machine
from finfoundry.train.loss import CHUNK
from finfoundry.train.packing import Pack
from finfoundry.train.recipe import Recipe
from finfoundry.train.weights import trainable
from finfoundry.train.weights.trainable import body_weights, output_weights, vocabulary_weights

KEPT = 20  # tensors of a layer's width kept a token for the way back, those of its inner width counted by their ratio
LEARNED = 16  # bytes of a weight that learns: itself, its gradient, two moments, in float32
LOGIT = 8  # bytes of a logit: itself, and its exponential while their sum is taken, in float32
VOCABULARY_GRADIENT = 12  # bytes more of a weight of a vocabulary that learns: gradients of its two uses, and their sum


def memory_needed(recipe: Recipe, config: Any, packs: Sequence[Pack], dtype: torch.dtype, file: int) -> int:
    """Bytes at the peak, with what this process holds already and, on a processor, the base's file of ``file`` bytes, whose pages count
    while they are read.
    """
    width = 4 if dtype == torch.float32 else 2
    weights, parts = trainable(recipe), machine.processes() if recipe.shard else 1
    full = recipe.weights == "full"
    body = weights.stored_bits / 8 if recipe.weights == "qlora" else width
    frozen = 0 if full else body_weights(config) * body + vocabulary_weights(config) * width
    learned = weights.count(config) * LEARNED
    targets = min(CHUNK, max(pack.targets for pack in packs))
    logits = targets * (output_weights(config) // config.hidden_size) * LOGIT
    gradient = output_weights(config) * VOCABULARY_GRADIENT if full else 0
    states = max(pack.tokens for pack in packs) * _kept(recipe, config) * width
    return int((frozen + learned) / parts + states + logits + gradient) + machine.held() + (0 if torch.cuda.is_available() else file)


def _kept(recipe: Recipe, config: Any) -> float:
    """Numbers kept a token: of every layer, or of its input alone and one layer at a time, where states are computed twice."""
    ratio = 1 + 3 * config.intermediate_size / config.hidden_size / 10
    dropped = 1.25 * (6 + config.intermediate_size / config.hidden_size) if recipe.lora.dropout and recipe.weights != "full" else 0.0
    layer = KEPT * ratio + dropped
    layers = config.num_hidden_layers
    return float(config.hidden_size * (layers + layer if recipe.gradient_checkpointing else layers * layer))
