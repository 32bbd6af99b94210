"""The first layers of a language model, tuned by the toolchain and served from the home as what reads its states."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.train import tiny

from finfoundry.ask.retrieve import figure_lines, pair_scoring
from finfoundry.base.catalogue import MANIFEST
from finfoundry.base.state_reader import LINES, asked, state_reader
from finfoundry.core.errors import InputError, ModelError
from finfoundry.core.model_files.tuned_file import SCALE, read_safetensors
from finfoundry.core.tasks import TaskRow, load_task
from finfoundry.release.candidate import STATES, tuned
from finfoundry.runtime.settings import Settings
from finfoundry.train.data.personal import Screen
from finfoundry.train.export.forms import export
from finfoundry.train.first_layers import FirstLayers
from finfoundry.train.methods.encode import EncoderLoss, LabelledRow, heads_of, rows
from finfoundry.train.packing import Pack
from finfoundry.train.recipe import Recipe, load_recipe
from finfoundry.train.runs.training_run import carry_out, prepared
from finfoundry.usecases.readers.reader_setup import install_scorer
from finfoundry.usecases.train_model import Training

BASE = "qwen2.5-coder-1.5b-instruct"
TURN = "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n"
SAID = [("who pays?", "ab pays", 1.0), ("who pays?", "ab sleeps", 0.0), ("what is due?", "12 ab", 1.0), ("what is due?", "x", 0.0)]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    model = tmp_path / "home" / "models" / BASE / "model.gguf"
    model.parent.mkdir(parents=True)
    tiny.write_gguf(model, "qwen2")
    (model.parent / MANIFEST).write_text("{}")
    return tmp_path / "home"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name in ("evidence-pairs", "figure-pairs"):
        made = [
            {"text": f"{question} {n}", "passage": passage, "target": target, "paper": f"p{n}"}
            for n in range(8) for question, passage, target in SAID
        ]  # fmt: skip
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in made), "utf-8")
    return tmp_path


def recipe(**changes: Any) -> Recipe:
    given: dict[str, Any] = {
        "name": "state-reader", "base": BASE, "method": "encode", "layers": 2, "turn": TURN,
        "weights": "lora", "lora": {"rank": 4, "alpha": 8},
        "data": {"tasks": [{"task": "evidence-pairs@1"}, {"task": "figure-pairs@1"}], "licences": ["internal"], "personal": "keep"},
        "context": 256, "pack": 1024, "packs": 1, "epochs": 2, "learning_rate": 0.01, "head_rate": 1, "probe": 40, "forms": ["adapter"],
    }  # fmt: skip
    return Recipe.model_validate(given | changes)


def base(home: Path, told: Recipe) -> FirstLayers:
    return FirstLayers(BASE, home / "models" / BASE / "model.gguf", heads=heads_of(told))


def trained(home: Path, data: Path, told: Recipe) -> Path:
    run = data / "run"
    made = base(home, told)
    carry_out(prepared(told, made, data, run, Screen(lambda _: [], lambda text: text)), run, "0")
    export(run, made, list(told.forms))
    return run


def test_what_was_trained_is_what_is_served(home: Path, data: Path) -> None:
    """Read as the service reads: the same prompts, and scores of the trained weights, but for what eight bits lose."""
    told = recipe()
    run = trained(home, data, told)
    install_scorer(Settings(home=home), run, "own")
    reader = state_reader(Settings(home=home, state_reader="own"))
    assert reader is not None
    assert tuned(run, "adapter").slot == STATES, "as it is, it can be released"
    assert reader.reads("figure-pairs")
    assert not reader.reads("another")
    found = {head: reader.scores(head, [pair[:2] for pair in SAID]) for head in ("evidence-pairs", "figure-pairs")}
    tensors = read_safetensors((run / "adapter" / "adapter_model.safetensors").read_bytes())
    assert any(np.abs(weight).max() > 0 for name, weight in tensors.items() if ".lora_B." in name), "the layers learned"
    source = base(home, told)
    model = source.model(torch.float32)
    weights = dict(model.named_parameters())
    with torch.no_grad():
        for name, weight in weights.items():
            stem = f"base_model.model.{name.removesuffix('.weight')}"
            if f"{stem}.lora_A.weight" in tensors:
                weight += torch.from_numpy(tensors[f"{stem}.lora_B.weight"] @ tensors[f"{stem}.lora_A.weight"]) * 2
            elif f"base_model.model.{name}" in tensors:
                weight.copy_(torch.from_numpy(tensors[f"base_model.model.{name}"]))
        for head, scores in found.items():
            for (question, passage, _), score in zip(SAID, scores, strict=True):
                ids = source.tokenizer.encode(asked(source.tokenizer, question, passage, head)).ids
                states = model.body(
                    input_ids=torch.tensor([ids]), position_ids=torch.arange(len(ids))[None], segments=[len(ids)]
                ).last_hidden_state[0]  # fmt: skip
                assert abs(float(torch.sigmoid(model.heads[head](states[-1:]))) - score) < 0.06


def test_a_question_is_learned_as_it_is_asked(home: Path) -> None:
    """The prompts of the tasks, in the turn of the shipped recipe, are those of the service."""
    shipped, tokenizer = load_recipe(Path("state-reader")), base(home, recipe()).tokenizer
    for head in (pair_scoring.HEAD, figure_lines.HEAD):
        task = load_task(f"{head}@1")
        prompt = shipped.turn.format(task.prompt(TaskRow("1", {"text": "who?", "passage": "ab"}, "1", "p")))
        assert prompt == asked(tokenizer, "who?", "ab", head)
    assert figure_lines.HEAD == LINES


def test_a_row_is_read_at_its_last_token(home: Path, data: Path) -> None:
    told = recipe(probe=0)
    source = base(home, told)
    made = prepared(told, source, data, data / "run", Screen(lambda _: [], lambda text: text))
    (row, *_) = rows(made.material, source.tokenizer, told)
    assert isinstance(row, LabelledRow)
    model = source.model(torch.float32)
    with torch.no_grad():
        loss = EncoderLoss(model)(Pack((row,)))
        model.heads["figure-pairs"].bias.fill_(0.0)
        ids = torch.tensor([row.ids])
        states = model.body(input_ids=ids, position_ids=torch.arange(ids.shape[1])[None], segments=[ids.shape[1]]).last_hidden_state[0, -1:]
        logit = model.heads[row.head](states)
    wanted = torch.nn.functional.binary_cross_entropy_with_logits(logit, torch.tensor([[row.score]]))
    assert torch.allclose(loss, wanted, atol=1e-5)


def test_matrices_of_eight_bits_are_times_their_scales(home: Path, data: Path) -> None:
    from safetensors.numpy import save

    run = trained(home, data, recipe())
    file = run / "adapter" / "adapter_model.safetensors"
    tensors = read_safetensors(file.read_bytes())
    small: dict[str, Any] = {}
    for name, tensor in tensors.items():
        scale = np.abs(tensor).max() / 127 or np.float32(1)
        small |= {name: np.rint(tensor / scale).astype(np.int8), f"{name}{SCALE}": np.full((1,) * tensor.ndim, scale, np.float32)}
    again = read_safetensors(save(small))
    assert again.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert np.abs(again[name] - tensor).max() <= np.abs(tensor).max() / 127


@pytest.mark.parametrize(
    ("changes", "told"),
    [({"layers": 0}, "first layers"), ({"weights": "full"}, "first layers"), ({"method": "instruct"}, "set method: encode")],
)
def test_a_turn_is_of_first_layers_alone(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        recipe(**changes)


def test_it_has_no_other_form_and_no_more_layers_than_its_base(home: Path, data: Path) -> None:
    run = trained(home, data, recipe())
    with pytest.raises(InputError, match="Its forms are: adapter"):
        Training(Settings(home=home)).export(run, ["merged"])
    larger = base(home, recipe(layers=3))
    for _ in range(2):
        with pytest.raises(ModelError, match="model that has 2"):
            _ = larger.config


@pytest.mark.parametrize("turn", ["{}{}", "no place", "{name}", "{} {0}", "{}}"])
def test_a_turn_has_one_place_for_the_prompt(turn: str) -> None:
    with pytest.raises(ValueError, match="turn"):
        recipe(turn=turn)


def test_what_is_not_served_is_not_trained(home: Path) -> None:
    tiny.write_gguf(home / "models" / BASE / "model.gguf", "llama")
    with pytest.raises(ModelError, match="it is a llama"):
        _ = base(home, recipe()).config
    with pytest.raises(InputError, match="of texts as a whole"):
        heads_of(recipe(data={"tasks": [{"task": "ner-zh"}], "licences": ["internal"]}))


def test_a_recipe_without_a_turn_is_the_one_that_it_was() -> None:
    """Runs that were broken off before there were turns go on."""
    told = load_recipe(Path("evidence-scorer"))
    before = told.model_dump()
    del before["turn"]
    assert told.digest == hashlib.sha256(json.dumps(before, sort_keys=True).encode()).hexdigest()


def test_one_that_reads_lines_alone_is_installed_as_a_reader_of_states(home: Path, data: Path) -> None:
    told = recipe(data={"tasks": [{"task": "figure-pairs@1"}], "licences": ["internal"], "personal": "keep"})
    assert install_scorer(Settings(home=home), trained(home, data, told), "own").variable == "FINFOUNDRY_STATE_READER"


def test_one_of_another_model_is_refused(home: Path, data: Path) -> None:
    run = trained(home, data, recipe())
    shutil.rmtree(home / "models" / BASE)
    (home / "models" / BASE).mkdir()
    tiny.write_gguf(home / "models" / BASE / "model.gguf", "qwen2", seed=5)
    (home / "models" / BASE / MANIFEST).write_text("{}")
    with pytest.raises(ModelError, match="learned over another"):
        install_scorer(Settings(home=home), run, "own")
