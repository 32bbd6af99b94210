"""What full and low-rank weights have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from finfoundry.train.base import Base
from finfoundry.train.recipe import Recipe


class Trainable(ABC):
    """Opens a base so that some of its weights learn, and knows which tensors make up what was learned."""

    stored_bits: float  # a frozen weight takes so many bits of memory

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe

    @abstractmethod
    def open(self, base: Base, dtype: torch.dtype) -> Any:
        """The model; those of its weights that learn require a gradient and are float32. ``dtype`` is what products are computed in."""

    @abstractmethod
    def learned(self, model: Any) -> dict[str, Tensor]:
        """The weights that training changed, by name, in the model's shapes; loaded into a fresh ``open`` they give the same model."""

    @abstractmethod
    def save(self, model: Any, base: Base, folder: Path) -> None:
        """Write what was learned, in the layout of the field, into an empty folder."""

    @abstractmethod
    def count(self, config: Any) -> int:
        """How many weights learn, from the sizes alone."""


def linear_shapes(config: Any) -> dict[str, tuple[int, int]]:
    """(outputs, inputs) of the linear maps in one layer."""
    width, inner = config.hidden_size, config.intermediate_size
    if is_encoder(config):
        square = dict.fromkeys(("query", "key", "value", "attention.output.dense"), (width, width))
        return square | {"intermediate.dense": (inner, width), "output.dense": (width, inner)}
    head = getattr(config, "head_dim", None) or width // config.num_attention_heads
    asking, asked = config.num_attention_heads * head, config.num_key_value_heads * head
    attention = {"q_proj": (asking, width), "k_proj": (asked, width), "v_proj": (asked, width), "o_proj": (width, asking)}
    if getattr(config, "experts", 0):  # whose maps are no linear ones by themselves
        return attention
    return attention | {"gate_proj": (inner, width), "up_proj": (inner, width), "down_proj": (width, inner)}


def is_encoder(config: Any) -> bool:
    return bool(config.model_type == "bert")


def body_weights(config: Any) -> int:
    """Weights of all layers, without the vocabulary."""
    experts = getattr(config, "experts", 0)
    routed = experts * config.hidden_size * (3 * config.intermediate_size + 1)
    return config.num_hidden_layers * (routed + sum(outputs * inputs for outputs, inputs in linear_shapes(config).values()))  # type: ignore[no-any-return]


def output_weights(config: Any) -> int:
    """Weights of the map from a state to the vocabulary: an encoder has none, and its heads are small."""
    return 0 if is_encoder(config) else int(config.vocab_size * config.hidden_size)


def vocabulary_weights(config: Any) -> int:
    """Weights of the vocabulary: once where input and output share them."""
    return int(config.vocab_size * config.hidden_size * (1 if config.tie_word_embeddings else 2))
