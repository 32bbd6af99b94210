"""A recipe on another base: the learning rate follows the width of the base, a step follows the rows instead of their tokens."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from finfoundry.core.errors import InputError
from finfoundry.train.recipe import Recipe
from finfoundry.train.weights.trainable import is_encoder

# The best rates found over many bases (Schulman et al., 2025, "LoRA Without Regret"): FULL times TIMES for an adapter, times a power of
# WIDTH over the base's own.
FULL, TIMES, WIDTH = 5e-5, 10.0, 2000
POWER, POWERS = 0.781, {"qwen2": 0.0775, "qwen3": 0.0775}  # of Llama, and of the architectures that differ from it


@dataclass(frozen=True)
class LearnedOn:
    """A base by its sizes, and how long the rows of a recipe are in its words, in tokens."""

    config: Any
    mean: float
    longest: int = 0


def usual_rate(recipe: Recipe, config: Any) -> float:
    """The learning rate for a base of such sizes. Raises InputError for an encoder, of which no rule is known."""
    if is_encoder(config):
        raise InputError(
            f"{recipe.name}: no rule is known for the learning rate of an encoder",
            remedy="Write a number, or search: --over learning_rate=…",
        )
    kind = str(config.model_type).removesuffix("_text")
    rate = FULL * (1.0 if recipe.weights == "full" else TIMES) * (WIDTH / config.hidden_size) ** POWERS.get(kind, POWER)
    return float(f"{rate:.2e}")


def with_rate(recipe: Recipe, config: Any) -> Recipe:
    """The recipe with a number where it says ``learning_rate: auto``."""
    return recipe if recipe.learning_rate else recipe.model_copy(update={"learning_rate": usual_rate(recipe, config)})


def carried(recipe: Recipe, before: LearnedOn, now: LearnedOn) -> Recipe:
    """The recipe that was learned on one base, for another.

    The same rows are fewer tokens where a template says less around them: packs of as many tokens would hold more rows, and a run take
    fewer steps. So a pack holds as many rows as before, and the context what it held.
    """
    longer = now.mean / before.mean
    context = max(math.ceil(recipe.context * max(1.0, longer)), now.longest if recipe.data.too_long == "refuse" else 0)
    told: dict[str, Any] = {"context": context, "pack": max(context, round(recipe.pack * longer))}
    if not (is_encoder(before.config) or is_encoder(now.config)):
        change = usual_rate(recipe, now.config) / usual_rate(recipe, before.config)
        told["learning_rate"] = float(f"{recipe.learning_rate * change:.2e}")
    return recipe.model_copy(update=told)
