"""``finfoundry privacy …``: personal data in texts, and the reader that finds what no rule can prove."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finfoundry.app import open_app
from finfoundry.cli.options import As, Json, prints, show
from finfoundry.core.errors import InputError
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


@privacy.command()
@prints("corpus-report", "finfoundry.usecases.privacy.corpus_reports:report_files")
def report(
    path: Annotated[Path | None, typer.Argument(metavar="[PATH]", help="A .txt, .md or .jsonl file, or a folder with such.")] = None,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DIR", help="Rows of tasks: with PATH to look for them in it, else to report on.")
    ] = None,
    licence: Annotated[str, typer.Option("--licence", help="Of PATH, as a recipe names it.")] = "none-stated",
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Rows of each task.")] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write it as a page, too.")] = None,
    json: Json = False,
) -> None:
    """Say what would be learned from: languages, duplicates, broken rules, personal data, harms, rows of evaluations."""
    from finfoundry.usecases.privacy.corpus_reports import page_of, report_files, report_tasks  # here: it needs the extra train

    if path is None and data is None:
        raise InputError("there is nothing to report on", remedy="Give a PATH, or --data DIR")
    found = report_files(read_settings(), path, licence, data) if path else report_tasks(read_settings(), Path(str(data)), limit)
    if html:
        html.write_text(page_of(found), "utf-8")
    show(found, json)


@privacy.command()
@prints("lineage-of-row", "finfoundry.usecases.privacy.lineage:of_row")
@prints("lineage-of-answer", "finfoundry.usecases.privacy.lineage:of_answer", option="--answer")
@prints("lineage-of-models", "finfoundry.usecases.privacy.lineage:of_models", option="--answers")
def lineage(
    models: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Folders that `finfoundry train --out` wrote.")],
    text: Annotated[str, typer.Option("--text", help="What a row is about: which of the models learned it.")] = "",
    answer: Annotated[str, typer.Option("--answer", metavar="AUDIT_ID", help="An answer: which model, from which rows.")] = "",
    answers: Annotated[
        bool, typer.Option("--answers", help="The answers that these models wrote; with --text, those that learned it.")
    ] = False,
    user: As = None,
    json: Json = False,
) -> None:
    """Follow a row to the models that learned it and to their answers, or an answer to its model and the rows that this one learned."""
    from finfoundry.usecases.privacy.lineage import of_answer, of_models, of_row  # here: it needs the extra train

    if bool(text or answers) == bool(answer):
        raise InputError("either a text, models or an answer is followed", remedy="Give --text, --answers or --answer")
    if answers:
        with open_app() as app:
            show(of_models(app, app.principal(user), models, text), json)
        return
    if text:
        show(of_row(text, models), json)
        return
    with open_app() as app:
        show(of_answer(app, app.principal(user), answer, models), json)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.add_typer(privacy, name="privacy")
