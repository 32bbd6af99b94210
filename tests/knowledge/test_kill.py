"""Killed at any moment, the store holds whole documents or none, and work that waited is done."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.knowledge.samples import HashEmbedder, filing, paragraph, parsed

from finfoundry.core.errors import StoreError
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.search.passages import Search, SearchQuery
from finfoundry.knowledge.storage.store import Store
from finfoundry.runtime import audit, jobs
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master
from finfoundry.runtime.postgres import Postgres
from finfoundry.runtime.supervisor import Supervisor

ROOT = Path(__file__).parents[2]
WRITER = """
import sys
from finfoundry.runtime.database import Database
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.storage.store import Store
from tests.knowledge.samples import filing
store = Store(Database(sys.argv[1]))
print("ready", flush=True)
for version in range(10_000):
    for name in ("A.pdf", "B.pdf"):
        store.add(ADMINISTRATOR, *filing(name, version=int(sys.argv[2]) + version))
"""
EMBEDDING = """
import sys, time
from finfoundry.runtime.database import Database
from finfoundry.knowledge.search import vectors
from finfoundry.knowledge.storage.store import Store
from tests.knowledge.samples import HashEmbedder
class Slow(HashEmbedder):
    def passages(self, texts, language=None):
        print("embedding", flush=True)
        time.sleep(0.05)
        return super().passages(texts, language)
vectors.BATCH = 5
Store(Database(sys.argv[1]), Slow()).embed_pending()
"""


def start(program: str, *arguments: str) -> subprocess.Popen[str]:
    """A process of its own, up to its first line of output."""
    process = subprocess.Popen([sys.executable, "-c", program, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline()
    return process


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.stdout
    process.stdout.close()


def assert_whole(database: Database) -> int:
    """Each document has all its rows, and no row is without its document; how many documents."""
    incomplete = """
        SELECT d.name FROM documents d WHERE
            d.pages <> (SELECT count(*) FROM pages WHERE document_id = d.id)
            OR d.chunks <> (SELECT count(*) FROM chunks WHERE document_id = d.id)
            OR d.chunks <> (SELECT count(*) FROM chunk_terms WHERE document_id = d.id)
            OR NOT EXISTS (SELECT FROM files WHERE document_id = d.id)
            OR (SELECT (content->>'facts')::int FROM certificates WHERE document_id = d.id)
               <> (SELECT count(*) FROM facts WHERE document_id = d.id)
    """
    with database.owner() as connection:
        assert connection.execute(incomplete).fetchall() == []
        for table in ("pages", "blocks", "cells", "facts", "chunks", "chunk_terms", "vectors", "files", "certificates"):
            orphans = f"SELECT count(*) FROM {table} WHERE document_id NOT IN (SELECT id FROM documents)"
            assert connection.execute(orphans).fetchone() == (0,)
        stray = "SELECT count(*) FROM postings p WHERE NOT EXISTS (SELECT FROM documents d WHERE d.batch_id = p.batch_id)"
        assert connection.execute(stray).fetchone() == (0,)
        (number,) = connection.execute("SELECT count(*) FROM documents").fetchone() or (0,)
        return int(number)


def test_a_writer_killed_at_any_moment(database: Database, postgres: Postgres) -> None:
    draw = random.Random(7)
    dsn = postgres.dsn(database.name)
    for attempt in range(6):
        writer = start(WRITER, dsn, str(attempt * 10_000))
        time.sleep(draw.uniform(0, 0.15))
        kill(writer)
        assert assert_whole(database) <= 2
    store = Store(database)
    store.add(ADMINISTRATOR, *filing("A.pdf", version=-1))  # no lock was left behind
    assert Search(database).search(ADMINISTRATOR, SearchQuery("memberships"))


def test_an_embedding_worker_killed_at_work(database: Database, postgres: Postgres) -> None:
    store = Store(database, HashEmbedder())
    pages = [[paragraph(f"Passage {number} on loans.", str(number))] for number in range(40)]
    store.add(ADMINISTRATOR, *parsed("LONG.pdf", pages=pages))
    for _ in range(2):
        worker = start(EMBEDDING, postgres.dsn(database.name))
        time.sleep(0.1)
        kill(worker)
        assert not store.documents(ADMINISTRATOR)[0].embedded
    deadline = time.monotonic() + 10
    while store.embed_pending() == 0:  # the server takes a moment to see that the worker is gone
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert store.documents(ADMINISTRATOR)[0].embedded
    with database.owner() as connection:
        assert connection.execute("SELECT count(*) FROM vectors").fetchone() == (40,)
    assert jobs.counts(database) == jobs.Counts(0, 0, 0)


def test_a_job_whose_worker_dies_each_time_is_given_up(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_ATTEMPTS", 2)
    with database.worker() as connection:
        jobs.add(connection, "poison", "1", {})
        connection.execute("UPDATE jobs SET state = 'running', attempts = 2")
    assert not jobs.work(database, {"poison": lambda _: None})
    assert jobs.counts(database).failed == 1


def test_the_server_killed_and_started_again(home: Path) -> None:
    supervisor = Supervisor(home)
    server = Postgres(home)
    database = Database(server.start(supervisor))
    database.migrate()
    with database.owner() as connection:
        audit.install(connection, Master.open(home))
    store = Store(database)
    store.add(ADMINISTRATOR, *filing())
    (running,) = supervisor.status()
    assert running.pid
    subprocess.run(["kill", "-9", str(running.pid)], check=True)
    deadline = time.monotonic() + 20
    while True:
        try:
            store.add(ADMINISTRATOR, *filing(version=1))
            break
        except StoreError:
            assert time.monotonic() < deadline
    assert assert_whole(database) == 1
    (again,) = supervisor.status()
    assert again.restarts >= 1
    database.close()
