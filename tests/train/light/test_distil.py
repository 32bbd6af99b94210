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
from torch.nn.functional import kl_div

from finfoundry.core.errors import InputError
from finfoundry.core.model_files.gguf_container import open_container
from finfoundry.core.tasks.fingerprints import Fingerprints, fingerprint, read_fingerprints
from finfoundry.train.base import Base
from finfoundry.train.curve import read_log
from finfoundry.train.data.personal import Screen
from finfoundry.train.development import mean_loss
from finfoundry.train.export.forms import export
from finfoundry.train.export.manifest import read_manifest
from finfoundry.train.gguf_file.blocks import kind_for
from finfoundry.train.gguf_file.names import array, names_of
from finfoundry.train.light.activations import measured_pieces
from finfoundry.train.light.distil import Teaching, distil, taught
from finfoundry.train.light.divergence import DistilLoss, divergence
from finfoundry.train.light.grid import on_grid, put_on_grid
from finfoundry.train.light.on_policy import StudentAnswers
from finfoundry.train.light.width import prune_width
from finfoundry.train.loss import CausalLoss
from finfoundry.train.methods.method import Start, summed_loss
from finfoundry.train.packing import Pack, RowTokens, fit
from finfoundry.train.recipe import Recipe
from finfoundry.train.runs.training_run import PreparedRun, carry_out, prepared
from finfoundry.train.sampling.sampler import Drawn

Q4_0 = GGMLQuantizationType.Q4_0
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
    return mean_loss(summed_loss, DistilLoss(model, teacher.model(torch.float32), 0.0), run.rows, 1024, torch.float32)


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


def test_the_grid_lies_by_importance(ready: Callable[..., PreparedRun], tmp_path: Path) -> None:
    """A student that learns nothing is its base as `quantise` stores it by the same texts."""
    base = tiny.base(tmp_path, "llama")
    run = ready(base, learning_rate=1e-12, epochs=0.1)
    distil(run, Teaching(base, grid="q4_0"), tmp_path / "out", "1")
    light, names = Base("light", tmp_path / "out" / "model-q4_0.gguf"), names_of(base.config)
    seen = measured_pieces(base, (row.ids for row in run.rows))
    plain = dict(base.model(torch.float32).named_parameters())
    for name, weight in light.model(torch.float32).named_parameters():
        if "layers" in name and weight.ndim == 2:
            stored = names.of(name)
            np.testing.assert_allclose(array(weight), array(on_grid(plain[name], Q4_0, seen.importance(stored))), atol=1e-6)


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
    with pytest.raises(InputError, match="another teacher, beta, grid"):
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


def as_trl(student: torch.Tensor, teacher: torch.Tensor, beta: float) -> torch.Tensor:
    """``GKDTrainer.generalized_jsd_loss`` as its documentation writes it, reduction batchmean over the targets."""
    ours, theirs = student.log_softmax(-1), teacher.log_softmax(-1)
    if beta == 0:
        each = kl_div(ours, theirs, reduction="none", log_target=True)
    elif beta == 1:
        each = kl_div(theirs, ours, reduction="none", log_target=True)
    else:
        weight = torch.tensor(beta)
        mixture = torch.logsumexp(torch.stack([ours + torch.log(1 - weight), theirs + torch.log(weight)]), dim=0)
        to_teacher = kl_div(mixture, theirs, reduction="none", log_target=True)
        each = weight * to_teacher + (1 - weight) * kl_div(mixture, ours, reduction="none", log_target=True)
    return each.sum() / len(student)


@pytest.mark.parametrize("beta", [0.0, 0.3, 0.5, 1.0])
def test_the_loss_of_a_batch_is_that_of_trl(beta: float, ready: Callable[..., PreparedRun], tmp_path: Path) -> None:
    """Of a whole pack, with its rows side by side, against the logits of each row by itself."""
    student, teacher = tiny.base(tmp_path, "qwen3", 0), tiny.base(tmp_path, "qwen3", 1)
    pack = fit(ready(student).rows[:4], 1024)[0]
    module = DistilLoss(student.model(torch.float32), teacher.model(torch.float32), beta)
    found = float(module(pack).detach()) / pack.targets
    logits: list[list[torch.Tensor]] = [[], []]
    for row in pack.rows:
        for parts, base in zip(logits, (student, teacher), strict=True):
            with torch.no_grad():
                told = base.model(torch.float32).eval()(input_ids=torch.tensor([row.ids]), segments=[len(row.ids)]).logits[0]
            parts.append(told[row.start - 1 : -1])
    assert found == pytest.approx(float(as_trl(torch.cat(logits[0]), torch.cat(logits[1]), beta)), abs=1e-4)


def test_a_student_learns_from_its_own_answers(ready: Callable[..., PreparedRun], tmp_path: Path) -> None:
    """What it says itself comes nearer to its teacher than by the rows' answers; a run that was stopped ends with the same bits."""
    student, teacher = tiny.base(tmp_path, "llama", 0), tiny.base(tmp_path, "llama", 1)
    run = ready(student, checkpoint_every=2, sampling={"tokens": 12}, epochs=1)
    own = Teaching(teacher, beta=0.5, answers="student", share=0.5)
    whole = distil(run, own, tmp_path / "whole", "1")
    assert whole.outcome.loss < read_log(tmp_path / "whole" / "log.jsonl", 1)[0].loss
    shutil.copytree(tmp_path / "whole", tmp_path / "part")
    shutil.rmtree(sorted((tmp_path / "part" / "checkpoints").glob("step-*"))[-1])
    again = distil(run, own, tmp_path / "part", "1")
    assert 0 < again.outcome.resumed < whole.outcome.steps
    bits = [(tmp_path / name / "adapter" / "model.safetensors").read_bytes() for name in ("whole", "part")]
    assert bits[0] == bits[1]


def test_steps_of_the_student_hold_what_it_says(ready: Callable[..., PreparedRun], tmp_path: Path) -> None:
    base = tiny.base(tmp_path, "llama")
    run = ready(base, sampling={"tokens": 5}, packs=1)
    model = base.model(torch.float32)
    start = Start(run.recipe, base, run.rows, run.order, {}, tmp_path, None, torch.float32, run.material)  # type: ignore[arg-type]
    found = StudentAnswers(model, start, 1.0).step(0)
    asked = {row.ids[: row.start] for pack in run.order.step(0) for row in pack.rows}
    rows = [row for pack in found for row in pack.rows]
    assert {row.ids[: row.start] for row in rows} == asked
    assert all(1 <= row.targets <= 5 for row in rows)
    assert [pack.rows for pack in StudentAnswers(model, start, 1.0).step(0)] == [pack.rows for pack in found]
    assert StudentAnswers(model, start, 1e-9).step(0) == run.order.step(0)


class Says:
    """A sampler in whose place a teacher says what it is told to; counts what it is asked."""

    asked = 0

    def __init__(self, *_: Any) -> None: ...

    def draw(self, prompts: list[tuple[int, ...]], _: int, __: int) -> list[list[Drawn]]:
        Says.asked += len(prompts)
        return [[Drawn((*self.words(len(prompt)), 2), (), finished=len(prompt) % 5 > 0)] for prompt in prompts]

    @staticmethod
    def words(length: int) -> list[int]:
        letters = {letter: number for number, letter in enumerate(tiny.TOKENS)}
        return [letters[letter] for letter in ("card" if length % 2 else "loan")]


def test_only_checked_answers_of_the_teacher_are_learned(
    data: Path, recipe: Make, screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong or has no end teaches nothing; answers are asked once; the teacher may cut text otherwise than its student."""
    monkeypatch.setattr("finfoundry.train.light.answers.TorchSampler", Says)
    student, teacher = tiny.base(tmp_path, "llama"), pieces.write(tmp_path, "llama")
    told, out = recipe(weights="full", development=None), tmp_path / "out"
    teaching = Teaching(teacher, answers="teacher")
    Says.asked = 0
    run = prepared(told, student, data, out, screen, revise=taught(told, teaching, out))
    lessons = run.material.lessons["cards"]
    assert {lesson.answer for lesson in lessons} == {"card", "loan"}
    plain = {lesson.id: lesson.answer for lesson in prepared(told, student, data, tmp_path / "plain", screen).material.lessons["cards"]}
    assert all(plain[lesson.id] == lesson.answer for lesson in lessons)
    assert 0 < len(lessons) < len(plain) == Says.asked
    refused = [one.row for one in run.material.left_out if "teacher" in one.reason]
    assert {*refused, *(lesson.id for lesson in lessons)} == {*plain}
    kept = (out / "teacher-answers.jsonl").read_text().splitlines(keepends=True)
    (out / "teacher-answers.jsonl").write_text("".join(kept[:60]) + kept[60][:9])  # as a kill leaves it
    again = prepared(told, student, data, out, screen, revise=taught(told, teaching, out))
    assert Says.asked == len(plain) + len(kept) - 60
    assert [row.ids for row in again.rows] == [row.ids for row in run.rows]
    found = distil(again, teaching, out, "1")
    assert found.outcome.steps > 0
    assert read_manifest(out).parents[0]["sha256"] == teacher.sha256
    with pytest.raises(InputError, match="passes executed"):
        prepared(
            told,
            student,
            data,
            tmp_path / "none",
            screen,
            revise=taught(told, Teaching(teacher, answers="teacher", checks=("executed",)), tmp_path / "none"),
        )
    with pytest.raises(InputError, match="no check better"):
        prepared(
            told,
            student,
            data,
            tmp_path / "none2",
            screen,
            revise=taught(told, Teaching(teacher, answers="teacher", checks=("better",)), tmp_path / "none2"),
        )


def test_a_teacher_worse_than_its_student_is_refused(ready: Callable[..., PreparedRun], tmp_path: Path) -> None:
    """The student has learned the rows; the teacher has not."""
    base = tiny.base(tmp_path, "llama")
    run = ready(base, forms=[])
    carry_out(run, tmp_path / "tuned", "1")
    export(tmp_path / "tuned", base, ["f16"])
    tuned = Base("tuned", tmp_path / "tuned" / "model-f16.gguf")
    with pytest.raises(InputError, match=r"worse .* than its student"):
        distil(ready(tuned), Teaching(base), tmp_path / "out", "1")
    with pytest.raises(InputError, match="labelled rows"):
        taught(run.recipe.model_copy(update={"method": "pretrain"}), Teaching(tuned, answers="student"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_the_teacher_learned_its_student_has_learned(ready: Callable[..., PreparedRun], tmp_path: Path) -> None:
    (tmp_path / "tuned").mkdir()
    student, teacher = tiny.base(tmp_path, "llama", 0), tiny.base(tmp_path / "tuned", "llama", 0)
    Fingerprints([fingerprint("what is the annual fee of this card")]).write(tmp_path / "tuned" / "data-fingerprints.npz")
    (tmp_path / "tuned" / "manifest.json").write_text('{"data": {"spent": ["suite"]}}')
    distil(ready(student, epochs=0.1), Teaching(teacher), tmp_path / "out", "1")
    assert read_manifest(tmp_path / "out").data["spent"] == ["suite"]
    assert read_fingerprints(tmp_path / "out" / "data-fingerprints.npz").knows("what is the annual fee of this card") == "exact"


def test_a_pruned_student_learns_on_the_grid_at_once(ready: Callable[..., PreparedRun], tmp_path: Path) -> None:
    """Joint: fewer channels, and the weights that its file will hold, from the parent in floats; better than the same by rounding."""
    base = tiny.base(tmp_path, "llama")
    narrow = Base(
        "narrow", Path(prune_width(base, ["visa chip pin atm rate term house"] * 8, tmp_path / "narrow", share=0.25, version="1").path)
    )
    run = ready(narrow, epochs=2, learning_rate=2e-3)
    rounded = off(put_on_grid(narrow.model(torch.float32), "q4_0"), base, run)
    distil(run, Teaching(base, grid="q4_0"), tmp_path / "out", "1")
    light = Base("light", tmp_path / "out" / "model-q4_0.gguf")
    assert light.config.intermediate_size == 96
    assert light.path.stat().st_size < narrow.path.stat().st_size
    assert off(light, base, run) < 0.7 * rounded
