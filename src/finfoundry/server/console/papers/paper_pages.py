"""The pages of documents: the list with its queue, one document with its certificate, and what can be taken from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from finfoundry.app import App
from finfoundry.core.balance.digit_balance import MOST_SHOWN
from finfoundry.core.principal import Principal
from finfoundry.governance.api_keys import Bearer
from finfoundry.knowledge.storage.document_reading import goes_along, outline, places_of
from finfoundry.server.console.page_texts import words
from finfoundry.server.console.papers.certificate_picture import certificate_picture
from finfoundry.server.console.papers.paper_files import as_json, as_markdown, tables_workbook
from finfoundry.server.console.papers.paper_list import ORDERS, Order, PaperQuery, paper_page
from finfoundry.server.console.papers.sample_report import NAME, sample_report
from finfoundry.server.console.render import page, reader_language
from finfoundry.server.routes.credentials import opened
from finfoundry.server.routes.documents import take
from finfoundry.server.service.state import Service, Shared
from finfoundry.usecases import uploads

paper_pages = APIRouter(include_in_schema=False)
Visitor = Annotated[Bearer, Depends(opened("read"))]
Writer = Annotated[Bearer, Depends(opened("write"))]
Short = Annotated[str, Query(max_length=500)]
MOST_AT_ONCE = 10_000  # files in the queue of a browser
PAGES_LISTED = 500  # links to pages of one document
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def paper_query(
    q: Short = "",
    collection: Short = "",
    label: Short = "",
    sort: Order = "added",
    marked: bool = False,
    at: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> PaperQuery:
    """What the form looks for."""
    return PaperQuery(q, collection, label, sort, marked, at)


@paper_pages.get("/console/documents")
async def documents(
    request: Request, service: Shared, bearer: Visitor, query: Annotated[PaperQuery, Depends(paper_query)], reading: Short = ""
) -> Response:
    found = await service.work(service.app.documents, bearer.principal)
    labels = await service.work(service.app.policy.visible_labels, bearer.principal)
    collections = sorted({one.collection for one in found})
    values: dict[str, Any] = {"shown": paper_page(found, query), "query": query, "labels": labels, "collections": collections}
    values |= {"default": service.app.settings.collection, "orders": ORDERS, "most": MOST_AT_ONCE, "reading": reading, "papers": len(found)}
    return page(request, "papers/documents.html", bearer, "documents", **values)


@paper_pages.post("/console/upload")
async def upload(request: Request, service: Shared, bearer: Writer) -> Response:
    """One file, without scripts."""
    await take(request, service, bearer)
    return RedirectResponse("/console/documents", 303)


@paper_pages.post("/console/sample")
async def sample(request: Request, service: Shared, bearer: Writer) -> Response:
    """Put the sample report where the reader's own papers go."""
    data = await service.compute(request, bearer, sample_report)
    place = (service.app.settings.collection, "general")
    sent = await service.work(uploads.add, service.app.database, bearer.principal, NAME, data, *place)
    return RedirectResponse(f"/console/documents?reading={sent.id}", 303)


@paper_pages.get("/console/documents/{document}")
async def document_show(
    request: Request, service: Shared, bearer: Visitor, document: str, find: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    found = await service.work(service.app.document, bearer.principal, document)
    database = service.app.database
    values: dict[str, Any] = {"document": found, "find": find, "most_pages": PAGES_LISTED, "most_lost": MOST_SHOWN}
    values["outline"] = await service.work(outline, database, bearer.principal, document)
    values["places"] = await service.work(places_of, database, bearer.principal, document, find.strip()) if find.strip() else []
    values["labels"] = await service.work(service.app.policy.visible_labels, bearer.principal)
    values["along"] = await service.work(goes_along, database, bearer.principal, document)
    values["picture"] = certificate_picture(found.certificate, words(reader_language(request)))
    return page(request, "papers/document.html", bearer, "documents", **values)


@paper_pages.post("/console/documents/{document}/delete")
async def document_delete(service: Shared, bearer: Writer, document: str) -> Response:
    await service.work(service.app.delete, bearer.principal, document)
    return RedirectResponse("/console/documents", 303)


@paper_pages.post("/console/documents/{document}/label")
async def relabel(service: Shared, bearer: Writer, document: str, label: Annotated[str, Form(max_length=255)]) -> Response:
    """Who may read it changes at once; what rests on it follows."""
    await service.work(service.app.store.relabel, bearer.principal, document, label)
    return RedirectResponse(f"/console/documents/{document}", 303)


@paper_pages.post("/console/documents/{document}/read-again")
async def read_again(service: Shared, bearer: Writer, document: str) -> Response:
    """Read the kept file once more, by the reader of today; the new version takes the place of the old one."""
    sent = await service.work(_sent_again, service, bearer.principal, document)
    return RedirectResponse(f"/console/documents?reading={sent.id}", 303)


def _sent_again(service: Service, principal: Principal, document: str) -> uploads.Upload:
    stored = service.app.store.document(principal, document)
    data = service.app.store.data(principal, document)
    return uploads.add(service.app.database, principal, stored.name, data, stored.collection, stored.label, replaces=stored.id)


async def _taken(
    request: Request, service: Service, bearer: Bearer, work: Callable[[App, Principal, str], str | bytes], document: str
) -> bytes:
    made = await service.compute(request, bearer, work, service.app, bearer.principal, document)
    return made.encode() if isinstance(made, str) else made


@paper_pages.get("/console/documents/{document}/tables.xlsx")
async def tables(request: Request, service: Shared, bearer: Visitor, document: str) -> Response:
    return _file(await _taken(request, service, bearer, tables_workbook, document), WORKBOOK, "tables.xlsx")


@paper_pages.get("/console/documents/{document}/text.md")
async def text(request: Request, service: Shared, bearer: Visitor, document: str) -> Response:
    return _file(await _taken(request, service, bearer, as_markdown, document), "text/markdown; charset=utf-8", "text.md")


@paper_pages.get("/console/documents/{document}/whole.json")
async def whole(request: Request, service: Shared, bearer: Visitor, document: str) -> Response:
    return _file(await _taken(request, service, bearer, as_json, document), "application/json", "document.json")


def _file(data: bytes, kind: str, name: str) -> Response:
    return Response(data, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"})
