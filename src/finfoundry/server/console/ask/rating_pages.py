"""Rating an answer: right by one click, wrong by two, with the answer as it should have been."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from finfoundry.governance.api_keys import Bearer
from finfoundry.server.console.render import fragment
from finfoundry.server.routes.credentials import opened
from finfoundry.server.service.state import Shared
from finfoundry.usecases.feedback import Feedback, FeedbackGiven

rating_pages = APIRouter(include_in_schema=False)
Visitor = Annotated[Bearer, Depends(opened("read"))]


@rating_pages.post("/console/feedback")
async def rate(
    request: Request,
    service: Shared,
    bearer: Visitor,
    record: Annotated[str, Form(max_length=100)],
    verdict: Annotated[Literal["right", "wrong", "incomplete"], Form()],
    correction: Annotated[str, Form(max_length=20_000)] = "",
    conversation: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Kept in the audit under the reader's key, as over the API."""
    given = FeedbackGiven(record, verdict, correction)
    await service.work(Feedback(service.app).add, bearer.principal, given)
    if request.headers.get("x-fragment"):
        return HTMLResponse(fragment(request, "ask/rated.html", bearer, verdict=verdict))
    return RedirectResponse(f"/console/ask/{conversation}" if conversation else "/console/ask", 303)
