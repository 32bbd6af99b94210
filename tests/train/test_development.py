"""Rows held back: which, what is measured on them, which weights are kept, and the same bits after a cut."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from tests.train.conftest import rows, write_task
from tests.train.test_loop import run, whole_of

from finfoundry.core.errors import InputError, ModelError
from finfoundry.core.progress import Progress
from finfoundry.train.base import Base
from finfoundry.train.checkpoint import RunIdentity
from finfoundry.train.curve import read_log
from finfoundry.train.data.personal import Screen
from finfoundry.train.development import DevelopmentPoint, Watch, mean_loss, parted, read_development
from finfoundry.train.methods import METHODS
from finfoundry.train.packing import RowTokens
from finfoundry.train.recipe import Development, Recipe
from finfoundry.train.runs.training_run import carry_out, prepared
from finfoundry.train.text import blocks
from finfoundry.train.weights import LowRank

Made = Callable[..., Recipe]
Bases = Callable[[str], Base]


def test_rows_about_one_text_are_on_one_side() -> None:
    """By what they are about, whatever their order; each row that is held back is measured once."""
    told = [RowTokens((group, number, 9), 1, group=f"text {group}") for group in range(60) for number in range(3)]
    learned, held = parted([*told, *told], 0.3)
    assert {row.group for row in learned}.isdisjoint(row.group for row in held)
    assert len(learned) // 2 + len(held) == len(told)
    assert 0.1 < len(held) / len(told) < 0.5
    assert {row.line for row in parted(told[::-1], 0.3)[1]} == {row.line for row in held}


def test_pieces_of_one_document_are_on_one_side(bases: Bases) -> None:
    told = [row for number in range(40) for row in blocks(bases("llama").tokenizer, f"{number} " * 40, 16)]
    learned, held = parted(told, 0.3)
    assert learned
    assert held
    assert len({row.group for row in told}) == 40 < len(told)
    assert {row.group for row in learned}.isdisjoint(row.group for row in held)


def test_a_loss_that_is_no_number_is_not_the_best(tmp_path: Path) -> None:
    told, identity = Development(share=0.1, every=1, patience=2), RunIdentity("recipe", "base", "data")
    watch = Watch(told, tmp_path, identity, 0, writes=True)
    for step, loss in enumerate((math.nan, math.inf, 2.0, 1.0), 1):
        watch.note(step, loss, lambda: {"a": torch.ones(1)})
        assert watch.best == (None if step < 3 else DevelopmentPoint(step, loss))
    assert not watch.over
    watch.note(5, math.nan, dict)
    watch.note(6, 3.0, dict)
    assert watch.over


def test_a_loss_that_falls_by_next_to_nothing_ends_the_run_with_the_lowest_weights(tmp_path: Path) -> None:
    """Slow falls add up: what counts is how far below the last loss that counted."""
    losses, over = (1.0, 0.95, 0.91, 0.86, 0.85, 0.84, 0.83), dict[float, list[int]]()
    for least in (0.0, 0.1):
        told = Development(share=0.1, every=1, patience=3, least=least)
        watch = Watch(told, tmp_path / str(least), RunIdentity("recipe", "base", "data"), 0, writes=False)
        for step, loss in enumerate(losses, 1):
            watch.note(step, loss, dict)
            over.setdefault(least, []).extend([step] * watch.over)
        assert watch.best == DevelopmentPoint(7, 0.83)
    assert over == {0.0: [], 0.1: [7]}


def noisy(data: Path) -> None:
    """Labels at random: what is learned of them is worth nothing on others, so that the loss held back soon rises."""
    told = rows(60)
    write_task(
        data,
        "cards",
        [[text, "cl"[zlib.crc32(text[-3:].encode()) % 2] if number % 2 else label] for number, (text, label) in enumerate(told)],
    )


def test_the_best_weights_are_kept_and_the_run_ends_when_they_stay_the_best(
    recipe: Made, bases: Bases, data: Path, tmp_path: Path, screen: Screen
) -> None:
    noisy(data)
    told = {"share": 0.3, "every": 2, "patience": 3}
    asked = recipe(development=told, epochs=60, learning_rate=0.05, schedule="constant")
    ready = prepared(asked, bases("llama"), data, tmp_path / "run", screen)
    outcome = carry_out(ready, tmp_path / "run", "0").outcome
    points = read_development(tmp_path / "run" / "development.jsonl")
    lowest = min(points, key=lambda point: point.loss)
    assert (outcome.best_step, outcome.development_loss) == (lowest.step, lowest.loss)
    assert outcome.steps == points[-1].step == lowest.step + 6 < ready.order.steps
    assert not outcome.stopped
    weights = LowRank(asked)
    model = weights.open(bases("llama"), torch.float32)
    weights.begin(model, bases("llama"), tmp_path / "run" / "adapter")
    method = METHODS["instruct"]
    assert mean_loss(method.step, method.module(model), ready.held, asked.pack, torch.float32) == pytest.approx(lowest.loss, rel=1e-6)
    again = carry_out(ready, tmp_path / "run", "0").outcome
    assert (again.steps, again.best_step, again.resumed) == (outcome.steps, outcome.best_step, outcome.steps)


@pytest.mark.slow
def test_a_run_that_was_cut_keeps_the_same_best_weights(recipe: Made, bases: Bases, data: Path, tmp_path: Path, screen: Screen) -> None:
    """Cut after an evaluation that no checkpoint follows, with noise, dropout and states computed twice."""
    lora = {"rank": 4, "alpha": 8, "dropout": 0.2}
    asked = recipe(development={"share": 0.2, "every": 2}, epochs=3, lora=lora, checkpoint_every=3, neftune=5, gradient_checkpointing=True)
    whole = run(asked, bases("gemma3"), data, tmp_path / "whole", screen)

    def cut(progress: Progress) -> None:
        if progress.unit == "steps" and progress.done == 5:
            raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        carry_out(prepared(asked, bases("gemma3"), data, tmp_path / "cut", screen), tmp_path / "cut", "0", cut)
    again = run(asked, bases("gemma3"), data, tmp_path / "cut", screen)
    assert all(torch.equal(tensor, again[name]) for name, tensor in whole.items())
    assert (tmp_path / "cut" / "adapter" / "adapter_model.safetensors").read_bytes() == (
        tmp_path / "whole" / "adapter" / "adapter_model.safetensors"
    ).read_bytes()
    found = [read_development(tmp_path / name / "development.jsonl") for name in ("whole", "cut")]
    assert found[0] == found[1]
    assert [point.step for point in found[0]][:3] == [2, 4, 6]


def test_nothing_is_held_back_where_there_is_too_little(recipe: Made, bases: Bases, data: Path, tmp_path: Path, screen: Screen) -> None:
    with pytest.raises(InputError, match=r"development\.share 0\.001 parts the rows into \d+ to learn and 0 held back"):
        prepared(recipe(development={"share": 0.001}), bases("llama"), data, tmp_path, screen)


def test_learning_begins_from_an_adapter(recipe: Made, bases: Bases, data: Path, tmp_path: Path, screen: Screen) -> None:
    """At the first step the loss is about that at which the other run ended; another base, rank or file is refused."""
    run(recipe(epochs=6, learning_rate=0.02), bases("qwen2"), data, tmp_path / "first", screen)
    begun = {"init_adapter": str(tmp_path / "first"), "epochs": 2}
    run(recipe(**begun), bases("qwen2"), data, tmp_path / "second", screen)
    losses = [[point.loss for point in read_log(tmp_path / name / "log.jsonl", 10**6)] for name in ("first", "second")]
    assert losses[1][0] < losses[0][0] / 2
    told = json.loads((tmp_path / "second" / "manifest.json").read_text("utf-8"))
    assert len(told["init_adapter_sha256"]) == 64
    other = recipe(**begun, lora={"rank": 8})
    with pytest.raises(ModelError, match=r"has rank 4, alpha 8 and \d+ tensors: not those of the recipe"):
        run(other, bases("qwen2"), data, tmp_path / "third", screen)
    with pytest.raises(ModelError, match="learned on a base with the SHA-256"):
        run(recipe(**begun), bases("llama"), data, tmp_path / "third", screen)
    run(recipe(epochs=1), bases("qwen2"), data, tmp_path / "first-again", screen)
    adapter = tmp_path / "first" / "adapter" / "adapter_model.safetensors"
    adapter.write_bytes((tmp_path / "first-again" / "adapter" / "adapter_model.safetensors").read_bytes())
    with pytest.raises(InputError, match="of another beginning"):
        run(recipe(**begun), bases("qwen2"), data, tmp_path / "second", screen)


def test_best_weights_of_all_weights(recipe: Made, bases: Bases, data: Path, tmp_path: Path, screen: Screen) -> None:
    asked = recipe(weights="full", development={"share": 0.2, "every": 1}, learning_rate=0.002)
    learned = run(asked, bases("llama"), data, tmp_path / "run", screen)
    assert learned.keys() == whole_of(tmp_path / "run").keys()
    assert len(list((tmp_path / "run" / "best").glob("step-*"))) <= 2
