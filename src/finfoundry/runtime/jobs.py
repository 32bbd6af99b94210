"""Work to be done after a transaction: queued inside it, done by a worker, never lost.

A worker holds a session-wide advisory lock on the job it works at. When it is killed the server ends its session, the lock is
gone, and the next worker takes the job up: no lease to wait for. A job that fails waits longer each time, then is marked failed.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from finfoundry.core.errors import FinfoundryError
from finfoundry.runtime.database import WORKER, Connection, Database

LOCK_SPACE = 72461  # the first of the two numbers of a job's advisory lock
MOST_ATTEMPTS = 5
FIRST_DELAY = 2.0  # seconds, doubling
# What waits longer than the longest delay does so because the clock was set back: it is due.
DUE = f"(after <= now() OR after > now() + interval '{FIRST_DELAY * 2**MOST_ATTEMPTS:g} seconds')"
REMEMBERED = 10_000  # of those whose job was taken

Handler = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Job:
    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int
    turn: str = ""


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


class Turns:
    """Whose job is next where several hands of one process work: whoever's was taken longest ago, and nobody has all hands.

    A job says whose it is by ``turn`` in its payload; those without one are limited by nothing.
    """

    def __init__(self, hands: int = 1) -> None:
        self._most = max(1, hands - 1)
        self._lock = threading.Lock()
        self._taken: dict[str, int] = {}  # turn -> when it last got a hand, counted
        self._busy: Counter[str] = Counter()
        self._count = 0

    def order(self, waiting: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
        with self._lock:
            return sorted(waiting, key=lambda job: (self._taken.get(job[1], 0), job[0]))

    def take(self, turn: str) -> bool:
        """Begin one of theirs; False where as many as may are being worked at."""
        with self._lock:
            if turn and self._busy[turn] >= self._most:
                return False
            self._busy[turn] += 1
            self._count += 1
            self._taken[turn] = self._count
            if len(self._taken) > REMEMBERED:
                del self._taken[min(self._taken, key=self._taken.__getitem__)]
            return True

    def give_back(self, turn: str) -> None:
        with self._lock:
            self._busy[turn] -= 1
            if not self._busy[turn]:
                del self._busy[turn]


def work(database: Database, handlers: Mapping[str, Handler], turns: Turns | None = None) -> bool:
    """Take one job, do it, and strike it off. False where none is due."""
    turns = turns or Turns()
    if not _any_due(database, list(handlers)):
        return False
    with database.connect(WORKER) as connection:
        job = _claim(connection, list(handlers), turns)
        if job is None:
            return False
        try:
            handlers[job.kind](job.payload)
        except (FinfoundryError, ArithmeticError, LookupError, RuntimeError, TypeError, ValueError, OSError) as error:
            _put_back(connection, job, error)
        else:
            connection.execute("DELETE FROM jobs WHERE id = %s", (job.id,))
        finally:
            turns.give_back(job.turn)
        return True


def _any_due(database: Database, kinds: list[str]) -> bool:
    """Asked over the pool: a session of its own, which a claim needs for its lock, costs the server a process each time."""
    with database.worker() as connection:
        query = f"SELECT EXISTS (SELECT FROM jobs WHERE state <> 'failed' AND {DUE} AND kind = ANY (%s))"  # noqa: S608  a constant
        row = connection.execute(query, (kinds,)).fetchone()
    return bool(row and row[0])


def work_until(
    database: Database, handlers: Mapping[str, Handler], stop: threading.Event, *, pause: float = 0.5, turns: Turns | None = None
) -> None:
    """Work until ``stop`` is set; wait ``pause`` seconds where there is nothing to do or the database is away."""
    while not stop.is_set():
        try:
            busy = work(database, handlers, turns)
        except FinfoundryError:
            busy = False  # the database is being restarted; it keeps the jobs
        if not busy:
            stop.wait(pause)


def _claim(connection: Connection, kinds: list[str], turns: Turns) -> Job | None:
    query = f"""
        SELECT id, turn FROM (
            SELECT id, coalesce(payload ->> 'turn', '') AS turn, row_number() OVER (PARTITION BY payload ->> 'turn' ORDER BY id) AS place
            FROM jobs WHERE state <> 'failed' AND {DUE} AND kind = ANY (%s)
        ) AS waiting WHERE place <= 50 ORDER BY id
    """  # noqa: S608  a constant
    for id_, turn in turns.order(connection.execute(query, (kinds,)).fetchall()):
        if not turns.take(turn):
            continue
        job = _locked(connection, id_, turn)
        if job is not None:
            return job
        turns.give_back(turn)
    return None


def _locked(connection: Connection, id_: int, turn: str) -> Job | None:
    """Lock the job for this worker; None where another worker has locked or finished it, or it was given up."""
    if connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (LOCK_SPACE, id_ % 2**31)).fetchone() != (True,):
        return None
    query = f"""
        UPDATE jobs SET attempts = attempts + 1, state = CASE WHEN attempts >= %(most)s THEN 'failed' ELSE 'running' END,
            error = CASE WHEN attempts >= %(most)s THEN 'Its worker died each time' ELSE error END
        WHERE id = %(id)s AND state <> 'failed' AND {DUE} RETURNING kind, payload, attempts, state
    """  # noqa: S608  a constant
    found = connection.execute(query, {"id": id_, "most": MOST_ATTEMPTS}).fetchone()
    if found is None or found[3] == "failed":
        connection.execute("SELECT pg_advisory_unlock(%s, %s)", (LOCK_SPACE, id_ % 2**31))
        return None
    kind, payload, attempts, _ = found
    return Job(id_, kind, payload, attempts, turn)


def _put_back(connection: Connection, job: Job, error: Exception) -> None:
    """Queue a failed job again for later, or give it up; a newer job of the same kind and key supersedes it."""
    newer = "SELECT FROM jobs other JOIN jobs mine USING (kind, key) WHERE mine.id = %s AND other.id <> mine.id AND other.state = 'queued'"
    if connection.execute(newer, (job.id,)).fetchone() is not None:
        connection.execute("DELETE FROM jobs WHERE id = %s", (job.id,))
        return
    connection.execute(
        "UPDATE jobs SET state = %s, error = %s, after = now() + make_interval(secs => %s) WHERE id = %s",
        ("failed" if job.attempts >= MOST_ATTEMPTS else "queued", f"{type(error).__name__}: {error}"[:1000],
         FIRST_DELAY * 2 ** (job.attempts - 1), job.id),
    )  # fmt: skip
