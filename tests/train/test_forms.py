"""Every architecture into every form, and back again by the readers of others: transformers and llama.cpp."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.train import tiny
from transformers import AutoModelForCausalLM

from finfoundry.core.errors import ModelError
from finfoundry.core.model_files.gguf_container import Tensor, floats, open_container
from finfoundry.train.base import Base
from finfoundry.train.export.forms import adapter_changes, write_gguf, write_lora, write_merged
from finfoundry.train.export.learned import Adapter, read_adapter
from finfoundry.train.gguf_file.blocks import kind_for, quantised
from finfoundry.train.recipe import Recipe
from finfoundry.train.weights import LowRank

IDS = torch.tensor([[1, 4, 70, 80, 90, 100, 110, 5]])
Bases = Callable[[str], Base]


def logits(model: torch.nn.Module) -> np.ndarray:
    with torch.no_grad():
        found: np.ndarray = model(input_ids=IDS).logits[0].float().numpy()
    return found


def plain(path: Path, file: str) -> torch.nn.Module:
    model: torch.nn.Module = AutoModelForCausalLM.from_pretrained(path, gguf_file=file, dtype=torch.float32, attn_implementation="eager")
    return model


@pytest.mark.parametrize("architecture", tiny.ARCHITECTURES)
def test_names_and_layout_are_those_that_transformers_reads(architecture: str, bases: Bases) -> None:
    """The way there is ours, the ways back are that of transformers and ours."""
    base = bases(architecture)
    original = tiny.hf_model(architecture)
    loaded = dict(plain(base.path.parent, base.path.name).named_parameters())
    ours = dict(base.model(torch.float32).named_parameters())
    assert loaded.keys() == ours.keys() == dict(original.named_parameters()).keys()
    reference = dict(tiny.write_gguf(base.path.with_suffix(".again"), architecture).named_parameters())
    for name, weight in reference.items():
        torch.testing.assert_close(loaded[name], weight, atol=1e-6, rtol=1e-6)
        torch.testing.assert_close(ours[name], weight, atol=1e-6, rtol=1e-6)


@pytest.fixture
def adapter(recipe: Callable[..., Recipe]) -> Callable[[Base, Path], Adapter]:
    """An adapter with weights drawn at random, saved to and read from a folder."""

    def made(base: Base, folder: Path) -> Adapter:
        weights = LowRank(recipe())
        model = weights.open(base, torch.float32)
        torch.manual_seed(1)
        with torch.no_grad():
            for name, weight in weights.learned(model).items():
                if "lora_B" in name:
                    weight.normal_(0, 0.3)
        weights.save(model, base, folder)
        return read_adapter(folder, base)

    return made


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")  # of PEFT
@pytest.mark.parametrize("architecture", tiny.ARCHITECTURES)
def test_merged_and_f16_give_the_adapters_logits(architecture: str, bases: Bases, adapter: Callable[..., Adapter], tmp_path: Path) -> None:
    base = bases(architecture)
    learned = adapter(base, tmp_path / "adapter")
    from peft import PeftModel

    tuned = PeftModel.from_pretrained(plain(base.path.parent, base.path.name), tmp_path / "adapter")
    wanted = logits(tuned)
    assert np.abs(wanted - logits(plain(base.path.parent, base.path.name))).max() > 0.1
    write_merged(tmp_path / "merged", tmp_path / "adapter", base, full=False)
    merged = AutoModelForCausalLM.from_pretrained(tmp_path / "merged", dtype=torch.float32, attn_implementation="eager")
    assert np.abs(logits(merged) - wanted).max() < 0.05 * np.abs(wanted).max()
    for form, tolerance in (("f16", 0.005), ("q8_0", 0.05)):
        write_gguf(tmp_path / f"{form}.gguf", base, form, adapter_changes(learned, base))
        got = logits(plain(tmp_path, f"{form}.gguf"))
        assert np.abs(got - wanted).max() < tolerance * np.abs(wanted).max(), form


@pytest.mark.parametrize("form", ["f16", "q8_0", "q4_0", "q4_k_m"])
def test_blocks_hold_the_weights(form: str, bases: Bases, adapter: Callable[..., Adapter], tmp_path: Path) -> None:
    """Each form is within the error of its blocks; what the adapter does not change keeps its bytes, but for F16."""
    base = bases("llama")
    learned = adapter(base, tmp_path / "adapter")
    write_gguf(tmp_path / "out.gguf", base, form, adapter_changes(learned, base))
    before, after = open_container(base.path), open_container(tmp_path / "out.gguf")
    assert after.head == before.head or after.text("tokenizer.chat_template") == tiny.TEMPLATE
    worst = {"f16": 0.001, "q8_0": 0.01, "q4_0": 0.15, "q4_k_m": 0.15}[form]
    for name, change in adapter_changes(learned, base).items():
        wanted = change(before.tensors[name])
        got = floats(after.tensors[name])
        assert np.abs(got - wanted).max() <= worst * np.abs(wanted).max()
    if form != "f16":
        assert bytes(after.tensors["token_embd.weight"].data) == bytes(before.tensors["token_embd.weight"].data)


def test_lora_file_names_base_and_pairs(bases: Bases, adapter: Callable[..., Adapter], tmp_path: Path) -> None:
    base = bases("qwen2")
    write_lora(tmp_path / "adapter.gguf", adapter(base, tmp_path / "adapter"), base)
    found = open_container(tmp_path / "adapter.gguf")
    assert found.text("adapter.type") == "lora"
    assert found.text("finfoundry.base_sha256") == base.sha256
    assert found.tensors["blk.0.attn_q.weight.lora_a"].shape == (4, 64)
    assert found.tensors["blk.1.ffn_down.weight.lora_b"].shape == (64, 4)


@pytest.mark.parametrize("form", ["f16", "q8_0", "q4_0"])
def test_a_matrix_is_unpacked_in_parts_as_it_is_whole(form: str) -> None:
    """A vocabulary is never held three times: parts of rows are blocks of their own."""
    weights = np.random.default_rng(0).normal(size=(70, 64)).astype(np.float32)
    kind = kind_for(form, "blk.0.ffn_up.weight", weights.shape, False)
    tensor = Tensor("blk.0.ffn_up.weight", weights.shape, kind, np.frombuffer(quantised(weights, kind).tobytes(), np.uint8))
    parts = [floats(tensor.rows(start, start + 32)) for start in range(0, 70, 32)]
    assert [len(part) for part in parts] == [32, 32, 6]
    assert np.array_equal(np.concatenate(parts), floats(tensor))


def test_an_adapter_that_changes_nothing_is_not_merged(bases: Bases, recipe: Callable[..., Recipe], tmp_path: Path) -> None:
    base = bases("llama")
    weights = LowRank(recipe())
    weights.save(weights.open(base, torch.float32), base, tmp_path / "adapter")  # B is zero as it begins
    with pytest.raises(ModelError, match="changes no weight"):
        write_merged(tmp_path / "merged", tmp_path / "adapter", base, full=False)
    assert not (tmp_path / "merged").exists()


@pytest.mark.parametrize(("size", "said"), [(1e-7, True), (0.3, False)])
def test_a_merge_that_rounding_eats_is_said(
    size: float, said: bool, bases: Bases, recipe: Callable[..., Recipe], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    base, weights = bases("llama"), LowRank(recipe())
    model = weights.open(base, torch.float32)
    torch.manual_seed(1)
    with torch.no_grad():
        for name, weight in weights.learned(model).items():
            if "lora_B" in name:
                weight.normal_(0, size)
    weights.save(model, base, tmp_path / "adapter")
    write_merged(tmp_path / "merged", tmp_path / "adapter", base, full=False)
    assert ("Rounding to bf16" in caplog.text) is said
