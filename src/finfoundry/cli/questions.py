"""Commands that ask: passages, facts, answers, and the check of an answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finfoundry import terminal
from finfoundry.app import open_app
from finfoundry.batch import LINE
from finfoundry.cli.options import As, Collection, Json, prints, show
from finfoundry.core.document import Parsed
from finfoundry.knowledge.shown.views import FactsFile
from finfoundry.machine import open_machine
from finfoundry.usecases.workbook import write_workbook


@prints("search", "finfoundry.app:App.search")
def search(
    query: str,
    limit: Annotated[int, typer.Option("-k", min=1, max=200, help="How many passages.")] = 10,
    collection: Collection = None,
    user: As = None,
    json: Json = False,
) -> None:
    """Find passages: words, meaning and facts together, filtered by what the query names and what the user may read."""
    with open_app() as app:
        show(app.search(app.principal(user), query, limit, collection), json)


@prints("facts", "finfoundry.app:App.facts")
@prints("facts-file", "finfoundry.knowledge.shown.views:FactsFile", option="--xlsx")
def facts(
    entity: Annotated[str | None, typer.Option("--entity", "-e", help="Company, alias, ticker or security code.")] = None,
    metric: Annotated[str | None, typer.Option("--metric", "-m", help="Label as printed, or a concept.")] = None,
    period: Annotated[str | None, typer.Option("--period", "-p", help="2020, 2020-12-31, 2020-01-01/2020-12-31, FY2020.")] = None,
    collection: Collection = None,
    limit: Annotated[int, typer.Option("-k", min=1, help="How many facts at most.")] = 1000,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="Write a workbook instead.")] = None,
    user: As = None,
    json: Json = False,
) -> None:
    """List exact figures with entity, metric, period, unit and place."""
    with open_app() as app:
        rows = app.facts(app.principal(user), entity, metric, period, collection, limit)
        if xlsx is not None:
            write_workbook(rows, xlsx, app.file_labels())
    show(rows if xlsx is None else FactsFile(str(xlsx), len(rows)), json)


@prints("answer", "finfoundry.app:App.ask")
@prints("batch", "finfoundry.app:App.ask_batch", option="--batch")
def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in Chinese or English.")] = None,
    collection: Collection = None,
    user: As = None,
    conversation: Annotated[str | None, typer.Option("--conversation", help="Continue this conversation.")] = None,
    batch: Annotated[Path | None, typer.Option("--batch", metavar="IN.jsonl", help=f"Questions, one JSON object a line: {LINE}.")] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="OUT.jsonl", help="Where the answers of a batch go, a line as each is done; resumed if it exists."),
    ] = None,
    paper: Annotated[
        list[Path] | None,
        typer.Option("--paper", metavar="FILE", help="A file that the question is about, and nothing else; repeat for more."),
    ] = None,
    json: Json = False,
) -> None:
    """Answer a question from the store, or over files that come with it. Every figure is bound to its source, or the answer is withheld."""
    if (question is None) == (batch is None) or (batch is None) != (out is None):
        raise typer.BadParameter("give either a QUESTION, or both --batch IN.jsonl and --out OUT.jsonl")
    papers = _read(paper or [])
    if papers and (batch or collection or conversation):
        raise typer.BadParameter("a question over --paper has no --batch, no --collection and no --conversation")
    with open_app() as app:
        if batch is not None and out is not None:
            with terminal.progress(quiet=json) as report:
                show(app.ask_batch(batch, out, collection=collection, user=user, report=report), json)
        else:
            limit = app.settings.ask_deadline
            answer = app.ask(
                app.principal(user), question or "", collection=collection, conversation=conversation, seconds=limit, papers=papers
            )
            show(answer, json)


def _read(files: list[Path]) -> list[Parsed]:
    if not files:
        return []
    with open_machine() as machine:
        return [parsed for file in files for parsed in machine.parse(file)]


@prints("verify", "finfoundry.machine:Machine.verify")
def verify(
    answer: Annotated[str, typer.Argument(metavar="ANSWER", help="The answer's text, or a file that holds it.")],
    evidence: Annotated[list[Path], typer.Option("--evidence", metavar="FILE", help="A file that should support it; repeat for more.")],
    question: Annotated[str | None, typer.Option("--question", help="The question that was asked.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail too where nothing decides a sentence.")] = False,
    json: Json = False,
) -> None:
    """Check an answer of any system against evidence: which figures hold, to what they are bound, and why not. Exit 1 if any fails."""
    with open_machine() as machine:
        report = machine.verify(answer, evidence, question, strict=strict)
    show(report, json)
    if not report.holds:
        raise typer.Exit(1)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (search, facts, ask, verify):
        cli.command()(command)
