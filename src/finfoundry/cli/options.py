"""Options that many commands share, and how they show what they return."""

from __future__ import annotations

from typing import Annotated

import typer

from finfoundry import terminal

Json = Annotated[bool, typer.Option("--json", help="Print JSON (schemas in docs/schemas).")]
As = Annotated[str | None, typer.Option("--as", metavar="USER", help="Act as this user; without it you are the home's administrator.")]
Collection = Annotated[str | None, typer.Option("--collection", "-c", help="Only this collection.")]


def show(value: object, as_json: bool) -> None:
    """Print a result for people, or as JSON."""
    terminal.print_json(value) if as_json else terminal.print_value(value)
