"""Signing in and out: with a key or a token in a form, or at the identity provider."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from finfoundry.core.errors import NotFound, NotPermitted
from finfoundry.governance.api_keys import Bearer
from finfoundry.governance.code_flow import CodeFlow, Pending
from finfoundry.server.console.render import page
from finfoundry.server.limits.attempts import TooManyWrongKeys
from finfoundry.server.routes import credentials
from finfoundry.server.routes.credentials import SESSION, SIGN_IN
from finfoundry.server.service.state import Service, Shared

BACK = "/console/sign-in/back"
PATIENCE = 600  # seconds to sign in at the provider
OwnForm = Depends(credentials.same_site)
sign_in = APIRouter(include_in_schema=False)
Answered = Annotated[str, Query(max_length=4000)]


@sign_in.get("/console/login")
async def login_form(request: Request, service: Shared) -> HTMLResponse:
    return _form(request, service)


@sign_in.post("/console/login", dependencies=[OwnForm])
async def login(request: Request, service: Shared, key: Annotated[str, Form(max_length=16_384)]) -> Response:
    try:
        bearer = await credentials.looked_up(request, key.strip())
        bearer.require("read")
    except TooManyWrongKeys:
        raise
    except NotPermitted:
        return _form(request, service, status=401, wrong=True)
    return await _started(request, service, bearer, RedirectResponse("/console/ask", 303))


@sign_in.post("/console/logout", dependencies=[OwnForm])
async def logout(request: Request, service: Shared) -> Response:
    """The session ends in the database, not only in the browser."""
    await service.work(service.identities.sessions.end, credentials.cookie(request, SESSION))
    response = RedirectResponse("/console/login", 303)
    credentials.drop_cookie(request, response, SESSION)
    return response


@sign_in.get("/console/sign-in")
async def to_the_provider(request: Request, service: Shared) -> Response:
    pending = Pending.new()
    address = await service.ask_provider(_flow(service).address, pending, credentials.own_address(request) + BACK)
    response = RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})
    credentials.set_cookie(request, response, SIGN_IN, pending.cookie(), PATIENCE, strict=False)
    return response


@sign_in.get(BACK)
async def back_from_the_provider(request: Request, service: Shared, state: Answered = "", code: Answered = "") -> Response:
    """What the provider says it let in. The page then goes on by itself: the browser would not send a strict cookie along a redirect that
    began at another site.
    """
    flow, kept = _flow(service), credentials.cookie(request, SIGN_IN) or ""
    try:
        back = credentials.own_address(request) + BACK
        bearer = await service.ask_provider(flow.bearer, Pending.from_cookie(kept), state, code, back)
        bearer.require("read")
    except NotPermitted:
        response: Response = _form(request, service, status=401, wrong=True)
    else:
        response = await _started(request, service, bearer, page(request, "signed_in.html", None))
    credentials.drop_cookie(request, response, SIGN_IN)  # an attempt counts once
    return response


async def _started(request: Request, service: Service, bearer: Bearer, response: Response) -> Response:
    credentials.start_session(request, response, await service.work(service.identities.sessions.open, bearer))
    return response


def _form(request: Request, service: Service, status: int = 200, *, wrong: bool = False) -> HTMLResponse:
    return page(request, "login.html", None, status=status, wrong=wrong, provider=service.code_flow is not None)


def _flow(service: Service) -> CodeFlow:
    if service.code_flow is None:
        raise NotFound("There is no such page", remedy="Sign in with a key; FINFOUNDRY_OIDC_CLIENT names this product at a provider")
    return service.code_flow
