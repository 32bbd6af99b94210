"""Retention: what is over its time goes, on record, and the audit chain holds all the same."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg import sql
from tests.operations.conftest import NOTE

from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.governance.expiry import EXPIRED
from finfoundry.governance.seal import seal, verify
from finfoundry.governance.trail import moment, recall, records
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.knowledge.storage.store import Store
from finfoundry.operations.retention import Expired, Rule, apply, apply_until, remove_rule, rules, set_rule
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.postgres import SUPERUSER, Postgres
from finfoundry.runtime.settings import Settings

LATER = datetime.now(UTC) + timedelta(days=40)


@pytest.fixture
def store(filled: Settings, database: Database) -> Store:
    """With a second document, in another collection under another label."""
    assert filled.database
    own = Store(database, None)
    other = NOTE.replace("Harbour", "Meadow")
    own.add(ADMINISTRATOR, parse(other.encode(), "meadow.md"), other.encode(), collection="deals", label="sensitive")
    return own


def names(store: Store) -> set[str]:
    return {one.name for one in store.documents(ADMINISTRATOR)}


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        (Rule("documents", None, None, 30), set()),
        (Rule("documents", None, None, 50), {"note.md", "meadow.md"}),
        (Rule("documents", "sensitive", None, 30), {"note.md"}),
        (Rule("documents", None, "default", 30), {"meadow.md"}),
        (Rule("documents", "general", "deals", 30), {"note.md", "meadow.md"}),
    ],
)
def test_documents_go_by_label_and_collection(store: Store, filled: Settings, rule: Rule, kept: set[str]) -> None:
    set_rule(store.database, ADMINISTRATOR, rule)
    gone = 2 - len(kept)
    assert [one.removed for one in apply(store, ADMINISTRATOR, trial=True, now=LATER)] == [gone]
    assert len(names(store)) == 2
    assert [one.removed for one in apply(store, ADMINISTRATOR, now=LATER)] == [gone]
    assert names(store) == kept
    seal(store.database, filled.home)
    assert verify(store.database, filled.home).ok
    told = [one.action for one in records(store.database, ADMINISTRATOR)]
    assert told.count("document removed") == gone
    assert "retention set" in told


def test_conversations_and_uploads_go(store: Store) -> None:
    with store.database.owner() as connection:
        connection.execute("INSERT INTO conversations (person, id, content) VALUES ('ana', 'c', '{}')")
        connection.execute(
            "INSERT INTO uploads (id, person, administrator, name, collection, label, size, state)"
            " VALUES (gen_random_uuid(), 'ana', false, 'a', 'default', 'general', 1, 'done'),"
            " (gen_random_uuid(), 'ana', false, 'b', 'default', 'general', 1, 'waiting')"
        )
    set_rule(store.database, ADMINISTRATOR, Rule("conversations", None, None, 7))
    set_rule(store.database, ADMINISTRATOR, Rule("uploads", None, None, 7))
    assert [one.removed for one in apply(store, ADMINISTRATOR)] == [0, 0]
    assert apply(store, ADMINISTRATOR, now=LATER) == [Expired("conversations", None, None, 7, 1), Expired("uploads", None, None, 7, 1)]


def test_traces_lose_their_contents_and_the_chain_holds(store: Store, filled: Settings) -> None:
    seal(store.database, filled.home)
    before = verify(store.database, filled.home)
    assert (before.ok, before.erased) == (True, 0)
    (answer,) = [one for one in records(store.database, ADMINISTRATOR) if one.action == "answer"]
    set_rule(store.database, ADMINISTRATOR, Rule("traces", None, None, 1))
    (expired,) = apply(store, ADMINISTRATOR, now=datetime.now(UTC) + timedelta(days=1))
    assert expired.removed > 0
    seal(store.database, filled.home)
    after = verify(store.database, filled.home)
    assert (after.ok, after.problems) == (True, [])
    assert after.erased >= expired.removed
    step = recall(store.database, filled.home, ADMINISTRATOR, answer.id).steps[0]
    assert (step.content, step.erased) == (None, True)
    assert apply(store, ADMINISTRATOR, now=datetime.now(UTC) + timedelta(days=1))[0].removed == 0


def test_a_content_that_was_taken_away_is_not_called_expired(store: Store, filled: Settings, postgres: Postgres) -> None:
    """Only what is older than a recorded end is explained by it."""
    with store.database.owner() as connection:
        audit.append(connection, audit.AuditRecord("home", EXPIRED, target=moment(datetime.now(UTC) - timedelta(hours=1))))
    with psycopg.connect(postgres.dsn(store.database.name, SUPERUSER)) as connection:
        connection.execute("ALTER TABLE finfoundry.audit_content DISABLE TRIGGER refuse")
        connection.execute("DELETE FROM finfoundry.audit_content")
        connection.execute("ALTER TABLE finfoundry.audit_content ENABLE TRIGGER refuse")
    seal(store.database, filled.home)
    found = verify(store.database, filled.home)
    assert not found.ok
    assert "Removed: the content of step 0" in found.problems[0].message


def test_contents_are_not_removed_without_saying_so(store: Store, postgres: Postgres) -> None:
    with psycopg.connect(postgres.dsn(store.database.name, SUPERUSER)) as connection:
        for command in ("DELETE FROM {}", "UPDATE {} SET content = ''", "TRUNCATE {}"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(sql.SQL(command).format(sql.Identifier("finfoundry", "audit_content")))


def test_a_rule_can_be_changed_and_removed(database: Database, store: Store) -> None:
    set_rule(database, ADMINISTRATOR, Rule("documents", "sensitive", None, 30))
    set_rule(database, ADMINISTRATOR, Rule("documents", "sensitive", None, 60))
    assert rules(database) == [Rule("documents", "sensitive", None, 60)]
    assert remove_rule(database, ADMINISTRATOR, "documents", "sensitive").days == 60
    assert rules(database) == []
    with pytest.raises(NotFound):
        remove_rule(database, ADMINISTRATOR, "documents", "sensitive")
    assert store


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        (Rule("documents", "no-such-label", None, 1), NotFound),
        (Rule("documents", None, "no-such-collection", 1), NotFound),
        (Rule("traces", "general", None, 1), InputError),
        (Rule("documents", None, None, 0), InputError),
    ],
)
@pytest.mark.usefixtures("store")
def test_rules_that_make_no_sense(database: Database, rule: Rule, error: type[Exception]) -> None:
    with pytest.raises(error):
        set_rule(database, ADMINISTRATOR, rule)


def test_only_administrators_rule(store: Store) -> None:
    ana = Principal("ana")
    for act in (
        lambda: set_rule(store.database, ana, Rule("documents", None, None, 1)),
        lambda: remove_rule(store.database, ana, "documents"),
        lambda: apply(store, ana),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_the_worker_applies_the_rules(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    applied: list[object] = []

    def once(*_: object) -> list[Expired]:
        stop.set()
        applied.append(True)
        return []

    monkeypatch.setattr("finfoundry.operations.retention.apply", once)
    apply_until(store, ADMINISTRATOR, stop, every=0.01)
    assert applied == [True]
