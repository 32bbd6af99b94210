"""A conversation as the list of its questions: what the last one leaves out is taken from those before it.

Clients send all questions each time, as OpenAI's do, so that a server need not remember who talked with it; what the questions before led
to is kept in the database under a name made of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from finfoundry.ask.context.question import Conversation
from finfoundry.conversations import memory
from finfoundry.core.answer import Answer
from finfoundry.core.principal import Principal
from finfoundry.server.service.state import Service

ASKED_AGAIN = 4  # questions before the last one, of a conversation that is not known here


def answer_last(service: Service, principal: Principal, asked: Sequence[str], collection: str | None, *, fresh: bool = False) -> Answer:
    """Answer the last question; a follow-up goes on from what the same questions before it led to. ``fresh``: not with an answer given
    before. Raises what ``App.ask`` raises.
    """
    here = memory.name_of(collection, asked)
    if len(asked) == 1:
        return service.answer(principal, asked[0], collection, here, cached=not fresh)
    before = memory.name_of(collection, asked[:-1])
    database = service.app.database
    talk = memory.recall(database, principal, before)
    spent = dict[str, int]()
    if talk == Conversation():  # begun elsewhere, or forgotten meanwhile
        for question in asked[:-1][-ASKED_AGAIN:]:
            tokens = service.app.ask(principal, question, collection=collection, conversation=before).tokens
            spent = {name: spent.get(name, 0) + tokens.get(name, 0) for name in {*spent, *tokens}}
        talk = memory.recall(database, principal, before)
    with database.transaction(principal) as connection:
        memory.remember(connection, principal, here, talk)
    answer = service.answer(principal, asked[-1], collection, here, cached=False)
    return replace(answer, tokens={name: answer.tokens.get(name, 0) + spent.get(name, 0) for name in {*answer.tokens, *spent}})
