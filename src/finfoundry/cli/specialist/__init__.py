"""All commands of the specialists: those for everybody, training, reviews, alerts."""

from __future__ import annotations

import typer

from finfoundry.cli.specialist import alerts, reviews, specialist_training, specialists


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    for part in (specialist_training, reviews, alerts):
        part.register(specialists.specialists)
    specialists.register(cli)
