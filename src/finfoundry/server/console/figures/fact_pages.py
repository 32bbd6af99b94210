"""The page of facts, and its workbooks."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from finfoundry.core.principal import Principal
from finfoundry.governance.api_keys import Bearer
from finfoundry.knowledge.shown.views import FactView, stored_fact_view
from finfoundry.knowledge.storage.store import FactQuery
from finfoundry.server.console.figures.fact_grid import fact_grid, grid_workbook
from finfoundry.server.console.render import page
from finfoundry.server.routes.credentials import opened
from finfoundry.server.service.state import Service, Shared
from finfoundry.usecases.workbook import write_workbook

fact_pages = APIRouter(include_in_schema=False)
Visitor = Annotated[Bearer, Depends(opened("read"))]
Words = Annotated[str | None, Query(max_length=500)]
SHOWN, EXPORTED = 50, 10_000  # facts on one page; in a workbook, and on all pages
COMPANIES, COMPARED = 25, 3_000  # of one page of the grid: companies, and facts that are looked at for them
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LINES = {
    "en": ("Net profit", "Operating income", "Total assets", "Revenue", "Total liabilities"),
    "zh": ("净利润", "营业收入", "资产总计", "负债合计", "吸收存款"),
}


@dataclass(frozen=True, slots=True)
class FactSearch:
    """What the form looks for; None does not filter."""

    entity: str | None
    metric: str | None
    period: str | None
    document: str | None

    @property
    def any(self) -> bool:
        return any((self.entity, self.metric, self.period, self.document))

    def query(self, limit: int, companies: dict[str, list[int]] | None = None) -> FactQuery:
        return FactQuery(
            entity=self.entity, metric=self.metric, period=self.period, document_id=self.document, limit=limit, companies=companies
        )  # fmt: skip


def fact_search(entity: Words = None, metric: Words = None, period: Words = None, document: Words = None) -> FactSearch:
    """What the form looks for."""
    return FactSearch(entity or None, metric or None, period or None, document or None)


Asked = Annotated[FactSearch, Depends(fact_search)]


@fact_pages.get("/console/facts")
async def facts(
    request: Request,
    service: Shared,
    bearer: Visitor,
    asked: Asked,
    view: Annotated[Literal["list", "grid"], Query()] = "list",
    at: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """A page of the list, or of companies against years."""
    values: dict[str, Any] = {
        "asked": asked,
        "view": view,
        "at": at,
        "lines": LINES,
        "facts": [],
        "grid": None,
        "more": False,
    }
    if asked.any and view == "grid":
        found, values["more"] = await service.work(_compared, service, bearer.principal, asked, at)
        values |= {"facts": found, "grid": fact_grid(found)}
    elif asked.any:
        values["at"] = at = min(at, EXPORTED // SHOWN)
        found = await service.work(_facts, service, bearer.principal, asked, at * SHOWN + 1)
        values |= {"facts": found[(at - 1) * SHOWN : at * SHOWN], "more": len(found) > at * SHOWN and at < EXPORTED // SHOWN}
    return page(request, "figures/facts.html", bearer, "facts", **values)


def _compared(service: Service, principal: Principal, asked: FactSearch, at: int) -> tuple[list[FactView], bool]:
    """The facts of one page of companies, and whether there are more; on the last page also those of wide tables."""
    store = service.app.store
    names = store.companies(principal, asked.query(COMPANIES + 1), (at - 1) * COMPANIES)
    found = store.facts(principal, asked.query(COMPARED, dict(list(names.items())[:COMPANIES]))) if names else []
    last = len(names) <= COMPANIES
    known = {one.id for one in found}
    others = [one for one in store.table_facts(principal, asked.query(COMPARED)) if one.id not in known] if last else []
    return [stored_fact_view(one) for one in (*found, *others)], not last


@fact_pages.get("/console/facts.xlsx")
async def workbook(
    request: Request, service: Shared, bearer: Visitor, asked: Asked, view: Annotated[Literal["list", "grid"], Query()] = "list"
) -> Response:
    data = await service.compute(request, bearer, _workbook, service, bearer.principal, asked, view)
    return Response(data, media_type=WORKBOOK, headers={"Content-Disposition": 'attachment; filename="facts.xlsx"'})


def _facts(service: Service, principal: Principal, asked: FactSearch, limit: int) -> list[FactView]:
    return [stored_fact_view(row) for row in service.app.store.facts(principal, asked.query(limit))]


def _workbook(service: Service, principal: Principal, asked: FactSearch, view: str) -> bytes:
    rows, labels = _facts(service, principal, asked, EXPORTED), service.app.file_labels()
    if view == "grid":
        return grid_workbook(fact_grid(rows), labels)
    with tempfile.TemporaryDirectory() as folder:
        write_workbook(rows, Path(folder) / "facts.xlsx", labels)
        return (Path(folder) / "facts.xlsx").read_bytes()
