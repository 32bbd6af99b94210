"""Attention inside each example of a pack and nowhere across: every segment is a call of its own, so nothing is masked, and the cost is the
sum of the squares of the lengths instead of the square of the sum. Only a segment that goes on in several ways has a mask. On an
accelerator, where a call takes longer to begin than a short segment to compute, all segments are one call over a ragged tensor.

It is given to ``transformers`` as one more attention implementation; models pass the keyword ``segments`` down to it.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, AttentionMaskInterface

from finfoundry.train.branched import BranchedLength

NAME = "segments"


def segment_attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,  # noqa: ARG001  the signature is transformers'
    *,
    segments: Sequence[int],
    dropout: float = 0.0,
    scaling: float | None = None,
    sliding_window: int | None = None,
    **_: Any,
) -> tuple[Tensor, None]:
    """``query`` (1, heads, tokens, d); ``key`` and ``value`` may have fewer heads. Returns (1, tokens, heads, d). Causal where
    ``module`` is: an encoder's tokens see all of their segment.
    """
    groups = query.shape[1] // key.shape[1]
    rate = dropout if module.training else 0.0
    if query.is_cuda and query.dtype != torch.float32 and _is_plain(segments, sliding_window):
        return ragged_attention(query, _repeat(key, groups), _repeat(value, groups), segments, rate, bool(module.is_causal), scaling), None
    parts = zip(*(torch.split(tensor, list(segments), dim=2) for tensor in (query, key, value)), strict=True)
    outputs = []
    for length, (q, k, v) in zip(segments, parts, strict=True):
        mask = _mask(length, sliding_window, q.device)
        outputs.append(
            scaled_dot_product_attention(
                q,
                _repeat(k, groups),
                _repeat(v, groups),
                mask,
                rate,
                bool(module.is_causal) and mask is None,
                scale=scaling,
            )
        )
    return torch.cat(outputs, dim=2).transpose(1, 2).contiguous(), None


def ragged_attention(
    query: Tensor, key: Tensor, value: Tensor, segments: Sequence[int], dropout: float, causal: bool, scaling: float | None
) -> Tensor:
    """All segments in one call. Tensors (1, heads, tokens, d); returns (1, tokens, heads, d)."""
    ends = torch.tensor([0, *itertools.accumulate(segments)], device=query.device)
    q, k, v = (_ragged(part, ends, segments) for part in (query, key, value))
    found = scaled_dot_product_attention(q, k, v, None, dropout, causal, scale=scaling)
    told: Tensor = found.transpose(1, 2).values()
    return told[None]


def _ragged(part: Tensor, ends: Tensor, segments: Sequence[int]) -> Tensor:
    """(1, heads, tokens, d) as (segments, heads, their tokens, d)."""
    tokens = part[0].transpose(0, 1).contiguous()
    sizes = min(segments), max(segments)  # else they are fetched from the accelerator
    found: Tensor = torch.nested.nested_tensor_from_jagged(tokens, ends, min_seqlen=sizes[0], max_seqlen=sizes[1])
    return found.transpose(1, 2)


def _is_plain(segments: Sequence[int], width: int | None) -> bool:
    """Whether every segment is one text that fits into the sliding window."""
    return not any(isinstance(length, BranchedLength) for length in segments) and (width is None or max(segments) <= width)


def _repeat(heads: Tensor, groups: int) -> Tensor:
    """Each head of the keys serves a group of queries."""
    if groups == 1:
        return heads
    batch, count, tokens, width = heads.shape
    return heads[:, :, None].expand(batch, count, groups, tokens, width).reshape(batch, count * groups, tokens, width)


def _mask(length: int, width: int | None, device: torch.device) -> Tensor | None:
    """What a segment's tokens see of it; None: all before them, or of an encoder all."""
    if isinstance(length, BranchedLength):
        return _tree(length.stem, length.branches, width, device)
    return _window(length, width, device)


def _window(tokens: int, width: int | None, device: torch.device) -> Tensor | None:
    """The mask of a sliding window; None where the whole segment fits into it."""
    if width is None or tokens <= width:
        return None
    ones = torch.ones(tokens, tokens, dtype=torch.bool, device=device)
    return ones.tril() & ones.triu(1 - width)


@functools.lru_cache(maxsize=64)
def _tree(stem: int, branches: tuple[int, ...], width: int | None, device: torch.device) -> Tensor:
    """Who sees whom where a stem goes on in several ways: (tokens, tokens), each what is before it on its own way."""
    sizes = torch.tensor([stem, *branches], device=device)
    way = torch.arange(len(sizes), device=device).repeat_interleave(sizes)  # 0: the stem
    place = torch.cat([torch.arange(stem), *(torch.arange(stem, stem + size) for size in branches)]).to(device)
    back = place[:, None] - place[None]
    seen: Tensor = (back >= 0) & ((way[:, None] == way[None]) | (way[None] == 0))
    return seen if width is None else seen & (back < width)


def _no_mask(*_: Any, **__: Any) -> None:
    """Segments need none."""


def register() -> None:
    """Make ``attn_implementation="segments"`` known to transformers.

    What is still a call a segment on an accelerator does not take cuDNN, which plans anew for each length: seconds a step.
    """
    torch.backends.cuda.enable_cudnn_sdp(False)
    AttentionInterface.register(NAME, segment_attention)
    AttentionMaskInterface.register(NAME, _no_mask)
