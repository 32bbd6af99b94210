"""What is learned from later: ``finfoundry feedback …`` for answers as people corrected them, ``finfoundry corpus`` for documents."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from finfoundry.app import open_app
from finfoundry.cli.options import As, Json, prints, show
from finfoundry.machine import read_settings
from finfoundry.release.engine import EngineOnDemand
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.usecases.corpus import export_corpus
from finfoundry.usecases.feedback import Feedback, FeedbackGiven, Verdict
from finfoundry.usecases.preference_data.making import PreferenceSources, make_preferences, preferences_with_ratings
from finfoundry.usecases.tuning.own_scenes import export_scenes

ratings = typer.Typer(help="Ratings and corrections of answers, and the data set that they become.", no_args_is_help=True)


@ratings.command()
@prints("rated", "finfoundry.usecases.feedback:Feedback.add")
def add(
    answer: Annotated[str, typer.Argument(metavar="AUDIT_ID", help="The answer's audit_id.")],
    verdict: Annotated[Verdict, typer.Option("--verdict", help="Whether the answer was right.")],
    correction: Annotated[str, typer.Option("--correction", metavar="TEXT", help="The answer as it should have been.")] = "",
    comment: Annotated[str, typer.Option("--comment", metavar="TEXT", help="For those who read the audit.")] = "",
    user: As = None,
    json: Json = False,
) -> None:
    """Rate an answer, and say how it should have been. The words are kept in the audit, under your key and those of its documents."""
    with open_app() as app:
        show(Feedback(app).add(app.principal(user), FeedbackGiven(answer, verdict, correction, comment)), json)


@ratings.command("list")
@prints("ratings", "finfoundry.usecases.feedback:Feedback.rated")
def list_ratings(user: As = None, json: Json = False) -> None:
    """List ratings of answers whose evidence the user may read."""
    with open_app() as app:
        show(Feedback(app).rated(app.principal(user)), json)


@ratings.command()
@prints("feedback-exported", "finfoundry.usecases.feedback:Feedback.export")
def export(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Gets the rows, a task file for recipes, and a manifest.")],
    user: As = None,
    json: Json = False,
) -> None:
    """Write corrections as a data set to train on: those only whose evidence the user may read now."""
    with open_app() as app:
        show(Feedback(app).export(app.principal(user), out), json)


@prints("corpus", "finfoundry.usecases.corpus:export_corpus")
def corpus(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Gets corpus.jsonl, for recipes, and a manifest.")],
    collection: Annotated[str | None, typer.Option("--collection", "-c", help="Only this collection.")] = None,
    user: As = None,
    json: Json = False,
) -> None:
    """Write the text of documents as a corpus for continued pretraining: of those only that the user may read now."""
    with open_app() as app:
        show(export_corpus(app, app.principal(user), out, collection), json)


@prints("scenes", "finfoundry.usecases.tuning.own_scenes:export_scenes")
def scenes(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Gets scenes.jsonl, a recipe that learns it, and a manifest.")],
    collection: Annotated[str | None, typer.Option("--collection", "-c", help="Sections of this collection only.")] = None,
    user: As = None,
    json: Json = False,
) -> None:
    """Write the institution's own terms, products and know-how as conversations to learn from: what the user may read now."""
    with open_app() as app:
        show(export_scenes(app, app.principal(user), out, collection), json)


@prints("preferences", "finfoundry.usecases.preference_data.making:make_preferences")
def preferences(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Gets preferences.jsonl, left-out.jsonl and a manifest.")],
    feedback: Annotated[bool, typer.Option("--feedback", help="Ratings on which two agree, of evidence that you may read now.")] = False,
    simulated: Annotated[bool, typer.Option("--simulated", help="With --feedback: one rater is enough, and every row says so.")] = False,
    run: Annotated[
        list[Path] | None, typer.Option("--run", metavar="RUN", help="A graded run of a task: right against wrong answers; repeat.")
    ] = None,
    pairs: Annotated[
        list[Path] | None, typer.Option("--pairs", metavar="FILE", help="Pairs of others (TRL, LLaMA-Factory, marked answers); repeat.")
    ] = None,
    licence: Annotated[str, typer.Option("--licence", help="Of what --run and --pairs give.")] = "",
    made: Annotated[int, typer.Option("--made", min=0, max=100_000, help="Pairs of made-up statements, told rightly and wrongly.")] = 0,
    refusals: Annotated[
        bool, typer.Option("--refusals", help="What to refuse, and innocent requests near it, by answers of the model of the settings.")
    ] = False,
    against: Annotated[
        list[str] | None, typer.Option("--against", metavar="TASK", help="A task, or a run's folder, of which nothing is learned; repeat.")
    ] = None,
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The folder with the data of --against.")] = Path(),
    seed: Annotated[int, typer.Option("--seed", help="Another seed, other statements.")] = 0,
    user: As = None,
    json: Json = False,
) -> None:
    """Write preferences to learn from: of two answers to one prompt the better and the worse, with their sources, licences and labels."""
    settings = read_settings()
    with closing(EngineOnDemand(settings, Supervisor(settings.home))) as engine:
        asked = engine if refusals else None
        told = PreferenceSources(run or (), pairs or (), licence, made, against or (), data, simulated, seed, asked)
        if not feedback:
            show(make_preferences(told, out), json)
            return
        with open_app() as app:
            show(preferences_with_ratings(app, app.principal(user), told, out), json)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.command()(corpus)
    cli.command()(scenes)
    cli.command()(preferences)
    cli.add_typer(ratings, name="feedback")
