"""JSON Schemas of what ``--json`` and the API print, derived from the types that are printed, so that the two cannot part.

A command says what it prints where it is defined (``options.prints``). A change that breaks a reader raises VERSION. Every field is always
printed, and nothing that the schema does not name.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from operator import attrgetter
from typing import Any, get_type_hints

import click
import typer
from pydantic import TypeAdapter

from finfoundry.cli.main import cli
from finfoundry.cli.options import CommandOutput
from finfoundry.specialists.families.families import results

VERSION = 1
DIALECT = "https://json-schema.org/draft/2020-12/schema"
ELSEWHERE = {  # printed by routes alone, or within other outputs
    "certificate": "finfoundry.core.document:Certificate",
    "doctor-sealed": "finfoundry.operations.sealed:examine",
    "upload": "finfoundry.usecases.uploads:Upload",
    "collections": "finfoundry.server.routes.bodies:Collections",
    "feedback": "finfoundry.server.routes.bodies:FeedbackRecord",
    "ready": "finfoundry.server.routes.bodies:Ready",
    "error": "finfoundry.server.limits.errors:ErrorBody",
    "specialist-batch": "finfoundry.specialists.families.fraud.payment_intake:PaymentIntake.queue",
}


def said(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, CommandOutput]]:
    """Every command that says what it prints, with what that is, in the order of the help."""
    yield from ((" ".join(filter(None, (*path, one.option))), one) for one in getattr(command.callback, "printed", ()))
    if hasattr(command, "list_commands"):
        within = click.Context(command)
        for name in command.list_commands(within):
            yield from said(command.get_command(within, name), (*path, name))


_SAID = dict(said(typer.main.get_command(cli)))
COMMANDS = {command: printed.name for command, printed in _SAID.items()}  # with an option where it changes what is printed
SOURCES = {printed.name: printed.source for printed in _SAID.values() if printed.source} | ELSEWHERE


def type_of(source: str) -> Any:
    """What a source names (``options.CommandOutput``), loaded now."""
    module, _, name = source.partition(":")
    if module == "families":
        return results(name)
    found = attrgetter(name)(import_module(module))
    return get_type_hints(found)["return"] if inspect.isfunction(found) else found


def schema(name: str) -> dict[str, Any]:
    """The schema of one kind of output; KeyError if there is no such kind."""
    body = TypeAdapter(type_of(SOURCES[name])).json_schema(mode="serialization")
    close(body)
    return {"$schema": DIALECT, "$id": f"urn:finfoundry:schema:{name}:v{VERSION}", **body}


def close(node: Any) -> None:
    """Require every property of every object and allow no other, in place; drop defaults, which say nothing about output."""
    if isinstance(node, list):
        for part in node:
            close(part)
    elif isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            node["required"] = list(node["properties"])
            node["additionalProperties"] = False
            for value in node["properties"].values():
                value.pop("default", None)
        for part in node.values():
            close(part)
