"""A PostgreSQL of one's own, by DSN over TCP: the whole path, a restore into it, and a password that changes."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import conninfo, sql
from tests.conftest import short_home
from tests.operations.conftest import NOTE
from tests.operations.test_contract import free_port
from typer.testing import CliRunner

from finfoundry.cli.main import cli
from finfoundry.core.errors import FinfoundryError, NotPermitted
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.runtime.database import APPLICATION, Database
from finfoundry.runtime.postgres import OWNER, SUPERUSER, Postgres, create_database, harden
from finfoundry.runtime.supervisor import Supervisor


@pytest.fixture(scope="module")
def server(module_home: Path) -> Postgres:
    """A second cluster, which the product does not run itself, that listens on TCP."""
    postgres = Postgres(module_home, durable=False)
    postgres.start(Supervisor(module_home))
    process = postgres.process()
    port = free_port()
    argv = [*process.argv, "-c", f"port={port}"]
    argv[argv.index("-h") + 1] = "127.0.0.1"
    ready = [*process.ready, "-p", str(port)] if process.ready else None
    Supervisor(module_home).ensure(dataclasses.replace(process, argv=tuple(argv), ready=tuple(ready) if ready else None))
    (module_home / "port").write_text(str(port))
    return postgres


def over_tcp(server: Postgres, database: str, role: str = OWNER) -> str:
    port = (server.home / "port").read_text()
    return conninfo.make_conninfo(server.dsn(database, role), host="127.0.0.1", port=port)


def new_database(server: Postgres, name: str) -> str:
    with psycopg.connect(over_tcp(server, "postgres", SUPERUSER), autocommit=True) as connection:
        create_database(connection, name)
    with psycopg.connect(over_tcp(server, name, SUPERUSER), autocommit=True) as connection:
        harden(connection)
    return over_tcp(server, name)


@pytest.fixture
def other_home() -> Iterator[Path]:
    folder = short_home()
    yield folder
    Supervisor(folder).stop()


def call(*arguments: str, status: int = 0) -> Any:
    result = CliRunner().invoke(cli, [*arguments, "--json"])
    if isinstance(result.exception, FinfoundryError):
        raise result.exception
    assert result.exit_code == status, result.output
    return json.loads(result.stdout)


def test_the_whole_path(server: Postgres, home: Path, other_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dsn = new_database(server, "outside")
    monkeypatch.setenv("FINFOUNDRY_HOME", str(home))
    monkeypatch.setenv("FINFOUNDRY_DATABASE", dsn)
    note, other = tmp_path / "harbour.md", tmp_path / "other.md"
    note.write_text(NOTE, "utf-8")
    other.write_text(NOTE.replace("Harbour", "Meadow").replace("1,234", "4,321"), "utf-8")
    assert [one["outcome"] for one in call("ingest", str(note), str(other))] == ["added", "added"]
    assert not (home / "postgres").exists()
    checks = json.loads(CliRunner().invoke(cli, ["doctor", "--json"]).stdout)  # its status tells of missing models, too
    (database,) = [one for one in checks if one["name"] == "database"]
    assert database["ok"]
    assert database["detail"].startswith("external PostgreSQL 18 with pgvector")
    answer = call("ask", "What was Harbour Bank's net profit in 2024?")
    assert (answer["status"], answer["figures"][0]["value"]) == ("answered", "1234000000")
    (meadow,) = [one for one in call("documents", "list") if one["name"] == "other.md"]
    call("documents", "delete", meadow["id"])
    assert {hit["document"]["name"] for hit in call("search", "net profit")} == {"harbour.md"}
    assert call("audit", "verify")["ok"]
    assert call("audit", "replay", answer["audit_id"])["ok"]

    shutil.copytree(home / "keys", other_home / "keys")  # a replica: the same keys, no worker, no head of the audit
    with monkeypatch.context() as replica:
        replica.setenv("FINFOUNDRY_HOME", str(other_home))
        replica.setenv("FINFOUNDRY_WORKER", "false")
        assert call("ask", "What was Harbour Bank's net profit in 2023?")["figures"][0]["value"] == "1100000000"
        assert call("status") == []
    assert call("audit", "verify")["ok"]

    written = call("backup", str(tmp_path / "b"))
    monkeypatch.setenv("FINFOUNDRY_HOME", str(other_home))
    monkeypatch.setenv("FINFOUNDRY_DATABASE", new_database(server, "restored"))
    assert call("restore", written["file"], "--receipt", written["head"])["documents"] == 1
    assert call("audit", "verify")["ok"]
    assert call("ask", "What was Harbour Bank's net profit in 2024?")["figures"] == answer["figures"]


def test_a_changed_password_of_the_owner_reaches_the_other_roles(server: Postgres) -> None:
    drop_databases(server)
    dsn = new_database(server, "rotated")
    before = Database(dsn)
    before.migrate()
    before.close()
    with psycopg.connect(over_tcp(server, "postgres", SUPERUSER), autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD 'another'").format(sql.Identifier(OWNER)))
    after = Database(conninfo.make_conninfo(dsn, password="another"))
    try:
        after.migrate()
        with after.connect(APPLICATION) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (APPLICATION,)
    finally:
        after.close()


def test_a_superuser_as_owner_closes_the_settings(server: Postgres) -> None:
    """As in the usual container image, whose only user is the superuser: SQL that a person sends must not change its identity."""
    drop_databases(server)
    with psycopg.connect(over_tcp(server, "postgres", SUPERUSER), autocommit=True) as connection:
        connection.execute("CREATE DATABASE container")
    database = Database(over_tcp(server, "container", SUPERUSER))
    try:
        database.migrate()
        assert database.read(ADMINISTRATOR, "SELECT 1 AS one") == (["one"], [(1,)])
        with pytest.raises(NotPermitted):
            database.read(ADMINISTRATOR, "SELECT set_config('finfoundry.administrator', 'on', true)")
    finally:
        database.close()


def drop_databases(server: Postgres) -> None:
    """So that the roles, which all databases of a cluster share, belong to nobody."""
    with psycopg.connect(over_tcp(server, "postgres", SUPERUSER), autocommit=True) as connection:
        query = "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"
        for (name,) in connection.execute(query).fetchall():
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
