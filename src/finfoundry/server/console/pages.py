"""The pages that need no folder of their own: start, files, errors, search, audit, guards. A session, in a cookie that scripts cannot
read, says who is there (``sign_in``).
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from finfoundry.core.errors import FinfoundryError, NotFound
from finfoundry.governance.api_keys import Bearer
from finfoundry.governance.guards.guard_register import LONGEST_REASON, Wanted
from finfoundry.governance.guards.harms import harms
from finfoundry.server.console.messages import message
from finfoundry.server.console.page_texts import words
from finfoundry.server.console.render import page, reader_language
from finfoundry.server.limits.errors import status_of
from finfoundry.server.routes.credentials import opened
from finfoundry.server.service.state import Shared

STATIC = Path(__file__).parent / "static"
_SCRIPT = "text/javascript"
_FILES = {
    "console.css": "text/css",
    "console.js": _SCRIPT,
    "ask.js": _SCRIPT,
    "papers.js": _SCRIPT,
    "mending.js": _SCRIPT,
    "icon.svg": "image/svg+xml",
}
console = APIRouter(include_in_schema=False)
Visitor = Annotated[Bearer, Depends(opened("read"))]
Auditor = Annotated[Bearer, Depends(opened("audit"))]
Message = Annotated[str, Query(max_length=2000)]


async def show_error(request: Request, error: FinfoundryError) -> Response:
    """An error as a page; without a key the way to sign in."""
    if status_of(error) == 401:
        return RedirectResponse("/console/login", 303)
    kind = next((kind.__name__ for kind in type(error).__mro__ if kind.__name__ in words("en")), "FinfoundryError")
    return page(request, "error.html", None, status=status_of(error), kind=kind, message=error.message, remedy=error.remedy)


@console.get("/")
@console.get("/console")
@console.get("/console/")
async def start() -> Response:
    return RedirectResponse("/console/ask", 303)


@console.get("/console/static/{name}")
async def static(name: str) -> Response:
    if name not in _FILES:
        raise NotFound("There is no such file")
    return FileResponse(STATIC / name, media_type=_FILES[name], headers={"Cache-Control": "max-age=300"})


@console.get("/console/messages", dependencies=[Depends(opened("read"))])
async def messages(request: Request, text: Annotated[list[Message], Query(max_length=2)]) -> Response:
    """What the API told a script of the page, an error and its remedy, as the page says it."""
    language = reader_language(request)
    between = Markup({"en": ". ", "zh": "。"}[language])  # noqa: S704  ours
    return HTMLResponse(between.join(message(one, language) for one in text))


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
    lists = partial(page, request, "guards.html", bearer, "guards", decisions=decided, objections=objected)
    return lists(me=who.user, harms=harms(), longest_reason=LONGEST_REASON)


@console.post("/console/guards/objections")
async def guard_objection(
    service: Shared,
    bearer: Visitor,
    act: Annotated[str, Form(max_length=100)],
    wanted: Annotated[Wanted, Form()] = "answer",
    reason: Annotated[str, Form(max_length=2 * LONGEST_REASON)] = "",  # a browser sends two characters for a line break, and counts one
    label: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    said = reason.replace("\r\n", "\n")
    await service.work(partial(service.app.guard_register.object_to, bearer.principal, act, wanted, said, label))
    return RedirectResponse("/console/guards", 303)


@console.post("/console/guards/objections/{number}")
async def guard_objection_decided(service: Shared, bearer: Auditor, number: int, uphold: Annotated[bool, Form()]) -> Response:
    await service.work(partial(service.app.guard_register.decide, bearer.principal, number, uphold=uphold))
    return RedirectResponse("/console/guards", 303)
