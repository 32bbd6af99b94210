"""The feed-forward part of a block as experts side by side, of which a router has a few compute each token.

As llama.cpp runs it under the name of Llama: probabilities over all experts, the likeliest few, whose weights are made to add up to one.
While it learns the router is kept from sending all tokens to one expert: experts times the sum over them of the share of tokens that each
gets and the mean probability that it is given, one where all are alike (Fedus et al., 2021, arXiv 2101.03961, equation 4).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, silu

BALANCE = 0.01  # what the balance of the routers weighs against a token's loss


class RoutedMaps(nn.Module):
    """``gate_exps`` and ``up_exps`` are (experts, channels, width), ``down_exps`` (experts, width, channels)."""

    def __init__(self, experts: int, used: int, width: int, channels: int, dtype: torch.dtype) -> None:
        super().__init__()
        self.used = used
        self.router = nn.Linear(width, experts, bias=False, dtype=dtype)
        self.gate_exps = nn.Parameter(torch.empty(experts, channels, width, dtype=dtype))
        self.up_exps = nn.Parameter(torch.empty(experts, channels, width, dtype=dtype))
        self.down_exps = nn.Parameter(torch.empty(experts, width, channels, dtype=dtype))
        self.balance: Tensor | None = None  # of the tokens seen last, a scalar

    def forward(self, states: Tensor) -> Tensor:
        """(…, width) to the same shape."""
        flat = states.reshape(-1, states.shape[-1])
        chosen, shares = self.routed(flat)
        out = torch.zeros_like(flat)
        for expert in range(len(self.gate_exps)):
            rows, places = torch.where(chosen == expert)
            if len(rows):
                out = out.index_add(0, rows, self.expert(expert, flat[rows]) * shares[rows, places, None])
        return out.reshape(states.shape)

    def routed(self, flat: Tensor) -> tuple[Tensor, Tensor]:
        """The experts of each token and what each counts, both (tokens, used); notes how evenly the tokens were spread."""
        likely = self.router(flat).float().softmax(-1)
        shares, chosen = likely.topk(self.used, -1)
        count = likely.shape[1]
        spread = torch.bincount(chosen.reshape(-1), minlength=count) / chosen.numel()
        self.balance = count * (spread * likely.mean(0)).sum()
        return chosen, (shares / shares.sum(-1, keepdim=True)).to(flat.dtype)

    def expert(self, number: int, given: Tensor) -> Tensor:
        """What one expert makes of (tokens, width)."""
        inner = silu(linear(given, self.gate_exps[number])) * linear(given, self.up_exps[number])
        return linear(inner, self.down_exps[number])


def put_experts(model: Any, experts: int, used: int) -> None:
    """Give each block routed maps in place of its feed-forward part; their weights are still to be filled in."""
    config = model.config
    for layer in model.get_decoder().layers:
        layer.mlp = RoutedMaps(experts, used, config.hidden_size, config.intermediate_size, model.dtype)


def routed_maps(model: Any) -> list[RoutedMaps]:
    """Of each block, the first to the last; none of a dense model."""
    return [one for one in model.modules() if isinstance(one, RoutedMaps)]


def balance_of(model: Any) -> Tensor | float:
    """What the routers' balance adds to the loss of a token; nothing for a dense model."""
    told = [one.balance for one in routed_maps(model) if one.balance is not None]
    return BALANCE * torch.stack(told).mean() if told else 0.0
