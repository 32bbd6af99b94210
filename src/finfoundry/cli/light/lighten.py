"""``finfoundry lighten``: one subcommand a way of making a model light. torch is loaded only when one of them runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

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


def told(act: Callable[[Lightening], Any], json: bool) -> Any:
    """What a way gives, printed. Raises SettingsError where the extra is not installed."""
    try:
        from finfoundry.usecases.light.lighten import Lightening
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("finfoundry"):
            raise
        raise SettingsError(f"Making models light needs the package {error.name}", remedy="Run pip install 'finfoundry[train]'") from error
    with terminal.progress(quiet=json) as report:
        found = act(Lightening(read_settings(), report))
    show(found, json)
    return found


@prints("lightened", RESULT)
def trim(
    model: Model,
    corpus: Corpus,
    out: Out,
    size: Annotated[int | None, typer.Option("--size", min=1, help="At most so many pieces; none = all that occur.")] = None,
    json: Json = False,
) -> None:
    """Drop the pieces of the vocabulary that the institution's texts never use: exact on what is kept."""
    told(lambda lightening: lightening.trim(model, corpus, out, size), json)


@prints("lightened")
def depth(
    model: Model,
    corpus: Corpus,
    out: Out,
    drop: Annotated[int, typer.Option("--drop", min=1, help="So many blocks.")],
    json: Json = False,
) -> None:
    """Take out the blocks that change least what flows through them; heal the result by `lighten distil`."""
    told(lambda lightening: lightening.depth(model, corpus, out, drop), json)


@prints("lightened")
def width(
    model: Model,
    corpus: Corpus,
    out: Out,
    share: Annotated[float, typer.Option("--share", min=0.01, max=0.99, help="Of the feed-forward channels, about.")],
    json: Json = False,
) -> None:
    """Take out the feed-forward channels that carry least; heal the result by `lighten distil`."""
    told(lambda lightening: lightening.width(model, corpus, out, share), json)


@prints("lightened")
def heads(
    model: Model,
    corpus: Corpus,
    out: Out,
    queries: Annotated[int, typer.Option("--queries", min=0, help="Heads of queries that go from each group.")] = 0,
    groups: Annotated[int, typer.Option("--groups", min=0, help="Groups that go whole, with their keys and values.")] = 0,
    json: Json = False,
) -> None:
    """Take out the heads that carry least, as many from each group, or whole groups; heal the result by `lighten distil`."""
    told(lambda lightening: lightening.heads(model, corpus, out, queries, groups), json)


@prints("lightened")
def rank(
    model: Model,
    corpus: Corpus,
    out: Out,
    share: Annotated[float, typer.Option("--share", min=0.01, max=0.99, help="Of the weights of all maps as factors, about.")],
    json: Json = False,
) -> None:
    """Make the maps products of thinner ones, cut where outputs on the institution's texts change least: dense, and as factors."""
    told(lambda lightening: lightening.rank(model, corpus, out, share), json)


@prints("lightened")
def quantise(
    model: Model,
    corpus: Corpus,
    out: Out,
    form: Annotated[str, typer.Option("--form", help="q8_0, q4_0 or q4_k_m.")],
    json: Json = False,
) -> None:
    """Store the weights in few bits, the error where least flows through on the institution's texts."""
    told(lambda lightening: lightening.quantise(model, corpus, out, form), json)


@prints("lightened")
def experts(
    model: Model,
    expert: Annotated[list[str], typer.Option("--expert", metavar="MODEL", help="A model of the same shape; repeat, two or more.")],
    corpus: Annotated[list[Path], typer.Option("--corpus", metavar="PATH", help="The texts of each expert, in the same order; repeat.")],
    out: Out,
    used: Annotated[int, typer.Option("--used", min=1, help="Experts that are read for a token.")] = 2,
    drop: Annotated[
        float, typer.Option("--drop", min=0, max=0.99, help="Of each expert's channels, drawn anew, so that copies learn to differ.")
    ] = 0.0,
    json: Json = False,
) -> None:
    """Put the feed-forward maps of several models side by side, of which a router has a few read for each token."""
    told(lambda lightening: lightening.experts(model, expert, corpus, out, used, drop), json)


@prints("apart", "finfoundry.train.light.apart:Apart")
def apart(
    model: Model,
    corpus: Corpus,
    processes: Annotated[int, typer.Option("--processes", min=2, help="Among which the experts are divided.")] = 2,
    json: Json = False,
) -> None:
    """Read texts with a mixture in one process and with its experts in several: what goes to whom, and whether the outcome is the same."""
    told(lambda lightening: lightening.apart(model, corpus, processes), json)


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
    answers: Annotated[
        Literal["rows", "teacher", "student"],
        typer.Option("--answers", help="Whose answers are learned: the rows' own, the teacher's checked ones, or the student's as it is."),
    ] = "rows",
    share: Annotated[float, typer.Option("--share", min=0.01, max=1, help="Of the steps that learn from the student's answers.")] = 1.0,
    check: Annotated[
        list[str] | None,
        typer.Option("--check", metavar="REWARD", help="What the teacher's answers must pass: right (the default), bound, …; repeat."),
    ] = None,
    json: Json = False,
) -> None:
    """Teach a student its teacher's next tokens: heals what was pruned, and trains for few bits with --grid."""
    found = told(lambda lightening: lightening.distil(recipe, data, out, teacher, beta, grid, answers, share, check or ()), json)
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
    told(lambda lightening: lightening.adapter(folder, light, out), json)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    lighten = typer.Typer(help="Make a model light: each way gives a folder that is evaluated and released like any.", no_args_is_help=True)
    for way in (trim, depth, width, heads, rank, quantise, experts, apart, distil, adapter):
        lighten.command()(way)
    cli.add_typer(lighten, name="lighten")
