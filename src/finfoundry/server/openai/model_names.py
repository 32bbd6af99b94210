"""Names of models: the governed answer, over all collections or one, with sources in its text or beside it; the base; the embedder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from finfoundry.core.errors import NotFound
from finfoundry.governance.api_keys import Bearer
from finfoundry.release.candidate import MODEL, is_examined_apart
from finfoundry.release.register import serving
from finfoundry.server.openai.shapes import ModelObject, Models
from finfoundry.server.routes.credentials import Reader, Shared
from finfoundry.server.routes.questions import errors, json
from finfoundry.server.service.state import Service

GOVERNED, SOURCES, RERANKER = "finfoundry", "sources", "finfoundry-rerank"
api = APIRouter(prefix="/v1", responses=errors, tags=["openai"])


@dataclass(frozen=True, slots=True)
class GovernedName:
    """``finfoundry``, ``finfoundry+sources``, ``finfoundry/COLLECTION``, ``finfoundry+sources/COLLECTION``."""

    collection: str | None
    sources: bool  # inside the text

    @classmethod
    def read(cls, model: str) -> GovernedName | None:
        """None for the name of something else."""
        head, _, collection = model.partition("/")
        if head not in (GOVERNED, f"{GOVERNED}+{SOURCES}"):
            return None
        return cls(collection or None, head != GOVERNED)


@api.get("/models", response_model=Models)
async def models(service: Shared, bearer: Reader) -> Response:
    """The governed answer over all collections and over each, with sources in its text and without; the base and its adapters for keys
    that may use it; the embedder and the reranker.
    """
    return json({"object": "list", "data": [_model(name) for name in await service.work(_names, service, bearer)]})


@api.get("/models/{model:path}", response_model=ModelObject)
async def model_show(model: str, service: Shared, bearer: Reader) -> Response:
    """One model. Those that the key does not open are not there."""
    if model not in await service.work(_names, service, bearer):
        raise no_model(model)
    return json(_model(model))


def _names(service: Service, bearer: Bearer) -> list[str]:
    collections = sorted({document.collection for document in service.app.documents(bearer.principal)})
    base = _bases(service) if bearer.scopes & {"raw", "admin"} else []
    embedder = [service.app.store.embedder.model] if service.app.store.embedder else []
    answers = [f"{head}{tail}" for head in (GOVERNED, f"{GOVERNED}+{SOURCES}") for tail in ("", *(f"/{name}" for name in collections))]
    return [*answers, *base, *embedder, RERANKER]


def _bases(service: Service) -> list[str]:
    """The base, and with each adapter that was released to be asked by name: none of development, and not the planner, whose words only
    the product reads. Of an engine elsewhere we know the base only.
    """
    base, settings = service.app.engine.model, service.app.settings
    released = serving(service.app.database) if settings.own_engine else {}
    adapters = sorted(slot for slot in released if slot != MODEL and not is_examined_apart(slot))
    return [base, *(f"{base}+{adapter}" for adapter in adapters)]


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "finfoundry"}


def no_model(name: str, use: str = GOVERNED) -> NotFound:
    return NotFound(f"There is no model {name[:100]!r} for this", remedy=f"Use {use!r}, or one that GET /v1/models lists")
