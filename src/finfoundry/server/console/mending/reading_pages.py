"""Reading by hand beside the page: the border of a table drawn anew, a figure added that was not read; approved, undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from finfoundry.core.document import Box, Page
from finfoundry.core.errors import FinfoundryError, InputError
from finfoundry.core.principal import Principal
from finfoundry.governance.api_keys import Bearer
from finfoundry.knowledge.corrections.hand_reading import ReadingDraft
from finfoundry.knowledge.ingest.bordered_page import BORDERED
from finfoundry.knowledge.storage.store import FactQuery
from finfoundry.server.console.evidence.marked_page import MarkedPage, Target, marked_page
from finfoundry.server.console.mending.reading_form import (
    EDGES,
    UnreadCell,
    figure_fields,
    sent_box,
    sent_columns,
    sent_figure,
    suggested,
    unread_cells,
)
from finfoundry.server.console.render import page
from finfoundry.server.limits.errors import status_of
from finfoundry.server.routes.credentials import opened
from finfoundry.server.routes.documents import box_of
from finfoundry.server.service.state import Service, Shared
from finfoundry.usecases.mending.reading_desk import BorderGiven, FigureGiven, ReadingDesk

reading_pages = APIRouter(include_in_schema=False)
Visitor = Annotated[Bearer, Depends(opened("read"))]
Writer = Annotated[Bearer, Depends(opened("write"))]
Number = Annotated[int, Path(ge=1, lt=2**63)]
Kind = Literal["figure", "table"]
_MOST_FACTS = 2_000  # of a page, among which those of its cells are looked for


@dataclass(frozen=True, slots=True)
class SentReading:
    """What the form sent: the page, the kind, all fields by their names, and whether it is to be proposed or only shown."""

    document: str
    page: int
    kind: Kind
    fields: Mapping[str, str]
    why: str = ""
    act: str = ""
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class PageBeside:
    """The page of the form, marked, and its numbers that are no facts."""

    shown: MarkedPage
    page: Page
    bordered: bool
    unread: list[UnreadCell]
    suggested: dict[str, str]


@dataclass(frozen=True, slots=True)
class ReadingAttempt:
    """What became of what was sent."""

    draft: ReadingDraft | None = None
    error: FinfoundryError | None = None
    proposed: bool = False


async def sent_reading(request: Request) -> SentReading:
    """Fields are read by name. Raises InputError for a kind or a page that is none."""
    async with request.form(max_files=0, max_fields=20) as form:
        given = {name: str(value)[:4000] for name, value in form.items()}
    kind, number = given.get("kind", ""), given.get("page", "")
    if kind not in ("figure", "table") or not number.isdecimal() or len(number) > 7:
        raise InputError("The form says neither which page nor what is to be read", remedy="Open the page again, from its document")
    wanted: Kind = "figure" if kind == "figure" else "table"
    return SentReading(
        given.get("document", "")[:20], int(number), wanted, given, given.get("why", ""), given.get("act", "try"), "anyway" in given
    )


@reading_pages.get("/console/readings")
async def read(
    request: Request,
    service: Shared,
    bearer: Visitor,
    document: Annotated[str, Query(max_length=20)],
    page: Annotated[int, Query(ge=1, lt=10_000_000)],
    kind: Kind = "table",
    box: Annotated[str | None, Query(max_length=80)] = None,
) -> Response:
    """The form beside the page; a figure's cell says what it can."""
    place = box_of(box) if box else None
    beside = await service.work(_beside, service, bearer.principal, document, page, place)
    fields = beside.suggested | ({name: f"{edge:.1f}" for name, edge in zip(EDGES, place, strict=True)} if place else {})
    return _form(request, bearer, beside, SentReading(document, page, kind, fields), ReadingAttempt())


@reading_pages.post("/console/readings")
async def propose(request: Request, service: Shared, bearer: Writer, sent: Annotated[SentReading, Depends(sent_reading)]) -> Response:
    """Show what a reading changes, or propose it; what is refused is said beside the form."""
    beside = await service.work(_beside, service, bearer.principal, sent.document, sent.page, None)
    told = await service.compute(request, bearer, _attempt, service, bearer.principal, sent)
    if told.proposed:
        return RedirectResponse(f"/console/corrections?state=proposed&document={sent.document}", 303)
    if told.draft and told.draft.box:
        beside = await service.work(_beside, service, bearer.principal, sent.document, sent.page, told.draft.box)
    return _form(request, bearer, beside, sent, told)


@reading_pages.post("/console/readings/{number}/approve")
async def approve(service: Shared, bearer: Writer, number: Number) -> Response:
    await service.work(service.app.readings.approve, bearer.principal, number)
    return RedirectResponse("/console/corrections", 303)


@reading_pages.post("/console/readings/{number}/undo")
async def undo(service: Shared, bearer: Writer, number: Number) -> Response:
    await service.work(service.app.readings.undo, bearer.principal, number)
    return RedirectResponse("/console/corrections", 303)


@reading_pages.post("/console/readings/{number}/retire")
async def retire(service: Shared, bearer: Writer, number: Number) -> Response:
    await service.work(service.app.readings.retire, bearer.principal, number)
    return RedirectResponse("/console/corrections", 303)


def _beside(service: Service, principal: Principal, document: str, number: int, box: Box | None) -> PageBeside:
    store = service.app.store
    stored, found = store.document(principal, document), store.page(principal, document, number)
    facts = [
        one.fact for one in store.facts(principal, FactQuery(document_id=document, page=number, limit=_MOST_FACTS)) if not one.structured
    ]
    said = suggested(found, facts, box) if box else {}
    return PageBeside(marked_page(stored, found, [Target(box)]), found, stored.media_type in BORDERED, unread_cells(found, facts), said)


def _attempt(service: Service, principal: Principal, sent: SentReading) -> ReadingAttempt:
    desk = ReadingDesk(service.app, service.bordered)
    draft = None
    try:
        if sent.kind == "figure":
            figure = FigureGiven(sent.document, sent.page, sent_box(sent.fields), sent_figure(sent.fields))
            draft = desk.try_figure(principal, figure)
            if sent.act == "propose":
                desk.propose_figure(principal, figure, sent.why, anyway=sent.anyway)
        else:
            border = BorderGiven(sent.document, sent.page, sent_box(sent.fields) or (), sent_columns(sent.fields))
            if sent.act == "propose":
                desk.propose_table(principal, border, sent.why, anyway=sent.anyway)
            else:
                draft = desk.try_table(principal, border)
    except InputError as error:
        return ReadingAttempt(draft, error)
    return ReadingAttempt(draft, proposed=sent.act == "propose")


def _form(request: Request, bearer: Bearer, beside: PageBeside, sent: SentReading, told: ReadingAttempt) -> Response:
    values: dict[str, Any] = {"beside": beside, "pages": [beside.shown], "sent": sent, "edges": EDGES, "draft": told.draft}
    values |= {"error": told.error, "fields": figure_fields(sent.fields) if sent.kind == "figure" else ()}
    return page(request, "mending/read.html", bearer, "corrections", status_of(told.error) if told.error else 200, **values)
