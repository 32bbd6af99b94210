"""The database: one pool of connections per role, and an identity in every transaction.

Each role has the rights that it needs: the *owner* (migrations, users and grants), the *application* (reads and writes documents
under the row policies), the *worker* (embeddings and the upkeep of the index, every label), the *reader* (SQL that a person sends:
reads a few tables under the row policies, no functions that change the session). Application and reader have a second login for
administrators: which login a connection has is what makes it an administrator's, so that no statement can make itself one.
"""

from __future__ import annotations

import hashlib
import hmac
import select
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import conninfo, errors, sql
from psycopg_pool import ConnectionPool, PoolTimeout

from finfoundry.core import cancellation
from finfoundry.core.errors import EngineTimeout, InputError, NotPermitted, SettingsError, StoreError
from finfoundry.core.principal import Principal
from finfoundry.runtime.migrate import MIGRATION_LOCK, check_server, upgrade

SCHEMA = "finfoundry"
APPLICATION, WORKER, READER = "finfoundry_application", "finfoundry_worker", "finfoundry_reader"
OF_ADMINISTRATORS = {APPLICATION: "finfoundry_administrator", READER: "finfoundry_administrator_reader"}  # the second login of a role
ROLES = (APPLICATION, WORKER, READER, *OF_ADMINISTRATORS.values())
READERS = (READER, OF_ADMINISTRATORS[READER])
LOCKING = "SELECT oid FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^pg_(try_)?advisory_(xact_)?lock'"
READER_SETTINGS = {"statement_timeout": "10s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "15s"}
LEAST_SECONDS = 1.0  # of a statement, however little time is left: an answer that comes too late is still recorded
CONNECT_PATIENCE = 15.0  # seconds that a restarting server is waited for
Connection = psycopg.Connection[tuple[Any, ...]]


class Database:
    """Connections to one database, given its owner's DSN (with a password; those of the other roles are derived from it).

    Whatever opens a connection raises SettingsError for a DSN without a password, StoreError where the database cannot be reached or its
    disk is full, NotPermitted where a policy refuses a write, InputError for a value that it cannot hold or a query that takes too long,
    EngineTimeout at the end of the caller's deadline (``core.cancellation``).
    """

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
        """The name of the database on its server."""
        return str(self._parameters.get("dbname", ""))

    @contextmanager
    def transaction(self, principal: Principal) -> Iterator[Connection]:
        """A transaction of the application on behalf of ``principal``; commits at the end, rolls back on an exception.

        Raises StoreError where the database cannot be reached, NotPermitted where a row policy refuses a write.
        """
        with self._transaction(_login(APPLICATION, principal), _identity(principal)) as connection:
            yield connection

    @contextmanager
    def owner(self) -> Iterator[Connection]:
        """A transaction of the owner: users, labels, grants, administration. Sees every row; never hand it to a query of a user's."""
        with self._transaction(None) as connection:
            yield connection

    def look_up(self, query: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
        """The first row of one SELECT of the owner's: for what every request asks, without the round trips of a transaction."""
        with _said_clearly(), self._pool(None).connection() as connection:
            return connection.execute(query, values).fetchone()

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
            with self._transaction(_login(READER, principal), _identity(principal)) as connection:
                _refuse_open_settings(connection)
                limit = sql.Literal(f"{int(seconds * 1000)}ms")
                connection.execute(sql.SQL("SET LOCAL transaction_read_only = on; SET LOCAL statement_timeout = {}").format(limit))
                # prepared: the protocol then takes a single statement only
                cursor = connection.execute(wrapped, prepare=True)
                return [column.name for column in cursor.description or ()], cursor.fetchall()
        except (psycopg.ProgrammingError, psycopg.NotSupportedError, psycopg.InternalError) as error:
            raise InputError(f"The query does not run: {error}") from error

    def migrate(self) -> list[str]:
        """Bring the schema up to date; names of the migrations applied. One process does it, the others wait.

        Raises IntegrityError where a migration was changed after it had been applied, StoreError for a server that is too old and for
        a store that a newer version has written.
        """
        with self.owner() as connection:
            return self.prepare(connection)

    def prepare(self, connection: Connection, only: Collection[str] | None = None) -> list[str]:
        """``migrate`` inside a transaction of the owner's, as far as ``only`` names the migrations: for a restore."""
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
        check_server(connection)
        self._create_roles(connection)
        _close_settings(connection)
        _limit_readers(connection)
        return upgrade(connection, only)

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
    def _transaction(self, role: str | None, first: sql.Composable | None = None) -> Iterator[Connection]:
        """``first`` is sent together with BEGIN: each round trip costs as much as a small query."""
        with _said_clearly(), self._pool(role).connection() as connection:
            connection.execute(sql.SQL("BEGIN; {}{}").format(first or sql.SQL(""), _within()), prepare=False)
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
                    check=_check,
                    reset=_forget_session if role in READERS else None,
                    # plans made for any value misjudge policies and filters; the reader's SQL is prepared for the protocol's sake
                    kwargs={"autocommit": True} | ({} if role in READERS else {"prepare_threshold": None}),
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
        database = sql.Identifier(connection.info.dbname)
        stale = self._has_stale_passwords(connection)
        for role in ROLES:
            name, password = sql.Identifier(role), sql.Literal(self._password(role))
            if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
                _create_login(connection, role, password)
            elif stale:
                connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, password))
            rights = sql.SQL("CONNECT, TEMPORARY" if role == APPLICATION else "CONNECT")
            connection.execute(sql.SQL("GRANT {} ON DATABASE {} TO {}").format(rights, database, name))
            connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(SCHEMA), name))

    def _has_stale_passwords(self, connection: Connection) -> bool:
        """Whether the owner's password, from which the others are derived, was changed since the roles were made.

        Raises StoreError where the roles serve another database of the server too, whose owner has another password.
        """
        if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (APPLICATION,)).fetchone() is None:
            return False
        try:
            psycopg.connect(self._conninfo(APPLICATION), connect_timeout=10).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" not in str(error):  # it may not connect yet: the rights come next
                return False
        else:
            return False
        elsewhere = """
            SELECT d.datname FROM pg_shdepend s JOIN pg_roles r ON r.oid = s.refobjid JOIN pg_database d ON d.oid = s.dbid
            WHERE r.rolname = %s AND d.datname <> current_database() LIMIT 1
        """
        if other := connection.execute(elsewhere, (APPLICATION,)).fetchone():
            raise StoreError(
                f"The roles of finfoundry on this server belong to the database {other[0]!r}, whose owner has another password",
                remedy="Give both databases the same owner, or this one a server of its own",
            )
        return True


def _create_login(connection: Connection, role: str, password: sql.Literal) -> None:
    """A second login has all rights of the role that it belongs to, and so is under the same policies."""
    first = next((one for one, second in OF_ADMINISTRATORS.items() if second == role), None)
    create = sql.SQL("CREATE ROLE {} LOGIN {} PASSWORD {}")
    connection.execute(create.format(sql.Identifier(role), sql.SQL("INHERIT" if first else "NOINHERIT"), password))
    if first:
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(first), sql.Identifier(role)))


def _login(role: str, principal: Principal) -> str:
    return OF_ADMINISTRATORS[role] if principal.administrator else role


def _within() -> sql.Composable:
    """The limit of a statement, where somebody waits for it: what nobody waits for any more ends in the server, too."""
    left = cancellation.remaining()
    if left is None:
        return sql.SQL("")
    milliseconds = sql.Literal(f"{int(1000 * max(left, LEAST_SECONDS))}ms")
    return sql.SQL("; SET LOCAL statement_timeout = {}").format(milliseconds)


def _identity(principal: Principal) -> sql.Composable:
    return sql.SQL("SET LOCAL finfoundry.principal = {}").format(sql.Literal(principal.user))


def _close_settings(connection: Connection) -> None:
    """Keep ``set_config`` from everybody, where the owner is the superuser who can: the database is ours alone."""
    query = """
        SELECT rolsuper AND has_function_privilege(%s, 'pg_catalog.set_config(text, text, boolean)', 'EXECUTE')
        FROM pg_roles WHERE rolname = current_user
    """
    if connection.execute(query, (READER,)).fetchone() == (True,):
        connection.execute("REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC")
        close_locks(connection, connection.info.user)


def close_locks(connection: psycopg.Connection[Any], owner: str) -> None:
    """Keep advisory locks from all roles but the owner, who hands them on: SQL that a person sends could hold up every other process. Needs
    the superuser, where the database is ours alone.
    """
    for (function,) in connection.execute(f"SELECT f.oid::regprocedure::text FROM ({LOCKING}) f").fetchall():  # noqa: S608  a constant
        for command in ("REVOKE EXECUTE ON FUNCTION {} FROM PUBLIC", "GRANT EXECUTE ON FUNCTION {} TO {} WITH GRANT OPTION"):
            connection.execute(sql.SQL(command).format(sql.SQL(function), sql.Identifier(owner)))


def _limit_readers(connection: Connection) -> None:
    """Bounds that the reader's logins begin with, whatever the statement, and locks for the roles that need them."""
    limits = [f"{name}={value}" for name, value in READER_SETTINGS.items()]
    for role in READERS:
        if connection.execute("SELECT FROM pg_roles WHERE rolname = %s AND rolconfig @> %s", (role, limits)).fetchone() is None:
            for name, value in READER_SETTINGS.items():
                set_ = sql.SQL("ALTER ROLE {} SET {} = {}").format(sql.Identifier(role), sql.Identifier(name), sql.Literal(value))
                connection.execute(set_)
    open_to_us = f"""
        SELECT f.oid::regprocedure::text FROM ({LOCKING}) f WHERE has_function_privilege(f.oid, 'EXECUTE WITH GRANT OPTION')
        AND NOT has_function_privilege(%s, f.oid, 'EXECUTE')
    """  # noqa: S608  a constant
    for (function,) in connection.execute(open_to_us, (WORKER,)).fetchall():
        grant = sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}, {}")
        connection.execute(grant.format(sql.SQL(function), sql.Identifier(APPLICATION), sql.Identifier(WORKER)))


def _refuse_open_settings(connection: Connection) -> None:
    """The embedded server keeps ``set_config`` from the reader; another server may not."""
    allowed = "SELECT has_function_privilege('pg_catalog.set_config(text, text, boolean)', 'EXECUTE')"
    if connection.execute(allowed).fetchone() == (True,):
        raise StoreError(
            "On this server, SQL that a person sends could change the identity it runs under",
            remedy="As its superuser: REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC",
        )


def _check(connection: Connection) -> None:
    """Raises OperationalError for a connection that a restart has cut, so that it is replaced unnoticed. One that is cut has something
    to read (its end); asking the server each time would cost as much as a small query.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        ConnectionPool.check_connection(connection)


def _forget_session(connection: Connection) -> None:
    connection.execute("SELECT pg_advisory_unlock_all()")
    connection.commit()


@contextmanager
def _said_clearly() -> Iterator[None]:
    """Errors of the driver as ours, with a remedy. What a statement does wrong (a bug) stays the driver's error."""
    try:
        yield
    except errors.InsufficientPrivilege as error:
        raise NotPermitted("The policy does not permit this change", remedy="Ask an administrator for a grant that may write") from error
    except errors.QueryCanceled as error:
        if cancellation.remaining() == 0.0:
            raise EngineTimeout("The database did not answer in time", remedy="Ask for less at once, or again") from error
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
