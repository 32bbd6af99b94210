"""Completions drawn by llama.cpp with the adapter as it is, against those of torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.train.test_policy import LETTERS, PROMPTS

from finfoundry.core.errors import EngineError, InputError, ModelError, SettingsError
from finfoundry.train.base import Base
from finfoundry.train.data.personal import Screen
from finfoundry.train.export.forms import write_lora
from finfoundry.train.export.learned import read_adapter
from finfoundry.train.loss import CausalLoss
from finfoundry.train.packing import RowTokens
from finfoundry.train.recipe import Recipe
from finfoundry.train.runs.training_run import carry_out, prepared
from finfoundry.train.sampling.engine_sampler import EngineSampler
from finfoundry.train.sampling.rollouts import row_scores
from finfoundry.train.sampling.sampler import TorchSampler
from finfoundry.train.weights import trainable
from finfoundry.usecases.tuning.token_engine import LlamaTokens

Made = Callable[..., Recipe]
Bases = Callable[[str], Base]


def adapted(recipe: Recipe, base: Base, seed: int) -> Any:
    """A model whose adapter does something."""
    weights = trainable(recipe)
    model = weights.open(base, torch.float32)
    torch.manual_seed(seed)
    with torch.no_grad():
        for weight in weights.learned(model).values():
            weight.add_(torch.randn_like(weight) * 0.1)
    return model


@pytest.mark.parametrize("architecture", ["llama", "qwen2", "gemma3"])
def test_the_engine_draws_what_torch_draws_with_the_adapter_of_now(architecture: str, recipe: Made, bases: Bases, tmp_path: Path) -> None:
    base, told = bases(architecture), recipe()
    drawn = []
    with LlamaTokens(base, 2, 64, 1) as engine:
        for seed in (1, 2):
            model = adapted(told, base, seed)

            def export(path: Path, model: Any = model) -> None:
                trainable(told).save(model, base, tmp_path / "learned")
                write_lora(path, read_adapter(tmp_path / "learned", base), base)

            module = CausalLoss(model)
            score = partial(row_scores, module, pack=64, dtype=torch.float32)
            found = EngineSampler(engine, export, score, tmp_path, 2, 8, 0.0).draw(PROMPTS, 2, seed=1)
            wanted = TorchSampler(model, 2, 8, 0.0, torch.float32).draw(PROMPTS, 2, seed=1)
            assert [[one.ids for one in of] for of in found] == [[one.ids for one in of] for of in wanted]
            for of, others in zip(found, wanted, strict=True):
                assert of[0].scores == pytest.approx(others[0].scores, abs=1e-4)
            drawn.append(found)
    assert drawn[0] != drawn[1], "another adapter, other answers"


def test_draws_differ_by_their_number_and_repeat_by_their_seed(recipe: Made, bases: Bases, tmp_path: Path) -> None:
    base, told = bases("llama"), recipe()
    model = adapted(told, base, 1)
    trainable(told).save(model, base, tmp_path)
    write_lora(tmp_path / "a.gguf", read_adapter(tmp_path, base), base)
    with LlamaTokens(base, 1, 64, 1) as engine:
        engine.load(tmp_path / "a.gguf")
        first, again, other = (engine.complete(PROMPTS[0], 8, 1.0, seed) for seed in (1, 1, 2))
        many = [engine.complete(PROMPTS[0], 1, 1.0, seed)[0] for seed in range(300)]
    assert first == again != other
    row = RowTokens((*PROMPTS[0], 7), len(PROMPTS[0]))
    with torch.no_grad():
        module = CausalLoss(model)
        chances = torch.tensor(
            [row_scores(module, [RowTokens((*row.ids[:-1], token), row.start)], 64, torch.float32)[0][0] for token in range(320)]
        ).exp()
    counts = torch.bincount(torch.tensor(many), minlength=320) / len(many)
    assert float((counts - chances).abs().sum()) / 2 < 0.35, "total variation of 300 draws over 320 tokens"
    assert float(chances[many].log().mean()) == pytest.approx(float((chances * chances.log()).sum()), abs=0.25)


def test_an_engine_that_gives_nothing_is_no_sampler(tmp_path: Path) -> None:
    class Silent:
        def load(self, adapter: Path) -> None: ...

        def complete(self, prompt: Sequence[int], *_: float) -> tuple[int, ...]:
            return (5, 2) if len(prompt) < 3 else ()

    sampler = EngineSampler(Silent(), lambda _: None, lambda rows: [(0.0,) * row.targets for row in rows], tmp_path, 2, 8, 0.0)
    assert sampler.draw([(1, 4)], 1, 1)[0][0].finished
    with pytest.raises(EngineError, match="no token after a prompt of 3"):
        sampler.draw([(1, 4), (1, 4, 4)], 1, 1)


@pytest.mark.slow
def test_a_policy_learns_from_what_the_engine_drew(recipe: Made, bases: Bases, data: Path, tmp_path: Path, screen: Screen) -> None:
    told = recipe(
        method="grpo", rewards={"letters": 1.0}, learning_rate=0.02, epochs=0.75, pack=256, warmup=0,
        sampling={"prompts": 4, "completions": 6, "tokens": 8, "engine": True, "updates": 2},
    )  # fmt: skip
    ready = prepared(told, bases("qwen2"), data, tmp_path / "run", screen)
    with LlamaTokens(bases("qwen2"), 8, 64, 1) as engine:
        found = carry_out(ready, tmp_path / "run", "0", rewards=LETTERS, engine=lambda *_: engine)
    assert found.metrics["letters_last"] > found.metrics["letters_first"] + 0.05


def test_what_cannot_be_sampled_by_the_engine_is_refused(recipe: Made, bases: Bases, data: Path, tmp_path: Path, screen: Screen) -> None:
    told: dict[str, Any] = {"method": "grpo", "rewards": {"letters": 1.0}, "sampling": {"tokens": 8, "engine": True}}
    with pytest.raises(InputError, match="samples with an adapter"):
        recipe(**told, weights="full")
    ready = prepared(recipe(**told), bases("llama"), data, tmp_path / "run", screen)
    with pytest.raises(SettingsError, match="no engine that samples"):
        carry_out(ready, tmp_path / "run", "0", rewards=LETTERS)
    (tmp_path / "broken.gguf").write_bytes(b"GGUF of nothing")
    with LlamaTokens(bases("llama"), 1, 64, 1) as engine, pytest.raises(ModelError, match="does not start"):
        engine.load(tmp_path / "broken.gguf")
