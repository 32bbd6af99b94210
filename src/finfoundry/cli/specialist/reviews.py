"""Commands of who may use a specialist, and what came of it: validations, promotion, roles, decisions, outcomes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from finfoundry import terminal
from finfoundry.app import open_app
from finfoundry.cli.options import prints, with_options
from finfoundry.cli.specialist.specialists import As, Data, Folder, Json, Sql, open_desk, show

Name = Annotated[str, typer.Argument(metavar="NAME", help="The specialist in use.")]
Label = Annotated[str, typer.Option("--label", help="Of the specialists.")]


def form(folder: Folder, out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the form goes, as YAML.")]) -> None:
    """Write a validator's form: every demand of the checklist with what the specialist shows. It does not fill itself in."""
    from finfoundry.specialists.lifecycle.validations import blank, demands

    out.write_text(blank(demands(folder)), "utf-8")
    terminal.out.print(f"Fill in {out} and sign it: finfoundry specialists sign")


@with_options("sign", after="sql")
@prints("specialist-validated", "finfoundry.usecases.run_specialist:Desk.sign")
def sign(
    folder: Folder,
    options: dict[str, Any],
    filled: Annotated[Path, typer.Option("--form", metavar="FILE", help="The form, filled in.")],
    data: Data = None,
    sql: Sql = None,
    user: As = None,
    json: Json = False,
) -> None:
    """Validate a version, as a validator who did not train it: a sealed record with findings, conditions and expiry."""
    with open_desk() as (app, desk):
        from finfoundry.specialists.lifecycle.validations import read_form
        from finfoundry.usecases.given_data import Given

        show(desk.sign(app.maker(user, "write"), folder, Given(data, sql, options), read_form(filled)), json)


@prints("specialist-validations", "finfoundry.specialists.lifecycle.registry:Registry.validations")
def validations(folder: Folder, user: As = None, json: Json = False) -> None:
    """List what validators found of a version, the latest first."""
    from finfoundry.specialists.models.specialist import check_sealed

    with open_desk() as (app, desk):
        show(desk.registry.validations(app.principal(user), check_sealed(folder)), json)


@prints("specialist-registered", "finfoundry.usecases.run_specialist:Desk.promote")
def promote(folder: Folder, user: As = None, json: Json = False) -> None:
    """Take a validated version into use, as an approver who neither trained nor validated it."""
    with open_desk() as (app, desk):
        show(desk.promote(app.maker(user, "write"), folder), json)


@prints("specialist-registered")
def retire(folder: Folder, user: As = None, json: Json = False) -> None:
    """Take a version out of use, as an approver who did not train it. It comes back only with a new validation."""
    with open_desk() as (app, desk):
        show(desk.registry.retire(app.maker(user, "write"), folder), json)


@prints("specialist-role", "finfoundry.specialists.lifecycle.roles:give")
def role_give(
    who: Annotated[str, typer.Argument(metavar="USER")],
    role: Annotated[str, typer.Argument(metavar="ROLE", help="trainer, validator or approver; who reads the label is a user.")],
    label: Label = "sensitive",
    json: Json = False,
) -> None:
    """Let a user train, validate or approve specialists under a label."""
    from finfoundry.specialists.lifecycle import roles

    with open_app() as app:
        show(roles.give(app.database, app.changer(), who, role, label), json)


def role_take(
    who: Annotated[str, typer.Argument(metavar="USER")],
    role: Annotated[str, typer.Argument(metavar="ROLE")],
    label: Label = "sensitive",
) -> None:
    """Take a role back."""
    from finfoundry.specialists.lifecycle import roles

    with open_app() as app:
        roles.take(app.database, app.changer(), who, role, label)


@prints("specialist-roles", "finfoundry.specialists.lifecycle.roles:given")
def list_roles(json: Json = False) -> None:
    """List who may train, validate and approve."""
    from finfoundry.specialists.lifecycle import roles

    with open_app() as app:
        show(roles.given(app.database), json)


@prints("specialist-noted", "finfoundry.specialists.lifecycle.outcomes:note")
def decide(
    name: Name,
    data: Annotated[Path, typer.Option("--data", metavar="FILE", help="CSV: id, decision, and for overrides: override, why.")],
    user: As = None,
    json: Json = False,
) -> None:
    """Record what people decided on scored rows; against the score only with the reason."""
    with open_app() as app:
        from finfoundry.specialists.lifecycle import outcomes

        decisions = outcomes.read_decisions(data)
        show(outcomes.decide(app.database, app.maker(user, "write"), name, decisions), json)


@prints("specialist-noted")
def note_outcomes(
    name: Name,
    data: Annotated[Path, typer.Option("--data", metavar="FILE", help="id and event (1 or 0); market-risk: the series by day.")],
    user: As = None,
    json: Json = False,
) -> None:
    """Record what came of scored rows, or what the series did since. An outcome is final."""
    with open_desk() as (app, desk):
        from finfoundry.usecases.specialist_production import note_file

        show(note_file(desk, app.maker(user, "write"), name, data), json)


@prints("specialist-backtest", "families:back_test")
def backtest(name: Name, user: As = None, json: Json = False) -> None:
    """The version in use against what came of its own recorded scores, and what came of the decisions."""
    with open_desk() as (app, desk):
        from finfoundry.usecases.specialist_production import back_test

        show(back_test(desk, app.principal(user), name), json)


@prints("specialist-challenger", "finfoundry.usecases.run_specialist:Desk.challenge")
def challenger(
    folder: Folder,
    share: Annotated[float, typer.Option("--share", metavar="SHARE", help="Of the rows in service, by their ids.")] = 0.1,
    user: As = None,
    json: Json = False,
) -> None:
    """Let a candidate score a share of the traffic in addition to the version in use. No answer shows it, or is changed by it."""
    with open_desk() as (app, desk):
        from finfoundry.specialists.models.specialist import check_sealed

        show(desk.challenge(app.maker(user, "write"), check_sealed(folder), share), json)


def challenger_end(name: Name, user: As = None) -> None:
    """End it; its scores stay on record."""
    with open_desk() as (app, desk):
        from finfoundry.specialists.lifecycle.shadow import end_shadow

        end_shadow(desk.database, app.maker(user, "write"), name)


@prints("specialist-comparison", "families:compare")
def compare(name: Name, user: As = None, json: Json = False) -> None:
    """The latest challenger against the version in use, on the rows that both scored and whose outcomes are recorded."""
    with open_desk() as (app, desk):
        from finfoundry.usecases.specialist_production import compare as compare_both

        show(compare_both(desk, app.principal(user), name), json)


def register(specialists: typer.Typer) -> None:
    """Add these commands to those of the specialists."""
    commands: dict[str, Callable[..., None]] = {
        "form": form,
        "sign": sign,
        "validations": validations,
        "promote": promote,
        "retire": retire,
        "role-give": role_give,
        "role-take": role_take,
        "roles": list_roles,
        "decide": decide,
        "outcomes": note_outcomes,
        "backtest": backtest,
        "challenger": challenger,
        "challenger-end": challenger_end,
        "compare": compare,
    }
    for name, command in commands.items():
        specialists.command(name)(command)
