"""All commands of the specialists: those for everybody, training, reviews, alerts."""

from __future__ import annotations

import typer

from finfoundry import cli_alerts, cli_reviews, cli_specialist_training, cli_specialists


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    for part in (cli_specialist_training, cli_reviews, cli_alerts):
        part.register(cli_specialists.specialists)
    cli_specialists.register(cli)
