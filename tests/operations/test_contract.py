"""The contract suite: the embedded server fits, Debian's lacks pgvector and nothing else, and nothing stays behind on either."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import conninfo

from finfoundry.core.errors import SettingsError, StoreError
from finfoundry.operations.contract import Contract
from finfoundry.operations.contract_points import examine
from finfoundry.runtime.database import Database
from finfoundry.runtime.postgres import SUPERUSER, Postgres

INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))  # as Debian packs them: 15 in bookworm
VECTORS = {"pgvector", "halfvec", "sparsevec", "HNSW over halfvec"}


def verdicts(contract: Contract, *wanted: str) -> set[str]:
    return {one.name for one in contract.points if one.verdict in wanted}


def leftovers(dsn: str) -> list[str]:
    query = """
        SELECT nspname FROM pg_namespace WHERE nspname LIKE 'finfoundry\\_check%' UNION ALL
        SELECT rolname FROM pg_roles WHERE rolname LIKE 'finfoundry\\_check%'
    """
    with psycopg.connect(dsn) as connection:
        return [name for (name,) in connection.execute(query)]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def debian() -> Iterator[str]:
    """The DSN of a plain owner on PostgreSQL as Debian packs it, without pgvector."""
    if not INSTALLED:
        pytest.skip("not run: Debian's PostgreSQL is not installed")
    programs = INSTALLED[0].parent
    if list((programs.parents[3] / "share" / "postgresql").glob("*/extension/vector.control")):
        pytest.skip("not run: Debian's PostgreSQL has pgvector here")
    account = pwd.getpwnam("nobody")
    home = Path("/var/tmp") / f"ff-debian-{os.getpid()}"
    home.mkdir(mode=0o700)
    as_root = os.geteuid() == 0
    if as_root:
        os.chown(home, account.pw_uid, account.pw_gid)
    user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if as_root else {}
    port = free_port()
    argv = [str(programs / "initdb"), "-D", str(home / "data"), "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C"]
    subprocess.run(argv, check=True, capture_output=True, **user)  # type: ignore[call-overload]
    options = f"-h 127.0.0.1 -p {port} -k {home} -c fsync=off"
    control = [str(programs / "pg_ctl"), "-D", str(home / "data"), "-w"]
    subprocess.run([*control, "-o", options, "-l", str(home / "log"), "start"], check=True, stdout=subprocess.DEVNULL, **user)  # type: ignore[call-overload]
    try:
        with psycopg.connect(f"host={home} port={port} user=postgres", autocommit=True) as connection:
            connection.execute("CREATE ROLE plain LOGIN CREATEROLE PASSWORD 'plain'")
            connection.execute("CREATE DATABASE plain OWNER plain")
        yield f"postgresql://plain:plain@127.0.0.1:{port}/plain"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, stdout=subprocess.DEVNULL, **user)  # type: ignore[call-overload]
        shutil.rmtree(home)


def test_the_embedded_server_fits(postgres: Postgres, database: Database) -> None:
    contract = examine(postgres.dsn(database.name))
    assert contract.fits
    assert verdicts(contract, "ok") == {one.name for one in contract.points}
    assert contract.database == database.name
    assert leftovers(postgres.dsn(database.name)) == []


def test_debian_s_server_lacks_pgvector_and_nothing_else(debian: str) -> None:
    contract = examine(debian)
    assert not contract.fits
    assert verdicts(contract, "missing", "not run") == VECTORS
    assert verdicts(contract, "missing") == {"pgvector"}
    assert verdicts(contract, "to do") == {"set_config closed"}
    assert leftovers(debian) == []


def test_the_store_says_what_debian_s_server_lacks(debian: str) -> None:
    database = Database(debian)
    with pytest.raises(StoreError, match="no pgvector"):
        database.migrate()
    database.close()


def test_an_owner_who_may_make_no_roles_is_told(postgres: Postgres, database: Database) -> None:
    with psycopg.connect(postgres.dsn("postgres", SUPERUSER), autocommit=True) as connection:
        connection.execute("CREATE ROLE weak LOGIN PASSWORD 'weak'")
        connection.execute(f'GRANT CREATE, CONNECT ON DATABASE "{database.name}" TO weak')
    dsn = conninfo.make_conninfo(postgres.dsn(database.name), user="weak", password="weak")
    try:
        contract = examine(dsn)
        assert not contract.fits
        assert {"roles"} <= verdicts(contract, "missing")
        assert {"SKIP LOCKED", "COPY", "halfvec"} <= verdicts(contract, "ok")
        assert leftovers(dsn) == []
    finally:
        with psycopg.connect(postgres.dsn(database.name, SUPERUSER), autocommit=True) as connection:
            connection.execute("DROP OWNED BY weak")
            connection.execute("DROP ROLE weak")


@pytest.mark.parametrize(("dsn", "error"), [("no dsn", SettingsError), ("postgresql://a:b@127.0.0.1:1/c", StoreError)])
def test_a_dsn_that_leads_nowhere_is_said_clearly(dsn: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        examine(dsn)
