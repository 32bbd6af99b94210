"""Commands that read documents into the store, and list what is there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finfoundry import terminal
from finfoundry.app import open_app
from finfoundry.cli.options import As, Collection, IntoCollection, Json, prints, show
from finfoundry.knowledge.shown.views import parse_view
from finfoundry.machine import open_machine

documents = typer.Typer(help="What is in the store, with its certificates.", no_args_is_help=True)


@prints("ingest", "finfoundry.app:App.ingest")
def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Files and folders.", exists=False)],
    collection: IntoCollection = None,
    label: Annotated[str, typer.Option("--label", "-l", help="The label that the documents carry.")] = "general",
    wait: Annotated[bool, typer.Option("--wait", help="Wait until embeddings are finished.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Read files that are there already once more, after an upgrade.")] = False,
    remove_missing: Annotated[
        bool, typer.Option("--remove-missing", help="Remove documents whose files are gone from the folders; else they are marked.")
    ] = False,
    user: As = None,
    json: Json = False,
) -> None:
    """Read files into the store: PDF, HTML and inline XBRL, DOCX, XLSX, XLS, PPTX, e-mail (EML), pictures, ZIP, CSV, Markdown, text.

    Attachments and the files of an archive become documents of their own. A bad file does not stop the rest. A folder that is read again
    tells which documents came from files that it no longer holds.
    """
    with open_app() as app, terminal.progress(quiet=json) as report:
        results = app.ingest(
            app.principal(user),
            paths,
            collection=collection,
            label=label,
            wait=wait,
            again=again,
            remove_missing=remove_missing,
            report=report,
        )
    show(results, json)
    if not all(result.whole for result in results):
        raise typer.Exit(1)


@prints("parse", "finfoundry.knowledge.shown.views:ParseView")
def parse(file: Path, json: Json = False) -> None:
    """Parse one file without storing it: pages, blocks, tables, facts and the certificate."""
    with open_machine() as machine:
        parsed, *inside = machine.parse(file)
    show(parse_view(parsed, inside), json)


@documents.command("list")
@prints("documents", "finfoundry.app:App.documents")
def documents_list(collection: Collection = None, user: As = None, json: Json = False) -> None:
    """List the documents that the user may read."""
    with open_app() as app:
        show(app.documents(app.principal(user), collection), json)


@documents.command("show")
@prints("document", "finfoundry.app:App.document")
def documents_show(document: str, user: As = None, json: Json = False) -> None:
    """Show one document with its ingestion certificate."""
    with open_app() as app:
        show(app.document(app.principal(user), document), json)


@documents.command("diff")
@prints("reading-diff", "finfoundry.app:App.reading_diff")
def documents_diff(document: str, user: As = None, json: Json = False) -> None:
    """Show which facts came out otherwise when a file was read again (ingest --again), by which readers: new, gone, changed."""
    with open_app() as app:
        show(app.reading_diff(app.principal(user), document), json)


@documents.command("delete")
@prints("deleted", "finfoundry.app:App.delete")
def documents_delete(document: str, user: As = None, json: Json = False) -> None:
    """Delete one document and all that came from it, in one transaction."""
    with open_app() as app:
        show(app.delete(app.principal(user), document), json)


@documents.command("label")
@prints("documents", "finfoundry.app:App.documents")
def documents_label(document: str, label: str, user: As = None, json: Json = False) -> None:
    """Put one document, with all that was made of it, under another label; the user must be allowed to write under both."""
    with open_app() as app:
        show([app.store.relabel(app.principal(user), document, label)], json)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.command()(ingest)
    cli.command()(parse)
    cli.add_typer(documents, name="documents")
