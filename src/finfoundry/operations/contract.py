"""``finfoundry doctor --database DSN``: does a database of PostgreSQL's family have what the product needs? A verdict per point.

The points are tried, not asked for: in a scratch schema with scratch roles, which are removed again. Nothing else is touched, so the suite
may be run on a server in use. The role of the DSN is what the product would be given: it must be able to create a schema and roles.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from psycopg import conninfo, sql

from finfoundry.core.display import Display, escaped
from finfoundry.core.errors import StoreError

Verdict = Literal["ok", "missing", "to do", "not run"]
Connection = psycopg.Connection[Any]
CONNECT_SECONDS = 10
MOST_SECONDS = 60  # a server that hangs on a point must not hang us


@dataclass(frozen=True, slots=True)
class ContractPoint:
    """One thing that the product needs, and whether this database has it. ``to do``: an administrator's command settles it."""

    name: str
    needed_for: str
    verdict: Verdict
    detail: str


@dataclass(frozen=True, slots=True)
class Contract:
    """``fits``: nothing is missing. What is not run rests on something that is missing."""

    server: str
    database: str
    fits: bool
    points: list[ContractPoint]

    def show_on(self, display: Display) -> None:
        display.line(f"{escaped(self.server)}, database {escaped(self.database)}")
        colours = {"ok": "green", "missing": "red"}
        for one in self.points:
            colour = colours.get(one.verdict, "yellow")
            display.line(f"[{colour}]{one.verdict:8}[/] {escaped(one.name)}  [dim]{escaped(one.needed_for)}[/]")
            if one.detail:
                display.line(f"           {escaped(one.detail)}")
        display.wrapped("[bold green]fits[/]" if self.fits else "[bold red]does not fit[/]")


class Missing(Exception):
    """The database answered, but not as the product needs it."""


class ToDo(Exception):
    """The database can do it once its administrator has run a command."""


class PointNotRun(Exception):
    """Another point, on which this one depends, is missing."""


class Bench:
    """The scratch schema: the owner's connection, and others as the application's role or as the owner again."""

    def __init__(self, dsn: str, name: str) -> None:
        self.name, self.role = name, f"{name}_role"
        self._parameters, self._password = conninfo.conninfo_to_dict(dsn), secrets.token_urlsafe(24)
        self.owner = self.connect()
        self.database = self.owner.info.dbname
        self.has_role = False
        self.has_vector = False

    def connect(self, role: str | None = None) -> Connection:
        """A connection in autocommit that works in the scratch schema, as the owner or as ``role``."""
        changes: dict[str, Any] = {"application_name": "finfoundry doctor", "connect_timeout": CONNECT_SECONDS}
        if role:
            changes |= {"user": role, "password": self._password}
        connection = psycopg.connect(**{**self._parameters, **changes}, autocommit=True)
        connection.execute(sql.SQL("SET search_path = {}, public").format(sql.Identifier(self.name)))
        connection.execute(f"SET statement_timeout = '{MOST_SECONDS}s'")
        return connection

    def run(self, *statements: str) -> Any:
        """Run them as owner, with ``$ROLE`` and ``$PASSWORD`` filled in; the first value of the last one's first row, or None."""
        return run(self.owner, *(one.replace("$ROLE", self.role).replace("$PASSWORD", f"'{self._password}'") for one in statements))

    @contextmanager
    def as_role(self) -> Iterator[Connection]:
        """A connection of the scratch role, which reads under row policies. Raises NotRun where the server has no such roles."""
        if not self.has_role:
            raise PointNotRun("needs a role of its own")
        with self.connect(self.role) as connection:
            yield connection

    def need_vector(self) -> None:
        if not self.has_vector:
            raise PointNotRun("needs pgvector")

    def remove(self) -> None:
        """Raises StoreError where something of it stays behind."""
        self.owner.close()
        schema, role = sql.Identifier(self.name), sql.Identifier(self.role)
        try:
            with self.connect() as connection:
                connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(schema))
                if self.has_role:
                    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM {}").format(sql.Identifier(self.database), role))
                    connection.execute(sql.SQL("DROP ROLE {}").format(role))
        except psycopg.Error as error:
            remedy = f"DROP SCHEMA {self.name} CASCADE; DROP ROLE {self.role}"
            raise StoreError(f"The scratch schema could not be removed: {str(error).strip()}", remedy=remedy) from error


def run(connection: Connection, *statements: str) -> Any:
    """The first value of the last statement's first row; None where it gives no row."""
    value = None
    for statement in statements:
        cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
        value = row[0] if row else None
    return value


def expect(found: object, wanted: object, what: str) -> None:
    """Raises Missing."""
    if found != wanted:
        raise Missing(f"{what}: {found!r} instead of {wanted!r}")


def refused(connection: Connection, statement: str, what: str, *states: str) -> None:
    """The statement must fail, with one of the SQLSTATEs. Raises Missing where it succeeds."""
    try:
        connection.execute(statement.encode())
    except psycopg.Error as error:
        if error.sqlstate not in states:
            raise
    else:
        raise Missing(what)


Try = Callable[[Bench], str | None]
POINTS: list[tuple[str, str, Try]] = []


def point(name: str, needed_for: str) -> Callable[[Try], Try]:
    """Registers a function that tries one thing: it returns a detail, or raises Missing, ToDo, NotRun, or the driver's error."""

    def register(function: Try) -> Try:
        POINTS.append((name, needed_for, function))
        return function

    return register


def attempt(bench: Bench, name: str, needed_for: str, function: Try) -> ContractPoint:
    """Try one point and undo what it left open. An error of the driver is "missing", with the first line of its message."""
    verdict: Verdict = "ok"
    try:
        detail = function(bench) or ""
    except Missing as error:
        verdict, detail = "missing", str(error)
    except ToDo as error:
        verdict, detail = "to do", str(error)
    except PointNotRun as error:
        verdict, detail = "not run", str(error)
    except psycopg.Error as error:
        verdict, detail = "missing", (str(error).strip().splitlines() or [type(error).__name__])[0]
    with suppress(psycopg.Error):
        bench.owner.rollback()
    return ContractPoint(name, needed_for, verdict, detail)
