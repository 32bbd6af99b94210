"""Distil: a student learns, on the rows of a recipe, to foretell as its teacher does; with ``grid``, as it will be stored.

The rows, their licences, the screen for personal data, the loop and its checkpoints are those of any training: only the loss is another. It
heals what was pruned (the teacher is the parent), teaches a smaller model (the teacher is a tuned larger one with the same tokenizer), and
trains for few bits (the teacher is the student itself in floats).
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from finfoundry.core.errors import InputError
from finfoundry.core.progress import Report, silent
from finfoundry.runtime.path_digest import path_digest
from finfoundry.train.base import Base
from finfoundry.train.export.forms import LEARNED, PATHS, full_changes, write_gguf
from finfoundry.train.export.manifest import FormRecord, read_manifest, write_manifest
from finfoundry.train.gguf_file.blocks import quantised
from finfoundry.train.gguf_file.container import open_container
from finfoundry.train.gguf_file.keys import texts
from finfoundry.train.light.divergence import DistilLoss
from finfoundry.train.light.grid import FORMS, put_on_grid
from finfoundry.train.light.trim import ROWS
from finfoundry.train.light.vocabulary import TOKENS
from finfoundry.train.methods import method_named
from finfoundry.train.packing import RowTokens, fit
from finfoundry.train.runs.training_run import PreparedRun, TrainedModel, carry_out

TEACHING = "teaching.json"  # of a run's folder


@dataclass(frozen=True)
class Teaching:
    """``beta``: see ``divergence``. ``grid``: the form whose weights the student computes with while it learns, None for floats."""

    teacher: Base
    beta: float = 0.0
    grid: str | None = None

    def module(self, model: Any) -> nn.Module:
        """The student with its teacher, as the loop calls it."""
        student = put_on_grid(model, self.grid) if self.grid else model
        return DistilLoss(student, self.teacher.model(torch.float32), self.beta)


def distil(ready: PreparedRun, teaching: Teaching, out: Path, version: str, report: Report = silent) -> TrainedModel:
    """Train, or go on with training, and write the form of the grid. Raises InputError for a teacher with other pieces."""
    check(ready, teaching)
    _same(out, teaching)
    method = dataclasses.replace(method_named(ready.recipe.method), module=teaching.module)
    found = carry_out(ready, out, version, report, method=method)
    if not found.outcome.stopped:
        _note(out, teaching)
        if teaching.grid:
            _write(out, ready.base, teaching.grid)
    return found


def check(ready: PreparedRun, teaching: Teaching) -> None:
    """Raises InputError, before anything is trained."""
    if not 0 <= teaching.beta <= 1:
        raise InputError(f"beta is {teaching.beta}", remedy="0: forward KL, 1: reverse KL, between: Jensen-Shannon")
    if teaching.grid not in (None, *FORMS):
        raise InputError(f"there is no grid {teaching.grid}", remedy=f"Choose one of {', '.join(FORMS)}")
    if ready.recipe.method not in ("instruct", "pretrain"):
        raise InputError(f"the method {ready.recipe.method} has no teacher", remedy="Choose instruct or pretrain in the recipe")
    if teaching.grid and ready.recipe.weights != "full":
        raise InputError("what learns on a grid are the weights themselves", remedy="Set weights: full in the recipe")
    ours, theirs = (texts(open_container(base.path), TOKENS) for base in (ready.base, teaching.teacher))
    if ours != theirs:
        raise InputError(
            f"{ready.base.name} has {len(ours):,} pieces, {teaching.teacher.name} {len(theirs):,}, and they are not the same",
            remedy="Teacher and student need one tokenizer; of a trimmed student the teacher is trimmed alike",
        )


def _same(out: Path, teaching: Teaching) -> None:
    """A run goes on with the teacher with which it began. Raises InputError."""
    told = {"teacher": teaching.teacher.sha256, "beta": teaching.beta, "grid": teaching.grid}
    path = out / TEACHING
    if path.is_file() and json.loads(path.read_text("utf-8")) != told:
        raise InputError(f"{out} is of another teacher, beta or grid", remedy="Give another --out, or remove the folder to begin anew")
    out.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told), "utf-8")


def _note(out: Path, teaching: Teaching) -> None:
    manifest = read_manifest(out)
    manifest.recipe["teacher"] = {"name": teaching.teacher.name, "sha256": teaching.teacher.sha256}
    manifest.recipe |= {"lighten": "distil", "beta": teaching.beta, "grid": teaching.grid}
    write_manifest(out, manifest)


def _write(out: Path, base: Base, form: str) -> None:
    """The weights as the student computed with them: rounded once, and the vocabulary as it was."""
    path = out / PATHS[form]
    changes = {name: change for name, change in full_changes(out / LEARNED, base).items() if name not in ROWS}
    write_gguf(path, base, form, changes, store=lambda _, new, kind: quantised(new, kind))
    manifest = read_manifest(out)
    manifest.forms[form] = FormRecord(PATHS[form], path_digest(path), path.stat().st_size)
    write_manifest(out, manifest)


@torch.no_grad()
def kept_back(student: Any, teacher: Any, rows: list[RowTokens], capacity: int = 1024) -> float:
    """Nats by which a student is off its teacher, KL(teacher || student), the mean over the targets of rows."""
    module, total, count = DistilLoss(student, teacher, 0.0), 0.0, 0
    for pack in fit(rows, capacity):
        total += float(module(pack))
        count += pack.targets
    return total / max(1, count)
