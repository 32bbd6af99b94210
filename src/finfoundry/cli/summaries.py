"""Commands that give an account of papers: in short, what changed in their risks, and their figures in notes and workbooks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finfoundry import terminal
from finfoundry.app import open_app
from finfoundry.cli.options import As, Json, prints, show
from finfoundry.usecases.fill.fill_file import fill_file
from finfoundry.usecases.fill.paper_matrix import paper_matrix

SHOWN = 80  # characters of a source


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


@prints("filled", "finfoundry.usecases.fill.fill_file:fill_file")
def fill(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A note (.docx) or a workbook (.xlsx, .xlsm) with fields.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write the filled copy.")],
    company: Annotated[str | None, typer.Option("--company", help="Whose figures are meant where a field names nobody.")] = None,
    collection: Annotated[str | None, typer.Option("--collection", help="Answer from this collection alone.")] = None,
    user: As = None,
    json: Json = False,
) -> None:
    """Fill the fields of a note or a workbook with bound figures, each with its source; filled again, it tells what changed."""
    with open_app() as app, terminal.progress(quiet=json) as report:
        done = fill_file(app, app.principal(user), file, out, company=company, collection=collection, report=report)
    if json:
        terminal.print_json(done)
        return
    rows = [[one.place, one.text, one.changed or "", one.source.split("\n")[0][:SHOWN]] for one in done.fields]
    terminal.DISPLAY.table(["place", "filled with", "before", "source"], rows)
    terminal.print_value(f"{done.filled} filled, {done.unbound} without evidence, {done.changed} changed: {done.file}")


@prints("matrix", "finfoundry.usecases.fill.paper_matrix:paper_matrix")
def matrix(
    questions: Annotated[Path, typer.Argument(metavar="FILE", help="A question a line, with {company}, and {year}, where they belong.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The workbook (.xlsx); what was asked is kept beside it.")],
    collection: Annotated[str | None, typer.Option("--collection", help="The papers of this collection alone.")] = None,
    user: As = None,
    json: Json = False,
) -> None:
    """Ask each company's papers each question: a workbook of bound cells; asked again, only rows whose papers changed are."""
    with open_app() as app, terminal.progress(quiet=json) as report:
        done = paper_matrix(app, app.principal(user), questions, out, collection=collection, report=report)
    if json:
        terminal.print_json(done)
        return
    terminal.print_value(
        f"{done.rows} rows: {done.filled} cells filled, {done.unbound} without evidence, {done.asked} asked now: {done.file}"
    )


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.command()(summarise)
    cli.command()(risks)
    cli.command()(fill)
    cli.command()(matrix)
