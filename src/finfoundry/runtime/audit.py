"""The audit record: a trace of steps, written in the transaction of its effect.

The record holds salted SHA-256 digests only. What was said lies apart, encrypted under the keys of its user and its documents
(``runtime/keys.py``), so that deleting a key forgets it while the digest, and the chain over the digests (``governance/seal.py``), stay.

    append(connection, Record("ana", "answer", (Step("question", {"text": "…"}), Step("evidence", {...}, documents=(id,)))))
"""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
import zlib
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePath
from typing import Any, Literal

from psycopg.types.json import Jsonb

from finfoundry.core.errors import InputError, IntegrityError, NotFound, StoreError
from finfoundry.runtime.database import Connection
from finfoundry.runtime.keys import Master, Pair, encrypt, new_pair

Json = Any  # what ``json.loads`` yields
SubjectKind = Literal["user", "document"]
_SALT = 32
_LONG = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Canonical:
    """A content that is in its ``canonical`` encoding already, as that of many rows written at once."""

    data: bytes


@dataclass(frozen=True, slots=True)
class AuditStep:
    """One step of a trace. ``content`` may be anything that ``plain`` takes, or ``Canonical``; ``documents`` are the ids it draws on."""

    kind: str  # "question", "plan", "evidence", "prompt", "completion", "answer", …
    content: object
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """What was done, by whom, in which steps. ``target`` is an opaque id of what was acted on, never content."""

    user: str
    action: str  # "answer", "document added", "grant added", …
    steps: tuple[AuditStep, ...] = ()
    target: str | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True, slots=True)
class Key:
    """The key of a user or a document. ``id`` is random: once the row is deleted nothing leads from it to the name."""

    id: str
    kind: SubjectKind
    name: str
    pair: Pair  # the private part wrapped; empty when only the public part was asked for


def plain(value: object) -> Json:
    """A dataclass, mapping, sequence, Decimal, date, path or id as what JSON knows; numbers of money become strings, exactly.

    Raises:
        InputError: a thing without such a form.
    """
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = [plain(item) for item in value]
        return sorted(items, key=canonical) if isinstance(value, set | frozenset) else items
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | uuid.UUID | PurePath):
        return str(value)
    raise InputError(f"An audit record cannot hold a {type(value).__name__}", remedy="Give plain values: text, numbers, lists, mappings")


def canonical(value: Json) -> bytes:
    """The one encoding of a JSON value: keys sorted, no spaces, ASCII. Equal values have equal bytes, and only they.

    Raises:
        InputError: not a JSON value (a NaN, a key that is not text).
    """
    _check_keys(value)
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"Not a JSON value: {error}") from error


def _check_keys(value: Json) -> None:
    """``json.dumps`` would write the keys 1 and "1" alike."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            if not all(isinstance(key, str) for key in item):
                raise InputError("Not a JSON value: a key is not text")
            pending.extend(item.values())
        elif isinstance(item, list | tuple):
            pending.extend(item)


def digest(salt: bytes, kind: str, content: bytes) -> bytes:
    """Salted SHA-256 of a step. The salt is as secret as the content: else a short content could be guessed after its erasure."""
    return hashlib.sha256(salt + kind.encode() + b"\0" + content).digest()


def append(connection: Connection, record: AuditRecord) -> str:
    """Write a record in the caller's transaction, so that effect and record are there together or not at all. Returns its id.

    Raises:
        StoreError: the home has no audit key yet.
        InputError: a content that is no plain value.
    """
    keys = _keys(connection, record)
    actor = keys["user", record.user]
    steps, contents = [], []
    for number, step in enumerate(record.steps):
        involved = [actor, *(keys["document", document] for document in sorted(set(step.documents)))]
        content = step.content.data if isinstance(step.content, Canonical) else canonical(plain(step.content))
        salt = secrets.token_bytes(_SALT)
        steps.append({"kind": step.kind, "digest": digest(salt, step.kind, content).hex(), "subjects": [key.id for key in involved]})
        publics = [key.pair.public for key in involved]
        contents.append((record.id, number, encrypt(salt + _compress(content), publics, content_context(record.id, number))))
    connection.execute(
        "INSERT INTO audit_record (id, actor, action, target, steps) VALUES (%s, %s, %s, %s, %s)",
        (record.id, actor.id, record.action, record.target, Jsonb(steps)),
    )
    connection.cursor().executemany("INSERT INTO audit_content (record, step, content) VALUES (%s, %s, %s)", contents)
    return record.id


def _compress(content: bytes) -> bytes:
    """The content by zlib; a long one at level 1, which is four times as fast and gives a fifth more bytes."""
    return zlib.compress(content, 1 if len(content) > _LONG else -1)


def install(connection: Connection, master: Master) -> None:
    """Tell the database the home's public key, once, as owner; from then on records can be written.

    Raises:
        IntegrityError: the database knows another one (another home's).
    """
    connection.execute(
        "INSERT INTO audit_key (subject, kind, name, public, private) VALUES (%s, 'master', '', %s, '')"
        " ON CONFLICT (kind, name) DO NOTHING",
        (uuid.uuid4(), master.public),
    )
    if _master_public(connection) != master.public:
        raise IntegrityError(
            "The database belongs to another home: its audit key is not this home's",
            remedy="Set FINFOUNDRY_HOME to the home that holds its keys/master.key, or copy that file here",
        )


def erase(connection: Connection, user: str, kind: SubjectKind, name: str) -> str:
    """Delete a key, and with it every audit content of that user or document, in the caller's transaction; ``user`` did it.

    Returns the id by which the records go on naming the subject.

    Raises:
        NotFound: there is no such key: nothing was recorded, or it was erased before.
    """
    deleted = connection.execute("DELETE FROM audit_key WHERE kind = %s AND name = %s RETURNING subject", (kind, name)).fetchone()
    if deleted is None:
        raise NotFound(f"Nothing is recorded under the {kind} {name!r}", remedy="It may have been erased before")
    append(connection, AuditRecord(user, f"{kind} erased", target=str(deleted[0])))
    return str(deleted[0])


def content_context(record: str, step: int) -> bytes:
    """Binds a ciphertext to its place, so that contents cannot be exchanged."""
    return f"content {record} {step}".encode()


def key_context(subject: str, kind: str, name: str) -> bytes:
    """Binds a wrapped key to its name, so that names cannot be exchanged."""
    return f"key {subject} {kind} {name}".encode()


def _keys(connection: Connection, record: AuditRecord) -> dict[tuple[str, str], Key]:
    """The keys of a record's user and documents, made where missing, in one order so that two writers cannot block each other."""
    wanted = {("user", record.user)} | {("document", document) for step in record.steps for document in step.documents}
    found = _public_keys(connection, wanted)
    missing = sorted(wanted - found.keys())
    if missing:
        master = _master_public(connection)
        for kind, name in missing:
            subject, pair = str(uuid.uuid4()), new_pair()
            wrapped = encrypt(pair.private, [master], key_context(subject, kind, name))
            connection.execute(
                "INSERT INTO audit_key (subject, kind, name, public, private) VALUES (%s, %s, %s, %s, %s)"
                " ON CONFLICT (kind, name) DO NOTHING",
                (subject, kind, name, pair.public, wrapped),
            )
        found |= _public_keys(connection, set(missing))
    return found


def _public_keys(connection: Connection, wanted: Set[tuple[str, str]]) -> dict[tuple[str, str], Key]:
    kinds, names = [kind for kind, _ in wanted], [name for _, name in wanted]
    rows = connection.execute(
        "SELECT subject, kind, name, public FROM audit_key WHERE (kind, name) IN (SELECT * FROM unnest(%s::text[], %s::text[]))",
        (kinds, names),
    )
    return {(kind, name): Key(str(subject), kind, name, Pair(public, b"")) for subject, kind, name, public in rows}


def _master_public(connection: Connection) -> bytes:
    row = connection.execute("SELECT public FROM audit_key WHERE kind = 'master'").fetchone()
    if row is None:
        raise StoreError("The database has no audit key yet", remedy="Run finfoundry doctor, which prepares the home")
    return bytes(row[0])
