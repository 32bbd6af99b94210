"""The energy loss keeps the labels of harmless texts silent, and never outweighs what texts with labels teach."""

from __future__ import annotations

import torch

from finfoundry.train.methods.encode import QUIET, energy_loss


def test_a_silent_text_costs_nothing_and_a_loud_one_is_pulled_down() -> None:
    logits = torch.tensor([[-9.0, -9.0], [-1.0, -2.0], [3.0, 3.0]], requires_grad=True)
    told = energy_loss(logits)
    assert told[0] == 0
    assert 0 < told[1] < told[2] == 1
    told.sum().backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert torch.all(logits.grad[1] > 0)
    assert torch.all(logits.grad[2] == 0)  # the cross entropy pulls there
    assert 0 < QUIET < 1
