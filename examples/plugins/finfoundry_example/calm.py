"""A method of training: rows of instructions, with a loss that is weighted: a smaller step for the same rate."""

from __future__ import annotations

from torch import Tensor, nn

from finfoundry.train.methods import METHODS, Method, summed_loss
from finfoundry.train.packing import Pack

WEIGHT = 0.95


def step(module: nn.Module, pack: Pack) -> Tensor:
    """The loss of the next token, weighted."""
    return WEIGHT * summed_loss(module, pack)


METHOD = Method(METHODS["instruct"].rows, step)
