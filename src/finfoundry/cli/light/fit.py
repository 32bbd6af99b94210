"""``finfoundry fit``: the cheapest model that suffices for a scene, with the evidence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from finfoundry import terminal
from finfoundry.cli.options import Json, prints
from finfoundry.machine import read_settings

if TYPE_CHECKING:
    from finfoundry.usecases.light.fit import Fit


@prints("fit", "finfoundry.usecases.light.fit:Fit")
def fit(
    task: Annotated[str, typer.Option("--task", metavar="TASK", help="A task, or the path of a task file: the scene.")],
    reference: Annotated[str, typer.Option("--reference", metavar="MODEL", help="What serves the scene now, or the best there is.")],
    candidate: Annotated[
        list[str],
        typer.Option("--candidate", metavar="MODEL", help="A name of the catalogue, a GGUF file, a folder of `lighten`; up to 9."),
    ],
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The folder with the data; nothing of it is copied.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Rows and the plot; the same folder goes on where it stopped.")],
    target: Annotated[float, typer.Option("--target", help="The share of the reference's right answers that must be kept.")] = 0.98,
    budget: Annotated[str, typer.Option("--budget", help="800ms an answer, 300MiB of weights, or with --prices an amount a year.")] = "",
    items: Annotated[int, typer.Option("--items", min=25, help="Asked of each that is not hopeless before.")] = 200,
    prices: Annotated[
        Path | None,
        typer.Option("--prices", metavar="FILE", help="YAML: currency, core_second, gib_month; accelerator_second, accelerators."),
    ] = None,
    load: Annotated[int, typer.Option("--load", min=1, help="Answers a day, for the bill of a year.")] = 10_000,
    every: Annotated[bool, typer.Option("--every", help="Ask all candidates to the end: for the plot, or to check the planner.")] = False,
    json: Json = False,
) -> None:
    """Find the cheapest model that suffices: asked in steps, the hopeless ended early, by the paired lower bound. Exit 1 if none does."""
    from finfoundry.usecases.light.fit import Fitting, Terms
    from finfoundry.usecases.light.prices import read_prices

    terms = Terms(task, reference, tuple(candidate), target, budget, items, load, every)
    with terminal.progress(quiet=json) as report:
        found = Fitting(read_settings(), data, out, read_prices(prices) if prices else None, report).fit(terms)
    terminal.print_json(found) if json else _tell(found)
    if found.chosen is None:
        raise typer.Exit(1)


def _tell(found: Fit) -> None:
    for one in found.compared:
        said = f"{one.model}: {one.judged.verdict}; {one.bytes / 2**20:.0f} MiB, {one.seconds * 1000:.0f} ms an answer"
        if one.judged.n:
            said += f"; right {one.judged.right:.1%} of {one.judged.n}, against the reference at worst {one.judged.lower:+.1%}"
        terminal.print_value(said + (f"; {one.a_year} {found.currency} a year" if one.a_year is not None else ""))
    terminal.print_value(f"{found.chosen or 'none'}: {found.why}")
    if found.saved is not None:
        terminal.print_value(f"saved a year: {found.saved} {found.currency}")
    if found.proposal:
        terminal.print_value(f"propose it: {found.proposal}")
    terminal.print_value(f"plot: {found.plot}")


def register(cli: typer.Typer) -> None:
    """Add this command to the command line."""
    cli.command()(fit)
