"""Commands run in this process; what they print as JSON is held against its schema each time."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from finfoundry.cli.main import cli
from finfoundry.cli.schemas import COMMANDS, schema
from finfoundry.core.errors import FinfoundryError


def run(*arguments: str, status: int = 0) -> str:
    """The standard output of a command that ends with ``status``."""
    result = CliRunner().invoke(cli, list(arguments))
    if isinstance(result.exception, FinfoundryError):
        raise result.exception
    assert result.exit_code == status, result.output
    return result.stdout


def run_json(*arguments: str, status: int = 0) -> Any:
    output = json.loads(run(*arguments, "--json", status=status))
    Draft202012Validator(schema(printed_by(arguments))).validate(output)
    return output


def printed_by(arguments: tuple[str, ...]) -> str:
    """The name of the schema: of the command with the option that decides, else of the command."""
    fitting = [command for command in COMMANDS if _fits(command.split(), arguments)]
    return COMMANDS[max(fitting, key=len)]


def _fits(command: list[str], arguments: tuple[str, ...]) -> bool:
    words = [part for part in command if not part.startswith("--")]
    return list(arguments[: len(words)]) == words and set(command) <= set(arguments)
