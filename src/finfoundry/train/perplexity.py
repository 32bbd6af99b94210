"""How well a model foretells documents that it has not learned."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from finfoundry.train.development import mean_loss
from finfoundry.train.loss import CausalLoss
from finfoundry.train.packing import RowTokens


def perplexity(module: CausalLoss, rows: Sequence[RowTokens], capacity: int, dtype: torch.dtype) -> float:
    """exp of the mean cross entropy, in nats, of all target tokens."""
    return math.exp(mean_loss(lambda model, pack: model(pack), module, rows, capacity, dtype))
