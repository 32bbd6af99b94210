"""LoRA on a quantised base: QLoRA (Dettmers et al., 2023, arXiv 2305.14314), 4-bit NormalFloat in blocks of 64 with one scale a block.

A frozen weight is unpacked when it is used and thrown away: 4.5 bits of memory a weight instead of 16.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from finfoundry.train.base import Base
from finfoundry.train.weights.lora import LowRank

BLOCK = 64
# Quantiles of the normal distribution with an exact zero: appendix E of Dettmers et al., 2023 (QLoRA).
LEVELS = (
    -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495,
    0.0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
    0.7229568362236023, 1.0,
)  # fmt: skip


class Quantised(LowRank):
    stored_bits = 4.5

    def open(self, base: Base, dtype: torch.dtype) -> Any:
        model = base.model(dtype)
        quantise(model.get_decoder())
        return self.attach(model, base)


def quantise(model: nn.Module) -> None:
    """Replace the linear maps whose rows are made of whole blocks, in place."""
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Linear) and child.in_features % BLOCK == 0:
                setattr(parent, name, QuantisedLinear(child))


class QuantisedLinear(nn.Linear):
    """A frozen linear map in NF4. ``weight`` holds two codes a byte, (outputs, inputs / 2); ``scales`` is (outputs, inputs / 64)."""

    def __init__(self, linear: nn.Linear) -> None:
        nn.Module.__init__(self)
        self.in_features, self.out_features = linear.in_features, linear.out_features
        codes, scales = pack(linear.weight.detach())
        self.weight = nn.Parameter(codes, requires_grad=False)
        self.bias = linear.bias
        self.register_buffer("scales", scales)

    def forward(self, input: Tensor) -> Tensor:
        """Input of shape (..., inputs) to (..., outputs)."""
        if torch.is_autocast_enabled(input.device.type):
            input = input.to(torch.get_autocast_dtype(input.device.type))
        out: Tensor = _Product.apply(input, self.weight, self.scales)  # type: ignore[no-untyped-call]
        return out if self.bias is None else out + self.bias.to(out.dtype)


class _Product(torch.autograd.Function):
    """input @ weight.T; the backward pass unpacks the weight again."""

    @staticmethod
    def forward(ctx: Any, given: Tensor, codes: Tensor, scales: Tensor) -> Tensor:
        ctx.save_for_backward(codes, scales)
        return given @ unpack(codes, scales, given.dtype).T

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor, None, None]:
        codes, scales = ctx.saved_tensors
        return slope @ unpack(codes, scales, slope.dtype), None, None


def pack(weight: Tensor) -> tuple[Tensor, Tensor]:
    """(outputs, inputs) floats to codes, two a byte, and the largest magnitude of each block."""
    blocks = weight.float().reshape(weight.shape[0], -1, BLOCK)
    scales = blocks.abs().amax(-1, keepdim=True)
    levels = torch.tensor(LEVELS)
    codes = torch.bucketize((blocks / scales.clamp_min(1e-12)).contiguous(), (levels[1:] + levels[:-1]) / 2).to(torch.uint8)
    pairs = codes.reshape(weight.shape[0], -1, 2)
    return pairs[..., 0] << 4 | pairs[..., 1], scales.squeeze(-1)


def unpack(codes: Tensor, scales: Tensor, dtype: torch.dtype) -> Tensor:
    """The weight, (outputs, inputs)."""
    levels = torch.tensor(LEVELS, dtype=dtype, device=codes.device)
    values = levels[torch.stack((codes >> 4, codes & 15), dim=-1).int()]
    return (values.reshape(len(codes), -1, BLOCK) * scales.to(dtype)[..., None]).reshape(len(codes), -1)
