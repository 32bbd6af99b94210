"""What a machine can do is measured, not believed."""

from __future__ import annotations

import pytest
import torch

from finfoundry.train import machine


@pytest.mark.parametrize(
    ("bf16", "chosen"),
    [(24e9, torch.float32), (147e9, torch.float32), (200e9, torch.float32), (300e9, torch.bfloat16)],
)
def test_auto_takes_bf16_where_it_multiplies_clearly_faster(bf16: float, chosen: torch.dtype, monkeypatch: pytest.MonkeyPatch) -> None:
    """A processor that only emulates it takes it, and is several times slower; one that is about as fast may measure either way."""
    monkeypatch.setattr(machine, "peak", {torch.float32: 147e9, torch.bfloat16: bf16}.__getitem__)
    assert machine.precision("auto") == chosen


def test_what_a_recipe_names_is_taken_unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "peak", lambda _: pytest.fail("measured"))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert machine.precision("bf16") == torch.bfloat16
    assert machine.precision("fp32") == torch.float32
