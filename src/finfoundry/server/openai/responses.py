"""``/v1/responses``: the same answers, in the words of OpenAI's newer interface. No response is kept: the conversation comes each time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from finfoundry.core.answer import Answer
from finfoundry.core.errors import FinfoundryError
from finfoundry.core.protocols import Completion
from finfoundry.governance.api_keys import Bearer
from finfoundry.governance.guards.raw import REFUSED
from finfoundry.server.limits.errors import UnusableField, body_of, request_id
from finfoundry.server.openai.annotations import file_citations
from finfoundry.server.openai.base_model import BaseCall, base_call, complete, extension, is_base, streamed_completion
from finfoundry.server.openai.chat import GovernedCall, contract
from finfoundry.server.openai.fields import RESPONSES, check_fields, check_texts
from finfoundry.server.openai.response_events import Event, Reply, call_item, usage, usage_of
from finfoundry.server.openai.response_shapes import ResponseObject, ResponsesRequest
from finfoundry.server.routes.bodies import STREAMED
from finfoundry.server.routes.credentials import Reader, Shared, still_open
from finfoundry.server.routes.questions import errors, json
from finfoundry.server.service.events import event, streamed, watched, while_there
from finfoundry.server.service.state import Service, Still

api = APIRouter(prefix="/v1", responses=errors, tags=["openai"])
_NAMED = {"response_format": "text.format", "messages": "input", "max_tokens": "max_output_tokens"}  # what chat completions call otherwise


@api.post("/responses", response_model=ResponseObject, responses=STREAMED)
async def responses(body: ResponsesRequest, request: Request, service: Shared, bearer: Reader) -> Response:
    """The governed answer, or the base itself, as a response; a stream sends ``response.in_progress`` until every figure is bound."""
    base = is_base(service, body.model)
    if base:
        bearer.require("raw")
    with _own_names():
        check_fields(body, RESPONSES, base=base)
        check_texts(list(body.kinds()))
        if body.text and body.text.verbosity not in (None, "medium"):
            raise UnusableField("text.verbosity", "cannot be honoured here", remedy="Say in the question how much is wanted")
        return await (_base(service, bearer, body, request) if base else _governed(service, bearer, body, request))


async def _governed(service: Service, bearer: Bearer, body: ResponsesRequest, request: Request) -> Response:
    question, reply = await GovernedCall.of(service, bearer, body.chat(), request), Reply(body)
    if body.stream:
        return streamed(_with_errors(_events(service, bearer, question, reply, still_open(request)), reply, request_id(request)))
    answer, text = await while_there(request, question.answer(service, bearer))
    item = reply.message(text, file_citations(answer, text, question.host))
    return json(_answered(reply, answer, item))


def _answered(reply: Reply, answer: Answer, item: Event) -> Event:
    tokens = usage(answer.tokens.get("prompt", 0), answer.tokens.get("completion", 0))
    return reply.told("completed", [item], tokens, answer=contract(answer), ai_generated=True, disclosure=answer.disclosure)


async def _events(service: Service, bearer: Bearer, question: GovernedCall, reply: Reply, still: Still) -> AsyncIterator[Event]:
    yield reply.state("created")
    async for sign in watched(question.answer(service, bearer), still):
        if isinstance(sign, float):
            yield reply.state("in_progress")
            continue
        answer, text = sign.result()
        item = reply.message(text, file_citations(answer, text, question.host))
        for made in (*reply.begun(), *map(reply.piece, question.pieces(text)), *reply.ended(item)):
            yield made
        yield reply.event("response.completed", response=_answered(reply, answer, item))


async def _base(service: Service, bearer: Bearer, body: ResponsesRequest, request: Request) -> Response:
    asked, reply = body.chat(), Reply(body)
    call, more = base_call(service, bearer.principal.user, asked), extension(service, asked, reply.id)
    if body.stream:
        events = _base_events(service, bearer, call, reply, still_open(request), more)
        return streamed(_with_errors(events, reply, request_id(request)))
    completion = await complete(service, bearer, call, request)
    return json(_completed(reply, completion, _items(reply, call, completion), more))


def _items(reply: Reply, call: BaseCall, completion: Completion) -> list[Event]:
    """The output of the base: a call of a function, or its text."""
    calls = call.wanted.calls(completion) if call.wanted and completion.finish != REFUSED else []
    return [call_item(one) for one in calls] or [reply.message(completion.text, status=_status(completion))]


def _status(completion: Completion) -> str:
    return "completed" if completion.finish == "stop" else "incomplete"


def _completed(reply: Reply, completion: Completion, items: list[Event], more: dict[str, Any]) -> Event:
    return reply.told(_status(completion), items, usage_of(completion), **more)


async def _base_events(
    service: Service, bearer: Bearer, call: BaseCall, reply: Reply, still: Still, more: dict[str, Any]
) -> AsyncIterator[Event]:
    yield reply.state("created")
    yield reply.state("in_progress")
    silent = call.wanted is not None and call.wanted.tool is not None  # the text is a call, which is sent when it is whole
    for made in () if silent else reply.begun():
        yield made
    async for told in streamed_completion(service, bearer, call, still):
        if not isinstance(told, Completion):
            if not silent:
                yield reply.piece(told)
            continue
        (item,) = items = _items(reply, call, told)
        for made in reply.called(item) if item["type"] == "function_call" else (*(reply.begun() if silent else ()), *reply.ended(item)):
            yield made
        yield reply.event(f"response.{_status(told)}", response=_completed(reply, told, items, more))


async def _with_errors(events: AsyncIterator[Event], reply: Reply, identifier: str) -> AsyncIterator[str]:
    """The events as they are sent; an error is the last."""
    try:
        with _own_names():
            async for one in events:
                yield event(one["type"], one)
    except FinfoundryError as error:
        told = body_of(error, identifier).error
        fields = {"code": told.code, "message": told.message, "param": told.param, "error": told}
        yield event("error", reply.event("error", **fields))


@contextmanager
def _own_names() -> Iterator[None]:
    """A field of a chat completion that cannot be used bears the name that it has here."""
    try:
        yield
    except UnusableField as error:
        head, dot, rest = error.param.partition(".")
        name = _NAMED.get(head, f"{head}{dot}{rest}")
        raise UnusableField(name, error.why, remedy=error.remedy or "") from error
