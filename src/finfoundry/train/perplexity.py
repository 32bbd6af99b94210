"""How well a model foretells documents that it has not learned."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from finfoundry.train.loss import CausalLoss
from finfoundry.train.packing import RowTokens, fit


def perplexity(module: CausalLoss, rows: Sequence[RowTokens], capacity: int, dtype: torch.dtype) -> float:
    """exp of the mean cross entropy, in nats, of all target tokens."""
    was = module.training
    module.eval()
    total, count = 0.0, 0
    kind = module.model.device.type
    with torch.no_grad(), torch.autocast(kind, dtype, enabled=dtype != torch.float32):
        for pack in fit(rows, capacity):
            total += float(module(pack))
            count += pack.targets
    module.train(was)
    return math.exp(total / count)
