"""The product's own API under ``/v1``: questions, evidence, facts, audit."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import PlainTextResponse, Response

from finfoundry.binding.verify import Report
from finfoundry.core.answer import Answer
from finfoundry.core.errors import FinfoundryError
from finfoundry.governance.api_keys import Bearer
from finfoundry.governance.replay import ReplayReport
from finfoundry.governance.trail import AuditTrace, Listed
from finfoundry.knowledge.shown.views import FactView, HitView, json_text
from finfoundry.server.limits.errors import ErrorBody, body_of, request_id
from finfoundry.server.routes import given, verifying
from finfoundry.server.routes.bodies import (
    STREAMED,
    AskRequest,
    Collection,
    FeedbackRecord,
    FeedbackRequest,
    Health,
    Ready,
    SearchRequest,
    VerifyRequest,
)
from finfoundry.server.routes.credentials import Reader, Shared, opened, still_open
from finfoundry.server.routes.readiness import overloaded, readiness
from finfoundry.server.service.events import event, streamed, watched, while_there
from finfoundry.server.service.state import Service, Still
from finfoundry.usecases.feedback import Feedback as Ratings
from finfoundry.usecases.feedback import FeedbackGiven

T = TypeVar("T")
Auditor = Annotated[Bearer, Depends(opened("audit"))]
READY_WITHIN = 2.0  # seconds; a balancer waits little longer
errors: dict[int | str, dict[str, Any]] = {"4XX": {"model": ErrorBody}, "5XX": {"model": ErrorBody}}
api = APIRouter(prefix="/v1", responses=errors)
health = APIRouter(tags=["health"])


def json(value: Any, status: int = 200) -> Response:
    """The product's own shapes as they are printed on the command line, too."""
    return Response(json_text(value, indent=None), status, media_type="application/json")


@api.post("/verify", response_model=Report, tags=["verify"])
async def verify(body: VerifyRequest, request: Request, service: Shared, bearer: Reader) -> Response:
    """Check an answer of any system against evidence: which figures hold, to what they are bound, and why the others do not."""
    done = await service.check(request, bearer, verifying.check, service.app, service.apart, bearer.principal, body)
    service.metrics.count("figures_verified_total", done.bound, outcome="bound")
    service.metrics.count("figures_verified_total", done.unbound, outcome="unbound")
    return Response(done.outcome, media_type="application/json")


@api.post("/ask", response_model=Answer, responses=STREAMED, tags=["ask"])
async def ask(body: AskRequest, request: Request, service: Shared, bearer: Reader) -> Response:
    """Answer a question from the store; every figure is bound to its source, or the answer is withheld."""
    await service.work(service.app.policy.require_collection, bearer.principal, body.collection)
    if body.stream:
        return streamed(_asking(service, bearer, body, request_id(request), still_open(request)))
    return json(await while_there(request, _answered(service, bearer, body)))


async def _answered(service: Service, bearer: Bearer, body: AskRequest) -> Answer:
    if body.papers:
        return await service.in_turn(bearer, lambda: given.answer(service, bearer.principal, body))
    return await service.ask(bearer, body.question, body.collection, body.conversation)


async def _asking(service: Service, bearer: Bearer, body: AskRequest, identifier: str, still: Still) -> AsyncIterator[str]:
    try:
        async for sign in watched(_answered(service, bearer, body), still):
            if isinstance(sign, float):
                yield event("progress", {"seconds": sign, "waiting": service.asks.waiting, "state": "working"})
            else:
                yield event("answer", sign.result())
    except FinfoundryError as error:
        yield event("error", body_of(error, identifier))


@api.post("/search", response_model=list[HitView], tags=["search"])
async def search(body: SearchRequest, request: Request, service: Shared, bearer: Reader) -> Response:
    """Passages: words, meaning and facts together, filtered by what the query names and what the user may read."""
    await service.work(service.app.policy.require_collection, bearer.principal, body.collection)
    return json(await service.compute(request, bearer, service.app.search, bearer.principal, body.query, body.limit, body.collection))


@api.get("/facts", response_model=list[FactView], tags=["facts"])
async def facts(
    service: Shared,
    bearer: Reader,
    entity: Annotated[str | None, Query(max_length=500)] = None,
    metric: Annotated[str | None, Query(max_length=500)] = None,
    period: Annotated[str | None, Query(max_length=100)] = None,
    collection: Annotated[str | None, Query(max_length=255)] = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
) -> Response:
    """Exact figures with entity, metric, period, unit and place."""
    return json(await service.work(service.app.facts, bearer.principal, entity, metric, period, collection, limit))


@api.get("/collections", response_model=list[Collection], tags=["documents"])
async def collections(service: Shared, bearer: Reader) -> Response:
    """The collections that hold a document which the user may read."""
    documents = await service.work(service.app.documents, bearer.principal)
    numbers, pages = Counter(one.collection for one in documents), Counter[str]()
    for one in documents:
        pages[one.collection] += one.pages
    return json([Collection(name, numbers[name], pages[name]) for name in sorted(numbers)])


@api.get("/audit", response_model=list[Listed], tags=["audit"])
async def audit_list(service: Shared, bearer: Auditor) -> Response:
    """The latest records, without contents. Needs the scope audit, as all of the audit."""
    return json(await service.work(service.app.audit_show, bearer.principal, None))


@api.get("/audit/{record}", response_model=AuditTrace, tags=["audit"])
async def audit_show(record: str, service: Shared, bearer: Auditor) -> Response:
    """One record, with its contents where they are not erased."""
    return json(await service.work(service.app.audit_show, bearer.principal, record))


@api.post("/audit/{record}/replay", response_model=ReplayReport, tags=["audit"])
async def audit_replay(record: str, request: Request, service: Shared, bearer: Auditor) -> Response:
    """Recompute facts, calculations and bindings of an answer from its record, without a model."""
    return json(await service.compute(request, bearer, service.app.audit_replay, bearer.principal, record))


@api.post("/feedback", response_model=FeedbackRecord, status_code=201, tags=["feedback"])
async def feedback(body: FeedbackRequest, service: Shared, bearer: Reader) -> Response:
    """Say whether an answer of yours was right, and how it should have been. It is kept in the audit, under the user's key."""
    return json(await service.work(_keep_feedback, service, bearer, body), 201)


def _keep_feedback(service: Service, bearer: Bearer, body: FeedbackRequest) -> FeedbackRecord:
    said = FeedbackGiven(body.audit_id, body.verdict, body.correction, body.comment)
    return FeedbackRecord(Ratings(service.app).add(bearer.principal, said).record)


@health.get("/healthz", response_model=Health)
async def healthz() -> Response:
    """The process runs."""
    return json(Health("ok"))


@health.get("/readyz", response_model=Ready)
async def readyz(service: Shared) -> Response:
    """Whether questions can be answered now: 200, or 503 while stopping, without the database, when its schema is another version's, or
    when that cannot be said in time. ``busy``: a new request is refused for now, or has to wait.
    """
    try:
        async with asyncio.timeout(READY_WITHIN):
            ready = await service.look(readiness, service)
    except TimeoutError:
        ready = overloaded(service)
    return json(ready, 200 if ready.ready else 503)


@health.get("/metrics", response_class=PlainTextResponse)
async def metrics(service: Shared) -> Response:
    """Prometheus text. It holds no content and no names of users."""
    return PlainTextResponse(service.metrics.text(service.gauges()), media_type="text/plain; version=0.0.4")
