"""The pages and forms of the console. A session, in a cookie that scripts cannot read, says who is there (``sign_in``)."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from finfoundry.core.errors import FinfoundryError, NotFound
from finfoundry.governance.api_keys import Bearer
from finfoundry.governance.guards.harms import harms
from finfoundry.server.console import shapes
from finfoundry.server.console.page_texts import words
from finfoundry.server.console.render import fragment, page
from finfoundry.server.limits.errors import body_of, request_id, status_of
from finfoundry.server.routes.conversation import MOST_QUESTIONS, answer_last
from finfoundry.server.routes.credentials import opened, still_open
from finfoundry.server.routes.documents import box_of, take
from finfoundry.server.sandbox.rendering import DRAWN
from finfoundry.server.service.events import event, streamed, watched, while_there
from finfoundry.server.service.state import Service, Shared
from finfoundry.usecases.workbook import write_workbook

STATIC = Path(__file__).parent / "static"
_FILES = {"console.css": "text/css", "console.js": "text/javascript", "icon.svg": "image/svg+xml"}
_SHOWN = 500  # facts on one page
console = APIRouter(include_in_schema=False)


Visitor = Annotated[Bearer, Depends(opened("read"))]
Writer = Annotated[Bearer, Depends(opened("write"))]
Administrator = Annotated[Bearer, Depends(opened("admin"))]
Auditor = Annotated[Bearer, Depends(opened("audit"))]


async def show_error(request: Request, error: FinfoundryError) -> Response:
    """An error as a page; without a key the way to sign in."""
    if status_of(error) == 401:
        return RedirectResponse("/console/login", 303)
    kind = next((kind.__name__ for kind in type(error).__mro__ if kind.__name__ in words("en")), "FinfoundryError")
    return page(request, "error.html", None, status=status_of(error), kind=kind, message=error.message, remedy=error.remedy)


@console.get("/")
async def start() -> Response:
    return RedirectResponse("/console/ask", 303)


@console.get("/console/static/{name}")
async def static(name: str) -> Response:
    if name not in _FILES:
        raise NotFound("There is no such file")
    return FileResponse(STATIC / name, media_type=_FILES[name], headers={"Cache-Control": "max-age=300"})


async def _collections(service: Service, bearer: Bearer) -> list[str]:
    return sorted({one.collection for one in await service.work(service.app.documents, bearer.principal)})


Question = Annotated[str, Form()]
Before = Annotated[list[str], Form(default_factory=list, max_length=MOST_QUESTIONS - 1)]  # the questions of the conversation so far


@console.get("/console/ask")
async def ask_form(request: Request, service: Shared, bearer: Visitor) -> Response:
    """A new conversation."""
    names = await _collections(service, bearer)
    return page(request, "ask.html", bearer, "ask", collections=names, answer=None, asked=[], collection="")


@console.post("/console/ask")
async def ask(
    request: Request, service: Shared, bearer: Visitor, question: Question, before: Before, collection: Annotated[str, Form()] = ""
) -> Response:
    asked = [*before, question]
    answer = await while_there(request, service.in_turn(bearer, partial(answer_last, service, bearer.principal, asked, collection or None)))
    names = await _collections(service, bearer)
    return page(request, "ask.html", bearer, "ask", collections=names, answer=answer, asked=asked, collection=collection)


@console.post("/console/ask/stream")
async def ask_live(
    request: Request, service: Shared, bearer: Visitor, question: Question, before: Before, collection: Annotated[str, Form()] = ""
) -> Response:
    work = service.in_turn(bearer, partial(answer_last, service, bearer.principal, [*before, question], collection or None))

    async def events() -> AsyncIterator[str]:
        try:
            async for sign in watched(work, still_open(request)):
                if isinstance(sign, float):
                    yield event("progress", {"seconds": sign})
                else:
                    yield event("answer", {"html": fragment(request, "turn.html", bearer, question=question, answer=sign.result())})
        except FinfoundryError as error:
            yield event("error", body_of(error, request_id(request)))

    return streamed(events())


@console.get("/console/evidence/{document}/{number}")
async def evidence(request: Request, service: Shared, bearer: Visitor, document: str, number: int, box: str | None = None) -> Response:
    """The source of a figure: the page with its box, and the table with the cell's row and column."""
    marked = box_of(box) if box else None
    locator = {name: value for name, value in request.query_params.items() if name not in ("box", "lang")}
    stored = await service.work(service.app.store.document, bearer.principal, document)
    shown = await service.work(service.app.store.page, bearer.principal, document, number)
    found = shapes.cell_at(shown, marked, locator) if marked or locator else None
    picture = shapes.picture(document, number, marked, found) if stored.media_type in DRAWN else None
    values: dict[str, Any] = {"document": stored, "page": shown, "picture": picture, "cells": found, "rows": [], "here": None}
    values["top"] = (marked[1] + marked[3]) / 2 / shown.height if marked and shown.height else None  # where to look, of the page's height
    values["alt"] = found[1].text if found else shown.text[:300]
    if found:
        rows: dict[int, list[Any]] = {}
        for cell in found[0]:
            rows.setdefault(cell.row, []).append(cell)
        near = [row for row in rows if abs(row - found[1].row) <= shapes.ROWS_AROUND or row < shapes.HEAD_ROWS]
        values |= {"rows": [sorted(rows[row], key=lambda cell: cell.column) for row in sorted(near)], "here": found[1]}
    if request.headers.get("x-fragment"):
        return HTMLResponse(fragment(request, "evidence.html", bearer, **values))
    return page(request, "evidence_page.html", bearer, **values)


@console.get("/console/documents")
async def documents(request: Request, service: Shared, bearer: Visitor) -> Response:
    found = await service.work(service.app.documents, bearer.principal)
    labels = await service.work(service.app.policy.visible_labels, bearer.principal)
    default = service.app.settings.collection
    return page(request, "documents.html", bearer, "documents", documents=found, labels=labels, default=default)


@console.post("/console/upload")
async def upload(request: Request, service: Shared, bearer: Writer) -> Response:
    await take(request, service, bearer)
    return RedirectResponse("/console/documents", 303)


@console.get("/console/documents/{document}")
async def document_show(request: Request, service: Shared, bearer: Visitor, document: str) -> Response:
    found = await service.work(service.app.document, bearer.principal, document)
    return page(request, "document.html", bearer, "documents", document=found)


@console.post("/console/documents/{document}/delete")
async def document_delete(service: Shared, bearer: Writer, document: str) -> Response:
    await service.work(service.app.delete, bearer.principal, document)
    return RedirectResponse("/console/documents", 303)


Asked = Annotated[str | None, Query(max_length=500)]


@console.get("/console/facts")
async def facts(
    request: Request, service: Shared, bearer: Visitor, entity: Asked = None, metric: Asked = None, period: Asked = None
) -> Response:
    asked = {"entity": entity or None, "metric": metric or None, "period": period or None}
    found = await service.work(service.app.facts, bearer.principal, **asked, limit=_SHOWN) if any(asked.values()) else []
    return page(request, "facts.html", bearer, "facts", asked=asked, facts=found)


@console.get("/console/facts.xlsx")
async def facts_file(
    request: Request, service: Shared, bearer: Visitor, entity: Asked = None, metric: Asked = None, period: Asked = None
) -> Response:
    asked = {"entity": entity or None, "metric": metric or None, "period": period or None}
    data = await service.compute(request, bearer, _workbook, service, bearer, asked)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Response(data, media_type=kind, headers={"Content-Disposition": 'attachment; filename="facts.xlsx"'})


def _workbook(service: Service, bearer: Bearer, asked: dict[str, str | None]) -> bytes:
    rows = service.app.facts(bearer.principal, **asked, limit=10_000)
    with tempfile.TemporaryDirectory() as folder:
        write_workbook(rows, Path(folder) / "facts.xlsx", service.app.file_labels())
        return (Path(folder) / "facts.xlsx").read_bytes()


@console.get("/console/search")
async def search(request: Request, service: Shared, bearer: Visitor, q: Annotated[str | None, Query(max_length=4000)] = None) -> Response:
    hits = await service.compute(request, bearer, service.app.search, bearer.principal, q) if q else None
    return page(request, "search.html", bearer, "search", query=q, hits=hits)


@console.get("/console/audit")
async def audit(request: Request, service: Shared, bearer: Auditor) -> Response:
    return page(request, "audit.html", bearer, "audit", records=await service.work(service.app.audit_show, bearer.principal, None))


@console.get("/console/audit/{record}")
async def audit_record(request: Request, service: Shared, bearer: Auditor, record: str) -> Response:
    trace = await service.work(service.app.audit_show, bearer.principal, record)
    return page(request, "record.html", bearer, "audit", trace=trace, replay=None)


@console.post("/console/audit/{record}")
async def audit_replay(request: Request, service: Shared, bearer: Auditor, record: str) -> Response:
    trace = await service.work(service.app.audit_show, bearer.principal, record)
    replay = await service.compute(request, bearer, service.app.audit_replay, bearer.principal, record)
    return page(request, "record.html", bearer, "audit", trace=trace, replay=replay)


@console.get("/console/guards")
async def guards(request: Request, service: Shared, bearer: Visitor) -> Response:
    """What the guards decided and who objects: one's own, an auditor all."""
    register, who = service.app.guard_register, bearer.principal
    decided, objected = await service.work(register.decisions, who), await service.work(register.objections, who)
    return page(request, "guards.html", bearer, "guards", decisions=decided, objections=objected, me=who.user, harms=harms())


@console.post("/console/guards/objections")
async def guard_objection(service: Shared, bearer: Visitor, act: Annotated[str, Form(max_length=100)]) -> Response:
    await service.work(service.app.guard_register.object_to, bearer.principal, act, "answer")
    return RedirectResponse("/console/guards", 303)


@console.post("/console/guards/objections/{number}")
async def guard_objection_decided(service: Shared, bearer: Auditor, number: int, uphold: Annotated[bool, Form()]) -> Response:
    await service.work(partial(service.app.guard_register.decide, bearer.principal, number, uphold=uphold))
    return RedirectResponse("/console/guards", 303)


@console.get("/console/access")
async def access(request: Request, service: Shared, bearer: Administrator) -> Response:
    return await _access(request, service, bearer, None)


@console.post("/console/access/keys")
async def key_create(
    request: Request, service: Shared, bearer: Administrator, user: Annotated[str, Form()], expires: Annotated[str, Form()] = ""
) -> Response:
    made = await service.work(service.keys.create, bearer.principal, user, expires=expires or None)
    return await _access(request, service, bearer, made)


@console.post("/console/access/keys/{key}/revoke")
async def key_revoke(service: Shared, bearer: Administrator, key: str) -> Response:
    await service.work(service.keys.revoke, bearer.principal, key)
    return RedirectResponse("/console/access", 303)


async def _access(request: Request, service: Service, bearer: Bearer, made: Any) -> Response:
    policy, who = service.app.policy, bearer.principal
    lists = {"users": policy.users, "labels": policy.labels, "grants": policy.grants, "keys": service.keys.keys}
    found: dict[str, Any] = {name: await service.work(of, who) for name, of in lists.items()}
    return page(request, "access.html", bearer, "access", made=made, **found)
