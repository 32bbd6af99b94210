"""Who may come in and read what, changed by forms; every change is a record of the audit, as on the command line."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from finfoundry.governance.api_keys import ROLES, Bearer, NewKey, Role
from finfoundry.governance.policy import kept_name
from finfoundry.server.console.render import page
from finfoundry.server.routes.credentials import opened
from finfoundry.server.service.state import Service, Shared

access_pages = APIRouter(include_in_schema=False)
Administrator = Annotated[Bearer, Depends(opened("admin"))]
Name = Annotated[str, Form(min_length=1, max_length=200)]
_SHOWN: tuple[Role, ...] = get_args(Role)


@access_pages.get("/console/access")
async def access(request: Request, service: Shared, bearer: Administrator) -> Response:
    return await _page(request, service, bearer, None)


@access_pages.post("/console/access/keys")
async def key_create(
    request: Request,
    service: Shared,
    bearer: Administrator,
    user: Name,
    expires: Annotated[str, Form(max_length=40)] = "",
    role: Annotated[Role, Form()] = "analyst",
) -> Response:
    """A key by a role. It is shown this once and kept nowhere, so no other page can show it: this one says what loading it again does."""
    made = await service.work(partial(service.keys.create, bearer.principal, user, expires=expires or None, scopes=ROLES[role]))
    return await _page(request, service, bearer, made)


@access_pages.post("/console/access/keys/{key}/revoke")
async def key_revoke(service: Shared, bearer: Administrator, key: str) -> Response:
    await service.work(service.keys.revoke, bearer.principal, key)
    return _back()


@access_pages.post("/console/access/users")
async def user_add(service: Shared, bearer: Administrator, user: Name, groups: Annotated[str, Form(max_length=1000)] = "") -> Response:
    """Add a user, or add one to groups."""
    named = [one.strip() for one in groups.replace("，", ",").split(",") if one.strip()]
    await service.work(service.app.policy.add_user, bearer.principal, user, named)
    return _back()


@access_pages.post("/console/access/users/remove")
async def user_remove(service: Shared, bearer: Administrator, user: Name) -> Response:
    await service.work(service.app.policy.remove_user, bearer.principal, user)
    return _back()


@access_pages.post("/console/access/labels")
async def label_add(
    service: Shared,
    bearer: Administrator,
    label: Name,
    description: Annotated[str, Form(max_length=500)] = "",
    discoverable: Annotated[bool, Form()] = False,
) -> Response:
    """Add a label, or let one that is there be known; an empty box takes nothing back."""
    policy = service.app.policy
    held = await service.work(policy.labels, bearer.principal)
    known = any(one.discoverable for one in held if one.name == kept_name(label))
    await service.work(policy.add_label, bearer.principal, label, discoverable or known, description)
    return _back()


@access_pages.post("/console/access/labels/remove")
async def label_remove(service: Shared, bearer: Administrator, label: Name) -> Response:
    await service.work(service.app.policy.remove_label, bearer.principal, label)
    return _back()


@access_pages.post("/console/access/grants")
async def grant_add(
    service: Shared,
    bearer: Administrator,
    name: Name,
    label: Name,
    write: Annotated[bool, Form()] = False,
) -> Response:
    """Add a grant, or let one that is there write; an empty box takes nothing back: that is done by removing the grant."""
    policy = service.app.policy
    held = await service.work(policy.grants, bearer.principal)
    writes = any(one.write for one in held if (one.name, one.label) == (name, label))
    await service.work(policy.add_grant, bearer.principal, name, label, write or writes)
    return _back()


@access_pages.post("/console/access/grants/remove")
async def grant_remove(service: Shared, bearer: Administrator, name: Name, label: Name) -> Response:
    await service.work(service.app.policy.remove_grant, bearer.principal, name, label)
    return _back()


def _back() -> Response:
    return RedirectResponse("/console/access", 303)


async def _page(request: Request, service: Service, bearer: Bearer, made: NewKey | None) -> Response:
    policy, who = service.app.policy, bearer.principal
    lists = {"users": policy.users, "labels": policy.labels, "grants": policy.grants, "keys": service.keys.keys}
    found: dict[str, Any] = {name: await service.work(of, who) for name, of in lists.items()}
    return page(request, "access/access.html", bearer, "access", made=made, roles=_SHOWN, **found)
