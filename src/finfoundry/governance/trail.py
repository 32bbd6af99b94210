"""Reading the audit trail back: records with their contents, as far as these were not erased."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from finfoundry.core.errors import InputError, IntegrityError, NotFound
from finfoundry.core.principal import Principal, require_auditor
from finfoundry.governance.chain import ChainEntry, Problem
from finfoundry.governance.expiry import expired_before
from finfoundry.runtime.audit import Json, content_context, digest, key_context
from finfoundry.runtime.database import Connection, Database
from finfoundry.runtime.keys import Master, Pair, decrypt

COLUMNS = "r.id, r.at, r.actor, r.action, r.target, r.steps"  # of audit_record r
_SALT = 32


@dataclass(frozen=True, slots=True)
class Recalled:
    """A step read back. ``content`` is None where ``erased``."""

    kind: str
    content: Json
    erased: bool = False


@dataclass(frozen=True, slots=True)
class AuditTrace:
    """A record read back. ``user`` is None once the user's key was deleted."""

    id: str
    at: str
    user: str | None
    action: str
    target: str | None
    steps: tuple[Recalled, ...]

    def all(self, kind: str) -> list[Json]:
        """The contents of the steps of a kind, erased ones left out."""
        return [step.content for step in self.steps if step.kind == kind and not step.erased]

    def one(self, kind: str) -> Json:
        """The content of the first such step, None when there is none or it is erased."""
        return next(iter(self.all(kind)), None)


class Trail:
    """Reads records over one connection that may see them all, with the home's master key."""

    def __init__(self, connection: Connection, master: Master) -> None:
        self._connection = connection
        self._master = master
        self._pairs: dict[str, tuple[str, Pair] | None] = {}

    def trace(self, record: str) -> AuditTrace:
        """One record with its contents.

        Raises:
            NotFound: there is no such record.
            IntegrityError: a content was altered or taken away.
        """
        entry = find_entry(self._connection, record)
        steps = tuple(self._recall(entry, number, step) for number, step in enumerate(entry.steps))
        actor = self._pair(entry.actor)
        return AuditTrace(entry.id, entry.at, actor[0] if actor else None, entry.action, entry.target, steps)

    def _recall(self, entry: ChainEntry, number: int, step: dict[str, Any]) -> Recalled:
        keys = [self._pair(subject) for subject in step["subjects"]]
        pairs = [key[1] for key in keys if key is not None]
        if len(pairs) < len(keys):
            return Recalled(step["kind"], None, erased=True)
        row = self._connection.execute("SELECT content FROM audit_content WHERE record = %s AND step = %s", (entry.id, number)).fetchone()
        if row is None and entry.at < expired_before(self._connection):
            return Recalled(step["kind"], None, erased=True)
        if row is None:
            raise IntegrityError(f"The content of step {number} of record {entry.id} was taken away, though its keys are there")
        return Recalled(step["kind"], open_content(row[0], pairs, entry.id, number, step))

    def _pair(self, subject: str) -> tuple[str, Pair] | None:
        """Name and unwrapped keys of a subject, None when they were deleted."""
        if subject not in self._pairs:
            row = self._connection.execute("SELECT kind, name, public, private FROM audit_key WHERE subject = %s", (subject,)).fetchone()
            self._pairs[subject] = row and (row[1], unwrap(self._master, subject, *row))
        return self._pairs[subject]


@dataclass(frozen=True, slots=True)
class Listed:
    """A record in a list. ``user`` is None once the user's key was deleted."""

    id: str
    at: str
    user: str | None
    action: str
    target: str | None

    COLUMNS: ClassVar[tuple[str, ...]] = ("id", "at", "user", "action", "target")


def records(database: Database, principal: Principal, limit: int = 50) -> list[Listed]:
    """The latest records, the newest first, without contents.

    Raises:
        NotPermitted: the principal is neither auditor nor administrator.
    """
    require_auditor(principal)
    with database.owner() as connection:
        rows = connection.execute(
            "SELECT r.id, r.at, k.name, r.action, r.target FROM audit_record r LEFT JOIN audit_key k ON k.subject = r.actor"
            " ORDER BY r.at DESC LIMIT %s",
            (limit,),
        )
        return [Listed(str(identifier), moment(at), name, action, target) for identifier, at, name, action, target in rows]


def recall(database: Database, home: Path, principal: Principal, record: str) -> AuditTrace:
    """One record with its contents, for an auditor: it may hold what its own user may no longer read.

    Raises:
        NotPermitted: the principal is neither auditor nor administrator.
        NotFound, InputError: there is no such record.
        IntegrityError: a content was altered or taken away.
    """
    require_auditor(principal)
    with database.owner() as connection:
        return Trail(connection, Master.open(home)).trace(record)


def unwrap(master: Master, subject: str, kind: str, name: str, public: bytes, private: bytes) -> Pair:
    """The keys of a subject.

    Raises:
        IntegrityError: keys or name were altered, or the master key is another home's.
    """
    return master.unwrap(Pair(bytes(public), bytes(private)), key_context(subject, kind, name))


def open_content(blob: bytes, pairs: list[Pair], record: str, number: int, step: dict[str, Any]) -> Json:
    """Decrypt a step and compare it with the digest in its record.

    Raises:
        IntegrityError: the content is not the one that was recorded.
    """
    opened = decrypt(bytes(blob), pairs, content_context(record, number))
    salt, content = opened[:_SALT], zlib.decompress(opened[_SALT:])
    if digest(salt, step["kind"], content).hex() != step["digest"]:
        raise IntegrityError(f"The content of step {number} of record {record} is not the one that was recorded")
    return json.loads(content)


def check_contents(connection: Connection, master: Master, problems: list[Problem]) -> int:
    """Check that every key and content is the one recorded, adding what is not to ``problems``.

    Returns the number of steps that were erased, or whose time was over.
    """
    pairs = dict(_unwrapped(connection, master, problems))
    erasures, expired = _erasures(connection), expired_before(connection)
    unexplained: set[str] = set()
    erased = 0
    for entry, contents in _with_contents(connection):
        for number, step in enumerate(entry.steps):
            gone = [subject for subject in step["subjects"] if subject not in pairs]
            over = entry.at < expired and number not in contents
            erased += bool(gone) or over
            unexplained |= {subject for subject in gone if subject not in erasures}
            if not gone and not over:
                problems.extend(
                    _check_content(entry.id, number, step, contents.get(number), [pairs[subject] for subject in step["subjects"]])
                )
    problems += [Problem(f"Removed: the key {subject} is not there, and no record states its erasure") for subject in sorted(unexplained)]
    return erased


def _check_content(record: str, number: int, step: dict[str, Any], blob: bytes | None, pairs: list[Pair | None]) -> Iterator[Problem]:
    known = [pair for pair in pairs if pair is not None]
    if blob is None:
        yield Problem(f"Removed: the content of step {number} is not there, though its keys are", record=record)
    elif len(known) == len(pairs):  # else the altered key was reported already
        try:
            open_content(blob, known, record, number, step)
        except IntegrityError as error:
            yield Problem(f"Altered: step {number}: {error}", record=record)


def _unwrapped(connection: Connection, master: Master, problems: list[Problem]) -> Iterator[tuple[str, Pair | None]]:
    """Each subject with its keys, None where they were altered."""
    with connection.cursor("audit_keys") as cursor:
        for subject, kind, name, public, private in cursor.execute("SELECT subject, kind, name, public, private FROM audit_key"):
            if kind == "master":
                if bytes(public) != master.public:
                    problems.append(Problem("Altered: the database's audit key is not this home's"))
                continue
            try:
                yield str(subject), unwrap(master, str(subject), kind, name, public, private)
            except IntegrityError:
                problems.append(Problem(f"Altered: the key or the name of the {kind} {name!r} ({subject})"))
                yield str(subject), None


def _erasures(connection: Connection) -> set[str]:
    rows = connection.execute("SELECT target FROM audit_record WHERE action IN ('user erased', 'document erased')")
    return {target for (target,) in rows}


def _with_contents(connection: Connection) -> Iterator[tuple[ChainEntry, dict[int, bytes]]]:
    query = (
        f"SELECT {COLUMNS}, c.steps, c.contents FROM audit_record r CROSS JOIN LATERAL"  # noqa: S608  a constant
        " (SELECT array_agg(step) AS steps, array_agg(content) AS contents FROM audit_content WHERE record = r.id) c"
    )
    with connection.cursor("audit_contents") as cursor:
        for *row, numbers, contents in cursor.execute(query):
            yield entry_of(tuple(row)), dict(zip(numbers or [], contents or [], strict=True))


def find_entry(connection: Connection, record: str) -> ChainEntry:
    """A record without its contents.

    Raises:
        InputError: not the form of an id.
        NotFound: there is no such record.
    """
    try:
        UUID(record)
    except ValueError as error:
        raise InputError(f"{record!r} is not the id of an audit record", remedy="finfoundry audit show lists them") from error
    row = connection.execute(f"SELECT {COLUMNS} FROM audit_record r WHERE r.id = %s", (record,)).fetchone()  # noqa: S608  a constant
    if row is None:
        raise NotFound(f"There is no audit record {record}", remedy="finfoundry audit show lists them")
    return entry_of(row)


def entry_of(row: tuple[Any, ...]) -> ChainEntry:
    """The entry of a row of ``COLUMNS``."""
    identifier, at, actor, action, target, steps = row
    return ChainEntry(str(identifier), moment(at), str(actor), action, target, steps)


def moment(at: datetime) -> str:
    """The one form of a time that is hashed: UTC with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
