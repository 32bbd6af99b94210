"""Corrections by hand of stored facts: ``finfoundry corrections …``. Proposed by one person, approved by a second one, undone by either."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from finfoundry.app import open_app
from finfoundry.cli.options import As, Json, prints, show
from finfoundry.knowledge.corrections.correction_register import MOST_LISTED
from finfoundry.usecases.correction_desk import CorrectionDesk, fields_of

corrections = typer.Typer(help="Corrections by hand of facts that were read wrongly; approved by a second person.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="Its number in finfoundry corrections list.")]


@corrections.command()
@prints("correction", "finfoundry.usecases.correction_desk:CorrectionDesk.propose")
@prints("correction-draft", "finfoundry.usecases.correction_desk:CorrectionDesk.try_out", option="--try")
def propose(
    fact: Annotated[str, typer.Argument(metavar="FACT_ID", help="The id of a fact, as finfoundry facts lists it.")],
    text: Annotated[
        str | None, typer.Option("--text", metavar="NUMBER", help="The number as its cell prints it: 1,234 or (56.7); the value follows.")
    ] = None,
    value: Annotated[str | None, typer.Option("--value", metavar="NUMBER", help="The value in base units: 5466312000, 0.052.")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="USD, USD/share, ratio, shares, count; none: no currency is stated.")] = None,
    scale: Annotated[str | None, typer.Option("--scale", metavar="POWER", help="1, 1000, 10000, 1000000 …; the value follows.")] = None,
    period: Annotated[str | None, typer.Option("--period", help="2024-12-31, or 2024-01-01/2024-12-31.")] = None,
    entity: Annotated[str | None, typer.Option("--entity", help="Whose figure it is; none: not known.")] = None,
    metric: Annotated[
        list[str] | None, typer.Option("--metric", metavar="LABEL", help="The label; repeat for a path, outermost first.")
    ] = None,
    concept: Annotated[
        str | None, typer.Option("--concept", help="The concept, if not the one that follows from the label; none: none.")
    ] = None,
    scope: Annotated[Literal["consolidated", "parent"] | None, typer.Option("--scope", help="The group's or the parent's own.")] = None,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="What shows that it was read wrongly.")] = "",
    anyway: Annotated[bool, typer.Option("--anyway", help="Propose it though it breaks an identity that holds.")] = False,
    trial: Annotated[bool, typer.Option("--try", help="Show what it changes; keep nothing.")] = False,
    user: As = None,
    json: Json = False,
) -> None:
    """Propose what is right of a fact, before and after, with what becomes of the identities of its document."""
    given = {
        "text": text, "value": value, "unit": unit, "scale": scale, "period": period, "entity": entity, "metric": metric or None,
        "concept": concept, "scope": scope,
    }  # fmt: skip
    with open_app() as app:
        if trial:
            show(CorrectionDesk(app).try_out(app.principal(user), fact, fields_of(given)), json)
        else:
            show(CorrectionDesk(app).propose(app.maker(user, "write"), fact, fields_of(given), why, anyway=anyway), json)


@corrections.command("list")
@prints("corrections", "finfoundry.usecases.correction_desk:CorrectionDesk.corrections")
def list_corrections(
    state: Annotated[Literal["proposed", "approved", "retired"] | None, typer.Option("--state", help="Only these.")] = None,
    document: Annotated[str | None, typer.Option("--document", metavar="ID", help="Only those of this document.")] = None,
    limit: Annotated[int, typer.Option("-k", min=1, max=MOST_LISTED, help="How many at most.")] = MOST_LISTED,
    after: Annotated[int, typer.Option("--after", metavar="ID", min=0, help="Only those with a higher number: the next page.")] = 0,
    user: As = None,
    json: Json = False,
) -> None:
    """List the corrections of documents that the user may read, each version with its state, its proposer and its approver."""
    with open_app() as app:
        show(CorrectionDesk(app).corrections(app.principal(user), state, document, limit=limit, after=after), json)


@corrections.command("show")
@prints("corrections")
def show_versions(number: Number, user: As = None, json: Json = False) -> None:
    """Show a correction, before and after, with the other versions for its fact."""
    with open_app() as app:
        found = CorrectionDesk(app).versions(app.principal(user), number)
        if json:
            show(found, json)
        else:
            for one in found:
                show(one, json)


@corrections.command()
@prints("corrections")
def approve(
    number: Annotated[list[int], typer.Argument(metavar="ID…", help="Proposals, put in force in their order, all or none.")],
    user: As = None,
    json: Json = False,
) -> None:
    """Put corrections in force from the next question on. Who approves is not who proposed."""
    with open_app() as app:
        show(CorrectionDesk(app).approve(app.maker(user, "write"), number), json)


@corrections.command()
@prints("correction")
def undo(number: Number, user: As = None, json: Json = False) -> None:
    """Give the fact again as it was before the correction, from the next question on."""
    with open_app() as app:
        show(CorrectionDesk(app).undo(app.maker(user, "write"), number), json)


@corrections.command()
@prints("correction")
def retire(number: Number, user: As = None, json: Json = False) -> None:
    """Withdraw or reject a proposal."""
    with open_app() as app:
        show(CorrectionDesk(app).retire(app.maker(user, "write"), number), json)


@corrections.command()
@prints("pairs-file", "finfoundry.usecases.correction_desk:CorrectionDesk.export")
def export(
    out: Annotated[Path, typer.Option("--out", metavar="FILE.jsonl", help="Gets a pair a line: what was read, and what is right.")],
    user: As = None,
    json: Json = False,
) -> None:
    """Write the corrections in force of documents that the user may read as pairs to learn from."""
    with open_app() as app:
        show(CorrectionDesk(app).export(app.principal(user), out), json)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.add_typer(corrections, name="corrections")
