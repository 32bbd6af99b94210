"""The learnt reader of questions and the scorer of evidence: what the first learns from, tuned ones put into the home."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finfoundry import terminal
from finfoundry.app import open_app
from finfoundry.cli.options import As, Json, prints, show
from finfoundry.machine import read_settings
from finfoundry.usecases.readers.reader_data import data_with_questions, reader_data
from finfoundry.usecases.readers.reader_data import questions as asked
from finfoundry.usecases.readers.reader_setup import install_reader, install_scorer

reader = typer.Typer(help="The reader of questions in wordings that no rule knows: its data, a tuned one.", no_args_is_help=True)


@reader.command()
@prints("reader-data", "finfoundry.usecases.readers.reader_data:reader_data")
def data(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder for question-forms.jsonl and question-forms-unseen.jsonl.")],
    each: Annotated[int, typer.Option("--each", min=1, max=1000, help="Fillings of each wording.")] = 6,
    seed: Annotated[int, typer.Option("--seed", help="Another seed, other fillings.")] = 0,
    collection: Annotated[
        str | None,
        typer.Option("--collection", "-c", help="Take labels of rows of this collection, and formulas over them, in place of ours."),
    ] = None,
    questions: Annotated[
        bool, typer.Option("--questions", help="And questions of people without an answer, where several readings agree on the value.")
    ] = False,
    model: Annotated[bool, typer.Option("--model", help="With --questions: the base model reads them, too (slower).")] = False,
    paraphrase: Annotated[
        int,
        typer.Option(
            "--paraphrase",
            metavar="N",
            min=0,
            help="And N questions that your papers answer, in other words by the base model; kept where the figures are the same.",
        ),
    ] = 0,
    plans: Annotated[bool, typer.Option("--plans", help="And whole plans, for the recipe question-planner (two minutes).")] = False,
    user: As = None,
    json: Json = False,
) -> None:
    """Write questions with their readings: to learn (recipe question-reader), and of families of wordings never learned, to measure."""
    if not questions and not paraphrase:
        show(reader_data(out, each, seed, collection, user, plans=plans), json)
        return
    with open_app() as app, terminal.progress(quiet=json) as report:
        told = data_with_questions(
            app, app.principal(user), out, each, seed, collection,
            asked=questions, model=model, paraphrase=paraphrase, plans=plans, report=report,
        )  # fmt: skip
    show(told, json)


@reader.command("questions")
@prints("unanswered-questions", "finfoundry.usecases.readers.reader_data:questions")
def list_questions(user: As = None, json: Json = False) -> None:
    """List questions without an answer that may be learned from (FINFOUNDRY_LEARN_FROM_QUESTIONS): the user's own; for an auditor, all."""
    with open_app() as app:
        show(asked(app, app.principal(user)), json)


@reader.command()
@prints("reader-installed", "finfoundry.usecases.readers.reader_setup:install_reader")
def install(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that `finfoundry train question-reader --out` wrote.")],
    name: Annotated[str, typer.Option("--name", help="What FINFOUNDRY_READER calls it.")] = "own",
    json: Json = False,
) -> None:
    """Put a tuned reader into this home; FINFOUNDRY_READER=NAME then has it used."""
    show(install_reader(read_settings(), folder, name), json)


scorer = typer.Typer(help="The scorer of questions and the sentences that may answer them: a tuned one.", no_args_is_help=True)


@scorer.callback()
def scorer_group() -> None:
    """One command by its name."""


@scorer.command("install")
@prints("scorer-installed", "finfoundry.usecases.readers.reader_setup:install_scorer")
def install_evidence_scorer(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR",
            help="The folder that `finfoundry train` wrote (evidence-scorer, figure-scorer, state-reader), or a fit of states.",
        ),
    ],
    name: Annotated[str, typer.Option("--name", help="What the variable that names such a scorer calls it.")] = "own",
    json: Json = False,
) -> None:
    """Put a tuned scorer of sentences or of lines of tables, or a state reader, into this home; the variable that is told, set to its
    name, has it used.
    """
    show(install_scorer(read_settings(), folder, name), json)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.add_typer(reader, name="reader")
    cli.add_typer(scorer, name="scorer")
