"""Mixtures that learn: as the engine runs them, routers kept in balance, copies that learn to differ, experts in several processes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.train import tiny
from tests.train.light.test_experts import CARDS, LAWS
from tests.train.light.test_prune import same_as_served
from tests.train.test_served import PROMPT

from finfoundry.core.errors import InputError
from finfoundry.train.base import Base
from finfoundry.train.data.personal import Screen
from finfoundry.train.export.forms import export
from finfoundry.train.gguf_file.blocks import floats
from finfoundry.train.gguf_file.container import open_container
from finfoundry.train.light.apart import apart, compared_apart
from finfoundry.train.light.experts import upcycle
from finfoundry.train.mixture import RoutedMaps, balance_of, routed_maps
from finfoundry.train.recipe import Recipe
from finfoundry.train.runs.training_run import carry_out, prepared
from finfoundry.train.weights.trainable import body_weights

Bases = Callable[[str], Base]


def mixture(folder: Path, used: int = 2, seeds: tuple[int, ...] = (1, 2, 3, 4), **given: Any) -> Base:
    experts = [tiny.base(folder, "llama", seed) for seed in seeds]
    texts = [CARDS, LAWS] * (len(seeds) // 2)
    return Base(
        "mixture", Path(upcycle(tiny.base(folder, "llama"), experts, texts, folder / "mixture", used=used, version="1", **given).path)
    )


def logits(model: Any) -> torch.Tensor:
    with torch.no_grad():
        return torch.as_tensor(model.eval()(input_ids=torch.tensor([PROMPT]), segments=[len(PROMPT)], use_cache=False).logits[0])


@pytest.mark.parametrize("used", [1, 2])
def test_the_trainer_computes_what_the_engine_does(used: int, tmp_path: Path) -> None:
    base = mixture(tmp_path, used)
    assert (base.config.experts, base.config.experts_used) == (4, used)
    same_as_served(base, tmp_path)


def test_all_of_alike_experts_are_the_dense_model(bases: Bases, tmp_path: Path) -> None:
    base = bases("llama")
    found = upcycle(base, [base] * 2, [CARDS, LAWS], tmp_path / "mixture", used=2, version="1")
    torch.testing.assert_close(
        logits(Base("m", Path(found.path)).model(torch.float32)), logits(base.model(torch.float32)), atol=1e-4, rtol=1e-4
    )


def test_a_mixture_learns_and_its_form_is_served(data: Path, recipe: Callable[..., Recipe], screen: Screen, tmp_path: Path) -> None:
    base = mixture(tmp_path)
    run = prepared(recipe(weights="full", epochs=3, learning_rate=3e-3), base, data, tmp_path / "tuned", screen)
    found = carry_out(run, tmp_path / "tuned", "1")
    first = run.rows[0].targets
    assert first
    assert found.outcome.loss < 1.5, "from random weights: 6"
    export(tmp_path / "tuned", base, ["f16", "q8_0"])
    tuned = Base("tuned", tmp_path / "tuned" / "model-f16.gguf")
    was, now = (open_container(one.path).tensors for one in (base, tuned))
    for name in ("blk.0.ffn_gate_inp.weight", "blk.1.ffn_down_exps.weight", "blk.0.attn_q.weight"):
        assert np.abs(floats(now[name]) - floats(was[name])).max() > 1e-3, f"{name} has not learned"
    same_as_served(tuned, tmp_path)
    assert np.abs(floats(open_container(tmp_path / "tuned" / "model-q8_0.gguf").tensors["blk.1.ffn_up_exps.weight"])).max() > 0
    with pytest.raises(InputError, match="cannot be written as merged"):
        export(tmp_path / "tuned", base, ["merged"])
    assert body_weights(base.config) == 2 * (4 * 3 * 64 * 128 + 4 * 64 + 2 * 64 * 64 + 2 * 64 * 32)


def test_the_balance_is_that_of_the_formula_and_moves_tokens() -> None:
    """One where experts are used alike, the number of experts where one has all; its slope takes tokens from the one that has most."""
    torch.manual_seed(0)
    maps = RoutedMaps(4, 1, 8, 16, torch.float32)
    for weight in maps.parameters():
        torch.nn.init.normal_(weight, std=0.3)
    states = torch.randn(400, 8) + 1
    maps.routed(states)
    likely = maps.router(states).softmax(-1)
    share = torch.bincount(likely.argmax(-1), minlength=4) / 400
    assert maps.balance is not None
    assert float(maps.balance.detach()) == pytest.approx(float(4 * (share * likely.mean(0)).sum().detach()), rel=1e-5)
    before = float(share.max())
    step = torch.optim.SGD(maps.router.parameters(), lr=20)
    for _ in range(100):
        maps.routed(states)
        step.zero_grad()
        torch.as_tensor(balance_of(maps)).backward()  # type: ignore[no-untyped-call]
        step.step()
    maps.routed(states)
    assert float(maps.taken.max()) / 400 < before - 0.05
    assert balance_of(torch.nn.Linear(2, 2)) == 0.0


def test_copies_with_channels_drawn_anew_differ(bases: Bases, tmp_path: Path) -> None:
    """The same channels in the three maps of an expert, others in another; the rest is the dense model's, byte for byte."""
    base = bases("llama")
    found = upcycle(base, [base] * 2, [CARDS, LAWS], tmp_path / "mixture", used=1, drop=0.5, version="1")
    dense, stored = open_container(base.path).tensors, open_container(Path(found.path)).tensors
    changed = []
    for expert in range(2):
        places = []
        for part, axis in (("gate", 1), ("up", 1), ("down", 0)):
            new, old = floats(stored[f"blk.0.ffn_{part}_exps.weight"])[expert], floats(dense[f"blk.0.ffn_{part}.weight"])
            places.append(set(np.flatnonzero((new != old).any(axis)).tolist()))
            assert new.std() == pytest.approx(old.std(), rel=0.1)
        assert places[0] == places[1] == places[2]
        assert len(places[0]) == 64
        changed.append(places[0])
    assert changed[0] != changed[1]
    with pytest.raises(InputError, match="drawn anew"):
        upcycle(base, [base] * 2, [CARDS, LAWS], tmp_path / "other", used=1, drop=1.5, version="1")


def test_experts_apart_compute_the_same(tmp_path: Path) -> None:
    """Each process is sent its own experts' tokens and no others; every token goes to as many experts as are used."""
    base = mixture(tmp_path, used=2)
    whole = logits(base.model(torch.float32))
    with apart(base, 2) as (model, trace):
        assert not routed_maps(model), "no expert is left with the gate"
        torch.testing.assert_close(logits(model), whole, atol=1e-4, rtol=1e-4)
        assert {(one.expert // 2, one.process) for one in trace} == {(0, 0), (1, 1)}
        for block in range(2):
            assert sum(one.tokens for one in trace if one.block == block) == 2 * len(PROMPT)
    found = compared_apart(base, {"cards": CARDS, "laws": LAWS}, 2, tokens=40)
    assert found.processes == [[0, 1], [2, 3]]
    assert found.same == 1.0
    assert found.difference < 1e-4
    assert sum(sum(part.values()) for part in found.dispatched) == 2 * 2 * found.tokens
    np.testing.assert_allclose([sum(one) for one in found.use.values()], 1, atol=1e-3)
    with pytest.raises(InputError, match="5 processes"):
        compared_apart(base, {"cards": CARDS}, 5)
    with pytest.raises(InputError, match="0 experts"):
        compared_apart(tiny.base(tmp_path, "llama"), {"cards": CARDS}, 2)
