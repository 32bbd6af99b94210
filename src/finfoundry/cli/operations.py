"""Commands of those who run the product: backup, bundle, retention, and the proofs of ``doctor``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finfoundry import terminal
from finfoundry.app import open_app
from finfoundry.ask import engine_exam
from finfoundry.cli.options import Json, prints, show
from finfoundry.machine import read_settings
from finfoundry.operations import advisories as auditing
from finfoundry.operations import backup as backing
from finfoundry.operations import bundle as bundling
from finfoundry.operations import restore as restoring
from finfoundry.operations import retention
from finfoundry.operations import sealed as sealing
from finfoundry.operations.contract_points import examine

bundles = typer.Typer(help="The product and its models in one folder, for a machine without a network.")
retentions = typer.Typer(help="How long documents, conversations, traces and uploads are kept.", no_args_is_help=True)
Passphrase = Annotated[Path | None, typer.Option("--passphrase-file", metavar="FILE", help="Its first line encrypts the backup.")]


@prints("backup", "finfoundry.operations.backup:backup")
def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE|DIR", help="Where to write; in a folder the name is the time.")],
    passphrase_file: Passphrase = None,
    json: Json = False,
) -> None:
    """Write store, documents, policy, registry, keys and the audit trail with its outer head into one file, as of one moment."""
    with terminal.progress(quiet=json) as report:
        show(backing.backup(read_settings(), target, passphrase=backing.passphrase_of(passphrase_file), report=report), json)


@prints("restore", "finfoundry.operations.restore:restore")
@prints("backup-checked", "finfoundry.operations.restore:check", option="--check")
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


@bundles.callback(invoke_without_command=True)
@prints("bundle", "finfoundry.operations.bundle:bundle")
def bundle(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="The folder to make.")] = None,
    model: Annotated[
        list[str] | None, typer.Option("--model", metavar="NAME", help="A model to include; repeat for more [those of the settings].")
    ] = None,
    extra: Annotated[
        list[str] | None, typer.Option("--extra", metavar="NAME", help="An extra of the package to include, such as specialists.")
    ] = None,
    json: Json = False,
) -> None:
    """Put wheels, models, digests, a bill of materials and instructions into one folder, for a machine without a network."""
    if context.invoked_subcommand is not None:
        return
    if out is None:
        raise typer.BadParameter("give --out DIR, or the command verify DIR")
    with terminal.progress(quiet=json) as report:
        show(bundling.bundle(read_settings(), out, models=model or [], extras=extra or [], report=report), json)


@bundles.command("verify")
@prints("bundle-verify", "finfoundry.operations.bundle:verify")
def bundle_verify(folder: Annotated[Path, typer.Argument(metavar="DIR")], json: Json = False) -> None:
    """Check a bundle: every file against its digest, the bill of materials, the catalogue and this Python. Exit 1 if anything differs."""
    found = bundling.verify(folder)
    show(found, json)
    if not found.ok:
        raise typer.Exit(1)


@bundles.command("audit")
@prints("bundle-audit", "finfoundry.operations.advisories:audit")
def bundle_audit(
    parts: Annotated[list[Path], typer.Argument(metavar="SBOM|LOCK…", help="sbom.cdx.json of a bundle, or locks.")],
    advisories: Annotated[
        Path, typer.Option("--advisories", metavar="FILE|DIR", help="The export of osv.dev for PyPI; nothing is fetched.")
    ],
    json: Json = False,
) -> None:
    """Hold every package against a copy of an advisory database, without a network. Exit 1 if one has a known vulnerability."""
    found = auditing.audit(parts, advisories)
    show(found, json)
    if found.found:
        raise typer.Exit(1)


@retentions.command("set")
@prints("retention", "finfoundry.operations.retention:set_rule")
def retention_set(
    subject: Annotated[retention.Subject, typer.Argument(help="What is kept.")],
    days: Annotated[int, typer.Option("--days", min=1, help="For how long.")],
    label: Annotated[str | None, typer.Option("--label", help="Only documents under this label.")] = None,
    collection: Annotated[str | None, typer.Option("--collection", help="Only documents of this collection.")] = None,
    json: Json = False,
) -> None:
    """Keep something for a number of days, and no longer; the worker looks once an hour."""
    with open_app() as app:
        show(retention.set_rule(app.database, app.changer(), retention.Rule(subject, label, collection, days)), json)


@retentions.command("list")
@prints("retention-list", "finfoundry.operations.retention:rules")
def retention_list(json: Json = False) -> None:
    """List the rules; what has none is kept for ever."""
    with open_app() as app:
        show(retention.rules(app.database), json)


@retentions.command("remove")
@prints("retention")
def retention_remove(
    subject: Annotated[retention.Subject, typer.Argument(help="What is kept.")],
    label: Annotated[str | None, typer.Option("--label", help="The label of the rule.")] = None,
    collection: Annotated[str | None, typer.Option("--collection", help="The collection of the rule.")] = None,
    json: Json = False,
) -> None:
    """Remove a rule: what it was for is kept for ever again."""
    with open_app() as app:
        show(retention.remove_rule(app.database, app.changer(), subject, label, collection), json)


@retentions.command("apply")
@prints("retention-applied", "finfoundry.operations.retention:apply")
def retention_apply(trial: Annotated[bool, typer.Option("--trial", help="Only say what would go.")] = False, json: Json = False) -> None:
    """Follow the rules now."""
    with open_app() as app:
        show(retention.apply(app.store, app.administrator, trial=trial), json)


def doctor_database(dsn: str, as_json: bool) -> None:
    """Print the contract suite's verdict on a database; exit 1 where it lacks something."""
    contract = examine(dsn)
    show(contract, as_json)
    if not contract.fits:
        raise typer.Exit(1)


def doctor_sealed(as_json: bool) -> None:
    """Print the proof for an auditor; exit 1 where something leaves, or could not be shown."""
    with terminal.progress(quiet=as_json) as report:
        found = sealing.examine(read_settings(), report)
    show(found, as_json)
    if not found.sealed:
        raise typer.Exit(1)


def doctor_engine(as_json: bool) -> None:
    """Examine the engine of the settings and print how it did; what it is asked from now on goes by that."""
    settings = read_settings()
    with open_app(settings) as app:
        exam = engine_exam.examine(app.engine, engine_exam.named(settings), settings.ask_deadline)
    engine_exam.keep(settings, exam)
    show(exam, as_json)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.command()(backup)
    cli.command()(restore)
    cli.add_typer(bundles, name="bundle")
    cli.add_typer(retentions, name="retention")
