"""The database: one pool of connections per role, and an identity in every transaction.

Four roles, each with the rights that it needs: the *owner* (migrations, users and grants), the *application* (reads and writes
documents under the row policies), the *worker* (embeddings and the upkeep of the index, every label), the *reader* (SQL that a
model wrote: reads a few tables under the row policies, no functions that change the session).
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from typing import Any

import psycopg
from psycopg import conninfo, errors, sql
from psycopg_pool import ConnectionPool, PoolTimeout

from finfoundry.core.errors import InputError, IntegrityError, NotPermitted, SettingsError, StoreError
from finfoundry.core.principal import Principal

SCHEMA = "finfoundry"
APPLICATION, WORKER, READER = "finfoundry_application", "finfoundry_worker", "finfoundry_reader"
LOWEST_SERVER, LOWEST_VECTOR = 150000, (0, 8)
MIGRATION_LOCK = 7246117  # any number, the same in every process
CONNECT_PATIENCE = 15.0  # seconds that a restarting server is waited for
Connection = psycopg.Connection[tuple[Any, ...]]


class Database:
    """Connections to one database, given its owner's DSN (with a password; those of the other roles are derived from it)."""

    def __init__(self, dsn: str, *, connections: int = 8) -> None:
        try:
            self._parameters = conninfo.conninfo_to_dict(dsn)
        except psycopg.ProgrammingError as error:
            raise SettingsError(f"The DSN of the database cannot be read: {error}", remedy="Correct FINFOUNDRY_DATABASE") from error
        self._connections = connections
        self._pools: dict[str, ConnectionPool[Connection]] = {}
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """Of the database on its server."""
        return str(self._parameters.get("dbname", ""))

    @contextmanager
    def transaction(self, principal: Principal) -> Iterator[Connection]:
        """A transaction of the application on behalf of ``principal``; commits at the end, rolls back on an exception.

        Raises StoreError where the database cannot be reached, NotPermitted where a row policy refuses a write.
        """
        with self._transaction(APPLICATION) as connection:
            _set_identity(connection, principal)
            yield connection

    @contextmanager
    def owner(self) -> Iterator[Connection]:
        """A transaction of the owner: users, labels, grants, administration. Sees every row; never hand it to a query of a user's."""
        with self._transaction(None) as connection:
            yield connection

    @contextmanager
    def worker(self) -> Iterator[Connection]:
        """A transaction of the background worker: sees chunks of every label, in order to embed and index them."""
        with self._transaction(WORKER) as connection:
            yield connection

    def read(self, principal: Principal, query: str, *, rows: int = 1000, seconds: float = 10.0) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Run one SELECT that was not written by us: names of the columns, and at most ``rows`` rows.

        It runs as a subquery in a read-only transaction of a login that sees little and cannot change its identity. Raises InputError
        with the server's message for SQL that does not run or takes too long.
        """
        wrapped = sql.SQL("SELECT * FROM ({}\n) AS answer LIMIT {}").format(sql.SQL(query.strip().rstrip(";")), sql.Literal(rows))
        try:
            with self._transaction(READER) as connection:
                _refuse_open_settings(connection)
                _set_identity(connection, principal)
                limit = sql.Literal(f"{int(seconds * 1000)}ms")
                connection.execute(sql.SQL("SET LOCAL transaction_read_only = on; SET LOCAL statement_timeout = {}").format(limit))
                # prepared: the protocol then takes a single statement only
                cursor = connection.execute(wrapped, prepare=True)
                return [column.name for column in cursor.description or ()], cursor.fetchall()
        except (psycopg.ProgrammingError, psycopg.NotSupportedError, psycopg.InternalError) as error:
            raise InputError(f"The query does not run: {error}") from error

    def migrate(self) -> list[str]:
        """Bring the schema up to date; names of the migrations applied. One process does it, the others wait.

        Raises IntegrityError where a migration was changed after it had been applied, StoreError for a server that is too old.
        """
        with self.owner() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
            _check_server(connection)
            self._create_roles(connection)
            connection.execute(
                "CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, sha256 text NOT NULL, applied timestamptz DEFAULT now())"
            )
            done = dict(connection.execute("SELECT name, sha256 FROM migrations").fetchall())
            return [name for name, text in _migrations() if _apply(connection, name, text, done)]

    def close(self) -> None:
        with self._lock:
            for pool in self._pools.values():
                pool.close()
            self._pools.clear()

    @contextmanager
    def connect(self, role: str | None) -> Iterator[Connection]:
        """A connection of its own, outside the pool and in autocommit, for session-wide locks. None = the owner."""
        with _said_clearly(), psycopg.connect(self._conninfo(role), autocommit=True, connect_timeout=10) as connection:
            yield connection

    @contextmanager
    def _transaction(self, role: str | None) -> Iterator[Connection]:
        with _said_clearly(), self._pool(role).connection() as connection:
            yield connection

    def _pool(self, role: str | None) -> ConnectionPool[Connection]:
        with self._lock:
            key = role or "owner"
            if key not in self._pools:
                self._pools[key] = ConnectionPool(
                    self._conninfo(role),
                    min_size=0,
                    max_size=self._connections,
                    timeout=CONNECT_PATIENCE,
                    reconnect_timeout=CONNECT_PATIENCE,
                    check=ConnectionPool.check_connection,  # one that a restart has cut is replaced unnoticed
                    reset=_forget_session if role == READER else None,
                    # plans made for any value misjudge policies and filters; the reader's SQL is prepared for the protocol's sake
                    kwargs={} if role == READER else {"prepare_threshold": None},
                    name=key,
                    open=True,
                )
            return self._pools[key]

    def _conninfo(self, role: str | None) -> str:
        changes: dict[str, Any] = {"options": f"-c search_path={SCHEMA},public", "application_name": "finfoundry"}
        if role:
            changes |= {"user": role, "password": self._password(role)}
        return conninfo.make_conninfo(**{**self._parameters, **changes})

    def _password(self, role: str) -> str:
        secret = self._parameters.get("password")
        if not secret:
            raise SettingsError(
                "The DSN of the database has no password, from which those of the other roles are derived",
                remedy="Give FINFOUNDRY_DATABASE with a password: postgresql://USER:PASSWORD@HOST/DATABASE",
            )
        return hmac.new(str(secret).encode(), role.encode(), hashlib.sha256).hexdigest()

    def _create_roles(self, connection: Connection) -> None:
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(SCHEMA)))
        for role in (APPLICATION, WORKER, READER):
            name = sql.Identifier(role)
            if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
                password = sql.Literal(self._password(role))
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN NOINHERIT PASSWORD {}").format(name, password))
            database = sql.Identifier(connection.info.dbname)
            rights = sql.SQL("CONNECT, TEMPORARY" if role == APPLICATION else "CONNECT")
            connection.execute(sql.SQL("GRANT {} ON DATABASE {} TO {}").format(rights, database, name))
            connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(SCHEMA), name))


def _set_identity(connection: Connection, principal: Principal) -> None:
    administrator = sql.Literal("on" if principal.administrator else "off")
    command = sql.SQL("SET LOCAL finfoundry.principal = {}; SET LOCAL finfoundry.administrator = {}")
    connection.execute(command.format(sql.Literal(principal.user), administrator))


def _refuse_open_settings(connection: Connection) -> None:
    """The embedded server keeps ``set_config`` from the reader; another server may not."""
    allowed = "SELECT has_function_privilege('pg_catalog.set_config(text, text, boolean)', 'EXECUTE')"
    if connection.execute(allowed).fetchone() == (True,):
        raise StoreError(
            "On this server, SQL that a model wrote could change the identity it runs under",
            remedy="As its superuser: REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC",
        )


def _forget_session(connection: Connection) -> None:
    connection.execute("SELECT pg_advisory_unlock_all()")
    connection.commit()


def _check_server(connection: Connection) -> None:
    if connection.info.server_version < LOWEST_SERVER:
        raise StoreError(f"PostgreSQL {connection.info.server_version // 10000} is too old", remedy="Use PostgreSQL 15 or newer")
    connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
    version = connection.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'").fetchone()
    if version is None or tuple(int(part) for part in version[0].split(".")[:2]) < LOWEST_VECTOR:
        raise StoreError(f"pgvector {version[0] if version else ''} is too old", remedy="Install pgvector 0.8 or newer")


def _migrations() -> list[tuple[str, str]]:
    folder = resources.files("finfoundry.core").joinpath("migrations")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return [(file.name, file.read_text(encoding="utf-8")) for file in files]


def _apply(connection: Connection, name: str, text: str, done: dict[str, str]) -> bool:
    digest = hashlib.sha256(text.encode()).hexdigest()
    if name in done:
        if done[name] != digest:
            raise IntegrityError(f"The migration {name} was changed after it had been applied", remedy="Restore it; add a new one instead")
        return False
    connection.execute(text)  # our own file; several statements, so no parameters
    connection.execute("INSERT INTO migrations (name, sha256) VALUES (%s, %s)", (name, digest))
    return True


@contextmanager
def _said_clearly() -> Iterator[None]:
    """Errors of the driver as ours, with a remedy. What a statement does wrong (a bug) stays the driver's error."""
    try:
        yield
    except errors.InsufficientPrivilege as error:
        raise NotPermitted("The policy does not permit this change", remedy="Ask an administrator for a grant that may write") from error
    except errors.QueryCanceled as error:
        raise InputError("The query took too long and was cancelled", remedy="Ask for less at once") from error
    except psycopg.DataError as error:
        raise InputError(f"A value that the database cannot hold: {str(error).strip()}") from error
    except errors.DiskFull as error:
        raise StoreError("The disk of the database is full; nothing was changed", remedy="Free space and try again") from error
    except (psycopg.OperationalError, PoolTimeout) as error:
        raise StoreError(
            f"The database cannot be reached, or went away: {str(error).strip()}",
            remedy="See `finfoundry status`; it is started again by the next command",
        ) from error
