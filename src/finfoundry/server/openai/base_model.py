"""The base itself, under its own name, for keys with the scope ``raw``: what it says is bound to nothing, and recorded."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import Request

from finfoundry.core.errors import SchemaRefused
from finfoundry.core.language import language_of
from finfoundry.core.protocols import Completion, Message
from finfoundry.core.protocols import Request as EngineRequest
from finfoundry.governance.api_keys import Bearer
from finfoundry.governance.recorder import Calls
from finfoundry.runtime import audit
from finfoundry.server.limits.errors import UnusableField
from finfoundry.server.openai.shapes import ChatMessage, ChatRequest
from finfoundry.server.openai.structured import Wanted, wanted
from finfoundry.server.service.events import HEARTBEAT, while_there
from finfoundry.server.service.state import Service, Still

TOKENS = 512  # of a text whose request does not say
_ROLES: dict[str, Literal["system", "user", "assistant"]] = {"developer": "system", "system": "system", "assistant": "assistant"}


@dataclass(frozen=True, slots=True)
class BaseCall:
    """One request to the base: what the engine is asked, and the shape that the text must have."""

    asked: EngineRequest
    wanted: Wanted | None


def is_base(service: Service, model: str) -> bool:
    """Whether a model's name is that of the base, with an adapter or without."""
    return model.partition("+")[0] == service.app.engine.model


def base_call(service: Service, user: str, body: ChatRequest) -> BaseCall:
    """Raises UnusableField for a shape that cannot be kept."""
    shape = wanted(body)
    messages = (*(shape.told() if shape else ()), *(Message(_ROLES.get(one.role, "user"), _said(one)) for one in body.messages))
    stop = (body.stop,) if isinstance(body.stop, str) else tuple(body.stop or ())
    asked = EngineRequest(
        messages, schema=shape.schema if shape else None, max_tokens=body.longest or TOKENS, temperature=body.temperature or 0.0,
        seed=body.seed or 0, stop=stop, adapter=body.model.partition("+")[2] or None, deadline=service.limits.raw_deadline,
        reuse=service.prompts.goes_on(user, messages),
    )  # fmt: skip
    return BaseCall(asked, shape)


def _said(message: ChatMessage) -> str:
    """A message as the engine's templates, which know three roles and text alone, can give it: a call as its name and arguments."""
    calls = [f"{call.function.name}({call.function.arguments})" for call in message.tool_calls or ()]
    return "\n".join([*([message.text] if message.text else []), *calls])


def extension(service: Service, body: ChatRequest, identifier: str) -> dict[str, Any]:
    """The label where the law asks for one. The text stays as the model wrote it, since programs read it: who shows it shows the label."""
    return {"ai_generated": True, "disclosure": service.app.disclose(language_of(body.messages[-1].text), identifier)}


async def complete(service: Service, bearer: Bearer, call: BaseCall, request: Request) -> Completion:
    """The whole text. Raises UnusableField where it has not the shape that was asked for, and what the engine raises."""
    work = service.in_turn(bearer, lambda: _completion(service, bearer, call.asked), seconds=service.limits.raw_deadline)
    with _kept(call):
        completion = await while_there(request, work)
    if call.wanted:
        call.wanted.check(completion)
    return completion


@contextmanager
def _kept(call: BaseCall) -> Iterator[None]:
    """A schema that the engine refuses is a field of the request that cannot be used."""
    try:
        yield
    except SchemaRefused as error:
        field = call.wanted.field if call.wanted else "response_format"
        raise UnusableField(field, f"cannot be kept: {error.message}", remedy=error.remedy or "") from error


def _completion(service: Service, bearer: Bearer, asked: EngineRequest) -> Completion:
    with service.app.recorder.recording() as calls:
        completion = service.app.recorder.chat(asked)
    _keep(service, bearer, calls)
    return completion


def _keep(service: Service, bearer: Bearer, calls: Calls) -> None:
    """Record the calls in the audit, and remember that this user had the conversation."""
    user = bearer.principal.user
    with service.app.database.transaction(bearer.principal) as connection:
        audit.append(connection, audit.AuditRecord(user, "raw completion", tuple(call.step() for call in calls.made)))
    for call in calls.made:
        service.prompts.keep(user, call.request.messages, call.completion.text)


async def streamed_completion(service: Service, bearer: Bearer, call: BaseCall, still: Still) -> AsyncIterator[str | Completion]:
    """Pieces as the engine makes them, at the end the whole: a thread fills the queue, and stops when nobody reads any more."""
    loop, pieces, left = asyncio.get_running_loop(), asyncio.Queue[str | None](), False

    def fill() -> Completion:
        try:
            with service.app.recorder.recording() as calls:
                stream = service.app.recorder.stream(call.asked)
                for piece in stream:
                    loop.call_soon_threadsafe(pieces.put_nowait, piece)
                    if left:
                        break
                stream.close()
            _keep(service, bearer, calls)
            return calls.made[-1].completion
        finally:
            loop.call_soon_threadsafe(pieces.put_nowait, None)

    work = asyncio.create_task(service.in_turn(bearer, fill, seconds=service.limits.raw_deadline))
    work.add_done_callback(lambda _: pieces.put_nowait(None))
    try:
        async for piece in _while_open(pieces, still):
            yield piece
        with _kept(call):
            completion = await work
        if call.wanted:
            call.wanted.check(completion)
        yield completion
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
