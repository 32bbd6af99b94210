"""The loss of a run as a picture, and as the lines that it was drawn from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

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
    top, low = max(losses), min([0.0, *losses])
    span = max(1, len(points) // 10)
    means = [sum(losses[max(0, n - span + 1) : n + 1]) / min(n + 1, span) for n in range(len(losses))]
    lines = _line(losses, low, top, "#b9c0ca") + _line(means, low, top, "#1f5fa8")
    ticks = "".join(
        f"<text x='{_PAD - 6}' y='{_y(value, low, top) + 4:.0f}' text-anchor='end' font-size='11'>{value:.2f}</text>"
        for value in (low + (top - low) * part / 4 for part in range(5))
    )
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_W} {_H}' role='img' font-family='system-ui'><title>Loss by step</title>"
        f"{ticks}<text x='{_W - _PAD}' y='{_H - 14}' text-anchor='end' font-size='11'>step {len(points)}</text>{lines}</svg>"
    )


def _line(values: Sequence[float], low: float, top: float, colour: str) -> str:
    width = (_W - 2 * _PAD) / max(1, len(values) - 1)
    places = " ".join(f"{_PAD + n * width:.1f},{_y(value, low, top):.1f}" for n, value in enumerate(values))
    return f"<polyline points='{places}' fill='none' stroke='{colour}' stroke-width='2'/>"


def _y(value: float, low: float, top: float) -> float:
    return _H - _PAD - (value - low) / max(top - low, 1e-9) * (_H - 2 * _PAD)
