"""Corrections by hand under ``/v1/corrections``: seen by who may read the document, proposed and approved by who may write there."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import Field

from finfoundry.knowledge.corrections.correction_register import MOST_LISTED
from finfoundry.server.routes.bodies import Body
from finfoundry.server.routes.credentials import Reader, Shared, Writer
from finfoundry.server.routes.questions import errors, json
from finfoundry.usecases.correction_desk import CorrectionDesk, fields_of, lines_of

api = APIRouter(prefix="/v1/corrections", responses=errors, tags=["corrections"])
MOST_NUMBERS = 1000  # approved together
_LISTED: dict[int | str, dict[str, Any]] = {200: {"description": "docs/schemas/corrections.json", "content": {"application/json": {}}}}
_ONE: dict[int | str, dict[str, Any]] = {200: {"description": "docs/schemas/correction.json", "content": {"application/json": {}}}}
_DRAFT: dict[int | str, dict[str, Any]] = {200: {"description": "docs/schemas/correction-draft.json", "content": {"application/json": {}}}}
_PAIRS: dict[int | str, dict[str, Any]] = {200: {"description": "a pair a line", "content": {"application/jsonl": {}}}}
Limit = Annotated[int, Query(ge=1, le=MOST_LISTED)]
After = Annotated[int, Query(ge=0, lt=2**63)]
CorrectionNumber = Annotated[int, Path(ge=1, lt=2**63)]


class FactFields(Body):
    """A fact by its id, and the fields of it that are put right (docs/corrections.md)."""

    fact: Annotated[str, Field(max_length=60)]
    fields: Annotated[dict[str, str | list[str]], Field(min_length=1, max_length=20)]


class CorrectionProposal(FactFields):
    """``anyway``: propose it though it breaks an identity that holds."""

    why: str
    anyway: bool = False


class CorrectionApproval(Body):
    """Proposals that are put in force together, or not at all."""

    numbers: Annotated[list[Annotated[int, Field(ge=1, lt=2**63)]], Field(min_length=1, max_length=MOST_NUMBERS)]


@api.get("", response_class=Response, responses=_LISTED)
async def corrections(
    service: Shared,
    bearer: Reader,
    state: Annotated[Literal["proposed", "approved", "retired"] | None, Query()] = None,
    document: Annotated[str | None, Query(max_length=20)] = None,
    limit: Limit = MOST_LISTED,
    after: After = 0,
) -> Response:
    """The corrections of documents that the user may read, each version, by their numbers; the next page is ``after`` the last one."""
    desk = CorrectionDesk(service.app)
    return json(await service.work(partial(desk.corrections, bearer.principal, state, document, limit=limit, after=after)))


@api.get("/pairs", response_class=Response, responses=_PAIRS)
async def pairs(service: Shared, bearer: Reader, limit: Limit = MOST_LISTED, after: After = 0) -> Response:
    """What was read and what is right, of the corrections in force in documents that the user may read, as JSON lines by their numbers;
    the next page is ``after`` the last one.
    """
    found = await service.work(partial(CorrectionDesk(service.app).pairs, bearer.principal, limit=limit, after=after))
    return Response(lines_of(found), media_type="application/jsonl")


@api.get("/{number}", response_class=Response, responses=_LISTED)
async def versions(number: CorrectionNumber, service: Shared, bearer: Reader) -> Response:
    """A correction with the other versions for its fact."""
    return json(await service.work(CorrectionDesk(service.app).versions, bearer.principal, number))


@api.post("/try", response_class=Response, responses=_DRAFT)
async def try_out(body: FactFields, service: Shared, bearer: Reader) -> Response:
    """What a correction would change of the fact and of the identities of its document. Nothing is kept."""
    return json(await service.work(CorrectionDesk(service.app).try_out, bearer.principal, body.fact, fields_of(body.fields)))


@api.post("", response_class=Response, status_code=201, responses=_ONE)
async def propose(body: CorrectionProposal, service: Shared, bearer: Writer) -> Response:
    """Propose what is right of a fact. Nothing changes before a second person approves it; refused, with their names, where it breaks
    identities that hold, unless ``anyway``.
    """
    given = fields_of(body.fields)

    def work() -> object:
        return CorrectionDesk(service.app).propose(bearer.principal, body.fact, given, body.why, anyway=body.anyway)

    return json(await service.work(work), 201)


@api.post("/approve", response_class=Response, responses=_LISTED)
async def approve(body: CorrectionApproval, service: Shared, bearer: Writer) -> Response:
    """Put proposals in force from the next question on. Who approves is not who proposed."""
    return json(await service.work(CorrectionDesk(service.app).approve, bearer.principal, body.numbers))


@api.post("/{number}/undo", response_class=Response, responses=_ONE)
async def undo(number: CorrectionNumber, service: Shared, bearer: Writer) -> Response:
    """Give the fact again as it was before the correction, from the next question on."""
    return json(await service.work(CorrectionDesk(service.app).undo, bearer.principal, number))


@api.post("/{number}/retire", response_class=Response, responses=_ONE)
async def retire(number: CorrectionNumber, service: Shared, bearer: Writer) -> Response:
    """Withdraw or reject a proposal."""
    return json(await service.work(CorrectionDesk(service.app).retire, bearer.principal, number))
