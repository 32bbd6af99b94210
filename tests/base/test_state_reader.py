"""What reads a model's states: fitted over the first layers of a GGUF model, put together with it, and asked with a question and a text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save
from tests.train import tiny
from tokenizers import Tokenizer

from finfoundry.ask.retrieve.pair_scoring import HEAD, QUOTED_HEAD, ROWS_HEAD, TOLD_HEAD
from finfoundry.base.catalogue import MANIFEST
from finfoundry.base.state_reader import LINES, PASSAGE, QUESTION, STATES_USE, StateReader, asked, base_of_states, state_reader
from finfoundry.base.tuned_adapter import OFF, SHIPPED, AdapterOnDemand, adapter_folder, read_manifest
from finfoundry.core.errors import InputError, ModelError
from finfoundry.core.model_files.heads import Head, HeadForm, read_forms
from finfoundry.core.model_files.tuned_file import CONFIG, WEIGHTS, learned_on, read_safetensors
from finfoundry.runtime.path_digest import path_digest
from finfoundry.runtime.settings import Settings
from finfoundry.train.methods.frozen_head import write_head
from finfoundry.usecases.readers.reader_setup import install_scorer

BASE = "qwen2.5-coder-1.5b-instruct"
LARGEST = 2_650_000  # bytes that a package may carry for it


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a model of the base's name, two layers deep, and what a fit over it left."""
    model = tmp_path / "models" / BASE / "model.gguf"
    model.parent.mkdir(parents=True)
    tiny.write_gguf(model, "qwen2")
    (model.parent / MANIFEST).write_text("{}")
    weight = np.random.default_rng(2).normal(scale=0.03, size=(1, 64)).astype(np.float32)
    head = Head(HeadForm(HEAD, "score", ("score",), (2,), "last"), weight, np.zeros(1, np.float32))
    write_head(tmp_path / "fit" / "adapter", head, path_digest(model))
    (tmp_path / "fit" / MANIFEST).write_text(json.dumps({"base": BASE}))
    return tmp_path


def installed(home: Path) -> StateReader:
    told = install_scorer(Settings(home=home), home / "fit", "own")
    assert (told.variable, told.base) == ("FINFOUNDRY_STATE_READER", BASE)
    found = state_reader(Settings(home=home, state_reader="own"))
    assert found is not None
    return found


def test_the_shipped_one_is_the_file_that_its_manifest_names_and_is_small() -> None:
    folder = adapter_folder(Settings(), STATES_USE, SHIPPED)
    assert read_manifest(folder, STATES_USE)["base"] == BASE
    assert [(form.name, form.kind, form.reads) for form in read_forms(folder)] == [
        (name, "score", "last") for name in (HEAD, LINES, QUOTED_HEAD, ROWS_HEAD, TOLD_HEAD)
    ]
    assert (folder / WEIGHTS).stat().st_size <= LARGEST


@pytest.mark.parametrize("setting", [SHIPPED, OFF])
def test_without_its_model_or_switched_off_there_is_none(setting: str, tmp_path: Path) -> None:
    assert state_reader(Settings(home=tmp_path, state_reader=setting)) is None


def test_it_scores_questions_and_texts_by_the_state_that_has_seen_both(home: Path) -> None:
    reader = installed(home)
    pairs = [("who pays?", "ab pays"), ("who pays?", "ab sleeps"), ("who sleeps?", "ab pays")]
    told = reader.scores(HEAD, pairs)
    assert told.shape == (3,)
    assert len(set(told.round(4).tolist())) == 3
    assert np.allclose(told, np.concatenate([reader.scores(HEAD, [pair]) for pair in pairs]), atol=0.05)
    with pytest.raises(InputError, match="does not know"):
        reader.scores("another", pairs)


def test_what_is_long_is_cut_and_signs_in_it_are_no_signs(home: Path) -> None:
    tokenizer = Tokenizer.from_file(str(installed(home).folder / "tokenizer.json"))
    text = asked(tokenizer, "q" * 1000, "<|im_end|> 7" + "p" * 1000)
    assert text.count("q" * QUESTION) == 1
    assert "q" * (QUESTION + 1) not in text
    assert "< |im_end|> 7" in text
    assert "p" * PASSAGE not in text
    assert text.count("<|im_end|>") == 1


def test_a_model_that_it_was_not_fitted_on_is_refused(home: Path) -> None:
    tiny.write_gguf(home / "models" / BASE / "model.gguf", "qwen2", seed=3)
    with pytest.raises(ModelError, match="learned over another"):
        installed(home)


@pytest.mark.parametrize(
    ("tensors", "config", "told"),
    [
        ({"q.lora_A": (2, 64)}, {}, "no whole pair"),
        ({"q.lora_B": (64, 2)}, {}, "no whole pair"),
        ({"q.lora_A": (2, 64), "q.lora_B": (1, 2)}, {}, "no whole pair"),
        ({"q.lora_A": (2, 32), "q.lora_B": (64, 2)}, {}, "no whole pair"),
        ({}, {"r": 0}, "no one rank"),
        ({}, {"rank_pattern": {"q_proj": 8}}, "no one rank"),
        ({}, {"use_dora": True}, "use_dora"),
        ({}, [1], "holds no adapter"),
    ],
)
def test_an_adapter_that_is_not_whole_is_refused_by_name(home: Path, tensors: dict[str, tuple[int, int]], config: Any, told: str) -> None:
    folder = home / "fit" / "adapter"
    held = read_safetensors((folder / WEIGHTS).read_bytes())
    stem = "base_model.model.body.layers.0.self_attn."
    held |= {f"{stem}{name.replace('.', '_proj.')}.weight": np.ones(shape, np.float32) for name, shape in tensors.items()}
    (folder / WEIGHTS).write_bytes(save(held, {"base_sha256": learned_on(folder)}))
    said = json.loads((folder / CONFIG).read_text("utf-8"))
    (folder / CONFIG).write_text(json.dumps(config if isinstance(config, list) else said | config))
    with pytest.raises(ModelError, match=told):
        installed(home)


@pytest.mark.parametrize("scale", [None, (3,), (2, 2, 2), (3, 2)])
def test_numbers_of_eight_bits_have_a_scale_that_fits(scale: tuple[int, ...] | None) -> None:
    tensors: dict[str, Any] = {"a": np.ones((2, 2), np.int8)} | ({"a.scale": np.ones(scale, np.float32)} if scale else {})
    with pytest.raises(ValueError, match="eight bits"):
        read_safetensors(save(tensors))


def test_it_is_put_together_once_and_again_where_it_was_left_half(home: Path) -> None:
    folder = installed(home).folder
    assert {file.name for file in folder.iterdir()} >= {"model.onnx", "model.onnx.data", "tokenizer.json", "heads.json"}
    before = (folder / "model.onnx.data").stat().st_mtime_ns
    assert installed(home).folder == folder
    assert (folder / "model.onnx.data").stat().st_mtime_ns == before
    (folder / "pieces.json").unlink()  # written last
    assert installed(home).folder == folder
    assert (folder / "pieces.json").is_file()


def test_what_an_earlier_version_put_together_is_put_together_again(home: Path) -> None:
    """Its graph cannot read what many texts begin with once."""
    folder = installed(home).folder
    told = json.loads((folder / "pieces.json").read_text("utf-8"))
    assert told.pop("takes") == "before"
    (folder / "pieces.json").write_text(json.dumps(told))
    assert installed(home).folder == folder
    assert json.loads((folder / "pieces.json").read_text("utf-8"))["takes"] == "before"


def test_matrices_that_were_cut_are_put_together_again(home: Path) -> None:
    data = installed(home).folder / "model.onnx.data"
    whole = data.read_bytes()
    data.write_bytes(whole[: len(whole) // 2])
    told = installed(home).loaded().scores(HEAD, [("who pays?", "ab pays")])
    assert data.read_bytes() == whole
    assert 0 < told[0] < 1


def test_what_does_not_load_is_not_put_together_for_each_question(home: Path) -> None:
    asked_for = []

    def find(settings: Settings) -> StateReader | None:
        asked_for.append(settings)
        raise ModelError("the disk is full", remedy="Free some space")

    reader = AdapterOnDemand(Settings(home=home), find)
    for _ in range(3):
        with pytest.raises(ModelError, match="the disk is full"):
            reader()
    assert len(asked_for) == 1


def test_a_model_is_named_whose_states_are_read(home: Path) -> None:
    installed(home)
    assert base_of_states(Settings(home=home, state_reader="own")) == BASE
    assert base_of_states(Settings(home=home, state_reader="another")) is None
    assert base_of_states(Settings(home=home, state_reader=OFF)) is None
