"""The application: one ``App`` for the process, the routes, and what every request passes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from fastapi import FastAPI

from finfoundry import __version__
from finfoundry.app import App, open_app
from finfoundry.runtime.log import configure
from finfoundry.server.console import api_page, pages, sign_in
from finfoundry.server.console.access.access_pages import access_pages
from finfoundry.server.console.ask.conversation_pages import conversation_pages
from finfoundry.server.console.ask.rating_pages import rating_pages
from finfoundry.server.console.ask.sign_off_pages import sign_off_pages
from finfoundry.server.console.evidence.evidence_pages import evidence_pages
from finfoundry.server.console.figures.fact_pages import fact_pages
from finfoundry.server.console.mending.correction_pages import correction_pages
from finfoundry.server.console.mending.reading_pages import reading_pages
from finfoundry.server.console.papers.paper_pages import paper_pages
from finfoundry.server.console.vocabulary.vocabulary_pages import vocabulary_pages
from finfoundry.server.keeping import kept
from finfoundry.server.limits import errors
from finfoundry.server.limits.gate import Gate
from finfoundry.server.limits.metrics import Metrics
from finfoundry.server.limits.tracing import Tracing
from finfoundry.server.openai import chat, embeddings, model_names, rerank, responses
from finfoundry.server.routes import (
    corrections,
    documents,
    guards,
    hand_readings,
    laws,
    own_terms,
    questions,
    releases,
    specialist_alerts,
    specialist_reviews,
    specialist_scores,
    summaries,
)
from finfoundry.server.routes.credentials import known
from finfoundry.server.routes.readiness import tell_guards
from finfoundry.server.service.state import Limits, Service

_NONE: Any = {"tracing": False, "metrics": False, "logs": False}  # the framework's would hold queries and texts: see tracing


def create(app: App | None = None, limits: Limits | None = None) -> FastAPI:
    """The server over an open product, which the caller closes; without one it opens the home of the settings itself."""
    metrics, tracing = Metrics(), Tracing()

    @asynccontextmanager
    async def lifespan(server: FastAPI) -> AsyncIterator[None]:
        with nullcontext(app) if app else open_app() as opened:
            service = server.state.service = Service(opened, limits or Limits.of(opened.settings), metrics)
            if app is None:
                service.apart.warm()
            tell_guards(opened.guards)
            with metrics.shared(service.gauges), kept(opened):
                yield
            service.close()
            tracing.close()

    server = FastAPI(title="finfoundry", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None, telemetry=_NONE)
    errors.install(server, pages.show_error)
    server.add_middleware(
        Gate,
        metrics=metrics,
        tracing=tracing,
        limit=lambda path: body_limit(server, path),
        admit=known,
        bodies=(limits or Limits()).bodies,
    )
    scored = (specialist_scores.api, specialist_reviews.api, specialist_alerts.api)
    ours = (
        questions.api,
        documents.api,
        *scored,
        releases.api,
        own_terms.api,
        corrections.api,
        hand_readings.api,
        summaries.api,
        laws.api,
        guards.api,
    )
    of_others = (model_names.api, chat.api, responses.api, embeddings.api, rerank.api)
    asking = (conversation_pages, rating_pages, sign_off_pages, evidence_pages)
    console = (pages.console, *asking, paper_pages, fact_pages, correction_pages, reading_pages)
    setting = (vocabulary_pages, access_pages, api_page.api_page)
    for router in (*ours, *of_others, questions.health, sign_in.sign_in, *console, *setting):
        server.include_router(router)
    return server


def body_limit(server: FastAPI, path: str) -> int:
    service: Service = server.state.service
    return service.body_limit(path)


def from_settings() -> FastAPI:
    """The application by the settings, for uvicorn in each of its processes."""
    configure()
    return create()
