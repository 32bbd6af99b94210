"""Files that were sent over HTTP, on their way into the store: kept in the database, read by the worker, so that no crash loses one."""

from __future__ import annotations

import hashlib
import threading
import uuid
from dataclasses import asdict, dataclass
from typing import Any, Literal

from psycopg.types.json import Jsonb

from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.principal import Principal
from finfoundry.knowledge.ingest.ingest_files import Ingested, IngestTarget, Intake
from finfoundry.knowledge.ingest.workers import Workers
from finfoundry.knowledge.storage.store import Store
from finfoundry.machine import workers
from finfoundry.runtime import jobs
from finfoundry.runtime.database import Connection, Database
from finfoundry.runtime.settings import Settings

JOB = "ingest upload"
State = Literal["waiting", "reading", "done", "failed"]
_COLUMNS = "id, name, collection, label, size, state, result"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent. ``result`` says what became of it once ``state`` is done or failed."""

    id: str
    name: str
    collection: str
    label: str
    size: int
    state: State
    result: Ingested | None


def plain_name(name: str | None) -> str:
    """The last part of a file's name, without what could lead elsewhere or cannot be seen. Raises InputError."""
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(character for character in last if character.isprintable()).strip()
    if kept in ("", ".", "..") or len(kept.encode()) > 255:
        raise InputError("The file has no name that can be used", remedy="Name it with at most 255 bytes, for instance report.pdf")
    return kept


def add(
    database: Database, principal: Principal, name: str | None, data: bytes, collection: str, label: str, *, replaces: str | None = None
) -> Upload:
    """Keep the file and queue its reading, in one transaction; ``replaces``: the document whose file is to be read again, which must still
    be there when it was read. Raises InputError, NotPermitted, StoreError.
    """
    kept = plain_name(name)
    if not data:
        raise InputError(f"{kept} is empty", remedy="Send the file again")
    identifier = uuid.uuid4()
    with database.transaction(principal) as connection:
        _require_writing(connection, label)
        connection.execute(
            "INSERT INTO uploads (id, person, administrator, name, collection, label, size, data, again, replaces)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %b, %s, %s)",
            (identifier, principal.user, principal.administrator, kept, collection, label, len(data), data, replaces is not None, replaces),
        )
        turn = hashlib.sha256(principal.user.encode()).hexdigest()[:16]  # whose files wait; the queue holds no name
        jobs.add(connection, JOB, str(identifier), {"upload": str(identifier), "turn": turn})
    return Upload(str(identifier), kept, collection, label, len(data), "waiting", None)


def find(database: Database, principal: Principal, identifier: str) -> Upload:
    """How far a file is; only who sent it sees it. Raises NotFound."""
    try:
        key = uuid.UUID(identifier)
    except ValueError:
        raise _no_upload(identifier) from None
    with database.transaction(principal) as connection:
        row = connection.execute(f"SELECT {_COLUMNS} FROM uploads WHERE id = %s", (key,)).fetchone()  # noqa: S608  a constant
    if row is None:
        raise _no_upload(identifier)
    return _upload(row)


def read_until(database: Database, store: Store, settings: Settings, turns: jobs.Turns, stop: threading.Event) -> None:
    """One of the worker's readers: one file after another until ``stop`` is set."""
    with workers(settings, 1) as pool:
        jobs.work_until(database, {JOB: lambda payload: _read(database, store, pool, payload["upload"])}, stop, turns=turns)


def _read(database: Database, store: Store, pool: Workers, identifier: str) -> None:
    """Parse the file and store it for the one who sent it. A second run after a crash finds the document there: unchanged."""
    query = (
        "UPDATE uploads SET state = 'reading' WHERE id = %s AND state IN ('waiting', 'reading')"
        " RETURNING person, administrator, name, collection, label, data, again, replaces"
    )
    with database.worker() as connection:
        row = connection.execute(query, (identifier,)).fetchone()
    if row is None:
        return
    person, administrator, name, collection, label, data, again, replaces = row
    intake = Intake(store, pool, Principal(person, administrator), IngestTarget(collection, label, again))
    result = intake.run_sent(name, bytes(data), replaces)
    with database.worker() as connection:
        connection.execute(
            "UPDATE uploads SET state = %s, result = %s, data = NULL WHERE id = %s",
            ("failed" if result.error else "done", Jsonb(asdict(result)), identifier),
        )


def _require_writing(connection: Connection, label: str) -> None:
    """Refused before the work, not after it; a label that is not there is refused in the same words."""
    allowed = "SELECT FROM labels WHERE name = %s AND id = ANY (writable_labels())"
    if connection.execute(allowed, (label,)).fetchone() is None:
        raise NotPermitted(f"You may not add documents under {label!r}", remedy="Ask an administrator for a grant that may write")


def _upload(row: tuple[Any, ...]) -> Upload:
    identifier, name, collection, label, size, state, result = row
    return Upload(str(identifier), name, collection, label, size, state, _told(result) if result else None)


def _told(result: dict[str, Any]) -> Ingested:
    inside = tuple(_told(part) for part in result.get("inside", ()))  # results that older versions kept have none
    return Ingested(**{**result, "superseded": tuple(result["superseded"]), "inside": inside})


def _no_upload(identifier: str) -> NotFound:
    return NotFound(f"No upload {identifier[:50]!r}", remedy="Send the file again")
