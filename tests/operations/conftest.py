"""A store with a document, a user, a key and an audit trail; and an empty database beside it to bring it back into."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from pydantic import SecretStr

from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.governance.api_keys import ApiKeys
from finfoundry.governance.policy import Policy
from finfoundry.governance.seal import seal
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.knowledge.storage.store import Store
from finfoundry.machine import master_of
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.postgres import SUPERUSER, Postgres, create_database, harden
from finfoundry.runtime.settings import Settings

_numbers = itertools.count()
NOTE = """# Harbour Bank Annual Report 2024

## Consolidated income statement

Harbour Bank Co., Ltd. Year ended 31 December 2024

| USD million | 2024 | 2023 |
|---|---|---|
| Net profit | 1,234 | 1,100 |
| Total assets | 9,876 | 9,100 |
"""


@pytest.fixture
def filled(database: Database, postgres: Postgres, tmp_path: Path) -> Settings:
    """Settings of a home whose database holds something of everything."""
    settings = Settings(home=tmp_path / "home", database=SecretStr(postgres.dsn(database.name)))
    fill(settings, database)
    return settings


def fill(settings: Settings, database: Database) -> None:
    settings.home.mkdir(exist_ok=True)
    master_of(settings, database)
    Store(database, None).add(ADMINISTRATOR, parse(NOTE.encode(), "note.md"), NOTE.encode())
    Policy(database).add_user(ADMINISTRATOR, "ana", ["risk"])
    Policy(database).add_grant(ADMINISTRATOR, "risk", "sensitive", False)
    ApiKeys(database).create(ADMINISTRATOR, "ana")
    with database.transaction(ADMINISTRATOR) as connection:
        audit.append(connection, audit.AuditRecord("ana", "answer", (audit.AuditStep("question", {"text": "净利润？"}),)))
    seal(database, settings.home)


@pytest.fixture
def empty(postgres: Postgres, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a new home over a database that was only just created."""
    name = f"empty_{next(_numbers)}"
    with psycopg.connect(postgres.dsn("postgres", SUPERUSER), autocommit=True) as connection:
        create_database(connection, name)
    with psycopg.connect(postgres.dsn(name, SUPERUSER), autocommit=True) as connection:
        harden(connection)
    yield Settings(home=tmp_path / "new", database=SecretStr(postgres.dsn(name)))
    with psycopg.connect(postgres.dsn("postgres", SUPERUSER), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def dsn(settings: Settings) -> str:
    assert settings.database
    return settings.database.get_secret_value()
