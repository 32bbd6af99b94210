"""The loss of a run as a picture, and as the lines that it was drawn from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from finfoundry.core.svg import BLUE, PALE, SANS, Plane, picture, text

_W, _H, _PAD = 640, 320, 48


@dataclass(frozen=True, slots=True)
class LossPoint:
    """One step: mean loss in nats a target token before the step was taken."""

    step: int
    loss: float
    learning_rate: float
    norm: float  # of the gradient, before it was clipped
    tokens: int
    seconds: float


def read_log(path: Path, upto: int) -> list[LossPoint]:
    """The first ``upto`` steps of a log; a line that a kill cut short ends it."""
    points: list[LossPoint] = []
    if path.is_file():
        for line in path.read_text("utf-8").splitlines()[:upto]:
            try:
                points.append(LossPoint(**json.loads(line)))
            except json.JSONDecodeError:
                break
    return points


def write_log(path: Path, points: Sequence[LossPoint]) -> None:
    path.write_text("".join(json.dumps(asdict(point)) + "\n" for point in points), "utf-8")


def append_log(path: Path, point: LossPoint) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(point)) + "\n")


def draw(points: Sequence[LossPoint]) -> str:
    """The loss (and its mean over the last tenth of the run) against the step, as SVG."""
    losses = [point.loss for point in points]
    span = max(1, len(points) // 10)
    means = [sum(losses[max(0, n - span + 1) : n + 1]) / min(n + 1, span) for n in range(len(losses))]
    plane = Plane(_PAD, _W - _PAD, _PAD, _H - _PAD, most=max(1, len(points) - 1), high=max(losses), low=min([0.0, *losses]))
    values = [plane.low + (plane.high - plane.low) * part / 4 for part in range(5)]
    parts = [text(_PAD - 6, plane.y(value) + 4, f"{value:.2f}", text_anchor="end", font_size=11) for value in values]
    parts.append(text(_W - _PAD, _H - 14, f"step {len(points)}", text_anchor="end", font_size=11))
    parts += [plane.curve(list(enumerate(losses)), PALE), plane.curve(list(enumerate(means)), BLUE)]
    return picture(_W, _H, parts, name="Loss by step", font_family=SANS)
