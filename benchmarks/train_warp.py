"""WARP at its smallest, seed by seed: the area of its front over those of one longer policy and of the plain average, and what each forgot.

    python benchmarks/train_warp.py --data DIR --out DIR [--seeds 3] [--recipe warp-smoke] [--start warp-smoke-start]

The start is tuned once; each seed is `finfoundry warp` with the recipe's seed in its place. Minutes are of all the runs that a seed took,
those that were stopped included, sampling and assessing too. What is finished is not run again.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import yaml

from finfoundry import terminal
from finfoundry.core.progress import Report
from finfoundry.machine import read_settings
from finfoundry.train.warp.warp_recipe import load_warp
from finfoundry.train.warp.warp_run import WarpOutcome
from finfoundry.usecases.train_model import Training


def started(training: Training, name: str, data: Path, out: Path, report: Report) -> Path:
    if not (out / "manifest.json").is_file():
        training.train(Path(name), data, out, report)
    return out


def seeded(training: Training, given: argparse.Namespace, seed: int, start: Path, report: Report) -> tuple[WarpOutcome, float]:
    """One WARP, and the minutes that it has taken so far."""
    folder: Path = given.out / f"seed-{seed}"
    folder.mkdir(parents=True, exist_ok=True)
    told = load_warp(Path(given.recipe))
    recipe = folder / "recipe.yaml"
    recipe.write_text(
        yaml.safe_dump(told.model_copy(update={"policy": told.policy.model_copy(update={"seed": seed})}).model_dump(mode="json"))
    )
    clock, begun = folder / "minutes", time.perf_counter()
    before = float(clock.read_text()) if clock.is_file() else 0.0
    if (folder / "done").is_file():
        return training.warp(recipe, given.data, folder / "warp", start, report), before
    found = training.warp(recipe, given.data, folder / "warp", start, report)
    clock.write_text(str(before + (time.perf_counter() - begun) / 60))
    (folder / "done").touch()
    return found, float(clock.read_text())


def told(seed: int, found: WarpOutcome, minutes: float) -> None:
    print(f"seed {seed}: {minutes:.1f} minutes; the start earns {found.start.reward:.3f}", flush=True)
    for point in found.points:
        print(
            f"  {point.family:8} {point.share:.2f}: reward {point.reward:.3f}, {point.divergence:.3f} nats, forgot {point.forgotten:+.4f}"
        )
    for one in found.volumes:
        over = f"{one.family} over {one.over}" if one.over else one.family
        print(f"  area against {one.against:10} {over:20} {one.value:+.5f} [{one.low:+.5f}, {one.high:+.5f}]", flush=True)


def together(found: Sequence[WarpOutcome]) -> None:
    """The mean over seeds, and what the spread of the seeds says of it (Student, 95 %)."""
    areas: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one in found:
        for volume in one.volumes:
            if volume.over:
                areas[volume.against, volume.over].append(volume.value)
    for (against, over), values in areas.items():
        print(f"area of warp over {over}, against {against}: {spread(values)}")
    for family in dict.fromkeys(point.family for one in found for point in one.points):
        ends = [max((point for point in one.points if point.family == family), key=lambda point: point.share) for one in found]
        gains = [end.reward - one.start.reward for end, one in zip(ends, found, strict=True)]
        print(f"{family}: earned {spread(gains)} more than the start, forgot {spread([end.forgotten for end in ends])} nats a token")


def spread(values: Sequence[float]) -> str:
    mean, t = statistics.fmean(values), {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78}.get(len(values))
    wide = t * statistics.stdev(values) / len(values) ** 0.5 if t else 0.0
    return f"{mean:+.4f}" + (f" ± {wide:.4f}" if t else "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--recipe", default="warp-smoke")
    parser.add_argument("--start", default="warp-smoke-start")
    given = parser.parse_args()
    training, found = Training(read_settings()), []
    with terminal.progress(quiet=False) as report:
        start = started(training, given.start, given.data, given.out / "start", report)
        for seed in range(1, given.seeds + 1):
            one, minutes = seeded(training, given, seed, start, report)
            told(seed, one, minutes)
            found.append(one)
    together(found)
    (given.out / "warp.json").write_text(json.dumps([one.volumes for one in found], default=vars), "utf-8")


if __name__ == "__main__":
    main()
