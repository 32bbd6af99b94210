"""Commands of the toolchain: ``finfoundry train``, ``export``, ``adapters``. torch is loaded only when one of them runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from finfoundry import terminal
from finfoundry.cli.options import Json, prints, show
from finfoundry.core.errors import SettingsError
from finfoundry.machine import read_settings

if TYPE_CHECKING:
    from finfoundry.usecases.train_model import Training

MergeMethod = Literal["linear", "slerp", "ties", "dare", "liti"]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder that `finfoundry train --out` wrote.")]


@contextmanager
def open_training() -> Iterator[Training]:
    """Raises SettingsError where the extra is not installed."""
    try:
        from finfoundry.usecases.train_model import Training
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("finfoundry"):
            raise
        raise SettingsError(f"Training needs the package {error.name}", remedy="Run pip install 'finfoundry[train]'") from error
    yield Training(read_settings())


@prints("train", "finfoundry.usecases.train_model:Training.train")
@prints("train-plan", "finfoundry.usecases.train_model:Training.dry_run", option="--dry-run")
@prints("train-search", "finfoundry.usecases.train_model:Training.search", option="--over")
def train(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE", help="A YAML file, or the name of a recipe that is shipped.")],
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The folder with the data; its rows stay there.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The model's folder; the same folder goes on where it stopped.")],
    base: Annotated[
        str | None, typer.Option("--base", metavar="MODEL", help="Over this base instead of the one that the recipe names.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen: rows, tokens, steps, memory, time.")] = False,
    over: Annotated[
        list[str] | None,
        typer.Option("--over", metavar="KEY=V1,V2|LOW..HIGH", help="Search: train with these values of a key of the recipe; repeat."),
    ] = None,
    trials: Annotated[
        int | None, typer.Option("--trials", min=1, help="With --over: so many of the combinations, drawn by the seed.")
    ] = None,
    canaries: Annotated[
        int | None, typer.Option("--canaries", min=1, max=64, help="Plant so many made secrets, and measure how many the model keeps.")
    ] = None,
    json: Json = False,
) -> None:
    """Tune a base model by a recipe, and write it in the forms in which it is served."""
    with open_training() as training, terminal.progress(quiet=json) as report:
        told = training.on_base(recipe, base) if base else recipe
        if over:
            show(training.search(told, data, out, over, trials, report), json)
            return
        told = training.with_canaries(told, canaries) if canaries else told
        found = training.dry_run(told, data, out, report) if dry_run else training.train(told, data, out, report)
    terminal.print_json(found) if json else terminal.print_value(found)
    if not dry_run and getattr(found, "outcome").stopped:  # noqa: B009
        typer.echo("Stopped after a checkpoint: the same command goes on.", err=True)
        raise typer.Exit(130)


@prints("model", "finfoundry.usecases.train_model:Training.export")
def export(
    folder: Folder,
    form: Annotated[list[str], typer.Option("--form", help="adapter, merged, lora, f16, q8_0, q4_0, q4_k_m; repeat for more.")],
    json: Json = False,
) -> None:
    """Write a tuned model in more forms."""
    with open_training() as training, terminal.progress(quiet=json) as report:
        found = training.export(folder, form, report)
    terminal.print_json(found) if json else terminal.print_value(found.forms)


@prints("merge", "finfoundry.usecases.train_model:Training.merge")
def merge(
    folders: Annotated[
        list[Path], typer.Argument(metavar="DIR...", help="Folders of tuned models of one base; liti: the start, then the tuned one.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The merged model's folder.")],
    method: Annotated[MergeMethod, typer.Option("--method", help="How what each changed becomes one change.")] = "slerp",
    name: Annotated[str, typer.Option("--name", help="What the merged model is called.")] = "merged",
    weight: Annotated[
        list[float] | None, typer.Option("--weight", help="Of each model in turn, for linear, ties and dare; else all weigh the same.")
    ] = None,
    share: Annotated[
        float, typer.Option("--share", min=0, max=1, help="How far slerp of two, and liti, go from the first to the second.")
    ] = 0.5,
    density: Annotated[float, typer.Option("--density", min=0.01, max=1, help="Share of the numbers that ties and dare keep.")] = 0.5,
    rank: Annotated[int | None, typer.Option("--rank", min=1, help="Of the merged adapter; else that of the first.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of what dare drops.")] = 0,
    json: Json = False,
) -> None:
    """Merge tuned models of one base into one, by what each changed."""
    with open_training() as training, terminal.progress(quiet=json) as report:
        from finfoundry.train.merging.algorithms import Mix

        mix = Mix(tuple(weight or [1.0] * len(folders)), density, share, seed)
        found = training.merge(folders, out, name, method, mix, rank, report)
    show(found, json)


@prints("warp", "finfoundry.usecases.train_model:Training.warp")
@prints("warp-plan", "finfoundry.usecases.train_model:Training.warp_plan", option="--dry-run")
def warp(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE", help="A YAML file, or the name of a recipe of WARP that is shipped.")],
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The folder with the data; its rows stay there.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder of all runs; the same folder goes on where it stopped.")],
    start: Annotated[Path | None, typer.Option("--start", metavar="DIR", help="A tuned model to begin with; else the base.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what each run would take.")] = False,
    json: Json = False,
) -> None:
    """Tune several policies with rewards of their own, average them along the arc, draw back to the start, and begin again from there."""
    with open_training() as training, terminal.progress(quiet=json) as report:
        found = training.warp_plan(recipe, data, out, start, report) if dry_run else training.warp(recipe, data, out, start, report)
    show(found, json)
    if getattr(found, "stopped", False):
        typer.echo("Stopped after a checkpoint: the same command goes on.", err=True)
        raise typer.Exit(130)


@prints("adapter", "finfoundry.usecases.train_model:Training.install")
def install(folder: Folder, json: Json = False) -> None:
    """Add a tuned adapter to its base in this home: requests then choose it as model BASE+NAME."""
    with open_training() as training:
        found = training.install(folder)
    terminal.print_json(found) if json else terminal.print_value(found)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.command()(train)
    cli.command()(export)
    cli.command()(merge)
    cli.command()(warp)
    adapters = typer.Typer(help="Adapters loaded with the base model; a request names one.", no_args_is_help=True)
    adapters.command("install")(install)
    cli.add_typer(adapters, name="adapters")
