"""``finfoundry lighten``: one subcommand a way of making a model light. torch is loaded only when one of them runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from finfoundry import terminal
from finfoundry.cli.options import Json, prints, show
from finfoundry.core.errors import SettingsError
from finfoundry.machine import read_settings

if TYPE_CHECKING:
    from finfoundry.usecases.light.lighten import Lightening

RESULT = "finfoundry.train.light.lightened:Lightened"
Model = Annotated[str, typer.Argument(metavar="MODEL", help="A name of the catalogue, a GGUF file, or a folder of `finfoundry lighten`.")]
Corpus = Annotated[
    list[Path], typer.Option("--corpus", metavar="PATH", help="Files or folders with the institution's texts (txt, md, csv, json); repeat.")
]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="The light model's folder; its name is the model's.")]


@contextmanager
def open_lightening(quiet: bool) -> Iterator[Lightening]:
    """Raises SettingsError where the extra is not installed."""
    try:
        from finfoundry.usecases.light.lighten import Lightening
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("finfoundry"):
            raise
        raise SettingsError(f"Making models light needs the package {error.name}", remedy="Run pip install 'finfoundry[train]'") from error
    with terminal.progress(quiet=quiet) as report:
        yield Lightening(read_settings(), report)


@prints("lightened", RESULT)
def trim(
    model: Model,
    corpus: Corpus,
    out: Out,
    size: Annotated[int | None, typer.Option("--size", min=1, help="At most so many pieces; none = all that occur.")] = None,
    json: Json = False,
) -> None:
    """Drop the pieces of the vocabulary that the institution's texts never use: exact on what is kept."""
    with open_lightening(json) as lightening:
        found = lightening.trim(model, corpus, out, size)
    show(found, json)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    lighten = typer.Typer(help="Make a model light: each way gives a folder that is evaluated and released like any.", no_args_is_help=True)
    lighten.command()(trim)
    cli.add_typer(lighten, name="lighten")
