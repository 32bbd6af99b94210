"""Tuning on one machine: recipes joined to the catalogue, the home and the screen for personal data. What the command line calls."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from finfoundry import __version__
from finfoundry.base.catalogue import catalogue, chat_model, model_folder
from finfoundry.base.llama import DEVELOPMENT, adapters_folder
from finfoundry.core.errors import InputError, ModelError
from finfoundry.core.progress import Report, silent
from finfoundry.governance import pii
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.train.base import Base
from finfoundry.train.data.left_out import LeftOut
from finfoundry.train.data.manifest import DataManifest
from finfoundry.train.data.personal import Screen
from finfoundry.train.encoder import EncoderBase
from finfoundry.train.export.forms import PATHS, export
from finfoundry.train.export.manifest import ModelManifest, check_base, read_manifest
from finfoundry.train.first_layers import FirstLayers
from finfoundry.train.machine import first_process
from finfoundry.train.merging.algorithms import Merging, Mix
from finfoundry.train.merging.merge import MergedModel, MergeTask, merge
from finfoundry.train.methods.encode import heads_of
from finfoundry.train.recipe import Canaries, Recipe, load_recipe, parse_recipe
from finfoundry.train.runs.carried import LearnedOn, carried
from finfoundry.train.runs.plan import TrainingPlan
from finfoundry.train.runs.search import RecipeSearch, Searched, search
from finfoundry.train.runs.training_run import TrainedModel, carry_out, prepared
from finfoundry.train.sampling.engine_sampler import TOGETHER
from finfoundry.train.warp.warp_recipe import load_warp
from finfoundry.train.warp.warp_run import WarpOutcome, WarpPlan, WarpSetting, planned, warp
from finfoundry.usecases.tuning.token_engine import LlamaTokens

SCREEN = Screen(pii.find, pii.mask)
WIDER = 4  # times the tokens of a row that another base may need at most


@dataclass(frozen=True)
class DryRun:
    """What ``finfoundry train --dry-run`` prints: what would be learned from, and what it would take."""

    plan: TrainingPlan
    data: DataManifest
    left_out: list[LeftOut]  # rows that are not learned, and why


def _sampling_engine(engines: ExitStack, base: Base, recipe: Recipe) -> LlamaTokens:
    """One that ends with the training."""
    return engines.enter_context(LlamaTokens(base, TOGETHER, recipe.context, torch.get_num_threads()))


@dataclass(frozen=True)
class Installed:
    """An adapter that requests may name: ``model`` is what to write into them."""

    model: str
    adapter: str
    base: str


class Training:
    """Acts with the settings of one home; needs no database."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def base(self, name: str, recipe: Recipe | None = None) -> Base:
        """A base of the catalogue, or a GGUF file by its path; of an encoder with the heads that the recipe learns. Raises ModelError,
        NotFound, InputError for a recipe that the base cannot follow.
        """
        known = catalogue().get(name)
        if known and not known.tunable:
            others = ", ".join(one.name for one in catalogue().values() if one.tunable and one.purpose == known.purpose)
            raise ModelError(f"{name} is of an architecture that is not tuned here", remedy=f"Choose one of: {others}")
        encoder = known is not None and known.purpose == "embedding"
        read = bool(recipe and recipe.turn)
        if recipe and ((encoder and read) or (encoder or read) != (recipe.method == "encode")):
            raise InputError(
                f"the recipe {recipe.name} tunes {name} by the method {recipe.method}",
                remedy="An encoder (`finfoundry models`: embedding) is tuned by the method encode, as are the first layers of a model whose"
                " recipe says what they are asked in (turn); nothing else is",
            )
        if encoder:
            return EncoderBase(name, model_folder(self.settings, name) / "model.onnx", heads=heads_of(recipe) if recipe else ())
        path = chat_model(Settings(**self.settings.model_dump() | {"model": name}))
        cache = self.settings.home / "cache" / "train"
        if recipe and read:
            return FirstLayers(name, path, cache=cache, heads=heads_of(recipe))
        return Base(name, path, known.chat_template, cache, known.template, known.original) if known else Base(name, path, cache=cache)

    def dry_run(self, recipe: Path | Recipe, data: Path, out: Path, report: Report = silent) -> DryRun:
        told = self._recipe(recipe)
        made = prepared(told, self.base(told.base, told), data, out, SCREEN, report)
        return DryRun(made.plan, made.material.manifest, made.material.left_out)

    def train(self, recipe: Path | Recipe, data: Path, out: Path, report: Report = silent) -> TrainedModel:
        """Train, or go on with training, and write the recipe's forms."""
        told = self._recipe(recipe)
        base = self.base(told.base, told)
        made = prepared(told, base, data, out, SCREEN, report)
        with ExitStack() as engines:
            found = carry_out(made, out, __version__, report, engine=partial(_sampling_engine, engines))
        if first_process() and not found.outcome.stopped:
            export(out, base, list(told.forms), report)
        return found

    def carried(self, manifest: ModelManifest, name: str, data: Path, out: Path, report: Report = silent) -> Recipe:
        """The recipe of a tuned model for another base (``carried``): its rows are read in the words of the new one. Nothing is trained."""
        told = parse_recipe(manifest.recipe, f"the recipe of {manifest.name}")
        wide = WIDER * told.context  # to see the longest row
        recipe = told.model_copy(update={"base": name, "context": wide, "pack": max(wide, told.pack)})
        base = self.base(name, recipe)
        found = prepared(recipe, base, data, out, SCREEN, report)
        mean, longest = found.material.manifest.tokens / found.material.manifest.rows, max(len(row.ids) for row in found.rows)
        before = LearnedOn(self.base(manifest.base, told).config, manifest.data["tokens"] / manifest.data["rows"])
        return carried(told, before, LearnedOn(base.config, mean, longest)).model_copy(update={"base": name})

    def search(
        self, recipe: Path | Recipe, data: Path, out: Path, over: Sequence[str], trials: int | None = None, report: Report = silent
    ) -> RecipeSearch:
        """Train the recipe with other values of its keys, without writing forms. Raises what ``search`` and training raise."""
        told = self._recipe(recipe)

        def run(changed: Recipe, folder: Path) -> dict[str, Any]:
            made = prepared(changed, self.base(changed.base, changed), data, folder, SCREEN, report)
            return asdict(carry_out(made, folder, __version__, report).outcome)

        base = self.base(told.base, told)
        rows = prepared(told, base, data, out, SCREEN, report).material.manifest.sha256
        return search(told, over, trials, out, run, Searched(base.sha256, rows))

    def export(self, folder: Path, forms: list[str], report: Report = silent) -> ModelManifest:
        manifest = read_manifest(folder)
        told = parse_recipe(manifest.recipe, str(folder)) if manifest.recipe.get("turn") else None  # which says what its layers are
        return export(folder, self.base(manifest.base, told), forms, report)

    def merge(
        self, folders: Sequence[Path], out: Path, name: str, method: Merging, mix: Mix, rank: int | None, report: Report = silent
    ) -> MergedModel:
        """Tuned models of one base into one. Raises InputError, ModelError."""
        base = self.base(read_manifest(folders[0]).base)
        return merge(MergeTask(name, tuple(folders), method, mix, rank), base, out, __version__, report)

    def warp(self, recipe: Path, data: Path, out: Path, start: Path | None, report: Report = silent) -> WarpOutcome:
        """Carry WARP out, or go on with it. Raises what training and merging raise."""
        return warp(self._warp(recipe, data, out, start), report)

    def warp_plan(self, recipe: Path, data: Path, out: Path, start: Path | None, report: Report = silent) -> WarpPlan:
        return planned(self._warp(recipe, data, out, start), report)

    def _warp(self, recipe: Path, data: Path, out: Path, start: Path | None) -> WarpSetting:
        told = load_warp(recipe)
        return WarpSetting(told, self.base(told.policy.base, told.policy), data, out, SCREEN, __version__, start)

    def install(self, folder: Path) -> Installed:
        """Put the model's GGUF adapter where the engine finds it, under a name of development: only a release serves under its own.

        Raises ModelError when it was learned on another base than it names.
        """
        manifest = read_manifest(folder)
        check_base(manifest, self.base(manifest.base))
        if "lora" not in manifest.forms:
            raise InputError(f"{folder} has no GGUF adapter", remedy=f"Run `finfoundry export {folder} --form lora`")
        target = adapters_folder(self.settings)
        target.mkdir(parents=True, exist_ok=True)
        beside = target / f".{manifest.name}.part"
        shutil.copyfile(folder / PATHS["lora"], beside)
        name = DEVELOPMENT + manifest.name
        beside.replace(target / f"{name}.gguf")
        # Adapters are loaded when the engine starts: the one that runs is stopped, and started again by the next question.
        Supervisor(self.settings.home).stop("engine")
        return Installed(f"{manifest.base}+{name}", name, manifest.base)

    def on_base(self, recipe: Path, base: str) -> Recipe:
        """The recipe over another base, a name of the catalogue or a file. Raises InputError."""
        return parse_recipe(load_recipe(recipe).model_dump() | {"base": base}, str(recipe))

    def with_canaries(self, recipe: Path | Recipe, count: int) -> Recipe:
        """The recipe with so many canaries planted, each as often as the recipe says, else once. Raises InputError."""
        told = self._recipe(recipe)
        planted = (told.canaries or Canaries()).model_copy(update={"count": count})
        return parse_recipe(told.model_dump() | {"canaries": planted.model_dump()}, told.name)

    @staticmethod
    def _recipe(recipe: Path | Recipe) -> Recipe:
        return recipe if isinstance(recipe, Recipe) else load_recipe(recipe)
