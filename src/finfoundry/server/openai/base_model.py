"""The base itself, under its own name, for keys with the scope ``raw``: what it says is bound to nothing, and recorded."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import Request

from finfoundry.ask.reader.tuned_plan import PLANNER
from finfoundry.core.errors import SchemaRefused
from finfoundry.core.language import language_of
from finfoundry.core.protocols import Completion, Message
from finfoundry.core.protocols import Request as EngineRequest
from finfoundry.governance.api_keys import Bearer
from finfoundry.governance.guards.guard_register import keep
from finfoundry.governance.guards.guards import GuardDecision
from finfoundry.governance.guards.raw import REFUSED, HeldText, asked_of, last_asked, refusal_of
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
    results: tuple[str, ...] = ()  # what tools gave back


def is_base(service: Service, model: str) -> bool:
    """Whether a model's name is that of the base, with an adapter or without; the planner was not compared on what people ask."""
    base, _, adapter = model.partition("+")
    return base == service.app.engine.model and adapter != PLANNER


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
    return BaseCall(asked, shape, tuple(one.text for one in body.messages if one.role == "tool"))


def _said(message: ChatMessage) -> str:
    """A message as the engine's templates, which know three roles and text alone, can give it: a call as its name and arguments."""
    calls = [f"{call.function.name}({call.function.arguments})" for call in message.tool_calls or ()]
    return "\n".join([*([message.text] if message.text else []), *calls])


def extension(service: Service, body: ChatRequest, identifier: str) -> dict[str, Any]:
    """The label where the law asks for one. The text stays as the model wrote it, since programs read it: who shows it shows the label."""
    return {"ai_generated": True, "disclosure": service.app.disclose(language_of(body.messages[-1].text), identifier)}


async def complete(service: Service, bearer: Bearer, call: BaseCall, request: Request) -> Completion:
    """The whole text. Raises UnusableField where it has not the shape that was asked for, and what the engine raises."""
    work = service.in_turn(bearer, lambda: _completion(service, bearer, call), seconds=service.limits.raw_deadline)
    with _kept(call):
        completion = await while_there(request, work)
    if call.wanted and completion.finish != REFUSED:
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


def _completion(service: Service, bearer: Bearer, call: BaseCall) -> Completion:
    """The whole text as the guards let it leave."""
    decisions = asked_of(service.app.guards, call.asked.messages, call.results)
    if any(one.stops for one in decisions):
        return _refused(service, bearer, call, decisions)
    with service.app.recorder.recording() as calls:
        completion = service.app.recorder.chat(call.asked)
    told = service.app.guards.decide("answer", completion.text, whole=True)
    decisions += [told] if told else []
    _keep(service, bearer, calls, decisions)
    return refusal_of(completion, told) if told and told.stops else completion


def _refused(service: Service, bearer: Bearer, call: BaseCall, decisions: Sequence[GuardDecision]) -> Completion:
    """What is said where the base is not asked at all; it is on record."""
    user, stopping = bearer.principal.user, next(one for one in decisions if one.stops)
    question = audit.AuditStep("question", {"text": last_asked(call.asked.messages)})
    with service.app.database.transaction(bearer.principal) as connection:
        steps = (question, *(audit.AuditStep("guard", one) for one in decisions))
        record = audit.append(connection, audit.AuditRecord(user, "raw completion refused", steps))
        keep(connection, bearer.principal, record, decisions)
    return refusal_of(Completion("", 0, 0, model=service.app.engine.model), stopping, last_asked(call.asked.messages))


def _keep(service: Service, bearer: Bearer, calls: Calls, decisions: Sequence[GuardDecision] = ()) -> None:
    """Record the calls in the audit with what the guards decided, and remember that this user had the conversation."""
    user = bearer.principal.user
    steps = (*(call.step() for call in calls.made), *(audit.AuditStep("guard", one) for one in decisions))
    with service.app.database.transaction(bearer.principal) as connection:
        record = audit.append(connection, audit.AuditRecord(user, "raw completion", steps))
        keep(connection, bearer.principal, record, decisions)
    for call in calls.made:
        service.prompts.keep(user, call.request.messages, call.completion.text)


async def streamed_completion(service: Service, bearer: Bearer, call: BaseCall, still: Still) -> AsyncIterator[str | Completion]:
    """Pieces as the engine makes them, at the end the whole: a thread fills the queue, and stops when nobody reads any more."""
    loop, pieces, left = asyncio.get_running_loop(), asyncio.Queue[str | None](), False

    def fill() -> Completion:
        try:
            decisions = asked_of(service.app.guards, call.asked.messages, call.results)
            if any(one.stops for one in decisions):
                refused = _refused(service, bearer, call, decisions)
                loop.call_soon_threadsafe(pieces.put_nowait, refused.text)
                return refused
            held = HeldText(service.app.guards)
            with service.app.recorder.recording() as calls:
                stream = service.app.recorder.stream(call.asked)
                for piece in stream:
                    loop.call_soon_threadsafe(pieces.put_nowait, held.released(piece))
                    if left or held.stopped:
                        break
                stream.close()
            loop.call_soon_threadsafe(pieces.put_nowait, held.rest())
            _keep(service, bearer, calls, [*decisions, *held.decisions])
            completion = calls.made[-1].completion
            return refusal_of(completion, held.stopped) if held.stopped else completion
        finally:
            loop.call_soon_threadsafe(pieces.put_nowait, None)

    work = asyncio.create_task(service.in_turn(bearer, fill, seconds=service.limits.raw_deadline))
    work.add_done_callback(lambda _: pieces.put_nowait(None))
    try:
        async for piece in _while_open(pieces, still):
            yield piece
        with _kept(call):
            completion = await work
        if call.wanted and completion.finish != REFUSED:
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
