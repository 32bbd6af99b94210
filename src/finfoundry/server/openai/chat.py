"""Chat completions, as OpenAI's clients ask for them.

The model ``finfoundry`` (one collection: ``finfoundry/NAME``) is the governed answer: nothing of its text is sent before every figure is
bound; until then a stream carries progress only. ``status``, ``citations``, ``figures`` and the rest of the answer contract are extension
fields; ``finfoundry+sources`` has options and sources inside the text, too. The base model itself, under its own name, answers keys with
the scope ``raw``; ``BASE+ADAPTER`` is the base with a tuned adapter.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from finfoundry.base.openai import estimate_tokens
from finfoundry.core.answer import Answer
from finfoundry.core.errors import FinfoundryError, InputError
from finfoundry.core.protocols import Completion
from finfoundry.governance.api_keys import Bearer
from finfoundry.governance.guards.raw import REFUSED
from finfoundry.knowledge.shown.views import json_text
from finfoundry.server.limits.errors import UnusableField, body_of, request_id
from finfoundry.server.openai.annotations import url_citations, with_sources
from finfoundry.server.openai.base_model import BaseCall, base_call, complete, extension, is_base, streamed_completion
from finfoundry.server.openai.fields import CHAT, check_fields, check_texts
from finfoundry.server.openai.model_names import GovernedName, no_model
from finfoundry.server.openai.shapes import ChatCompletion, ChatRequest
from finfoundry.server.openai.structured import governed_format
from finfoundry.server.routes.bodies import STREAMED
from finfoundry.server.routes.conversation import answer_last
from finfoundry.server.routes.credentials import Reader, Shared, own_address, still_open
from finfoundry.server.routes.questions import errors, json
from finfoundry.server.service.events import streamed, watched, while_there
from finfoundry.server.service.state import Service, Still

_PIECES = re.compile(r"\S+\s*|\s+|[\u2e80-\u9fff]")
api = APIRouter(prefix="/v1", responses=errors, tags=["openai"])


@dataclass(frozen=True, slots=True)
class GovernedCall:
    """A question to the governed answer, and how its text is wanted. ``host``: the address that its links lead to."""

    asked: tuple[str, ...]
    named: GovernedName
    as_json: bool
    longest: int | None  # tokens
    limited_by: str  # the field that says so
    host: str

    @classmethod
    async def of(cls, service: Service, bearer: Bearer, body: ChatRequest, request: Request) -> GovernedCall:
        """Raises NotFound for a model or a collection that is not there, UnusableField, InputError where nothing is asked."""
        named = GovernedName.read(body.model)
        if named is None:
            raise no_model(body.model)
        await service.work(service.app.policy.require_collection, bearer.principal, named.collection)
        asked = tuple(message.text for message in body.messages if message.role == "user")
        if not asked:
            raise InputError("There is no message of the role 'user'", remedy="Send the question as the last message, role user")
        limited_by = "max_completion_tokens" if body.max_completion_tokens else "max_tokens"
        return cls(asked, named, governed_format(body.response_format), body.longest, limited_by, own_address(request))

    async def answer(self, service: Service, bearer: Bearer) -> tuple[Answer, str]:
        """The answer and its text. Raises UnusableField where the text is longer than may be: it is never cut."""
        collection = self.named.collection
        answer = await service.in_turn(bearer, partial(answer_last, service, bearer.principal, self.asked, collection))
        text = self._text(answer)
        if self.longest is not None and (tokens := estimate_tokens(text)) > self.longest:
            why = f"is too small: the answer has some {tokens} tokens, and is not cut, since a part may say something else"
            raise UnusableField(self.limited_by, why, remedy=f"Send {tokens} or more, or leave it out")
        return answer, text

    def _text(self, answer: Answer) -> str:
        if self.as_json:
            return json_text(answer, indent=None)
        return with_sources(answer, answer.shown, self.host) if self.named.sources else answer.shown

    def pieces(self, text: str) -> list[str]:
        """A text as it is streamed."""
        return _PIECES.findall(text)


@api.post("/chat/completions", response_model=ChatCompletion, responses=STREAMED)
async def chat(body: ChatRequest, request: Request, service: Shared, bearer: Reader) -> Response:
    """The last message of the user is the question; what it leaves out is taken from those before it."""
    base = is_base(service, body.model)
    if base:
        bearer.require("raw")
    check_fields(body, CHAT, base=base)
    check_texts(list(body.kinds))
    still, identifier = still_open(request), request_id(request)
    if base:
        call = base_call(service, bearer.principal.user, body)
        if body.stream:
            return streamed(_with_errors(_base_chunks(service, bearer, body, call, still), identifier))
        return json(_base_told(service, body, call, await complete(service, bearer, call, request)))
    question = await GovernedCall.of(service, bearer, body, request)
    if body.stream:
        return streamed(_with_errors(_chunks(service, bearer, body, question, still), identifier))
    answer, text = await while_there(request, question.answer(service, bearer))
    refusal = text if answer.status == "refused" else None
    message = {"role": "assistant", "content": text, "refusal": refusal, "annotations": url_citations(answer, text, question.host)}
    head = _head(answer.id, "chat.completion", body.model)
    return json({**head, "choices": [_choice(message)], "usage": usage(answer.tokens), **contract(answer)})


async def _with_errors(chunks: AsyncIterator[dict[str, Any]], identifier: str) -> AsyncIterator[str]:
    """The events of a stream; an error is its last."""
    try:
        async for chunk in chunks:
            yield _data(chunk)
        yield "data: [DONE]\n\n"
    except FinfoundryError as error:
        yield _data(body_of(error, identifier))


async def _chunks(
    service: Service, bearer: Bearer, body: ChatRequest, question: GovernedCall, still: Still
) -> AsyncIterator[dict[str, Any]]:
    head = _head(_new_id(), "chat.completion.chunk", body.model)
    started = time.monotonic()
    yield {**head, "choices": [_delta({"role": "assistant", "content": ""})]}
    async for sign in watched(question.answer(service, bearer), still):
        if isinstance(sign, float):
            progress = {"state": "working", "seconds": sign, "waiting": service.asks.waiting}
            yield {**head, "choices": [_delta({})], "progress": progress}
            continue
        service.metrics.observe("first_token_seconds", time.monotonic() - started, of="answer")
        answer, text = sign.result()
        for chunk in _told(answer, text, head, body, question):
            yield chunk


def _told(answer: Answer, text: str, head: dict[str, Any], body: ChatRequest, question: GovernedCall) -> Iterator[dict[str, Any]]:
    """A bound answer as chunks: its text in pieces, where its sources are, then what is known of it."""
    for piece in question.pieces(text):
        yield {**head, "choices": [_delta({"content": piece})]}
    if cited := url_citations(answer, text, question.host):
        yield {**head, "choices": [_delta({"annotations": cited})]}
    yield {**head, "choices": [_delta({}, "stop")], **contract(answer)}
    yield from _counted(head, body, answer.tokens)


def _counted(head: dict[str, Any], body: ChatRequest, tokens: dict[str, int]) -> Iterator[dict[str, Any]]:
    """The last chunk, where the request asks for the tokens."""
    if body.stream_options and body.stream_options.include_usage:
        yield {**head, "choices": [], "usage": usage(tokens)}


def contract(answer: Answer) -> dict[str, Any]:
    """The parts of the answer contract that OpenAI's format lacks, and that the text was generated."""
    names = ("status", "language", "citations", "figures", "warnings", "options", "nearest", "reason", "audit_id", "timings", "disclosure")
    return {**{name: getattr(answer, name) for name in names}, "ai_generated": True}


def usage(tokens: dict[str, int]) -> dict[str, int]:
    """Tokens that the model read and wrote: none where the answer needed no model, or had been given before."""
    prompt, completion = tokens.get("prompt", 0), tokens.get("completion", 0)
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


# The base itself


def _base_told(service: Service, body: ChatRequest, call: BaseCall, completion: Completion) -> dict[str, Any]:
    head = _head(_new_id(), "chat.completion", body.model)
    calls = _tool_calls(call, completion)
    refusal = completion.text if completion.finish == REFUSED else None
    message = {"role": "assistant", "content": None if calls else completion.text, "refusal": refusal}
    choice = _choice(message | ({"tool_calls": calls} if calls else {}), _finish(calls, completion))
    return {**head, "choices": [choice], "usage": usage(_tokens(completion)), **extension(service, body, head["id"])}


async def _base_chunks(service: Service, bearer: Bearer, body: ChatRequest, call: BaseCall, still: Still) -> AsyncIterator[dict[str, Any]]:
    head = _head(_new_id(), "chat.completion.chunk", body.model)
    silent = call.wanted is not None and call.wanted.tool is not None  # the text is a call, which is sent when it is whole
    yield {**head, "choices": [_delta({"role": "assistant", "content": None if silent else ""})]}
    async for told in streamed_completion(service, bearer, call, still):
        if isinstance(told, Completion):
            calls = [{"index": number, **one} for number, one in enumerate(_tool_calls(call, told))]
            if calls or silent:
                yield {**head, "choices": [_delta({"tool_calls": calls} if calls else {"content": told.text})]}
            yield {**head, "choices": [_delta({}, _finish(calls, told))], **extension(service, body, head["id"])}
            for chunk in _counted(head, body, _tokens(told)):
                yield chunk
        elif not silent:
            yield {**head, "choices": [_delta({"content": told})]}


def _tool_calls(call: BaseCall, completion: Completion) -> list[dict[str, Any]]:
    made = call.wanted.calls(completion) if call.wanted and completion.finish != REFUSED else []
    return [{"id": f"call_{uuid.uuid4().hex}", "type": "function", "function": one} for one in made]


def _finish(calls: list[dict[str, Any]], completion: Completion) -> str:
    return "tool_calls" if calls else completion.finish


def _tokens(completion: Completion) -> dict[str, int]:
    return {"prompt": completion.prompt_tokens, "completion": completion.completion_tokens}


def _new_id() -> str:
    return f"chatcmpl-{uuid.uuid4().hex}"


def _head(identifier: str, kind: str, model: str) -> dict[str, Any]:
    return {"id": identifier, "object": kind, "created": int(time.time()), "model": model}


def _choice(message: dict[str, Any], finish: str = "stop") -> dict[str, Any]:
    return {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}


def _delta(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}


def _data(value: Any) -> str:
    return f"data: {json_text(value, indent=None)}\n\n"
