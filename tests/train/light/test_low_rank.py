"""Low rank: the cut is the best for the outputs, the budget is kept, factors compute what the dense file does, and the engine loads it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.train import tiny
from tests.train.light.test_prune import TEXTS, logits, same_as_served
from tests.train.test_served import PROMPT

from finfoundry.core.errors import InputError
from finfoundry.train.base import Base
from finfoundry.train.export.manifest import read_manifest
from finfoundry.train.light.low_rank import Group, chosen_ranks, cut_rank, whitened, with_factors

Bases = Callable[[str], Base]


def test_whitened_directions_cost_what_they_say() -> None:
    """With correlated inputs: the mean square of what is left out of the output, and never more than a plain cut leaves out."""
    source = np.random.default_rng(0)
    weight = source.normal(size=(24, 16))
    inputs = source.normal(size=(5000, 16)) @ (source.normal(size=(16, 16)) * np.logspace(0, -1, 16))
    left, strength, right = whitened(weight, inputs.T @ inputs / len(inputs))
    np.testing.assert_allclose(left * strength @ right, weight, atol=1e-6)
    for rank in (4, 8, 12):
        cut = left[:, :rank] * strength[:rank] @ right[:rank]
        lost = float(np.square(inputs @ (weight - cut).T).sum(1).mean())
        assert lost == pytest.approx(float(np.square(strength[rank:]).sum()), rel=0.05)
        u, s, v = np.linalg.svd(weight)
        plain = u[:, :rank] * s[:rank] @ v[:rank]
        assert lost < float(np.square(inputs @ (weight - plain).T).sum(1).mean())


def group(name: str, outputs: int, inputs: int, fall: float) -> Group:
    source = np.random.default_rng(outputs)
    size = min(outputs, inputs)
    strength = np.exp(-fall * np.arange(size))
    return Group((name,), (outputs,), source.normal(size=(outputs, size)), strength, source.normal(size=(size, inputs)), np.ones(outputs))


def test_the_budget_goes_where_directions_carry_most() -> None:
    steep, flat = group("steep", 32, 32, 0.5), group("flat", 32, 32, 0.01)
    ranks = chosen_ranks([steep, flat], 0.4)
    assert ranks == {"steep": 3}, "the other stays whole: half of its directions would cost as much"
    assert ranks["steep"] * steep.price + flat.whole <= 0.6 * 2 * 1024
    assert chosen_ranks([steep, flat], 0.6)["flat"] < 12
    with pytest.raises(InputError, match="leaves nothing"):
        chosen_ranks([steep, flat], 0.999)


@pytest.mark.parametrize("architecture", tiny.ARCHITECTURES)
def test_factors_compute_what_the_served_file_does(architecture: str, bases: Bases, tmp_path: Path) -> None:
    base = bases(architecture)
    found = cut_rank(base, TEXTS, tmp_path / "light", share=0.3, version="1")
    light = Base("light", Path(found.path))
    assert found.told["weights"] <= 0.7 * found.told["of"]
    assert 0.5 < found.told["carried"] < 1
    factored = with_factors(base, tmp_path / "light").eval()
    with torch.no_grad():
        told = factored(input_ids=torch.tensor([PROMPT]), segments=[len(PROMPT)]).logits[0]
    torch.testing.assert_close(told, logits(light), atol=2e-3, rtol=2e-3)
    assert not torch.allclose(logits(light), logits(base), atol=1e-2)
    maps = sum(weight.numel() for name, weight in factored.named_parameters() if ".layers." in name and weight.ndim == 2)
    assert maps == found.told["weights"]
    same_as_served(light, tmp_path)
    assert set(read_manifest(tmp_path / "light").forms) == {"gguf", "factors"}


def test_more_of_the_weights_is_nearer(bases: Bases, tmp_path: Path) -> None:
    base = bases("llama")
    off = []
    for share in (0.5, 0.3, 0.1):
        found = cut_rank(base, TEXTS, tmp_path / f"light-{share}", share=share, version="1")
        off.append(float((logits(Base("light", Path(found.path))) - logits(base)).square().mean()))
    assert off[0] > off[1] > off[2]
    with pytest.raises(InputError, match="cannot go"):
        cut_rank(base, TEXTS, tmp_path / "none", share=0, version="1")
