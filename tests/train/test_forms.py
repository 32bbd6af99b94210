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
from finfoundry.runtime.path_digest import path_digest
from finfoundry.train.base import Base
from finfoundry.train.export.forms import LEARNED, adapter_changes, export, write_gguf, write_lora, write_merged
from finfoundry.train.export.learned import Adapter, read_adapter
from finfoundry.train.export.manifest import FormRecord, ModelManifest, write_manifest
from finfoundry.train.export.rounding_loss import TEXTS, TOKENS, rounding_loss
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


@pytest.fixture
def tuned(recipe: Callable[..., Recipe], bases: Callable[[str], Base], tmp_path: Path) -> Callable[[float], Path]:
    """A tuned model's folder with an adapter whose changes have a size."""

    def made(size: float) -> Path:
        folder, told, base = tmp_path / f"model-{size}", recipe(), bases("llama")
        folder.mkdir()
        weights = LowRank(told)
        model = weights.open(base, torch.float32)
        torch.manual_seed(1)
        with torch.no_grad():
            for name, weight in weights.learned(model).items():
                if "lora_B" in name:
                    weight.normal_(0, size)
        weights.save(model, base, folder / LEARNED)
        forms = {"adapter": FormRecord(LEARNED, path_digest(folder / LEARNED), 1)}
        write_manifest(
            folder,
            ModelManifest("cards", "", "0", base.name, base.sha256, "", told.model_dump(), "", {}, 1, 1, 0.0, forms=forms),
        )
        return folder

    return made


@pytest.mark.parametrize(("form", "size", "worse"), [("q4_0", 0.02, True), ("q4_0", 0.3, False), ("q8_0", 0.02, False)])
def test_a_file_that_is_further_than_plain_rounding_is_said_to_be(
    form: str, size: float, worse: bool, tuned: Callable[[float], Path], bases: Bases, caplog: pytest.LogCaptureFixture
) -> None:
    found = export(tuned(size), bases("llama"), [form]).forms[form].metrics["rounding"]
    assert (found["divergence"] > found["divergence_plain"]) is worse
    assert ("than plain rounding" in caplog.text) is worse
    assert 0 < found["divergence"] < (0.01 if form == "q8_0" else 1)


def test_a_file_in_halves_is_not_measured(tuned: Callable[[float], Path], bases: Bases) -> None:
    assert export(tuned(0.3), bases("llama"), ["f16", "adapter"]).forms["f16"].metrics == {}


def test_the_divergence_is_that_of_the_logits(tuned: Callable[[float], Path], bases: Bases) -> None:
    base, folder = bases("llama"), tuned(0.1)
    changes = adapter_changes(read_adapter(folder / LEARNED, base), base)
    for form in ("f16", "q4_0"):
        write_gguf(folder / f"{form}.gguf", base, form, changes)
    loss = rounding_loss(folder / "q4_0.gguf", base, changes)
    assert loss is not None
    whole, stored = (plain(folder, f"{form}.gguf") for form in ("f16", "q4_0"))
    apart, tokens = 0.0, 0
    for text in TEXTS:
        ids = torch.tensor([base.tokenizer(text, add_special_tokens=True)["input_ids"][: TOKENS - tokens]])
        if ids.shape[1] > 1:
            with torch.no_grad():
                one, other = (torch.log_softmax(model(input_ids=ids).logits[0].float(), -1) for model in (whole, stored))
            apart += float((one.exp() * (one - other)).sum())
            tokens += ids.shape[1]
    assert tokens == loss.tokens
    assert apart / tokens == pytest.approx(loss.divergence, rel=0.02)
