"""Vectors of texts by the store's embedder."""

from __future__ import annotations

import base64

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import Response
from numpy.typing import NDArray

from finfoundry.core.errors import ModelError
from finfoundry.core.protocols import Embedder
from finfoundry.server.limits.errors import UnusableField
from finfoundry.server.openai.fields import EMBEDDINGS, check_fields
from finfoundry.server.openai.model_names import no_model
from finfoundry.server.openai.shapes import Embeddings, EmbeddingsRequest
from finfoundry.server.routes.credentials import Reader, Shared
from finfoundry.server.routes.questions import errors, json

Vector = NDArray[np.float32]
MOST_TEXTS = 512  # of one request
api = APIRouter(prefix="/v1", responses=errors, tags=["openai"])


@api.post("/embeddings", response_model=Embeddings)
async def embeddings(body: EmbeddingsRequest, request: Request, service: Shared, bearer: Reader) -> Response:
    """Unit vectors of passages, by the embedder of the settings."""
    embedder = service.app.store.embedder
    if embedder is None:
        raise ModelError("There is no embedder", remedy=f"Run `finfoundry pull {service.app.settings.embedder}`")
    if body.model not in (embedder.model, service.app.settings.embedder):
        raise no_model(body.model, embedder.model)
    check_fields(body, EMBEDDINGS, base=False)
    texts = _texts(body)
    if body.dimensions is not None and body.dimensions != embedder.dimensions:
        raise UnusableField("dimensions", f"cannot be changed: they are {embedder.dimensions}", remedy="Leave it out")
    vectors, tokens = await service.compute(request, bearer, _embedded, embedder, texts)
    data = [{"object": "embedding", "index": number, "embedding": _vector(row, body)} for number, row in enumerate(vectors)]
    return json({"object": "list", "model": embedder.model, "data": data, "usage": {"prompt_tokens": tokens, "total_tokens": tokens}})


def _texts(body: EmbeddingsRequest) -> list[str]:
    texts = [body.input] if isinstance(body.input, str) else body.input
    if any(not isinstance(text, str) for text in texts):
        remedy = "Send texts; LangChain does so with OpenAIEmbeddings(check_embedding_ctx_length=False)"
        raise UnusableField("input", "holds numbers of tokens, which are another model's", remedy=remedy)
    if not texts or len(texts) > MOST_TEXTS or not all(texts):
        raise UnusableField("input", f"must be 1 to {MOST_TEXTS} texts, none of them empty", remedy="Send more requests, each with fewer")
    return texts


def _embedded(embedder: Embedder, texts: list[str]) -> tuple[Vector, int]:
    return embedder.passages(texts), embedder.count_tokens(texts)


def _vector(row: Vector, body: EmbeddingsRequest) -> str | list[float]:
    exact = row.astype("<f4")
    return base64.b64encode(exact.tobytes()).decode() if body.encoding_format == "base64" else [float(value) for value in exact]
