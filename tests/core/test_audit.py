"""Records in the transaction of their effect; contents under keys that can be deleted; the rights of each role."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from finfoundry.core.errors import IntegrityError, NotFound, NotPermitted, StoreError
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.runtime.audit import AuditRecord, AuditStep, append, erase, install
from finfoundry.runtime.database import Connection, Database
from finfoundry.runtime.keys import Master

ANA = Principal("ana")
SECRET = "what did 甲公司 earn in 2020?"


@pytest.fixture
def audited(database: Database, tmp_path: Path) -> Database:
    with database.owner() as connection:
        install(connection, Master.open(tmp_path))
    return database


def record(user: str = "ana", *documents: str) -> AuditRecord:
    return AuditRecord(user, "answer", (AuditStep("question", {"text": SECRET}), AuditStep("evidence", ["facts"], documents)))


def count(connection: Connection, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return row[0] if row else -1


def test_a_record_is_there_with_its_effect_or_not_at_all(audited: Database) -> None:
    def fail() -> None:
        with audited.transaction(ANA) as connection:
            append(connection, record())
            raise RuntimeError("the effect failed")

    with pytest.raises(RuntimeError):
        fail()
    with audited.owner() as connection:
        assert [count(connection, table) for table in ("audit_record", "audit_content", "audit_pending")] == [0, 0, 0]
    with audited.transaction(ANA) as connection:
        append(connection, record())
    with audited.owner() as connection:
        assert [count(connection, table) for table in ("audit_record", "audit_content", "audit_pending")] == [1, 2, 1]


def test_nothing_of_the_content_is_in_the_database(audited: Database) -> None:
    with audited.transaction(ANA) as connection:
        append(connection, record("ana", "77"))
    with audited.owner() as connection:
        for table in ("audit_record", "audit_content", "audit_pending"):
            for (row,) in connection.execute(f"SELECT t::text FROM {table} t"):
                assert "earn" not in row
                assert SECRET.encode().hex() not in row
                assert "ana" not in row


def test_equal_contents_have_different_digests(audited: Database) -> None:
    with audited.transaction(ANA) as connection:
        append(connection, record())
        append(connection, record())
    with audited.owner() as connection:
        digests = [step["digest"] for (steps,) in connection.execute("SELECT steps FROM audit_record") for step in steps]
    assert len(set(digests)) == 4


def test_a_user_and_a_document_have_one_key_each(audited: Database) -> None:
    with audited.transaction(ANA) as connection:
        for _ in range(3):
            append(connection, record("ana", "77", "78", "77"))
    with audited.owner() as connection:
        rows = connection.execute("SELECT kind, name FROM audit_key ORDER BY kind, name").fetchall()
    assert rows == [("document", "77"), ("document", "78"), ("master", ""), ("user", "ana")]


def test_writers_at_once_agree_on_the_keys(audited: Database) -> None:
    def write(number: int) -> None:
        with audited.transaction(ANA) as connection:
            append(connection, record("ana", *(["1", "2"] if number % 2 else ["2", "1"])))

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(write, range(24)))
    with audited.owner() as connection:
        assert (count(connection, "audit_key"), count(connection, "audit_record")) == (4, 24)


FORBIDDEN = [
    "UPDATE audit_record SET action = 'x'",
    "DELETE FROM audit_record",
    "TRUNCATE audit_record CASCADE",
    "UPDATE audit_content SET content = ''",
    "DELETE FROM audit_content",
    "UPDATE audit_key SET name = 'x'",
    "SELECT private FROM audit_key",
    "INSERT INTO audit_key VALUES (gen_random_uuid(), 'master', 'x', '', '')",
    "INSERT INTO audit_record (id, at, actor, action, steps) VALUES (gen_random_uuid(), '2020-01-01', gen_random_uuid(), 'x', '[]')",
    "SELECT * FROM audit_chain",
    "INSERT INTO audit_chain VALUES (1, gen_random_uuid(), '', '')",
    "DELETE FROM audit_pending",
    "SELECT * FROM audit_head",
]


@pytest.mark.parametrize("principal", [ANA, ADMINISTRATOR])
def test_the_application_only_adds(audited: Database, principal: Principal) -> None:
    with audited.transaction(principal) as connection:
        append(connection, record())
    for statement in FORBIDDEN:
        with pytest.raises(NotPermitted), audited.transaction(principal) as connection:
            connection.execute(statement)


def test_even_the_owner_is_kept_from_a_mistake(audited: Database) -> None:
    with audited.transaction(ANA) as connection:
        append(connection, record())
    for table in ("audit_record", "audit_content"):
        with pytest.raises(NotPermitted), audited.owner() as connection:
            connection.execute(f"DELETE FROM {table}")


def test_users_do_not_read_records_administrators_do(audited: Database) -> None:
    with audited.transaction(ANA) as connection:
        append(connection, record())
        assert [count(connection, table) for table in ("audit_record", "audit_content")] == [0, 0]
    with audited.transaction(ADMINISTRATOR) as connection:
        assert [count(connection, table) for table in ("audit_record", "audit_content")] == [1, 2]


def test_written_sql_sees_no_audit(audited: Database) -> None:
    for table in ("audit_record", "audit_content", "audit_key", "audit_chain", "audit_head", "audit_pending"):
        with pytest.raises((NotPermitted, psycopg.Error)):
            audited.read(ADMINISTRATOR, f"SELECT * FROM {table}")


def test_erasing_is_the_administrators_and_is_recorded(audited: Database) -> None:
    with audited.transaction(ANA) as connection:
        append(connection, record("ana", "77"))
    with pytest.raises(NotFound), audited.transaction(ANA) as connection:
        erase(connection, "ana", "document", "77")
    with audited.transaction(ADMINISTRATOR) as connection:
        erase(connection, "administrator", "document", "77")
    with audited.owner() as connection:
        assert connection.execute("SELECT FROM audit_key WHERE name = '77'").fetchone() is None
        assert connection.execute("SELECT FROM audit_record WHERE action = 'document erased'").fetchone() is not None
    with pytest.raises(NotFound, match="Nothing is recorded"), audited.transaction(ADMINISTRATOR) as connection:
        erase(connection, "administrator", "document", "77")


def test_without_the_homes_key_nothing_can_be_recorded(database: Database) -> None:
    with pytest.raises(StoreError, match="no audit key yet"), database.transaction(ANA) as connection:
        append(connection, record())


def test_a_database_belongs_to_one_home(audited: Database, tmp_path: Path) -> None:
    with audited.owner() as connection:
        install(connection, Master.open(tmp_path))
    with pytest.raises(IntegrityError, match="another home"), audited.owner() as connection:
        install(connection, Master.open(tmp_path / "other"))
