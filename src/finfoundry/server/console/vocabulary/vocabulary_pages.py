"""The page of the institution's terms: each version with its state, a form for a new one, a trial beside the answer of today."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from finfoundry.ask.lexicon.own_vocabulary import redefined
from finfoundry.core.errors import FinfoundryError, InputError, NotFound
from finfoundry.core.language import language_of
from finfoundry.governance.api_keys import Bearer
from finfoundry.governance.own_terms import TermEntry
from finfoundry.server.console.render import page
from finfoundry.server.limits.errors import status_of
from finfoundry.server.routes.credentials import opened
from finfoundry.server.service.events import while_there
from finfoundry.server.service.state import Service, Shared
from finfoundry.usecases.term_desk import TermDesk, entry_of

vocabulary_pages = APIRouter(include_in_schema=False)
Visitor = Annotated[Bearer, Depends(opened("read"))]
Writer = Annotated[Bearer, Depends(opened("write"))]
Number = Annotated[int, Path(ge=1, lt=2**63)]
Short = Annotated[str, Form(max_length=500)]
_KEY = re.compile(r"\W+")  # what the key of a term cannot hold: people write names


@dataclass(frozen=True, slots=True)
class SentTerm:
    """A term as the form sends it; ``kind`` says what ``means`` is."""

    name: str = ""
    names: str = ""
    kind: str = "synonym"
    means: str = ""
    norm: str = ""
    better: str = ""
    definition: str = ""
    label: str = "general"
    question: str = ""
    redefines: bool = False

    def entry(self) -> TermEntry:
        """Raises InputError."""
        said = [one.strip() for one in self.names.replace("，", ",").replace("、", ",").split(",") if one.strip()] or [self.name]
        fields: dict[str, object] = {"label": self.label, "definition": self.definition}
        for language in ("en", "zh"):
            fields[language] = [one for one in said if language_of(one) == language] or None
        fields[{"formula": "expression", "printed": "printed"}.get(self.kind, "means")] = self.means.strip()
        if self.redefines:
            fields["redefines"] = True
        if self.kind == "norm":
            fields |= {"norm": self.norm.strip(), "better": self.better or None}
        return entry_of(_KEY.sub("_", self.name.strip()).strip("_").lower(), fields)


def sent_term(
    name: Short = "", names: Short = "", kind: Short = "synonym", means: Short = "", norm: Short = "", better: Short = "",
    definition: Annotated[str, Form(max_length=2000)] = "", label: Short = "general", question: Annotated[str, Form(max_length=4000)] = "",
    redefines: Annotated[bool, Form()] = False,
) -> SentTerm:  # fmt: skip
    """The term of a form."""
    return SentTerm(name, names, kind, means, norm, better, definition, label, question, redefines)


Sent = Annotated[SentTerm, Depends(sent_term)]


@vocabulary_pages.get("/console/vocabulary")
async def vocabulary(request: Request, service: Shared, bearer: Visitor) -> Response:
    return await _page(request, service, bearer, SentTerm())


@vocabulary_pages.post("/console/vocabulary")
async def propose(request: Request, service: Shared, bearer: Writer, sent: Sent) -> Response:
    """Propose a term; a second person approves it."""
    error = await service.work(_propose, service, bearer, sent)
    if error:
        return await _page(request, service, bearer, sent, error=error)
    return RedirectResponse("/console/vocabulary", 303)


@vocabulary_pages.post("/console/vocabulary/try")
async def try_on(request: Request, service: Shared, bearer: Visitor, sent: Sent) -> Response:
    """Answer a question with the term and without it, side by side; no term is kept."""
    try:
        trial = await while_there(request, service.in_turn(bearer, partial(_tried, service, bearer, sent)))
    except (InputError, NotFound) as error:
        return await _page(request, service, bearer, sent, error=error)
    return await _page(request, service, bearer, sent, trial=trial)


@vocabulary_pages.post("/console/vocabulary/{number}/approve")
async def approve(service: Shared, bearer: Writer, number: Number) -> Response:
    await service.work(TermDesk(service.app).approve, bearer.principal, [number])
    return RedirectResponse("/console/vocabulary", 303)


@vocabulary_pages.post("/console/vocabulary/{number}/retire")
async def retire(service: Shared, bearer: Writer, number: Number) -> Response:
    await service.work(TermDesk(service.app).retire, bearer.principal, number)
    return RedirectResponse("/console/vocabulary", 303)


def _propose(service: Service, bearer: Bearer, sent: SentTerm) -> FinfoundryError | None:
    try:
        TermDesk(service.app).add(bearer.principal, [sent.entry()])
    except (InputError, NotFound) as error:
        return error
    return None


def _tried(service: Service, bearer: Bearer, sent: SentTerm) -> Any:
    return TermDesk(service.app).try_on(bearer.principal, sent.question, [sent.entry()])


async def _page(
    request: Request, service: Service, bearer: Bearer, sent: SentTerm, *, trial: Any = None, error: FinfoundryError | None = None
) -> Response:
    terms = await service.work(TermDesk(service.app).terms, bearer.principal)
    labels = await service.work(service.app.policy.visible_labels, bearer.principal)
    values = {"terms": terms, "labels": labels, "sent": sent, "trial": trial, "error": error, "redefined": redefined}
    return page(request, "vocabulary/vocabulary.html", bearer, "vocabulary", status_of(error) if error else 200, **values)
