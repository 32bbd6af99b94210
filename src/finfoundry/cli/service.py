"""Commands of the service: its keys, and starting it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from finfoundry.app import open_app
from finfoundry.cli.options import Json, prints, show
from finfoundry.core.errors import InputError
from finfoundry.governance.api_keys import ROLES, SCOPES, USUAL, ApiKeys, Role

keys = typer.Typer(help="Keys by which users come in over HTTP.", no_args_is_help=True)


@keys.command("create")
@prints("key", "finfoundry.governance.api_keys:ApiKeys.create")
def keys_create(
    user: Annotated[str, typer.Option("--user", help="Whose key; an absent user is added, without grants.")],
    expires: Annotated[str | None, typer.Option("--expires", help="12h, 30d, or a date; without it the key does not expire.")] = None,
    scope: Annotated[list[str] | None, typer.Option("--scope", help=f"{', '.join(SCOPES)}; repeat for more [{' '.join(USUAL)}].")] = None,
    role: Annotated[Role | None, typer.Option("--role", help="The scopes of a role instead.")] = None,
    json: Json = False,
) -> None:
    """Make a key. It is shown this once."""
    if role and scope:
        raise InputError("A key has a role or scopes, not both", remedy="Leave out --role or --scope")
    with open_app() as app:
        show(ApiKeys(app.database).create(app.changer(), user, expires=expires, scopes=scope or (ROLES[role] if role else USUAL)), json)


@keys.command("list")
@prints("keys", "finfoundry.governance.api_keys:ApiKeys.keys")
def keys_list(json: Json = False) -> None:
    """List keys, without what opens them."""
    with open_app() as app:
        show(ApiKeys(app.database).keys(app.administrator), json)


@keys.command("revoke")
@prints("key-revoked", "finfoundry.governance.api_keys:ApiKeys.revoke")
@prints("keys-ended", "finfoundry.governance.api_keys:ApiKeys.revoke_all", option="--user")
def keys_revoke(
    key: Annotated[str | None, typer.Argument(metavar="[ID]")] = None,
    user: Annotated[str | None, typer.Option("--user", help="All keys of this user, and all tokens issued to them up to now.")] = None,
    json: Json = False,
) -> None:
    """End a key, or all of a user; the next request with it is refused."""
    if (key is None) == (user is None):
        raise InputError("Which key is to end?", remedy="Give its ID, or --user USER for all of a user")
    with open_app() as app:
        keys = ApiKeys(app.database)
        show(keys.revoke_all(app.changer(), user) if user else keys.revoke(app.changer(), key or ""), json)


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen at.")] = 8000,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Server processes over one store and one engine.")] = 1,
) -> None:
    """Serve the API and the page until stopped. Users come in with a key: see `finfoundry keys`."""
    from finfoundry.server.serve import run  # here, so that other commands need not load a web server

    run(host, port, workers)


def mcp(
    key: Annotated[str, typer.Option("--key", envvar="FINFOUNDRY_KEY", help="A user's key; better given in the environment.")],
    url: Annotated[str, typer.Option("--url", help="Where the service listens.")] = "http://127.0.0.1:8000",
) -> None:
    """Speak the Model Context Protocol on standard input and output, for desktop assistants, over a running service."""
    from finfoundry.server.client import Client
    from finfoundry.server.mcp import serve as speak

    with Client(url, key) as client:
        speak(client, sys.stdin, sys.stdout)


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.add_typer(keys, name="keys")
    cli.command()(serve)
    cli.command()(mcp)
