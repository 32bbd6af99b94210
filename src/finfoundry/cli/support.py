"""The support checker: ``finfoundry support …`` makes what it learns from, and puts a tuned one into the home."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finfoundry.app import open_app
from finfoundry.cli.options import As, Collection, Json, prints, show
from finfoundry.machine import open_machine, read_settings
from finfoundry.usecases.support_setup import data_of_files, data_of_store, install_checker

support = typer.Typer(help="The checker of words against evidence: its data out of your own papers, a tuned one.", no_args_is_help=True)


@support.command()
@prints("support-data", "finfoundry.usecases.support_setup:data_of_files")
def data(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder for support-spans.jsonl and support-spans-unseen.jsonl.")],
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="Papers; without any, those of the store that you may read.")
    ] = None,
    each: Annotated[int, typer.Option("--each", min=1, max=10_000, help="Sentences of a paper that are told again, at most.")] = 60,
    seed: Annotated[int, typer.Option("--seed", help="Another seed, other sentences.")] = 0,
    collection: Collection = None,
    user: As = None,
    json: Json = False,
) -> None:
    """Write sentences, true and made false, with their evidence: to learn (recipe support-checker), and of unseen papers, to measure."""
    if files:
        with open_machine() as machine:
            show(data_of_files(machine, files, out, each, seed), json)
        return
    with open_app() as app:
        show(data_of_store(app, app.principal(user), out, collection, each, seed), json)


@support.command()
@prints("checker-installed", "finfoundry.usecases.support_setup:install_checker")
def install(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that `finfoundry train support-checker --out` wrote.")],
    name: Annotated[str, typer.Option("--name", help="What FINFOUNDRY_CHECKER calls it.")] = "own",
    json: Json = False,
) -> None:
    """Put a tuned checker into this home; FINFOUNDRY_CHECKER=NAME then has it used."""
    show(install_checker(read_settings(), folder, name), json)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.add_typer(support, name="support")
