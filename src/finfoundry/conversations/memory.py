"""What is remembered between the questions of a conversation: the last one in full and its subject, for its asker alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence

from psycopg.types.json import Jsonb
from pydantic import TypeAdapter, ValidationError

from finfoundry.ask.context.question import Conversation
from finfoundry.core.principal import Principal
from finfoundry.runtime.database import Connection, Database

LONGEST_ID = 200
_CONVERSATION = TypeAdapter(Conversation)


def recall(database: Database, principal: Principal, id: str | None) -> Conversation:
    """The conversation as last kept; a new one without an id, for an unknown one, or for one of an older version of the product."""
    if not id:
        return Conversation()
    with database.transaction(principal) as connection:
        query = "SELECT content FROM conversations WHERE person = %s AND id = %s"
        found = connection.execute(query, (principal.user, id[:LONGEST_ID])).fetchone()
    try:
        return _CONVERSATION.validate_python(found[0]) if found else Conversation()
    except ValidationError:
        return Conversation()


def remember(connection: Connection, principal: Principal, id: str | None, conversation: Conversation) -> None:
    """Keep a conversation under its id, in the transaction of the answer's record; without an id nothing is kept."""
    if id:
        query = """
            INSERT INTO conversations (person, id, content) VALUES (%s, %s, %s)
            ON CONFLICT (person, id) DO UPDATE SET content = excluded.content, changed = now()
        """
        connection.execute(query, (principal.user, id[:LONGEST_ID], Jsonb(_CONVERSATION.dump_python(conversation, mode="json"))))


def name_of(collection: str | None, asked: Sequence[str]) -> str:
    """The id under which what questions of a collection led to is kept, where nobody gave it one: the same list has the same."""
    return "chat-" + hashlib.sha256(json.dumps([collection, list(asked)]).encode()).hexdigest()


def forget_named(connection: Connection, principal: Principal, names: Iterable[str]) -> int:
    """Delete conversations of one's own by their ids; how many there were."""
    query = "DELETE FROM conversations WHERE person = %s AND id = ANY (%s)"
    return connection.execute(query, (principal.user, sorted(set(names)))).rowcount


def forget(connection: Connection, person: str) -> int:
    """Delete the conversations of a person, in the transaction that erases the person's key; how many there were."""
    return connection.execute("DELETE FROM conversations WHERE person = %s", (person,)).rowcount
