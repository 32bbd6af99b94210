"""``finfoundry backup``: everything that cannot be made again, in one file, as of one moment.

In it: every table of the store (documents with their bytes, facts, vectors, policy, users, keys of the service, registry, jobs, the audit
trail), the home's keys, the head of the audit chain that lies outside the database, adapters and released models that were trained here,
and the fingerprints of what encoders learned.
Not in it: models of the catalogue (they are pulled, or come with a bundle), settings, logs, the passwords of the embedded database.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from finfoundry import __version__
from finfoundry.core.errors import InputError, IntegrityError, StoreError
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.governance import seal
from finfoundry.machine import master_of, open_database
from finfoundry.operations import archive
from finfoundry.operations import table_streams as tables
from finfoundry.operations.table_streams import StoredTable
from finfoundry.runtime.audit import AuditRecord, AuditStep, append
from finfoundry.runtime.database import Connection, Database
from finfoundry.runtime.migrate import applied
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor

FORMAT = 1
HEADER, SEQUENCES = "header.json", "sequences.json"
KEYS = ("keys/master.key", "keys/seal.key")
HEAD, LINKS = "audit/head.json", "links.json"
WEIGHTS, TRAINED = "weights/", ("adapters", "releases")
PATTERNS = ("*.gguf", "*.onnx/*", "*.adapter/*", "*.learned.npz")  # in them; what no engine runs is a folder


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What was written. Keep ``sha256`` and ``head`` elsewhere: with them a later restore can be held against today."""

    file: str
    bytes: int
    sha256: str
    encrypted: bool
    tables: int
    rows: int
    documents: int
    head: str | None


@dataclass(frozen=True, slots=True)
class Header:
    """The first entry: what the rest is, so that a restore can prepare for it."""

    format: int
    version: str
    created: str
    migrations: dict[str, str]
    tables: list[StoredTable]


def passphrase_of(file: Path | None) -> str | None:
    """The first line of a file. Raises InputError for one that cannot be read, or is too short to protect anything."""
    if file is None:
        return None
    try:
        text = file.read_text("utf-8").split("\n", 1)[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read ({error})", remedy="Name a text file whose first line is the passphrase") from error
    if len(text) < 12:
        raise InputError(f"The passphrase in {file} is shorter than 12 characters", remedy="Take a longer one, such as six random words")
    return text


def backup(settings: Settings, target: Path, *, passphrase: str | None = None, report: Report = silent) -> BackedUp:
    """Write a backup to a file, or under a name with the time into a folder. The file is there whole, or not at all.

    Others may go on asking and ingesting meanwhile; what they commit after the start is not in it.
    Raises InputError for a target that is already there, StoreError for a full disk, IntegrityError for a database of another home, and if
    what was written does not read back.
    """
    now = datetime.now(UTC)
    path = target / f"finfoundry-{now:%Y%m%dT%H%M%SZ}.backup" if target.is_dir() else target
    if path.exists():
        raise InputError(f"{path} is already there", remedy="Name another file; backups are never written over")
    new = path.with_name(path.name + ".new")
    database = open_database(settings, Supervisor(settings.home))
    try:
        master_of(settings, database)  # the keys of another home would be of no use in it
        record(database, "backup taken", {"file": str(path)})
        with suppress(IntegrityError):  # a chain that does not hold is backed up as it is; a restore will say so
            seal.seal(database, settings.home)
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open_to_write(new, passphrase) as file:
            writer = archive.ArchiveWriter(file)
            with snapshot(database, settings.home) as (connection, head):
                receipt = seal.last_receipt(connection)
                rows, count = write(connection, settings.home, head, writer, now, report)
        report(Progress("checking", 0, None, "bytes"))
        check(new, passphrase)
        with new.open("rb") as whole:
            sha256 = hashlib.file_digest(whole, "sha256").hexdigest()
            os.fsync(whole.fileno())
        new.rename(path)
    except OSError as error:
        raise StoreError(
            f"The backup could not be written to {path} ({error.strerror})", remedy="Free space, or name another place"
        ) from error
    finally:
        database.close()
        new.unlink(missing_ok=True)
    return BackedUp(
        str(path), path.stat().st_size, sha256, passphrase is not None, count, sum(rows.values()), rows.get("documents", 0), receipt
    )


def record(database: Database, action: str, details: dict[str, object]) -> None:
    """A backup is a copy of everything, and a restore a new beginning: both are put on record."""
    with database.owner() as connection:
        append(connection, AuditRecord(ADMINISTRATOR.user, action, (AuditStep("operation", details),)))


@contextmanager
def snapshot(database: Database, home: Path) -> Iterator[tuple[Connection, bytes | None]]:
    """One moment of the database, and the head outside it at the same moment: nobody seals while the snapshot is taken."""
    with database.owner() as connection:
        with seal.locked(home):
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            connection.execute("SELECT count(*) FROM migrations")  # the snapshot is that of the first query
            head = (home / HEAD).read_bytes() if (home / HEAD).exists() else None
        yield connection, head


def write(
    connection: Connection, home: Path, head: bytes | None, writer: archive.ArchiveWriter, now: datetime, report: Report
) -> tuple[dict[str, int], int]:
    """Write all entries in the order in which a restore takes them. Returns the rows of each table, and how many tables there are."""
    found = tables.tables(connection)
    writer.add(HEADER, archive.json_bytes(Header(FORMAT, __version__, now.isoformat(), applied(connection), found)))
    for name in KEYS:
        if (home / name).exists():
            writer.add(name, (home / name).read_bytes())
    if head is not None:
        writer.add(HEAD, head)
    for name in own_weights(home):
        for number, part in enumerate(blocks(home / name)):
            writer.add(f"{WEIGHTS}{name}/{number:06}", part)
    writer.add(LINKS, archive.json_bytes(links(home)))
    writer.add(SEQUENCES, archive.json_bytes(tables.sequences(connection)))
    rows = {}
    for done, table in enumerate(found):
        report(Progress("backup", done, len(found), "tables"))
        rows[table.name] = tables.rows(connection, table)
        for number, part in enumerate(tables.parts(connection, table)):
            writer.add(f"tables/{table.name}/{number:06}", part)
    writer.close(rows=rows)
    return rows, len(found)


def own_weights(home: Path) -> list[str]:
    """Adapters and released models and readers, which were trained here and cannot be pulled; relative to the home."""
    found = [path for folder in TRAINED for pattern in PATTERNS for path in sorted((home / folder).glob(pattern))]
    return [str(path.relative_to(home)) for path in found if path.is_file() and not path.is_symlink()]


def links(home: Path) -> dict[str, str]:
    """Releases that are a model of the catalogue are links into ``models``; both ends relative to the home."""
    found = {}
    for path in sorted(home / name for folder in TRAINED for name in (home / folder).glob("*.gguf")):
        if path.is_symlink() and path.resolve().is_relative_to((home / "models").resolve()):
            found[str(path.relative_to(home))] = str(Path("models") / path.resolve().relative_to((home / "models").resolve()))
    return found


def blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(tables.PART):
            yield block


def check(path: Path, passphrase: str | None) -> None:
    """Read a backup to its end. Raises IntegrityError where it is not whole."""
    with archive.open_to_read(path, passphrase) as file:
        names = [name for name, _ in archive.members(file)]
    if names[:1] != [HEADER]:
        raise IntegrityError(f"{path} is no backup of finfoundry", remedy="Name the file that `finfoundry backup` wrote")
