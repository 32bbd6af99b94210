"""``finfoundry cascade``: what is saved by asking cheap systems first."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from finfoundry import terminal
from finfoundry.cli.options import Json, prints

if TYPE_CHECKING:
    from finfoundry.usecases.light.cascade import Stage


@prints("cascade", "finfoundry.usecases.light.cascade:Cascade")
def cascade(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN", help="Folders of one suite below --out of `finfoundry evaluate`, the cheapest first.")
    ],
    out: Annotated[Path | None, typer.Option(help="A file for the bars, by which the service asks a cheap model first.")] = None,
    json: Json = False,
) -> None:
    """Ask the cheap first, the dear only where the cheap is not sure: bars are chosen on half of the items, told of the other."""
    from finfoundry.usecases.light.cascade import cascade as found_of
    from finfoundry.usecases.light.cascade import write

    found = found_of(runs)
    if out:
        write(found, out)
    if json:
        terminal.print_json(found)
        return
    for one in found.stages:
        terminal.print_value(f"{one.run}: ends {one.took:.1%}{_where(one)}; {one.seconds * 1000:.0f} ms an item")
    terminal.print_value(
        f"right {found.right:.1%} of {found.items}, the last alone {found.right_alone:.1%} (at worst {found.lower:+.1%});"
        f" {found.saved:.1%} of its time saved"
    )


def _where(stage: Stage) -> str:
    sure = [f"is sure by {stage.bar:.3g}"] if stage.bar is not None and math.isfinite(stage.bar) else []
    when = " or ".join([*sure, *(["finds nothing"] if stage.silence else [])])
    return f", where it {when}" if when else ""


def register(cli: typer.Typer) -> None:
    """Add this command to the command line."""
    cli.command()(cascade)
