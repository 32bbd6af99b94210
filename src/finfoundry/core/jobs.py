"""Work to be done after a transaction: queued inside it, done by a worker, never lost.

A worker holds a session-wide advisory lock on the job it works at. When it is killed the server ends its session, the lock is
gone, and the next worker takes the job up: no lease to wait for. A job that fails waits longer each time, then is marked failed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from finfoundry.core.database import WORKER, Connection, Database
from finfoundry.core.errors import FinfoundryError

LOCK_SPACE = 72461  # the first of the two numbers of a job's advisory lock
MOST_ATTEMPTS = 5
FIRST_DELAY = 2.0  # seconds, doubling

Handler = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Job:
    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True)
class Counts:
    queued: int
    running: int
    failed: int


def add(connection: Connection, kind: str, key: str, payload: Mapping[str, Any]) -> None:
    """Queue a job in the transaction of its cause. One of this kind and key that still waits is enough."""
    connection.execute("SELECT add_job(%s, %s, %s)", (kind, key, Jsonb(dict(payload))))


def counts(database: Database, kind: str | None = None) -> Counts:
    """How many jobs wait, run, have failed."""
    query = "SELECT state, count(*) FROM jobs WHERE %(kind)s::text IS NULL OR kind = %(kind)s GROUP BY state"
    with database.worker() as connection:
        found = dict(connection.execute(query, {"kind": kind}).fetchall())
    return Counts(found.get("queued", 0), found.get("running", 0), found.get("failed", 0))


def work(database: Database, handlers: Mapping[str, Handler]) -> bool:
    """Take one job, do it, and strike it off. False where none is due."""
    with database.connect(WORKER) as connection:
        job = _claim(connection, list(handlers))
        if job is None:
            return False
        try:
            handlers[job.kind](job.payload)
        except (FinfoundryError, ArithmeticError, LookupError, RuntimeError, TypeError, ValueError, OSError) as error:
            _put_back(connection, job, error)
        else:
            connection.execute("DELETE FROM jobs WHERE id = %s", (job.id,))
        return True


def work_until(database: Database, handlers: Mapping[str, Handler], stop: threading.Event, *, pause: float = 0.5) -> None:
    """Work until told to stop; wait a little where there is nothing to do or the database is away."""
    while not stop.is_set():
        try:
            busy = work(database, handlers)
        except FinfoundryError:
            busy = False  # the database is being restarted; it keeps the jobs
        if not busy:
            stop.wait(pause)


def _claim(connection: Connection, kinds: list[str]) -> Job | None:
    query = """
        SELECT id, kind, payload, attempts FROM jobs
        WHERE state <> 'failed' AND after <= now() AND kind = ANY (%s) ORDER BY id LIMIT 50 FOR UPDATE SKIP LOCKED
    """
    with connection.transaction():
        for id_, kind, payload, attempts in connection.execute(query, (kinds,)).fetchall():
            if connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (LOCK_SPACE, id_ % 2**31)).fetchone() != (True,):
                continue  # somebody works at it
            if attempts >= MOST_ATTEMPTS:
                error = "Its worker died each time"
                connection.execute("UPDATE jobs SET state = 'failed', error = %s WHERE id = %s", (error, id_))
            else:
                connection.execute("UPDATE jobs SET state = 'running', attempts = attempts + 1 WHERE id = %s", (id_,))
                return Job(id_, kind, payload, attempts + 1)
    return None


def _put_back(connection: Connection, job: Job, error: Exception) -> None:
    """Try again later, or give up; a twin that was queued meanwhile replaces it."""
    twin = "SELECT FROM jobs other JOIN jobs mine USING (kind, key) WHERE mine.id = %s AND other.id <> mine.id AND other.state = 'queued'"
    if connection.execute(twin, (job.id,)).fetchone() is not None:
        connection.execute("DELETE FROM jobs WHERE id = %s", (job.id,))
        return
    connection.execute(
        "UPDATE jobs SET state = %s, error = %s, after = now() + make_interval(secs => %s) WHERE id = %s",
        ("failed" if job.attempts >= MOST_ATTEMPTS else "queued", f"{type(error).__name__}: {error}"[:1000],
         FIRST_DELAY * 2 ** (job.attempts - 1), job.id),
    )  # fmt: skip
