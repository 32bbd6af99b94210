"""Commands of the alerts on accounts: ``finfoundry specialists alerts …``. A case is closed by two people, each with a key of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from finfoundry.app import open_app
from finfoundry.cli.options import prints, with_options
from finfoundry.cli.specialist.specialists import As, Data, Folder, Json, Sql, open_desk, show

alerts = typer.Typer(help="Alerts on accounts (aml): by score and rules, closed by two people.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The specialist that scored the accounts.")]
Number = Annotated[int, typer.Argument(metavar="ALERT", help="Its number in the queue.")]
Rules = Annotated[Path | None, typer.Option("--rules", metavar="FILE", help="Rules and thresholds, if not the product's.")]
Why = Annotated[str, typer.Option("--why", help="The reason; it is kept in the case.")]


@alerts.command()
def rules() -> None:
    """Print the rules of the product with their thresholds, as YAML to be changed."""
    from finfoundry.specialists.families.aml.typologies import default_text

    typer.echo(default_text(), nl=False)


@alerts.command("raise")
@with_options("raise", after="sql")
@prints("specialist-alerts-raised", "finfoundry.usecases.specialist_alerts:AlertDesk.judge")
def raise_(
    folder: Folder,
    options: dict[str, Any],
    data: Data = None,
    sql: Sql = None,
    by_rules: Rules = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Score and apply the rules; open nothing.")] = False,
    user: As = None,
    json: Json = False,
) -> None:
    """Score accounts, apply the rules in addition to the score, and put what they find into the queue."""
    with open_desk() as (app, desk):
        from finfoundry.usecases.given_data import Given
        from finfoundry.usecases.specialist_alerts import AlertDesk, AskedAlerts

        asked = AskedAlerts(Given(data, sql, options), by_rules)
        who = app.principal(user) if dry_run else app.maker(user, "write")
        show(AlertDesk(app, desk).judge(who, folder, asked, open_=not dry_run), json)


@alerts.command("list")
@prints("specialist-alerts", "finfoundry.specialists.families.aml.alerts:listed")
def list_(
    name: Name,
    state: Annotated[str | None, typer.Option("--state", help="open, proposed or closed.")] = None,
    user: As = None,
    json: Json = False,
) -> None:
    """List the queue, the riskiest first."""
    from finfoundry.specialists.families.aml import alerts as queue

    with open_app() as app:
        show(queue.listed(app.database, app.principal(user), name, state), json)


@alerts.command("show")
@prints("specialist-alert", "finfoundry.specialists.families.aml.alerts:shown")
def show_(name: Name, number: Number, user: As = None, json: Json = False) -> None:
    """Show an alert with the transfers that fired its rules, and its case."""
    from finfoundry.specialists.families.aml import alerts as queue

    with open_app() as app:
        show(queue.shown(app.database, app.principal(user), name, number), json)


@alerts.command()
@prints("specialist-alert")
def note(
    name: Name, number: Number, text: Annotated[str, typer.Option("--text", help="It stays as it is.")], user: As = None, json: Json = False
) -> None:
    """Add a note to a case."""
    from finfoundry.specialists.families.aml import alerts as queue

    with open_app() as app:
        show(queue.note(app.database, app.maker(user, "write"), name, number, text), json)


@alerts.command()
@prints("specialist-alert")
def narrative(
    name: Name,
    number: Number,
    language: Annotated[str, typer.Option("--language", help="zh or en.")] = "en",
    user: As = None,
    json: Json = False,
) -> None:
    """Draft the narrative from the alert's own figures, each bound, and add it to the case. No model words it."""
    if language not in ("zh", "en"):
        raise typer.BadParameter("zh or en", param_hint="--language")
    with open_desk() as (app, desk):
        from finfoundry.usecases.specialist_alerts import AlertDesk

        show(AlertDesk(app, desk).narrative(app.maker(user, "write"), name, number, language), json)


@alerts.command()
@prints("specialist-alert")
def propose(
    name: Name,
    number: Number,
    why: Why,
    outcome: Annotated[str, typer.Option("--outcome", help="report or 'no suspicion'.")],
    user: As = None,
    json: Json = False,
) -> None:
    """Propose to close an alert; another person closes it. What is reported needs a narrative."""
    from finfoundry.specialists.families.aml import alerts as queue

    with open_app() as app:
        show(queue.propose(app.database, app.maker(user, "write"), name, number, outcome, why), json)


@alerts.command()
@prints("specialist-alert")
def close(name: Name, number: Number, user: As = None, json: Json = False) -> None:
    """Close an alert as another person proposed."""
    from finfoundry.specialists.families.aml import alerts as queue

    with open_app() as app:
        show(queue.close(app.database, app.maker(user, "write"), name, number), json)


@alerts.command("return")
@prints("specialist-alert")
def return_(name: Name, number: Number, why: Why, user: As = None, json: Json = False) -> None:
    """Return what another person proposed: the alert is open again."""
    from finfoundry.specialists.families.aml import alerts as queue

    with open_app() as app:
        show(queue.send_back(app.database, app.maker(user, "write"), name, number, why), json)


def register(specialists: typer.Typer) -> None:
    """Add these commands to those of the specialists."""
    specialists.add_typer(alerts, name="alerts")
