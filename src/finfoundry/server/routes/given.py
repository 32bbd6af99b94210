"""Questions that bring their papers: these are read apart, asked, and forgotten."""

from __future__ import annotations

import base64
import re

import msgspec

from finfoundry.core.answer import Answer
from finfoundry.core.document import Parsed
from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.machine import bounds_of
from finfoundry.server.routes.bodies import AskRequest, FileEvidence, TextEvidence
from finfoundry.server.sandbox import sandboxed
from finfoundry.server.sandbox.sandboxed import FileGiven, ReadTask
from finfoundry.server.service.state import Service

_MARKUP = re.compile(r"<(?:table|p|div|html|body|span)\b", re.IGNORECASE)


def answer(service: Service, principal: Principal, body: AskRequest) -> Answer:
    """Raises InputError for papers that cannot be read, or with a collection or a conversation, which they are no part of."""
    if body.collection is not None or body.conversation is not None:
        raise InputError("A question over papers of its own has no collection and no conversation", remedy="Leave out these fields")
    files = [_file(given, number) for number, given in enumerate(body.papers, 1)]
    task = ReadTask(service.app.settings.certificate_threshold, bounds_of(service.app.settings))
    done = service.apart.do(task, msgspec.msgpack.encode(files))
    try:
        papers: list[Parsed] = sandboxed.papers.decode(done.outcome)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise InputError("The papers cannot be read", remedy="Send them in a plainer form") from error
    return service.app.ask(principal, body.question, papers=papers)


def _file(given: str | TextEvidence | FileEvidence, number: int) -> FileGiven:
    if isinstance(given, FileEvidence):
        return FileGiven(given.file, given.name)
    text, name = (given, f"text {number}") if isinstance(given, str) else (given.text, given.name)
    ending = "html" if _MARKUP.search(text) else "md"
    return FileGiven(base64.b64encode(text.encode()).decode(), f"{name}.{ending}")
