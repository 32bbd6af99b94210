"""``finfoundry privacy …``: personal data in texts, and the reader that finds what no rule can prove."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finfoundry.cli.options import Json, prints, show
from finfoundry.governance.personal.personal_rows import EACH
from finfoundry.machine import read_settings, text_or_file
from finfoundry.usecases.privacy.personal_setup import install_personal_reader, masked_text, personal_data

privacy = typer.Typer(help="Personal data in texts, and the reader that finds it.", no_args_is_help=True)


@privacy.command()
@prints("masked-text", "finfoundry.usecases.privacy.personal_setup:masked_text")
def mask(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A text, or the path of a file.")],
    json: Json = False,
) -> None:
    """Show a text as it would leave this machine, and where personal data is. Nothing is recorded."""
    show(masked_text(read_settings(), text_or_file(text)), json)


@privacy.command()
@prints("personal-data", "finfoundry.usecases.privacy.personal_setup:personal_data")
def data(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="For personal-spans.jsonl and personal-spans-unseen.jsonl.")],
    each: Annotated[int, typer.Option("--each", min=10, help="Texts of each language.")] = EACH,
    seed: Annotated[int, typer.Option("--seed", help="Another seed, other people.")] = 0,
    plain: Annotated[Path | None, typer.Option("--plain", metavar="FILE", help="Texts, one a line, that hold no personal data.")] = None,
    json: Json = False,
) -> None:
    """Write texts about people who do not exist: to learn (recipe personal-spans), and of registers never learned, to measure."""
    show(personal_data(out, each, seed, plain), json)


@privacy.command()
@prints("personal-reader-installed", "finfoundry.usecases.privacy.personal_setup:install_personal_reader")
def install(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that `finfoundry train personal-spans --out` wrote.")],
    name: Annotated[str, typer.Option("--name", help="What FINFOUNDRY_PERSONAL_READER calls it.")] = "own",
    json: Json = False,
) -> None:
    """Put a tuned reader into this home; FINFOUNDRY_PERSONAL_READER=NAME then has it used."""
    show(install_personal_reader(read_settings(), folder, name), json)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.add_typer(privacy, name="privacy")
