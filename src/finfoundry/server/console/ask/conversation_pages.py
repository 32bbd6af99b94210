"""The page of questions: conversations in a list beside it, each kept until it is deleted; live with scripts, whole without."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from finfoundry.conversations.history import LONGEST_TITLE, PastTurn
from finfoundry.core.answer import Answer
from finfoundry.core.errors import FinfoundryError, NotFound
from finfoundry.core.progress import stages_told
from finfoundry.governance.api_keys import Bearer
from finfoundry.server.console.ask.answer_chart import Chart, chart_of
from finfoundry.server.console.ask.answer_progress import progress_words
from finfoundry.server.console.ask.asked import AskedQuestion, KeptAnswer, answer_and_keep
from finfoundry.server.console.ask.chart_picture import drawn
from finfoundry.server.console.ask.suggestions import suggested
from finfoundry.server.console.ask.written_conversation import as_markdown, figures_workbook
from finfoundry.server.console.page_texts import words
from finfoundry.server.console.render import fragment, page, reader_language
from finfoundry.server.limits.errors import body_of, request_id
from finfoundry.server.routes.credentials import opened, still_open
from finfoundry.server.service.events import event, streamed, watched, while_there
from finfoundry.server.service.state import Service, Shared

conversation_pages = APIRouter(include_in_schema=False)
Visitor = Annotated[Bearer, Depends(opened("read"))]
Words = Annotated[str, Query(max_length=500)]
LISTED = 200  # conversations beside the question
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def asked_question(
    question: Annotated[str, Form()],
    collection: Annotated[str, Form(max_length=255)] = "",
    conversation: Annotated[str, Form(max_length=40)] = "",
    at: Annotated[int, Form(ge=0, le=100_000)] = 0,
) -> AskedQuestion:
    """The question of a form."""
    return AskedQuestion(question, collection, conversation, at)


Asked = Annotated[AskedQuestion, Depends(asked_question)]


@conversation_pages.get("/console/ask")
async def begin(request: Request, service: Shared, bearer: Visitor, find: Words = "") -> Response:
    """A new conversation, with questions that the latest papers can answer."""
    values = await service.work(_beside, service, bearer, find)
    language = reader_language(request)
    values["suggestions"] = await service.work(suggested, service.app.database, bearer.principal, language)
    return page(request, "ask/ask.html", bearer, "ask", **values)


@conversation_pages.get("/console/ask/{conversation}")
async def go_on(request: Request, service: Shared, bearer: Visitor, conversation: str, find: Words = "") -> Response:
    """A conversation as it was, to go on with."""
    return await _shown(request, service, bearer, conversation, find)


@conversation_pages.post("/console/ask")
async def ask(request: Request, service: Shared, bearer: Visitor, asked: Asked) -> Response:
    """The conversation with the question answered."""
    work = partial(answer_and_keep, service, bearer.principal, asked)
    kept: KeptAnswer = await while_there(request, service.in_turn(bearer, work))
    return await _shown(request, service, bearer, kept.conversation, "")


@conversation_pages.post("/console/ask/stream")
async def ask_live(request: Request, service: Shared, bearer: Visitor, asked: Asked) -> Response:
    """The same as events: progress in words, then the turn to show."""
    return streamed(_told(request, service, bearer, asked))


async def _told(request: Request, service: Service, bearer: Bearer, asked: AskedQuestion) -> AsyncIterator[str]:
    stages: list[str] = []

    def work() -> KeptAnswer:
        with stages_told(stages.append):
            return answer_and_keep(service, bearer.principal, asked)

    said = words(reader_language(request))
    try:
        async for sign in watched(service.in_turn(bearer, work), still_open(request)):
            if isinstance(sign, float):
                told = progress_words(said, stages, sign, service.answer_times, service.limits.deadline)
                yield event("progress", {"seconds": sign, "text": told})
            else:
                yield event("answer", _turn_event(request, bearer, sign.result(), asked))
    except FinfoundryError as error:
        yield event("error", body_of(error, request_id(request)))


def _turn_event(request: Request, bearer: Bearer, kept: KeptAnswer, asked: AskedQuestion) -> dict[str, Any]:
    values = turn_values(request, kept.conversation, kept.turn) | {"collection": asked.collection}
    html = fragment(request, "ask/turn.html", bearer, **values)
    return {"html": html, "conversation": kept.conversation, "number": kept.turn.number, "title": " ".join(kept.turn.question.split())}


def turn_values(request: Request, conversation: str, turn: PastTurn) -> dict[str, Any]:
    """What the template of one turn of one's own needs; ``conversation`` "" where it is somebody else's."""
    answer, language = turn.answer, reader_language(request)
    made = chart_of(answer, language) if answer and answer.status == "answered" else None
    path = f"/console/ask/{conversation}/{turn.number}" if conversation else None
    chart, bars = (drawn(made, language, turn.question), made.bars) if made else (None, ())
    return {"turn": turn, "answer": answer, "path": path, "conversation": conversation, "bars": bars, "chart": chart}


async def _shown(request: Request, service: Service, bearer: Bearer, conversation: str, find: str) -> Response:
    found, turns = await service.work(service.app.history.show, bearer.principal, conversation)
    values = await service.work(_beside, service, bearer, find)
    told = [turn_values(request, found.id, turn) for turn in turns]
    values |= {"here_is": found, "turns": told, "collection": found.collection}
    return page(request, "ask/ask.html", bearer, "ask", **values)


def _beside(service: Service, bearer: Bearer, find: str) -> dict[str, Any]:
    documents = service.app.documents(bearer.principal)
    past = service.app.history.conversations(bearer.principal, find, LISTED)
    names = sorted({one.collection for one in documents})
    values: dict[str, Any] = {"past": past, "find": find, "collections": names, "papers": len(documents)}
    return values | {"here_is": None, "turns": [], "collection": "", "suggestions": []}


# what becomes of a conversation


@conversation_pages.post("/console/ask/{conversation}/rename")
async def rename(service: Shared, bearer: Visitor, conversation: str, title: Annotated[str, Form(max_length=LONGEST_TITLE)]) -> Response:
    await service.work(service.app.history.rename, bearer.principal, conversation, title)
    return RedirectResponse(f"/console/ask/{conversation}", 303)


@conversation_pages.post("/console/ask/{conversation}/delete")
async def delete(service: Shared, bearer: Visitor, conversation: str) -> Response:
    await service.work(service.app.history.delete, bearer.principal, conversation)
    return RedirectResponse("/console/ask", 303)


@conversation_pages.post("/console/ask/{conversation}/share")
async def share(service: Shared, bearer: Visitor, conversation: str, on: Annotated[bool, Form()] = True) -> Response:
    """Give a link to others, or take it back."""
    await service.work(partial(service.app.history.share, bearer.principal, conversation, on=on))
    return RedirectResponse(f"/console/ask/{conversation}", 303)


@conversation_pages.get("/console/ask/{conversation}/export")
async def export(service: Shared, bearer: Visitor, conversation: str) -> Response:
    """The conversation as Markdown, with every figure and its place."""
    found, turns = await service.work(service.app.history.show, bearer.principal, conversation)
    text = as_markdown(found, turns, service.app.file_labels())
    return file_answer(text.encode(), "text/markdown; charset=utf-8", "conversation.md")


@conversation_pages.get("/console/ask/{conversation}/{turn}/chart.svg")
async def chart(request: Request, service: Shared, bearer: Visitor, conversation: str, turn: int) -> Response:
    """The chart as a file of its own."""
    made = await service.work(_chart, service, bearer, conversation, turn, request)
    picture = drawn(made, reader_language(request), _title(made), service.app.file_labels())
    return file_answer(picture.encode(), "image/svg+xml", "chart.svg")


@conversation_pages.get("/console/ask/{conversation}/{turn}/figures.xlsx")
async def workbook(request: Request, service: Shared, bearer: Visitor, conversation: str, turn: int) -> Response:
    """The figures of an answer, exact, with their places."""
    found = await service.work(_turn_of, service, bearer, conversation, turn)
    labels = service.app.file_labels()
    data = await service.compute(request, bearer, figures_workbook, found, labels)
    return file_answer(data, WORKBOOK, "figures.xlsx")


def _turn_of(service: Service, bearer: Bearer, conversation: str, number: int) -> Answer:
    _, turns = service.app.history.show(bearer.principal, conversation)
    answer = next((one.answer for one in turns if one.number == number), None)
    if answer is None:
        raise NotFound("There is no such answer", remedy="Ask again")
    return answer


def _chart(service: Service, bearer: Bearer, conversation: str, number: int, request: Request) -> Chart:
    made = chart_of(_turn_of(service, bearer, conversation, number), reader_language(request))
    if made is None:
        raise NotFound("This answer has no chart", remedy="Ask for several years, companies or parts")
    return made


def _title(chart: Chart) -> str:
    return chart.name or ", ".join(dict.fromkeys(bar.series or bar.label for bar in chart.bars))


def file_answer(data: bytes, kind: str, name: str) -> Response:
    """A file to take away."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(data, media_type=kind, headers=headers)
