"""Correcting a fact beside its page, and the list of corrections: proposed, in force, ended, each with its difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from finfoundry.core.document import FactReading
from finfoundry.core.errors import FinfoundryError, InputError
from finfoundry.core.principal import Principal
from finfoundry.governance.api_keys import Bearer
from finfoundry.knowledge.corrections.correction import CorrectionDraft
from finfoundry.knowledge.corrections.drafting import MOST_TOGETHER, REACHES, Reach
from finfoundry.knowledge.storage.document_reading import stored_fact
from finfoundry.knowledge.storage.store import StoredFact
from finfoundry.server.console.evidence.marked_page import MarkedPage, Target, marked_page
from finfoundry.server.console.mending.correction_form import changed_fields, form_fields
from finfoundry.server.console.render import page
from finfoundry.server.limits.errors import status_of
from finfoundry.server.routes.credentials import opened
from finfoundry.server.service.state import Service, Shared
from finfoundry.usecases.correction_desk import CorrectionDesk, fields_of

correction_pages = APIRouter(include_in_schema=False)
Visitor = Annotated[Bearer, Depends(opened("read"))]
Writer = Annotated[Bearer, Depends(opened("write"))]
Number = Annotated[int, Path(ge=1, lt=2**63)]
FactId = Annotated[str, Query(max_length=60)]
State = Annotated[Literal["proposed", "approved", "retired"] | None, Query()]


@dataclass(frozen=True, slots=True)
class SentCorrection:
    """What the form sent: the fact, its fields, why, and whether it is to be proposed or only shown."""

    fact: str
    fields: dict[str, str]
    why: str
    act: str
    anyway: bool
    reach: Reach = "cell"


async def sent_correction(request: Request) -> SentCorrection:
    """Fields are read by name: a form sends them all, the desk refuses what it does not know."""
    async with request.form(max_files=0, max_fields=20) as form:
        given = {name: str(value)[:4000] for name, value in form.items()}
    rest = {name: value for name, value in given.items() if name not in ("fact", "why", "act", "anyway", "reach")}
    reach = next((one for one in REACHES if one == given.get("reach", "cell")), None)
    if reach is None:
        raise InputError(f"reach is none of its choices: {given['reach'][:40]!r}", remedy=f"Choose one of {', '.join(REACHES)}")
    return SentCorrection(given.get("fact", "")[:60], rest, given.get("why", ""), given.get("act", "try"), "anyway" in given, reach)


@correction_pages.get("/console/correct")
async def correct(request: Request, service: Shared, bearer: Visitor, fact: FactId) -> Response:
    """A fact beside its page, with its fields as they were read."""
    found, shown = await service.work(_beside, service, bearer.principal, fact)
    return _form(request, bearer, found, shown, SentCorrection(fact, {}, "", "", anyway=False))


@correction_pages.post("/console/correct")
async def propose(request: Request, service: Shared, bearer: Writer, sent: Annotated[SentCorrection, Depends(sent_correction)]) -> Response:
    """Show what a correction changes, or propose it; what is refused is said beside the form."""
    told = await service.work(_attempt, service, bearer.principal, sent)
    if told.proposed:
        return RedirectResponse(f"/console/corrections?state=proposed&document={sent.fact.partition('/')[0]}", 303)
    return _form(request, bearer, told.fact, told.shown, sent, told)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of what was sent."""

    fact: StoredFact
    shown: MarkedPage
    drafts: Sequence[CorrectionDraft] = ()  # of the fact first, then of the others within reach
    error: FinfoundryError | None = None
    proposed: bool = False


def _beside(service: Service, principal: Principal, fact: str) -> tuple[StoredFact, MarkedPage]:
    found = stored_fact(service.app.database, principal, fact)
    store, place = service.app.store, Target(found.fact.box, found.fact.locator, found.fact.text)
    shown = marked_page(store.document(principal, found.document_id), store.page(principal, found.document_id, found.fact.page), [place])
    return found, shown


def _attempt(service: Service, principal: Principal, sent: SentCorrection) -> Attempt:
    found, shown = _beside(service, principal, sent.fact)
    desk = CorrectionDesk(service.app)
    drafts: Sequence[CorrectionDraft] = ()
    try:
        given = fields_of(changed_fields(FactReading.of(found.fact), sent.fields))
        drafts = desk.try_together(principal, sent.fact, given, sent.reach)
        if sent.act == "propose":
            desk.propose_together(principal, sent.fact, given, sent.why, sent.reach, anyway=sent.anyway)
            return Attempt(found, shown, drafts, proposed=True)
    except InputError as error:
        return Attempt(found, shown, drafts, error)
    return Attempt(found, shown, drafts)


def _form(
    request: Request, bearer: Bearer, found: StoredFact, shown: MarkedPage, sent: SentCorrection, told: Attempt | None = None
) -> Response:
    values: dict[str, Any] = {"fact": found.fact, "id": found.id, "pages": [shown], "sent": sent, "correction": found.correction}
    values |= {"fields": form_fields(FactReading.of(found.fact), sent.fields)}
    values |= {"draft": told.drafts[0] if told and told.drafts else None, "others": told.drafts[1:] if told else ()}
    values |= {"error": told.error if told else None, "reaches": REACHES if found.fact.table is not None else REACHES[:1]}
    status = status_of(told.error) if told and told.error else 200
    return page(request, "mending/correct.html", bearer, "corrections", status, **values)


@correction_pages.get("/console/corrections")
async def corrections(
    request: Request, service: Shared, bearer: Visitor, state: State = None, document: Annotated[str | None, Query(max_length=20)] = None
) -> Response:
    """The corrections of papers that the reader may see, the latest first."""
    desk = CorrectionDesk(service.app)
    found = await service.work(partial(desk.corrections, bearer.principal, state, document or None))
    readings = await service.work(partial(service.app.readings.readings, bearer.principal, state, document or None))
    papers = await service.work(service.app.documents, bearer.principal)
    pages = sum(one.pages for one in papers)
    in_force = sum(one.state == "approved" for one in (*found, *readings))
    values: dict[str, Any] = {"corrections": found[::-1], "readings": readings[::-1], "state": state, "document": document}
    values["waiting"] = [one.id for one in found if one.state == "proposed" and one.proposed_by != bearer.principal.user][:MOST_TOGETHER]
    values["rate"] = 100 * in_force / pages if pages else 0.0
    return page(request, "mending/corrections.html", bearer, "corrections", **values)


@correction_pages.post("/console/corrections/approve")
async def approve_together(service: Shared, bearer: Writer, number: Annotated[list[int], Form()]) -> Response:
    """Put proposals in force that belong together, all or none."""
    await service.work(CorrectionDesk(service.app).approve, bearer.principal, number[:MOST_TOGETHER])
    return RedirectResponse("/console/corrections", 303)


@correction_pages.post("/console/corrections/{number}/approve")
async def approve(service: Shared, bearer: Writer, number: Number) -> Response:
    await service.work(CorrectionDesk(service.app).approve, bearer.principal, [number])
    return RedirectResponse("/console/corrections", 303)


@correction_pages.post("/console/corrections/{number}/undo")
async def undo(service: Shared, bearer: Writer, number: Number) -> Response:
    await service.work(CorrectionDesk(service.app).undo, bearer.principal, number)
    return RedirectResponse("/console/corrections", 303)


@correction_pages.post("/console/corrections/{number}/retire")
async def retire(service: Shared, bearer: Writer, number: Number) -> Response:
    await service.work(CorrectionDesk(service.app).retire, bearer.principal, number)
    return RedirectResponse("/console/corrections", 303)
