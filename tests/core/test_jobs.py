"""The queue: each job done once, tried again when it fails, given up in the end."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from finfoundry.core.errors import StoreError
from finfoundry.runtime import jobs
from finfoundry.runtime.database import Database
from finfoundry.runtime.jobs import Counts


def add(database: Database, *keys: str, kind: str = "count") -> None:
    with database.worker() as connection:
        for key in keys:
            jobs.add(connection, kind, key, {"key": key})


def test_each_is_done_once_by_many_workers(database: Database) -> None:
    add(database, *map(str, range(20)))
    done: list[str] = []

    def run() -> None:
        while jobs.work(database, {"count": lambda payload: done.append(payload["key"])}):
            pass

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done, key=int) == [str(number) for number in range(20)]
    assert jobs.counts(database) == Counts(0, 0, 0)


def test_an_empty_queue_is_looked_at_over_the_pool(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice a second and hand: a session of its own each time would keep an idle home busy."""
    add(database, "a", kind="other")
    monkeypatch.setattr(database, "connect", lambda _: pytest.fail("a session was opened"))
    assert not jobs.work(database, {"count": lambda _: None})


def test_the_same_kind_and_key_waits_only_once(database: Database) -> None:
    add(database, "a", "a")
    add(database, "a", kind="other")
    assert jobs.counts(database, "count") == Counts(1, 0, 0)
    assert jobs.counts(database) == Counts(2, 0, 0)


def test_one_that_is_running_may_be_asked_for_again(database: Database) -> None:
    """What came after it started is not lost."""
    add(database, "a")

    def again(_: dict[str, Any]) -> None:
        add(database, "a")

    assert jobs.work(database, {"count": again})
    assert jobs.counts(database) == Counts(1, 0, 0)


def test_one_that_fails_is_tried_again_and_given_up(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "FIRST_DELAY", -86_400.0)  # due also where a machine sets its clock back meanwhile, by minutes
    add(database, "a")

    def fail(_: dict[str, Any]) -> None:
        raise StoreError("away")

    for _ in range(jobs.MOST_ATTEMPTS):
        assert jobs.work(database, {"count": fail})
    assert not jobs.work(database, {"count": fail})
    assert jobs.counts(database) == Counts(0, 0, 1)
    with database.owner() as connection:
        assert connection.execute("SELECT error FROM jobs").fetchone() == ("StoreError: away",)


@pytest.mark.parametrize(("ahead", "done"), [("30 seconds", False), ("2 hours", True)])
def test_what_was_queued_before_the_clock_was_set_back_is_done(database: Database, ahead: str, done: bool) -> None:
    """No delay is as long; a shorter one is kept."""
    add(database, "a")
    with database.owner() as connection:
        connection.execute(f"UPDATE jobs SET after = now() + interval '{ahead}'".encode())
    assert jobs.work(database, {"count": lambda _: None}) == done


def test_a_job_of_a_transaction_that_failed_is_not_there(database: Database) -> None:
    def fail_after_adding() -> None:
        with database.worker() as connection:
            jobs.add(connection, "count", "a", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_adding()
    assert jobs.counts(database) == Counts(0, 0, 0)


def test_a_worker_works_until_told_to_stop(database: Database) -> None:
    stop, done = threading.Event(), []

    def last(payload: dict[str, Any]) -> None:
        done.append(payload["key"])
        if len(done) == 2:
            stop.set()

    add(database, "a", "b")
    jobs.work_until(database, {"count": last}, stop, pause=0.01)
    assert done == ["a", "b"]


def add_of(database: Database, turn: str, *keys: str) -> None:
    with database.worker() as connection:
        for key in keys:
            jobs.add(connection, "read", key, {"key": key, "turn": turn})


def test_users_take_turns_whoever_sent_more(database: Database) -> None:
    add_of(database, "hostile", *(f"h{number}" for number in range(60)))
    add_of(database, "ana", "a1", "a2")
    add_of(database, "bo", "b1")
    done: list[str] = []
    turns = jobs.Turns(1)
    while jobs.work(database, {"read": lambda payload: done.append(payload["key"])}, turns):
        pass
    assert done[:6] == ["h0", "a1", "b1", "h1", "a2", "h2"]
    assert len(done) == 63


def test_one_user_never_has_all_hands(database: Database) -> None:
    add_of(database, "hostile", "h1", "h2", "h3")
    turns, began, end = jobs.Turns(2), threading.Event(), threading.Event()

    def hold(_payload: dict[str, Any]) -> None:
        began.set()
        end.wait(30)

    first = threading.Thread(target=jobs.work, args=(database, {"read": hold}, turns))
    first.start()
    assert began.wait(30)
    done: list[str] = []
    handler = {"read": lambda payload: done.append(payload["key"])}
    assert not jobs.work(database, handler, turns)  # the second hand waits for somebody else
    add_of(database, "ana", "a1")
    assert jobs.work(database, handler, turns)
    assert done == ["a1"]
    end.set()
    first.join()
    assert jobs.work(database, handler, turns)
    assert done == ["a1", "h2"]
