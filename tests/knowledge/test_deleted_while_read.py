"""A document that is deleted while its file is read again stays deleted: the reading ends without writing, and both are on record."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import psycopg
import pytest
from tests.knowledge.formats.office import mail, workbook
from tests.knowledge.samples import HashEmbedder

from finfoundry.core.errors import NotFound
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.governance.policy import Policy
from finfoundry.knowledge.ids import document_number
from finfoundry.knowledge.ingest.ingest_files import Ingested, IngestTarget, Intake
from finfoundry.knowledge.ingest.workers import ParseOutcome, Workers
from finfoundry.knowledge.storage import document_entry
from finfoundry.knowledge.storage.store import Store
from finfoundry.runtime import jobs
from finfoundry.runtime.database import Database
from finfoundry.runtime.postgres import SUPERUSER, Postgres
from finfoundry.runtime.settings import Settings
from finfoundry.usecases import uploads

NOTE = b"# Orchard Bank\n\nTotal assets were EUR 1,111 million.\n"
PLACE = IngestTarget("default", "general", again=True)


class Meanwhile:
    """Workers of ours, and what happens after they have read a file and before it is stored."""

    def __init__(self, pool: Workers, happens: Callable[[], object]) -> None:
        self._pool, self._happens = pool, happens

    def parse_all(self, files: Iterable[tuple[Path, bytes]]) -> Iterator[ParseOutcome]:
        for outcome in self._pool.parse_all(files):
            self._happens()
            yield outcome


@pytest.fixture(scope="module")
def pool() -> Iterator[Workers]:
    made = Workers(processes=1)
    yield made
    made.close()


def read(store: Store, pool: Workers, name: str, data: bytes, happens: Callable[[], object] = lambda: None) -> Ingested:
    return Intake(store, Meanwhile(pool, happens), ADMINISTRATOR, PLACE).run_sent(name, data)


def names(store: Store) -> list[str]:
    return [one.name for one in store.documents(ADMINISTRATOR)]


def recorded(database: Database) -> list[str]:
    with database.owner() as connection:
        return [action for (action,) in connection.execute("SELECT action FROM audit_record ORDER BY at, id").fetchall()]


def test_what_is_deleted_while_it_is_read_again_stays_deleted(database: Database, pool: Workers) -> None:
    store = Store(database)
    first = read(store, pool, "one.md", NOTE)
    again = read(store, pool, "one.md", NOTE, lambda: store.delete(ADMINISTRATOR, str(first.id)))
    assert (again.outcome, again.id, again.whole) == ("dropped", first.id, True)
    assert names(store) == []
    assert recorded(database) == ["document added", "document removed", "reading dropped"]


def test_what_is_inside_a_deleted_mail_does_not_come_back(database: Database, pool: Workers) -> None:
    store, data = Store(database), mail({"figures.xlsx": workbook()})
    first = read(store, pool, "results.eml", data)

    def both_go() -> None:
        for one in store.documents(ADMINISTRATOR):
            store.delete(ADMINISTRATOR, one.id)

    assert [one.outcome for one in first.inside] == ["added"]
    assert read(store, pool, "results.eml", data, both_go).outcome == "dropped"
    assert names(store) == []


def test_what_is_still_there_is_read_again(database: Database, pool: Workers) -> None:
    store = Store(database)
    first = read(store, pool, "one.md", NOTE)
    other = read(store, pool, "two.md", NOTE + b"\nMore.\n")
    again = read(store, pool, "one.md", NOTE, lambda: store.delete(ADMINISTRATOR, str(other.id)))
    assert (again.outcome, again.superseded) == ("superseded", (first.id,))
    assert names(store) == ["one.md"]


def test_what_was_read_again_by_another_meanwhile_is_left_as_that_one_read_it(database: Database, pool: Workers) -> None:
    store = Store(database)
    read(store, pool, "one.md", NOTE)
    others: list[Ingested] = []
    again = read(store, pool, "one.md", NOTE, lambda: others.append(read(store, pool, "one.md", NOTE)))
    assert (again.outcome, again.id) == ("unchanged", others[0].id)


def test_what_is_deleted_and_sent_anew_is_there_once(database: Database, pool: Workers) -> None:
    store = Store(database)
    first = read(store, pool, "one.md", NOTE)

    def anew() -> None:
        store.delete(ADMINISTRATOR, str(first.id))
        read(store, pool, "one.md", NOTE)

    assert read(store, pool, "one.md", NOTE, anew).outcome == "unchanged"
    assert names(store) == ["one.md"]


def test_what_is_put_under_another_label_while_it_is_read_has_no_copy_under_the_old_one(database: Database, pool: Workers) -> None:
    store = Store(database)
    Policy(database).add_label(ADMINISTRATOR, "board")
    first = read(store, pool, "one.md", NOTE)
    again = read(store, pool, "one.md", NOTE, lambda: store.relabel(ADMINISTRATOR, str(first.id), "board"))
    assert again.outcome == "dropped"
    assert [(one.name, one.label) for one in store.documents(ADMINISTRATOR)] == [("one.md", "board")]


def test_a_new_file_of_a_name_is_added_whatever_became_of_the_old_one(database: Database, pool: Workers) -> None:
    store = Store(database)
    first = read(store, pool, "one.md", NOTE)
    new = read(store, pool, "one.md", NOTE + b"\nRestated.\n", lambda: store.delete(ADMINISTRATOR, str(first.id)))
    assert new.outcome == "added"


@pytest.mark.parametrize("killed", [False, True])
def test_a_reading_that_waited_is_dropped_by_the_worker(database: Database, pool: Workers, tmp_path: Path, killed: bool) -> None:
    """``killed``: its row says that it was being read, as a kill leaves it."""
    store = Store(database)
    first = read(store, pool, "one.md", NOTE)
    sent = uploads.add(database, ADMINISTRATOR, "one.md", NOTE, "default", "general", replaces=first.id)
    store.delete(ADMINISTRATOR, str(first.id))
    if killed:
        with database.owner() as connection:
            connection.execute("UPDATE uploads SET state = 'reading'")
    stop = threading.Event()
    arguments = (database, store, Settings(home=tmp_path), jobs.Turns(), stop)
    worker = threading.Thread(target=uploads.read_until, args=arguments)
    worker.start()
    while (now := uploads.find(database, ADMINISTRATOR, sent.id)).state in ("waiting", "reading"):
        time.sleep(0.05)
    stop.set()
    worker.join()
    assert now.result is not None
    assert (now.state, now.result.outcome, names(store)) == ("done", "dropped", [])
    assert recorded(database)[-2:] == ["document removed", "reading dropped"]


def test_what_is_deleted_while_its_embeddings_wait_leaves_nothing(database: Database, pool: Workers) -> None:
    store = Store(database, HashEmbedder())
    first = read(store, pool, "one.md", NOTE)
    store.delete(ADMINISTRATOR, str(first.id))
    store.embed_pending()
    with database.owner() as connection:
        assert connection.execute("SELECT (SELECT count(*) FROM vectors) + (SELECT count(*) FROM chunks)").fetchone() == (0,)


def test_who_deletes_it_at_the_moment_at_which_it_is_stored_is_waited_for(database: Database, postgres: Postgres, pool: Workers) -> None:
    store = Store(database)
    first = read(store, pool, "one.md", NOTE)
    found: list[Ingested] = []
    reader = threading.Thread(target=lambda: found.append(read(store, pool, "one.md", NOTE)))
    with database.transaction(ADMINISTRATOR) as connection:
        document_entry.remove(connection, document_number(str(first.id)))
        reader.start()
        wait_for_a_lock(postgres)
    reader.join()
    assert [one.outcome for one in found] == ["dropped"]
    assert names(store) == []


def test_who_deletes_what_was_replaced_at_that_moment_is_told_so(database: Database, postgres: Postgres, pool: Workers) -> None:
    store = Store(database)
    first = read(store, pool, "one.md", NOTE)
    failed: list[str] = []

    def delete() -> None:
        try:
            store.delete(ADMINISTRATOR, str(first.id))
        except NotFound as error:
            failed.append(error.message)

    deleting = threading.Thread(target=delete)
    with database.transaction(ADMINISTRATOR) as connection:
        connection.execute("SELECT FROM documents WHERE id = %s FOR UPDATE", (document_number(str(first.id)),))
        deleting.start()
        wait_for_a_lock(postgres)
        document_entry.remove(connection, document_number(str(first.id)))
    deleting.join()
    assert len(failed) == 1


def test_an_older_file_that_is_deleted_at_the_moment_at_which_it_is_replaced_is_gone_as_it_should(
    database: Database, postgres: Postgres, pool: Workers
) -> None:
    store = Store(database)
    first = read(store, pool, "one.md", NOTE)
    found: list[Ingested] = []
    reader = threading.Thread(target=lambda: found.append(read(store, pool, "one.md", NOTE + b"\nRestated.\n")))
    with database.transaction(ADMINISTRATOR) as connection:
        document_entry.remove(connection, document_number(str(first.id)))
        reader.start()
        wait_for_a_lock(postgres)
    reader.join()
    assert [one.error for one in found] == [None]
    assert [one.id for one in store.documents(ADMINISTRATOR)] == [found[0].id]


def wait_for_a_lock(postgres: Postgres) -> None:
    """Until a transaction waits for another."""
    with psycopg.connect(postgres.dsn("postgres", SUPERUSER), autocommit=True) as connection:
        while not connection.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
            time.sleep(0.02)
