"""Readings by hand: ``finfoundry readings …``. What the reader missed; proposed, approved by a second person, undone by either."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

from finfoundry.app import App, open_app
from finfoundry.cli.options import As, Json, prints, show
from finfoundry.core.errors import InputError
from finfoundry.knowledge.corrections.hand_reading_register import MOST_READINGS
from finfoundry.server.sandbox.apart import Apart
from finfoundry.server.sandbox.bordered import BorderedReader
from finfoundry.usecases.correction_desk import fields_of
from finfoundry.usecases.mending.reading_desk import BorderGiven, FigureGiven, ReadingDesk

readings = typer.Typer(help="What the reader missed, read by hand; approved by a second person.", no_args_is_help=True)
Document = Annotated[str, typer.Argument(metavar="DOCUMENT", help="The id of a document.")]
PageNumber = Annotated[int, typer.Option("--page", min=1, help="The page, from 1.")]
ReadingId = Annotated[int, typer.Argument(metavar="ID", min=1, help="Its number in finfoundry readings list.")]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="What shows that it is so.")]
Anyway = Annotated[bool, typer.Option("--anyway", help="Propose it though it breaks an identity that holds.")]
Trial = Annotated[bool, typer.Option("--try", help="Show what it changes; keep nothing.")]


@readings.command()
@prints("reading", "finfoundry.usecases.mending.reading_desk:ReadingDesk.propose_table")
@prints("reading-draft", "finfoundry.usecases.mending.reading_desk:ReadingDesk.try_table", option="--try")
def table(
    document: Document,
    page: PageNumber,
    box: Annotated[str, typer.Option("--box", metavar="X0,Y0,X1,Y1", help="The border, in points from the top left of the page.")],
    columns: Annotated[
        str, typer.Option("--columns", metavar="X,X", help="Where its columns are parted, where they are read wrongly.")
    ] = "",
    why: Why = "",
    anyway: Anyway = False,
    trial: Trial = False,
    user: As = None,
    json: Json = False,
) -> None:
    """Draw the border of a table anew: rows and columns are read again within it, and its facts follow."""
    given = BorderGiven(document, page, _numbers(box), _numbers(columns))
    with _desk() as (app, desk):
        if trial:
            show(desk.try_table(app.principal(user), given), json)
        else:
            show(desk.propose_table(app.maker(user, "write"), given, why, anyway=anyway), json)


@readings.command()
@prints("reading")
@prints("reading-draft", option="--try")
def figure(
    document: Document,
    page: PageNumber,
    text: Annotated[str, typer.Option("--text", metavar="NUMBER", help="The number as it is printed: 1,234 or (56.7).")],
    metric: Annotated[list[str], typer.Option("--metric", metavar="LABEL", help="Its label; repeat for a path, outermost first.")],
    period: Annotated[str, typer.Option("--period", help="2024-12-31, or 2024-01-01/2024-12-31.")],
    unit: Annotated[str | None, typer.Option("--unit", help="USD, USD/share, ratio, shares, count; without it none is stated.")] = None,
    scale: Annotated[str | None, typer.Option("--scale", metavar="POWER", help="1, 1000, 10000, 1000000 …")] = None,
    entity: Annotated[str | None, typer.Option("--entity", help="Whose figure it is; without it the document's.")] = None,
    concept: Annotated[str | None, typer.Option("--concept", help="The concept, if not the one that follows from the label.")] = None,
    scope: Annotated[Literal["consolidated", "parent"] | None, typer.Option("--scope", help="The group's or the parent's own.")] = None,
    box: Annotated[str | None, typer.Option("--box", metavar="X0,Y0,X1,Y1", help="Where it stands, in points from the top left.")] = None,
    why: Why = "",
    anyway: Anyway = False,
    trial: Trial = False,
    user: As = None,
    json: Json = False,
) -> None:
    """Add a figure that was not read, with its place on the page."""
    said = {"text": text, "metric": metric, "period": period, "unit": unit, "scale": scale, "entity": entity, "concept": concept}
    with _desk() as (app, desk):
        given = FigureGiven(document, page, _numbers(box) if box else None, fields_of({**said, "scope": scope}))
        if trial:
            show(desk.try_figure(app.principal(user), given), json)
        else:
            show(desk.propose_figure(app.maker(user, "write"), given, why, anyway=anyway), json)


@readings.command("list")
@prints("readings", "finfoundry.usecases.mending.reading_desk:ReadingDesk.readings")
def list_readings(
    state: Annotated[Literal["proposed", "approved", "retired"] | None, typer.Option("--state", help="Only these.")] = None,
    document: Annotated[str | None, typer.Option("--document", metavar="ID", help="Only those of this document.")] = None,
    limit: Annotated[int, typer.Option("-k", min=1, max=MOST_READINGS, help="How many at most.")] = MOST_READINGS,
    after: Annotated[int, typer.Option("--after", metavar="ID", min=0, help="Only those with a higher number: the next page.")] = 0,
    user: As = None,
    json: Json = False,
) -> None:
    """List the readings by hand of documents that the user may read, with their state, proposer and approver."""
    with _desk() as (app, desk):
        show(desk.readings(app.principal(user), state, document, limit=limit, after=after), json)


@readings.command()
@prints("reading")
def approve(number: ReadingId, user: As = None, json: Json = False) -> None:
    """Put a reading in force from the next question on. Who approves is not who proposed."""
    with _desk() as (app, desk):
        show(desk.approve(app.maker(user, "write"), number), json)


@readings.command()
@prints("reading")
def undo(number: ReadingId, user: As = None, json: Json = False) -> None:
    """Give the facts again as they were before, from the next question on."""
    with _desk() as (app, desk):
        show(desk.undo(app.maker(user, "write"), number), json)


@readings.command()
@prints("reading")
def retire(number: ReadingId, user: As = None, json: Json = False) -> None:
    """Withdraw or reject a proposal."""
    with _desk() as (app, desk):
        show(desk.retire(app.maker(user, "write"), number), json)


@readings.command()
@prints("pairs-file")
def export(
    out: Annotated[Path, typer.Option("--out", metavar="FILE.jsonl", help="Gets a pair a line: what was read, and what is right.")],
    user: As = None,
    json: Json = False,
) -> None:
    """Write the readings in force of documents that the user may read as pairs to learn from."""
    with _desk() as (app, desk):
        show(desk.export(app.principal(user), out), json)


@contextmanager
def _desk() -> Iterator[tuple[App, ReadingDesk]]:
    """The home with a reader whose sandbox ends with the command."""
    with open_app() as app:
        apart = Apart(app.settings, 0)
        try:
            yield app, ReadingDesk(app, BorderedReader(apart))
        finally:
            apart.close()


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise InputError(f"{text[:60]!r} are no numbers", remedy="Write them with commas, in points: 50,120,440,380") from error


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.add_typer(readings, name="readings")
