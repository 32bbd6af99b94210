"""The runs of WARP, one after the other; what is finished is never run again, and a run that was stopped goes on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from statistics import fmean

import yaml

from finfoundry.core.errors import InputError
from finfoundry.core.progress import Report, silent
from finfoundry.train.base import Base
from finfoundry.train.data.personal import Screen
from finfoundry.train.export.manifest import MANIFEST
from finfoundry.train.merging.algorithms import Merging, Mix
from finfoundry.train.merging.merge import From, MergeTask, merge
from finfoundry.train.recipe import Recipe
from finfoundry.train.rewards import REWARDS, Reward
from finfoundry.train.runs.plan import TrainingPlan
from finfoundry.train.runs.training_run import LEARNED, carry_out, prepared
from finfoundry.train.sampling.trends import RewardTrend, trends
from finfoundry.train.warp.assess import Assessed, Examiner
from finfoundry.train.warp.front import Against, FrontPoint, HyperVolume, draw, volumes
from finfoundry.train.warp.warp_recipe import WarpRecipe

REPORT, RECIPE = "warp.json", "warp.yaml"
COSTS: tuple[Against, ...] = ("divergence", "forgotten")
Line = list[tuple[float, Path, Assessed]]


@dataclass(frozen=True)
class WarpPlan:
    """What ``finfoundry warp --dry-run`` prints: each run, and all together."""

    name: str
    runs: list[TrainingPlan]
    seconds: float  # of all runs; sampling and assessing come on top


@dataclass(frozen=True)
class WarpOutcome:
    """What ``finfoundry warp`` prints. Each point is a tuned model in its ``folder``: the gate takes one by ``release choose``."""

    name: str
    folder: str
    start: FrontPoint
    points: list[FrontPoint]
    volumes: list[HyperVolume]
    rewards: dict[str, list[RewardTrend]]  # by run: which of them was gamed
    ended: dict[str, str]  # by run: why before its last step
    stopped: bool  # by Ctrl-C, after a checkpoint: the same command goes on


@dataclass(frozen=True)
class WarpSetting:
    """Where WARP works. ``start`` is the folder of a tuned model that all begin with; None: the base."""

    recipe: WarpRecipe
    base: Base
    data: Path
    out: Path
    screen: Screen
    version: str
    start: Path | None = None
    rewards: Mapping[str, Reward] = field(default_factory=lambda: REWARDS)

    @property
    def learned(self) -> Path | None:
        return self.start / LEARNED if self.start else None


class Stopped(Exception):
    """A run was stopped after a checkpoint."""


def planned(setting: WarpSetting, report: Report = silent) -> WarpPlan:
    """Nothing is trained. Raises what ``prepared`` raises."""
    recipes = [one for _, one in _runs(setting.recipe)]
    plans = [prepared(one, setting.base, setting.data, setting.out, setting.screen, report).plan for one in recipes]
    return WarpPlan(setting.recipe.name, plans, round(sum(one.seconds for one in plans), 1))


def _runs(told: WarpRecipe) -> list[tuple[str, Recipe]]:
    """Folder and recipe of every run."""
    numbers = range(1, len(told.members) + 1)
    found = [(f"iteration-{i}/policy-{n}", told.of_member(n, i)) for i in range(1, told.iterations + 1) for n in numbers]
    if told.beside:
        found += [(f"average/policy-{n}", told.of_average(n)) for n in numbers] + [("single/policy-1", told.of_single())]
    return found


def warp(setting: WarpSetting, report: Report = silent) -> WarpOutcome:
    """Raises what training and merging raise, InputError where the folder is of another recipe, or the start earns nothing at all."""
    _keep_recipe(setting)
    told, out = setting.recipe, setting.out
    runs, ended = dict(_runs(told)), dict[str, str]()
    examiner = Examiner(told, setting.base, setting.data, setting.learned, setting.rewards, out / "assessed")
    start, lines = examiner.assess("start", None), dict[str, Line]()
    if not any(start.reward):
        raise InputError(
            f"{told.name}: the start earns nothing on {len(start.reward)} evaluation rows: no policy could learn from rewards",
            remedy="Tune it on the rows first (method: instruct), and give its folder by --start",
        )

    def train(names: Sequence[str], begun: Path | None) -> list[Path]:
        return [_trained(setting, name, runs[name], begun, ended, report) for name in names]

    def draw_on(family: str, method: Merging, policies: Sequence[Path], begun: Path | None) -> WarpOutcome:
        """The front with one family more: what is there is seen before the others are trained."""
        lines[family] = _assessed(examiner, family, _line(setting, family, method, policies, begun, report))
        return _outcome(setting, start, lines, ended)

    found = WarpOutcome(told.name, str(out), _point("start", 0, "", start, start), [], [], {}, ended, stopped=False)

    try:
        numbers, begun = range(1, len(told.members) + 1), setting.learned
        for iteration in range(1, told.iterations + 1):
            policies = train([f"iteration-{iteration}/policy-{number}" for number in numbers], begun)
            towards = told.towards if iteration < told.iterations else 1.0  # the last is not drawn back: its points are
            merged = _merged(setting, f"iteration-{iteration}/merged", "slerp", policies, begun, towards, report)
            begun = merged / LEARNED
        found = draw_on("warp", "liti", [merged], setting.learned)
        if told.beside:
            averaged = train([f"average/policy-{number}" for number in numbers], setting.learned)
            found = draw_on("average", "linear", averaged, setting.learned)
            found = draw_on("single", "liti", train(["single/policy-1"], setting.learned), setting.learned)
    except Stopped:
        return replace(found, stopped=True)
    return found


def _keep_recipe(setting: WarpSetting) -> None:
    path, told = setting.out / RECIPE, setting.recipe.model_dump(mode="json") | {"start": str(setting.start or "")}
    if path.is_file() and yaml.safe_load(path.read_text("utf-8")) != told:
        raise InputError(f"{setting.out} is of another recipe or start", remedy="Give another --out, or remove the folder to begin anew")
    setting.out.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(told, allow_unicode=True, sort_keys=False), "utf-8")


def _trained(setting: WarpSetting, name: str, recipe: Recipe, begun: Path | None, ended: dict[str, str], report: Report) -> Path:
    """The folder of a run that is finished now. Raises Stopped."""
    folder = setting.out / name
    why = folder / "ended"
    if not (folder / MANIFEST).is_file():
        recipe = recipe.model_copy(update={"init_adapter": str(begun) if begun else recipe.init_adapter})
        ready = prepared(recipe, setting.base, setting.data, folder, setting.screen, report)
        found = carry_out(ready, folder, setting.version, report, setting.rewards)
        if found.outcome.stopped:
            raise Stopped
        why.write_text(found.outcome.ended, "utf-8")
    if why.is_file() and (told := why.read_text("utf-8")):
        ended[name] = told
    return folder


def _merged(
    setting: WarpSetting, name: str, method: Merging, policies: Sequence[Path], begun: Path | None, towards: float, report: Report
) -> Path:
    """The folder of a merged model that is finished now: slerp, linear, or, of one policy, the line to it."""
    folder, told = setting.out / name, setting.recipe
    if not (folder / MANIFEST).is_file():
        shutil.rmtree(folder, ignore_errors=True)  # half of a merge that was killed
        task = MergeTask(told.name, tuple(policies), method, Mix((1.0,) * len(policies), share=1.0 if method == "liti" else 0.5))
        merge(task, setting.base, folder, setting.version, report, From(begun, towards))
    return folder


def _line(
    setting: WarpSetting, family: str, method: Merging, policies: Sequence[Path], begun: Path | None, report: Report
) -> list[tuple[float, Path]]:
    """Models on the straight line from where the policies began to what is merged of them."""
    return [
        (share, _merged(setting, f"{family}/point-{share:.2f}", method, policies, begun, share, report)) for share in setting.recipe.points
    ]


def _assessed(examiner: Examiner, family: str, line: Sequence[tuple[float, Path]]) -> Line:
    return [(share, folder, examiner.assess(f"{family}-{share:.2f}", folder / LEARNED)) for share, folder in line]


def _outcome(setting: WarpSetting, start: Assessed, lines: Mapping[str, Line], ended: dict[str, str]) -> WarpOutcome:
    families = {name: [one for _, _, one in line] for name, line in lines.items()}
    points = [_point(name, share, str(folder), one, start) for name, line in lines.items() for share, folder, one in line]
    begun = _point("start", 0, str(setting.start or ""), start, start)
    found = [volume for against in COSTS for volume in volumes(families, start, against, setting.recipe.policy.seed)]
    rewards = {name: trends(setting.out / name, recipe.rewards) for name, recipe in _runs(setting.recipe)}
    outcome = WarpOutcome(setting.recipe.name, str(setting.out), begun, points, found, rewards, ended, stopped=False)
    for against in COSTS:
        (setting.out / f"{against}.svg").write_text(draw(points, begun, against), "utf-8")
    (setting.out / REPORT).write_text(json.dumps(asdict(outcome), ensure_ascii=False, indent=1), "utf-8")
    return outcome


def _point(family: str, share: float, folder: str, one: Assessed, start: Assessed) -> FrontPoint:
    costs = (round(fmean(one.divergence), 5), round(fmean(one.loss) - fmean(start.loss), 5))
    return FrontPoint(family, share, folder, round(fmean(one.reward), 5), *costs, {name: round(v, 4) for name, v in one.rewards.items()})
