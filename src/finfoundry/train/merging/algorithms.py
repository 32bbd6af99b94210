"""Several changes of one tensor made into one. A change is what tuning added to the base's weights: of an adapter the product of B and
A, not its factors, of which neither means anything alone. All take changes of one shape and give one of that shape.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

NEARLY_ALONG = 0.9995  # cosine from which two changes point the same way, and a straight line does; as in mergekit

Merging = Literal["linear", "slerp", "ties", "dare", "liti"]
LINEAR: tuple[Merging, ...] = ("linear", "slerp", "liti")  # sums of the changes: no higher in rank than all of them together


@dataclass(frozen=True)
class Mix:
    """``weights``: one a change. ``density``: the share of numbers that ``ties`` and ``dare`` keep. ``share``: how far ``slerp`` of two and
    ``liti`` go from the first to the second, 0 to 1.
    """

    weights: tuple[float, ...]
    density: float = 0.5
    share: float = 0.5
    seed: int = 0


def linear(changes: Sequence[Tensor], mix: Mix, _: torch.Generator) -> Tensor:
    """The mean by the weights (model soups: Wortsman et al., 2022, arXiv 2203.05482)."""
    total = sum(mix.weights)
    return torch.stack([change * (weight / total) for change, weight in zip(changes, mix.weights, strict=True)]).sum(0)


def slerp(changes: Sequence[Tensor], mix: Mix, _: torch.Generator) -> Tensor:
    """Along the arc between changes, so that their length is not lost (Shoemake, 1985); of more than two one after the other, in equal
    parts (Ramé et al., 2024, arXiv 2406.16768).
    """
    if len(changes) == 2:
        return arc(changes[0], changes[1], mix.share)
    found = changes[0]
    for number, change in enumerate(changes[1:], 2):
        found = arc(found, change, 1 / number)
    return found


def arc(first: Tensor, second: Tensor, share: float) -> Tensor:
    """The point at ``share`` of the way from the first to the second."""
    lengths = float(first.norm() * second.norm())
    cosine = float((first * second).sum()) / lengths if lengths else 1.0
    if abs(cosine) > NEARLY_ALONG:
        return first * (1 - share) + second * share
    angle = math.acos(cosine)
    return (first * math.sin((1 - share) * angle) + second * math.sin(share * angle)) / math.sin(angle)


def ties(changes: Sequence[Tensor], mix: Mix, _: torch.Generator) -> Tensor:
    """The largest numbers of each, and of them those whose sign is that of the sum (Yadav et al., 2023, arXiv 2306.01708)."""
    kept = torch.stack([trimmed(change, mix.density) for change in changes])
    weights = torch.tensor(mix.weights).reshape(-1, *[1] * changes[0].ndim)
    weighted = kept * weights
    agreeing = weighted.sign() == torch.where(weighted.sum(0) >= 0, 1.0, -1.0)
    divisor = (agreeing * weights).sum(0)
    return (weighted * agreeing).sum(0) / torch.where(divisor == 0, 1.0, divisor)


def trimmed(change: Tensor, density: float) -> Tensor:
    """With the smallest numbers put to zero."""
    count = max(1, int(density * change.numel()))
    flat = change.flatten()
    kept = torch.zeros_like(flat)
    places = flat.abs().topk(count).indices
    kept[places] = flat[places]
    return kept.reshape(change.shape)


def dare(changes: Sequence[Tensor], mix: Mix, source: torch.Generator) -> Tensor:
    """Numbers dropped at random and the rest made larger by as much, then the mean (Yu et al., 2023, arXiv 2311.03099)."""
    rescaled = [change * torch.bernoulli(torch.full_like(change, mix.density), generator=source) / mix.density for change in changes]
    return linear(rescaled, mix, source)


def liti(changes: Sequence[Tensor], mix: Mix, _: torch.Generator) -> Tensor:
    """On the straight line from the first, from the base where there is one only, to the last (Wortsman et al., 2021, arXiv 2109.01903)."""
    first = changes[0] if len(changes) > 1 else torch.zeros_like(changes[0])
    return torch.lerp(first, changes[-1], mix.share)


METHODS: Mapping[Merging, Callable[[Sequence[Tensor], Mix, torch.Generator], Tensor]] = {
    "linear": linear,
    "slerp": slerp,
    "ties": ties,
    "dare": dare,
    "liti": liti,
}
