"""Readings by hand under ``/v1/readings``: a figure that was not read, a table within another border; by who may write there."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field

from finfoundry.core.principal import Principal
from finfoundry.knowledge.corrections.hand_reading import HandReading, ReadingDraft
from finfoundry.knowledge.corrections.hand_reading_register import MOST_READINGS
from finfoundry.server.routes.bodies import Body
from finfoundry.server.routes.credentials import Reader, Shared, Writer
from finfoundry.server.routes.questions import errors, json
from finfoundry.server.service.state import Service
from finfoundry.usecases.correction_desk import fields_of
from finfoundry.usecases.mending.reading_desk import BorderGiven, FigureGiven, ReadingDesk, reading_lines

api = APIRouter(prefix="/v1/readings", responses=errors, tags=["corrections"])
_LISTED: dict[int | str, dict[str, Any]] = {200: {"description": "docs/schemas/readings.json", "content": {"application/json": {}}}}
_ONE: dict[int | str, dict[str, Any]] = {200: {"description": "docs/schemas/reading.json", "content": {"application/json": {}}}}
_DRAFT: dict[int | str, dict[str, Any]] = {200: {"description": "docs/schemas/reading-draft.json", "content": {"application/json": {}}}}
_PAIRS: dict[int | str, dict[str, Any]] = {200: {"description": "a pair a line", "content": {"application/jsonl": {}}}}
Limit = Annotated[int, Query(ge=1, le=MOST_READINGS)]
After = Annotated[int, Query(ge=0, lt=2**63)]
ReadingNumber = Annotated[int, Path(ge=1, lt=2**63)]
Edge = Annotated[float, Field(ge=-20_000, le=20_000)]


class PlaceGiven(Body):
    """A page and a box on it, in points from the top left. With ``fields`` (docs/corrections.md) it is a figure that was not read, and
    needs its text, metric and period; without, the border of a table, with ``columns`` where its columns are parted.
    """

    document: Annotated[str, Field(max_length=20)]
    page: Annotated[int, Field(ge=1, lt=10_000_000)]
    box: Annotated[list[Edge], Field(min_length=4, max_length=4)] | None = None
    columns: Annotated[list[Edge], Field(max_length=60, default_factory=list)]
    fields: Annotated[dict[str, str | list[str]], Field(min_length=1, max_length=20)] | None = None


class ReadingProposal(PlaceGiven):
    """``anyway``: propose it though it breaks an identity that holds."""

    why: str
    anyway: bool = False


@api.get("", response_class=Response, responses=_LISTED)
async def readings(
    service: Shared,
    bearer: Reader,
    state: Annotated[Literal["proposed", "approved", "retired"] | None, Query()] = None,
    document: Annotated[str | None, Query(max_length=20)] = None,
    limit: Limit = MOST_READINGS,
    after: After = 0,
) -> Response:
    """The readings by hand of documents that the user may read, by their numbers; the next page is ``after`` the last one."""
    return json(await service.work(partial(service.app.readings.readings, bearer.principal, state, document, limit=limit, after=after)))


@api.get("/pairs", response_class=Response, responses=_PAIRS)
async def pairs(service: Shared, bearer: Reader, limit: Limit = MOST_READINGS, after: After = 0) -> Response:
    """Borders and facts as they were read and as they are right, of the readings in force, as JSON lines by their numbers."""
    found = await service.work(partial(_desk(service).pairs, bearer.principal, limit=limit, after=after))
    return Response(reading_lines(found), media_type="application/jsonl")


@api.post("/try", response_class=Response, responses=_DRAFT)
async def try_out(body: PlaceGiven, request: Request, service: Shared, bearer: Reader) -> Response:
    """What a reading by hand would change of the facts and identities of a document. Nothing is kept."""
    return json(await service.compute(request, bearer, _tried, service, bearer.principal, body))


@api.post("", response_class=Response, status_code=201, responses=_ONE)
async def propose(body: ReadingProposal, request: Request, service: Shared, bearer: Writer) -> Response:
    """Propose a reading by hand. Nothing changes before a second person approves it; refused, with their names, where it breaks identities
    that hold, unless ``anyway``.
    """
    return json(await service.compute(request, bearer, _proposed, service, bearer.principal, body), 201)


@api.post("/{number}/approve", response_class=Response, responses=_ONE)
async def approve(number: ReadingNumber, service: Shared, bearer: Writer) -> Response:
    """Put a reading in force from the next question on. Who approves is not who proposed."""
    return json(await service.work(service.app.readings.approve, bearer.principal, number))


@api.post("/{number}/undo", response_class=Response, responses=_ONE)
async def undo(number: ReadingNumber, service: Shared, bearer: Writer) -> Response:
    """Give the facts again as they were before, from the next question on."""
    return json(await service.work(service.app.readings.undo, bearer.principal, number))


@api.post("/{number}/retire", response_class=Response, responses=_ONE)
async def retire(number: ReadingNumber, service: Shared, bearer: Writer) -> Response:
    """Withdraw or reject a proposal."""
    return json(await service.work(service.app.readings.retire, bearer.principal, number))


def _desk(service: Service) -> ReadingDesk:
    return ReadingDesk(service.app, service.bordered)


def _tried(service: Service, principal: Principal, body: PlaceGiven) -> ReadingDraft:
    given = _given(body)
    desk = _desk(service)
    return desk.try_figure(principal, given) if isinstance(given, FigureGiven) else desk.try_table(principal, given)


def _proposed(service: Service, principal: Principal, body: ReadingProposal) -> HandReading:
    given = _given(body)
    desk = _desk(service)
    if isinstance(given, FigureGiven):
        return desk.propose_figure(principal, given, body.why, anyway=body.anyway)
    return desk.propose_table(principal, given, body.why, anyway=body.anyway)


def _given(body: PlaceGiven) -> FigureGiven | BorderGiven:
    if body.fields is None:
        return BorderGiven(body.document, body.page, body.box or (), body.columns)
    return FigureGiven(body.document, body.page, body.box, fields_of(body.fields))
