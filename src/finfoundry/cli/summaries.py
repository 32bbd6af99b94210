"""Commands that give an account of papers: what they say in short, and what changed in their risks."""

from __future__ import annotations

from typing import Annotated

import typer

from finfoundry.app import open_app
from finfoundry.cli.options import As, Json, prints, show


@prints("summary", "finfoundry.app:App.summarise")
def summarise(
    documents: Annotated[list[str], typer.Argument(metavar="DOCUMENT…", help="Ids of `finfoundry documents list`.")],
    section: Annotated[str, typer.Option("--section", help="Words of a heading: only what stands below it.")] = "",
    sentences: Annotated[int, typer.Option("--sentences", "-n", help="Of the papers' own, at most, together.")] = 6,
    user: As = None,
    json: Json = False,
) -> None:
    """Summarise papers: figures of their year with the reasons given, then sentences of their own, each bound; and what is left out."""
    with open_app() as app:
        show(app.summarise(app.principal(user), documents, section, sentences), json)


@prints("risk-changes", "finfoundry.app:App.risk_changes")
def risks(
    document: Annotated[str, typer.Argument(help="The id of a paper with a section on risks.")],
    against: Annotated[str, typer.Option("--against", help="The id of an earlier year's paper.")],
    user: As = None,
    json: Json = False,
) -> None:
    """Show which risk factors of a paper are new, gone or changed against an earlier one, with the sentences that differ."""
    with open_app() as app:
        show(app.risk_changes(app.principal(user), document, against), json)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.command()(summarise)
    cli.command()(risks)
