"""The command line: each command is a typed function whose flags derive from its signature. No logic here: see ``app``.

A module of commands is loaded when one of its commands is asked for, so that ``--version`` loads none of the product.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from finfoundry import __version__
from finfoundry.core.errors import FinfoundryError
from finfoundry.runtime.log import configure

_COMMANDS = {  # module: its commands and groups, in the order of the help
    "finfoundry.cli.models": ("pull", "models", "doctor", "status", "stop"),
    "finfoundry.cli.documents": ("ingest", "parse", "documents"),
    "finfoundry.cli.questions": ("ask", "search", "facts", "verify"),
    "finfoundry.cli.summaries": ("summarise", "risks", "fill", "matrix"),
    "finfoundry.cli.chains.commands": ("chains",),
    "finfoundry.cli.tables": ("tables",),
    "finfoundry.cli.own_words": ("terms",),
    "finfoundry.cli.corrections": ("corrections",),
    "finfoundry.cli.mending.reading_commands": ("readings",),
    "finfoundry.cli.laws": ("laws",),
    "finfoundry.cli.audit": ("audit",),
    "finfoundry.cli.access": ("users", "labels", "grants"),
    "finfoundry.cli.service": ("serve", "mcp", "keys"),
    "finfoundry.cli.specialist": ("specialists",),
    "finfoundry.cli.evaluation": ("evaluate", "compare", "calibrate", "tasks"),
    "finfoundry.cli.training": ("train", "export", "merge", "warp", "adapters"),
    "finfoundry.cli.light.lighten": ("lighten",),
    "finfoundry.cli.light.cascade": ("cascade",),
    "finfoundry.cli.light.fit": ("fit",),
    "finfoundry.cli.reader": ("reader", "scorer"),
    "finfoundry.cli.guarding.guard_commands": ("guards",),
    "finfoundry.cli.privacy.commands": ("privacy",),
    "finfoundry.cli.release": ("release",),
    "finfoundry.cli.feedback": ("feedback", "corpus", "scenes", "preferences"),
    "finfoundry.cli.operations": ("backup", "restore", "bundle", "retention"),
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
    except SystemExit as ended:
        if "TORCHELASTIC_RUN_ID" not in os.environ or not isinstance(ended.code, int | None):
            raise
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(ended.code or 0)  # gloo's threads outlive the interpreter at times, and the process aborts with all done
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
