"""What the guards decided, and objections to it, under ``/v1/guards``: one's own, an auditor's all."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import Field

from finfoundry.governance.guards.guard_register import LONGEST_REASON, MOST_LISTED, GuardDecided, GuardObjection, Wanted
from finfoundry.server.routes.bodies import Body
from finfoundry.server.routes.credentials import Reader, Shared
from finfoundry.server.routes.questions import Auditor, errors, json

api = APIRouter(prefix="/v1/guards", responses=errors, tags=["guards"])
GuardLimit = Annotated[int, Query(ge=1, le=MOST_LISTED)]


class ObjectionRequest(Body):
    """``act``: the audit id of an answer of one's own. ``wanted``: how it should have been taken; a refusal names its label."""

    act: Annotated[str, Field(min_length=1, max_length=100)]
    wanted: Wanted = "answer"
    reason: str = Field("", max_length=LONGEST_REASON)
    label: str = Field("", max_length=40)


class ObjectionRuling(Body):
    uphold: bool


@api.get("/decisions", response_model=list[GuardDecided])
async def decisions(service: Shared, bearer: Reader, limit: GuardLimit = MOST_LISTED) -> Response:
    """What was refused, handed over, warned of or logged, the newest first, without its words: these are in the audit."""
    return json(await service.work(service.app.guard_register.decisions, bearer.principal, limit))


@api.get("/objections", response_model=list[GuardObjection])
async def objections(service: Shared, bearer: Reader, limit: GuardLimit = MOST_LISTED) -> Response:
    """Objections, the newest first."""
    return json(await service.work(service.app.guard_register.objections, bearer.principal, limit))


@api.post("/objections", response_model=GuardObjection, status_code=201)
async def object_to(body: ObjectionRequest, service: Shared, bearer: Reader) -> Response:
    """Object to how an act of yours was taken. An auditor upholds or dismisses it; what is upheld may be learned from."""
    work = partial(service.app.guard_register.object_to, bearer.principal, body.act, body.wanted, body.reason, body.label)
    return json(await service.work(work), 201)


@api.post("/objections/{number}/ruling", response_model=GuardObjection)
async def rule(number: Annotated[int, Path(ge=1, lt=2**63)], body: ObjectionRuling, service: Shared, bearer: Auditor) -> Response:
    """Uphold or dismiss an open objection of another person. Needs the scope audit."""
    return json(await service.work(partial(service.app.guard_register.decide, bearer.principal, number, uphold=body.uphold)))
