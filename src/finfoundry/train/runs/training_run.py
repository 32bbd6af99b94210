"""From a recipe to a tuned model in its folder. Running it again goes on where it was left."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
import yaml
from accelerate import PartialState

from finfoundry.core.errors import InputError
from finfoundry.core.progress import Report, silent
from finfoundry.core.tasks.fingerprints import Fingerprints
from finfoundry.runtime.path_digest import path_digest
from finfoundry.train import machine
from finfoundry.train.base import Base
from finfoundry.train.checkpoint import RunIdentity
from finfoundry.train.curve import LossPoint, read_log
from finfoundry.train.data.canaries import plant
from finfoundry.train.data.learned_rows import FINGERPRINTS, learned_before, spent_before
from finfoundry.train.data.left_out import write_left_out
from finfoundry.train.data.manifest import DataManifest
from finfoundry.train.data.material import Material, prepare
from finfoundry.train.data.personal import Screen
from finfoundry.train.data.row_list import ROW_LIST, write_row_list
from finfoundry.train.development import LOG as DEVELOPMENT_LOG
from finfoundry.train.development import parted, read_development
from finfoundry.train.export.manifest import MANIFEST, ModelManifest, read_manifest, write_manifest
from finfoundry.train.loop import CHECKPOINTS, LOG, LoopOutcome, LoopRun, train
from finfoundry.train.methods import Method, method_named
from finfoundry.train.methods.grpo import learned_rewards
from finfoundry.train.methods.method import Start
from finfoundry.train.methods.pretrain import held_back
from finfoundry.train.packing import RowTokens, Steps
from finfoundry.train.perplexity import perplexity
from finfoundry.train.recipe import Recipe
from finfoundry.train.records.cards import write_cards
from finfoundry.train.records.curves import write_curves
from finfoundry.train.rewards import REWARDS, Reward
from finfoundry.train.runs.carried import with_rate
from finfoundry.train.runs.memorisation import memorised
from finfoundry.train.runs.plan import Cost, TrainingPlan, check, plan
from finfoundry.train.sampling.engine_sampler import TokenEngine
from finfoundry.train.sampling.trends import RewardTrend, trends
from finfoundry.train.sharding import leave, put_together, shard
from finfoundry.train.weights import LowRank, Trainable, trainable
from finfoundry.train.weights.embedding_noise import add_noise

DATA, LEFT_OUT, RECIPE, LEARNED = "data.json", "left-out.jsonl", "recipe.yaml", "adapter"


@dataclass(frozen=True)
class PreparedRun:
    """A run before its first step."""

    recipe: Recipe
    base: Base
    material: Material
    rows: list[RowTokens]
    order: Steps
    plan: TrainingPlan
    held: Sequence[RowTokens] = ()  # back, for the development loss


def as_read(_: Material) -> None:
    """What was read is what is learned."""


def prepared(
    recipe: Recipe, base: Base, data: Path, folder: Path, screen: Screen, report: Report = silent,
    revise: Callable[[Material], None] = as_read,
) -> PreparedRun:  # fmt: skip
    """Read, clean, ``revise``, encode, pack; no weight is read. Raises InputError, NotPermitted, ModelError, SettingsError."""
    if not data.is_dir():
        raise InputError(f"there is no folder {data}", remedy="Give the folder with the data by --data")
    recipe = with_rate(recipe, base.config)
    material = prepare(recipe, data, screen, report)
    revise(material)
    plant(material, recipe)
    rows = method_named(recipe.method).rows(material, base.tokenizer, recipe)
    if not rows:
        raise InputError(
            f"the recipe {recipe.name} finds nothing to learn in {data}", remedy="See what was left out: limits, licences, duplicates"
        )
    held: list[RowTokens] = []
    if recipe.development:
        rows, held = parted(rows, recipe.development.share)
        material.manifest.development = len(held)
    if recipe.development and not (rows and held):
        raise InputError(
            f"development.share {recipe.development.share} parts the rows into {len(rows)} to learn and {len(held)} held back",
            remedy="Give more rows, or another share",
        )
    material.manifest.note_rows(rows)
    order = method_named(recipe.method).order(rows, recipe)
    manifest = material.manifest
    planned = plan(recipe, base.config, order, manifest.rows, manifest.tokens, manifest.targets, folder, base.path.stat().st_size)
    return PreparedRun(recipe, base, material, rows, order, planned, held)


@dataclass(frozen=True)
class TrainedModel:
    """What ``finfoundry train`` prints."""

    name: str
    folder: str
    plan: TrainingPlan
    data: DataManifest
    outcome: LoopOutcome
    metrics: dict[str, float]
    rewards: list[RewardTrend] = field(default_factory=list)  # of a policy that learned from its own answers


def carry_out(
    ready: PreparedRun,
    folder: Path,
    version: str,
    report: Report = silent,
    rewards: Mapping[str, Reward] = REWARDS,
    method: Method | None = None,
    engine: Callable[[Base, Recipe], TokenEngine] | None = None,
) -> TrainedModel:
    """Train in the folder, save what was learned and the manifest. ``method``: in the place of the recipe's; ``engine`` starts one that
    samples. Raises what the loop raises; SettingsError for too little memory.
    """
    check(ready.plan)
    folder.mkdir(parents=True, exist_ok=True)
    recipe, opened = ready.recipe, _opened(ready, folder)
    method = method or method_named(recipe.method)
    module = method.module(opened.model)
    _placed(recipe, module)
    learned = opened.weights.learned(opened.model)
    fresh = not (folder / CHECKPOINTS).exists()
    measured = held_back(ready.material, ready.base.tokenizer, recipe)
    metrics = _measured(module, measured, recipe, opened.dtype, "before") if fresh else _before(folder)
    if machine.first_process():
        _describe(folder, ready, metrics)
    start = Start(
        recipe, ready.base, ready.rows, ready.order, learned, folder, opened.identity, opened.dtype, ready.material, rewards, engine
    )
    run = _loop_run(ready, opened, module, learned, method, method.begin(module, start), folder)
    outcome = train(run, report)
    if not outcome.stopped:
        metrics |= _measured(module, measured, recipe, opened.dtype, "after")
        metrics |= memorised(module, ready.base.tokenizer, recipe, opened.dtype) if recipe.canaries else {}
    put_together(module)
    if machine.first_process():
        _tell_trackers(folder, recipe, read_log(folder / LOG, outcome.steps), ended=not outcome.stopped)
        if not outcome.stopped:
            _keep(ready, opened, folder, version, outcome, metrics, lambda: method.finish(module, start))
    leave()
    rewarded = trends(folder, recipe.rewards)
    return TrainedModel(recipe.name, str(folder), ready.plan, ready.material.manifest, outcome, metrics, rewarded)


@dataclass(frozen=True)
class _Opened:
    """A base whose weights are ready to learn; ``adapter``: SHA-256 of the one it begins from, ``judges``: rewards that were learned."""

    weights: Trainable
    model: Any
    dtype: torch.dtype
    adapter: str
    judges: list[dict[str, str]]
    identity: RunIdentity


def _opened(ready: PreparedRun, folder: Path) -> _Opened:
    recipe, base = ready.recipe, ready.base
    dtype, weights = _precision(recipe, folder), trainable(recipe)
    model = weights.open(base, dtype)
    adapter, judges = _begin(recipe, weights, model, base), _judges(recipe)
    learned_from = ",".join(one["sha256"] for one in judges)
    identity = RunIdentity(recipe.digest, base.sha256, ready.material.manifest.sha256, adapter, learned_from)
    _as_told(recipe, model)
    return _Opened(weights, model, dtype, adapter, judges, identity)


def _placed(recipe: Recipe, module: Any) -> None:
    if recipe.shard:
        shard(module)
    else:
        module.to(PartialState(cpu=not torch.cuda.is_available()).device)  # a method may ask it before the loop takes it over


def _loop_run(
    ready: PreparedRun, opened: _Opened, module: Any, learned: dict[str, torch.Tensor], method: Method, order: Steps, folder: Path
) -> LoopRun:
    recipe = ready.recipe
    cost, peak = Cost(recipe, ready.base.config), machine.peak(opened.dtype)
    run = LoopRun(recipe, module, learned, order, method.step, folder, opened.identity, opened.dtype, cost, peak, ready.held)
    run.saved = lambda points: _tell_trackers(folder, recipe, points, ended=False)
    return run


def _keep(
    ready: PreparedRun, opened: _Opened, folder: Path, version: str, outcome: LoopOutcome, metrics: dict[str, float],
    finish: Callable[[], dict[str, float]],
) -> None:  # fmt: skip
    """Write what was learned, and what it came of; what ``finish`` measures goes into ``metrics``."""
    recipe, base, data = ready.recipe, ready.base, ready.material.manifest
    opened.weights.save(opened.model, base, folder / LEARNED)
    base.describe(folder / LEARNED)
    metrics |= finish()
    manifest = ModelManifest.of(recipe, base, data, version, outcome, metrics)
    manifest.init_adapter_sha256 = opened.adapter
    manifest.parents = [*_begun(recipe, opened.adapter), *opened.judges]
    if outcome.development_loss is not None:
        manifest.metrics |= {"development_loss": outcome.development_loss}
    write_manifest(folder, manifest)
    write_cards(folder, manifest, data, base.original)


def _begin(recipe: Recipe, weights: Trainable, model: Any, base: Base) -> str:
    """Put in the adapter that the recipe begins from; returns the SHA-256 of its file, nothing where there is none. Raises ModelError."""
    if recipe.init_adapter is None or not isinstance(weights, LowRank):
        return ""
    folder = Path(recipe.init_adapter)
    return weights.begin(model, base, folder / LEARNED if (folder / LEARNED).is_dir() else folder)


def _begun(recipe: Recipe, sha256: str) -> list[dict[str, str]]:
    """The model that learning began from, as manifests name parents: by its file, since an adapter of others may be a folder of links."""
    if not (recipe.init_adapter and sha256):
        return []
    folder = Path(recipe.init_adapter)
    run = folder if (folder / LEARNED).is_dir() else folder.parent
    name = read_manifest(run).name if (run / LEARNED).is_dir() and (run / MANIFEST).is_file() else folder.name
    return [{"name": name, "path": folder.name, "sha256": sha256}]


def _judges(recipe: Recipe) -> list[dict[str, str]]:
    """The rewards that were learned, as manifests name parents. Raises ModelError for a folder without a tuned model."""
    folders = learned_rewards(recipe).values()
    found = [(read_manifest(folder).name, folder) for folder in folders if (folder / LEARNED).is_dir()]  # the method refuses others
    return [{"name": name, "path": folder.name, "sha256": path_digest(folder / LEARNED)} for name, folder in found]


def _as_told(recipe: Recipe, model: Any) -> None:
    """Noise on the vectors of tokens, and states that are computed twice instead of being kept, where the recipe has them."""
    if recipe.neftune:
        add_noise(model.get_decoder() if hasattr(model, "get_decoder") else model.body, recipe.neftune)
    if recipe.gradient_checkpointing:
        model.activation_checkpointing_enable({"use_reentrant": False})


def _tell_trackers(folder: Path, recipe: Recipe, points: Sequence[LossPoint], *, ended: bool) -> None:
    write_curves(folder, recipe, points, read_development(folder / DEVELOPMENT_LOG), ended=ended)


def _precision(recipe: Recipe, folder: Path) -> torch.dtype:
    """The same in all processes: the first one chooses and writes it into the folder, the others wait and read it."""
    with PartialState(cpu=not torch.cuda.is_available()).main_process_first():
        dtype = machine.precision(recipe.precision, folder)
        if machine.first_process():
            machine.keep_precision(dtype, folder)
    return dtype


def _measured(module: Any, rows: dict[str, list[RowTokens]], recipe: Recipe, dtype: torch.dtype, when: str) -> dict[str, float]:
    return {f"{name}_{when}": perplexity(module, blocks, recipe.pack, dtype) for name, blocks in rows.items()}


def _describe(folder: Path, ready: PreparedRun, metrics: dict[str, Any]) -> None:
    begun = [Path(ready.recipe.init_adapter)] if ready.recipe.init_adapter else []
    Fingerprints([*ready.material.fingerprints, *learned_before(ready.base.path, *begun)]).write(folder / FINGERPRINTS)
    manifest = ready.material.manifest
    manifest.spent = sorted({*manifest.spent, *spent_before(ready.base.path, *begun)})
    with (folder / FINGERPRINTS).open("rb") as file:
        manifest.fingerprints = {"path": FINGERPRINTS, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
    write_left_out(folder / LEFT_OUT, ready.material.left_out)
    write_row_list(folder / ROW_LIST, ready.material)
    data = asdict(manifest) | {"perplexity": metrics}
    (folder / DATA).write_text(json.dumps(data, ensure_ascii=False, indent=1), "utf-8")
    (folder / RECIPE).write_text(yaml.safe_dump(ready.recipe.model_dump(), allow_unicode=True, sort_keys=False), "utf-8")


def _before(folder: Path) -> dict[str, float]:
    """What was measured before the first step of a run that now goes on."""
    recorded = json.loads((folder / DATA).read_text("utf-8")) if (folder / DATA).is_file() else {}
    return dict(recorded.get("perplexity", {}))
