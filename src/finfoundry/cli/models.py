"""Commands for the models and the processes of a home."""

from __future__ import annotations

from typing import Annotated

import typer

from finfoundry import terminal
from finfoundry.cli import operations
from finfoundry.cli.options import Json, prints, show
from finfoundry.machine import open_machine


@prints("models", "finfoundry.machine:Machine.models")
def pull(
    models: Annotated[list[str] | None, typer.Argument(help="Names of the catalogue; none = the default model and the embedder.")] = None,
    json: Json = False,
) -> None:
    """Download models into the home and check their SHA-256."""
    with open_machine() as machine, terminal.progress(quiet=json) as report:
        show(machine.pull(models or [], report), json)


@prints("models")
def list_models(json: Json = False) -> None:
    """List the catalogue: what is here, what can be pulled, size, licence, languages."""
    with open_machine() as machine:
        show(machine.models(), json)


@prints("doctor", "finfoundry.machine:Machine.doctor")
@prints("doctor-engine", "finfoundry.ask.engine_exam:examine", option="--engine")
@prints("doctor-database", "finfoundry.operations.contract_points:examine", option="--database")
def doctor(
    database: Annotated[
        str | None, typer.Option("--database", metavar="DSN", help="Try what the product needs of a database, point by point.")
    ] = None,
    sealed: Annotated[
        bool, typer.Option("--sealed", help="Prove that nothing leaves: settings, sockets, and every feature run without a route.")
    ] = False,
    engine: Annotated[
        bool, typer.Option("--engine", help="Examine the engine: one that finds known answers among whole passages is asked for more.")
    ] = False,
    json: Json = False,
) -> None:
    """Check the machine, the home, the models and the database; each failed check names its remedy. Exit 1 if any failed."""
    if database is not None:
        operations.doctor_database(database, json)
        return
    if sealed:
        operations.doctor_sealed(json)
        return
    if engine:
        operations.doctor_engine(json)
        return
    with open_machine() as machine:
        checks = machine.doctor()
    show(checks, json)
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


@prints("status", "finfoundry.machine:Machine.status")
def status(json: Json = False) -> None:
    """Show the processes of this home: database, engine, worker."""
    with open_machine() as machine:
        show(machine.status(), json)


@prints("stopped", "finfoundry.machine:Machine.stop")
def stop(json: Json = False) -> None:
    """Stop the processes of this home."""
    with open_machine() as machine:
        show(machine.stop(), json)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (pull, doctor, status, stop):
        cli.command()(command)
    cli.command("models")(list_models)
