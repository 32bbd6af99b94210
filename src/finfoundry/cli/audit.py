"""Commands of the audit: check it, show it, forget in it, compute an answer again."""

from __future__ import annotations

from typing import Annotated

import typer

from finfoundry.app import open_app
from finfoundry.cli.options import As, Json, prints, show
from finfoundry.runtime.audit import SubjectKind

audit = typer.Typer(help="The sealed record of what was asked, answered and changed.", no_args_is_help=True)


@audit.command("verify")
@prints("audit-verify", "finfoundry.app:App.audit_verify")
def audit_verify(
    receipt: Annotated[list[str] | None, typer.Option("--receipt", help="A receipt kept elsewhere, which must be in the chain.")] = None,
    json: Json = False,
) -> None:
    """Check the whole chain: any change, removal, reordering or cut tail is found. Exit 1 if it does not hold."""
    with open_app() as app:
        report = app.audit_verify(receipt or [])
    show(report, json)
    if not report.ok:
        raise typer.Exit(1)


@audit.command("show")
@prints("audit-show", "finfoundry.app:App.audit_show")
def audit_show(
    record: Annotated[str | None, typer.Argument(help="An audit id; none = the latest records.")] = None,
    user: As = None,
    json: Json = False,
) -> None:
    """Show one record, with its contents where they are not erased."""
    with open_app() as app:
        show(app.audit_show(app.principal(user), record), json)


@audit.command("erase")
@prints("audit-erased", "finfoundry.app:App.audit_erase")
def audit_erase(
    kind: Annotated[SubjectKind, typer.Argument(help="Whose contents to forget.")],
    name: Annotated[str, typer.Argument(metavar="NAME|ID")],
    json: Json = False,
) -> None:
    """Delete the key of a user or a document: what was said under it cannot be read any more, and the chain stays valid."""
    with open_app() as app:
        show(app.audit_erase(kind, name, app.changer()), json)


@audit.command("resume")
@prints("audit-resumed", "finfoundry.app:App.audit_resume")
def audit_resume(reason: Annotated[str, typer.Argument(help="Why records are missing, for the record.")], json: Json = False) -> None:
    """Seal on after a restore of an older database; the loss itself becomes a record."""
    with open_app() as app:
        show(app.audit_resume(reason, app.changer()), json)


@audit.command("replay")
@prints("audit-replay", "finfoundry.app:App.audit_replay")
def audit_replay(
    record: str,
    regenerate: Annotated[bool, typer.Option("--regenerate", help="Also ask the model again and compare.")] = False,
    user: As = None,
    json: Json = False,
) -> None:
    """Recompute facts, calculations and bindings of an answer without a model; exit 1 if they disagree."""
    with open_app() as app:
        report = app.audit_replay(app.principal(user), record, regenerate=regenerate)
    show(report, json)
    if not report.ok:
        raise typer.Exit(1)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.add_typer(audit, name="audit")
