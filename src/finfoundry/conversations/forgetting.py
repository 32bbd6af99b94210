"""What is forgotten with a person: what they said is deleted, what others rest on bears a pseudonym."""

from __future__ import annotations

from dataclasses import dataclass

from finfoundry.conversations import memory
from finfoundry.conversations.history import forget_conversations
from finfoundry.conversations.signatures import pseudonymise_signatures
from finfoundry.governance.guards.guard_register import pseudonymise_guarded
from finfoundry.knowledge.ingest.ingest_files import forget_sent
from finfoundry.runtime.database import Connection
from finfoundry.specialists.scoring.scores import Scores


@dataclass(frozen=True, slots=True)
class Erased:
    """Whose key was deleted, and how many conversations went with it."""

    kind: str
    name: str
    conversations: int


def forget_person(connection: Connection, specialists: Scores, name: str, subject: str) -> int:
    """How many conversations went with the person; ``subject`` stands in their place."""
    forgotten = memory.forget(connection, name) + forget_conversations(connection, name)
    specialists.forget(connection, name)
    specialists.pseudonymise(connection, name, subject)
    pseudonymise_guarded(connection, name, subject)
    pseudonymise_signatures(connection, name, subject)
    forget_sent(connection, name)
    return forgotten
