"""What a policy is held near to: the weights that it began with, or their moving average (Ramé et al., 2024, arXiv 2406.16768)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor


class Anchor:
    """A copy of the weights that learn, put in their place while it is asked."""

    def __init__(self, learned: Mapping[str, Tensor], rate: float) -> None:
        """``rate``: the share by which it follows them."""
        self._learned, self._rate = learned, rate
        self.weights = {name: weight.detach().clone() for name, weight in learned.items()}

    def follow(self) -> None:
        """One step towards the policy as it is now."""
        if self._rate:
            for name, weight in self._learned.items():
                self.weights[name].lerp_(weight.detach(), self._rate)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        with torch.no_grad():
            policy = {name: weight.detach().clone() for name, weight in self._learned.items()}
            for name, weight in self._learned.items():
                weight.copy_(self.weights[name])
            try:
                yield
            finally:
                for name, weight in self._learned.items():
                    weight.copy_(policy[name])

    def state(self) -> dict[str, Tensor]:
        """What a checkpoint must hold: nothing of an anchor that stays."""
        return {f"anchor.{name}": weight for name, weight in self.weights.items()} if self._rate else {}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        for name, weight in self.weights.items():
            if f"anchor.{name}" in state:
                weight.copy_(state[f"anchor.{name}"])
