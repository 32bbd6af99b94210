"""Summaries of papers, and what changed in their risk factors: for who may read them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from finfoundry.server.routes.bodies import Body
from finfoundry.server.routes.credentials import Reader, Shared
from finfoundry.server.routes.questions import errors, json
from finfoundry.summaries.risk_changes import RiskChanges
from finfoundry.summaries.summary import MOST_PAPERS, MOST_SENTENCES, Summary

api = APIRouter(prefix="/v1", responses=errors, tags=["summaries"])
DocumentId = Annotated[str, Field(min_length=1, max_length=50)]


class SummaryRequest(Body):
    documents: Annotated[list[DocumentId], Field(min_length=1, max_length=MOST_PAPERS)]
    section: str = Field("", max_length=500, description="Words of a heading: only what stands below it is summarised")
    sentences: Annotated[int, Field(ge=1, le=MOST_SENTENCES)] = 6


class RiskChangesRequest(Body):
    document: DocumentId
    against: DocumentId


@api.post("/summaries", response_model=Summary)
async def summaries(body: SummaryRequest, request: Request, service: Shared, bearer: Reader) -> Response:
    """The figures of the papers' year and their own worthiest sentences, each bound to its place; and what is left out."""
    asked = (bearer.principal, body.documents, body.section, body.sentences)
    return json(await service.compute(request, bearer, service.app.summarise, *asked))


@api.post("/risk-changes", response_model=RiskChanges)
async def risk_changes(body: RiskChangesRequest, request: Request, service: Shared, bearer: Reader) -> Response:
    """Which risk factors of a paper are new, gone or changed against another year's, with the sentences that differ."""
    return json(await service.compute(request, bearer, service.app.risk_changes, bearer.principal, body.document, body.against))
