"""Templates to pages: escaped always, in the reader's language."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from finfoundry.ask.views import FactView, HitView, json_text
from finfoundry.governance.api_keys import Bearer
from finfoundry.server.console import shapes
from finfoundry.server.console.page_texts import Language, language_of, words

LANGUAGE = "finfoundry_language"  # the cookie's name


def _place(view: FactView | HitView) -> str:
    document = view.document.id if view.document else ""
    return shapes.address(document, view.page, view.box, view.locator)


_templates = Environment(
    loader=PackageLoader("finfoundry.server.console"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_templates.globals.update(
    pieces=shapes.pieces,
    evidence=shapes.evidence,
    href_of=shapes.href_of,
    fact_href=_place,
    hit_href=_place,
    pretty=json_text,
    grouped=shapes.grouped,
)


def reader_language(request: Request) -> Language:
    chosen = request.query_params.get("lang") or request.cookies.get(LANGUAGE)
    return language_of(chosen, request.headers.get("accept-language", ""))


def fragment(request: Request, template: str, bearer: Bearer, **values: Any) -> str:
    """A part of a page."""
    return _templates.get_template(template).render(w=words(reader_language(request)), auditor=_audits(bearer), **values)


def page(request: Request, template: str, bearer: Bearer | None, here: str = "", status: int = 200, **values: Any) -> HTMLResponse:
    """A whole page; a language chosen by ``?lang=`` is remembered."""
    language = reader_language(request)
    text = _templates.get_template(template).render(
        w=words(language),
        language=language,
        here=here,
        user=bearer.principal.user if bearer else None,
        administrator=bool(bearer and bearer.principal.administrator),
        auditor=bool(bearer and _audits(bearer)),
        writer=bool(bearer and bearer.scopes & {"write", "admin"}),
        **values,
    )
    response = HTMLResponse(text, status, headers={"Cache-Control": "no-store"})
    if request.query_params.get("lang") in ("en", "zh"):
        response.set_cookie(LANGUAGE, language, max_age=365 * 86400, httponly=True, samesite="strict")
    return response


def _audits(bearer: Bearer) -> bool:
    return bearer.principal.auditor or bearer.principal.administrator
