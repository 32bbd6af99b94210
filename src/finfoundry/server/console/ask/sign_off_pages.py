"""A shared conversation: what of it the reader may see, and signing an answer of it off; the receipt of an answer as a file."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from finfoundry.conversations.history import PastTurn
from finfoundry.conversations.sign_off import LONGEST_NOTE
from finfoundry.core.errors import NotFound
from finfoundry.governance.api_keys import Bearer
from finfoundry.runtime import audit
from finfoundry.server.console.ask.conversation_pages import file_answer, turn_values
from finfoundry.server.console.render import page
from finfoundry.server.routes.credentials import opened
from finfoundry.server.service.state import Shared

sign_off_pages = APIRouter(include_in_schema=False)
Visitor = Annotated[Bearer, Depends(opened("read"))]
Writer = Annotated[Bearer, Depends(opened("write"))]


@sign_off_pages.get("/console/shared/{link}")
async def shared(request: Request, service: Shared, bearer: Visitor, link: str) -> Response:
    """A conversation that somebody shared: the turns whose papers the reader may see, how many are missing, and which may be signed."""
    found = await service.work(service.app.history.shared, bearer.principal, link)
    signable = await service.work(service.app.sign_off.signable, bearer.principal, link) if bearer.scopes & {"write", "admin"} else set()
    seen = [turn for turn in found.seen if turn.answer]
    told = [turn_values(request, "", turn) for turn in seen]
    values: dict[str, Any] = {"person": found.person, "turns": told, "missing": found.turns - len(seen), "link": link, "signable": signable}
    return page(request, "ask/shared.html", bearer, "ask", collection="", most=LONGEST_NOTE, **values)


@sign_off_pages.post("/console/shared/{link}/{number}/sign")
async def sign(
    service: Shared,
    bearer: Writer,
    link: str,
    number: int,
    receipt: Annotated[str, Form(max_length=40)],
    note: Annotated[str, Form(max_length=2 * LONGEST_NOTE)] = "",
) -> Response:
    """Stand for an answer that somebody else was given."""
    await service.work(service.app.sign_off.sign, bearer.principal, link, number, receipt, note)
    return RedirectResponse(f"/console/shared/{link}#turn-{number}", 303)


@sign_off_pages.post("/console/shared/{link}/{record}/withdraw")
async def withdraw(service: Shared, bearer: Writer, link: str, record: str) -> Response:
    """Take one's own signature back."""
    await service.work(service.app.sign_off.withdraw, bearer.principal, record)
    return RedirectResponse(f"/console/shared/{link}", 303)


@sign_off_pages.get("/console/ask/{conversation}/{turn}/receipt.json")
async def receipt(service: Shared, bearer: Visitor, conversation: str, turn: int) -> Response:
    """An answer of one's own with its record in the audit and the signatures on it."""
    _, turns = await service.work(service.app.history.show, bearer.principal, conversation)
    found = next((one for one in turns if one.number == turn), None)
    if found is None or found.answer is None:
        raise NotFound("There is no such answer", remedy="Ask again")
    return file_answer(audit.canonical(audit.plain(_receipt(found))), "application/json", "receipt.json")


def _receipt(turn: PastTurn) -> dict[str, object]:
    return {"receipt": turn.answer and turn.answer.audit_id, "question": turn.question, "answer": turn.answer, "signed": turn.signed}
