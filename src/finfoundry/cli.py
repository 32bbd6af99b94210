"""The command line: each command is a typed function whose flags derive from its signature. No logic here: see ``app``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from finfoundry import (
    __version__,
    cli_access,
    cli_alerts,
    cli_evaluation,
    cli_feedback,
    cli_operations,
    cli_release,
    cli_reviews,
    cli_service,
    cli_specialist_training,
    cli_specialists,
    cli_tables,
    cli_training,
    terminal,
)
from finfoundry.app import open_app
from finfoundry.core.audit import SubjectKind
from finfoundry.core.errors import FinfoundryError
from finfoundry.core.log import configure
from finfoundry.machine import open_machine
from finfoundry.views import FactsFile, parse_view
from finfoundry.workbook import write_workbook

cli = typer.Typer(name="finfoundry", help=__doc__.split(":")[0] + " of finfoundry.", no_args_is_help=True, pretty_exceptions_enable=False)
documents = typer.Typer(help="What is in the store, with its certificates.", no_args_is_help=True)
audit = typer.Typer(help="The sealed record of what was asked, answered and changed.", no_args_is_help=True)
cli_access.register(cli)
for name, group in [("documents", documents), ("audit", audit)]:
    cli.add_typer(group, name=name)
cli_service.register(cli)
cli_specialists.register(cli)
cli_specialist_training.register(cli_specialists.specialists)
cli_reviews.register(cli_specialists.specialists)
cli_alerts.register(cli_specialists.specialists)
cli_evaluation.register(cli)
cli_operations.register(cli)
cli_training.register(cli)
cli_release.register(cli)
cli_feedback.register(cli)
cli.add_typer(cli_tables.tables, name="tables")

Json = Annotated[bool, typer.Option("--json", help="Print JSON (schemas in docs/schemas).")]
As = Annotated[str | None, typer.Option("--as", metavar="USER", help="Act as this user; without it you are the home's administrator.")]
Collection = Annotated[str | None, typer.Option("--collection", "-c", help="Only this collection.")]


def main() -> None:
    """Run the command line; a known error becomes one line with its remedy and exit status 1."""
    configure()
    try:
        cli()
    except FinfoundryError as error:
        terminal.print_error(error, as_json="--json" in sys.argv)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def show(value: object, as_json: bool) -> None:
    terminal.print_json(value) if as_json else terminal.print_value(value)


def version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@cli.callback()
def root(_version: Annotated[bool, typer.Option("--version", callback=version, is_eager=True, help="Print the version.")] = False) -> None:
    """Answers from your own filings, policies and tables, in which every figure is bound to its source."""


# Models and the machine


@cli.command()
def pull(
    models: Annotated[list[str] | None, typer.Argument(help="Names of the catalogue; none = the default model and the embedder.")] = None,
    json: Json = False,
) -> None:
    """Download models into the home and check their SHA-256. Nothing else reaches the network."""
    with open_machine() as machine, terminal.progress(quiet=json) as report:
        show(machine.pull(models or [], report), json)


@cli.command("models")
def list_models(json: Json = False) -> None:
    """List the catalogue: what is here, what can be pulled, size, licence, languages."""
    with open_machine() as machine:
        show(machine.models(), json)


@cli.command()
def doctor(
    database: Annotated[
        str | None, typer.Option("--database", metavar="DSN", help="Try what the product needs of a database, point by point.")
    ] = None,
    sealed: Annotated[
        bool, typer.Option("--sealed", help="Prove that nothing leaves: settings, sockets, and every feature run without a route.")
    ] = False,
    json: Json = False,
) -> None:
    """Check the machine, the home, the models and the database; each failed check names its remedy. Exit 1 if any failed."""
    if database is not None:
        cli_operations.doctor_database(database, json)
        return
    if sealed:
        cli_operations.doctor_sealed(json)
        return
    with open_machine() as machine:
        checks = machine.doctor()
    show(checks, json)
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


@cli.command()
def status(json: Json = False) -> None:
    """Show the processes of this home: database, engine, worker."""
    with open_machine() as machine:
        show(machine.status(), json)


@cli.command()
def stop(json: Json = False) -> None:
    """Stop the processes of this home."""
    with open_machine() as machine:
        show(machine.stop(), json)


# Documents in


@cli.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Files and folders.", exists=False)],
    collection: Collection = None,
    label: Annotated[str, typer.Option("--label", "-l", help="The label that the documents carry.")] = "general",
    wait: Annotated[bool, typer.Option("--wait", help="Wait until embeddings are finished.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Read files that are there already once more, after an upgrade.")] = False,
    user: As = None,
    json: Json = False,
) -> None:
    """Read files into the store: PDF, HTML and inline XBRL, DOCX, XLSX, XLS, PPTX, e-mail (EML), pictures, ZIP, CSV, Markdown, text.

    Attachments and the files of an archive become documents of their own. A bad file does not stop the rest.
    """
    with open_app() as app, terminal.progress(quiet=json) as report:
        results = app.ingest(app.principal(user), paths, collection=collection, label=label, wait=wait, again=again, report=report)
    show(results, json)
    if not all(result.whole for result in results):
        raise typer.Exit(1)


@cli.command()
def parse(file: Path, json: Json = False) -> None:
    """Parse one file without storing it: pages, blocks, tables, facts and the certificate."""
    with open_machine() as machine:
        parsed, *inside = machine.parse(file)
    show(parse_view(parsed, inside), json)


@documents.command("list")
def documents_list(collection: Collection = None, user: As = None, json: Json = False) -> None:
    """List the documents that the user may read."""
    with open_app() as app:
        show(app.documents(app.principal(user), collection), json)


@documents.command("show")
def documents_show(document: str, user: As = None, json: Json = False) -> None:
    """Show one document with its ingestion certificate."""
    with open_app() as app:
        show(app.document(app.principal(user), document), json)


@documents.command("delete")
def documents_delete(document: str, user: As = None, json: Json = False) -> None:
    """Delete one document and all that came from it, in one transaction."""
    with open_app() as app:
        show(app.delete(app.principal(user), document), json)


# Questions


@cli.command()
def search(
    query: str,
    limit: Annotated[int, typer.Option("-k", min=1, max=200, help="How many passages.")] = 10,
    collection: Collection = None,
    user: As = None,
    json: Json = False,
) -> None:
    """Find passages: words, meaning and facts together, filtered by what the query names and what the user may read."""
    with open_app() as app:
        show(app.search(app.principal(user), query, limit, collection), json)


@cli.command()
def facts(
    entity: Annotated[str | None, typer.Option("--entity", "-e", help="Company, alias, ticker or security code.")] = None,
    metric: Annotated[str | None, typer.Option("--metric", "-m", help="Label as printed, or a concept.")] = None,
    period: Annotated[str | None, typer.Option("--period", "-p", help="2020, 2020-12-31, 2020-01-01/2020-12-31, FY2020.")] = None,
    collection: Collection = None,
    limit: Annotated[int, typer.Option("-k", min=1, help="How many facts at most.")] = 1000,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="Write a workbook instead.")] = None,
    user: As = None,
    json: Json = False,
) -> None:
    """List exact figures with entity, metric, period, unit and place."""
    with open_app() as app:
        rows = app.facts(app.principal(user), entity, metric, period, collection, limit)
        if xlsx is not None:
            write_workbook(rows, xlsx, app.file_labels())
    show(rows if xlsx is None else FactsFile(str(xlsx), len(rows)), json)


@cli.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in Chinese or English.")] = None,
    collection: Collection = None,
    user: As = None,
    conversation: Annotated[str | None, typer.Option("--conversation", help="Continue this conversation.")] = None,
    batch: Annotated[Path | None, typer.Option("--batch", metavar="IN.jsonl", help="Questions, one JSON object a line.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="OUT.jsonl", help="Where the answers of a batch go; resumed if it exists.")
    ] = None,
    json: Json = False,
) -> None:
    """Answer a question from the store. Every figure in the answer is bound to its source, or the answer is withheld."""
    if (question is None) == (batch is None) or (batch is None) != (out is None):
        raise typer.BadParameter("give either a QUESTION, or both --batch IN.jsonl and --out OUT.jsonl")
    with open_app() as app:
        if batch is not None and out is not None:
            with terminal.progress(quiet=json) as report:
                show(app.ask_batch(batch, out, collection=collection, user=user, report=report), json)
        else:
            limit = app.settings.ask_deadline
            answer = app.ask(app.principal(user), question or "", collection=collection, conversation=conversation, seconds=limit)
            show(answer, json)


@cli.command()
def verify(
    answer: Annotated[str, typer.Argument(metavar="ANSWER", help="The answer's text, or a file that holds it.")],
    evidence: Annotated[list[Path], typer.Option("--evidence", metavar="FILE", help="A file that should support it; repeat for more.")],
    question: Annotated[str | None, typer.Option("--question", help="The question that was asked.")] = None,
    json: Json = False,
) -> None:
    """Check an answer of any system against evidence: which figures hold, to what they are bound, and why not. Exit 1 if any fails."""
    with open_machine() as machine:
        report = machine.verify(answer, evidence, question)
    show(report, json)
    if not report.holds:
        raise typer.Exit(1)


# Audit


@audit.command("verify")
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
def audit_show(
    record: Annotated[str | None, typer.Argument(help="An audit id; none = the latest records.")] = None,
    user: As = None,
    json: Json = False,
) -> None:
    """Show one record, with its contents where they are not erased."""
    with open_app() as app:
        show(app.audit_show(app.principal(user), record), json)


@audit.command("erase")
def audit_erase(
    kind: Annotated[SubjectKind, typer.Argument(help="Whose contents to forget.")],
    name: Annotated[str, typer.Argument(metavar="NAME|ID")],
    json: Json = False,
) -> None:
    """Delete the key of a user or a document: what was said under it cannot be read any more, and the chain stays valid."""
    with open_app() as app:
        show(app.audit_erase(kind, name, app.changer()), json)


@audit.command("resume")
def audit_resume(reason: Annotated[str, typer.Argument(help="Why records are missing, for the record.")], json: Json = False) -> None:
    """Seal on after a restore of an older database; the loss itself becomes a record."""
    with open_app() as app:
        show(app.audit_resume(reason, app.changer()), json)


@audit.command("replay")
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
