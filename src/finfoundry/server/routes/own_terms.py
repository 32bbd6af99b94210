"""The institution's own words under ``/v1/terms``: tried by who may read their label, proposed and approved by who may write there."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field

from finfoundry.server.routes.bodies import Body
from finfoundry.server.routes.credentials import Reader, Shared, Writer
from finfoundry.server.routes.questions import errors, json
from finfoundry.server.service.events import while_there
from finfoundry.usecases.term_desk import MOST_TERMS, TermDesk, entry_of

api = APIRouter(prefix="/v1/terms", responses=errors, tags=["terms"])
_LISTED: dict[int | str, dict[str, Any]] = {200: {"description": "docs/schemas/terms.json", "content": {"application/json": {}}}}
_ONE: dict[int | str, dict[str, Any]] = {200: {"description": "docs/schemas/term.json", "content": {"application/json": {}}}}
_TRIED: dict[int | str, dict[str, Any]] = {200: {"description": "docs/schemas/term-trial.json", "content": {"application/json": {}}}}
_REDEFINED: dict[int | str, dict[str, Any]] = {200: {"description": "docs/schemas/redefinitions.json", "content": {"application/json": {}}}}
TermNumber = Annotated[int, Field(ge=1, lt=2**63)]
Fields = Annotated[dict[str, dict[str, Any]], Field(max_length=MOST_TERMS)]


class TermProposal(Body):
    """``terms``: name to fields, as in a file of terms."""

    terms: Annotated[Fields, Field(min_length=1)]


class TermQuestion(Body):
    """A question to try terms on: proposals by their numbers, or terms that are not proposed."""

    question: str
    numbers: Annotated[tuple[TermNumber, ...], Field(max_length=MOST_TERMS)] = ()
    terms: Fields = Field(default_factory=dict)
    collection: str | None = Field(None, max_length=255)


class TermApproval(Body):
    """Proposals that are put in force together, or not at all."""

    numbers: Annotated[list[TermNumber], Field(min_length=1, max_length=MOST_TERMS)]


@api.get("", response_class=Response, responses=_LISTED)
async def terms(
    service: Shared, bearer: Reader, state: Annotated[Literal["proposed", "approved", "retired"] | None, Query()] = None
) -> Response:
    """The terms that the user may use, each version."""
    return json(await service.work(TermDesk(service.app).terms, bearer.principal, state))


@api.get("/redefined", response_class=Response, responses=_REDEFINED)
async def redefined(service: Shared, bearer: Reader) -> Response:
    """What the terms in force that the user may use redefine, each with what the product means by it."""
    return json(await service.work(TermDesk(service.app).redefined, bearer.principal))


@api.get("/{number}", response_class=Response, responses=_LISTED)
async def versions(number: Annotated[int, Path(ge=1, lt=2**63)], service: Shared, bearer: Reader) -> Response:
    """A term with its other versions."""
    return json(await service.work(TermDesk(service.app).versions, bearer.principal, number))


@api.post("", response_class=Response, status_code=201, responses=_LISTED)
async def propose(body: TermProposal, service: Shared, bearer: Writer) -> Response:
    """Propose terms, all or none. Nothing is in force before a second person approves it."""
    entries = [entry_of(name, fields) for name, fields in body.terms.items()]
    return json(await service.work(TermDesk(service.app).add, bearer.principal, entries), 201)


@api.post("/try", response_class=Response, responses=_TRIED)
async def try_on(body: TermQuestion, request: Request, service: Shared, bearer: Reader) -> Response:
    """Answer a question with terms that are not in force, next to the answer without them and, where they redefine something, to the one as
    shipped. No term is kept; each answer leaves its record in the audit.
    """
    entries = [entry_of(name, fields) for name, fields in body.terms.items()]
    work = partial(TermDesk(service.app).try_on, bearer.principal, body.question, entries, body.numbers, body.collection)
    return json(await while_there(request, service.in_turn(bearer, work)))


@api.post("/approve", response_class=Response, responses=_LISTED)
async def approve(body: TermApproval, service: Shared, bearer: Writer) -> Response:
    """Put proposals in force from the next question on. Who approves is not who proposed."""
    return json(await service.work(TermDesk(service.app).approve, bearer.principal, body.numbers))


@api.post("/{number}/retire", response_class=Response, responses=_ONE)
async def retire(number: Annotated[int, Path(ge=1, lt=2**63)], service: Shared, bearer: Writer) -> Response:
    """End the use of a version from the next question on, or withdraw a proposal."""
    return json(await service.work(TermDesk(service.app).retire, bearer.principal, number))
