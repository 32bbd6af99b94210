"""Commands for people and what they may read: users, labels, grants."""

from __future__ import annotations

from typing import Annotated

import typer

from finfoundry.app import open_app
from finfoundry.cli.options import Json, prints, show

users = typer.Typer(help="People who may ask, and the groups they are in.", no_args_is_help=True)
labels = typer.Typer(help="Labels that documents carry; a grant on a label opens its documents.", no_args_is_help=True)
grants = typer.Typer(help="Which user or group may read which label.", no_args_is_help=True)


def register(cli: typer.Typer) -> None:
    """Add the groups of commands to the command line."""
    for name, group in [("users", users), ("labels", labels), ("grants", grants)]:
        cli.add_typer(group, name=name)


@users.command("add")
@prints("user", "finfoundry.governance.policy:Policy.add_user")
def users_add(
    name: str,
    group: Annotated[list[str] | None, typer.Option("--group", "-g", help="A group that the user joins; repeat for more.")] = None,
    json: Json = False,
) -> None:
    """Add a user, or add an existing user to groups."""
    with open_app() as app:
        show(app.policy.add_user(app.changer(), name, group or []), json)


@users.command("list")
@prints("users", "finfoundry.governance.policy:Policy.users")
def users_list(json: Json = False) -> None:
    """List users with their groups."""
    with open_app() as app:
        show(app.policy.users(app.administrator), json)


@users.command("remove")
@prints("user")
def users_remove(name: str, json: Json = False) -> None:
    """Remove a user with the user's grants."""
    with open_app() as app:
        show(app.policy.remove_user(app.changer(), name), json)


@labels.command("add")
@prints("label", "finfoundry.governance.policy:Policy.add_label")
def labels_add(
    name: str,
    discoverable: Annotated[
        bool, typer.Option("--discoverable", help="Those without a grant may learn that such a document exists.")
    ] = False,
    json: Json = False,
) -> None:
    """Add a label."""
    with open_app() as app:
        show(app.policy.add_label(app.changer(), name, discoverable), json)


@labels.command("list")
@prints("labels", "finfoundry.governance.policy:Policy.labels")
def labels_list(json: Json = False) -> None:
    """List labels."""
    with open_app() as app:
        show(app.policy.labels(app.administrator), json)


@labels.command("remove")
@prints("label")
def labels_remove(name: str, json: Json = False) -> None:
    """Remove a label that no document carries."""
    with open_app() as app:
        show(app.policy.remove_label(app.changer(), name), json)


@grants.command("add")
@prints("grant", "finfoundry.governance.policy:Policy.add_grant")
def grants_add(
    name: Annotated[str, typer.Argument(metavar="USER|GROUP")],
    label: str,
    write: Annotated[bool, typer.Option("--write", help="They may add and delete documents there, too.")] = False,
    json: Json = False,
) -> None:
    """Let a user or a group read a label."""
    with open_app() as app:
        show(app.policy.add_grant(app.changer(), name, label, write), json)


@grants.command("list")
@prints("grants", "finfoundry.governance.policy:Policy.grants")
def grants_list(json: Json = False) -> None:
    """List grants."""
    with open_app() as app:
        show(app.policy.grants(app.administrator), json)


@grants.command("remove")
@prints("grant")
def grants_remove(name: Annotated[str, typer.Argument(metavar="USER|GROUP")], label: str, json: Json = False) -> None:
    """Take a grant back; it works from the next question on."""
    with open_app() as app:
        show(app.policy.remove_grant(app.changer(), name, label), json)
