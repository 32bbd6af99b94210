"""The API that OpenAI's clients speak: chat completions, models, embeddings.

The model ``finfoundry`` (one collection: ``finfoundry/NAME``) is the governed answer: nothing of its text is sent before every figure is
bound; until then a stream carries progress only. ``status``, ``citations``, ``figures`` and the rest of the answer contract are extension
fields. The base model itself, under its own name, answers keys with the scope ``raw``; ``BASE+ADAPTER`` is the base with a
tuned adapter.
"""

from __future__ import annotations

import asyncio
import base64
import re
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, Literal

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import Response
from numpy.typing import NDArray

from finfoundry.ask.views import json_text
from finfoundry.core.answer import Answer
from finfoundry.core.errors import FinfoundryError, InputError, ModelError, NotFound
from finfoundry.core.language import language_of
from finfoundry.core.protocols import Completion, Message
from finfoundry.core.protocols import Request as EngineRequest
from finfoundry.governance.api_keys import Bearer
from finfoundry.governance.recorder import Calls
from finfoundry.release.candidate import MODEL
from finfoundry.release.register import serving
from finfoundry.runtime import audit
from finfoundry.server.limits.errors import body_of, request_id
from finfoundry.server.routes.conversation import answer_last
from finfoundry.server.routes.credentials import Reader, Shared, still_open
from finfoundry.server.routes.openai_shapes import STREAMED, ChatCompletion, ChatRequest, Embeddings, EmbeddingsRequest, ModelObject, Models
from finfoundry.server.routes.questions import errors, json
from finfoundry.server.service.events import HEARTBEAT, streamed, watched, while_there
from finfoundry.server.service.state import Service, Still

Vector = NDArray[np.float32]
GOVERNED = "finfoundry"
MOST_TEXTS = 512  # of one request for embeddings
_PIECES = re.compile(r"\S+\s*|\s+|[\u2e80-\u9fff]")
api = APIRouter(prefix="/v1", responses=errors, tags=["openai"])


@api.get("/models", response_model=Models)
async def models(service: Shared, bearer: Reader) -> Response:
    """The governed answer over all collections and over each, the base and its adapters for keys that may use it, the embedder."""
    return json({"object": "list", "data": [_model(name) for name in await service.work(_names, service, bearer)]})


@api.get("/models/{model:path}", response_model=ModelObject)
async def model_show(model: str, service: Shared, bearer: Reader) -> Response:
    """One model. Those that the key does not open are not there."""
    if model not in await service.work(_names, service, bearer):
        raise _no_model(model)
    return json(_model(model))


def _names(service: Service, bearer: Bearer) -> list[str]:
    collections = sorted({document.collection for document in service.app.documents(bearer.principal)})
    base = _bases(service) if bearer.scopes & {"raw", "admin"} else []
    embedder = [service.app.store.embedder.model] if service.app.store.embedder else []
    return [GOVERNED, *(f"{GOVERNED}/{name}" for name in collections), *base, *embedder]


def _bases(service: Service) -> list[str]:
    """The base, and with each adapter that was released, none of development. Of an engine elsewhere we know the base only."""
    base, settings = service.app.engine.model, service.app.settings
    adapters = [] if not settings.own_engine else sorted(slot for slot in serving(service.app.database) if slot != MODEL)
    return [base, *(f"{base}+{adapter}" for adapter in adapters)]


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "finfoundry"}


def _no_model(name: str) -> NotFound:
    return NotFound(f"There is no model {name[:100]!r}", remedy=f"Use {GOVERNED!r}, or one that GET /v1/models lists")


@api.post("/chat/completions", response_model=ChatCompletion, responses=STREAMED)
async def chat(body: ChatRequest, request: Request, service: Shared, bearer: Reader) -> Response:
    """The last message of the user is the question; what it leaves out is taken from those before it."""
    if body.model.partition("+")[0] == service.app.engine.model:
        bearer.require("raw")
        return await _raw(service, bearer, body, request)
    name, _, collection = body.model.partition("/")
    if name != GOVERNED:
        raise _no_model(body.model)
    work = service.in_turn(bearer, partial(answer_last, service, bearer.principal, _questions(body), collection or None))
    if body.stream:
        return streamed(_chunks(service, work, body, request_id(request), still_open(request)))
    answer = await while_there(request, work)
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": answer.shown, "refusal": None},
        "finish_reason": "stop",
        "logprobs": None,
    }
    return json(
        {**_head(answer.id, "chat.completion", body.model), "choices": [choice], "usage": _usage(answer.tokens), **_extension(answer)}
    )


def _questions(body: ChatRequest) -> list[str]:
    if asked := [message.text for message in body.messages if message.role == "user"]:
        return asked
    raise InputError("There is no message of the role 'user'", remedy="Send the question as the last message, role user")


async def _chunks(service: Service, work: Any, body: ChatRequest, identifier: str, still: Still) -> AsyncIterator[str]:
    head = _head(f"chatcmpl-{uuid.uuid4().hex}", "chat.completion.chunk", body.model)
    started = time.monotonic()
    yield _data({**head, "choices": [_delta({"role": "assistant", "content": ""})]})
    try:
        async for sign in watched(work, still):
            if isinstance(sign, float):
                progress = {"state": "working", "seconds": sign, "waiting": service.asks.waiting}
                yield _data({**head, "choices": [_delta({})], "progress": progress})
                continue
            service.metrics.observe("first_token_seconds", time.monotonic() - started, of="answer")
            for chunk in _told(sign.result(), head, body):
                yield _data(chunk)
            yield "data: [DONE]\n\n"
    except FinfoundryError as error:
        yield _data(body_of(error, identifier))


def _told(answer: Answer, head: dict[str, Any], body: ChatRequest) -> Iterator[dict[str, Any]]:
    """A bound answer as chunks: its text in pieces, then what is known of it."""
    for piece in _PIECES.findall(answer.shown):
        yield {**head, "choices": [_delta({"content": piece})]}
    yield {**head, "choices": [_delta({}, "stop")], **_extension(answer)}
    if body.stream_options and body.stream_options.include_usage:
        yield {**head, "choices": [], "usage": _usage(answer.tokens)}


def _head(identifier: str, kind: str, model: str) -> dict[str, Any]:
    return {"id": identifier, "object": kind, "created": int(time.time()), "model": model}


def _delta(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}


def _data(value: Any) -> str:
    return f"data: {json_text(value, indent=None)}\n\n"


def _usage(tokens: dict[str, int]) -> dict[str, int]:
    prompt, completion = tokens.get("prompt", 0), tokens.get("completion", 0)
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _extension(answer: Answer) -> dict[str, Any]:
    """The parts of the answer contract that OpenAI's format lacks, and that the text was generated."""
    names = ("status", "language", "citations", "figures", "warnings", "options", "nearest", "reason", "audit_id", "timings", "disclosure")
    return {**{name: getattr(answer, name) for name in names}, "ai_generated": True}


# The base itself


def _engine_request(service: Service, user: str, body: ChatRequest) -> EngineRequest:
    roles: dict[str, Literal["system", "user", "assistant"]] = {"developer": "system", "system": "system", "assistant": "assistant"}
    messages = tuple(Message(roles.get(message.role, "user"), message.text) for message in body.messages)
    stop = (body.stop,) if isinstance(body.stop, str) else tuple(body.stop or ())
    tokens = body.max_completion_tokens or body.max_tokens or 512
    return EngineRequest(
        messages, max_tokens=tokens, temperature=body.temperature or 0.0, seed=body.seed or 0, stop=stop,
        adapter=body.model.partition("+")[2] or None, deadline=service.limits.raw_deadline, reuse=service.prompts.goes_on(user, messages),
    )  # fmt: skip


async def _raw(service: Service, bearer: Bearer, body: ChatRequest, request: Request) -> Response:
    asked = _engine_request(service, bearer.principal.user, body)
    if body.stream:
        return streamed(_raw_chunks(service, bearer, body, asked, request_id(request), still_open(request)))
    completion = await while_there(
        request, service.in_turn(bearer, lambda: _raw_completion(service, bearer, asked), seconds=service.limits.raw_deadline)
    )
    message = {"role": "assistant", "content": completion.text, "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": completion.finish, "logprobs": None}
    usage = _usage({"prompt": completion.prompt_tokens, "completion": completion.completion_tokens})
    head = _head(f"chatcmpl-{uuid.uuid4().hex}", "chat.completion", body.model)
    return json({**head, "choices": [choice], "usage": usage, **_raw_extension(service, body, head["id"])})


def _raw_extension(service: Service, body: ChatRequest, identifier: str) -> dict[str, Any]:
    """The label where the law asks for one. The text stays as the model wrote it, since programs read it: who shows it shows the label."""
    return {"ai_generated": True, "disclosure": service.app.disclose(language_of(body.messages[-1].text), identifier)}


def _raw_completion(service: Service, bearer: Bearer, asked: EngineRequest) -> Completion:
    with service.app.recorder.recording() as calls:
        completion = service.app.recorder.chat(asked)
    _keep_raw(service, bearer, calls)
    return completion


def _keep_raw(service: Service, bearer: Bearer, calls: Calls) -> None:
    """Record the calls in the audit, and remember that this user had the conversation."""
    user = bearer.principal.user
    with service.app.database.transaction(bearer.principal) as connection:
        audit.append(connection, audit.AuditRecord(user, "raw completion", tuple(call.step() for call in calls.made)))
    for call in calls.made:
        service.prompts.keep(user, call.request.messages, call.completion.text)


async def _raw_chunks(
    service: Service, bearer: Bearer, body: ChatRequest, asked: EngineRequest, identifier: str, still: Still
) -> AsyncIterator[str]:
    """Pieces as the engine makes them: a thread fills the queue, and stops when nobody reads any more."""
    head = _head(f"chatcmpl-{uuid.uuid4().hex}", "chat.completion.chunk", body.model)
    loop, pieces, left = asyncio.get_running_loop(), asyncio.Queue[str | None](), False

    def fill() -> None:
        try:
            with service.app.recorder.recording() as calls:
                stream = service.app.recorder.stream(asked)
                for piece in stream:
                    loop.call_soon_threadsafe(pieces.put_nowait, piece)
                    if left:
                        break
                getattr(stream, "close", lambda: None)()
            _keep_raw(service, bearer, calls)
        finally:
            loop.call_soon_threadsafe(pieces.put_nowait, None)

    work = asyncio.create_task(service.in_turn(bearer, fill, seconds=service.limits.raw_deadline))
    work.add_done_callback(lambda _: pieces.put_nowait(None))
    try:
        yield _data({**head, "choices": [_delta({"role": "assistant", "content": ""})]})
        async for piece in _while_open(pieces, still):
            yield _data({**head, "choices": [_delta({"content": piece})]})
        await work
        yield _data({**head, "choices": [_delta({}, "stop")], **_raw_extension(service, body, head["id"])})
        yield "data: [DONE]\n\n"
    except FinfoundryError as error:
        yield _data(body_of(error, identifier))
    finally:
        left = True
        work.cancel()


async def _while_open(pieces: asyncio.Queue[str | None], still: Still) -> AsyncIterator[str]:
    """The pieces up to None. Raises what ``still`` raises, which is asked each second."""
    asked = time.monotonic()
    while True:
        piece: str | None = ""
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT):
                piece = await pieces.get()
        if time.monotonic() - asked >= HEARTBEAT:
            await still()
            asked = time.monotonic()
        if piece is None:
            return
        if piece:
            yield piece


@api.post("/embeddings", response_model=Embeddings)
async def embeddings(body: EmbeddingsRequest, request: Request, service: Shared, bearer: Reader) -> Response:
    """Unit vectors of passages, by the embedder of the settings."""
    embedder = service.app.store.embedder
    if embedder is None:
        raise ModelError("There is no embedder", remedy=f"Run `finfoundry pull {service.app.settings.embedder}`")
    if body.model not in (embedder.model, service.app.settings.embedder):
        raise _no_model(body.model)
    texts = [body.input] if isinstance(body.input, str) else body.input
    if not texts or len(texts) > MOST_TEXTS or not all(texts):
        raise InputError(f"Between 1 and {MOST_TEXTS} texts can be embedded at once, none of them empty")
    vectors = await service.compute(request, bearer, embedder.passages, texts)
    data = [{"object": "embedding", "index": number, "embedding": _vector(row, body)} for number, row in enumerate(vectors)]
    tokens = sum(len(text) for text in texts) // 4
    return json({"object": "list", "model": embedder.model, "data": data, "usage": {"prompt_tokens": tokens, "total_tokens": tokens}})


def _vector(row: Vector, body: EmbeddingsRequest) -> str | list[float]:
    exact = row.astype("<f4")
    return base64.b64encode(exact.tobytes()).decode() if body.encoding_format == "base64" else [float(value) for value in exact]
