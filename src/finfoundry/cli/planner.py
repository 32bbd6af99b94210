"""The learnt planner: ``finfoundry planner …`` makes what it learns from, and puts a tuned one into the home."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finfoundry.cli.options import As, Json, prints, show
from finfoundry.machine import read_settings
from finfoundry.usecases.planner_setup import install_planner, planner_data

planner = typer.Typer(
    help="A small model that plans questions in wordings that no rule knows: its data, its adapter.", no_args_is_help=True
)


@planner.command()
@prints("planner-data", "finfoundry.usecases.planner_setup:planner_data")
def data(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder for planner.jsonl and planner-unseen.jsonl.")],
    each: Annotated[int, typer.Option("--each", min=1, max=1000, help="Fillings of each wording.")] = 13,
    seed: Annotated[int, typer.Option("--seed", help="Another seed, other fillings.")] = 0,
    collection: Annotated[
        str | None, typer.Option("--collection", "-c", help="Take the labels of the rows of this collection in place of ours.")
    ] = None,
    user: As = None,
    json: Json = False,
) -> None:
    """Write questions with their plans: to learn (recipe planner-cpu), and of families of wordings that are never learned, to measure."""
    show(planner_data(out, each, seed, collection, user), json)


@planner.command()
@prints("planner-installed", "finfoundry.usecases.planner_setup:install_planner")
def install(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that `finfoundry train planner-cpu --out` wrote.")],
    name: Annotated[str, typer.Option("--name", help="What FINFOUNDRY_PLANNER calls it, after the base and a plus sign.")] = "planner",
    json: Json = False,
) -> None:
    """Put a tuned planner into this home; FINFOUNDRY_PLANNER=BASE+NAME then has it used."""
    show(install_planner(read_settings(), folder, name), json)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.add_typer(planner, name="planner")
