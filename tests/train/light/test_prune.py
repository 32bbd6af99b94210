"""Pruning: what is taken out is what changes least; taking out nothing changes nothing; every result is loaded by trainer and engine."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.train import tiny
from tests.train.test_served import PROMPT, decoded, served, shortfall

from finfoundry.core.errors import InputError
from finfoundry.core.model_files.gguf_container import floats, open_container
from finfoundry.train.base import Base
from finfoundry.train.light.activations import measured
from finfoundry.train.light.depth import most_influence, prune_depth
from finfoundry.train.light.width import prune_width

TEXTS = ["the bank gave a loan at a rate of three percent", "cards are blocked when the pin is wrong three times"] * 4
Bases = Callable[[str], Base]


def logits(base: Base) -> torch.Tensor:
    with torch.no_grad():
        return torch.as_tensor(base.model(torch.float32).eval()(input_ids=torch.tensor([PROMPT]), segments=[len(PROMPT)]).logits[0])


def same_as_served(base: Base, folder: Path) -> None:
    """The engine decodes what the trainer's model thinks likeliest."""
    model = base.model(torch.float32)
    model.set_attn_implementation("eager")
    with served(base.path, folder / "none", folder / "a.sock") as engine:
        assert shortfall(model, decoded(engine)) < 0.05


@pytest.mark.parametrize("architecture", tiny.ARCHITECTURES)
def test_no_block_less_is_the_same_model(architecture: str, bases: Bases, tmp_path: Path) -> None:
    base = bases(architecture)
    found = prune_depth(base, TEXTS, tmp_path / "deep", drop=0, version="1")
    torch.testing.assert_close(logits(Base("deep", Path(found.path))), logits(base))


@pytest.mark.parametrize("architecture", tiny.ARCHITECTURES)
def test_a_model_of_fewer_blocks_is_trained_and_served(architecture: str, bases: Bases, tmp_path: Path) -> None:
    base = bases(architecture)
    found = prune_depth(base, TEXTS, tmp_path / "light", drop=1, version="1")
    light = Base("light", Path(found.path))
    assert light.config.num_hidden_layers == 1
    model = base.model(torch.float32)
    del model.model.layers[1 - found.told["kept"][0]]
    with torch.no_grad():
        wanted = model.eval()(input_ids=torch.tensor([PROMPT]), segments=[len(PROMPT)], use_cache=False).logits[0]
    torch.testing.assert_close(logits(light), wanted)
    same_as_served(light, tmp_path)


@pytest.mark.parametrize("architecture", tiny.ARCHITECTURES)
def test_a_model_of_fewer_channels_is_trained_and_served(architecture: str, bases: Bases, tmp_path: Path) -> None:
    base = bases(architecture)
    found = prune_width(base, TEXTS, tmp_path / "light", share=0.25, version="1")
    light = Base("light", Path(found.path))
    assert light.config.intermediate_size == 96
    assert 0.75 < found.told["carried"] < 1
    same_as_served(light, tmp_path)


def test_the_channels_that_carry_nothing_go_first(bases: Bases, tmp_path: Path) -> None:
    """A channel that nothing reads is taken out, and then nothing changes."""
    base = bases("llama")
    container = open_container(base.path)
    dead = np.arange(0, 128, 4)
    for name, tensor in container.tensors.items():
        if name.endswith("ffn_down.weight"):
            data = floats(tensor).copy()
            data[:, dead] = 0
            object.__setattr__(tensor, "data", data.view(np.uint8).reshape(-1))
    from finfoundry.core.model_files.gguf_container import Planned, write_container

    tensors = [Planned(one.name, one.shape, one.kind, lambda one=one: one.data) for one in container.tensors.values()]  # type: ignore[misc]
    write_container(tmp_path / "dead.gguf", container.head, len(container.keys), tensors)
    told = prune_width(Base("dead", tmp_path / "dead.gguf"), TEXTS, tmp_path / "light", share=0.25, version="1")
    assert told.told["carried"] == 1.0
    torch.testing.assert_close(logits(Base("light", Path(told.path))), logits(Base("dead", tmp_path / "dead.gguf")), atol=1e-4, rtol=1e-4)


def test_blocks_stay_at_places_of_their_kind() -> None:
    """Against all choices of a made pattern, as Gemma's."""
    kinds = (["window"] * 5 + ["full"]) * 2
    influence = np.random.default_rng(1).random(len(kinds))
    for count in range(1, 13):
        fits = [one for one in combinations(range(12), count) if [kinds[place] for place in one] == kinds[:count]]
        wanted = max(fits, key=lambda one: influence[list(one)].sum(), default=())
        assert most_influence(influence, kinds, count) == list(wanted)


def test_shapes_that_no_engine_loads_are_refused(bases: Bases, tmp_path: Path) -> None:
    for drop in (2, 5, -1):
        with pytest.raises(InputError, match="cannot go"):
            prune_depth(bases("llama"), TEXTS, tmp_path / "light", drop=drop, version="1")
    with pytest.raises(InputError, match="leaves 0 of 128"):
        prune_width(bases("llama"), TEXTS, tmp_path / "light", share=0.99, version="1")
    with pytest.raises(InputError, match="leaves 128 of 128"):
        prune_width(bases("llama"), TEXTS, tmp_path / "light", share=0.01, version="1")
    with pytest.raises(InputError, match="empty"):
        prune_width(bases("llama"), [" "], tmp_path / "light", share=0.25, version="1")
    assert not (tmp_path / "light").exists()


def test_importance_is_the_mean_square_of_inputs(bases: Bases) -> None:
    """Against the hidden states that transformers gives."""
    base = bases("llama")
    found = measured(base, TEXTS, tokens=50, products=True)
    assert found.influence.shape == (2,)
    for name, squares in found.squares.items():
        if name in found.products:
            np.testing.assert_allclose(np.diag(found.products[name]), squares)
    assert found.importance("blk.0.attn_q.weight") is not None
    np.testing.assert_allclose(found.squares["blk.0.attn_q.weight"], found.squares["blk.0.attn_k.weight"])
