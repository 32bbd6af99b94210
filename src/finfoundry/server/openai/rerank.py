"""Texts of the client's own ranked for a question, in the words of Cohere's and Jina's interfaces. Nothing of the store is read."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from finfoundry.server.limits.errors import UnusableField
from finfoundry.server.openai.fields import FieldRule, check_fields
from finfoundry.server.openai.model_names import GOVERNED, RERANKER, no_model
from finfoundry.server.openai.reranking import relevance
from finfoundry.server.openai.shapes import Open, Whole
from finfoundry.server.routes.credentials import Reader, Shared
from finfoundry.server.routes.questions import errors, json
from finfoundry.server.service.state import Service

MOST_DOCUMENTS, MOST_CHARACTERS = 512, 1_000_000  # of one request
_CUT = FieldRule("refused", "refused", "Leave it out: every text is read to its end")
RERANK = {
    **dict.fromkeys(("model", "query", "documents", "top_n", "return_documents"), FieldRule("honoured", "honoured")),
    "priority": FieldRule("harmless", "harmless"),
    "rank_fields": FieldRule("refused", "refused", "Send the fields as one text", ([], ["text"])),
    "max_tokens_per_doc": _CUT,
    "max_chunks_per_doc": _CUT,
}
api = APIRouter(responses=errors, tags=["openai"])


class RankedText(Open):
    text: str


class RerankRequest(Whole):
    model: str = Field(RERANKER, max_length=300)
    query: Annotated[str, Field(min_length=1)]
    documents: list[str | RankedText] = Field(min_length=1, max_length=MOST_DOCUMENTS)
    top_n: int | None = Field(None, ge=1)
    return_documents: bool | None = None


class Ranked(BaseModel):
    """``index``: which of the documents; ``relevance_score``: how likely it answers, 0 to 1."""

    index: int
    relevance_score: float
    document: RankedText | None = None


class RerankUsage(BaseModel):
    """Tokens that the embedder read; 0 without one."""

    total_tokens: int


class Reranked(BaseModel):
    id: str
    model: str
    results: list[Ranked]
    usage: RerankUsage


@api.post("/v1/rerank", response_model=Reranked)
@api.post("/v2/rerank", response_model=Reranked, operation_id="rerank_v2")
async def rerank(body: RerankRequest, request: Request, service: Shared, bearer: Reader) -> Response:
    """The texts that answer the question best, best first: by words, headings and, where there is an embedder, meaning."""
    if body.model not in (RERANKER, GOVERNED):
        raise no_model(body.model, RERANKER)
    check_fields(body, RERANK, base=False)
    texts = [one if isinstance(one, str) else one.text for one in body.documents]
    _check_sizes(service, body.query, texts)
    scores, tokens = await service.compute(request, bearer, _scored, service, body.query, texts)
    order = sorted(range(len(texts)), key=lambda number: -scores[number])[: body.top_n]
    results = [_result(number, scores[number], texts[number] if body.return_documents else None) for number in order]
    return json({"id": str(uuid.uuid4()), "model": RERANKER, "results": results, "usage": {"total_tokens": tokens}})


def _check_sizes(service: Service, query: str, texts: Sequence[str]) -> None:
    most = service.app.settings.question_characters
    if len(query) > most:
        raise UnusableField("query", f"has {len(query)} characters, at most {most} can be read", remedy="Send a shorter one")
    if (whole := sum(map(len, texts))) > MOST_CHARACTERS:
        raise UnusableField("documents", f"have {whole} characters, at most {MOST_CHARACTERS} can be read", remedy="Send fewer at once")


def _scored(service: Service, query: str, texts: Sequence[str]) -> tuple[list[float], int]:
    """The score of each text, and how many tokens the embedder read for them."""
    embedder, tokens = service.app.store.embedder, 0

    def likeness(question: str, read: Sequence[str]) -> Sequence[float]:
        nonlocal tokens
        tokens += embedder.count_tokens([question, *read]) if embedder else 0
        return service.app.searcher.likeness(question, read)

    return relevance(query, texts, likeness), tokens


def _result(number: int, score: float, text: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {"index": number, "relevance_score": round(score, 6)}
    return found if text is None else found | {"document": {"text": text}}
