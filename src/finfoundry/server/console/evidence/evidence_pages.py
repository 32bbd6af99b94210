"""The pages of evidence: one place of a document, or a figure of an answer with all its operands."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from finfoundry.core.answer import Language
from finfoundry.core.document import Box, Fact
from finfoundry.core.errors import NotFound
from finfoundry.core.principal import Principal
from finfoundry.governance.api_keys import Bearer
from finfoundry.knowledge.shown.views import FactView, stored_fact_view
from finfoundry.knowledge.storage.store import FactQuery
from finfoundry.server.console.evidence.bound_figure import BoundFigure, bound_figure
from finfoundry.server.console.evidence.marked_page import MarkedPage, Target, marked_page
from finfoundry.server.console.render import fragment, page, reader_language
from finfoundry.server.console.shapes import LONGEST_PRINTED
from finfoundry.server.routes.credentials import opened
from finfoundry.server.routes.documents import box_of
from finfoundry.server.service.state import Service, Shared

evidence_pages = APIRouter(include_in_schema=False)
Visitor = Annotated[Bearer, Depends(opened("read"))]
Printed = Annotated[str, Query(max_length=LONGEST_PRINTED)]
_NO_LOCATOR = ("box", "lang", "printed")  # of the query
_MOST_FACTS = 2000  # of a page, in which the fact of a cell is looked for


@evidence_pages.get("/console/evidence/{document}/{number}")
async def place(
    request: Request, service: Shared, bearer: Visitor, document: str, number: int, box: str | None = None, printed: Printed = ""
) -> Response:
    """The source of a figure: the page with its box, and the table with the cell's row and column."""
    marked = box_of(box) if box else None
    locator = {name: value for name, value in request.query_params.items() if name not in _NO_LOCATOR}
    shown = await service.work(_marked, service, bearer.principal, document, number, Target(marked, locator, printed))
    facts = await service.work(facts_at, service, bearer.principal, document, number, Target(marked, locator, printed))
    values = {"pages": [shown], "facts": facts, "title": f"{shown.document.name}, {number}", "asked_box": box}
    return _shown(request, bearer, "evidence/place.html", values)


@evidence_pages.get("/console/ask/{conversation}/{turn}/figures/{figure}")
async def figure_shown(request: Request, service: Shared, bearer: Visitor, conversation: str, turn: int, figure: int) -> Response:
    """A figure of one's own conversation with every operand on its page."""
    found = await service.work(_figure, service, bearer.principal, (conversation, turn, figure), reader_language(request))
    return _shown(request, bearer, "evidence/figure.html", {"bound": found, "pages": found.pages, "title": found.figure.text})


def _shown(request: Request, bearer: Bearer, template: str, values: dict[str, Any]) -> Response:
    if request.headers.get("x-fragment"):
        return HTMLResponse(fragment(request, template, bearer, **values))
    return page(request, "evidence/page.html", bearer, inner=template, **values)


def _marked(service: Service, principal: Principal, document: str, number: int, target: Target) -> MarkedPage:
    store = service.app.store
    return marked_page(store.document(principal, document), store.page(principal, document, number), [target])


def facts_at(service: Service, principal: Principal, document: str, number: int, place: Target) -> list[FactView]:
    """The facts that were read from a cell, to be put right by hand."""
    if place.box is None and not place.locator:
        return []
    query = FactQuery(document_id=document, page=number, limit=_MOST_FACTS)
    found = [one for one in service.app.store.facts(principal, query) if not one.structured]
    return [stored_fact_view(one) for one in found if _same(one.fact.box, place.box) or _printed_at(one.fact, place)]


def _printed_at(fact: Fact, place: Target) -> bool:
    return bool(place.locator) and fact.locator == place.locator and place.printed.strip().endswith(fact.text.strip())


def _same(one: Box | None, other: Box | None) -> bool:
    return one is not None and other is not None and all(abs(a - b) < 0.1 for a, b in zip(one, other, strict=True))


def _figure(service: Service, principal: Principal, asked: tuple[str, int, int], language: Language) -> BoundFigure:
    conversation, turn, figure = asked
    _, turns = service.app.history.show(principal, conversation)
    answer = next((one.answer for one in turns if one.number == turn), None)
    if answer is None or not 1 <= figure <= len(answer.figures):
        raise NotFound("There is no such figure", remedy="Open the conversation again")
    return bound_figure(service.app, principal, answer, answer.figures[figure - 1], language)
