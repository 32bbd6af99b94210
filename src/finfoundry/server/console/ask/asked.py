"""A question of a kept conversation: answered after those before it, and kept with its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from finfoundry.conversations import memory
from finfoundry.conversations.history import PastTurn
from finfoundry.core.errors import NotFound
from finfoundry.core.principal import Principal
from finfoundry.server.routes.conversation import answer_last
from finfoundry.server.service.state import Service


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """``conversation`` "" begins one; ``at`` is the number of a turn that is asked anew, with all after it forgotten; 0 goes on."""

    question: str
    collection: str = ""
    conversation: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """A turn as it was kept, and the conversation that it is of."""

    conversation: str
    turn: PastTurn


def answer_and_keep(service: Service, principal: Principal, asked: AskedQuestion) -> KeptAnswer:
    """Raises NotFound for a conversation of somebody else's, and what ``App.ask`` raises."""
    history = service.app.history
    turns = history.show(principal, asked.conversation)[1] if asked.conversation else []
    again = 0 < asked.at <= len(turns)
    before = [turn.question for turn in (turns[: asked.at - 1] if again else turns)]
    answer = answer_last(service, principal, [*before, asked.question], asked.collection or None, fresh=again)
    at = asked.at if again else 0  # without one, the number is taken as the turn is kept
    try:
        conversation, number = history.keep(principal, asked.conversation, at, asked.question, answer, asked.collection)
    except NotFound:  # deleted while it was answered
        _forget(service, principal, asked, before)
        raise
    return KeptAnswer(conversation, PastTurn(number, asked.question, answer, ""))


def _forget(service: Service, principal: Principal, asked: AskedQuestion, before: Sequence[str]) -> None:
    """What the last question of a deleted conversation left in the memory, with those before it."""
    names = [memory.name_of(asked.collection or None, questions) for questions in (before, [*before, asked.question])]
    with service.app.database.transaction(principal) as connection:
        memory.forget_named(connection, principal, names)
