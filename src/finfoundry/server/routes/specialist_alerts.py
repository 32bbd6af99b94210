"""Alerts on accounts under ``/v1/specialists/{name}/alerts``: raised, worked on, closed by two people, each with a key of their own."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field

from finfoundry.core.principal import Principal
from finfoundry.server.routes.bodies import Body
from finfoundry.server.routes.credentials import Reader, Shared, Writer
from finfoundry.server.routes.questions import errors, json
from finfoundry.server.routes.specialist_scores import MOST_ROWS, Row, desk_of
from finfoundry.server.service.state import Service

api = APIRouter(prefix="/v1/specialists/{name}/alerts", responses=errors, tags=["alerts"])
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="The alert's number in the queue")]
Text = Annotated[str, Field(min_length=1, max_length=20_000)]


def _shape(name: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": f"docs/schemas/{name}.json", "content": {"application/json": {}}}}


_ALERT, _ALERTS, _RAISED = map(_shape, ("specialist-alert", "specialist-alerts", "specialist-alerts-raised"))


class RaiseRequest(Body):
    """Accounts, the day of the judgement, and the transfers if not those of training."""

    rows: Annotated[list[Row], Field(min_length=1, max_length=MOST_ROWS)]
    as_of: Annotated[str, Field(min_length=1, max_length=40)]
    transfers: Annotated[list[Row], Field(min_length=1, max_length=10 * MOST_ROWS)] | None = None


class NoteRequest(Body):
    text: Text


class NarrativeRequest(Body):
    language: Literal["zh", "en"] = "en"


class ProposeRequest(Body):
    """``report`` needs a narrative."""

    outcome: Literal["report", "no suspicion"]
    why: Text


class ReturnRequest(Body):
    why: Text


@api.get("", response_class=Response, responses=_ALERTS)
async def listed(
    name: str, service: Shared, bearer: Reader, state: Annotated[Literal["open", "proposed", "closed"] | None, Query()] = None
) -> Response:
    """The queue, the riskiest first."""
    return json(await service.work(_act, service, "listed", bearer.principal, name, state))


@api.post("", response_class=Response, responses=_RAISED)
async def raise_(name: str, body: RaiseRequest, request: Request, service: Shared, bearer: Writer) -> Response:
    """Score accounts by the version in use, apply the rules in addition to the score, and put what they find into the queue."""
    return json(await service.compute(request, bearer, partial(_raise, service, bearer.principal, name, body)))


@api.get("/{number}", response_class=Response, responses=_ALERT)
async def shown(name: str, number: Number, service: Shared, bearer: Reader) -> Response:
    """An alert with the transfers that fired its rules, and its case."""
    return json(await service.work(_act, service, "shown", bearer.principal, name, number))


@api.post("/{number}/notes", response_class=Response, responses=_ALERT)
async def note(name: str, number: Number, body: NoteRequest, service: Shared, bearer: Writer) -> Response:
    """Add a note to the case."""
    return json(await service.work(_act, service, "note", bearer.principal, name, number, body.text))


@api.post("/{number}/narrative", response_class=Response, responses=_ALERT)
async def narrative(name: str, number: Number, body: NarrativeRequest, service: Shared, bearer: Writer) -> Response:
    """Draft the narrative from the alert's own figures, each bound, and add it to the case."""
    return json(await service.work(_narrative, service, bearer.principal, name, number, body.language))


@api.post("/{number}/propose", response_class=Response, responses=_ALERT)
async def propose(name: str, number: Number, body: ProposeRequest, service: Shared, bearer: Writer) -> Response:
    """Propose to close the alert; another person closes it."""
    return json(await service.work(_act, service, "propose", bearer.principal, name, number, body.outcome, body.why))


@api.post("/{number}/close", response_class=Response, responses=_ALERT)
async def close(name: str, number: Number, service: Shared, bearer: Writer) -> Response:
    """Close the alert as another person proposed."""
    return json(await service.work(_act, service, "close", bearer.principal, name, number))


@api.post("/{number}/return", response_class=Response, responses=_ALERT)
async def return_(name: str, number: Number, body: ReturnRequest, service: Shared, bearer: Writer) -> Response:
    """Return what another person proposed: the alert is open again."""
    return json(await service.work(_act, service, "send_back", bearer.principal, name, number, body.why))


def _act(service: Service, act: Literal["listed", "shown", "note", "propose", "close", "send_back"], *arguments: Any) -> Any:
    """An act of the queue. Raises SettingsError where the extra is not installed."""
    desk_of(service.app)
    from finfoundry.specialists.families.aml import alerts

    return getattr(alerts, act)(service.app.database, *arguments)


def _raise(service: Service, principal: Principal, name: str, body: RaiseRequest) -> Any:
    import pandas as pd

    from finfoundry.usecases.specialist_alerts import AlertDesk

    transfers = None if body.transfers is None else pd.DataFrame(body.transfers)
    return AlertDesk(service.app, desk_of(service.app)).watch(principal, name, body.rows, transfers, body.as_of)


def _narrative(service: Service, principal: Principal, name: str, number: int, language: str) -> Any:
    from finfoundry.usecases.specialist_alerts import AlertDesk

    return AlertDesk(service.app, desk_of(service.app)).narrative(principal, name, number, language)
