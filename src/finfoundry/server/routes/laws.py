"""Rules with their dates under ``/v1/laws``: seen by who may read the document, put right by two who may write there."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import Field

from finfoundry.server.routes.bodies import Body
from finfoundry.server.routes.credentials import Reader, Shared, Writer
from finfoundry.server.routes.questions import errors, json
from finfoundry.usecases.law_desk import LawDesk

api = APIRouter(prefix="/v1/laws", responses=errors, tags=["laws"])
Number = Annotated[int, Path(ge=1, lt=2**63)]
Collection = Annotated[str | None, Query(max_length=255)]


def _schema(name: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": f"docs/schemas/{name}.json", "content": {"application/json": {}}}}


class LawStatementProposal(Body):
    """What is right of a rule, in place of what was read: a day, a title or a level (docs/laws.md)."""

    document: Annotated[str, Field(max_length=20)]
    matter: Annotated[str, Field(max_length=20)]
    value: Annotated[str, Field(max_length=200)]
    why: Annotated[str, Field(max_length=2000)]


@api.get("", response_class=Response, responses=_schema("laws"))
async def laws(service: Shared, bearer: Reader, collection: Collection = None, at: date | None = None) -> Response:
    """The rules that the user may read, each version as it stands on the day ``at``, today without it."""
    return json(await service.work(LawDesk(service.app).laws, bearer.principal, collection, at))


@api.get("/check", response_class=Response, responses=_schema("law-findings"))
async def check(service: Shared, bearer: Reader, collection: Collection = None) -> Response:
    """Clauses of own papers that cite rules which are no more in force, and rules whose days are not known."""
    return json(await service.work(LawDesk(service.app).check, bearer.principal, collection))


@api.get("/updates", response_class=Response, responses=_schema("law-updates"))
async def updates(service: Shared, bearer: Reader) -> Response:
    """The updates that were applied, with their changes."""
    return json(await service.work(LawDesk(service.app).updates, bearer.principal))


@api.post("/updates/{number}/take-back", response_class=Response, responses=_schema("law-update"))
async def take_back(number: Number, service: Shared, bearer: Writer) -> Response:
    """Remove what an update brought, in one transaction."""
    return json(await service.work(LawDesk(service.app).take_back, bearer.principal, number))


@api.get("/statements", response_class=Response, responses=_schema("law-corrections"))
async def statements(service: Shared, bearer: Reader) -> Response:
    """What was said of rules by hand, with who proposed and who approved it."""
    return json(await service.work(service.app.law_corrections.listed, bearer.principal))


@api.post("/statements", response_class=Response, responses=_schema("law-correction"))
async def propose(body: LawStatementProposal, service: Shared, bearer: Writer) -> Response:
    """Propose what is right of a rule; a second person approves it."""
    told = partial(service.app.law_corrections.propose, bearer.principal, body.document, body.matter, body.value, body.why)
    return json(await service.work(told))


@api.post("/statements/{number}/approve", response_class=Response, responses=_schema("law-correction"))
async def approve(number: Number, service: Shared, bearer: Writer) -> Response:
    """Put a proposal in force. Who approves is not who proposed."""
    return json(await service.work(service.app.law_corrections.approve, bearer.principal, number))


@api.post("/statements/{number}/retire", response_class=Response, responses=_schema("law-correction"))
async def retire(number: Number, service: Shared, bearer: Writer) -> Response:
    """Withdraw a proposal, or undo what is in force."""
    return json(await service.work(service.app.law_corrections.retire, bearer.principal, number))


@api.get("/{document}", response_class=Response, responses=_schema("law"))
async def law(document: Annotated[str, Path(max_length=20)], service: Shared, bearer: Reader, at: date | None = None) -> Response:
    """One version of a rule with all that is said of it, and where."""
    return json(await service.work(LawDesk(service.app).law, bearer.principal, document, at))
