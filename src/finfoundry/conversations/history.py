"""Conversations as people come back to them: kept with their answers, found again, renamed, shared by a link, deleted.

Rows are read and written as the person who asks (``0360_past_conversations.sql``): a conversation is its asker's alone unless a link is
given out, and an answer is there only for who may read all that it rests on.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg.types.json import Jsonb
from pydantic import TypeAdapter, ValidationError

from finfoundry.conversations import memory
from finfoundry.conversations.answer_sources import sources_of
from finfoundry.conversations.signatures import AnswerSignature, Signed, own_signatures, shared_signatures
from finfoundry.core.answer import Answer
from finfoundry.core.errors import InputError, NotFound
from finfoundry.core.principal import Principal
from finfoundry.runtime import audit
from finfoundry.runtime.database import Connection, Database

MOST_TURNS = 1000  # of one conversation
LONGEST_TITLE = 200  # characters
_ANSWER = TypeAdapter(Answer)
_COLUMNS = "id, title, collection, turns, link, changed, person"


@dataclass(frozen=True, slots=True)
class PastConversation:
    """``link`` is the secret by which others see it, None where it is not shared; ``changed`` ISO 8601."""

    id: str
    title: str
    collection: str
    turns: int
    link: str | None
    changed: str
    person: str


@dataclass(frozen=True, slots=True)
class PastTurn:
    """A question and its answer; None where something that it rests on is gone, or may not be read. ``signed`` is of this very answer."""

    number: int
    question: str
    answer: Answer | None
    at: str
    signed: tuple[AnswerSignature, ...] = ()


@dataclass(frozen=True, slots=True)
class SharedConversation:
    """Whose it is, how many questions it has, and those turns that the reader may see."""

    person: str
    turns: int
    seen: list[PastTurn]


class History:
    """The kept conversations of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def conversations(self, principal: Principal, words: str = "", limit: int = 200) -> list[PastConversation]:
        """One's own, the latest first: those whose title or questions hold the words."""
        query = f"""
            SELECT {_COLUMNS} FROM past_conversations c WHERE person = %(person)s AND (%(words)s = '' OR title ILIKE %(like)s OR EXISTS (
                SELECT FROM past_questions WHERE conversation = c.id AND question ILIKE %(like)s))
            ORDER BY changed DESC LIMIT %(limit)s
        """  # noqa: S608  a constant
        plain = words.strip().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        values = {"person": principal.user, "words": plain, "like": f"%{plain}%", "limit": limit}
        with self._database.transaction(principal) as connection:
            return [_conversation(row) for row in connection.execute(query, values)]

    def show(self, principal: Principal, conversation: str) -> tuple[PastConversation, list[PastTurn]]:
        """One of one's own, in order. Raises NotFound."""
        with self._database.transaction(principal) as connection:
            found = _own(connection, principal, conversation)
            return found, _turns(connection, found.id)

    def shared(self, principal: Principal, link: str) -> SharedConversation:
        """What of a conversation somebody may see who was given its link. Raises NotFound."""
        with self._database.transaction(principal) as connection:
            conversation, found = by_link(connection, link)
            _record(connection, principal, "read by link", conversation, {"turns": [turn.number for turn in found.seen]})
        return found

    def keep(
        self, principal: Principal, conversation: str, at: int, question: str, answer: Answer, collection: str = ""
    ) -> tuple[str, int]:
        """Keep a turn; "" begins a conversation. ``at`` is the number of a turn that was asked anew: it takes the place of that one and of
        all after it; any other number goes on behind the last. Its conversation's id and its number. Raises NotFound, InputError.
        """
        with self._database.transaction(principal) as connection:
            held = _own(connection, principal, conversation or _begun(connection, principal, question, collection), "FOR UPDATE")
            number = at if 0 < at <= held.turns else held.turns + 1  # only now: another question may have been answered meanwhile
            if number > MOST_TURNS:
                raise InputError(f"A conversation has at most {MOST_TURNS} questions", remedy="Begin a new one")
            before = _names(connection, held) if number <= held.turns else set()
            connection.execute("DELETE FROM past_questions WHERE conversation = %s AND number >= %s", (held.id, number))
            rests = sources_of(connection, answer)
            connection.execute(
                "INSERT INTO past_questions (conversation, number, question, evidence, labels, known, collection)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s)",
                (held.id, number, question, rests.documents, rests.labels, rests.known, collection),
            )
            connection.execute(
                "INSERT INTO past_answers (conversation, number, answer, evidence, labels) VALUES (%s, %s, %s, %s, %s)",
                (held.id, number, Jsonb(_ANSWER.dump_python(answer, mode="json")), rests.documents, rests.labels),
            )
            update = "UPDATE past_conversations SET turns = %s, changed = clock_timestamp(), collection = %s WHERE id = %s"
            connection.execute(update, (number, collection, held.id))
            if before:  # what the questions led to that are no more; the new one may be in the words of the old one
                memory.forget_named(connection, principal, before - _names(connection, held))
        return held.id, number

    def rename(self, principal: Principal, conversation: str, title: str) -> None:
        """Raises NotFound, InputError."""
        said = " ".join(title.split())
        if not said or len(said) > LONGEST_TITLE:
            raise InputError("A conversation needs a name", remedy=f"Give one of at most {LONGEST_TITLE} characters")
        with self._database.transaction(principal) as connection:
            found = _own(connection, principal, conversation)
            connection.execute("UPDATE past_conversations SET title = %s WHERE id = %s", (said, found.id))
            _record(connection, principal, "renamed", found.id, {"before": found.title, "after": said})

    def share(self, principal: Principal, conversation: str, *, on: bool) -> str | None:
        """Give a conversation a link, or take it back: who was given the old one then sees nothing. Raises NotFound."""
        with self._database.transaction(principal) as connection:
            found = _own(connection, principal, conversation)
            link = (found.link or str(uuid.uuid4())) if on else None
            connection.execute("UPDATE past_conversations SET link = %s WHERE id = %s", (link, found.id))
            _record(connection, principal, "shared" if on else "unshared", found.id, {"title": found.title, "turns": found.turns})
        return link

    def delete(self, principal: Principal, conversation: str) -> None:
        """With what its questions left in the memory for those that follow. Raises NotFound."""
        with self._database.transaction(principal) as connection:
            found = _own(connection, principal, conversation, "FOR UPDATE")
            memory.forget_named(connection, principal, _names(connection, found))
            connection.execute("DELETE FROM past_conversations WHERE id = %s", (found.id,))
            _record(connection, principal, "deleted", found.id, {"title": found.title, "turns": found.turns})


def forget_conversations(connection: Connection, person: str) -> int:
    """Delete the kept conversations of a person, in the transaction of an administrator that erases the person's key; how many."""
    row = connection.execute("SELECT forget_past_conversations(%s)", (person,)).fetchone()
    return int(row[0]) if row else 0


def by_link(connection: Connection, link: str) -> tuple[str, SharedConversation]:
    """The id of the conversation that a link leads to, and what the one who acts may see of it. Raises NotFound."""
    rows = connection.execute("SELECT * FROM shared_turns(%s)", (key_of(link),)).fetchall()
    if not rows:
        raise _no_conversation()
    signed = shared_signatures(connection, key_of(link))
    conversation, person, turns, *_ = rows[0]
    return str(conversation), SharedConversation(person, turns, [_turn(row[3:], signed) for row in rows if row[3] is not None])


def _record(connection: Connection, principal: Principal, done: str, conversation: str, told: dict[str, object]) -> None:
    """What was done with a conversation, in the transaction that does it; the link itself is a secret and in no record."""
    step = audit.AuditStep("conversation", told)
    audit.append(connection, audit.AuditRecord(principal.user, f"conversation {done}", (step,), target=conversation))


def _begun(connection: Connection, principal: Principal, question: str, collection: str) -> str:
    title = " ".join(question.split())[:LONGEST_TITLE] or "…"
    insert = "INSERT INTO past_conversations (person, title, collection) VALUES (%s, %s, %s) RETURNING id"
    row = connection.execute(insert, (principal.user, title, collection)).fetchone()
    return str(row[0]) if row else ""


def _own(connection: Connection, principal: Principal, conversation: str, lock: Literal["", "FOR UPDATE"] = "") -> PastConversation:
    query = f"SELECT {_COLUMNS} FROM past_conversations WHERE id = %s AND person = %s {lock}"  # noqa: S608  constants
    row = connection.execute(query, (key_of(conversation), principal.user)).fetchone()
    if row is None:
        raise _no_conversation()
    return _conversation(row)


def _names(connection: Connection, conversation: PastConversation) -> set[str]:
    """Under which names the memory has what the questions of a conversation led to: each with those before it, in its collection."""
    query = "SELECT question, coalesce(collection, %s) FROM past_questions WHERE conversation = %s ORDER BY number"
    rows = connection.execute(query, (conversation.collection, conversation.id)).fetchall()
    asked = [question for question, _ in rows]
    return {memory.name_of(at or None, asked[:count]) for number, (_, at) in enumerate(rows, 1) for count in (number - 1, number)}


def _turns(connection: Connection, conversation: str) -> list[PastTurn]:
    query = """
        SELECT q.number, q.question, a.answer, q.at FROM past_questions q LEFT JOIN past_answers a USING (conversation, number)
        WHERE q.conversation = %s ORDER BY q.number
    """
    signed = own_signatures(connection, conversation)
    return [_turn(row, signed) for row in connection.execute(query, (conversation,)).fetchall()]


def _turn(row: tuple[Any, ...], signed: Signed) -> PastTurn:
    number, question, kept, at = row
    try:
        answer = _ANSWER.validate_python(kept) if kept is not None else None
    except ValidationError:  # of another version of the product: it is asked again
        answer = None
    signatures = tuple(one for one in signed.get(number, ()) if answer is not None and one.receipt == answer.audit_id)
    return PastTurn(number, question, answer, at.isoformat(timespec="seconds"), signatures)


def _conversation(row: tuple[object, ...]) -> PastConversation:
    id_, title, collection, turns, link, changed, person = row
    told = changed.isoformat(timespec="seconds") if isinstance(changed, datetime) else str(changed)
    return PastConversation(
        str(id_), str(title), str(collection), int(str(turns)), str(link) if link else None, told, str(person)
    )  # fmt: skip


def key_of(identifier: str) -> str:
    """An id or a link as the database writes it. Raises NotFound for what can be none."""
    try:
        return str(uuid.UUID(identifier))
    except ValueError:
        raise _no_conversation() from None


def _no_conversation() -> NotFound:
    return NotFound("There is no such conversation", remedy="See the list beside the question")
