"""Templates to pages: escaped always, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from finfoundry.core.answer import Language
from finfoundry.core.prose import prose
from finfoundry.governance.api_keys import Bearer
from finfoundry.knowledge.shown.views import FactView, HitView, json_text
from finfoundry.server.console import shapes, written
from finfoundry.server.console.messages import label_words, message
from finfoundry.server.console.page_texts import language_of, words

LANGUAGE = "finfoundry_language"  # the cookie's name


def _place(view: FactView | HitView) -> str:
    document = view.document.id if view.document else ""
    return shapes.address(document, view.page, view.box, view.locator, view.text)


def _in_language(function: Callable[..., str]) -> Callable[..., str]:
    """A filter that is given the language of the page last."""

    @pass_context
    def told(context: Context, *values: Any) -> str:
        return function(*values, context["language"])

    return told


@pass_context
def _time(context: Context, text: str | None) -> Markup:
    """A time that scripts put into the reader's zone."""
    return Markup('<time datetime="{}">{}</time>').format(text or "", written.moment(text, context["language"]))


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
)
_templates.filters.update(
    grouped=written.grouped,
    shown=written.shown,
    prose=prose,
    plain_case=written.plain_case,
    moment=_time,
    period=_in_language(written.period_words),
    unit=_in_language(written.unit_words),
    scale=_in_language(written.scale_words),
    statement=_in_language(written.statement_words),
    amount=_in_language(written.amount),
    message=_in_language(message),
    label=_in_language(label_words),
    entity=_in_language(written.entity_words),
)


def reader_language(request: Request) -> Language:
    """In which language a page is shown."""
    chosen = request.query_params.get("lang") or request.cookies.get(LANGUAGE)
    return language_of(chosen, request.headers.get("accept-language", ""))


def fragment(request: Request, template: str, bearer: Bearer, **values: Any) -> str:
    """A part of a page."""
    language = reader_language(request)
    return _templates.get_template(template).render(w=words(language), language=language, **_rights(bearer), **values)


def page(request: Request, template: str, bearer: Bearer | None, here: str = "", status: int = 200, **values: Any) -> HTMLResponse:
    """A whole page; a language chosen by ``?lang=`` is remembered."""
    language = reader_language(request)
    text = _templates.get_template(template).render(
        w=words(language),
        language=language,
        here=here,
        user=bearer.principal.user if bearer else None,
        administrator=bool(bearer and bearer.principal.administrator),
        **_rights(bearer),
        **values,
    )
    response = HTMLResponse(text, status, headers={"Cache-Control": "no-store"})
    if request.query_params.get("lang") in ("en", "zh"):
        response.set_cookie(LANGUAGE, language, max_age=365 * 86400, httponly=True, samesite="strict")
    return response


def _rights(bearer: Bearer | None) -> dict[str, bool]:
    return {
        "auditor": bool(bearer and (bearer.principal.auditor or bearer.principal.administrator)),
        "writer": bool(bearer and bearer.scopes & {"write", "admin"}),
    }
