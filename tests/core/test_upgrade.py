"""A store of an older version, with data in it, is brought up to date by the first command, and nothing of it is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from finfoundry.core.errors import InputError
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.governance.policy import Policy
from finfoundry.governance.seal import seal, verify
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.knowledge.storage.fact_query import FactQuery
from finfoundry.knowledge.storage.store import Store
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master
from finfoundry.runtime.migrate import applied, known
from finfoundry.runtime.postgres import SUPERUSER, Postgres, create_database, harden

FIRST = ("0001_identity.sql", "0002_knowledge.sql", "0003_jobs.sql", "0010_audit.sql", "0011_policy.sql", "0020_conversations.sql")


@pytest.fixture
def older(postgres: Postgres) -> Iterator[Database]:
    """A database as the first version left it: a document with a page, a cell, a fact and a chunk; a user, a grant, a conversation."""
    name = "older"
    with psycopg.connect(postgres.dsn("postgres", SUPERUSER), autocommit=True) as connection:
        create_database(connection, name)
    with psycopg.connect(postgres.dsn(name, SUPERUSER), autocommit=True) as connection:
        harden(connection)
    database = Database(postgres.dsn(name))
    with database.owner() as connection:
        assert database.prepare(connection, FIRST) == list(FIRST)
        fill(connection)
    yield database
    database.close()
    with psycopg.connect(postgres.dsn("postgres", SUPERUSER), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def fill(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """In the words of the first schema, not of today's code."""
    connection.execute("INSERT INTO users (name) VALUES ('ana')")
    connection.execute("INSERT INTO grants (label_id, user_id) SELECT l.id, u.id FROM labels l, users u WHERE l.name = 'sensitive'")
    connection.execute("INSERT INTO collections (name) VALUES ('default')")
    connection.execute("SELECT nextval('batch_ids'), nextval('chunk_ids')")
    connection.execute("""
        INSERT INTO documents (id, collection_id, label_id, batch_id, first_chunk, chunks, embedded_by, name, sha256, media_type, size,
                               pages, entity, entity_keys, fiscal_year, language, score)
        SELECT 4711, c.id, l.id, 1, 1, 1, 'all-minilm-l6-v2', 'old.md', 'abc', 'text/markdown', 3,
               1, 'Harbour Bank', '{harbour bank}', 2024, 'en', 1
        FROM collections c, labels l WHERE l.name = 'sensitive'
    """)
    label = "(SELECT id FROM labels WHERE name = 'sensitive')"
    connection.execute(f"INSERT INTO files VALUES (4711, {label}, 'old')".encode())
    connection.execute(f"INSERT INTO pages VALUES (4711, 1, {label}, 100, 100, 'text', NULL, 1)".encode())
    connection.execute(f"INSERT INTO chunks VALUES (1, 4711, {label}, 0, 1, 'paragraph', 'Net profit 1,234', '{{}}', NULL, NULL)".encode())
    connection.execute(
        f"""
        INSERT INTO facts (document_id, ordinal, label_id, collection_id, entity, metric, scope, dimensions, version, period, value, unit,
                           scale, precision, text, page, confidence, terms, weights)
        SELECT 4711, 0, {label}, c.id, 'Harbour Bank', '{{Net profit}}', 'consolidated', '[]', 'reported', '2024-01-01/2024-12-31', 1234,
               'USD', 1, 0, '1,234', 1, 1, '{{5}}', '{{5:1}}/1000000000' FROM collections c
        """.encode()
    )
    connection.execute("INSERT INTO conversations (person, id, content) VALUES ('ana', 'c', %s)", (Jsonb({}),))
    connection.execute("INSERT INTO conversations (person, id, content) VALUES ('ida, who left', 'c', %s)", (Jsonb({}),))


def test_nothing_is_lost(older: Database, tmp_path: Path) -> None:
    with older.owner() as connection:
        audit.install(connection, Master.open(tmp_path))
        audit.append(connection, audit.AuditRecord("ana", "answer", (audit.AuditStep("question", {"text": "net profit"}),)))
    seal(older, tmp_path)
    assert older.migrate() == [name for name in known() if name not in FIRST]
    with older.owner() as connection:
        assert list(applied(connection)) == list(known())
        kept = connection.execute("SELECT content FROM conversations WHERE person = 'ana'").fetchall()
    assert kept == [({},)]
    store = Store(older, None)
    assert [(one.name, one.label) for one in store.documents(Principal("ana"))] == [("old.md", "sensitive")]
    assert store.data(Principal("ana"), store.documents(ADMINISTRATOR)[0].id) == b"old"
    assert [one.fact.value for one in store.facts(ADMINISTRATOR, FactQuery(entity="Harbour Bank"))] == [1234]
    assert store.documents(Principal("nobody here")) == []
    assert verify(older, tmp_path).ok


def test_whoever_left_before_the_upgrade_is_inherited_by_nobody(older: Database, tmp_path: Path) -> None:
    """Known by rows that hold a name which no user has; also by a record of the audit."""
    with older.owner() as connection:
        audit.install(connection, Master.open(tmp_path))
        audit.append(connection, audit.AuditRecord("uma, who left", "answer"))
    older.migrate()
    for name in ("ida, who left", "uma, who left"):
        with pytest.raises(InputError, match="belonged to a user who was removed"):
            Policy(older).add_user(ADMINISTRATOR, name)
    Policy(older).add_user(ADMINISTRATOR, "ana")
    Policy(older).add_user(ADMINISTRATOR, "new")


def test_numbers_of_migrations_are_unique_and_a_store_with_the_former_names_is_of_today(older: Database) -> None:
    numbers = [name.partition("_")[0] for name in known()]
    assert len(set(numbers)) == len(numbers)
    older.migrate()
    with older.owner() as connection:
        for name, former in (("0029_service.sql", "0030_service.sql"), ("0059_release.sql", "0060_release.sql")):
            connection.execute("UPDATE migrations SET name = %s WHERE name = %s", (former, name))
    assert older.migrate() == []
    with older.owner() as connection:
        assert list(applied(connection)) == list(known())


def test_it_works_on(older: Database, tmp_path: Path) -> None:
    """New documents go in beside the old ones, and the old ones go out."""
    with older.owner() as connection:
        audit.install(connection, Master.open(tmp_path))
    older.migrate()
    store = Store(older, None)
    note = "# Meadow Bank\n\nNet profit was USD 5 million in 2024.\n"
    store.add(ADMINISTRATOR, parse(note.encode(), "new.md"), note.encode())
    (old,) = [one for one in store.documents(ADMINISTRATOR) if one.name == "old.md"]
    store.delete(ADMINISTRATOR, old.id)
    assert [one.name for one in store.documents(ADMINISTRATOR)] == ["new.md"]


@pytest.mark.parametrize("stop", range(1, len(FIRST)))
def test_an_upgrade_that_was_cut_off_goes_on(postgres: Postgres, stop: int) -> None:
    """Each version that a store may have had in between is brought up to the same end."""
    name = f"between_{stop}"
    with psycopg.connect(postgres.dsn("postgres", SUPERUSER), autocommit=True) as connection:
        create_database(connection, name)
    with psycopg.connect(postgres.dsn(name, SUPERUSER), autocommit=True) as connection:
        harden(connection)
    database = Database(postgres.dsn(name))
    try:
        with database.owner() as connection:
            database.prepare(connection, FIRST[:stop])
        database.migrate()
        assert database.migrate() == []
    finally:
        database.close()
        with psycopg.connect(postgres.dsn("postgres", SUPERUSER), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
