"""The tables of the store as streams: what there is, in which order, out by COPY within one snapshot, in by COPY within one transaction.

Text format, because it is the one that PostgreSQL promises to read across versions and machines.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from types import TracebackType

import psycopg
from psycopg import sql

from finfoundry.core.errors import IntegrityError
from finfoundry.runtime.database import SCHEMA, Connection

PART = 8 << 20  # bytes of a table in one part, before compression
OWN = "migrations"  # written by the migrations themselves


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table and those of its columns that are stored (none that is computed)."""

    name: str
    columns: tuple[str, ...]

    @property
    def target(self) -> sql.Composed:
        return sql.SQL("{}.{}").format(sql.Identifier(SCHEMA), sql.Identifier(self.name))


@dataclass(frozen=True, slots=True)
class Position:
    """The last value of a sequence; ``called``: whether it was given out, so that the next is one more."""

    name: str
    value: int
    called: bool


def tables(connection: Connection) -> list[StoredTable]:
    """All tables but the list of migrations, each after those that it refers to.

    Raises IntegrityError for a table whose policies would hide rows from the owner: a backup of it would not be whole.
    """
    columns = """
        SELECT c.relname, array_agg(a.attname ORDER BY a.attnum) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        GROUP BY c.relname ORDER BY c.relname
    """
    references = """
        SELECT r.relname, t.relname FROM pg_constraint f JOIN pg_class r ON r.oid = f.conrelid JOIN pg_class t ON t.oid = f.confrelid
        WHERE f.contype = 'f' AND f.connamespace = %s::regnamespace AND r.oid <> t.oid
    """
    _refuse_hidden_rows(connection)
    found = {name: StoredTable(name, tuple(names)) for name, names in connection.execute(columns, (SCHEMA,)) if name != OWN}
    order = TopologicalSorter({name: set[str]() for name in found})
    for name, target in connection.execute(references, (SCHEMA,)):
        order.add(name, target)
    try:
        return [found[name] for name in order.static_order()]
    except CycleError as error:
        raise IntegrityError(f"Tables that refer to each other in a circle cannot be loaded: {error.args[1]}") from error


def _refuse_hidden_rows(connection: Connection) -> None:
    query = """
        SELECT c.relname FROM pg_class c WHERE c.relnamespace = %s::regnamespace AND c.relforcerowsecurity
          AND NOT (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)
          AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd = '*' AND pg_get_expr(p.polqual, c.oid) = 'true'
                          AND (SELECT oid FROM pg_roles WHERE rolname = current_user) = ANY (p.polroles))
    """
    if row := connection.execute(query, (SCHEMA,)).fetchone():
        raise IntegrityError(f"The owner of the database does not see every row of {row[0]}", remedy="Add the policy `owner` to it")


def sequences(connection: Connection) -> list[Position]:
    """Each sequence of the schema with its last value."""
    names = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'S' ORDER BY relname", (SCHEMA,)
    ).fetchall()
    found = []
    for (name,) in names:
        row = connection.execute(sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(SCHEMA, name))).fetchone()
        assert row is not None  # noqa: S101  a sequence has one row
        found.append(Position(name, row[0], row[1]))
    return found


def rows(connection: Connection, table: StoredTable) -> int:
    count = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(table.target)).fetchone()
    return int(count[0]) if count else 0


def parts(connection: Connection, table: StoredTable) -> Iterator[bytes]:
    """The rows of a table, compressed, in parts that are joined again before they are read."""
    query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(sql.SQL(", ").join(map(sql.Identifier, table.columns)), table.target)
    waiting = bytearray()
    with connection.cursor().copy(query) as copy:
        for block in copy:
            waiting += block
            while len(waiting) >= PART:
                yield zlib.compress(waiting[:PART], 1)
                del waiting[:PART]
    if waiting:
        yield zlib.compress(waiting, 1)


class Loading:
    """Fills tables made by the migrations, inside one transaction of their owner's, with no trigger, index or policy in the way.

    At its end triggers, indexes and policies are as they were before; after an error the rollback sees to that.
    """

    def __init__(self, connection: Connection, wanted: Sequence[StoredTable]) -> None:
        self._connection, self._tables = connection, {table.name: table for table in wanted}
        self._indexes: list[str] = []
        self._forced: list[str] = []

    def __enter__(self) -> Loading:
        there = {table.name: table for table in tables(self._connection)}
        for table in self._tables.values():
            if table.name not in there or set(table.columns) != set(there[table.name].columns):
                raise IntegrityError(f"The table {table.name} of the backup is not the one of its migrations")
        self._forced = self._names("SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relforcerowsecurity")
        self._each("ALTER TABLE {} DISABLE TRIGGER USER", self._tables)
        self._each("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY", self._forced)
        everything = sql.SQL(", ").join(table.target for table in self._tables.values())
        self._connection.execute(sql.SQL("TRUNCATE {}").format(everything))
        self._drop_indexes()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            for index in self._indexes:
                self._connection.execute(index.encode())
            self._each("ALTER TABLE {} FORCE ROW LEVEL SECURITY", self._forced)
            self._each("ALTER TABLE {} ENABLE TRIGGER USER", self._tables)
            self._each("ANALYZE {}", self._tables)

    def load(self, name: str, content: Iterator[bytes]) -> None:
        """The parts of one table. Raises IntegrityError for rows that the table does not take."""
        table = self._tables[name]
        query = sql.SQL("COPY {} ({}) FROM STDIN").format(table.target, sql.SQL(", ").join(map(sql.Identifier, table.columns)))
        try:
            with self._connection.cursor().copy(query) as copy:
                for part in content:
                    copy.write(zlib.decompress(part))
        except (psycopg.DataError, psycopg.IntegrityError, zlib.error) as error:
            raise IntegrityError(f"The rows of {name} cannot be loaded: {str(error).splitlines()[0]}") from error

    def set_sequence(self, sequence: Position) -> None:
        name = sql.Identifier(SCHEMA, sequence.name).as_string(self._connection)
        self._connection.execute("SELECT setval(%s::regclass, %s, %s)", (name, sequence.value, sequence.called))

    def _drop_indexes(self) -> None:
        """Building them afterwards is several times quicker, above all for vectors. Those of constraints stay."""
        query = """
            SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE c.relnamespace = %s::regnamespace AND NOT i.indisprimary
              AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid)
        """
        for name, definition in self._connection.execute(query, (SCHEMA,)).fetchall():
            self._indexes.append(definition)
            self._connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(SCHEMA, name)))

    def _each(self, command: str, names: Iterator[str] | Sequence[str] | dict[str, StoredTable]) -> None:
        for name in names:
            self._connection.execute(sql.SQL(command).format(sql.Identifier(SCHEMA, name)))

    def _names(self, query: str) -> list[str]:
        return [name for (name,) in self._connection.execute(query.encode(), (SCHEMA,))]
