"""Roles, identity, migrations, and SQL that a person sends."""

from __future__ import annotations

import hashlib

import psycopg
import pytest
from psycopg import conninfo

from finfoundry.core.errors import InputError, IntegrityError, NotPermitted, SettingsError, StoreError
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.runtime import jobs
from finfoundry.runtime.database import OF_ADMINISTRATORS, READERS, Database
from finfoundry.runtime.postgres import OWNER, SUPERUSER, Postgres

ANN = Principal("ann")


def add_user(database: Database, name: str) -> None:
    with database.owner() as connection:
        connection.execute("INSERT INTO users (name) VALUES (%s)", (name,))


def labels(database: Database, principal: Principal) -> set[str]:
    with database.transaction(principal) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM labels WHERE id = ANY (readable_labels())")}


def test_a_user_reads_general_and_an_administrator_everything(database: Database) -> None:
    add_user(database, "ann")
    assert labels(database, ANN) == {"general"}
    assert labels(database, ADMINISTRATOR) == {"general", "sensitive", "important", "core"}


def test_an_unknown_user_reads_nothing(database: Database) -> None:
    assert labels(database, Principal("nobody here")) == set()


def test_the_identity_ends_with_the_transaction(database: Database) -> None:
    """The pool hands the same connection to the next user."""
    labels(database, ADMINISTRATOR)
    assert labels(database, Principal("nobody here")) == set()


@pytest.mark.parametrize("forged", ["SET LOCAL finfoundry.administrator = 'on'", "SET finfoundry.administrator = 'on'"])
def test_a_forged_setting_makes_nobody_an_administrator(database: Database, forged: str) -> None:
    """Nor may a login of users become one of administrators."""
    add_user(database, "ann")
    with database.transaction(ANN) as connection:
        connection.execute(forged.encode())
        assert connection.execute("SELECT identity_is_administrator()").fetchone() == (False,)
        assert connection.execute("SELECT name FROM labels WHERE id = ANY (readable_labels())").fetchall() == [("general",)]
    for login in OF_ADMINISTRATORS.values():
        for statement in (f"SET ROLE {login}", f"SET SESSION AUTHORIZATION {login}"):
            with pytest.raises(NotPermitted), database.transaction(ANN) as connection:
                connection.execute(statement.encode())


WAITING = {
    "uploads": "INSERT INTO uploads (id, person, administrator, name, collection, label, size)"
    " VALUES (gen_random_uuid(), %s, %s, 'a.md', 'default', 'core', 1)",
    "payments": "INSERT INTO payment_inbox (id, person, administrator, name) VALUES (gen_random_uuid(), %s, %s, 'fraud')",
}


@pytest.mark.parametrize("statement", WAITING.values(), ids=WAITING)
def test_what_waits_for_the_worker_names_an_administrator_only_where_one_sent_it(database: Database, statement: str) -> None:
    """The worker does it under the identity of the row: who could write that would be what it says."""
    add_user(database, "ann")
    for person, administrator in (("ann", True), ("ben", False), ("administrator", True)):
        with pytest.raises(NotPermitted), database.transaction(ANN) as connection:
            connection.execute(statement.encode(), (person, administrator))
    with database.transaction(ANN) as connection:
        connection.execute(statement.encode(), ("ann", False))
    with database.transaction(ADMINISTRATOR) as connection:
        connection.execute(statement.encode(), (ADMINISTRATOR.user, True))


def test_an_outcome_is_its_authors_and_final_and_scores_are_not_taken_back(database: Database) -> None:
    add_user(database, "ann")
    outcome = (
        "INSERT INTO specialist_outcomes (name, person, record, label_id, id, event)"
        " SELECT 'credit', %s, gen_random_uuid(), id, 'L1', true FROM labels WHERE name = 'general'"
    )
    with database.owner() as connection:
        connection.execute(
            "INSERT INTO grants (label_id, user_id, can_write) SELECT l.id, u.id, true FROM labels l, users u WHERE l.name = 'general'"
        )
    with pytest.raises(NotPermitted), database.transaction(ANN) as connection:
        connection.execute(outcome.encode(), ("ben",))
    for statement in ("UPDATE specialist_outcomes SET event = false", "DELETE FROM specialist_outcomes"):
        for who in (ANN, ADMINISTRATOR):
            with pytest.raises(NotPermitted), database.transaction(who) as connection:
                connection.execute(statement.encode())
    with database.owner() as connection:
        policies = connection.execute("SELECT qual FROM pg_policies WHERE tablename = 'specialist_scores' AND cmd = 'DELETE'").fetchall()
    assert policies == [("identity_is_administrator()",)]


def test_an_administrator_stands_under_the_same_policies(database: Database) -> None:
    """The second login has the rights of the first, and no more."""
    with database.transaction(ADMINISTRATOR) as connection:
        assert connection.execute("SELECT identity_is_administrator()").fetchone() == (True,)
    assert database.read(ADMINISTRATOR, "SELECT count(*) FROM documents")[1] == [(0,)]
    with pytest.raises((InputError, NotPermitted)):
        database.read(ADMINISTRATOR, "SELECT * FROM users")


def test_who_adds_work_does_not_see_that_of_others(database: Database) -> None:
    with database.transaction(ANN) as connection:
        jobs.add(connection, "embed", "1", {"document": 1})
        jobs.add(connection, "embed", "1", {"document": 1})
    for statement in ("SELECT * FROM jobs", "INSERT INTO jobs (kind, key) VALUES ('x', 'y')", "DELETE FROM jobs"):
        with pytest.raises(NotPermitted), database.transaction(ADMINISTRATOR) as connection:
            connection.execute(statement.encode())
    assert jobs.counts(database) == jobs.Counts(1, 0, 0)


def test_a_name_with_quotes_is_only_a_name(database: Database) -> None:
    assert labels(database, Principal("x'; SET LOCAL finfoundry.administrator = 'on'; --")) == set()


def test_migrations_are_applied_once(database: Database) -> None:
    assert database.migrate() == []


def test_a_changed_migration_is_refused(database: Database) -> None:
    with database.owner() as connection:
        connection.execute("UPDATE migrations SET sha256 = %s WHERE name LIKE '0001%%'", (hashlib.sha256(b"other").hexdigest(),))
    with pytest.raises(IntegrityError, match="0001"):
        database.migrate()


def test_a_store_of_a_newer_version_is_refused(database: Database) -> None:
    with database.owner() as connection:
        connection.execute("INSERT INTO migrations (name, sha256) VALUES ('9999_later.sql', 'x')")
    with pytest.raises(StoreError, match=r"newer version: it has had the migration 9999_later\.sql"):
        database.migrate()


@pytest.mark.usefixtures("database")
def test_the_roles_of_one_owner_are_not_taken_over_by_another(postgres: Postgres) -> None:
    """Their passwords derive from the owner's: each of the two would lock the other out."""
    with psycopg.connect(postgres.dsn("postgres", SUPERUSER), autocommit=True) as connection:
        connection.execute("CREATE ROLE somebody LOGIN CREATEROLE PASSWORD 'else'")
        connection.execute("CREATE DATABASE other OWNER somebody")
    with psycopg.connect(postgres.dsn("other", SUPERUSER), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION vector")
    other = Database(conninfo.make_conninfo(postgres.dsn("other"), user="somebody", password="else"))
    try:
        with pytest.raises(StoreError, match="whose owner has another password"):
            other.migrate()
    finally:
        other.close()
        with psycopg.connect(postgres.dsn("postgres", SUPERUSER), autocommit=True) as connection:
            connection.execute("DROP DATABASE other WITH (FORCE)")
            connection.execute("DROP ROLE somebody")


def test_the_application_cannot_change_grants(database: Database) -> None:
    with pytest.raises(NotPermitted), database.transaction(ADMINISTRATOR) as connection:
        connection.execute("INSERT INTO grants (label_id, user_id) VALUES (1, 1)")


def test_every_readable_table_is_under_a_forced_policy(database: Database) -> None:
    """A table that the application or the reader may select from, and that has no policy, is named here on purpose."""
    query = """
        SELECT relname FROM pg_class WHERE relnamespace = 'finfoundry'::regnamespace AND relkind IN ('r', 'p')
        AND NOT (relrowsecurity AND relforcerowsecurity)
        AND (has_any_column_privilege('finfoundry_application', oid, 'SELECT')
             OR has_any_column_privilege('finfoundry_reader', oid, 'SELECT'))
    """
    with database.owner() as connection:
        assert {name for (name,) in connection.execute(query)} <= {"policy_state"}  # it holds a digest, no content


@pytest.mark.parametrize(
    "query",
    [
        "SELECT set_config('finfoundry.administrator', 'on', true)",
        "SELECT 1) AS a; SET finfoundry.administrator = 'on'; SELECT (1",
        "SELECT 1; DELETE FROM documents",
        "DELETE FROM documents RETURNING id",
        "WITH gone AS (DELETE FROM documents RETURNING id) SELECT * FROM gone",
        "SELECT * FROM users",
        "SELECT sha256 FROM documents",
        "SELECT * FROM files",
        "SELECT * FROM pg_stat_activity",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT collection_named('new')",
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_try_advisory_xact_lock_shared(1, 2)",
        "SELECT query_to_xml('SET LOCAL finfoundry.administrator = on', true, true, '')",
        "SELEC 1",
        "",
    ],
)
def test_written_sql_cannot_leave_its_bounds(database: Database, query: str) -> None:
    add_user(database, "ann")
    with pytest.raises((InputError, NotPermitted)):
        database.read(ANN, query)


def test_written_sql_is_limited_in_rows_and_time(database: Database) -> None:
    columns, rows = database.read(ANN, "SELECT n, n * 2 AS twice FROM generate_series(1, 100) AS n;", rows=3)
    assert columns == ["n", "twice"]
    assert rows == [(1, 2), (2, 4), (3, 6)]
    with pytest.raises(InputError, match="too long"):
        database.read(ANN, "SELECT pg_sleep(5)", seconds=0.1)


def test_the_login_of_written_sql_begins_with_its_bounds(database: Database) -> None:
    """Also where a statement comes another way than ``read``."""
    for login in READERS:
        with database.connect(login) as connection:
            assert connection.execute("SHOW statement_timeout").fetchone() == ("10s",)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("SELECT pg_advisory_lock(1)")
    with database.worker() as connection:
        assert connection.execute("SELECT pg_try_advisory_xact_lock(1)").fetchone() == (True,)


def test_written_sql_needs_a_server_that_keeps_the_identity(database: Database, postgres: Postgres) -> None:
    """A server that an administrator runs may let everybody call ``set_config``."""
    with psycopg.connect(postgres.dsn(database.name, SUPERUSER), autocommit=True) as connection:
        connection.execute("GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO PUBLIC")
    with pytest.raises(StoreError, match="identity") as caught:
        database.read(ANN, "SELECT 1")
    assert "REVOKE" in str(caught.value.remedy)


def test_a_zero_byte_is_bad_input(database: Database) -> None:
    with pytest.raises(InputError, match="cannot hold"), database.transaction(ADMINISTRATOR) as connection:
        connection.execute("SELECT %s", ("a\0b",))


def test_connections_cut_by_a_restart_are_replaced(database: Database, postgres: Postgres) -> None:
    labels(database, ADMINISTRATOR)
    with psycopg.connect(postgres.dsn("postgres", SUPERUSER), autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'finfoundry_application'")
    assert "general" in labels(database, ADMINISTRATOR)


def test_a_database_that_is_not_there_is_said_clearly(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("finfoundry.runtime.database.CONNECT_PATIENCE", 0.3)
    missing = Database(postgres.dsn("missing"))
    with pytest.raises(StoreError, match="cannot be reached") as caught, missing.owner():
        pass
    assert caught.value.remedy
    missing.close()


def test_a_dsn_must_carry_a_password() -> None:
    with pytest.raises(SettingsError, match="password"), Database(f"user={OWNER} host=/nowhere").transaction(ADMINISTRATOR):
        pass
    with pytest.raises(SettingsError, match="cannot be read"):
        Database("postgres:/=nonsense")
