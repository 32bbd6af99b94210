"""Rules with their dates: ``finfoundry laws …``. Listed, checked, brought up to date as a package, put right by two persons."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from finfoundry.app import open_app
from finfoundry.cli.options import As, Collection, IntoCollection, Json, prints, show
from finfoundry.usecases.law_desk import LawDesk

laws = typer.Typer(help="Laws, rules and policies with their dates: versions, repeals, updates as a package.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="Its number in finfoundry laws corrections, or updates.")]
At = Annotated[datetime | None, typer.Option("--at", metavar="DATE", formats=["%Y-%m-%d"], help="As of this day; without it today.")]
Package = Annotated[Path, typer.Argument(metavar="PACKAGE", exists=True, help="A folder or a ZIP file with a manifest (docs/laws.md).")]


@laws.command("list")
@prints("laws", "finfoundry.usecases.law_desk:LawDesk.laws")
def list_laws(collection: Collection = None, at: At = None, user: As = None, json: Json = False) -> None:
    """List the rules that the user may read, each version with its days and whether it is in force."""
    with open_app() as app:
        show(LawDesk(app).laws(app.principal(user), collection, at.date() if at else None), json)


@laws.command("show")
@prints("law", "finfoundry.usecases.law_desk:LawDesk.law")
def show_law(document: str, at: At = None, user: As = None, json: Json = False) -> None:
    """Show one version of a rule with all that is said of it, and where."""
    with open_app() as app:
        show(LawDesk(app).law(app.principal(user), document, at.date() if at else None), json)


@laws.command()
@prints("law-findings", "finfoundry.usecases.law_desk:LawDesk.check")
def check(collection: Collection = None, user: As = None, json: Json = False) -> None:
    """Show which clauses of own papers cite rules that are no more in force, and which rules have no day, or days that contradict."""
    with open_app() as app:
        show(LawDesk(app).check(app.principal(user), collection), json)


@laws.command()
@prints("law-update", "finfoundry.usecases.law_desk:LawDesk.apply")
def update(
    package: Package,
    collection: IntoCollection = None,
    label: Annotated[str, typer.Option("--label", "-l", help="The label that new documents carry.")] = "general",
    apply: Annotated[
        bool, typer.Option("--apply", help="Put it in force, in one transaction; without it the changes are only shown.")
    ] = False,
    user: As = None,
    json: Json = False,
) -> None:
    """Show what a package of new versions changes: what is new, amended, repealed; with --apply, put it in force."""
    with open_app() as app:
        where = collection or app.settings.collection
        if apply:
            show(LawDesk(app).apply(app.maker(user, "write"), package, collection=where, label=label), json)
        else:
            show(LawDesk(app).preview(app.principal(user), package, collection=where), json)


@laws.command("take-back")
@prints("law-update")
def take_back(number: Number, user: As = None, json: Json = False) -> None:
    """Remove what an update brought, in one transaction."""
    with open_app() as app:
        show(LawDesk(app).take_back(app.maker(user, "write"), number), json)


@laws.command()
@prints("law-updates", "finfoundry.usecases.law_desk:LawDesk.updates")
def updates(user: As = None, json: Json = False) -> None:
    """List the updates that were applied, with their changes."""
    with open_app() as app:
        show(LawDesk(app).updates(app.principal(user)), json)


@laws.command()
@prints("law-correction", "finfoundry.knowledge.corrections.law_correction:LawCorrections.propose")
def propose(
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="The id of a document.")],
    matter: Annotated[
        Literal["title", "level", "issued", "effective", "expires", "repeals", "amends"],
        typer.Argument(metavar="MATTER", help="What is said of it."),
    ],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="A day (2020-03-01), a title or a level.")],
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="What shows it.")] = "",
    user: As = None,
    json: Json = False,
) -> None:
    """Propose what is right of a rule, in place of what was read; a second person approves it."""
    with open_app() as app:
        show(app.law_corrections.propose(app.maker(user, "write"), document, matter, value, why), json)


@laws.command()
@prints("law-correction")
def approve(number: Number, user: As = None, json: Json = False) -> None:
    """Put a proposal in force from the next question on. Who approves is not who proposed."""
    with open_app() as app:
        show(app.law_corrections.approve(app.maker(user, "write"), number), json)


@laws.command()
@prints("law-correction")
def retire(number: Number, user: As = None, json: Json = False) -> None:
    """Withdraw a proposal, or undo what is in force."""
    with open_app() as app:
        show(app.law_corrections.retire(app.maker(user, "write"), number), json)


@laws.command()
@prints("law-corrections", "finfoundry.knowledge.corrections.law_correction:LawCorrections.listed")
def corrections(
    state: Annotated[Literal["proposed", "approved", "retired"] | None, typer.Option("--state", help="Only these.")] = None,
    user: As = None,
    json: Json = False,
) -> None:
    """List what was said of rules by hand, with who proposed and who approved it."""
    with open_app() as app:
        show(app.law_corrections.listed(app.principal(user), state), json)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.add_typer(laws, name="laws")
