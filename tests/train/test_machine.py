"""What a machine can do is measured, not believed."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from finfoundry.train import machine


@pytest.mark.parametrize(
    ("bf16", "chosen"),
    [(24e9, torch.float32), (147e9, torch.float32), (200e9, torch.float32), (300e9, torch.bfloat16)],
)
def test_auto_takes_bf16_where_it_multiplies_clearly_faster(
    bf16: float, chosen: torch.dtype, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A processor that only emulates it takes it, and is several times slower; one that is about as fast may measure either way."""
    monkeypatch.setattr(machine, "peak", {torch.float32: 147e9, torch.bfloat16: bf16}.__getitem__)
    assert machine.precision("auto", tmp_path) == chosen


def test_what_a_recipe_names_is_taken_unmeasured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "peak", lambda _: pytest.fail("measured"))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert machine.precision("bf16", tmp_path) == torch.bfloat16
    assert machine.precision("fp32", tmp_path) == torch.float32


def test_a_run_takes_what_it_began_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measured again on a machine that was busy, or on another one, it could come out the other way."""
    monkeypatch.setattr(machine, "peak", {torch.float32: 1.0, torch.bfloat16: 2.0}.__getitem__)
    machine.keep_precision(machine.precision("auto", tmp_path), tmp_path)
    monkeypatch.setattr(machine, "peak", lambda _: pytest.fail("measured again"))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert machine.precision("auto", tmp_path) == torch.bfloat16
    assert machine.precision("fp32", tmp_path) == torch.float32
