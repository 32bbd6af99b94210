"""rsLoRA, DoRA, NEFTune, states computed twice: against PEFT and against what their papers write; keys that are not read are refused."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from tests.tiers import slow_but
from tests.train import tiny
from tests.train.test_forms import logits, plain

from finfoundry.core.errors import InputError, ModelError
from finfoundry.core.model_files.gguf_container import open_container
from finfoundry.core.model_files.tuned_file import SCALE
from finfoundry.train.base import Base
from finfoundry.train.export.forms import adapter_changes, write_gguf, write_lora
from finfoundry.train.export.learned import read_adapter
from finfoundry.train.loss import CausalLoss
from finfoundry.train.packing import Pack, RowTokens
from finfoundry.train.recipe import Recipe, parse_recipe
from finfoundry.train.runs.training_run import _as_told
from finfoundry.train.weights import LowRank
from finfoundry.train.weights.embedding_noise import noise

Made = Callable[..., Recipe]
Bases = Callable[[str], Base]
KINDS: dict[str, dict[str, bool]] = {"lora": {}, "rslora": {"rslora": True}, "dora": {"dora": True}, "both": {"rslora": True, "dora": True}}
PACK = Pack((RowTokens((1, 4, 70, 80, 90), 2), RowTokens((1, 4, 100, 110, 5, 33, 34), 3)))


def learned(recipe: Made, base: Base, folder: Path, **lora: bool) -> Any:
    """A model with an adapter drawn at random, saved to the folder."""
    weights = LowRank(recipe(lora={"rank": 4, "alpha": 8, **lora}, forms=["adapter"]))
    model = weights.open(base, torch.float32)
    torch.manual_seed(1)
    with torch.no_grad():
        for name, weight in weights.learned(model).items():
            if "lora_B" in name:
                weight.normal_(0, 0.3)
            elif "magnitude" in name:
                weight.mul_(1 + 0.3 * torch.rand_like(weight))
    weights.save(model, base, folder)
    return model


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")  # of PEFT
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("architecture", slow_but(["llama"], ["llama", "gemma3"]))
def test_merged_weights_give_what_peft_gives(kind: str, architecture: str, recipe: Made, bases: Bases, tmp_path: Path) -> None:
    """PEFT reads the folder by itself; what we merge gives its logits, and those differ from plain LoRA's."""
    from peft import PeftModel

    base = bases(architecture)
    learned(recipe, base, tmp_path / "adapter", **KINDS[kind])
    tuned = PeftModel.from_pretrained(plain(base.path.parent, base.path.name), tmp_path / "adapter")
    wanted = logits(tuned)
    write_gguf(tmp_path / "f16.gguf", base, "f16", adapter_changes(read_adapter(tmp_path / "adapter", base), base))
    got = logits(plain(tmp_path, "f16.gguf"))
    assert np.abs(got - wanted).max() < 0.005 * np.abs(wanted).max()
    config = json.loads((tmp_path / "adapter" / "adapter_config.json").read_text("utf-8"))
    (tmp_path / "adapter" / "adapter_config.json").write_text(json.dumps(config | {"use_rslora": False, "use_dora": False}), "utf-8")
    if kind != "lora":
        misread = logits(PeftModel.from_pretrained(plain(base.path.parent, base.path.name), tmp_path / "adapter"))
        assert np.abs(misread - wanted).max() > 0.02 * np.abs(wanted).max()


def test_a_weight_with_lengths_is_that_of_the_paper(recipe: Made, bases: Bases, tmp_path: Path) -> None:
    """W' = m (W + s B A) / |W + s B A|, row by row, s = alpha / sqrt(rank): written out here, not read from the code."""
    base = bases("qwen2")
    learned(recipe, base, tmp_path, rslora=True, dora=True)
    adapter = read_adapter(tmp_path, base)
    stored = load_file(tmp_path / "adapter_model.safetensors")
    name = "model.layers.1.mlp.down_proj.weight"
    stem = f"base_model.model.{name.removesuffix('.weight')}.lora_"
    weight = dict(base.model(torch.float32).named_parameters())[name].detach()
    changed = weight + 8 / math.sqrt(4) * stored[f"{stem}B.weight"] @ stored[f"{stem}A.weight"]
    wanted = torch.stack([row * length / row.norm() for row, length in zip(changed, stored[f"{stem}magnitude_vector"], strict=True)])
    torch.testing.assert_close(torch.from_numpy(adapter.applied(name, weight.numpy())), wanted, atol=1e-5, rtol=1e-5)


def test_fresh_lengths_leave_the_base_as_it_is_and_have_gradients(recipe: Made, bases: Bases) -> None:
    """The gradient of a length is along the row's direction: checked against a difference of two losses."""
    base, asked = bases("llama"), recipe(lora={"rank": 4, "alpha": 8, "dora": True}, forms=["adapter"])
    weights = LowRank(asked)
    model = weights.open(base, torch.float64)
    module = CausalLoss(model)
    torch.testing.assert_close(module(PACK), CausalLoss(base.model(torch.float64))(PACK), rtol=1e-5, atol=1e-5)
    module(PACK).backward()
    told = weights.learned(model)
    assert sum(weight.numel() for weight in told.values()) == weights.count(base.config)
    name = next(name for name in told if "magnitude" in name and "down_proj" in name)
    place, step, losses = 3, 1e-3, []
    for sign in (1, -1):
        with torch.no_grad():
            told[name][place] += sign * step
            losses.append(float(module(PACK)))
            told[name][place] -= sign * step
    slope = told[name].grad
    assert slope is not None
    assert float(slope[place]) == pytest.approx((losses[0] - losses[1]) / (2 * step), rel=0.05, abs=1e-4)


def test_llama_cpp_is_told_the_scale_and_refused_lengths(recipe: Made, bases: Bases, tmp_path: Path) -> None:
    base = bases("qwen2")
    learned(recipe, base, tmp_path / "rs", rslora=True)
    write_lora(tmp_path / "rs.gguf", read_adapter(tmp_path / "rs", base), base)
    import gguf

    alpha = gguf.GGUFReader(tmp_path / "rs.gguf").fields["adapter.lora.alpha"].contents()
    assert alpha / 4 == pytest.approx(8 / math.sqrt(4))  # it multiplies by alpha / rank
    assert open_container(tmp_path / "rs.gguf").tensors
    learned(recipe, base, tmp_path / "do", dora=True)
    with pytest.raises(InputError, match=r"lengths of its own \(DoRA\).*merged"):
        write_lora(tmp_path / "do.gguf", read_adapter(tmp_path / "do", base), base)


@pytest.mark.parametrize(
    ("key", "value"),
    [("alpha_pattern", {"q_proj": 2}), ("rank_pattern", {"q_proj": 2}), ("fan_in_fan_out", True), ("lora_bias", True), ("bias", "all"),
     ("modules_to_save", ["lm_head"]), ("peft_type", "LOHA"), ("init_lora_weights", "pissa"), ("a_key_to_come", 1)],
)  # fmt: skip
def test_an_adapter_that_does_what_is_not_read_is_refused(key: str, value: Any, recipe: Made, bases: Bases, tmp_path: Path) -> None:
    base = bases("llama")
    learned(recipe, base, tmp_path)
    config = json.loads((tmp_path / "adapter_config.json").read_text("utf-8"))
    (tmp_path / "adapter_config.json").write_text(json.dumps(config | {key: value}), "utf-8")
    with pytest.raises(ModelError, match=rf"has {key}: .*which is not read here"):
        read_adapter(tmp_path, base)


def test_an_adapter_of_another_base_is_refused_also_where_it_does_not_say(recipe: Made, bases: Bases, tmp_path: Path) -> None:
    """Others' files name no base: then the sizes tell."""
    learned(recipe, bases("gemma3"), tmp_path)
    base, weights = bases("llama"), LowRank(recipe())
    model = weights.open(base, torch.float32)
    before = {name: weight.clone() for name, weight in weights.learned(model).items()}
    with pytest.raises(ModelError, match="learned on a base with the SHA-256"):
        weights.begin(model, base, tmp_path)
    path = tmp_path / "adapter_model.safetensors"
    save_file(load_file(path), path, {"format": "pt"})
    with pytest.raises(ModelError, match=r"learned on a base of other sizes: .*lora_.* for tiny-llama"):
        weights.begin(model, base, tmp_path)
    assert all(torch.equal(weight, before[name]) for name, weight in weights.learned(model).items()), "nothing of it was put in"


def test_equal_adapters_are_equal_bytes(recipe: Made, bases: Bases, tmp_path: Path) -> None:
    for name in ("a", "b"):
        learned(recipe, bases("llama"), tmp_path / name)
    header = (tmp_path / "a" / "adapter_model.safetensors").read_bytes()[8:200]
    assert header.startswith(b'{"__metadata__":{"base_sha256"')
    targets = json.loads((tmp_path / "a" / "adapter_config.json").read_text("utf-8"))["target_modules"]
    assert targets == sorted(targets)
    for file in ("adapter_model.safetensors", "adapter_config.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


@pytest.mark.parametrize("architecture", tiny.ARCHITECTURES)
def test_states_computed_twice_give_the_same_gradients(architecture: str, recipe: Made, bases: Bases, tmp_path: Path) -> None:
    found = []
    for twice in (False, True):
        asked = recipe(gradient_checkpointing=twice)
        model = learned(recipe, bases(architecture), tmp_path / str(twice))
        _as_told(asked, model)
        module = CausalLoss(model).train()
        module(PACK).backward()
        found.append({name: weight.grad for name, weight in model.named_parameters() if weight.requires_grad})
    for name, grad in found[0].items():
        torch.testing.assert_close(found[1][name], grad, rtol=1e-6, atol=1e-7, msg=name)


def test_noise_is_of_the_size_of_the_paper_and_in_training_only(recipe: Made, bases: Bases) -> None:
    vectors = torch.zeros(1, 12, 64)
    torch.manual_seed(0)
    drawn = noise(vectors, [4, 8], 5.0)
    for part, length in ((drawn[:, :4], 4), (drawn[:, 4:], 8)):
        most = 5.0 / math.sqrt(length * 64)
        assert float(part.abs().max()) <= most
        assert float(part.pow(2).mean().sqrt()) == pytest.approx(most / math.sqrt(3), rel=0.1)
    model = bases("llama").model(torch.float32)
    module = CausalLoss(model)
    silent = module.eval()(PACK)
    _as_told(recipe(neftune=5), model)
    assert torch.equal(module(PACK), silent)
    torch.manual_seed(0)
    one = module.train()(PACK)
    assert not torch.equal(one, silent)
    torch.manual_seed(0)
    assert torch.equal(module(PACK), one)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lora": {"use_dora": True}}, r"lora\.use_dora.*Here it is called lora\.dora"),
        ({"lora": {"lora_alpha": 8}}, r"Here it is called lora\.alpha"),
        ({"lora": {"init_lora_weights": "pissa"}}, "What PEFT and TRL mean by init_lora_weights is not done here"),
        ({"lora": {"modules_to_save": ["lm_head"]}}, "modules_to_save is not done here"),
        ({"neftune_noise_alpha": 5}, "Here it is called neftune"),
        ({"lora": {"dora": True}}, r"an adapter in GGUF has no lengths \(lora\.dora\): forms may be adapter, merged"),
        ({"lora": {"dora": True}, "weights": "qlora", "forms": ["adapter"]}, "whole weights"),
        ({"weights": "full", "forms": ["f16"], "init_adapter": "x"}, "full weights begin from no init_adapter"),
    ],
)
def test_recipes_name_what_is_asked_in_others_words(change: dict[str, Any], said: str) -> None:
    whole = {"name": "a", "base": "b", "method": "instruct", "data": {"tasks": [{"task": "finfe"}], "licences": ["none-stated"]}}
    with pytest.raises(InputError, match=said):
        parse_recipe(whole | change, "mine.yaml")


@pytest.mark.parametrize("kind", KINDS)
def test_what_learns_is_in_float32_beside_a_base_in_bf16(kind: str, recipe: Made, bases: Bases) -> None:
    """A step of 1e-5 is lost beside 0.3 in bf16, whose next number is 0.3 + 2e-3."""
    weights = LowRank(recipe(lora={"rank": 4, "alpha": 8, **KINDS[kind]}, forms=["adapter"]))
    module = CausalLoss(weights.open(bases("gemma3"), torch.bfloat16))
    mine = weights.learned(module.model)
    assert {weight.dtype for weight in mine.values()} == {torch.float32}
    assert {weight.dtype for weight in module.parameters() if not weight.requires_grad} == {torch.bfloat16}
    with torch.autocast("cpu", torch.bfloat16):
        module(PACK).backward()
    before = {name: weight.detach().clone() for name, weight in mine.items()}
    torch.optim.SGD(mine.values(), lr=1e-3).step()
    moved = {name for name, weight in mine.items() if weight.grad is not None and weight.grad.abs().max() > 1e-2}
    assert moved
    assert all((mine[name] != before[name]).any() for name in moved)


def test_what_an_adapter_holds_in_eight_bits_is_read_in_full(recipe: Made, bases: Bases, tmp_path: Path) -> None:
    """As shipped ones are stored: learning goes on from the numbers times their scale, and the scale is no tensor to learn."""
    base = bases("llama")
    learned(recipe, base, tmp_path)
    before = read_adapter(tmp_path, base)
    tensors = load_file(tmp_path / "adapter_model.safetensors")
    name = next(one for one in tensors if ".lora_B." in one)
    scale = tensors[name].float().abs().amax(dim=1, keepdim=True) / 127
    tensors |= {name: (tensors[name].float() / scale).round().to(torch.int8), f"{name}{SCALE}": scale}
    save_file(tensors, tmp_path / "adapter_model.safetensors", {"base_sha256": base.sha256})
    after = read_adapter(tmp_path, base)
    assert set(after.tensors) == set(before.tensors)
    assert not np.array_equal(after.tensors[name], before.tensors[name])
    for one in before.pairs:
        np.testing.assert_allclose(after.pairs[one][1], before.pairs[one][1], atol=float(scale.max()))
    save_file({one: tensor for one, tensor in tensors.items() if not one.endswith(SCALE)}, tmp_path / "adapter_model.safetensors")
    with pytest.raises(ModelError, match=f"is of eight bits, and has no {SCALE} that fits it"):
        read_adapter(tmp_path, base)
