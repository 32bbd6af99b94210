"""What serves under ``/v1/releases``: seen by auditors and administrators, promoted and taken back by administrators.

Proposals and exams name folders of the server's machine; they are made on its command line.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from finfoundry.core.principal import Principal, require_administrator, require_auditor
from finfoundry.server.routes.bodies import Body
from finfoundry.server.routes.credentials import Reader, Shared
from finfoundry.server.routes.questions import errors, json
from finfoundry.server.service.events import while_there
from finfoundry.server.service.state import Service
from finfoundry.usecases.release_model import ReleaseDesk

api = APIRouter(prefix="/v1/releases", responses=errors, tags=["releases"])
_SHOWN: dict[int | str, dict[str, Any]] = {200: {"description": "docs/schemas/release.json", "content": {"application/json": {}}}}
_LISTED: dict[int | str, dict[str, Any]] = {200: {"description": "docs/schemas/releases.json", "content": {"application/json": {}}}}


class ReleaseDecision(Body):
    """Why what serves is changed, for the record."""

    why: Annotated[str, Field(min_length=1, max_length=2000)]


class Promotion(ReleaseDecision):
    """Releases that serve together, or not at all."""

    releases: Annotated[list[Annotated[int, Field(ge=1, lt=2**31)]], Field(min_length=1, max_length=50)]


class Rollback(ReleaseDecision):
    """``slot``: 'model', the name of an adapter, or that of what serves beside them, such as 'encoder:TASK'."""

    slot: Annotated[str, Field(min_length=1, max_length=200)] = "model"


@api.get("", response_class=Response, responses=_LISTED)
async def releases(service: Shared, bearer: Reader) -> Response:
    """All releases, the latest first."""
    require_auditor(bearer.principal)
    return json(await service.work(ReleaseDesk(service.app).register.releases))


@api.get("/{number}", response_class=Response, responses=_SHOWN)
async def release(number: Annotated[int, Field(ge=1, lt=2**31)], service: Shared, bearer: Reader) -> Response:
    """One release with its evidence, manifest and history."""
    require_auditor(bearer.principal)
    return json(await service.work(ReleaseDesk(service.app).register.show, number))


@api.post("/promote", response_class=Response, responses=_LISTED)
async def promote(body: Promotion, request: Request, service: Shared, bearer: Reader) -> Response:
    """Let releases serve. Who promotes is not who proposed; a sample of the evidence is asked again first."""
    require_administrator(bearer.principal)
    work = service.in_turn(bearer, partial(_promote, service, bearer.principal, body), seconds=service.limits.raw_deadline)
    return json(await while_there(request, work))


@api.post("/rollback", response_class=Response, responses=_LISTED)
async def rollback(body: Rollback, request: Request, service: Shared, bearer: Reader) -> Response:
    """Undo the last promotion of a slot; returns what serves then."""
    require_administrator(bearer.principal)
    work = partial(ReleaseDesk(service.app).rollback, bearer.principal, body.slot, body.why)
    return json(await while_there(request, service.in_turn(bearer, work, seconds=service.limits.raw_deadline)))


def _promote(service: Service, principal: Principal, body: Promotion) -> Any:
    return ReleaseDesk(service.app).promote(principal, body.releases, body.why)
