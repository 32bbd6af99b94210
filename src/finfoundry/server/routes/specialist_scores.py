"""Scores of specialists in service under ``/v1/specialists``: by the promoted version only, checked by its schema, audited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Annotated, Any, Self

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import Field, model_validator

from finfoundry.app import App
from finfoundry.core.errors import NotFound, SettingsError
from finfoundry.core.principal import Principal
from finfoundry.server.routes.bodies import Body
from finfoundry.server.routes.credentials import Reader, Shared, Writer
from finfoundry.server.routes.questions import errors, json
from finfoundry.server.service.state import Service

if TYPE_CHECKING:
    from finfoundry.usecases.run_specialist import Desk

MOST_ROWS = 10_000  # of one request
Cell = str | int | float | bool | None
Row = Annotated[dict[str, Cell], Field(min_length=1, max_length=5_000)]
api = APIRouter(prefix="/v1/specialists", responses=errors, tags=["specialists"])
Id = Annotated[str, Field(min_length=1, max_length=200)]
_TAKEN: dict[int | str, dict[str, Any]] = {
    200: {"description": "docs/schemas/specialist-payments.json; without waiting docs/schemas/specialist-batch.json",
          "content": {"application/json": {}}}
}  # fmt: skip
_BATCH: dict[int | str, dict[str, Any]] = {200: {"description": "docs/schemas/specialist-batch.json", "content": {"application/json": {}}}}
_SCORES: dict[int | str, dict[str, Any]] = {
    200: {"description": "docs/schemas/specialist-scores.json", "content": {"application/json": {}}}
}


class ScoreRequest(Body):
    """One row, or several. Columns are named as in training; a missing cell is null."""

    row: Row | None = None
    rows: Annotated[list[Row], Field(min_length=1, max_length=MOST_ROWS)] | None = None
    reasons: bool = Field(True, description="Up to five reasons a row; with base and rest they sum to the score")
    as_of: Annotated[str, Field(min_length=1, max_length=40)] | None = Field(
        None, description="aml: the day of the judgement; later transfers do not count"
    )
    transfers: Annotated[list[Row], Field(min_length=1, max_length=10 * MOST_ROWS)] | None = Field(
        None, description="aml: the transfers, if not those of training"
    )

    @model_validator(mode="after")
    def one_of_both(self) -> Self:
        if (self.row is None) == (self.rows is None):
            raise ValueError("give either row or rows")
        return self

    def table(self) -> Sequence[Mapping[str, Cell]]:
        return self.rows if self.rows is not None else [self.row or {}]


class PaymentsRequest(Body):
    """Payments as they come, and what became known of earlier ones: fraud or not."""

    payments: Annotated[list[Row], Field(max_length=MOST_ROWS)] = Field(default_factory=list)
    labels: Annotated[dict[Id, bool], Field(max_length=MOST_ROWS)] = Field(
        default_factory=dict, description="By a payment's id: was it fraud?"
    )
    score: bool = Field(True, description="Score the payments as of their times")
    reasons: bool = Field(False, description="Up to five reasons a payment")
    wait: bool = Field(True, description="False: the worker takes them in, and GET …/payments/{batch} says what became of them")

    @model_validator(mode="after")
    def something(self) -> Self:
        if not self.payments and not self.labels:
            raise ValueError("give payments or labels")
        return self


@api.post("/{name}/payments", response_class=Response, responses=_TAKEN)
async def payments(name: str, body: PaymentsRequest, request: Request, service: Shared, bearer: Writer) -> Response:
    """Enter payments into what fraud's windows look back on, each once by its id, and score them by the version in use."""
    work = partial(_take, service, bearer.principal, name, body)
    return json(await service.compute(request, bearer, work))


@api.get("/{name}/payments/{batch}", response_class=Response, responses=_BATCH)
async def batch(name: str, batch: Annotated[str, Path(max_length=50)], service: Shared, bearer: Reader) -> Response:
    """What became of payments that were sent without waiting."""
    return json(await service.work(_batch, service, bearer.principal, name, batch))


@api.get("", response_class=Response, responses={200: {"content": {"application/json": {}}}})
async def specialists(service: Shared, bearer: Reader) -> Response:
    """The specialists that the user may call, with the version in use."""
    found = await service.work(service.app.specialists.names, bearer.principal)
    return json([one for one in found if one.version is not None])


@api.post("/{name}/score", response_class=Response, responses=_SCORES)
async def score(name: str, body: ScoreRequest, request: Request, service: Shared, bearer: Reader) -> Response:
    """Score rows by the version in use. A row that departs from the schema comes back with why; the others are scored."""
    work = partial(_score, service, bearer.principal, name, body)
    found = await service.compute(request, bearer, work)
    service.metrics.count("specialist_rows_total", len(found.rows))
    return json(found)


def _take(service: Service, principal: Principal, name: str, body: PaymentsRequest) -> Any:
    intake = desk_of(service.app).intake
    if not body.wait:
        return intake.queue(principal, name, body.payments, body.labels, score=body.score)
    return intake.enter(principal, name, body.payments, body.labels, score=body.score, reasons=body.reasons)


def _batch(service: Service, principal: Principal, name: str, identifier: str) -> Any:
    found = desk_of(service.app).intake.batch(principal, identifier)
    if found.specialist != name:
        raise NotFound(f"No batch {identifier!r} of {name!r}")
    return found


def _score(service: Service, principal: Principal, name: str, body: ScoreRequest) -> Any:
    return desk_of(service.app).serve(
        principal, name, body.table(), reasons=body.reasons, options={"as_of": body.as_of, "transfers": body.transfers}
    )


@lru_cache(maxsize=4)
def desk_of(app: App) -> Desk:
    """One an open home: it keeps what it loaded. Raises SettingsError where the extra is not installed."""
    try:
        from finfoundry.usecases.run_specialist import Desk
    except ModuleNotFoundError as error:
        raise SettingsError(f"Specialists need the package {error.name}", remedy="Install finfoundry[specialists]") from error
    return Desk(app)
