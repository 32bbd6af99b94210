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


@prints("lightened")
def depth(
    model: Model,
    corpus: Corpus,
    out: Out,
    drop: Annotated[int, typer.Option("--drop", min=1, help="So many blocks.")],
    json: Json = False,
) -> None:
    """Take out the blocks that change least what flows through them; heal the result by `lighten distil`."""
    with open_lightening(json) as lightening:
        found = lightening.depth(model, corpus, out, drop)
    show(found, json)


@prints("lightened")
def width(
    model: Model,
    corpus: Corpus,
    out: Out,
    share: Annotated[float, typer.Option("--share", min=0.01, max=0.99, help="Of the feed-forward channels, about.")],
    json: Json = False,
) -> None:
    """Take out the feed-forward channels that carry least; heal the result by `lighten distil`."""
    with open_lightening(json) as lightening:
        found = lightening.width(model, corpus, out, share)
    show(found, json)


@prints("lightened")
def quantise(
    model: Model,
    corpus: Corpus,
    out: Out,
    form: Annotated[str, typer.Option("--form", help="q8_0, q4_0 or q4_k_m.")],
    json: Json = False,
) -> None:
    """Store the weights in few bits, the error where least flows through on the institution's texts."""
    with open_lightening(json) as lightening:
        found = lightening.quantise(model, corpus, out, form)
    show(found, json)


@prints("lightened")
def experts(
    model: Model,
    expert: Annotated[list[str], typer.Option("--expert", metavar="MODEL", help="A model of the same shape; repeat, two or more.")],
    corpus: Annotated[list[Path], typer.Option("--corpus", metavar="PATH", help="The texts of each expert, in the same order; repeat.")],
    out: Out,
    used: Annotated[int, typer.Option("--used", min=1, help="Experts that are read for a token.")] = 2,
    json: Json = False,
) -> None:
    """Put the feed-forward maps of several models side by side, of which a router has a few read for each token."""
    with open_lightening(json) as lightening:
        found = lightening.experts(model, expert, corpus, out, used)
    show(found, json)


@prints("train")
def distil(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE", help="A recipe whose base is the student.")],
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The folder with the data; its rows stay there.")],
    out: Out,
    teacher: Annotated[str, typer.Option("--teacher", metavar="MODEL", help="With the student's tokenizer: its parent, or a tuned one.")],
    beta: Annotated[
        float, typer.Option("--beta", min=0, max=1, help="0: forward KL, 1: reverse KL, between: Jensen-Shannon, the teacher's weight.")
    ] = 0.0,
    grid: Annotated[str | None, typer.Option("--grid", help="q4_0 or q4_k_m: learn as it will be stored.")] = None,
    json: Json = False,
) -> None:
    """Teach a student its teacher's next tokens: heals what was pruned, and trains for few bits with --grid."""
    with open_lightening(json) as lightening:
        found = lightening.distil(recipe, data, out, teacher, beta, grid)
    show(found, json)
    if found.outcome.stopped:
        typer.echo("Stopped after a checkpoint: the same command goes on.", err=True)
        raise typer.Exit(130)


@prints("model")
def adapter(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a tuned adapter.")],
    light: Annotated[Path, typer.Option("--onto", metavar="DIR", help="The trimmed model's folder; it comes of the adapter's base.")],
    out: Out,
    json: Json = False,
) -> None:
    """Carry an adapter of the parent over to its trimmed child: blocks are the same, so it acts as before."""
    with open_lightening(json) as lightening:
        found = lightening.adapter(folder, light, out)
    show(found if json else found.forms, json)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    lighten = typer.Typer(help="Make a model light: each way gives a folder that is evaluated and released like any.", no_args_is_help=True)
    for way in (trim, depth, width, quantise, experts, distil, adapter):
        lighten.command()(way)
    cli.add_typer(lighten, name="lighten")
