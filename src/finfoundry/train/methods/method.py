"""A method: its rows and its step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from finfoundry.train.data.material import Material
from finfoundry.train.loop import Step
from finfoundry.train.loss import CausalLoss
from finfoundry.train.packing import Pack, RowTokens
from finfoundry.train.recipe import Recipe


@dataclass(frozen=True)
class Method:
    """``rows(material, tokenizer, recipe)`` are what is learned, ``step(module, pack)`` how, ``module(model)`` what the step is called
    with. A method to come brings its own.
    """

    rows: Callable[[Material, Any, Recipe], list[RowTokens]]
    step: Step
    module: Callable[[Any], nn.Module] = CausalLoss


def summed_loss(module: nn.Module, pack: Pack) -> Tensor:
    """The summed loss of the pack as the module computes it, a scalar: of a language model the cross entropy of each target token given
    those before it in its row.
    """
    loss: Tensor = module(pack)
    return loss
