"""What a run will take: tokens, steps, memory, time. From sizes alone, before any weight is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finfoundry.core.errors import SettingsError
from finfoundry.train import machine
from finfoundry.train.packing import Pack, Steps
from finfoundry.train.recipe import Recipe
from finfoundry.train.runs.memory_estimate import memory_needed
from finfoundry.train.weights import trainable
from finfoundry.train.weights.trainable import body_weights, output_weights, vocabulary_weights

USUAL_SHARE = 0.45  # of the peak that a run reaches on a CPU (docs/training.md)


@dataclass(frozen=True)
class TrainingPlan:
    """What one run on this machine needs and has. ``memory_bytes`` and ``seconds`` are estimates."""

    recipe: str
    base: str
    method: str
    weights: str
    precision: str
    rows: int
    tokens: int  # of one epoch
    targets: int
    steps: int
    packs_a_step: int
    filled: float  # share of the packs' room that rows take
    learning_weights: int
    all_weights: int
    memory_bytes: int  # at the peak, with what the process held before
    memory_held: int
    memory_free: int
    disk_bytes: int
    disk_free: int
    peak_flops: float
    seconds: float


class Cost:
    """Floating-point operations of packs, forward and backward, for a model of the given sizes."""

    def __init__(self, recipe: Recipe, config: Any) -> None:
        self.learning = trainable(recipe).count(config)
        self.body, self.vocabulary = body_weights(config), output_weights(config)
        self.full = recipe.weights == "full"
        head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        self.attention = config.num_hidden_layers * config.num_attention_heads * head

    def __call__(self, pack: Pack) -> float:
        """Two operations a weight and token forward, two for the gradient of the inputs, two for that of weights that learn."""
        passes = 6 if self.full else 4
        body = passes * self.body * pack.tokens + (0 if self.full else 6 * self.learning * pack.tokens)
        attention = (
            6 * self.attention * sum(length * length for length in pack.lengths)
        )  # causal: half of 2 products of 2 operations, thrice
        return float(body + attention + passes * self.vocabulary * pack.targets)


def plan(recipe: Recipe, config: Any, order: Steps, rows: int, tokens: int, targets: int, folder: Path, file: int = 0) -> TrainingPlan:
    """``file``: bytes of the base's file. Raises SettingsError where the machine lacks the precision."""
    dtype = machine.precision(recipe.precision, folder)
    cost = Cost(recipe, config)
    first = order.step(0)
    whole = body_weights(config) + vocabulary_weights(config)
    peak = machine.peak(dtype)
    work = sum(cost(pack) for pack in first) * order.steps
    return TrainingPlan(
        recipe=recipe.name, base=recipe.base, method=recipe.method, weights=recipe.weights, precision=str(dtype).removeprefix("torch."),
        rows=rows, tokens=tokens, targets=targets, steps=order.steps, packs_a_step=order.packs,
        filled=round(sum(pack.tokens for pack in first) / (len(first) * recipe.pack), 3), learning_weights=cost.learning, all_weights=whole,
        memory_bytes=memory_needed(recipe, config, first, dtype, file), memory_held=machine.held(), memory_free=machine.memory(),
        disk_bytes=3 * cost.learning * 12 + len(recipe.forms) * whole * 2, disk_free=machine.free_disk(folder),
        peak_flops=round(peak), seconds=round(work / peak / USUAL_SHARE, 1),
    )  # fmt: skip


def check(plan: TrainingPlan) -> None:
    """Raises SettingsError when memory or disk will not suffice."""
    if (wanted := plan.memory_bytes - plan.memory_held) > plan.memory_free:
        raise SettingsError(
            f"about {wanted / 1e9:.1f} GB of memory are needed, {plan.memory_free / 1e9:.1f} GB are free",
            remedy="Lower pack, set gradient_checkpointing, choose weights: lora or qlora, or a smaller base",
        )
    if plan.disk_bytes > plan.disk_free:
        raise SettingsError(
            f"about {plan.disk_bytes / 1e9:.1f} GB of disk are needed, {plan.disk_free / 1e9:.1f} GB are free",
            remedy="Make room, give another --out, or name fewer forms",
        )
