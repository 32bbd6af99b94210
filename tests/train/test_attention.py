"""Attention inside each segment of a pack: one call over a ragged tensor gives what a call for each segment gives."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from finfoundry.train.attention import ragged_attention, segment_attention


class Encoder(nn.Module):
    """What an attention layer tells of itself."""

    is_causal = False


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")  # the processor takes it apart; an accelerator does not
@given(segments=st.lists(st.integers(1, 12), min_size=1, max_size=6), seed=st.integers(0, 2**16))
@settings(max_examples=25, deadline=None)
def test_one_ragged_call_gives_what_a_call_a_segment_gives(segments: list[int], seed: int) -> None:
    source = torch.Generator().manual_seed(seed)
    shape = (1, 3, sum(segments), 8)  # in double precision: a gradient that is nothing, as of one token's query, is rounding in single
    query, key, value = (torch.randn(shape, generator=source, dtype=torch.float64, requires_grad=True) for _ in range(3))
    apart, _ = segment_attention(Encoder(), query, key, value, None, segments=segments)
    together = ragged_attention(query, key, value, segments, 0.0, causal=False, scaling=None)
    torch.testing.assert_close(together, apart, rtol=1e-9, atol=1e-9)
    for one, other in zip(_gradients(together, query, key, value), _gradients(apart, query, key, value), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-9)


def _gradients(found: Tensor, *learned: Tensor) -> tuple[Tensor, ...]:
    return torch.autograd.grad(found.pow(2).sum(), learned)
