"""Commands of those who run the product: backup and restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finfoundry import terminal
from finfoundry.machine import read_settings
from finfoundry.operations import backup as backing
from finfoundry.operations import restore as restoring
from finfoundry.operations.contract import examine

Json = Annotated[bool, typer.Option("--json", help="Print JSON (schemas in docs/schemas).")]
Passphrase = Annotated[Path | None, typer.Option("--passphrase-file", metavar="FILE", help="Its first line encrypts the backup.")]


def show(value: object, as_json: bool) -> None:
    terminal.print_json(value) if as_json else terminal.print_value(value)


def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE|DIR", help="Where to write; in a folder the name is the time.")],
    passphrase_file: Passphrase = None,
    json: Json = False,
) -> None:
    """Write store, documents, policy, registry, keys and the audit trail with its outer head into one file, as of one moment."""
    with terminal.progress(quiet=json) as report:
        show(backing.backup(read_settings(), target, passphrase=backing.passphrase_of(passphrase_file), report=report), json)


def restore(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="What `backup` wrote.")],
    passphrase_file: Passphrase = None,
    receipt: Annotated[
        list[str] | None, typer.Option("--receipt", help="A receipt of the audit's head, kept elsewhere, that must be in it.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only read it to its end and compare the digests.")] = False,
    json: Json = False,
) -> None:
    """Bring a backup back into an empty home or database: all of it, with its audit chain checked, or nothing."""
    passphrase = backing.passphrase_of(passphrase_file)
    if check:
        show(restoring.check(source, passphrase), json)
        return
    with terminal.progress(quiet=json) as report:
        show(restoring.restore(read_settings(), source, passphrase=passphrase, receipts=receipt or [], report=report), json)


def doctor_database(dsn: str, as_json: bool) -> None:
    """Print the contract suite's verdict on a database; exit 1 where it lacks something."""
    contract = examine(dsn)
    show(contract, as_json)
    if not contract.fits:
        raise typer.Exit(1)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.command()(backup)
    cli.command()(restore)
