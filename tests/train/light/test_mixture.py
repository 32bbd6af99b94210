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

from finfoundry.core.errors import EngineError, InputError, ModelError, SettingsError
from finfoundry.core.model_files.gguf_container import floats, open_container
from finfoundry.train.base import Base
from finfoundry.train.data.personal import Screen
from finfoundry.train.export.forms import export
from finfoundry.train.light import engine_nodes
from finfoundry.train.light.apart import apart, compared_apart, write_part
from finfoundry.train.light.engine_nodes import Engine, library
from finfoundry.train.light.experts import upcycle
from finfoundry.train.mixture import RoutedMaps, balance_of, routed_maps
from finfoundry.train.recipe import Recipe
from finfoundry.train.runs.training_run import carry_out, prepared
from finfoundry.train.weights.trainable import body_weights

Bases = Callable[[str], Base]
LOANS = ["a loan is repaid in ten years"] * 8
RATES = ["利率上升 25 BASIS POINTS"] * 8


def mixture(folder: Path, used: int = 2, seeds: tuple[int, ...] = (1, 2, 3, 4), **given: Any) -> Base:
    experts = [tiny.base(folder, "llama", seed) for seed in seeds]
    texts = [CARDS, LAWS, LOANS, RATES][: len(seeds)]
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


@pytest.mark.slow
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
    chosen, _ = maps.routed(states)
    assert float(torch.bincount(chosen[:, 0]).max()) / 400 < before - 0.05
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


@pytest.mark.parametrize("used", [1, 2, 3])
def test_experts_apart_compute_the_same(used: int, tmp_path: Path) -> None:
    """Processes of the engine that hold a part each answer as one that holds all; every token goes to as many experts as are used."""
    base = mixture(tmp_path, used)
    found = compared_apart(base, {"cards": CARDS, "laws": LAWS}, 2, tokens=40)
    assert [one.experts for one in (found.whole, *found.processes)] == [[0, 1, 2, 3], [0, 1], [2, 3]]
    assert found.same == 1.0
    assert found.difference < (0.003 if used > 1 else 1e-6)  # sums in another order; attention rounds states to 16 bits
    assert sum(sum(part.values()) for part in found.dispatched) == used * 2 * found.tokens
    np.testing.assert_allclose([sum(one) for one in found.use.values()], 1, atol=1e-3)
    assert all(one.resident > one.bytes for one in (found.whole, *found.processes))


def test_what_is_sent_is_what_the_router_chooses(tmp_path: Path) -> None:
    """The trace by block, process and expert, beside torch's router; a row that goes on after another is read as a whole would be."""
    base = mixture(tmp_path, used=2)
    model = base.model(torch.float32)
    likely, sent = logits(model), np.zeros((2, 4), np.int64)
    for block, maps in enumerate(routed_maps(model)):
        maps.register_forward_pre_hook(lambda maps, given, block=block: _count(sent[block], maps, given[0]))
    logits(model)
    with apart(base, 4) as gate:
        read = np.concatenate([gate.read(PROMPT[:5], anew=True), gate.read(PROMPT[5:])])
        again = gate.read(PROMPT, anew=True)
    np.testing.assert_allclose(read, again, atol=1e-4)
    np.testing.assert_allclose(read, likely.numpy(), atol=0.02)  # the cache holds 16 bits
    assert {(one.expert, one.process) for one in gate.trace()} == {(expert, expert) for expert in np.flatnonzero(sent.sum(0)).tolist()}
    assert [[one.block, one.expert, one.tokens] for one in gate.trace()] == [
        [block, expert, 2 * sent[block, expert]] for block, expert in np.argwhere(sent).tolist()
    ]


def _count(sent: Any, maps: RoutedMaps, states: torch.Tensor) -> None:
    chosen, _ = maps.routed(states.reshape(-1, states.shape[-1]))
    sent += np.bincount(chosen.reshape(-1).numpy(), minlength=len(sent))


def test_a_part_of_a_mixture_holds_its_own_experts_alone(tmp_path: Path) -> None:
    base = mixture(tmp_path, used=2)
    whole = open_container(base.path)
    part = open_container(write_part(whole, (2, 3), 2, tmp_path / "part.gguf"))
    assert (part.number("llama.expert_count"), part.number("llama.expert_used_count")) == (2, 2)
    for name in ("blk.0.ffn_gate_exps.weight", "blk.1.ffn_down_exps.weight", "blk.1.ffn_gate_inp.weight"):
        np.testing.assert_array_equal(floats(part.tensors[name]), floats(whole.tensors[name])[2:])
    np.testing.assert_array_equal(floats(part.tensors["blk.0.attn_q.weight"]), floats(whole.tensors["blk.0.attn_q.weight"]))


def test_experts_that_cannot_be_apart_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = mixture(tmp_path)
    with pytest.raises(InputError, match="5 processes"):
        compared_apart(base, {"cards": CARDS}, 5)
    with pytest.raises(InputError, match="0 experts"):
        compared_apart(tiny.base(tmp_path, "llama"), {"cards": CARDS}, 2)
    monkeypatch.setattr("finfoundry.train.light.apart.free_disk", lambda _: 1000)
    with pytest.raises(SettingsError, match="do not fit on the disk"):
        compared_apart(base, {"cards": CARDS}, 2)


def test_a_process_that_ends_is_told(tmp_path: Path) -> None:
    with apart(mixture(tmp_path), 2) as gate:
        gate.processes[1].end()
        with pytest.raises(EngineError, match=r"part-1\.gguf does not answer"):
            gate.read(PROMPT, anew=True)


def test_nodes_of_other_names_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SCORES", "SHARES", "MADE"):
        monkeypatch.setattr(f"finfoundry.train.light.apart.{name}", "ffn_other")
    with apart(mixture(tmp_path), 2) as gate, pytest.raises(EngineError, match="gives no ffn_other-0"):
        gate.read(PROMPT, anew=True)


def test_an_engine_of_another_build_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Structures that are not those of the installed library, and a function that it lacks; a file that is no model."""
    with pytest.raises(ModelError, match=r"does not load none\.gguf"):
        Engine(tmp_path / "none.gguf", 64)
    monkeypatch.setitem(engine_nodes.DEFAULTS, "yarn_orig_ctx", 7)
    library.cache_clear()
    with pytest.raises(EngineError, match=r"its defaults do not lie where .*core.lock"):
        compared_apart(mixture(tmp_path), {"cards": CARDS}, 2)
    monkeypatch.setitem(engine_nodes.FUNCTIONS, "llama_none", (None, ()))
    with pytest.raises(EngineError, match="it has no llama_none"):
        library()


def test_what_fails_in_a_node_is_raised(tmp_path: Path) -> None:
    """No error of what is called for a node is lost in the engine's frames."""

    def failing(name: str, _: engine_nodes.Floats) -> engine_nodes.Floats:
        raise ValueError(name)

    engine = Engine(mixture(tmp_path).path, 64, ["ffn_moe_out-1"], failing)
    with pytest.raises(ValueError, match="ffn_moe_out-1"):
        engine.read(PROMPT, anew=True)
    engine.close()
