"""Options that many commands share, and how they show what they return."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_type_hints

import typer

from finfoundry import terminal
from finfoundry.specialists.families import family

Json = Annotated[bool, typer.Option("--json", help="Print JSON (schemas in docs/schemas).")]
As = Annotated[str | None, typer.Option("--as", metavar="USER", help="Act as this user; without it you are the home's administrator.")]
Command = TypeVar("Command", bound=Callable[..., Any])
Collection = Annotated[str | None, typer.Option("--collection", "-c", help="Only this collection.")]
IntoCollection = Annotated[str | None, typer.Option("--collection", "-c", help="The collection that they go into; made if it is new.")]
_KINDS: dict[str, Any] = {"text": str | None, "number": float | None, "file": Path | None, "texts": list[str] | None, "columns": str}


@dataclass(frozen=True)
class CommandOutput:
    """What a command prints with ``--json``: the name of its schema (docs/schemas), and where the type comes from.

    ``source`` is "module:name" of a type, or of a function that returns one; "families:method" of what the families of specialists return
    from a method of ``Lifecycle``; "" where another command says it. ``option``: only with this one.
    """

    name: str
    source: str = ""
    option: str = ""


def prints(name: str, source: str = "", *, option: str = "") -> Callable[[Command], Command]:
    """A decorator of commands: see ``CommandOutput``."""

    def say(command: Command) -> Command:
        command.__dict__.setdefault("printed", []).insert(0, CommandOutput(name, source, option))
        return command

    return say


def show(value: object, as_json: bool) -> None:
    """Print a result for people, or as JSON."""
    terminal.print_json(value) if as_json else terminal.print_value(value)


def with_options(command: family.Command, after: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A decorator: the options that families of specialists bring to ``command`` follow the parameter ``after``.

    The function is given them as ``options``, which is no parameter of the command itself.
    """
    from finfoundry.specialists.families.families import options

    declared = options(command)

    def bring(function: Callable[..., None]) -> Callable[..., None]:
        hints = get_type_hints(function, include_extras=True)
        parameters: list[inspect.Parameter] = []
        for parameter in inspect.signature(function).parameters.values():
            if parameter.name != "options":
                parameters.append(parameter.replace(annotation=hints[parameter.name]))
            if parameter.name == after:
                parameters += [_parameter(option, families) for option, families in declared]

        @wraps(function)
        def run(**given: Any) -> None:
            function(options={option.name: given.pop(option.name) for option, _ in declared}, **given)

        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what typer reads
        run.__annotations__ = {one.name: one.annotation for one in parameters}
        return run

    return bring


def _parameter(option: family.Option, families: list[str]) -> inspect.Parameter:
    told = typer.Option(f"--{option.name.replace('_', '-')}", metavar=option.metavar, help=f"{', '.join(families)}: {option.help}")
    kind: Any = _KINDS[option.kind] if option.default is None else type(option.default)
    annotation: Any = Annotated[kind, told]
    return inspect.Parameter(option.name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=option.default, annotation=annotation)
