"""Rows that are held back, their loss while a run learns from the others, and the weights that had the lowest."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from finfoundry.train.checkpoint import Checkpoint, RunIdentity, latest, stored, write
from finfoundry.train.packing import Pack, RowTokens, fit
from finfoundry.train.recipe import Development

LOG, BEST = "development.jsonl", "best"
Step = Callable[[nn.Module, Pack], Tensor]


@dataclass(frozen=True, slots=True)
class DevelopmentPoint:
    """The mean loss of the rows held back, in nats a target, after a step."""

    step: int
    loss: float


def parted(rows: Sequence[RowTokens], share: float) -> tuple[list[RowTokens], list[RowTokens]]:
    """Rows to learn from and rows held back, each of these once: by a digest of what a row is about, so that rows of one text are on one
    side, on every machine and by every seed.
    """
    learned: list[RowTokens] = []
    held: dict[str, RowTokens] = {}
    for row in rows:
        digest = hashlib.sha256((row.group or row.line).encode()).digest()
        if int.from_bytes(digest[:8]) / 2**64 < share:
            held.setdefault(row.line, row)
        else:
            learned.append(row)
    return learned, list(held.values())


def mean_loss(step: Step, module: Any, rows: Sequence[RowTokens], capacity: int, dtype: torch.dtype) -> float:
    """In nats a target, of all targets of the rows, without dropout or noise."""
    was = module.training
    module.eval()
    total, count = 0.0, 0
    with torch.no_grad(), torch.autocast(next(module.parameters()).device.type, dtype, enabled=dtype != torch.float32):
        for pack in fit(rows, capacity):
            total += float(step(module, pack))
            count += pack.targets
    module.train(was)
    return total / count


class Watch:
    """The development losses of a run in its folder, those of an earlier process up to step ``done`` included."""

    def __init__(self, told: Development, folder: Path, identity: RunIdentity, done: int, *, writes: bool) -> None:
        self._told, self._folder, self._identity, self._writes = told, folder, identity, writes
        self.points = [point for point in read_development(folder / LOG) if point.step <= done]
        if writes:  # what came after the checkpoint is measured again
            (folder / LOG).write_text("".join(map(_line, self.points)), "utf-8")
            for late in (path for path in stored(folder / BEST) if int(path.name.rpartition("-")[2]) > done):
                shutil.rmtree(late)

    @property
    def best(self) -> DevelopmentPoint | None:
        """The lowest loss, the first of equal ones; none while no loss is a number."""
        return min((point for point in self.points if math.isfinite(point.loss)), key=lambda point: point.loss, default=None)

    @property
    def over(self) -> bool:
        """Whether the loss has not fallen, by as much as the recipe asks for, for as many evaluations as it waits."""
        if self._told.patience is None or self.best is None:
            return False
        lowest, fell = math.inf, 0
        for place, point in enumerate(self.points):
            if math.isfinite(point.loss) and point.loss < lowest - (self._told.least if math.isfinite(lowest) else 0):
                lowest, fell = point.loss, place
        return len(self.points) - 1 - fell >= self._told.patience

    def due(self, step: int, steps: int) -> bool:
        return step % self._told.every == 0 or step == steps

    def note(self, step: int, loss: float, weights: Callable[[], dict[str, Tensor]]) -> None:
        """Keep a loss, and the weights where none was lower. Every process must call it; ``weights`` may gather from all."""
        best = self.best
        self.points.append(DevelopmentPoint(step, loss))
        lower = math.isfinite(loss) and (best is None or loss < best.loss)
        if lower:
            whole = weights()
            if self._writes:
                write(self._folder / BEST, self._identity, Checkpoint(step, {"weights": whole}))
        if self._writes:
            with (self._folder / LOG).open("a", encoding="utf-8") as file:
                file.write(_line(self.points[-1]))

    def weights(self) -> dict[str, Tensor]:
        """Those of the lowest loss. Raises IntegrityError when their file was altered."""
        found = latest(self._folder / BEST, self._identity)
        return found.tensors["weights"] if found else {}


def read_development(path: Path) -> list[DevelopmentPoint]:
    """The losses that a run has written; a line that a kill cut short ends them."""
    points: list[DevelopmentPoint] = []
    if path.is_file():
        for line in path.read_text("utf-8").splitlines():
            try:
                points.append(DevelopmentPoint(**json.loads(line)))
            except json.JSONDecodeError:
                break
    return points


def _line(point: DevelopmentPoint) -> str:
    return json.dumps(asdict(point)) + "\n"
