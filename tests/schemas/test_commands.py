"""Every command with --json says which schema its output has, and no schema is said of a command that is not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
import typer

from finfoundry.cli import schemas
from finfoundry.cli.main import cli
from finfoundry.cli.schemas import COMMANDS, SOURCES


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, set[str]]]:
    """Each command that does something itself, with its options."""
    within = click.Context(command)
    parts = {name: command.get_command(within, name) for name in command.list_commands(within)} if hasattr(command, "list_commands") else {}
    for name, part in parts.items():
        yield from commands(part, (*path, name))
    if not parts or command.invoke_without_command:
        yield " ".join(path), {option for parameter in command.params for option in parameter.opts}


def test_every_json_output_has_a_schema() -> None:
    with_json = {name: options for name, options in commands(typer.main.get_command(cli)) if "--json" in options}
    said = {" ".join(part for part in command.split() if not part.startswith("--")) for command in COMMANDS}
    assert set(with_json) == said
    for command in COMMANDS:
        *words, last = command.split()
        assert not last.startswith("--") or last in with_json[" ".join(words)]
    assert set(COMMANDS.values()) <= set(SOURCES)


def test_an_output_has_one_source() -> None:
    sources: dict[str, set[str]] = {}
    for _, printed in schemas.said(typer.main.get_command(cli)):
        sources.setdefault(printed.name, set()).add(printed.source)
    assert {name: found for name, found in sources.items() if len(found - {""}) != 1} == {}
    assert not set(schemas.ELSEWHERE) & set(sources), "what a command prints is said there"
