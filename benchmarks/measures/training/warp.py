"""WARP at its smallest, seed by seed: the area of its front over those of one longer policy and of the plain average, and what each forgot.

    python benchmarks/training.py warp --data DIR --out DIR [--seeds 3] [--plans [--choose] | --recipe warp-smoke --start warp-smoke-start]

The start is tuned once; each seed is `finfoundry warp` with the recipe's seed in its place. Minutes are of all the runs that a seed took,
those that were stopped included, sampling and assessing too. What is finished is not run again.

``--plans``: in place of a recipe's task the expressions of `policies`, which can be carried out: policies learn from questions in
wordings that the start never saw, rounds ask on until enough of them tell something, and all are measured on a third kind of wordings. The
start is tuned for the moods of tweets as well: what policies forget is what the loss on those rises by.

``--choose``: the start is put into service without a contest, and the gate chooses a point of each seed's front by an exam of both tasks
and the safety suites, on rows that none was measured on before. Run it in a home of its own (FINFOUNDRY_HOME) that has the base.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from finfoundry import terminal
from finfoundry.app import open_app
from finfoundry.core.principal import Principal
from finfoundry.core.progress import Report
from finfoundry.machine import read_settings
from finfoundry.release.candidate import MODEL, tuned
from finfoundry.release.gate import Verdict
from finfoundry.release.serving import keep
from finfoundry.runtime.settings import Settings
from finfoundry.train.warp.warp_recipe import load_warp
from finfoundry.train.warp.warp_run import WarpOutcome
from finfoundry.usecases.choose_point import PointChoice, choose
from finfoundry.usecases.release_model import ReleaseDesk
from finfoundry.usecases.train_model import Training
from measures.training.policies import FRESH, KINDS, UNSEEN, made

PLANS, POLICIES, OTHER = "plans", "plans-policies", "tfns@1"  # what the start learns, what policies learn, what they may forget
EXAM, ASKED, MARGIN, FORM = "plans-exam", 60, 0.1, "q8_0"  # of the gate: rows of each suite, and what so few can show
LEARNED, PROMPTS, ROUNDS = 96, 4, 5  # rows of each; questions a round; rounds of one policy in one iteration
TASK = """
name: {name}
title: An expression for a question about named numbers (generated)
language: en
licence: Apache-2.0
source: {{paths: [{name}.json], columns: [text, expression, part]}}
target: expression
split_column: part
kind: text
templates: ["{{text}}\\nExpression:"]
metrics: [exact_match]
max_tokens: 20
"""


def started(training: Training, name: str, data: Path, out: Path, report: Report) -> Path:
    if not (out / "manifest.json").is_file():
        training.train(Path(name), data, out, report)
    return out


def expressions(data: Path, folder: Path, items: int) -> tuple[Path, Path, Path]:
    """The folder of data, the recipe of the start and that of WARP, with the tasks that they name."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in data.iterdir():
        if not (folder / part.name).exists():
            (folder / part.name).symlink_to(part.resolve())
    learned, unseen = ({kind: wordings[part] for kind, wordings in KINDS.items()} for part in (slice(-UNSEEN), slice(-UNSEEN, None)))
    asked = [[*row, "test"] for row in made(items, 1, unseen, "True")]
    write_task(folder, PLANS, [[*row, "train"] for row in made(LEARNED, 0, learned, "False")])
    write_task(folder, POLICIES, [[*row, "train"] for row in made(LEARNED, 2, FRESH, "fresh")] + asked)
    write_task(folder, EXAM, [[*row, "test"] for row in made(ASKED, 3, unseen, EXAM)])
    told: dict[str, Any] = {"base": "smollm2-135m-instruct", "lora": {"rank": 16, "alpha": 32}, "context": 192, "pack": 1024, "packs": 1}
    told |= {"forms": [], "checkpoint_every": 5}
    source: dict[str, Any] = {"licences": ["Apache-2.0", "MIT"], "near_duplicates": 1, "too_long": "drop"}
    tasks: list[dict[str, Any]] = [{"task": str(folder / f"{PLANS}.yaml")}, {"task": OTHER, "limit": 40}]
    start = told | {"name": "warp-plans-start", "method": "instruct", "data": {"tasks": tasks} | source, "learning_rate": 1e-3, "epochs": 4}
    sampling: dict[str, float] = {"prompts": PROMPTS, "completions": 8, "tokens": 20, "divergence": 0.02, "tries": 3}
    rewards = [{"executed": 1.0}, {"executed": 0.7, "form": 0.15, "length": 0.15}]
    policy: dict[str, Any] = told | {
        "name": "warp-plans-policy",
        "method": "grpo",
        "sampling": sampling,
        "learning_rate": 3e-4,
        "warmup": 0,
    }
    policy |= {"rewards": rewards[0], "epochs": ROUNDS * PROMPTS / LEARNED, "checkpoint_every": ROUNDS}
    policy |= {"data": {"tasks": [{"task": str(folder / f"{POLICIES}.yaml")}], "held_out": [OTHER]} | source}
    warp: dict[str, Any] = {
        "name": "warp-plans",
        "policy": policy,
        "members": rewards,
        "measured": {"executed": 1.0, "form": 0.0, "length": 0.0},
    }
    warp |= {"iterations": 2, "points": [0.5, 1.0], "items": items}
    return folder, written(folder / "start.yaml", start), written(folder / "warp.yaml", warp)


def write_task(folder: Path, name: str, rows: list[list[str]]) -> None:
    (folder / f"{name}.json").write_text(json.dumps(rows), "utf-8")
    (folder / f"{name}.yaml").write_text(TASK.format(name=name), "utf-8")


def written(path: Path, content: dict[str, Any]) -> Path:
    path.write_text(yaml.safe_dump(content), "utf-8")
    return path


def chosen(training: Training, start: Path, data: Path, fronts: Sequence[Path]) -> list[PointChoice]:
    """What the gate makes of each front, against the start that serves."""
    settings = Settings(**read_settings().model_dump() | {"model": "smollm2-135m-instruct", "worker": False})
    with terminal.progress(quiet=False) as report, open_app(settings) as app:
        desk, ana, bo = ReleaseDesk(app, report), Principal("ana"), Principal("bo")
        if MODEL not in desk.register.serving():
            training.export(start, [FORM], report)
            serves = tuned(start, FORM)
            keep(settings, serves)
            suites = [str(data / f"{EXAM}.yaml"), OTHER]
            exam = desk.fix_exam(bo, MODEL, data, "what must stay", suites=suites, limit=ASKED, margins=dict.fromkeys(suites, MARGIN))
            first = desk.register.propose(ana, serves, Verdict(True, ()), {}, "the start", exam)
            desk.register.promote(bo, [first.id], "put into service without a contest")
        return [
            choose(desk, ana, front, FORM, "rewards of this seed", lambda at, wanted: training.export(at, [wanted], report))
            for front in fronts
        ]


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
    parser.add_argument("--plans", action="store_true", help="expressions in place of a recipe's task")
    parser.add_argument("--choose", action="store_true", help="let the gate choose a point of each front")
    parser.add_argument("--items", type=int, default=48, help="of --plans, that all are measured on")
    given = parser.parse_args()
    if given.choose and not given.plans:
        parser.error("--choose needs --plans: its exam is of those tasks")
    if given.plans:
        given.data, given.start, given.recipe = expressions(given.data, given.out.absolute() / "data", given.items)
    training, found = Training(read_settings()), []
    with terminal.progress(quiet=False) as report:
        start = started(training, given.start, given.data, given.out / "start", report)
        for seed in range(1, given.seeds + 1):
            one, minutes = seeded(training, given, seed, start, report)
            told(seed, one, minutes)
            found.append(one)
    together(found)
    if given.choose:
        fronts = [given.out / f"seed-{seed}" / "warp" for seed in range(1, given.seeds + 1)]
        for seed, choice in enumerate(chosen(training, start, given.data, fronts), 1):
            print(f"the gate on seed {seed}: {choice.why}")
            for point in choice.points:
                print(f"  {point.share:.2f}: {'passed' if point.passed else '; '.join(point.why)}")
    (given.out / "warp.json").write_text(json.dumps([one.volumes for one in found], default=vars), "utf-8")
