"""The curves of a run in the files of the trackers that its recipe names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from finfoundry.train.curve import LossPoint
from finfoundry.train.development import DevelopmentPoint
from finfoundry.train.recipe import Recipe
from finfoundry.train.records import mlflow, tensorboard

TENSORBOARD = "tensorboard"  # the folder of its event file


def write_curves(folder: Path, recipe: Recipe, points: Sequence[LossPoint], held: Sequence[DevelopmentPoint], *, ended: bool) -> None:
    """Write all points anew, so that a run that goes on where it stopped has each step once."""
    scalars = list(_scalars(points, held))
    if "tensorboard" in recipe.trackers:
        tensorboard.write_events(folder / TENSORBOARD, scalars)
    if "mlflow" in recipe.trackers:
        began = (folder / "recipe.yaml").stat().st_mtime if (folder / "recipe.yaml").is_file() else 0.0
        mlflow.write_run(folder, recipe.name, dict(_flat(recipe.model_dump())), scalars, began=began, ended=ended)


def _scalars(points: Sequence[LossPoint], held: Sequence[DevelopmentPoint]) -> Iterator[tuple[str, int, float, float]]:
    """(tag, step, value, seconds since the first step)."""
    seconds, at = 0.0, {0: 0.0}
    for point in points:
        seconds += point.seconds
        at[point.step] = seconds
        told = {"loss": point.loss, "learning_rate": point.learning_rate, "gradient_norm": point.norm}
        rate = {"tokens_per_second": point.tokens / point.seconds} if point.seconds else {}
        yield from ((f"train/{name}", point.step, value, seconds) for name, value in (told | rate).items())
    yield from (("development/loss", point.step, point.loss, at.get(point.step, seconds)) for point in held)


def _flat(told: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, object]]:
    """``lora.rank`` for a key within a key."""
    for key, value in told.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value
