"""Distil: a student learns, on the rows of a recipe, to foretell as its teacher does; with ``grid``, as it will be stored.

The rows, their licences, the screen for personal data, the loop and its checkpoints are those of any training: only the loss is another. It
heals what was pruned (the teacher is the parent), teaches a smaller model (the teacher is a tuned larger one), and trains for few bits (the
teacher is the student itself in floats). Whose answers are learned is chosen: those of the rows, the teacher's, or the student's own.
"""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from torch import nn

from finfoundry.core.errors import InputError
from finfoundry.core.model_files.gguf_container import open_container
from finfoundry.core.progress import Report, silent
from finfoundry.runtime.path_digest import path_digest
from finfoundry.train.base import Base
from finfoundry.train.data.learned_rows import learned_before, spent_before
from finfoundry.train.data.material import Material
from finfoundry.train.development import mean_loss
from finfoundry.train.export.forms import LEARNED, PATHS, full_changes, write_gguf
from finfoundry.train.export.manifest import FormRecord, read_manifest, write_manifest
from finfoundry.train.gguf_file.blocks import quantised
from finfoundry.train.gguf_file.keys import texts
from finfoundry.train.light.activations import Activations, measured_pieces
from finfoundry.train.light.answers import answered_by
from finfoundry.train.light.divergence import DistilLoss, with_vocabulary_kept
from finfoundry.train.light.grid import FORMS, put_on_grid
from finfoundry.train.light.on_policy import student_steps
from finfoundry.train.light.trim import ROWS
from finfoundry.train.light.vocabulary import TOKENS
from finfoundry.train.loss import CausalLoss
from finfoundry.train.methods import Method, method_named
from finfoundry.train.methods.method import summed_loss
from finfoundry.train.recipe import Recipe
from finfoundry.train.runs.training_run import PreparedRun, TrainedModel, as_read, carry_out

TEACHING = "teaching.json"  # of a run's folder
TRIED = 32  # rows that a teacher foretells before it teaches
SEEN = 4096  # tokens of the rows that a grid lies by
WORSE = 1.0  # nats a token that a teacher may be worse: what it says besides the right answer teaches as well
Whose = Literal["rows", "teacher", "student"]


@dataclass(frozen=True)
class Teaching:
    """``beta``: see ``divergence``. ``grid``: the form whose weights the student computes with while it learns, None for floats.
    ``answers``: whose the student learns from. Of the ``teacher`` it learns the words themselves, where ``checks`` pass them; of those of
    the ``rows`` and of its own (``student``, in a ``share`` of the steps) how likely the teacher finds each next token.
    """

    teacher: Base
    beta: float = 0.0
    grid: str | None = None
    answers: Whose = "rows"
    share: float = 1.0
    checks: tuple[str, ...] = ("right",)

    @property
    def terms(self) -> dict[str, Any]:
        """What a run may not change on its way."""
        told = dataclasses.asdict(dataclasses.replace(self, teacher=None))  # type: ignore[arg-type]
        return told | {"teacher": self.teacher.sha256, "checks": list(self.checks)}

    def method(self, named: Method, seen: Activations) -> Method:
        """The recipe's method with what the teacher changes of it."""
        begin = student_steps(self.share) if self.answers == "student" else named.begin
        return dataclasses.replace(named, module=functools.partial(self.module, seen=seen), begin=begin)

    def module(self, model: Any, seen: Activations) -> nn.Module:
        """The student, with its teacher where that scores tokens, as the loop calls it. ``seen``: what flows through it, for the grid."""
        student = put_on_grid(model, self.grid, seen.importance) if self.grid else model
        if self.answers == "teacher":
            return CausalLoss(with_vocabulary_kept(student))
        return DistilLoss(student, self.teacher.model(torch.float32), self.beta)


def taught(recipe: Recipe, teaching: Teaching, out: Path, report: Report = silent) -> Callable[[Material], None]:
    """What the teaching makes of a recipe's rows before they are encoded. Raises InputError, before anything is read."""
    check(recipe, teaching)
    _same(out, teaching)
    if teaching.answers != "teacher":
        return as_read

    def revise(material: Material) -> None:
        answered_by(teaching.teacher, material, out, teaching.checks, recipe.sampling.tokens, report)

    return revise


def distil(ready: PreparedRun, teaching: Teaching, out: Path, version: str, report: Report = silent) -> TrainedModel:
    """Train, or go on with training, and write the form of the grid. Raises InputError for a teacher with other pieces, or one that
    foretells the rows worse than its student.
    """
    check(ready.recipe, teaching)
    if teaching.grid and ready.base.config.experts:
        raise InputError("the experts of a mixture do not learn on a grid", remedy="Train it without --grid, then `lighten quantise` it")
    if teaching.answers != "teacher":
        check_teacher(ready, teaching.teacher)
    _same(out, teaching)
    _as_learned(ready.material, teaching.teacher)
    pieces = (row.ids for row in ready.rows)
    seen = measured_pieces(ready.base, pieces, tokens=SEEN, report=report) if teaching.grid else Activations()
    found = carry_out(ready, out, version, report, method=teaching.method(method_named(ready.recipe.method), seen))
    if not found.outcome.stopped:
        _note(out, teaching)
        if teaching.grid:
            _write(out, ready.base, teaching.grid, seen)
    return found


def check(recipe: Recipe, teaching: Teaching) -> None:
    """Raises InputError, before anything is read."""
    if not 0 <= teaching.beta <= 1:
        raise InputError(f"beta is {teaching.beta}", remedy="0: forward KL, 1: reverse KL, between: Jensen-Shannon")
    if teaching.grid not in (None, *FORMS):
        raise InputError(f"there is no grid {teaching.grid}", remedy=f"Choose one of {', '.join(FORMS)}")
    if recipe.method not in ("instruct", "pretrain"):
        raise InputError(f"the method {recipe.method} has no teacher", remedy="Choose instruct or pretrain in the recipe")
    if teaching.grid and recipe.weights != "full":
        raise InputError("what learns on a grid are the weights themselves", remedy="Set weights: full in the recipe")
    if teaching.answers != "rows" and (recipe.method != "instruct" or recipe.data.conversations):
        raise InputError(
            f"answers of the {teaching.answers} are asked of labelled rows", remedy="Name data.tasks, and no conversations, in the recipe"
        )
    if not 0 < teaching.share <= 1:
        raise InputError(f"the share is {teaching.share}", remedy="Give the share of steps that learn from the student's answers, 0 to 1")


def check_teacher(ready: PreparedRun, teacher: Base) -> None:
    """Raises InputError for a teacher that cuts text otherwise, or that foretells the answers of some rows worse than its student."""
    ours, theirs = (texts(open_container(base.path), TOKENS) for base in (ready.base, teacher))
    if ours != theirs:
        raise InputError(
            f"{ready.base.name} has {len(ours):,} pieces, {teacher.name} {len(theirs):,}, and they are not the same",
            remedy="A teacher that scores tokens has its student's tokenizer: trim it alike, or learn its words (--answers teacher)",
        )
    if teacher.sha256 == ready.base.sha256:
        return
    rows = ready.rows[:TRIED]
    student, better = (
        mean_loss(summed_loss, CausalLoss(base.model(torch.float32)), rows, ready.recipe.pack, torch.float32)
        for base in (ready.base, teacher)
    )
    if better > student + WORSE:
        raise InputError(
            f"{teacher.name} foretells the answers worse ({better:.2f} nats a token) than its student ({student:.2f})",
            remedy="Tune the teacher on the task first, or let the two change places",
        )


def _same(out: Path, teaching: Teaching) -> None:
    """A run goes on with the teaching with which it began. Raises InputError."""
    path = out / TEACHING
    if path.is_file() and json.loads(path.read_text("utf-8")) != teaching.terms:
        raise InputError(
            f"{out} is of another teacher, beta, grid or answers", remedy="Give another --out, or remove the folder to begin anew"
        )
    out.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(teaching.terms), "utf-8")


def _as_learned(material: Material, teacher: Base) -> None:
    """What the teacher learned, its student learns: no exam of it has these rows or suites."""
    material.fingerprints = list(dict.fromkeys([*material.fingerprints, *learned_before(teacher.path)]))
    material.manifest.spent = sorted({*material.manifest.spent, *spent_before(teacher.path)})


def _note(out: Path, teaching: Teaching) -> None:
    manifest = read_manifest(out)
    manifest.recipe["teacher"] = {"name": teaching.teacher.name, "sha256": teaching.teacher.sha256}
    manifest.recipe |= {"lighten": "distil", **{name: value for name, value in teaching.terms.items() if name != "teacher"}}
    manifest.parents = [
        *manifest.parents,
        {"name": teaching.teacher.name, "path": teaching.teacher.path.name, "sha256": teaching.teacher.sha256},
    ]
    write_manifest(out, manifest)


def _write(out: Path, base: Base, form: str, seen: Activations) -> None:
    """The weights as the student computed with them: rounded once, and the vocabulary as it was."""
    path = out / PATHS[form]
    changes = {name: change for name, change in full_changes(out / LEARNED, base).items() if name not in ROWS}
    write_gguf(path, base, form, changes, store=lambda name, _, new, kind: quantised(new, kind, seen.importance(name)))
    manifest = read_manifest(out)
    manifest.forms[form] = FormRecord(PATHS[form], path_digest(path), path.stat().st_size)
    write_manifest(out, manifest)
