"""Distillation: the losses are the formulas, a student comes nearer to its teacher, on the grid too, and goes on after a stop."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from gguf import GGMLQuantizationType
from tests.train import tiny
from tests.train.light import pieces

from finfoundry.core.errors import InputError
from finfoundry.train.base import Base
from finfoundry.train.data.personal import Screen
from finfoundry.train.export.forms import export
from finfoundry.train.export.manifest import read_manifest
from finfoundry.train.gguf_file.blocks import floats, kind_for
from finfoundry.train.gguf_file.container import open_container
from finfoundry.train.gguf_file.names import array, names_of
from finfoundry.train.light.distil import Teaching, distil, kept_back
from finfoundry.train.light.divergence import DistilLoss, divergence
from finfoundry.train.light.grid import on_grid, put_on_grid
from finfoundry.train.loss import CausalLoss
from finfoundry.train.packing import Pack, RowTokens
from finfoundry.train.recipe import Recipe
from finfoundry.train.runs.training_run import PreparedRun, prepared

Make = Callable[..., Recipe]


def by_hand(student: np.ndarray, teacher: np.ndarray, beta: float) -> float:
    """The divergences as they are written in Agarwal et al., in doubles."""
    p = np.exp(teacher) / np.exp(teacher).sum(-1, keepdims=True)
    q = np.exp(student) / np.exp(student).sum(-1, keepdims=True)

    def kl(a: np.ndarray, b: np.ndarray) -> float:
        return float((a * np.log(a / b)).sum())

    if beta in (0, 1):
        return kl(p, q) if beta == 0 else kl(q, p)
    m = beta * p + (1 - beta) * q
    return beta * kl(p, m) + (1 - beta) * kl(q, m)


@pytest.mark.parametrize("beta", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_losses_are_the_formulas(beta: float) -> None:
    source = np.random.default_rng(0)
    student, teacher = source.normal(0, 3, (7, 50)), source.normal(0, 3, (7, 50))
    found = float(divergence(torch.tensor(student), torch.tensor(teacher), beta))
    assert found == pytest.approx(by_hand(student, teacher, beta), rel=1e-5)
    assert float(divergence(torch.tensor(student), torch.tensor(student), beta)) == pytest.approx(0, abs=1e-4)
    slope = torch.tensor(student, requires_grad=True)
    divergence(slope, torch.tensor(teacher), beta).backward()  # type: ignore[no-untyped-call]
    step = np.zeros_like(student)
    step[2, 3] = 1e-4
    wanted = (by_hand(student + step, teacher, beta) - by_hand(student - step, teacher, beta)) / 2e-4
    assert slope.grad is not None
    assert float(slope.grad[2, 3]) == pytest.approx(wanted, rel=1e-2, abs=1e-4)


def test_the_teacher_follows_its_student_to_a_device(bases: Callable[[str], Base], monkeypatch: pytest.MonkeyPatch) -> None:
    """To the device meta, on which transformers makes no masks: states are embeddings here."""

    def states(module: CausalLoss, pack: Pack) -> tuple[torch.Tensor, None]:
        rows = torch.tensor(pack.rows[0].ids, device=module.model.device)
        return module.model.get_input_embeddings()(rows), None

    monkeypatch.setattr(CausalLoss, "states", states)
    teacher = bases("llama").model(torch.float32)
    module = DistilLoss(bases("llama").model(torch.float32), teacher, 0.0).to("meta")
    assert module(Pack((RowTokens(tuple(range(6, 14)), 2),))).device.type == "meta"
    assert {weight.device.type for weight in teacher.parameters()} == {"meta"}


@pytest.mark.parametrize("form", ["q4_0", "q4_k_m"])
def test_the_grid_is_that_of_the_file(form: str, bases: Callable[[str], Base]) -> None:
    """A model on the grid computes with what stands in the file, whichever way rows are turned there."""
    base = bases("llama")
    model = base.model(torch.float32)
    names = names_of(model.config)
    for name, weight in model.named_parameters():
        if "layers" in name and weight.ndim == 2:
            kind = kind_for(form, names.of(name), tuple(weight.shape), tied=True)
            stored = floats_of(names.laid_out(name, array(weight)), kind)
            np.testing.assert_array_equal(names.laid_out(name, array(on_grid(weight, kind))), stored)


def floats_of(weights: np.ndarray, kind: GGMLQuantizationType) -> np.ndarray:
    return array(on_grid(torch.from_numpy(np.ascontiguousarray(weights)), kind))


@pytest.fixture
def ready(data: Path, recipe: Make, screen: Screen, tmp_path: Path) -> Callable[..., PreparedRun]:
    def made(base: Base, **given: Any) -> PreparedRun:
        told = recipe(weights="full", **({"learning_rate": 3e-3, "epochs": 2} | given))
        return prepared(told, base, data, tmp_path / "out", screen)

    return made


def off(student: Base | torch.nn.Module, teacher: Base, run: PreparedRun) -> float:
    model = student.model(torch.float32) if isinstance(student, Base) else student
    return kept_back(model, teacher.model(torch.float32), run.rows)


def test_a_student_comes_nearer_to_its_teacher(ready: Callable[..., PreparedRun], tmp_path: Path) -> None:
    student, teacher = tiny.base(tmp_path, "llama", 0), tiny.base(tmp_path, "llama", 1)
    run = ready(student)
    before = off(student, teacher, run)
    distil(run, Teaching(teacher), tmp_path / "out", "1")
    export(tmp_path / "out", student, ["f16"])
    assert off(Base("taught", tmp_path / "out" / "model-f16.gguf"), teacher, run) < 0.7 * before
    told = read_manifest(tmp_path / "out").recipe
    assert told["teacher"]["sha256"] == teacher.sha256


def test_training_on_the_grid_beats_plain_rounding(ready: Callable[..., PreparedRun], tmp_path: Path) -> None:
    base = tiny.base(tmp_path, "llama")
    run = ready(base, learning_rate=2e-3, epochs=3)
    rounded = off(put_on_grid(base.model(torch.float32), "q4_0"), base, run)
    distil(run, Teaching(base, grid="q4_0"), tmp_path / "out", "1")
    light = Base("light", tmp_path / "out" / "model-q4_0.gguf")
    assert off(light, base, run) < 0.5 * rounded
    stored = open_container(light.path).tensors["blk.0.ffn_up.weight"]
    assert stored.kind == GGMLQuantizationType.Q4_0
    again = array(on_grid(torch.from_numpy(np.array(floats(stored))), stored.kind))
    np.testing.assert_allclose(again, floats(stored), atol=1e-3)


def test_a_stopped_run_ends_with_the_same_bits(ready: Callable[..., PreparedRun], tmp_path: Path) -> None:
    """After a kill the run goes on from its checkpoint."""
    base = tiny.base(tmp_path, "qwen2")
    run = ready(base, epochs=1, checkpoint_every=2)
    whole = distil(run, Teaching(base, grid="q4_0"), tmp_path / "whole", "1")
    shutil.copytree(tmp_path / "whole", tmp_path / "part")
    (tmp_path / "part" / "model-q4_0.gguf").unlink()
    steps = sorted((tmp_path / "part" / "checkpoints").glob("step-*"))
    shutil.rmtree(steps[-1])
    again = distil(run, Teaching(base, grid="q4_0"), tmp_path / "part", "1")
    assert 0 < again.outcome.resumed < whole.outcome.steps
    with pytest.raises(InputError, match="another teacher, beta or grid"):
        distil(run, Teaching(base, 0.5, "q4_0"), tmp_path / "part", "1")
    assert (tmp_path / "part" / "model-q4_0.gguf").read_bytes() == (tmp_path / "whole" / "model-q4_0.gguf").read_bytes()


def test_other_pieces_and_unknown_grids_are_refused(ready: Callable[..., PreparedRun], tmp_path: Path) -> None:
    base, other = tiny.base(tmp_path, "llama"), pieces.write(tmp_path, "llama")
    run = ready(base)
    with pytest.raises(InputError, match="pieces"):
        distil(run, Teaching(other), tmp_path / "out", "1")
    with pytest.raises(InputError, match="no grid"):
        distil(run, Teaching(base, grid="q2_k"), tmp_path / "out", "1")
    with pytest.raises(InputError, match="beta"):
        distil(run, Teaching(base, beta=1.5), tmp_path / "out", "1")
    assert not (tmp_path / "out").exists()
