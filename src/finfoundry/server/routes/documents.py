"""Documents over HTTP: upload with live progress, list, certificate, pages as pictures, deletion."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from finfoundry.core.document import Box
from finfoundry.core.errors import FinfoundryError, InputError
from finfoundry.core.principal import Principal
from finfoundry.governance.api_keys import Bearer
from finfoundry.knowledge.shown.views import DocumentView, PageView, page_view
from finfoundry.knowledge.storage.store import Removed, StoredDocument
from finfoundry.server.limits.errors import body_of, request_id
from finfoundry.server.routes.credentials import Reader, Shared, Writer, still_open
from finfoundry.server.routes.questions import errors, json
from finfoundry.server.sandbox.rendering import DRAWN, Marks
from finfoundry.server.service.events import event, streamed
from finfoundry.server.service.state import Service, Still
from finfoundry.usecases import uploads
from finfoundry.usecases.uploads import Upload

api = APIRouter(prefix="/v1", responses=errors, tags=["documents"])
LOOK_AFTER = 0.3  # seconds between two looks at an upload
_NUMBER = r"-?\d{1,6}(?:\.\d{1,6})?"
_BOX = re.compile(rf"{_NUMBER}(?:,{_NUMBER}){{3}}")
MOST_BOXES = 20
LONGEST_NAME = 255  # of a collection or label


_FORM = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {
            "type": "string",
            "format": "binary",
            "description": "PDF, HTML, DOCX, XLSX, XLS, PPTX, EML, PNG, JPEG, TIFF, ZIP, CSV, Markdown or text",
        },
        "collection": {"type": "string", "maxLength": 255},
        "label": {"type": "string", "maxLength": 100, "default": "general"},
    },
}
UPLOAD_BODY = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}}


@api.post("/documents", response_model=Upload, status_code=202, openapi_extra=UPLOAD_BODY)
async def upload(request: Request, service: Shared, bearer: Writer) -> Response:
    """Take a file; a worker reads it. Follow it under ``/v1/uploads/{id}/events``. The same bytes again do nothing."""
    return json(await take(request, service, bearer), 202)


async def take(request: Request, service: Service, bearer: Bearer) -> Upload:
    """The file of a form. It is read here, not by a parameter of the route: the key is looked at before a large body is.

    Raises InputError without a file, or for too long a name.
    """
    async with request.form(max_files=1, max_fields=10) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise InputError("There is no file in the form", remedy="Send multipart/form-data with the file in the field 'file'")
        collection = str(form.get("collection") or service.app.settings.collection)
        label = str(form.get("label") or "general")
        if len(collection) > LONGEST_NAME or len(label) > LONGEST_NAME:
            raise InputError("The name of a collection or label is too long", remedy=f"Use at most {LONGEST_NAME} characters")
        data = await file.read()
        return await service.work(uploads.add, service.app.database, bearer.principal, file.filename, data, collection, label)


@api.get("/uploads/{upload}", response_model=Upload)
async def upload_show(upload: str, service: Shared, bearer: Reader) -> Response:
    """How far a file is. Only who sent it sees it."""
    return json(await service.work(uploads.find, service.app.database, bearer.principal, upload))


@api.get("/uploads/{upload}/events", response_class=Response)
async def upload_events(upload: str, request: Request, service: Shared, bearer: Reader) -> Response:
    """The same as server-sent events, at each change and each second, until the file is done or failed."""
    await service.work(uploads.find, service.app.database, bearer.principal, upload)
    return streamed(_following(service, bearer.principal, upload, request_id(request), still_open(request)))


async def _following(service: Service, principal: Principal, upload: str, identifier: str, still: Still) -> AsyncIterator[str]:
    last, looks = "", 0
    while not service.stopping:
        try:
            await still()
            now = await service.work(uploads.find, service.app.database, principal, upload)
        except FinfoundryError as error:
            yield event("error", body_of(error, identifier))
            return
        if now.state != last or looks % 3 == 0:
            yield event("progress", now)
        last, looks = now.state, looks + 1
        if now.state in ("done", "failed"):
            return
        await asyncio.sleep(LOOK_AFTER)


@api.get("/documents", response_model=list[StoredDocument])
async def documents(service: Shared, bearer: Reader, collection: Annotated[str | None, Query(max_length=255)] = None) -> Response:
    """What the user may read, by collection and name."""
    return json(await service.work(service.app.documents, bearer.principal, collection))


@api.get("/documents/{document}", response_model=DocumentView)
async def document_show(document: str, service: Shared, bearer: Reader) -> Response:
    """One document with its certificate."""
    return json(await service.work(service.app.document, bearer.principal, document))


@api.delete("/documents/{document}", response_model=Removed)
async def document_delete(document: str, service: Shared, bearer: Writer) -> Response:
    """Delete a document and all that came from it, in one transaction."""
    return json(await service.work(service.app.delete, bearer.principal, document))


@api.get("/documents/{document}/pages/{number}.png", response_class=Response, responses={200: {"content": {"image/png": {}}}})
async def page_picture(
    document: str,
    number: int,
    request: Request,
    service: Shared,
    bearer: Reader,
    box: Annotated[list[str] | None, Query(max_length=MOST_BOXES, description="x0,y0,x1,y1 in points from the top left")] = None,
    near: Annotated[list[str] | None, Query(max_length=MOST_BOXES, description="the same, marked lightly")] = None,
    said: Annotated[list[str] | None, Query(max_length=MOST_BOXES, description="the same, of scale lines and headings")] = None,
    scale: Annotated[float, Query(ge=0.2, le=4.0)] = 1.5,
) -> Response:
    """A page of a PDF, or of a picture, with the places marked."""
    marks = Marks(*(tuple(map(box_of, boxes or [])) for boxes in (box, near, said)))
    picture = await service.compute(request, bearer, picture_of, service, bearer.principal, document, number, marks, scale)
    return Response(picture, media_type="image/png", headers={"Cache-Control": "private, max-age=300"})


@api.get("/documents/{document}/pages/{number}", response_model=PageView)
async def page_show(document: str, number: int, service: Shared, bearer: Reader) -> Response:
    """A page as text: its blocks and cells with their boxes."""
    return json(page_view(await service.work(service.app.store.page, bearer.principal, document, number)))


def picture_of(service: Service, principal: Principal, document: str, number: int, marks: Marks, scale: float) -> bytes:
    """A page as PNG. Raises InputError where the document has no such page to draw; NotFound for whoever may not read the document,
    whether the picture was drawn before or not.
    """
    stored = service.app.store.document(principal, document)
    if stored.media_type not in DRAWN or not 1 <= number <= stored.pages:
        remedy = "Only pages of PDFs and scanned pictures have one; see /v1/documents/{id}/pages/{n}"
        raise InputError(f"There is no picture of page {number}", remedy=remedy)
    return service.renderer.page(stored.sha256, service.app.store.data(principal, document), number, marks, scale)


def box_of(text: str) -> Box:
    """Raises InputError."""
    if not _BOX.fullmatch(text.strip()):
        raise InputError(f"{text[:60]!r} is no box", remedy="Write x0,y0,x1,y1 in points from the top left of the page")
    x0, y0, x1, y1 = map(float, text.split(","))
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
