"""Who may use a specialist, and what came of it, under ``/v1/specialists``: validations, promotion, decisions, outcomes, back-tests.

Each act needs the role that it takes on the command line (``specialists/lifecycle/roles.py``), and the person's own key.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import Field

from finfoundry.core.principal import Principal
from finfoundry.server.routes.bodies import Body
from finfoundry.server.routes.credentials import Reader, Shared, Writer
from finfoundry.server.routes.questions import errors, json
from finfoundry.server.routes.specialist_scores import MOST_ROWS, Id, Row, desk_of
from finfoundry.server.service.state import Service

api = APIRouter(prefix="/v1/specialists", responses=errors, tags=["specialists"])
Version = Annotated[str, Path(min_length=12, max_length=64, description="The version, or how it begins")]


def _shape(name: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": f"docs/schemas/{name}.json", "content": {"application/json": {}}}}


class ValidationRequest(Body):
    """A validator's form (docs/specialists.md), and the rows on which the version is tested, with their outcomes."""

    form: dict[str, Any]
    rows: Annotated[list[Row], Field(min_length=1, max_length=MOST_ROWS)]


class DecisionsRequest(Body):
    """Decisions on scored rows: ``id``, ``decision``, and for an override ``override`` and ``why``."""

    decisions: Annotated[list[dict[str, str | bool]], Field(min_length=1, max_length=MOST_ROWS)]


class OutcomesRequest(Body):
    """By the id of a row: did the event take place?"""

    outcomes: Annotated[dict[Id, bool], Field(min_length=1, max_length=MOST_ROWS)]


class MovesRequest(Body):
    """What the series did, day by day, as they are given for scoring."""

    rows: Annotated[list[Row], Field(min_length=1, max_length=MOST_ROWS)]


class ChallengeRequest(Body):
    share: float = Field(0.1, gt=0, le=1, description="Of the rows in service, by their ids")


@api.get("/{name}/versions/{version}/validations", response_class=Response, responses=_shape("specialist-validations"))
async def validations(name: str, version: Version, service: Shared, bearer: Reader) -> Response:
    """What validators found of a version, the latest first."""
    return json(await service.work(_validations, service, bearer.principal, name, version))


@api.post("/{name}/versions/{version}/validations", response_class=Response, responses=_shape("specialist-validated"))
async def sign(name: str, version: Version, body: ValidationRequest, request: Request, service: Shared, bearer: Writer) -> Response:
    """Validate a version, as a validator who did not train it."""
    return json(await service.compute(request, bearer, partial(_sign, service, bearer.principal, name, version, body)))


@api.post("/{name}/versions/{version}/promote", response_class=Response, responses=_shape("specialist-registered"))
async def promote(name: str, version: Version, request: Request, service: Shared, bearer: Writer) -> Response:
    """Take a validated version into use, as an approver who neither trained nor validated it."""
    return json(await service.compute(request, bearer, _promote, service, bearer.principal, name, version))


@api.post("/{name}/versions/{version}/retire", response_class=Response, responses=_shape("specialist-registered"))
async def retire(name: str, version: Version, service: Shared, bearer: Writer) -> Response:
    """Take a version out of use, as an approver who did not train it."""
    return json(await service.work(_retire, service, bearer.principal, name, version))


@api.post("/{name}/decisions", response_class=Response, responses=_shape("specialist-noted"))
async def decide(name: str, body: DecisionsRequest, request: Request, service: Shared, bearer: Writer) -> Response:
    """Record what people decided on rows that were scored."""
    return json(await service.compute(request, bearer, _decide, service, bearer.principal, name, body.decisions))


@api.post("/{name}/outcomes", response_class=Response, responses=_shape("specialist-noted"))
async def note(name: str, body: OutcomesRequest, request: Request, service: Shared, bearer: Writer) -> Response:
    """Record what came of rows that were scored; an outcome is final."""
    return json(await service.compute(request, bearer, _note, service, bearer.principal, name, body.outcomes))


@api.post("/{name}/moves", response_class=Response, responses=_shape("specialist-noted"))
async def moves(name: str, body: MovesRequest, request: Request, service: Shared, bearer: Writer) -> Response:
    """Record what the series of a market-risk specialist did since its forecasts; a move is final."""
    return json(await service.compute(request, bearer, partial(_moves, service, bearer.principal, name, body.rows)))


@api.post("/{name}/versions/{version}/challenge", response_class=Response, responses=_shape("specialist-challenger"))
async def challenge(name: str, version: Version, body: ChallengeRequest, request: Request, service: Shared, bearer: Writer) -> Response:
    """Let a candidate score a share of the traffic, as an approver who did not train it. No answer shows it, or is changed by it."""
    return json(await service.compute(request, bearer, partial(_challenge, service, bearer.principal, name, version, body.share)))


@api.post("/{name}/challenger/end", status_code=204, response_class=Response)
async def end_challenger(name: str, service: Shared, bearer: Writer) -> Response:
    """End the challenger, as an approver; its scores stay on record."""
    await service.work(_end, service, bearer.principal, name)
    return Response(status_code=204)


@api.get("/{name}/comparison", response_class=Response, responses=_shape("specialist-comparison"))
async def comparison(name: str, request: Request, service: Shared, bearer: Reader) -> Response:
    """The latest challenger against the version in use, on what both scored and what came of it."""
    return json(await service.compute(request, bearer, partial(_compare, service, bearer.principal, name)))


@api.get("/{name}/backtest", response_class=Response, responses=_shape("specialist-backtest"))
async def backtest(name: str, request: Request, service: Shared, bearer: Reader) -> Response:
    """The version in use against what came of its own recorded scores."""
    return json(await service.compute(request, bearer, partial(_backtest, service, bearer.principal, name)))


def _validations(service: Service, principal: Principal, name: str, version: str) -> Any:
    registry = desk_of(service.app).registry
    return registry.validations(principal, registry.version_of(principal, name, version))


def _sign(service: Service, principal: Principal, name: str, version: str, body: ValidationRequest) -> Any:
    from finfoundry.specialists.lifecycle.validations import form_of

    desk = desk_of(service.app)
    return desk.sign_rows(principal, desk.registry.version_of(principal, name, version), body.rows, form_of(body.form, "form"))


def _promote(service: Service, principal: Principal, name: str, version: str) -> Any:
    desk = desk_of(service.app)
    return desk.promote_version(principal, desk.registry.version_of(principal, name, version))


def _retire(service: Service, principal: Principal, name: str, version: str) -> Any:
    registry = desk_of(service.app).registry
    return registry.retire_version(principal, registry.version_of(principal, name, version))


def _decide(service: Service, principal: Principal, name: str, decisions: list[dict[str, str | bool]]) -> Any:
    from finfoundry.specialists.lifecycle import outcomes

    desk_of(service.app)
    return outcomes.decide(service.app.database, principal, name, outcomes.decisions_of(decisions))


def _note(service: Service, principal: Principal, name: str, found: Mapping[str, bool]) -> Any:
    from finfoundry.specialists.lifecycle import outcomes

    desk_of(service.app)
    return outcomes.note(service.app.database, principal, name, found)


def _backtest(service: Service, principal: Principal, name: str) -> Any:
    desk = desk_of(service.app)
    from finfoundry.usecases.specialist_production import back_test

    return back_test(desk, principal, name)


def _moves(service: Service, principal: Principal, name: str, rows: list[dict[str, Any]]) -> Any:
    desk = desk_of(service.app)
    from finfoundry.usecases.specialist_production import note_moves

    return note_moves(desk, principal, name, rows)


def _challenge(service: Service, principal: Principal, name: str, version: str, share: float) -> Any:
    desk = desk_of(service.app)
    return desk.challenge(principal, desk.registry.version_of(principal, name, version), share)


def _end(service: Service, principal: Principal, name: str) -> None:
    desk_of(service.app)
    from finfoundry.specialists.lifecycle.shadow import end_shadow

    end_shadow(service.app.database, principal, name)


def _compare(service: Service, principal: Principal, name: str) -> Any:
    desk = desk_of(service.app)
    from finfoundry.usecases.specialist_production import compare

    return compare(desk, principal, name)
