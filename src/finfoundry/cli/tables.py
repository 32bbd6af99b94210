"""Commands for wide tables: importing them, and asking them in SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finfoundry import terminal
from finfoundry.app import open_app
from finfoundry.cli.options import As, IntoCollection, Json, prints
from finfoundry.knowledge.datasets.columns import DatasetReading
from finfoundry.knowledge.ingest.import_table import Imported

tables = typer.Typer(help="Structured files: one row a company and period.", no_args_is_help=True)


def tell(result: Imported) -> None:
    """One line a file, its columns, and what needs a look."""
    if result.error:
        terminal.print_value(f"{result.path}: {result.error}. {result.remedy or ''}")
        return
    terminal.print_value(f"{result.path}: {result.outcome} {result.id or ''}, {result.facts:,} facts, {result.seconds:.1f} s")
    for table in result.tables:
        terminal.print_value(f"{table.sheet}: {table.rows:,} rows")
        terminal.print_value(list(table.columns))
    for warning in result.warnings:
        terminal.print_value(f"! {warning}")


@tables.command("import")
@prints("tables-import", "finfoundry.app:App.import_tables")
def tables_import(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE…", help="XLSX or CSV files whose first row names the columns.")],
    missing: Annotated[
        list[str] | None,
        typer.Option("--missing", metavar="CODE", help="What means no value, such as -1, or in one column COLUMN=0; never guessed."),
    ] = None,
    entity: Annotated[
        list[str] | None, typer.Option("--entity", metavar="COLUMN", help="A column with company names; inferred if not given.")
    ] = None,
    code: Annotated[
        str | None, typer.Option("--code", metavar="COLUMN", help="The column with security codes; inferred if not given.")
    ] = None,
    period: Annotated[
        str | None, typer.Option("--period", metavar="COLUMN", help="The column with the year or date; inferred if not given.")
    ] = None,
    percent: Annotated[list[str] | None, typer.Option("--percent", metavar="COLUMN", help="A column of percents without a sign.")] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="CODE", help="Of amounts whose column names none, nor the rows above them.")
    ] = None,
    collection: IntoCollection = None,
    label: Annotated[str, typer.Option("--label", "-l", help="The label that the tables carry.")] = "general",
    trial: Annotated[bool, typer.Option("--trial", help="Show how each column would be read, and store nothing.")] = False,
    user: As = None,
    json: Json = False,
) -> None:
    """Import wide tables: every number becomes a fact with company, period, unit and cell, every text can be cited."""
    reading = DatasetReading(tuple(entity or ()), code, period, tuple(missing or ()), tuple(percent or ()), currency)
    with open_app() as app, terminal.progress(quiet=json) as report:
        results = app.import_tables(app.principal(user), paths, reading, collection=collection, label=label, trial=trial, report=report)
    if json:
        terminal.print_json(results)
    else:
        for result in results:
            tell(result)
    if any(result.error for result in results):
        raise typer.Exit(1)


@tables.command("query")
@prints("tables-query", "finfoundry.app:App.query_tables")
def tables_query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One SELECT over company_numbers and company_texts.")],
    limit: Annotated[int, typer.Option("-k", min=1, max=10_000, help="How many rows at most.")] = 100,
    user: As = None,
    json: Json = False,
) -> None:
    """Ask the tables in SQL: read-only, parsed against a list of what is allowed, under the row policies of the user."""
    with open_app() as app:
        result = app.query_tables(app.principal(user), sql, limit)
    terminal.print_json(result) if json else terminal.print_value(result)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.add_typer(tables, name="tables")
