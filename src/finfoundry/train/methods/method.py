"""A method: its rows and its step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from finfoundry.train.base import Base
from finfoundry.train.checkpoint import RunIdentity
from finfoundry.train.data.material import Material
from finfoundry.train.loop import Step
from finfoundry.train.loss import CausalLoss
from finfoundry.train.packing import Order, Pack, RowTokens, Steps
from finfoundry.train.recipe import Recipe
from finfoundry.train.rewards.reward import Reward
from finfoundry.train.sampling.engine_sampler import TokenEngine


@dataclass(frozen=True)
class Start:
    """A run before its first step, as a method may need to see it. The module holds the weights that the run began with, whether it is new
    or goes on.
    """

    recipe: Recipe
    base: Base
    rows: Sequence[RowTokens]
    order: Steps
    learned: Mapping[str, Tensor]
    folder: Path
    identity: RunIdentity
    dtype: torch.dtype
    material: Material
    rewards: Mapping[str, Reward] = field(default_factory=dict)  # that are passed in from above, by name
    engine: Callable[[Base, Recipe], TokenEngine] | None = None  # starts one that samples, where there is one


def packed(rows: Sequence[RowTokens], recipe: Recipe) -> Steps:
    """Rows side by side in packs, in an order drawn by the seed."""
    return Order(rows, recipe.pack, recipe.packs, recipe.epochs, recipe.seed)


def as_planned(_: Any, start: Start) -> Steps:
    """What was planned is what is trained on."""
    return start.order


def nothing_told(*_: Any) -> dict[str, float]:
    return {}


@dataclass(frozen=True)
class Method:
    """``rows(material, tokenizer, recipe)`` are what is learned, ``step(module, pack)`` how, ``module(model)`` what the step is called
    with. A method to come brings its own.

    ``order(rows, recipe)`` says what a run will take. ``begin(module, start)`` prepares what the step needs besides the weights, and says
    which packs make up which step; ``finish(module, start)`` measures what was learned, and writes beside the weights what goes with them.
    """

    rows: Callable[[Material, Any, Recipe], list[RowTokens]]
    step: Step
    module: Callable[[Any], nn.Module] = CausalLoss
    order: Callable[[Sequence[RowTokens], Recipe], Steps] = packed
    begin: Callable[[Any, Start], Steps] = as_planned
    finish: Callable[[Any, Start], dict[str, float]] = nothing_told


def summed_loss(module: nn.Module, pack: Pack) -> Tensor:
    """The summed loss of the pack as the module computes it, a scalar: of a language model the cross entropy of each target token given
    those before it in its row.
    """
    loss: Tensor = module(pack)
    return loss
