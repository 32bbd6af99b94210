"""A method: its rows and its step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from finfoundry.train.data.material import Material
from finfoundry.train.loop import Step
from finfoundry.train.packing import Pack, RowTokens
from finfoundry.train.recipe import Recipe


@dataclass(frozen=True)
class Method:
    """``rows(material, tokenizer, recipe)`` are what is learned, ``step(module, pack)`` how. A method to come brings its own step."""

    rows: Callable[[Material, Any, Recipe], list[RowTokens]]
    step: Step


def next_token(module: nn.Module, pack: Pack) -> Tensor:
    """The summed cross entropy, a scalar, of each target token given those before it in its row."""
    loss: Tensor = module(pack)
    return loss
