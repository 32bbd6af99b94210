"""The command line: each command is a typed function whose flags derive from its signature. No logic here: see ``app``.

A module of commands is loaded when one of its commands is asked for, so that ``--version`` loads none of the product.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from finfoundry import __version__
from finfoundry.core.errors import FinfoundryError
from finfoundry.core.log import configure

_COMMANDS = {  # module: its commands and groups, in the order of the help
    "finfoundry.cli_models": ("pull", "models", "doctor", "status", "stop"),
    "finfoundry.cli_documents": ("ingest", "parse", "documents"),
    "finfoundry.cli_questions": ("ask", "search", "facts", "verify"),
    "finfoundry.cli_tables": ("tables",),
    "finfoundry.cli_audit": ("audit",),
    "finfoundry.cli_access": ("users", "labels", "grants"),
    "finfoundry.cli_service": ("serve", "mcp", "keys"),
    "finfoundry.cli_specialist_commands": ("specialists",),
    "finfoundry.cli_evaluation": ("evaluate", "compare", "calibrate"),
    "finfoundry.cli_training": ("train", "export", "adapters"),
    "finfoundry.cli_release": ("release",),
    "finfoundry.cli_feedback": ("feedback", "corpus"),
    "finfoundry.cli_operations": ("backup", "restore", "bundle", "retention"),
}
_MODULES = {command: module for module, commands in _COMMANDS.items() for command in commands}


class _OnDemand(TyperGroup):
    """A group that loads a command's module when the command is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  as click has it
        return list(_MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002  as click has it
        if cmd_name not in _MODULES:
            return None
        part = typer.Typer()
        import_module(_MODULES[cmd_name]).register(part)
        return typer.main.get_group(part).commands[cmd_name]


cli = typer.Typer(
    name="finfoundry", cls=_OnDemand, help=__doc__.split(":")[0] + " of finfoundry.", no_args_is_help=True, pretty_exceptions_enable=False,
)  # fmt: skip


def main() -> None:
    """Run the command line; a known error becomes one line with its remedy and exit status 1."""
    configure()
    try:
        cli()
    except FinfoundryError as error:
        from finfoundry import terminal

        terminal.print_error(error, as_json="--json" in sys.argv)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@cli.callback()
def root(_version: Annotated[bool, typer.Option("--version", callback=version, is_eager=True, help="Print the version.")] = False) -> None:
    """Answers from your own filings, policies and tables, in which every figure is bound to its source."""
